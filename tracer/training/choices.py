"""What a training run can be made of, by name: plain lists that cost nothing to import.

The command line offers them before NumPy is loaded. Those that another part of tracer defines
(tasks, encoders, dtypes, pieces) are held to that part's own list by the tests.
"""

from __future__ import annotations

TASKS = ("tag", "classify", "generate")
ENCODERS = ("embedding", "codes", "one-hot")
INITIALS = ("orthogonal", "uniform")
OPTIMISERS = ("sgd", "momentum", "adam")
DTYPES = ("float32", "float64")

LONGER = ("epochs", "patience")
"""What a run may be given more of when it is resumed: its weights up to there stay the same."""
