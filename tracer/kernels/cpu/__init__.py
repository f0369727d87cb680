"""The CPU device: whole sequences, forward and backward, compiled by Numba."""
