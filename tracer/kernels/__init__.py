"""The textbook's equations over whole sequences, on a device chosen by name. Only here is Numba."""
