"""A trace: every number of every step of one run; how it is made, kept in a file and compared."""
