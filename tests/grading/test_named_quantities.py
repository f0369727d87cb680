"""A sentence names what the exercise has; of anything else it says what that is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.grading.answering import EXERCISES
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.mistakes import mistakes_of
from tracer.view.export.report_html import page
from tracer.view.say.diagnosis import Told
from tracer.view.say.meaning import meaning
from tracer.view.say.own_words import OwnWords
from tracer.view.say.unnamed import explained
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

pytestmark = pytest.mark.usefixtures("here")

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def said(number: str, old: str, new: str) -> str:
    """What is said of a right answer in which something is put in the place of something else."""
    exercise = EXERCISES[number]
    right = (SOLUTIONS / exercise.name / exercise.file).read_text("utf-8")
    assert old in right
    answer = Submission(exercise.file, right.replace(old, new).encode())
    report = grade(exercise, answer, seed=3)
    return " ".join(" ".join(line.plain for line in screen(report, Abilities(width=200))).split())


@pytest.mark.parametrize(
    ("number", "sentence", "names"),
    [
        ("33", "They need all of d_c: d_c_from_h + d_c_from_next.", ["d_c_from_h"]),
        ("32", "Your numbers are those of d_f = d_c * c.", []),
        ("23", "The switch f is computed from its own z_f.", ["z_f"]),
        ("20", "The switch f is computed from its own z_f.", []),
        ("22", "U_f is read twice.", ["U_f"]),
        ("33", "Your numbers are those of d_c_prev = d_c.", ["d_c_prev"]),
        ("20", "d_c, d_f, d_i and d_g are wrong.", []),  # too many, and no help
    ],
)
def test_what_no_page_of_the_exercise_names_is_explained(
    number: str, sentence: str, names: list[str]
) -> None:
    """By its line on the list of quantities; README and stub are what the student reads."""
    exercise = EXERCISES[number]
    found = list(explained(exercise, [Told(sentence)], OwnWords(exercise, exercise.checks[0])))

    assert [one.text.partition(" is ")[0] for one in found] == names


def test_a_slope_of_the_memory_is_told_in_the_equation_of_the_page() -> None:
    """The README of exercise 32 has d_c as a whole, and no name for its first part."""
    text = said("32", "d_h * o * (1 - tanh_c**2)", "d_h * o * (1 - forward['c'] ** 2)")

    assert "if d_c gets d_h * o * (1 - c ** 2) through h." in text
    assert "The equation is d_c = d_h * o * (1 - tanh(c) ** 2) + d_c_from_next." in text
    assert "d_c_from_h" not in text


@pytest.mark.parametrize(
    ("number", "over"), [("30", "the sentences"), ("31", "all steps and sentences")]
)
def test_a_gradient_is_summed_over_what_there_is(number: str, over: str) -> None:
    """An exercise of one step has no other steps to sum over."""
    assert meaning(EXERCISES[number], "d_W") == f"the gradient of W, summed over {over}"


def test_another_tanh_is_told_where_it_is_computed() -> None:
    """Backward, g is given, and only the memory is squeezed; forward, both are."""
    for number in ("20", "22", "32"):
        program = EXERCISES[number].program
        assert program is not None
        (sentence, *_more) = [m.sentence for m in mistakes_of(program) if m.id == "other_tanh"]

        assert sentence.endswith("in the place of tanh(z), wherever tanh is computed.")


def test_the_first_number_of_d_x_is_worked_out() -> None:
    """A sum over four gates, one number for each."""
    text = said("32", "d_z @ U, d_z @ W", "d_z @ U * 2, d_z @ W")

    start = "d_x_1[0] = d_z_i @ U_i + d_z_f @ U_f + d_z_g @ U_g + d_z_o @ U_o = "
    numbers = text.partition(start)[2].partition(" Look at")[0]
    *terms, last = numbers.replace(" ≈ ", " = ").split(" + ")
    final, result = last.split(" = ")
    parts = [float(term.strip("()")) for term in (*terms, final)]

    assert len(parts) == 4
    assert sum(parts) == pytest.approx(float(result), rel=0.02)


@pytest.mark.parametrize(("returned", "before"), [("d_h_0", "d_h_prev"), ("d_c_0", "d_c_prev")])
def test_the_gradient_of_an_initial_state_is_worked_out(returned: str, before: str) -> None:
    """It is what the way back gives for the state before the first word."""
    states = {"d_h_0": "d_h_from_next", "d_c_0": "d_c_from_next"}
    line = "d_h_from_next, d_c_from_next, d_U, d_W, d_a\n"
    wrong = line.replace(states[returned], f"1.1 * {states[returned]} + 0.1")

    text = said("33", line, wrong)

    found = re.search(rf"{returned}\[(\d)\] = {before}_1\[\1\] = (\S+) {before}_1\[\1\] = ", text)
    assert found is not None
    assert re.search(rf"expected( \S+)* {re.escape(found[2])} ", text)


def test_of_one_step_nothing_is_said_of_own_numbers() -> None:
    """The equations get what was given: h of exercise 10 has no number of the student's own."""
    text = said("10", "np.tanh(z)", "np.tanh(z) * 1.37 + 0.11")

    assert "Your h is not what the equations give from the numbers that go into it." in text
    assert "your own numbers" not in text.partition("Look at")[0].partition("The first")[0]


def test_what_the_line_to_look_at_is_said_to_have_is_explained() -> None:
    """d_c without its second part is d_c_from_h, which the page does not name."""
    text = said("33", "(1 - tanh_c**2) + d_c_from_next", "(1 - tanh_c**2)")

    assert "Your numbers are those of d_c without d_c_from_next." in text
    assert (
        "There d_c gets the numbers of d_c_from_h. d_c_from_h is the part of the memory's gradient "
        "that comes through h."
    ) in text


def test_a_sentence_has_no_letter_that_stands_for_nothing() -> None:
    """``y`` and ``count`` are words of the catalogue; the page of exercise 14 has other ones."""
    exercise = EXERCISES["14"]
    assert exercise.program is not None
    told = [m for m in mistakes_of(exercise.program, over="sequence")
            if m.id in ("other_d_logits", "other_total_loss", "other_loss",
                        "gradient_averaged_over_steps")]  # fmt: skip

    assert len(told) > 30
    for mistake in told:
        said_of_it = mistake.title + mistake.sentence
        assert not re.search(r"\by\b|/ count\b|by count\b", said_of_it), said_of_it


def test_the_words_before_a_row_of_numbers_stay_whole_on_a_narrow_page() -> None:
    """In HTML the row is scrolled; nothing in it is broken into letters."""
    exercise = EXERCISES["22"]
    right = (SOLUTIONS / exercise.name / exercise.file).read_text("utf-8")
    answer = Submission(exercise.file, right.replace("o * np.tanh(c)", "o * c").encode())

    cells = re.findall(r"<t[hd][^>]*>", page(grade(exercise, answer, seed=3)))

    assert len(cells) > 4
    assert all("white-space:nowrap" in cell for cell in cells)
