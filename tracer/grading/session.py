"""Grades a submission: draws the inputs, has them computed behind the wall, and asks the judge.

All checks run in one process. Where a check ends it, the ones after it get a process of their own,
so one endless loop does not cost the points of the others.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracer.grading.answer import Answer, read
from tracer.grading.cases import Case, draw
from tracer.grading.exercise import Exercise
from tracer.grading.frames import OUT_OF_MEMORY, pack, pack_note
from tracer.grading.judge import judge
from tracer.grading.process import How, Limits, PlainProcess, Run, Submission, Wall
from tracer.grading.report import CheckReport, Kind, Report, Trouble, Verdict


def grade(
    exercise: Exercise,
    submission: Submission,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    wall: Wall | None = None,
) -> Report:
    """Run a submission and judge it. Nothing that it does makes this raise.

    Parameters
    ----------
    exercise : Exercise
    submission : Submission
    seed : int, optional
        Draws the inputs; a fresh one by default. The report has it, to repeat a run exactly.
    limits : Limits, optional
    wall : Wall, optional
        Where the submission runs; `PlainProcess` by default.

    Returns
    -------
    Report
    """
    seed = secrets.randbits(32) if seed is None else seed
    cases = [draw(exercise, check, seed) for check in exercise.checks]
    session = _Session(exercise, submission, limits or Limits(), wall or PlainProcess())
    while len(session.reports) < len(cases):
        session.run(cases[len(session.reports) :])
    return Report(
        exercise=exercise,
        file=submission.name,
        seed=seed,
        checks=tuple(session.reports),
        printed=session.printed[: session.limits.printed],
        seconds=session.seconds,
        source=submission.source,
    )


@dataclass(slots=True)
class _Session:
    """Processes, one after the other, until every check has its report."""

    exercise: Exercise
    submission: Submission
    limits: Limits
    wall: Wall
    reports: list[CheckReport] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0.0

    def run(self, cases: Sequence[Case]) -> None:
        """Run the remaining checks in one process, and report on as many as it got through.

        A check that ends the process has its report too; the ones after it need another process.
        """
        request = _request(self.exercise, cases, self.limits)
        longest = self.limits.seconds * (sum(_calls(case) for case in cases) + len(cases))
        run = self.wall.run(
            self.submission.source, self.exercise.file, request, self.limits, longest
        )
        self.printed += run.printed
        self.seconds += run.seconds
        transcript = read(run.response, len(cases))
        if not transcript.ready:
            fault = Trouble(Kind.FAULT, facts={"what": f"Python did not start: {run.printed}"})
            self.reports += _all(cases, Verdict.GRADER_FAULT, fault)
            return
        if transcript.problem or run.how is How.FLOOD:  # then nothing in it can be believed
            what = transcript.problem or "more than any answer has"
            garbled = Trouble(Kind.GARBLED, facts={"what": what})
            self.reports += _all(cases, Verdict.FORBIDDEN, garbled)
            return
        for case, answer in zip(cases, transcript.answers, strict=True):
            if not answer.finished:
                self._stopped(case, answer, cases, run)
                return
            self.reports.append(self._judged(case, answer))

    def _stopped(self, case: Case, answer: Answer, cases: Sequence[Case], run: Run) -> None:
        """Report on the check at which the process ended, and on all of them if none can run."""
        verdict, trouble = _ending(answer, run)
        report = self._judged(case, answer)
        if report.difference is None:  # a wrong number before the end says more than the end
            report = CheckReport(case.check, verdict, trouble=trouble)
        self.reports.append(report)
        rest = cases[cases.index(case) + 1 :]
        tried = [r.verdict for r in self.reports]
        hopeless = len(tried) == 2 and set(tried) == {Verdict.TIMED_OUT}
        if hopeless or not answer.loaded:
            self.reports += _all(rest, verdict, trouble)

    def _judged(self, case: Case, answer: Answer) -> CheckReport:
        """The report on one check; a mistake of ours is never the student's."""
        try:
            return judge(self.exercise, case, answer)
        except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
            fault = Trouble(Kind.FAULT, facts={"what": f"{type(error).__name__}: {error}"})
            return CheckReport(case.check, Verdict.GRADER_FAULT, trouble=fault)


def _calls(case: Case) -> int:
    return len(case.calls) * case.check.sizes.get("T", 1)


def _all(cases: Sequence[Case], verdict: Verdict, trouble: Trouble) -> list[CheckReport]:
    return [CheckReport(case.check, verdict, trouble=trouble) for case in cases]


def _request(exercise: Exercise, cases: Sequence[Case], limits: Limits) -> bytes:
    """The plan and the inputs, as frames. Nothing in it says what is right."""
    plan = {
        "file": exercise.file,
        "function": exercise.function,
        "inputs": exercise.inputs,
        "returns": exercise.returns,
        "memory": limits.memory,
        "seconds": math.ceil(limits.seconds * 10) + 60,
        "checks": [
            {
                "id": k,
                "calls": len(case.calls),
                "steps": case.check.sizes.get("T", 0),
                "inputs_kept": case.check.inputs_kept,
            }
            for k, case in enumerate(cases)
        ],
    }
    frames = [pack_note("plan", plan)]
    for k, case in enumerate(cases):
        for call, inputs in enumerate(case.calls):
            frames += [pack(f"{k}/{call}/{name}", array) for name, array in inputs.items()]
    return b"".join(frames)


def _ending(answer: Answer, run: Run) -> tuple[Verdict, Trouble]:
    """Why a check has no end."""
    where = {"call": answer.call, "step": answer.step}
    facts = {"loaded": answer.loaded, "returned": answer.returned}
    if run.how is How.TIME:
        return Verdict.TIMED_OUT, Trouble(Kind.TIME, **where, facts=facts)
    if run.how is How.EXITED and run.status == OUT_OF_MEMORY:
        return Verdict.OUT_OF_MEMORY, Trouble(Kind.MEMORY, **where, facts=facts)
    facts |= {"signal": run.how is How.KILLED, "status": run.status}
    return Verdict.CRASHED, Trouble(Kind.DIED, **where, facts=facts)
