"""Makes the records of what ``tracer check`` says from a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.exercises.exercise import Exercise
from tracer.exercises.handing import counts_steps
from tracer.exercises.placing import as_written
from tracer.grading.report import (
    CheckReport,
    Difference,
    Kind,
    Report,
    Standing,
    Trouble,
    Verdict,
)
from tracer.language import _, plural
from tracer.view.parts.judged import Beside, CheckRow, Judged, Stopped, WrongNumber
from tracer.view.parts.reading import read_aloud
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.step.expected import expected_number
from tracer.view.parts.step.worked import Worked
from tracer.view.parts.unrolled import side_by_side
from tracer.view.say.blamed import called_right, line_to_look_at
from tracer.view.say.diagnosis import NOTHING, Seen, Told, told
from tracer.view.say.difference import along, from_own, how_much, listed, place
from tracer.view.say.ending import Ending
from tracer.view.say.form import form_notes
from tracer.view.say.meaning import meaning
from tracer.view.say.numbers import apart, counted, number
from tracer.view.say.own_words import OwnWords
from tracer.view.say.reported import (
    also_wrong,
    how_to_compute,
    in_check,
)
from tracer.view.say.trouble import function_of, sentences
from tracer.view.say.unnamed import explained
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis


def judged(report: Report, encoding: str = "utf-8") -> Judged:
    """The parts; what the student's own code says is made safe for what can write `encoding`."""
    exercise = report.exercise
    return Judged(
        exercise=exercise.name,
        number=exercise.number,
        title=exercise.title,
        file=clean(report.file, encoding),
        wall=_wall(report.wall),
        verdict=report.verdict,
        points=report.points,
        out_of=report.out_of,
        notes=tuple(form_notes(report)),
        checks=tuple(_check(report, c, encoding) for c in report.checks),
        diagnosis=_told(exercise, report.diagnosis, words_of(report), _seen(report)),
        explained=report.diagnosis is not None and report.diagnosis.explains,
        look_at=_look_at(report, encoding),
        reading=None if report.reading is None else read_aloud(exercise, report.reading),
    )


def _wall(name: str) -> str:
    """Which wall it ran behind, if it was another than the one by default."""
    return "" if name in ("none", "plain") else _("behind the wall {name}").format(name=name)


def words_of(report: Report) -> OwnWords:
    """The names in which a report speaks of all checks: those of the first one that is wrong."""
    wrong = (c.check for c in report.checks if c.difference is not None)
    return OwnWords(report.exercise, next(wrong, report.checks[0].check))


def _together(report: Report) -> bool:
    """Whether an equation is called wrong that is not wrong in the check which is told first."""
    first, found = report.first_failing, report.diagnosis
    if first is None or found is None or first.difference is None:
        return False
    wrong = {q.name for q in first.quantities if q.standing is Standing.WRONG}
    came = {q.name for q in first.quantities}
    return any(e.verdict == "wrong" and e.name in came - wrong for e in found.equations)


def _seen(report: Report) -> Seen:
    """What the checks show besides the mistake that is told of them."""
    wrong: dict[str, list[bool]] = {}
    for q in (q for c in report.checks for q in c.quantities):
        if q.hollow or q.standing is Standing.WRONG:
            wrong.setdefault(q.name, []).append(q.hollow)
    return Seen(
        tuple(wrong),
        all(all(hollow) for hollow in wrong.values()),
        frozenset(name for name, _line in called_right(report)),
        _together(report),
    )


def _told(
    exercise: Exercise, diagnosis: Diagnosis | None, words: OwnWords, seen: Seen = NOTHING
) -> tuple[Told, ...]:
    """Which mistake it is, and what the names mean that the exercise does not have."""
    sentences_told = [] if diagnosis is None else told(diagnosis, words, seen)
    return (*sentences_told, *explained(exercise, sentences_told, words))


