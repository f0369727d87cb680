"""Equation by equation, also where the numbers between did not come back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of
from tracer.mistakes.equationwise import judged
from tracer.mistakes.records import JudgedEquation, Run
from tracer.program import edits_in, program_of

MANY_INPUTS = {"D": 11}
"""At least as many as there are sums, so that d_x tells d_z."""


@pytest.mark.parametrize(
    ("scene", "change", "wrong", "unknown"),
    [
        ("lstm step backward", {"d_f": "d_c * c * 1.3"}, {"d_z_f"}, {"d_f"}),
        ("lstm step backward", {"d_z_g": "d_g * (1 - g ** 2) * 1.7"}, {"d_z_g"}, {"d_g"}),
        (
            "lstm step backward", {"d_c": "it * 1.3"}, {"d_c"},
            {"o", "d_tanh_c", "d_c_from_h", "d_c_from_next"},
        ),
        ("lstm step backward", {"d_x": "it * 1.1"}, {"d_x"}, set()),
        ("lstm step backward", {"d_h_prev": "it + d_h"}, {"d_h_prev"}, set()),
        ("lstm step backward", {"d_c_prev": "d_c * 1.1"}, {"d_c_prev"}, set()),
        ("lstm backward", {"d_f": "d_c * c * 1.3"}, {"d_z_f"}, {"d_f"}),
    ],
)  # fmt: skip
def test_one_wrong_equation_of_a_backward_pass(
    scene: str, change: dict[str, str], wrong: set[str], unknown: set[str]
) -> None:
    """d_z and d_c are worked out from d_x; everything else follows from them, and is right."""
    asked = SCENES[scene]
    program = program_of(asked.program)
    rounds = replace(asked, sizes=tuple({**s, **MANY_INPUTS} for s in asked.sizes)).inputs()
    runs = came_of(program.edited(edits_in({"change": change})), rounds, asked.returns)
    assert runs is not None

    found = judged(program, runs)

    assert {equation.name for equation in found if equation.verdict == "wrong"} == wrong
    assert {equation.name for equation in found if equation.verdict == "unknown"} == unknown


def test_nothing_is_worked_out_from_too_few_inputs() -> None:
    """With 5 inputs and 8 sums, d_x does not tell them."""
    program = program_of("lstm")
    asked = SCENES["lstm step backward"]
    edits = edits_in({"change": {"d_c": "it * 1.3"}})
    runs = came_of(program.edited(edits), asked.inputs(), asked.returns)
    assert runs is not None

    found = judged(program, runs)

    assert not any(equation.found for equation in found)
    assert JudgedEquation("d_x", "wrong") in found


def test_what_proves_itself_is_not_suspected() -> None:
    """σ(z) with another sign: g is right, so z_g is; nobody has seen z_i, and it may be wrong."""
    program = program_of("lstm")
    edits = edits_in({"function": {"σ": "1 / (1 + exp(1.5 * z))"}})
    runs = came_of(program.edited(edits), SCENES["gates"].inputs(), ("i", "f", "g", "o"))
    assert runs is not None

    verdicts = {equation.name: equation.verdict for equation in judged(program, runs)}

    assert verdicts["g"] == "right"
    assert (verdicts["i"], verdicts["z_i"]) == ("wrong", "unknown")
    assert "z_g" not in verdicts


def test_what_is_right_by_itself_is_not_accused() -> None:
    """The norm that is handed back is wrong, and what was clipped is as right as ever."""
    program = program_of("clip")
    given = {"d_U": np.full((2, 3), 4.0), "d_W": np.ones((2, 2)), "d_a": np.ones(2)}
    given["max_norm"] = np.array(0.7)
    names = ("norm", "clipped_d_U", "clipped_d_W", "clipped_d_a")
    came = {**program.run(given, wanted=names), "norm": np.array(0.7)}

    found = judged(program, [Run(given, came, 1e-7, ("too long", 0))])

    assert {equation.name: equation.verdict for equation in found} == {"norm": "wrong"}
