"""Never a false name: each guard, with what was once said falsely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mistakes.drawing import SCENES, came_of, draw
from tracer.cells.activations import Array
from tracer.mistakes import Diagnosis, Run, diagnose, mistakes_of
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.branches import needs_all
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task
from tracer.mistakes.twins import told_once
from tracer.program import edits_in, program_of


def diagnosed(
    name: str, over: str, given: Mapping[str, Array], came: Mapping[str, Array], **more: Any
) -> Diagnosis:
    """The diagnosis of a single round."""
    program = program_of(name)
    return diagnose(program, [Run(given, came)], mistakes_of(program, over), **more)


def names(diagnosis: Diagnosis) -> list[list[str]]:
    """The ids of each class."""
    return [[mistake.id for mistake in one_of] for one_of in diagnosis.named]


def test_zero_names_nothing() -> None:
    """A zero answer is given by too much; that it is zero is all that is said."""
    inputs = draw(program_of("lstm"), 1, T=1)
    zero = np.zeros((1, 3, 2))

    assert diagnosed("lstm", "step", inputs, {"h": zero, "c": zero}) == Diagnosis(zero=True)


@pytest.mark.parametrize("scene", ["rnn unroll", "lstm unroll"])
def test_zero_at_the_last_step_is_told_so(scene: str) -> None:
    """``for t in range(T - 1)``: all is right but for the last step, in every sentence."""
    asked = SCENES[scene]
    program, states = program_of(asked.program), asked.returns[: len(asked.returns) // 2]
    runs = came_of(program, asked.inputs(), states)
    assert runs is not None
    for run in runs:
        for array in run.came.values():
            array[-1] = 0.0

    diagnosis = diagnose(program, runs, mistakes_of(program, "sequence"))

    assert len(diagnosis.named) == 1
    assert "last step" in diagnosis.named[0][0].sentence


def test_one_step_of_zeros_is_not_told_as_the_last() -> None:
    """Sentences of one word alone do not tell the last step from all steps."""
    inputs = draw(program_of("rnn"), 1, T=1)

    diagnosis = diagnosed("rnn", "sequence", inputs, {"h": np.zeros((1, 3, 2))})

    assert diagnosis == Diagnosis(zero=True)


def test_what_says_the_same_of_one_quantity_is_told_once() -> None:
    """o = z_o, and z_o returned as o: where only the gates come back, that is one mistake."""
    program, asked = program_of("lstm"), SCENES["gates"]
    runs = came_of(
        program.edited(edits_in({"change": {"o": "z_o"}})), asked.inputs(), asked.returns
    )
    assert runs is not None

    diagnosis = diagnose(program, runs, mistakes_of(program, "step"))

    assert names(diagnosis) == [["pre_activation_returned"]]


def test_what_says_it_of_two_quantities_is_told_twice() -> None:
    """c = i * c_prev + f * g gives what the order f i g o gives; both may be what was written."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    came = program.edited(edits_in({"change": {"c": "i * c_prev + f * g"}})).run(
        inputs, wanted=("h", "c")
    )

    diagnosis = diagnosed("lstm", "step", inputs, came)

    assert sorted(names(diagnosis)[0]) == ["gate_order", "other_c"]


def test_what_another_mistake_overwrites_is_not_told() -> None:
    """c is 0 after the end, and h is h_0: once "h and c are h_0 and c_0", and "h and c are 0"."""
    program, asked = program_of("lstm"), SCENES["lstm unroll"]
    change = {"c": "masked(it, mask)", "h": "masked(it, mask) + h_0 - masked(h_0, mask)"}
    edits = edits_in({"padding": "runs on", "change": change})
    runs = came_of(program.edited(edits), asked.inputs(), ("h", "c"))
    assert runs is not None

    assert diagnose(program, runs, mistakes_of(program, "sequence")).named == ()


@pytest.mark.parametrize("first", ["c_is_h_after_the_end", "only_h_stands_still"])
def test_two_that_say_what_happens_after_the_end_are_not_told_together(first: str) -> None:
    """After them "h and c are 0" makes c 0 and leaves h as it is; each says something of both."""
    program, asked = program_of("lstm"), SCENES["lstm unroll"]
    known = {mistake.id: mistake for mistake in mistakes_of(program, "sequence")}
    pair = tuple(Candidate(program, known[id_].edits) for id_ in (first, "zero_after_the_end"))
    runs = came_of(
        program.edited([edit for one in pair for edit in one.edits]), asked.inputs(), ("h", "c")
    )
    assert runs is not None
    attempt = Attempt(Task(program, runs, pair), pair)

    assert attempt.explains
    assert not needs_all(attempt)


