"""What is said of a mistake, and of each equation, is true: it is computed again in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.grading.answering import EXERCISES, answered
from tests.grading.drawn_answers import CHANGES, CHECKS, follows
from tracer.exercises.discovery import discover
from tracer.exercises.submission import Submission
from tracer.grading.diagnosing import diagnosed
from tracer.grading.judge import judge
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.grading.task import tasks
from tracer.mistakes import Diagnosis
from tracer.program import Program, edits_in
from tracer.sandbox.process import PlainProcess
from tracer.view.parts.report import judged, words_of
from tracer.view.say.diagnosis import changes
from tracer.view.say.diagnosis import told as said_of
from tracer.view.say.own_words import OwnWords

STEP = EXERCISES["10"].checks[0]
COURSES = Path(__file__).parents[1] / "exercises/courses"


ODD: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "10": ({"h": "1.1 * tanh(z) + 0.3"},),
    "20": ({"g": "tanh(z_g) + 0.1 * i"}, {"i": "0.7 * σ(z_i) + 0.2 * σ(z_o)", "o": "σ(z_o) / 3"}),
    "22": (
        {"h": "1.37 * o * tanh_c + 0.1 * f"}, {"c": "f * c_prev + 1.3 * i * g - 0.2 * o"},
        {"c": "f * c_prev + 1.3 * i * g - 0.2 * o", "h": "1.37 * o * tanh_c + 0.1 * f"},
    ),
}  # fmt: skip
"""Mistakes that nobody has a name for."""


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(data=st.data(), number=st.sampled_from(sorted(ODD)), seed=st.integers(0, 99))
def test_each_equation_is_judged_from_the_students_own_numbers(
    data: st.DataObject, number: str, seed: int
) -> None:
    """That h is not what they give, and that c is, where no mistake has a name for it."""
    exercise, change = EXERCISES[number], data.draw(st.sampled_from(ODD[number]))
    asked = [task for task in tasks(exercise, seed, PlainProcess())
             if task.case.check.name in CHECKS]  # fmt: skip
    answers_ = [answered(task, {}, change) for task in asked]
    right = [ByEquations(exercise, task.case) for task in asked]
    judged_ = [judge(*one) for one in zip(asked, answers_, right, strict=True)]

    found, _told = diagnosed(exercise, judged_, lambda: None)

    assert found is not None
    assert {equation.verdict for equation in found.equations} >= {"wrong"}
    for equation in found.equations:
        near = [
            np.allclose(
                answer.arrays[t, equation.name], follows(task, came, t, equation.name), 0, 2e-5
            )
            for task, answer, one in zip(asked, answers_, judged_, strict=True)
            for came in (one.rounds[0].came,)
            for t in range(task.case.sizes["T"])
            if equation.name in came
        ]
        if equation.verdict == "right":
            assert all(near)
        if equation.verdict == "wrong":
            assert not all(near)


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(
    number=st.sampled_from(sorted(CHANGES)),
    seed=st.integers(0, 99),
    which=st.integers(0, 6),
    noise=st.sampled_from([0.0, 0.0, 0.0, 0.02]),
)
def test_a_named_mistake_gives_every_number(
    number: str, seed: int, which: int, noise: float
) -> None:
    """Each mistake named gives all that came, the right equations do not; noise has no name."""
    exercise = EXERCISES[number]
    program = exercise.program
    assert program is not None
    change = CHANGES[number][which % len(CHANGES[number])]
    of_checks = []
    for task in tasks(exercise, seed, PlainProcess()):
        if len(task.case.rounds) == 1 and not task.case.check.large:
            answer = answered(task, {(0, exercise.checks[0].expect[0]): noise}, change)
            of_checks.append(judge(task, answer, ByEquations(exercise, task.case)))

    found, _told = diagnosed(exercise, of_checks, lambda: None)

    rounds = [compared for one in of_checks for compared in one.rounds]
    if found is None:
        assert all(same(program, c.given, c.came) for c in rounds)
        return
    assert not all(same(program, c.given, c.came) for c in rounds)
    if found.zero:
        wrong = [c.came[name][c.inexact[name]] for c in rounds for name in c.came]
        assert not any(numbers.any() for numbers in wrong)
    for choice in product(*found.named) if found.named else ():
        edits = [edit for mistake in choice for edit in mistake.edits]
        assert all(gives(program.edited(edits), c.given, c.came) for c in rounds)
    for edit in found.generated:
        assert all(gives(program.edited([edit]), c.given, c.came) for c in rounds)
    if noise:
        assert not found.named


def gives(
    program: Program, given_: Mapping[str, np.ndarray], came: Mapping[str, np.ndarray]
) -> bool:
    """Whether it gives these numbers: in one go, or each step from the student's own state."""
    if same(program, given_, came):
        return True
    for step in range(len(given_["x"])):
        own = {f"{n}_0": came[n][step - 1] for n in came if step and f"{n}_0" in given_}
        one = {n: a[step : step + 1] if n in ("x", "mask") else a for n, a in given_.items()}
        one["lengths"] = np.ones_like(given_["lengths"])
        if not same(program, one | own, {n: a[step : step + 1] for n, a in came.items()}):
            return False
    return True


def same(
    program: Program, given_: Mapping[str, np.ndarray], came: Mapping[str, np.ndarray]
) -> bool:
    """Whether a program gives these numbers."""
    with np.errstate(all="ignore"):
        found = program.run(given_, wanted=tuple(came))
    return all(
        np.allclose(found[name], array, 0, 1e-4 * np.abs(found[name]).max())
        for name, array in came.items()
    )


