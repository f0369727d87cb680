"""What ``tracer check`` says, as records: verdict, points, each check, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.grading.report import Kind, QuantityReport, Verdict
from tracer.language import quoted
from tracer.view.parts.reading import ReadAloud
from tracer.view.parts.said import Said
from tracer.view.parts.step.worked import Worked
from tracer.view.parts.unrolled import SideBySide
from tracer.view.say.diagnosis import Told
from tracer.view.say.reported import (
    fails_as_well,
    no_points_lost,
    not_run,
    not_tried,
    without_the_warning,
)


@dataclass(frozen=True, slots=True)
class Beside:
    """One number of the row of the wrong one: both, as they are written, and whether they differ.

    `place` is where it stands in the row: ``unit 3``.
    """

    place: str
    yours: str
    expected: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number that is wrong by itself.

    Attributes
    ----------
    quantity, called : str
        By its name on the list, and by that of the exercise.
    call : int
        Which call, from 1.
    t : int or None
        Which step, from 1; None of what has no steps.
    axes : tuple of str
        Of one step of the quantity, as letters.
    at : tuple of int
        Its place on these axes, from 0.
    place : str
        All of that in words.
    got, expected : float
    yours, wanted : str
        Both as they are written.
    row : tuple of Beside
        The numbers beside it; nothing where there are none.
    first_shown : int
        Which of them the wrong number is.
    how_much : tuple of str
        How much of the quantity is right.
    from_own : str
        From what `expected` is computed, where that is not right itself.
    own : tuple of str
        The quantities that this is.
    worked : tuple of Worked
        How the expected number comes about, then what it reads.
    working : str
        The title over that.
    as_well : str
        Of other quantities than the first wrong one, at the first of them: that they are wrong too.
    """

    quantity: str
    called: str
    call: int
    t: int | None
    axes: tuple[str, ...]
    at: tuple[int, ...]
    place: str
    got: float
    expected: float
    yours: str
    wanted: str
    row: tuple[Beside, ...]
    first_shown: int
    how_much: tuple[str, ...]
    from_own: str
    own: tuple[str, ...]
    worked: tuple[Worked, ...]
    working: str
    as_well: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is the matter where it is not a wrong number, or what is to be remarked besides.

    Attributes
    ----------
    kind : Kind
    call, t : int
        Where it was noticed, from 1.
    said : tuple of Said
        What happened, then what to do about it.
    called : str
        What the function was called with, where that helps.
    """

    kind: Kind
    call: int
    t: int
    said: tuple[Said, ...]
    called: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check.

    Attributes
    ----------
    name, title : str
    verdict : Verdict
    points : float
    out_of : int
    run : bool
        Whether it came to run at all; a file that cannot be loaded is not run, nor is what was
        not tried.
    told_in : str
        The check before it that is mended first; empty if it is looked at by itself.
    quantities : tuple of QuantityReport
    standings : str
        What is right of it though the check failed; nothing where that is plain.
    wrong : WrongNumber or None
        The first wrong number.
    reading : str
        How its place is to be read.
    also : tuple of WrongNumber
        Those of other quantities, none of them a mere consequence of it.
    states : SideBySide or None
        The sentence with the wrong number, step by step.
    diagnosis : tuple of Told
        The mistake that gives the numbers of this check, where that of the whole does not say it.
    explained : bool
        Whether that mistake gives every number of the check.
    stopped : Stopped or None
    remarks : tuple of Stopped
        NumPy's warnings, and what is remembered between calls.
    printed : str
        What the submission wrote, as it is: a medium has to make it safe to show.
    """

    name: str
    title: str
    verdict: Verdict
    points: float
    out_of: int
    run: bool
    told_in: str
    quantities: tuple[QuantityReport, ...]
    standings: str
    wrong: WrongNumber | None
    reading: str
    also: tuple[WrongNumber, ...]
    states: SideBySide | None
    diagnosis: tuple[Told, ...]
    explained: bool
    stopped: Stopped | None
    remarks: tuple[Stopped, ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is said of a submission.

    Attributes
    ----------
    exercise, number, title, file : str
    wall : str
        What it ran behind; empty where that is what every answer runs behind.
    verdict : Verdict
    points : float
    out_of : int
    notes : tuple of str
        What is to be said of its form.
    checks : tuple of CheckRow
    diagnosis : tuple of Told
        The mistake that gives the numbers of all checks.
    explained : bool
        Whether that mistake gives every number.
    look_at : tuple of Said
        The line to look at, and what was found out about it.
    reading : ReadAloud or None
        What a right answer made of a sentence.
    """

    exercise: str
    number: str
    title: str
    file: str
    wall: str
    verdict: Verdict
    points: float
    out_of: int
    notes: tuple[str, ...]
    checks: tuple[CheckRow, ...]
    diagnosis: tuple[Told, ...]
    explained: bool
    look_at: tuple[Said, ...]
    reading: ReadAloud | None

    @property
    def first_failing(self) -> CheckRow | None:
        """The first check that did not pass."""
        return next((c for c in self.checks if c.verdict is not Verdict.PASSED), None)

    def ended_otherwise(self, c: CheckRow) -> bool:
        """Whether a check is told by how it ended: it stands by itself, not as the first did."""
        by_itself = not c.told_in and (c.run or c.verdict is Verdict.NOT_TRIED)
        return by_itself and c.verdict not in (Verdict.PASSED, Verdict.WRONG, self.verdict)

    @property
    def also_ended(self) -> tuple[tuple[Said, ...], ...]:
        """What ended such checks, and at which line: each once."""
        told: dict[tuple[Verdict, str], tuple[Said, ...]] = {}
        for c in self.checks:
            if c.stopped is not None and self.ended_otherwise(c):
                said = c.stopped.said[:2]
                told.setdefault((c.verdict, said[-1].text if said[1:] else ""), said)
        return tuple(told.values())

    @property
    def about_marks(self) -> tuple[str, ...]:
        """What a dash before a check means, and a dot; nothing where there is none."""
        if not self.checks[0].run:  # what was loaded for one check is no file that cannot be
            return (not_run(),)
        said = [fails_as_well()] if any(c.told_in for c in self.checks) else []
        untried = any(c.verdict is Verdict.NOT_TRIED for c in self.checks)
        return (*said, not_tried()) if untried else tuple(said)

    @property
    def without_warning(self) -> tuple[Said, ...]:
        """Of a right answer that gave a warning: that it costs nothing, and a command to type."""
        remarked = next((c for c in self.checks if c.remarks), None)
        if self.first_failing is not None or remarked is None:
            return ()
        if remarked.remarks[0].kind is not Kind.WARNED:
            return ()
        command = f"tracer hint {self.number} --check {quoted(remarked.name)}"
        said = f"{no_points_lost()} {without_the_warning(command)}"
        return (Said(said, typed=command),)
