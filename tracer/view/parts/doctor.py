"""What ``tracer doctor`` shows: facts about this machine, by area, and whether to do anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tracer.language import _, plural
from tracer.view.parts.said import Said, Tone


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact.

    Attributes
    ----------
    area, name : str
        Where it belongs and what it is about; the same in every language.
    value : str
        What was found.
    advice : str
        What to do or to know; empty where all is well.
    """

    area: str
    name: str
    value: str
    advice: str = ""

    @property
    def status(self) -> str:
        """``ok``, or ``note`` where there is something to know."""
        return "note" if self.advice else "ok"


@dataclass(frozen=True, slots=True)
class Area:
    """What belongs together, under its title."""

    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The parts of the screen; the verdict says whether there is anything to do."""

    areas: tuple[Area, ...]
    verdict: Said


def diagnosis(findings: Sequence[Finding]) -> Diagnosis:
    """The parts, in the order of the findings."""
    titles = {
        "versions": _("Versions"),
        "machine": _("Machine"),
        "kernels": _("Kernels"),
        "sandbox": _("Sandbox"),
        "language": _("Language"),
        "terminal": _("Terminal"),
    }
    areas = groupby(findings, key=lambda finding: finding.area)
    return Diagnosis(
        tuple(Area(titles[area], tuple(members)) for area, members in areas),
        Said(_verdict(findings), Tone.STRONG),
    )


def _verdict(findings: Sequence[Finding]) -> str:
    notes = [finding.name for finding in findings if finding.advice]
    if not notes:
        return _("All is well.")
    return plural(
        "tracer works. See {count} note above: {names}.",
        "tracer works. See {count} notes above: {names}.",
        len(notes),
    ).format(count=len(notes), names=", ".join(notes))
