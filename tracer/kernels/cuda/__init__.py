"""The CUDA device: whole sequences on a graphics card, forward and backward, compiled by Numba."""