def test_names_of_one_shape_are_told_apart() -> None:
    """c = f * h_prev is not c = f * c_prev, though here h_0 is c_0: it is one of the two."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    inputs["h_0"] = inputs["c_0"]
    both = [
        Candidate(program, edits_in({"change": {"c": f"f * {state}"}}))
        for state in ("h_prev", "c_prev")
    ]
    came = program.edited(both[0].edits).run(inputs, wanted=("c",))
    task = Task(program, [Run(inputs, came)], both)
    assert all(task.is_given_by(one.edits) for one in both)

    assert told_once(task, both) == both


def test_whole_numbers_name_nothing() -> None:
    """c cast to int, where the state is 0, was once told as a term left out."""
    inputs = draw(program_of("lstm"), 3, T=1)
    for name in ("h_0", "c_0", "a"):
        inputs[name] = np.zeros_like(inputs[name])
    right = program_of("lstm").run(inputs, wanted=("h", "c"))
    came = {"c": np.trunc(right["c"]), "h": right["h"]}

    diagnosis = diagnosed("lstm", "step", inputs, came)

    assert diagnosis.named == ()
    assert diagnosis.generated == ()


def test_nan_alone_names_nothing() -> None:
    """NaN spreads, so that everything gives it."""
    inputs = draw(program_of("lstm"), 1, T=1)
    nan = np.full((1, 3, 2), np.nan)

    diagnosis = diagnosed("lstm", "step", inputs, {"h": nan, "c": nan})

    assert (diagnosis.named, diagnosis.generated) == ((), ())


def test_overflow_is_named_by_where_it_is_nan() -> None:
    """exp(z) / (1 + exp(z)) is right except where z is large; which numbers are NaN tells it."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    inputs["x"][:, ::2] *= 2000.0
    came = program.edited(edits_in({"function": {"σ": "exp(z) / (1 + exp(z))"}})).run(
        inputs, wanted=("i", "f", "g", "o")
    )

    assert np.isnan(came["i"]).any()
    assert names(diagnosed("lstm", "step", inputs, came)) == [["sigma_overflows"]]


def test_after_huge_numbers_nothing_is_held_against_a_mistake() -> None:
    """o = exp(z_o) goes beyond all measure: then σ written otherwise gives other numbers.

    That was once told as three mistakes, two of which undo each other.
    """
    program, runs, largest = program_of("lstm"), [], []
    for seed, times in ((1, 1.0), (3, 60.0)):
        inputs = draw(program, seed, T=5)
        inputs["x"] *= times
        came: dict[str, list[Array]] = {"h": [], "c": []}
        h, c = inputs["h_0"], inputs["c_0"]
        with np.errstate(all="ignore"):
            for x in inputs["x"]:
                z = x @ inputs["U"].T + h @ inputs["W"].T + inputs["a"]
                z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
                i, f = (1 + np.tanh(z_i / 2)) / 2, (1 + np.tanh(z_f / 2)) / 2
                c = f * c + i * np.tanh(z_g)
                h = np.exp(z_o) * np.tanh(c)
                came["h"].append(h)
                came["c"].append(c)
        runs.append(Run(inputs, {name: np.stack(steps) for name, steps in came.items()}))
        largest.append(np.abs(came["h"][0]).max())

    diagnosis = diagnose(program, runs, mistakes_of(program, "sequence"))

    assert largest[0] < 1e3
    assert largest[1] > 1e20
    assert [[(m.id, m.variant) for m in one] for one in diagnosis.named] == [
        [("other_switch", "o, exp")]
    ]


def test_a_quantity_that_is_zero_proves_nothing() -> None:
    """With h_0 = 0, c = i * g could be c = f * h_prev + i * g as well; that is not said."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    inputs["h_0"] = np.zeros_like(inputs["h_0"])
    came = program.edited(edits_in({"change": {"c": "i * g"}})).run(inputs, wanted=("h", "c"))

    told = diagnosed("lstm", "step", inputs, came).named[0]

    assert {(m.id, m.variant) for m in told} == {
        ("other_c", "i * g")
    }  # fmt: skip


def test_only_what_shows_is_claimed() -> None:
    """Where only c comes back, nobody knows about o: nothing is said of the switch o."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    came = program.edited(edits_in({"function": {"σ": "tanh(z)"}})).run(inputs, wanted=("c",))

    told = [m for one_of in diagnosed("lstm", "step", inputs, came).named for m in one_of]

    assert all("o" not in m.values.values() for m in told)
    assert "other_sigma" not in [m.id for m in told]


