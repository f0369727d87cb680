"""The grader is graded: right answers pass in every style, mistakes are named, and names are true.

A seeded sample; ``make corpus`` takes all of them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracer.corpus.inside import InThisProcess
from tracer.corpus.measuring import Told, graded, told, told_of_all
from tracer.corpus.source import written
from tracer.corpus.style import Style
from tracer.corpus.variants import (
    Variant,
    catalogue,
    pair_variants,
    right_variants,
    single_variants,
    wrong_variant,
)
from tracer.course.reporting import rows
from tracer.exercises.discovery import discover, home
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Report, Verdict
from tracer.mistakes import Diagnosis, Mistake, mistakes_of
from tracer.program import edits_in
from tracer.sandbox.process import PlainProcess

pytestmark = pytest.mark.long

EXERCISES = [e for e in discover().good if e.asks_for_quantities]


def exercise(number: str) -> Exercise:
    """One of ours."""
    return next(e for e in EXERCISES if e.number == number)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_right_answers_pass_and_nothing_is_named(exercise: Exercise) -> None:
    """In eight styles: loops, einsum, two biases, lists, single precision, own buffers."""
    for variant in right_variants(exercise, 8):
        report = graded(variant)

        assert {c.verdict for c in report.checks} == {Verdict.PASSED}, str(variant.style)
        assert report.diagnosis is None, str(variant.style)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_known_mistakes_are_named_in_two_styles(exercise: Exercise) -> None:
    """One of the catalogue, drawn: whatever is named gives these numbers on other inputs too.

    Where numbers overflow, nan or inf may come of the same mistake, by how σ is written; it may
    then go without a name.
    """
    answers = told_of_all(single_variants(exercise, catalogue(exercise, 1)))

    assert answers
    true = {Told.NAMED, Told.EQUATION}
    assert {one.told for one in answers if not overflows(one.variant)} <= true
    assert {one.told for one in answers} <= {*true, Told.NOT_NAMED}


def overflows(variant: Variant) -> bool:
    """Whether a number of the answer is not finite, in some check."""
    differences = [c.difference for c in graded(variant).checks]
    return any(d is not None and not np.isfinite(d.got).all() for d in differences)


def entry(asked: Exercise, name: str) -> Mistake:
    """One of the list, by its id and what tells it from the others of its entry."""
    assert asked.program is not None
    return next(m for m in mistakes_of(asked.program) if f"{m.id} {m.variant}".strip() == name)


def wrong_of(asked: Exercise, *names: str) -> Variant:
    """The plain answer with these mistakes."""
    variant = wrong_variant(asked, Style(), tuple(entry(asked, name) for name in names))
    assert variant is not None
    return variant


def named(variant: Variant, *names: str) -> Report:
    """The report on an answer, as if these had been named as "one of"."""
    one_of = tuple(entry(variant.exercise, name) for name in names)
    return replace(graded(variant), diagnosis=Diagnosis(named=(one_of,)))


def test_one_of_several_names_has_to_be_true() -> None:
    """Told as one of two, h = o * c is named if it is either of them, and wrongly if neither."""
    asked = exercise("22")
    variant = wrong_of(asked, "c_not_squeezed")

    assert told(variant, named(variant, "c_not_squeezed", "c_squeezed")) is Told.NAMED
    assert told(variant, named(variant, "c_squeezed", "c_not_squeezed")) is Told.NAMED
    assert told(variant, named(variant, "c_squeezed", "squeezed_twice")) is Told.WRONG


def test_what_shows_in_no_number_need_not_be_told() -> None:
    """A tanh that overflows where no such z_g comes: the order of the gates is all that shows."""
    asked = exercise("20")
    order = "gate_order i f o g"
    overflowing = "tanh_overflows (exp(2 * z) - 1) / (exp(2 * z) + 1)"
    both = wrong_of(asked, order, overflowing)

    assert told(both, named(both, order)) is Told.NAMED
    assert told(both, named(both, overflowing)) is Told.WRONG


def test_another_shape_is_told_as_that() -> None:
    """d_x by W for U has a number for each unit: no number of it can be compared, or named."""
    asked = exercise("30")
    variant = wrong_of(asked, "rnn_other_d_x d_z @ W")
    report = graded(variant)

    assert {check.first_at for check in report.checks} == {"shape"}
    assert told(variant, report) is Told.CRASHED
    assert told_of_all([variant]) == []


def test_what_is_named_beside_another_shape_is_said_of_the_rest() -> None:
    """d_x has another shape, and the slope is wrong: the name is true of the other gradients."""
    asked = exercise("30")
    both = wrong_of(asked, "rnn_other_d_x d_z @ W", "rnn_other_d_z d_h * (1 - tanh(h) ** 2)")

    assert told(both, graded(both)) is Told.IN_PART


@pytest.mark.parametrize("number", ["13", "22", "32"])
def test_two_mistakes_at_once_are_never_named_wrongly(number: str) -> None:
    """They may go unnamed; a name that is given is true."""
    asked = exercise(number)

    answers = told_of_all(pair_variants(asked, catalogue(asked, 6), 2))

    assert answers
    assert Told.WRONG not in {one.told for one in answers}
    assert Told.PASSED not in {one.told for one in answers}


@pytest.mark.parametrize(
    "style", [Style(product="einsum"), Style(product="loops", compiled=True)], ids=str
)
def test_a_process_of_its_own_gives_what_this_one_gives(style: Style) -> None:
    """The same answer in the sandbox: also where Numba compiles its helpers."""
    asked = exercise("13")
    asked = replace(asked, checks=asked.checks[1:2])
    variant = Variant(asked, style, (), written(asked, style))

    inside, outside = (graded(variant, wall) for wall in (InThisProcess(), PlainProcess()))

    assert [c.verdict for c in inside.checks] == [c.verdict for c in outside.checks]
    assert {c.verdict for c in outside.checks} == {Verdict.PASSED}


def test_a_wrong_answer_in_a_process_of_its_own() -> None:
    """The same checks fail, and the same mistake is named."""
    asked = exercise("22")
    source = written(asked, Style(), edits_in({"change": {"h": "o * c"}}))
    variant = Variant(asked, Style(), (), source)

    inside, outside = (graded(variant, wall) for wall in (InThisProcess(), PlainProcess()))

    assert [c.first_at for c in inside.checks] == [c.first_at for c in outside.checks]
    assert inside.diagnosis is not None
    assert outside.diagnosis is not None
    assert inside.diagnosis.named[0][0].id == outside.diagnosis.named[0][0].id == "c_not_squeezed"


def test_a_row_of_the_report() -> None:
    """What `tracer dev check --report` prints of an exercise, from two answers of each kind."""
    asked = exercise("41")

    (row,) = rows([asked], home().parent / "solutions", [], right=2, pairs=0, mistakes=2)

    assert (row.name, row.stub, row.solution) == ("41_clip_by_norm", True, True)
    assert (row.mistakes, row.right, row.singles) == ((5, 5), (2, 2), (4, 4))
    assert row.wrong == 0
