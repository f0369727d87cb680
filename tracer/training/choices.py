"""What a training run can be made of, by name: lists that the command line offers without NumPy.

Those that the cells and kernels define too (dtypes, optimisers) are held to theirs by the tests.
"""

from __future__ import annotations

INITIALS = ("orthogonal", "uniform")
OPTIMISERS = ("sgd", "momentum", "adam")
DTYPES = ("float32", "float64")

LONGER = ("epochs", "patience")
"""What a run may be given more of when it is resumed: its weights up to there stay the same."""