@settings(max_examples=25, deadline=None)
@given(
    scene=st.sampled_from(sorted(SCENES)),
    noise=st.sampled_from([0.0, 1e-9, 4e-8]),
    seed=st.integers(0, 99),
)
def test_right_numbers_are_never_wrong(scene: str, noise: float, seed: int) -> None:
    """Other orders of summation, and rounding to float32, are right."""
    asked = SCENES[scene]
    program = program_of(asked.program)
    runs = came_of(program, asked.inputs(), asked.returns)
    assert runs is not None
    rng = np.random.default_rng(seed)
    answered = [
        Run(
            run.given,
            {n: a * (1 + noise * rng.uniform(-1, 1, a.shape)) for n, a in run.came.items()},
            tolerance=1e-4 if noise > 1e-8 else 1e-7,
        )
        for run in runs
    ]

    assert diagnose(program, answered, ()) == Diagnosis(reference="right")


FORWARD = {"change": {"h": "o * c"}}
BACKWARD = ("d_x", "d_h_prev", "d_c_prev", "d_U", "d_W", "d_a")


def test_a_backward_pass_on_a_wrong_forward_pass_is_not_accused() -> None:
    """R1: the right equations on the values of the wrong forward pass follow from it."""
    program = program_of("lstm")
    inputs = SCENES["lstm step backward"].inputs()[0]
    edits = edits_in({"change": {"i": "tanh(z_i)"}})
    came = program.edited(edits).run(inputs, wanted=BACKWARD)

    diagnosis = diagnosed("lstm", "step", inputs, came, own_forward=edits)

    assert diagnosis == Diagnosis(reference="follows")


def test_the_derivative_of_a_wrong_forward_pass_is_not_accused() -> None:
    """R2: who forgets tanh in h, and derives h = o * c rightly, has made one mistake, not two."""
    from tracer.program.derivative import derivative

    program = program_of("lstm")
    inputs = SCENES["lstm step backward"].inputs()[0]
    edits = edits_in(FORWARD)
    came = derivative(program.edited(edits)).run(inputs, wanted=BACKWARD)

    alone = diagnosed("lstm", "step", inputs, came, own_forward=edits)
    both = diagnosed(
        "lstm", "step", inputs, {**program.edited(edits).run(inputs, wanted=("h", "c")), **came}
    )

    assert alone == Diagnosis(reference="derivative")
    assert names(both) == [["c_not_squeezed"]]
    assert both.reference == "derivative"


def test_a_mistake_in_each_pass() -> None:
    """The forward pass is told first; then what is wrong in the backward pass besides."""
    program = program_of("lstm")
    inputs = SCENES["lstm step backward"].inputs()
    both = edits_in({"change": {"c": "f * c_prev + g", "d_o": "d_h * c"}})
    runs = came_of(program.edited(both), inputs, ("h", "c", *BACKWARD))
    assert runs is not None

    diagnosis = diagnose(program, runs, mistakes_of(program, "step"))

    assert [[(m.id, m.variant) for m in one_of] for one_of in diagnosis.named][1] == [
        ("other_d_o", "d_h * c")
    ]
    assert ("other_c", "f * c_prev + g") in [(m.id, m.variant) for m in diagnosis.named[0]]


@pytest.mark.parametrize("tolerance", [1e-7, 1e-4])
def test_several_that_give_the_same_are_told_together(tolerance: float) -> None:
    """No input tells f of the z of i from i in the place of f; both are said."""
    program = program_of("lstm")
    inputs = draw(program, 1, T=1)
    came = program.edited(edits_in({"change": {"c": "i * c_prev + i * g"}})).run(
        inputs, wanted=("h", "c")
    )

    diagnosis = diagnose(program, [Run(inputs, came, tolerance)], mistakes_of(program, "step"))

    assert [(m.id, m.variant) for m in diagnosis.named[0]] == [
        ("other_c", "i * c_prev + i * g"), ("made_of_another_z", "f, i")
    ]  # fmt: skip


def test_no_gate_order_is_named_where_the_gates_were_given() -> None:
    """d_i and d_f exchanged was once told as right for the order f i g o; i and f were given."""
    program, asked = program_of("lstm"), SCENES["lstm step backward"]
    rounds = [{**r, **program.run(r, wanted=("i", "f", "g", "o", "c"))} for r in asked.inputs()]
    changed = program.edited(edits_in({"change": {"d_i": "d_c * c_prev", "d_f": "d_c * g"}}))
    runs = came_of(changed, rounds, asked.returns)
    assert runs is not None

    diagnosis = diagnose(program, runs, mistakes_of(program, "step"))

    assert "gate_order" not in {name for one_of in names(diagnosis) for name in one_of}