def _look_at(report: Report, encoding: str) -> tuple[Said, ...]:
    """The line to look at, and what was found; a name is explained, if it was not before."""
    words = words_of(report)
    found = tuple(_said(line_to_look_at(report, words), encoding))
    if report.blame is None or len(found) < 2:
        return found
    failing = report.first_failing
    before = [*_told(report.exercise, report.diagnosis, words)]
    before += _told(report.exercise, failing.diagnosis if failing else None, words)
    named = explained(report.exercise, [Told(words.name(report.blame.quantity))], words)
    more = [one.text for one in named if one not in before]
    return (found[0], replace(found[1], text=" ".join([found[1].text, *more])))


def _check(report: Report, c: CheckReport, encoding: str) -> CheckRow:
    d = c.difference
    exercise, words = report.exercise, OwnWords(report.exercise, c.check)
    return CheckRow(
        name=c.check.name,
        title=c.check.title,
        verdict=c.verdict,
        points=c.points,
        out_of=c.check.points,
        run=c.verdict is not Verdict.NOT_TRIED
        and (c.trouble is None or c.trouble.facts.get("loaded", True)),
        told_in=c.told_in,
        quantities=c.quantities,
        standings=_standings(report, c, _called_right(report, c)),
        wrong=None if d is None else _wrong(exercise, c, d, words),
        reading="" if d is None else _reading(exercise, d, words),
        also=tuple(_also(exercise, c, words)),
        states=None
        if d is None or c.unrolled is None or c.told_in
        else side_by_side(exercise, c.unrolled, d, words),
        diagnosis=_told(exercise, c.diagnosis, words),
        explained=c.diagnosis is not None and c.diagnosis.explains,
        stopped=None if c.trouble is None else _stopping(report, c, c.trouble, encoding),
        remarks=tuple(_remarks(report, c, encoding)),
        printed=c.printed,
    )


def _wrong(exercise: Exercise, c: CheckReport, d: Difference, words: OwnWords) -> WrongNumber:
    if not _of_a_step(exercise, d):
        d = replace(d, step=None)
    yours, wanted = apart(d.got_number, d.expected_number, whole=d.whole)
    said = replace(d, quantity=words.name(d.quantity), own=tuple(words.names(d.own)))
    return WrongNumber(
        quantity=d.quantity,
        called=words.names([d.quantity])[0],
        call=d.call + 1,
        t=None if d.step is None else d.step + 1,
        axes=d.axes,
        at=d.at,
        place=place(said, c.check.calls, launched=c.check.launched),
        got=d.got_number,
        expected=d.expected_number,
        yours=yours,
        wanted=wanted,
        row=tuple(_row(d, yours, wanted, words)),
        first_shown=d.at[-1] if d.at else 0,
        how_much=tuple(how_much(said)),
        from_own=from_own(said),
        own=d.own,
        worked=tuple(_with_legend(words, expected_number(exercise, d, words))),
        working=how_to_compute(*_in_brackets(d)),
    )


def _of_a_step(exercise: Exercise, d: Difference) -> bool:
    """Whether t is said of a wrong number."""
    return d.step is not None and (d.steps > 1 or counts_steps(exercise))


def _also(exercise: Exercise, c: CheckReport, words: OwnWords) -> Iterator[WrongNumber]:
    """Other quantities that are wrong; by themselves, where equations say what follows."""
    if c.difference is None:
        return
    first = words.names([c.difference.quantity])[0] if exercise.program is not None else ""
    said = also_wrong(words.names([other.quantity for other in c.also]), first)
    for other in c.also:
        yield replace(_wrong(exercise, c, other, words), as_well=said)
        said = ""


def _with_legend(words: OwnWords, worked: Iterable[Worked]) -> Iterator[Worked]:
    """The same; the first line with a block or a part of an array says what that is."""
    told = False
    for line in worked:
        legend = [] if told else words.legend([line.letters])[:1]
        told = told or bool(legend)
        yield replace(line, note=legend[0].rstrip(".")) if legend and not line.note else line


