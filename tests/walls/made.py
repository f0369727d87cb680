"""Submissions that are too long, or of the wrong bytes, to lie in a folder as files."""

from __future__ import annotations

import json
from collections.abc import Callable

RIGHT = (
    "import numpy as np\n"
    "def rnn_step(x, h_prev, U, W, a):\n"
    "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
)
"""An answer to exercise 10."""


def notebook(cells: list[dict[str, object]]) -> bytes:
    """A notebook of these cells."""
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made).encode()


def code(source: str, *outputs: object) -> dict[str, object]:
    """A cell of code, with what came of it."""
    return {
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": source,
        "outputs": [*outputs],
    }  # fmt: skip


def picture(size: int) -> dict[str, object]:
    """What a cell gave: a picture of so many bytes."""
    return {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBOR" * size}}


TURNED = (
    "# \u202e\u2066\u200f\ufeff\x1b[2J\f\x85\u2028\n"
    "def rnn_step(x, h_prev, U, W, a):\n"
    "    return undefined # \u202e } \u2066 x\u200f\x1b[31m\f \u2028::error::x\n"
)
"""Reads otherwise than it runs, and its wrong line is quoted."""

MADE: dict[str, Callable[[], bytes]] = {
    "null_bytes.py": lambda: b"import numpy as np\0\nopen('/tmp/x')\n" + RIGHT.encode(),
    "another_encoding.py": lambda: (
        b"# coding: utf-7\n# +AAo-raise SystemExit(0)\n" + RIGHT.encode()
    ),
    "wrong_encoding.py": lambda: (
        b"# coding: ascii\n# \xff\xfe\xc3\x28\xed\xa0\x80\n" + RIGHT.encode()
    ),
    "turned_around.py": TURNED.encode,
    "brackets.py": lambda: b"x = " + b"(" * 100_000 + b")" * 100_000,
    "signs.py": lambda: b"x = " + b"-" * 500_000 + b"1\n",
    "powers.py": lambda: b"x = 1" + b"**1" * 200_000 + b"\n",
    "attributes.py": lambda: b"x = 1" + b".real" * 100_000 + b"\n" + RIGHT.encode(),
    "sums.py": lambda: b"x = 1" + b"+1" * 300_000 + b"\n" + RIGHT.encode(),
    "blocks.py": lambda: "".join(f"{' ' * n}if x:\n" for n in range(1200)).encode(),
    "elifs.py": lambda: b"if 0: pass\n" + b"elif 0: pass\n" * 60_000 + RIGHT.encode(),
    "lambdas.py": lambda: b"x = " + b"lambda: " * 100_000 + b"1\n",
    "strings_in_strings.py": lambda: b'x = f"' + b"{f'" * 90_000,
    "digits.py": lambda: b"x = " + b"9" * 900_000 + b"\n" + RIGHT.encode(),
    "one_line.py": lambda: b"x = [" + b"0," * 500_000 + b"]\n" + RIGHT.encode(),
    "decorators.py": lambda: b"@a\n" * 300_000 + b"def f(): pass\n",
    "brackets_in_a_notebook.ipynb": lambda: b'{"cells":' + b"[" * 500_000,
    "objects_in_a_notebook.ipynb": lambda: b'{"cells":' + b'{"a":' * 200_000 + b"}" * 200_001,
    "cells_without_end.ipynb": lambda: notebook([code("x = 1\n")] * 200_000),
    "long_cells.ipynb": lambda: notebook([code("x = 1\n" * 40_000)] * 100),
    "pictures.ipynb": lambda: notebook([code(RIGHT, picture(2_000_000), picture(2_000_000))]),
}
"""Each by the name of its file."""
