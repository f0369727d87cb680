"""What is said where Numba cannot compile a function: the line, and the reason in plain words."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from numba.core.errors import TypingError

from tracer.sandbox.compiling import uncompiled
from tracer.sandbox.describing import named_line
from tracer.view.say.compiling import not_compiled

STEP = Path("/somewhere/step.py")
HEAD = "Failed in nopython mode pipeline (step: nopython frontend)\n"
PLACE = '\n\nFile "step.py", line 13:\ndef step(x):\n    <source elided>\n'

SAID = (
    (
        "\x1b[1mUse of unsupported NumPy function 'numpy.einsum' or unsupported use of it.",
        "It does not know numpy.einsum, or not as it is called here.",
    ),
    (
        "Untyped global name 'sigma': Cannot determine Numba type of <class 'function'>",
        "sigma is a function of your own that is not compiled: write @njit above it, too.",
    ),
    (
        "Untyped global name 'state': Cannot type empty list",
        "It cannot use state, which stands outside the function: Cannot type empty list.",
    ),
    (
        "Cannot unify float64 and array(float64, 2d, C) for 'c.2', defined at step.py (30)",
        "c is float64 in one place and float64 array with 2 axes in another.",
    ),
    (
        (
            "No implementation of function Function(<built-in function empty_like>) found for "
            "signature:\n \n >>> empty_like(array(float64, 2d, C), shape=UniTuple(int64 x 2))\n"
            "  TypingError: got an unexpected keyword argument 'shape'"
        ),
        "It has no empty_like for (float64 array with 2 axes, shape=tuple(2 × int64)).",
    ),
    ("Something else\nand more of it", "Its reason: Something else."),
)


@pytest.mark.parametrize(("reason", "says"), SAID, ids=[says[:20] for _reason, says in SAID])
def test_the_reason_in_plain_words(reason: str, says: str) -> None:
    """Of a message of a page, what a student needs."""
    facts = uncompiled(TypingError(HEAD + reason + PLACE), partial(named_line, STEP))

    assert facts["line"] == 13
    assert not_compiled(facts)[0] == "Numba cannot compile your function."
    assert not_compiled(facts)[1].startswith(says)


def test_another_exception() -> None:
    """Python's own are told as they are."""
    assert uncompiled(TypeError("no"), partial(named_line, STEP)) == {}