def _in_brackets(d: Difference) -> tuple[int | None, str]:
    """What stands in brackets after the wrong number's name, and what it counts."""
    if d.axes[:1] != ("N",) or len(d.at) == 1 or d.returned is not None:
        return None, ""
    return d.at[-1], along(d.axes, len(d.axes) - 1, d.at[-1])


def _row(d: Difference, yours: str, wanted: str, words: OwnWords) -> Iterator[Beside]:
    """The numbers of the row in which the wrong one stands.

    What is wrong has as many decimals as tell it from what is expected.
    """
    if not d.at or d.got.shape[-1] < 2:
        return
    row, written = d.at[:-1], counted if d.whole else number
    for index, (got, expected, wrong) in enumerate(
        zip(d.got[row], d.expected[row], d.wrong[row], strict=True)
    ):
        both = (yours, wanted) if index == d.at[-1] else (
            apart(float(got), float(expected), whole=d.whole) if wrong
            else (written(float(got)),) * 2
        )  # fmt: skip
        named = words.beside(d, index) or along(d.axes, len(d.axes) - 1, index)
        yield Beside(named, *both, bool(wrong))


def _reading(exercise: Exercise, d: Difference, words: OwnWords) -> str:
    said = []
    what = words.text(meaning(exercise, d.quantity))
    if what:
        said.append(_("{name} is {meaning}.").format(name=words.name(d.quantity), meaning=what))
    if d.axes[:1] == ("N",) and d.returned is None:
        said.append(_("Each row is one sentence of the batch."))
    if d.at and _of_a_step(exercise, d):
        said.append(_("t counts from 1, all other places from 0."))
    elif d.at:
        said.append(_("Places count from 0."))
    return " ".join(said)


def _called_right(report: Report, c: CheckReport) -> set[str]:
    """The quantities of which the diagnosis or the line to look at says that they are right."""
    found = c.diagnosis or report.diagnosis
    named = found is not None and bool(found.edits)
    by_equation = () if found is None or named else found.equations
    before = {name for name, _line in called_right(report)}
    return {e.name for e in by_equation if e.verdict == "right"} | before


def _wrong_elsewhere(report: Report, c: CheckReport) -> set[str]:
    """The quantities that are wrong by themselves in another check."""
    others = (other for other in report.checks if other is not c)
    return {q.name for other in others for q in other.quantities if q.standing is Standing.WRONG}


def _standings(report: Report, c: CheckReport, said_right: Collection[str]) -> str:
    """Which quantities of a failing check are right, by themselves or for the student's own.

    What was called right before is not said again; of what is wrong in another check, it is said
    that it is right in this one, or only follows in it.
    """
    if c.verdict is not Verdict.WRONG or c.difference is None:
        return ""
    elsewhere, words = _wrong_elsewhere(report, c), OwnWords(report.exercise, c.check)

    def named(standing: Standing, *, wrong: bool) -> list[str]:
        names = [q.name for q in c.quantities if q.standing is standing and not q.hollow]
        told = [n for n in names if n not in said_right and (n in elsewhere) is wrong]
        return words.names(told)

    of = {standing: named(standing, wrong=False) for standing in Standing}
    said = []
    here = named(Standing.RIGHT, wrong=True)
    if here:
        right = plural(
            "In check “{check}”, {names} is right; in another check, it is wrong.",
            "In check “{check}”, {names} are right; in another check, they are wrong.",
            len(here),
        )
        said.append(right.format(check=c.check.name, names=listed(here)))
    here = named(Standing.FOLLOWS, wrong=True)
    if here:
        follows = plural(
            "In check “{check}”, {names} is what follows from your own numbers; in another check, "
            "it is wrong.",
            "In check “{check}”, {names} are what follows from your own numbers; in another check, "
            "they are wrong.",
            len(here),
        )
        said.append(follows.format(check=c.check.name, names=listed(here)))
    if of[Standing.RIGHT]:
        names = of[Standing.RIGHT]
        right = plural("{names} is right.", "{names} are right.", len(names))
        said.append(right.format(names=listed(names)))
    if of[Standing.FOLLOWS]:
        names = of[Standing.FOLLOWS]
        follows = plural(
            "{names} is what follows from your own numbers, so there is no mistake in it.",
            "{names} are what follows from your own numbers, so there is no mistake in them.",
            len(names),
        )
        said.append(follows.format(names=listed(names)))
    return " ".join(said)