def test_an_order_of_gates_is_told_as_the_exercise_has_it() -> None:
    """Wx is i, f, o, g here, and the answer takes it for i, f, g, o; not the other way round."""
    course = COURSES / "rows"
    exercise = discover(course / "exercises").good[1]
    wrong = course / "solutions/31_lstm_layers/mistakes/order_i_f_g_o.py"

    report = grade(exercise, Submission.read(wrong), seed=3)

    diagnosis = report.diagnosis
    assert diagnosis is not None
    said = " ".join(told.text for told in said_of(diagnosis, words_of(report)))
    assert "blocks of Wx, Wh and b in the order i f g o. Here the order is i f o g." in said


def test_the_activation_of_the_rnn_is_told_by_its_name() -> None:
    """f is a gate in the next exercise: z_from_x = tanh(x @ U.T) is said, and no f."""
    change, slope = edits_in({"change": {"z_from_x": "f(x @ U.T)", "d_z": "df(z) * d_h"}})

    found, words = Diagnosis(generated=(change, slope)), OwnWords(EXERCISES["10"], STEP)
    said = [told.text for told in said_of(found, words)]

    assert said[1:] == ["z_from_x = tanh(x @ U.T)", "d_z = dtanh(z) * d_h"]
    assert changes(found, words) == said[1:]  # so JSON has them


CLIPPED = b"""
import numpy as np

def lstm_gates(x, h_prev, U, W, a):
    z = np.clip(x @ U.T + h_prev @ W.T + a, -5, 5)
    i, f, g, o = np.split(z, 4, axis=1)
    return 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), np.tanh(g), 1 / (1 + np.exp(-o))
"""


def test_what_another_check_shows_wrong_is_right_in_this_one_only() -> None:
    """z clipped to -5..5 shows in g in one check and not in the other; both was said at once."""
    exercise = EXERCISES["20"]

    report = grade(exercise, Submission("lstm_gates.py", CLIPPED), seed=376416547)

    assert report.diagnosis is not None
    wrong = {e.name for e in report.diagnosis.equations if e.verdict == "wrong"}
    (standings,) = (c.standings for c in judged(report).checks if c.name == "large values")
    assert wrong == {"i", "f", "g", "o"}
    assert standings == ("In check “large values”, g is right; in another check, it is wrong.")


def test_what_all_checks_show_is_said_of_all_of_them() -> None:
    """z is clipped in σ: "one word" shows it in f and o, and i is right there."""
    source = CLIPPED.replace(
        b"z = np.clip(x @ U.T + h_prev @ W.T + a, -5, 5)",
        b"""\
z = x @ U.T + h_prev @ W.T + a
    z[:, : 2 * len(W.T)] = np.clip(z[:, : 2 * len(W.T)], -5, 5)
    z[:, 3 * len(W.T) :] = np.clip(z[:, 3 * len(W.T) :], -5, 5)""",
    )

    part = judged(grade(EXERCISES["20"], Submission("lstm_gates.py", source), seed=1))

    assert part.first_failing is not None
    assert part.diagnosis[0].text == (
        "Taken together, the checks show: your i, f and o are not what the equations give from "
        "the numbers that go into each."
    )
    assert part.first_failing.standings == (
        "In check “one word”, i is right; in another check, it is wrong."
    )


TURNED = b"""
import numpy as np

def tagging_loss(logits, label, mask):
    s = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probs = s / s.sum(axis=-1, keepdims=True)
    one_hot = np.eye(logits.shape[-1], dtype=logits.dtype)[label]
    total_loss = -(np.log(probs) * one_hot).sum() / len(label[0])
    return total_loss, (one_hot - probs) / len(label[0])
"""


def test_a_mistake_is_told_of_the_quantities_whose_numbers_it_gives() -> None:
    """No mask in the loss, and the gradient has the wrong sign, which no mask explains."""
    finite = TURNED.replace(b"np.log(probs)", b"np.log(np.maximum(probs, 1e-300))")
    exercise = EXERCISES["14"]
    exercise = replace(exercise, checks=tuple(c for c in exercise.checks if not c.large))

    part = judged(grade(exercise, Submission("tagging_loss.py", finite), seed=1))

    assert [one.text for one in part.diagnosis] == [
        (
            "For total_loss: Your numbers are what you get if every step counts for the loss, "
            "those after the end of a sentence too."
        ),
        "Your d_logits is not what the equations give from the numbers that go into it.",
    ]
    assert part.look_at[1].text == "What it returns is the first value to show one of the mistakes."


def test_a_mistake_is_told_in_a_check_where_it_shows() -> None:
    """Large scores overflow, so the others are searched; one word has no padding to count."""
    report = grade(EXERCISES["14"], Submission("tagging_loss.py", TURNED), seed=1)

    assert report.first_failing is not None
    assert report.first_failing.check.name == "one word"
    assert report.first_failing.diagnosis is None


FOLLOWED = b"""
import numpy as np

def sigma(z):
    return 1 / (1 + np.exp(-z))

def lstm_step(x, h_prev, c_prev, U, W, a):
    i, f, g, o = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
    c = f * c_prev + 1.3 * i * g - 0.2 * o
    h = o * np.tanh(c)
    if len(x) == 2:
        h = h + 0.5 * c
    return h, c
"""


def test_what_follows_in_this_check_and_is_wrong_in_another_is_not_called_right() -> None:
    """h comes from a wrong c for one sentence; for two it is wrong itself."""
    report = grade(EXERCISES["22"], Submission("lstm_step.py", FOLLOWED), seed=1)

    assert report.diagnosis is not None
    assert "h" in {e.name for e in report.diagnosis.equations if e.verdict == "wrong"}
    (standings,) = (c.standings for c in judged(report).checks if c.name == "one word")
    assert standings == (
        "In check “one word”, h is what follows from your own numbers; in another check, it is "
        "wrong."
    )
