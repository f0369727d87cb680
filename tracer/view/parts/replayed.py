"""What is said of a grade that was repeated: whether it came out the same, and if not, where."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tracer.gradebook.identity import SameGrader
from tracer.gradebook.regrading import Change, Ended
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.parts.changes import why
from tracer.view.parts.said import Said, Tone
from tracer.view.say.reported import score
from tracer.view.say.verdict import verdict_name
from tracer.view.say.words import clean


def replayed(found: Change, grader: SameGrader, walls: tuple[str, str]) -> list[Said]:
    """Sentences for under the report.

    Parameters
    ----------
    found : Change
        The record, and what came out now.
    grader : SameGrader
        Whether tracer and the exercise are those of the record.
    walls : tuple of str
        What the file ran behind: by the record, and here.
    """
    return [*_outcome(found), *_grader(found, grader), *_walls(found, *walls)]


def _outcome(found: Change) -> Iterator[Said]:
    if not found.differs:
        said = _("The same as in the record: {score}, and the same in each check.")
        yield Said(said.format(score=score(found.after.points, found.after.out_of)), Tone.STRONG)
        if not found.said_alike:
            yield Said(_("The words or numbers of the report are not all the same."))
        return
    said = _("Not the same as in the record. Recorded: {before}; here: {after}.")
    yield Said(said.format(before=_ended(found.before), after=_ended(found.after)), Tone.STRONG)
    yield from (Said(why(check)) for check in found.checks)


def _grader(found: Change, same: SameGrader) -> Iterator[Said]:
    """What is another thing here, and so may give another grade."""
    before, after = clean(found.grader_before), found.grader_after
    if not same.version:
        said = _("It was graded by tracer {before}; this is tracer {after}.")
        versions = (one.rpartition("+")[0] for one in (before, after))
        yield Said(said.format(**dict(zip(("before", "after"), versions, strict=True))))
    if not same.exercise:
        said = _("The exercise on this machine is not the one that it was graded with.")
        yield Said(said, Tone.STRONG)
    if _is_another(found) and all(same):
        said = _(
            "tracer's code that grades and the exercise are the same here. The file may draw "
            "numbers of its own, or come near the time limit."
        )
        if not found.differs:
            said = _(
                "tracer's code that grades and the exercise are the same here. The file may draw "
                "numbers of its own, or the words of reports have changed in tracer."
            )
        yield Said(said)


def _walls(found: Change, before: str, after: str) -> Iterator[Said]:
    """That it ran behind another wall, where that may be why something is not the same."""
    if before != after and _is_another(found):
        said = _(
            "It ran behind the wall {before} when it was graded, and behind {after} here: what a "
            "wall keeps a file from doing can change how it ends."
        )
        yield Said(said.format(before=clean(before), after=after))


def run_otherwise(found: Change, record: Mapping[str, Any], seconds: float) -> list[Said]:
    """What else is not as by the record: the time limit, Python and NumPy.

    Parameters
    ----------
    found : Change
    record : mapping
    seconds : float
        The time limit here.
    """
    told = []
    if record["time_limit"] != seconds:
        said = _("Each call had {before:g} seconds when it was graded, and has {after:g} here.")
        told.append(Said(said.format(before=record["time_limit"], after=seconds)))
    for name, here in (("python", platform.python_version()), ("numpy", np.__version__)):
        if record[name] != here and _is_another(found):
            said = _("It was graded with {name} {before}; this is {after}.")
            shown = {"python": "Python", "numpy": "NumPy"}[name]
            told.append(Said(said.format(name=shown, before=clean(record[name]), after=here)))
    return told


def _is_another(found: Change) -> bool:
    return found.differs or not found.said_alike


def _ended(ended: Ended) -> str:
    verdict = Verdict(ended.verdict) if ended.verdict in list(Verdict) else None
    name = verdict_name(verdict, ended.points) if verdict else clean(ended.verdict)
    return f"{name}, {score(ended.points, ended.out_of)}"
