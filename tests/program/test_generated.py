"""Edits that nobody wrote down."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from tests.program.conftest import given_of
from tracer.errors import InputError
from tracer.program import program_of
from tracer.program.generated import generated

SIZES = {"T": 4, "N": 3, "D": 5, "H": 2, "K": 6}


def test_the_changes_of_a_line() -> None:
    """Another operand, another sign, a part left out, another function; each once."""
    changes = [str(edit) for edit in generated(program_of("lstm"), ["h", "c", "f"])]

    for wanted in (
        "h = o + tanh_c", "h = tanh_c", "h = o", "h = o * c", "h = i * tanh_c",
        "h = -(o * tanh_c)", "h = tanh(o * tanh_c)", "c = f * c_prev - i * g", "c = f * c_prev",
        "c = f + c_prev + i * g", "c = f * h_prev + i * g",
        "c = c_prev + i * g", "f = tanh(z_f)", "f = z_f", "f = σ(z_i)",
    ):  # fmt: skip
        assert wanted in changes
    assert max(Counter(changes).values()) == 1
    assert "h = o * h" not in changes  # it would be computed from itself


def test_every_change_runs_or_says_why_not_and_a_plan_taken_over_is_a_new_plan() -> None:
    """A plan that was made for the right program gives each edited one the numbers of its own."""
    program = program_of("lstm")
    numbers = given_of(program, SIZES, ragged=True, seed=3)
    wanted = ("h", "c", "total_loss", "d_x", "d_U", "d_W", "d_a", "d_h_0", "d_c_0")
    program.run(numbers, wanted=wanted)
    edits = list(generated(program, program.lines))[::23]
    assert len(edits) > 50

    for edit in edits:
        edited = program.edited([edit])
        alone = replace(edited, base=None, plans={})
        try:
            expected = alone.run(numbers, wanted=wanted)
        except InputError:
            continue
        actual = edited.run(numbers, wanted=wanted)
        for name in wanted:
            np.testing.assert_array_equal(actual[name], expected[name], err_msg=f"{edit}: {name}")
