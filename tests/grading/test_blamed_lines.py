"""What is said of a line, held against the answer without its mistake, run line by line beside it.

The corpus writes both in one style, so that they differ in one line. What is said is true if it is
true of what the variables of the two become.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tracer.cells.activations import Array
from tracer.corpus.inside import InThisProcess
from tracer.corpus.measuring import SEED
from tracer.corpus.source import written
from tracer.corpus.variants import Variant, catalogue, single_variants
from tracer.corpus.wrong_line import changed_line, stands_in
from tracer.exercises.discovery import discover
from tracer.exercises.form import look
from tracer.grading.blame import looking
from tracer.grading.blame.among import each_near, telling
from tracer.grading.blame.finding import blamed
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records
from tracer.grading.report import Blame, Why
from tracer.grading.session import Session, grade
from tracer.mistakes import Mistake
from tracer.program import edits_in
from tracer.sandbox.process import Limits

pytestmark = pytest.mark.long

OF_EACH_KIND = ("10", "13", "14", "20", "22", "23", "32", "33")
"""One function or several, a step or a loop, forward or backward; `make corpus` has all."""
EXERCISES = [e for e in discover().good if e.number in OF_EACH_KIND]


class Watched:
    """The line that is named in one answer, and what both became there."""

    def __init__(self, variant: Variant, patch: pytest.MonkeyPatch) -> None:
        seen: list[Any] = []
        asked = Session.asked

        def noted(session: Session, plans: Any, limits: Limits, **options: Any) -> Any:
            found = asked(session, plans, limits, **options)
            if options.get("watch") is not None:
                seen[:] = [plans, options, found[1].answers[0]]
            return found

        def kept(records: Records, right: Right, *rest: Any) -> Blame | None:
            self.quantities, self.steps = right.quantities, right.steps
            return blamed(records, right, *rest)

        patch.setattr(Session, "asked", noted)
        patch.setattr(looking, "blamed", kept)
        report = grade(variant.exercise, variant.submission, seed=SEED, wall=InThisProcess())
        patch.undo()
        self.diagnosis = report.diagnosis
        self.blame: Blame | None = report.blame
        if self.blame is None:
            return
        plans, options, wrong = seen
        source = written(variant.exercise, variant.style).encode()
        form = look("answer.py", source, variant.exercise.called_names)
        session = Session(variant.exercise, form, Limits(), InThisProcess())
        _run, transcript = session.asked(plans, Limits(), **options)
        self.wrong = looking.records_of(wrong)
        self.right = looking.records_of(transcript.answers[0])

    def both(self) -> tuple[Blame, Records, Records]:
        """What is said, and what both became; it is an error if nothing is said."""
        assert self.blame is not None
        assert self.wrong is not None
        assert self.right is not None
        return self.blame, self.wrong, self.right

    def numbers_of(self, blame: Blame) -> Array:
        """The numbers of the quantity that they are said to be of."""
        if blame.of_step is None:
            numbers: Array = self.quantities[blame.quantity]
            return numbers
        assert self.steps is not None
        words: Array = self.steps.x[blame.of_step]
        return words

    def place(self) -> int:
        """The record that is spoken of."""
        blame, wrong, _right = self.both()
        return self.places(wrong)[blame.step or 0]

    def places(self, records: Records) -> list[int]:
        """All records of the variable that is spoken of, by the statement that is."""
        blame, *_ = self.both()
        return [
            k
            for k in range(len(records.rows))
            if records.name(k) == blame.name and records.lines(k) == (blame.line, blame.last)
        ]


def numbers_in(records: Records) -> np.ndarray[Any, np.dtype[np.float64]]:
    """All of them, sorted."""
    return np.unique(records.numbers)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_what_is_said_of_a_line_is_so(exercise: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is the line with the mistake, in nine of ten; of fewer, one may be another."""
    hits = []
    drawn = single_variants(exercise, catalogue(exercise, 16, seed=2), 2)
    of_one_line = [(v, line) for v in drawn if (line := changed_line(v)) is not None]
    for variant, line in of_one_line[:6]:
        watched = Watched(variant, monkeypatch)
        if watched.blame is None:
            continue
        blame, wrong, right = watched.both()
        hits.append(stands_in(variant.source, line, blame.line, blame.last))
        said = f"{variant.mistakes[0].title}, {blame}\n{variant.source}"
        if blame.why in (Why.MISTAKEN, Why.ABSENT) and blame.name:
            known = numbers_in(right)
            # At the first step it may be right still.
            others = (k for k in watched.places(wrong) if not all_known(wrong.of(k), known))
            place = next(others, watched.place())
            assert not all_known(wrong.of(place), known), said
        if blame.why is Why.MISTAKEN and blame.name:
            for k in range(place):  # "the first"
                before = telling(wrong.of(k))
                assert each_near(before, known).mean() >= 0.5 if before.size else True, said
        if blame.why is Why.UNEQUAL and hits[-1]:
            place, t = watched.place(), blame.step or 0
            shown = [right.of(k) for k in range(len(right.rows)) if right.lines(k)[0] == blame.line]
            assert not any(np.array_equal(wrong.of(place), n) for n in shown[t : t + 1]), said
        if blame.why is Why.OTHER:
            assert all_in(wrong.of(watched.place()), watched.numbers_of(blame)), said
    assert hits
    assert hits.count(False) <= max(1, len(hits) // 10), hits


def all_known(numbers: Array, known: Array) -> bool:
    """Whether each number that says something is a known one."""
    own = telling(numbers)
    return bool(np.isfinite(own).all() and each_near(own, known).all())


def all_in(numbers: Array, whole: Array) -> bool:
    """Whether each number is one of the others."""
    return all(np.isclose(number, whole.ravel(), 1e-8, 1e-8).any() for number in numbers)


@pytest.mark.parametrize(
    ("number", "mistake"),
    [("13", "read_from_the_end"), ("23", "one_step_too_few")],
)
def test_a_line_of_the_loop(number: str, mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that counts the steps, or says who goes on: it gives others there than it should."""
    exercise = next(e for e in EXERCISES if e.number == number)
    known = [m for m in catalogue(exercise) if m.id == mistake]
    for variant in single_variants(exercise, known, 2):
        watched = Watched(variant, monkeypatch)
        blame, wrong, right = watched.both()
        line = changed_line(variant)
        said = f"{blame}\n{variant.source}"

        assert blame.why is Why.LOOP, said
        assert line is None or stands_in(variant.source, line, blame.line, blame.last), said
        became = [[of.of(k).tolist() for k in watched.places(of)] for of in (wrong, right)]
        assert became[0] != became[1], said


UNKNOWN = {
    "10": {"h": "tanh(z) * (1 + exp(z) / 9)"},
    "13": {"h": "tanh(z) * (1 + exp(z) / 9)"},
    "23": {"c": "f * c_prev + sqrt(i) * tanh(3 * g)"},
    "33": {"d_o": "d_h * tanh_c * (1 + tanh_c / 7)"},
}
"""By exercise: an equation that no mistake of the list makes of the right one."""


@pytest.mark.parametrize("number", UNKNOWN)
def test_the_line_of_a_mistake_without_a_name(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first numbers that are not in the right computation are those of the wrong line."""
    exercise = next(e for e in EXERCISES if e.number == number)
    unknown = Mistake("unknown", edits_in({"change": UNKNOWN[number]}), "unknown", "Unknown.")
    for variant in single_variants(exercise, [unknown], 2):
        watched = Watched(variant, monkeypatch)
        assert watched.diagnosis is not None
        assert watched.diagnosis.edits == ()
        blame, wrong, right = watched.both()
        line = changed_line(variant)
        said = f"{blame}\n{variant.source}"

        assert blame.why is Why.ABSENT, said
        assert line is None or stands_in(variant.source, line, blame.line, blame.last), said
        assert blame.name, said
        own = telling(wrong.of(watched.place()))
        assert not each_near(own, numbers_in(right)).all(), said