def _stopping(report: Report, c: CheckReport, trouble: Trouble, encoding: str) -> Stopped:
    """The same, with the check named where it has to do with that, and not with the whole file."""
    stopped = _stopped(report, c, trouble, encoding)
    if c.verdict is Verdict.NOT_STARTED or not trouble.facts.get("loaded", True):
        return stopped
    return replace(stopped, said=said_in(c.check.name, stopped.said))


def _stopped(report: Report, c: CheckReport, trouble: Trouble, encoding: str) -> Stopped:
    loaded = trouble.facts.get("loaded", True)
    started = c.verdict is not Verdict.NOT_STARTED
    called = ""
    where = trouble.kind is Kind.SHAPE or (trouble.kind is Kind.RAISED and loaded)
    if started and where and c.shapes:  # words and numbers have no shape
        function = function_of(report, trouble)
        written = as_written(function)
        listed_shapes = ", ".join(f"{written.get(n, n)} {shape}" for n, shape in c.shapes.items())
        called = _("{function} was called with {shapes}.").format(
            function=function.name, shapes=listed_shapes
        )
    return Stopped(
        kind=trouble.kind,
        call=trouble.call + 1,
        t=trouble.step + 1,
        said=tuple(_said(sentences(report, trouble), encoding)),
        called=called,
    )


def _remarks(report: Report, c: CheckReport, encoding: str) -> Iterator[Stopped]:
    """Each once, however often NumPy said it."""
    seen: set[tuple[Said, ...]] = set()
    for remark in c.remarks:
        part = _stopped(report, c, remark, encoding)
        if part.said not in seen:
            seen.add(part.said)
            yield part


def _said(sentences: Iterable[str | Ending], encoding: str) -> Iterator[Said]:
    """Each safe to show, the first of them as what matters."""
    for k, one in enumerate(sentences):
        text, piece = (one, "") if isinstance(one, str) else one
        tone = Tone.PLAIN if k else Tone.STRONG
        yield Said(clean(text, encoding), tone, code=clean(piece, encoding))


def said_in(check: str, said: Sequence[Said]) -> tuple[Said, ...]:
    """The same, the first sentence with the name of the check in front."""
    first = (replace(one, text=in_check(check, one.text)) for one in said[:1])
    return (*first, *said[1:])


def mistake_told(part: Judged, failing: CheckRow) -> list[Said]:
    """Which mistake it is, where that is said before anything else; or nothing.

    Where no number came, those of other checks explain nothing; and what is remembered between
    calls is told instead of a mistake that explains only a part.
    """
    explained = failing.explained or part.explained
    remembers = any(remark.kind is Kind.REMEMBERS for remark in failing.remarks)
    if failing.wrong is None or (remembers and not explained):
        return []
    if not failing.diagnosis:
        return told_as_said(part.diagnosis)
    return [*said_in(failing.name, told_as_said(failing.diagnosis))]  # of it, not of all


def told_as_said(sentences_told: tuple[Told, ...]) -> list[Said]:
    """Sentences of a diagnosis, each with its tone; those of a list begin with a dash."""
    return [
        Said(
            f"– {one.text}" if one.item else one.text,
            Tone.STRONG if one.strong else Tone.ASIDE if one.aside else Tone.PLAIN,
        )
        for one in sentences_told
    ]
