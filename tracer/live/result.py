"""What ``tracer.check`` gives back: a number, a screen, a page, a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracer.grading.report import Report, Verdict
from tracer.language import _, quoted, quoted_file

if TYPE_CHECKING:
    from tracer.live.saved import Old
    from tracer.view.parts.said import Said


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """How an answer did.

    Attributes
    ----------
    report : Report
        All of it, as records.
    exercises : str or None
        The folder of exercises that was given.
    old : tuple of Old
        What it calls and is not what is saved.
    """

    report: Report
    exercises: str | None = None
    old: tuple[Old, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passes."""
        return self.report.verdict is Verdict.PASSED

    @property
    def points(self) -> float:
        """The points that it earns."""
        return self.report.points

    @property
    def out_of(self) -> int:
        """The points that there are."""
        return self.report.out_of

    @property
    def seed(self) -> int:
        """Give it to the next check to repeat this one with the same numbers."""
        return self.report.seed

    @property
    def record(self) -> dict[str, Any]:
        """The report as ``tracer check --format json`` writes it, see docs/report-json.md."""
        from tracer.view.export.report_json import as_record

        return as_record(self.report, self._advice())

    def __float__(self) -> float:
        """The share of the points, from 0 to 1."""
        return float(self.points / self.out_of) if self.out_of else float(self.passed)

    def __bool__(self) -> bool:
        """Whether it passed, so that ``assert tracer.check(…)`` means what it says."""
        return self.passed

    def __repr__(self) -> str:
        """The screen of ``tracer check``, without colours."""
        from tracer.view.terminal.console import abilities, rendered
        from tracer.view.terminal.report import screen

        able = abilities(plain=True)
        return rendered(screen(self.report, able, self._advice()), able).rstrip("\n")

    def _repr_html_(self) -> str:
        from tracer.view.export.report_html import page

        return page(self.report, self._advice())

    def _advice(self) -> list[Said]:
        """What to do next."""
        from tracer.grading.earlier import at_fault
        from tracer.view.parts.said import Said

        report, failing = self.report, self.report.first_failing
        advice = [Said(str(one)) for one in self.old]
        if failing is None:
            return advice
        before = at_fault(report)
        option = "" if self.exercises is None else f" --exercises {quoted_file(self.exercises)}"
        if before is not None:
            command = f"tracer check {before.number}{option}"
            said = _("To check the earlier answer by itself: {command}").format(command=command)
            advice.append(Said(said, typed=command))
        elif report.hinted:
            command = f"tracer hint {report.exercise.number} --check {quoted(failing.check.name)}"
            command += option
            said = _("For a hint, in a terminal: {command}").format(command=command)
            advice.append(Said(said, typed=command))
        if report.verdict is not Verdict.NOT_STARTED:
            said = _("To repeat with the same numbers, add: seed={seed}")
            advice.append(Said(said.format(seed=report.seed)))
        return advice
