"""A notebook as an answer: which cells run, and which lines of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.exercises.decoding import Odd
from tracer.exercises.form import Form, look
from tracer.exercises.magics import PYLAB, without_magics
from tracer.exercises.notebook import code_alone


def notebook(*cells: str, tagged: int | None = None, **more: Any) -> bytes:
    """A notebook of code cells, each written line by line, with a heading before them."""
    written = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["answer"]} if k == tagged else {},
            "source": cell.splitlines(keepends=True),
        }
        for k, cell in enumerate(cells)
    ]
    heading = {"cell_type": "markdown", "metadata": {}, "source": "# def step(x): no code"}
    return json.dumps({"cells": [heading, *written], "nbformat": 4, **more}).encode()


def form(*cells: str, tagged: int | None = None) -> Form:
    """How a notebook with these code cells is run for the function `step`."""
    return look("step.ipynb", notebook(*cells, tagged=tagged), ["step"], ["answer"])


def alike(name: str, data: bytes) -> Form:
    """How a file is run, which is the same without what its cells have printed."""
    left = code_alone(data, name)
    assert code_alone(left, name) == left
    found, alone = (look(name, one, ["step"]) for one in (data, left))
    assert (found.problem, found.program, found.lines) == (
        alone.problem, alone.program, alone.lines,
    )  # fmt: skip
    return found


def runs(*cells: str, tagged: int | None = None) -> list[str]:
    """The statements that are run of these cells."""
    lines = form(*cells, tagged=tagged).program.decode().split("\n")[1:]
    return [line for line in lines if line and line != "pass"]


def test_only_what_the_function_needs_is_run() -> None:
    """Plots, files, training and tests cost nothing; what the function reads is there."""
    ran = runs(
        "import matplotlib.pyplot as plt\nimport numpy as np",
        "data = np.load('not_here.npy')\nplt.plot(data)",
        "bias = 1",
        "def step(x):\n    return helper(x) + bias",
        "def helper(x):\n    return np.tanh(x)",
        "assert step(data) == 3\nbiases = bias",
    )

    assert ran == [
        "import numpy as np",
        "bias = 1",
        "def step(x):",
        "    return helper(x) + bias",
        "def helper(x):",
        "    return np.tanh(x)",
    ]


@pytest.mark.parametrize(
    ("cells", "ran"),
    [
        (["x = 1", "def step(x): return x"], ["def step(x): return x"]),
        (["p = {}", "p['a'] = 1", "def step(x): return p"], ["p = {}", "p['a'] = 1"]),
        (["p = []\nq = []", "p.append(1)\nq.append(2)", "step = lambda x: p"],
         ["p = []", "p.append(1)"]),
        (["n = 1\nn += 1", "step = lambda x: n"], ["n = 1", "n += 1"]),
        (["import numpy as np\nnp.load('x')", "def step(x): return np"], ["import numpy as np"]),
        (["import a, b; import c; k = 1", "def step(x): return c, k"], ["pass; import c; k = 1"]),
        (["from numpy import *", "def step(x): return tanh(x)"], ["from numpy import *"]),
        (["for k in range(3): n = k", "def step(x): return n"], ["for k in range(3): n = k"]),
        (["def set_up():\n    global n\n    n = 1", "def step(x): return n"],
         ["def set_up():", "    global n", "    n = 1"]),
        (["import numba\n@numba.njit\ndef one(x): return x", "def step(x): return one(x)"],
         ["import numba", "@numba.njit", "def one(x): return x"]),
    ],
)  # fmt: skip
def test_what_is_needed(cells: list[str], ran: list[str]) -> None:
    """A local name needs nothing; a value changed in place needs its change."""
    assert runs(*cells)[: len(ran)] == ran
    assert len(runs(*cells)) <= len(ran) + 1


def test_the_last_definition_counts() -> None:
    """As when all cells are run from top to bottom; a cell with a label counts before that."""
    first, second = "def step(x): return 1", "def step(x): return 2"

    assert runs(first, second) == [second]
    assert runs(second, first) == [first]
    assert runs(first, second, tagged=0) == [first]
    assert runs(first, "step = wrapped(step)", "def wrapped(f): return f") == [
        first,
        "step = wrapped(step)",
        "def wrapped(f): return f",
    ]


def test_a_line_is_one_of_its_cell() -> None:
    """Code cells count from 1, lines within each."""
    found = form("import numpy as np", "%%time\n\ndef step(x):\n    return y\n")
    number = found.program.decode().split("\n").index("    return y") + 1

    line = found.line(number)

    assert line is not None
    assert (line.cell, line.number, line.text) == (2, 4, "    return y")
    assert found.line(1) is None  # that line is ours


def test_what_a_cell_begins_with() -> None:
    """A future import comes first; a guard is open, as in a notebook; no cell names an encoding."""
    ran = runs(
        "# coding: latin-1\nx = 'á'",
        "from __future__ import annotations\nif __name__ == '__main__':\n    step = lambda: x",
    )

    assert ran == [
        "from __future__ import annotations",
        '__name__ = "__main__"',
        "# coding: latin-1",
        "x = 'á'",
        "if __name__ == '__main__':",
        "    step = lambda: x",
    ]


def test_a_cell_that_python_cannot_read() -> None:
    """It matters only where it may hold what is needed."""
    assert runs("x = = 3", "def step(x): return x") == ["def step(x): return x"]
    assert "def step(x:" in runs("y = 1", "def step(x:\n    return x")
    assert "def helper(:" in runs("def helper(:", "def step(x): return helper(x)")


def test_where_a_function_stands_in_a_notebook() -> None:
    """The cell is named with the line."""
    found = form("x = 1", "class Cell:\n    def step(self, x): ...").elsewhere["step"]

    assert (found.within, found.line.cell, found.line.number) == ("Cell", 2, 2)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"cells": [', Odd.NO_JSON),
        (b'{"a": 1}', Odd.NO_NOTEBOOK),
        (b"[1, 2]", Odd.NO_NOTEBOOK),
        (b"def step(x):\n    return x\n", Odd.NO_JSON_AT_ALL),
        (b"not json", Odd.NO_JSON_AT_ALL),
        (b"", Odd.NO_JSON_AT_ALL),
        (notebook(), Odd.NO_CODE),
        (notebook("x", metadata={"kernelspec": {"language": "R"}}), Odd.LANGUAGE),
        (notebook("#" * 2**20, "x"), Odd.TOO_LONG),
        (notebook(*["x"] * 5001), Odd.TOO_MANY),
        (notebook("x", "%a\n" * 5000), Odd.TOO_MANY),
        (b"{" + b'"a": [' * 100_000, Odd.NO_JSON),
    ],
)
def test_notebooks_that_cannot_be_run(data: bytes, problem: Odd) -> None:
    """Cut off, none at all, empty, of another language, too much of it, nested too deeply."""
    found = alike("step.ipynb", data).problem

    assert found is not None
    assert found.what is problem


def test_what_was_printed_is_left_out() -> None:
    """All of it; what is called a notebook and is none is cut off where an answer has to end."""
    printed = json.loads(notebook("step = abs", tagged=0))
    printed["cells"][1]["outputs"] = [{"text": "1" * 2**20}]
    data = json.dumps(printed).encode()

    assert alike("step.ipynb", data).program == form("step = abs").program
    assert code_alone(data, "step.ipynb") == code_alone(
        notebook("step = abs", tagged=0), "step.ipynb"
    )
    assert len(code_alone(data[:-1], "step.ipynb")) == 2**20


def test_other_shapes_of_a_notebook() -> None:
    """Renamed to .py; a source in one piece; the format of 2014."""
    whole = json.dumps({"cells": [{"cell_type": "code", "source": "step = abs"}]}).encode()
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["step = abs"]}]}]}

    for name, data in (
        ("step.py", whole),
        ("step.ipynb", json.dumps(old).encode()),
    ):
        assert b"step = abs" in alike(name, data).program


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !pip install \\\n  torch\ny", "if x:\n    pass\n\ny"),
        ("%%timeit -n 3\nx = 1", "\nx = 1"),
        ("\n%%time\nx", "\n\nx"),
        ("files = !ls\nt = %timeit -o f()", "pass\npass"),
        ("?np\nnp.split?\nf??", "pass\npass\npass"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", "pass"),
        ("x = (7\n% 2)\ny = [1,\n!2]", "x = (7\n% 2)\ny = [1,\n!2]"),
        ('x = """\n%time\n"""\n%time', 'x = """\n%time\n"""\npass'),
        ("x = 'it\\'s (' # {\n%time", "x = 'it\\'s (' # {\npass"),
        ("x = 7 \\\n% 2", "x = 7 \\\n% 2"),
        ("a != b", "a != b"),
        ("%pylab inline", PYLAB),
    ],
)
def test_magics_become_pass(cell: str, plain: str) -> None:
    """Where a statement begins, and nowhere else: every line keeps its number."""
    assert without_magics(cell) == plain


@pytest.mark.parametrize("magic", ["bash", "html", "writefile step.py", "javascript"])
def test_a_cell_of_another_language(magic: str) -> None:
    """It is no Python."""
    assert without_magics(f"%%{magic}\nstep = 1") is None


@given(st.lists(st.text(alphabet="%!?'\"()[]\\#\n =x1:", max_size=40), max_size=4))
def test_any_cells(cells: list[str]) -> None:
    """Whatever the cells hold, the program has a line for each line of those that are run."""
    found = form(*cells, "def step(x): return x")

    assert found.program.count(b"\n") == len(found.lines)
    assert b"def step(x): return x" in found.program
