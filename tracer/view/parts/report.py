"""What ``tracer check`` says: verdict, points, each check, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer.equations import CellEquations
from tracer.equations import Kind as QuantityKind
from tracer.exercises.exercise import Exercise
from tracer.grading.report import CheckReport, Difference, Kind, Report, Trouble, Verdict
from tracer.language import _
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.step.worked import Worked, wrong_number
from tracer.view.say.cause import cause_of
from tracer.view.say.form import form_notes
from tracer.view.say.trouble import sentences
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number that is wrong by itself.

    Attributes
    ----------
    quantity : str
    call, t : int
        Which call and which step, both from 1.
    batch, unit : int
        Row and column, from 0.
    place : str
        All of that in words.
    got, expected : float
    cause : str
        The mistake that gives exactly these numbers, where one is known to.
    worked : tuple of Worked
        How the expected number comes about, then what it reads.
    may_share : tuple of str
        Quantities in which one mistake may be the cause of this and the first wrong number.
    """

    quantity: str
    call: int
    t: int
    batch: int
    unit: int
    place: str
    got: float
    expected: float
    cause: str
    worked: tuple[Worked, ...]
    may_share: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is the matter where it is not a wrong number.

    Attributes
    ----------
    kind : Kind
    call, t : int
        Where it was noticed, from 1.
    said : tuple of str
        What happened, then what to do about it.
    in_check : bool
        Whether it has to do with this check, and not with the file as a whole.
    called : str
        What the function was called with, where that helps.
    """

    kind: Kind
    call: int
    t: int
    said: tuple[str, ...]
    in_check: bool
    called: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """Gates that were taken from one another's blocks: the order that was read, and why."""

    read: tuple[str, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check.

    Attributes
    ----------
    name, title : str
    verdict : Verdict
    points, out_of : int
    run : bool
        Whether it came to run at all; a file that cannot be loaded is not run.
    wrong : WrongNumber or None
        The first wrong number.
    reading : str
        How its place is to be read.
    also : tuple of WrongNumber
        Those of other quantities, none of them a mere consequence of it.
    blocks : Blocks or None
    stopped : Stopped or None
        Of a check that is passed it is a remark.
    printed : str
        What the submission wrote, as it is: a medium has to make it safe to show.
    """

    name: str
    title: str
    verdict: Verdict
    points: int
    out_of: int
    run: bool
    wrong: WrongNumber | None
    reading: str
    also: tuple[WrongNumber, ...]
    blocks: Blocks | None
    stopped: Stopped | None
    printed: str


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is said of a submission; `notes` are about its form."""

    exercise: str
    number: str
    title: str
    file: str
    verdict: Verdict
    points: int
    out_of: int
    notes: tuple[str, ...]
    checks: tuple[CheckRow, ...]

    @property
    def first_failing(self) -> CheckRow | None:
        """The first check that did not pass."""
        return next((c for c in self.checks if c.verdict is not Verdict.PASSED), None)


def judged(report: Report, encoding: str = "utf-8") -> Judged:
    """The parts; what the student's own code says is made safe for what can write `encoding`."""
    return Judged(
        exercise=report.exercise.name,
        number=report.exercise.number,
        title=report.exercise.title,
        file=clean(report.file, encoding),
        verdict=report.verdict,
        points=report.points,
        out_of=report.out_of,
        notes=tuple(form_notes(report)),
        checks=tuple(_check(report, c, encoding) for c in report.checks),
    )


def _check(report: Report, c: CheckReport, encoding: str) -> CheckRow:
    cell, d = report.exercise.equations, c.difference
    return CheckRow(
        name=c.check.name,
        title=c.check.title,
        verdict=c.verdict,
        points=c.points,
        out_of=c.check.points,
        run=c.trouble is None or c.trouble.facts.get("loaded", True),
        wrong=None if d is None else _wrong(report.exercise, c, d),
        reading="" if d is None else _reading(cell, d),
        also=tuple(_wrong(report.exercise, c, other) for other in c.also),
        blocks=Blocks(c.blocks, tuple(_misread(cell, c))) if c.blocks else None,
        stopped=None if c.trouble is None else _stopped(report, c, c.trouble, encoding),
        printed=c.printed,
    )


def _wrong(exercise: Exercise, c: CheckReport, d: Difference) -> WrongNumber:
    return WrongNumber(
        quantity=d.quantity,
        call=d.call + 1,
        t=d.step + 1,
        batch=d.batch,
        unit=d.unit,
        place=_place(c, d),
        got=d.got,
        expected=d.expected,
        cause=cause_of(exercise, d),
        worked=tuple(wrong_number(exercise.equations, d)),
        may_share=d.shares,
    )


def _place(c: CheckReport, d: Difference) -> str:
    """``c at t = 2, row 1, unit 3``: where the student finds that number."""
    said = _("{name} at t = {t}, row {batch}, unit {unit}").format(
        t=d.step + 1, name=d.quantity, batch=d.batch, unit=d.unit
    )
    if c.check.calls > 1:
        said = _("{place}, in call {call}").format(call=d.call + 1, place=said)
    return said


def _reading(cell: CellEquations, d: Difference) -> str:
    said = _(
        "{name} is {meaning}. Each row is one sentence of the batch; rows and units count from 0."
    )
    return said.format(name=d.quantity, meaning=_(cell[d.quantity].meaning))


def _misread(cell: CellEquations, c: CheckReport) -> Iterator[Said]:
    """That gates were computed from one another's blocks, and which from which."""
    moved = [
        (gate, taken) for gate, taken in zip(cell.gates, c.blocks, strict=True) if gate != taken
    ]
    said = _("Your numbers match blocks in the order {read}. In U, W and a the order is {gates}.")
    said = said.format(read=", ".join(c.blocks), gates=", ".join(cell.gates))
    yield Said(said, Tone.STRONG)
    for gate, taken in moved:
        said = _("Your {taken} comes from the block of {gate}.")
        yield Said(said.format(taken=taken, gate=gate))
    if all(cell[gate].kind is QuantityKind.SWITCH for gate, _taken in moved):
        # Switches are all made with σ, so this looks the same from outside.
        said = _("Or the blocks are read in the right order, and a later line mixes up {names}.")
        yield Said(said.format(names=", ".join(gate for gate, _taken in moved)))


def _stopped(report: Report, c: CheckReport, trouble: Trouble, encoding: str) -> Stopped:
    loaded = trouble.facts.get("loaded", True)
    started = c.verdict is not Verdict.NOT_STARTED
    called = ""
    if started and (trouble.kind is Kind.SHAPE or (trouble.kind is Kind.RAISED and loaded)):
        listed = ", ".join(f"{name} {shape}" for name, shape in c.shapes.items())
        called = _("It was called with {shapes}.").format(shapes=listed)
    return Stopped(
        kind=trouble.kind,
        call=trouble.call + 1,
        t=trouble.step + 1,
        said=tuple(clean(said, encoding) for said in sentences(report, trouble)),
        in_check=started and loaded,
        called=called,
    )
