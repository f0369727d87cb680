"""Grades a submission: draws the inputs, has them computed behind the wall, and asks the judge.

All checks run in one process. Where a check ends it, the ones after it get a process of their own,
so one endless loop does not cost the points of the others. Nobody has to wait for eight of them.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.exercises.cases import Case, draw, shapes
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Form, look
from tracer.exercises.submission import Submission
from tracer.grading.answer import Answer, read
from tracer.grading.judge import judge
from tracer.grading.report import CheckReport, Kind, Report, Trouble, Verdict
from tracer.grading.undecided import settled
from tracer.sandbox.frames import OUT_OF_MEMORY, pack, pack_note
from tracer.sandbox.packages import LIBRARIES, installed
from tracer.sandbox.process import How, Limits, PlainProcess, Run, Wall

HURRY, ENOUGH = 2.0, 3
"""Seconds for each call, and for loading the file again, after one check has run out of time, and
how many may do so before the rest is left undecided. A check that does not meet the endless loop
rarely needs that much, also where the file imports something large."""

FULL = 0.75
"""Share of its address space that a process has had if it says that there was none left."""


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
    tags = (exercise.name, exercise.number)
    form = look(submission.name, submission.source, (exercise.function,), tags)
    session = _Session(exercise, form, limits or Limits(), wall or PlainProcess())
    if form.problem is not None:
        facts = {"what": form.problem.what, **form.problem.facts, "loaded": False}
        session.reports += _all(cases, Verdict.CRASHED, Trouble(Kind.FORM, facts=facts))
    while len(session.reports) < len(cases):
        session.run(cases[len(session.reports) :])
    there = installed()
    return Report(
        exercise=exercise,
        file=submission.name,
        seed=seed,
        checks=tuple(
            replace(c, shapes=shapes(exercise, c.check)) for c in settled(session.reports)
        ),
        printed=session.printed[: session.limits.printed],
        seconds=session.seconds,
        form=form,
        libraries={name: name in there for name in LIBRARIES},
    )


@dataclass(slots=True)
class _Session:
    """Processes, one after the other, until every check has its report."""

    exercise: Exercise
    form: Form
    limits: Limits
    wall: Wall
    reports: list[CheckReport] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0.0
    used: float = 0.0
    mark: str = field(default_factory=lambda: f"\x1e{secrets.token_hex(8)}:")

    def run(self, cases: Sequence[Case]) -> None:
        """Run the remaining checks in one process, and report on as many as it got through.

        A check that ends the process has its report too; the ones after it need another process.
        """
        late = sum(r.trouble is not None and r.trouble.kind is Kind.TIME for r in self.reports)
        seconds = min(self.limits.seconds, HURRY) if late else self.limits.seconds
        limits = replace(self.limits, seconds=seconds)
        request = _request(self.exercise, self.form, cases, limits, self.mark)
        longest = max(0.0, self.limits.budget - self.used)
        room = replace(limits, printed=limits.printed + len(cases) * (len(self.mark) + 4))
        run = self.wall.run(self.form.program, self.form.file, request, room, longest)
        parts = self._printed(run, len(cases))
        self.printed += "".join(parts)
        self.seconds += run.seconds
        self.used += run.used.seconds
        transcript = read(run.response, len(cases))
        if transcript.problem or run.how is How.FLOOD:  # then nothing in it can be believed
            what = transcript.problem or "more than any answer needs"
            garbled = Trouble(Kind.GARBLED, facts={"what": what})
            self.reports += _all(cases, Verdict.FORBIDDEN, garbled)
            return
        if not transcript.ready:  # what is ready cannot be unsaid by the student's code
            fault = Trouble(Kind.FAULT, facts={"what": f"Python did not start: {run.printed}"})
            self.reports += _all(cases, Verdict.GRADER_FAULT, fault)
            return
        for k, (case, answer) in enumerate(zip(cases, transcript.answers, strict=True)):
            report = self._judged(case, answer)
            verdict, trouble = _ending(answer, run, limits)
            again = late and verdict is Verdict.TIMED_OUT  # with more time it might have come
            if not answer.finished and report.difference is None:
                # A wrong number before the end would say more than the end.
                verdict = Verdict.UNDECIDED if again else verdict
                report = CheckReport(case.check, verdict, trouble=trouble)
            self.reports.append(replace(report, printed=parts[k]))
            if not answer.finished:
                # It is the same file for every check.
                spent = run.how is How.SPENT
                if spent or not answer.loaded or (again and late + 1 >= ENOUGH):
                    self.reports += _all(cases[k + 1 :], Verdict.UNDECIDED, trouble)
                return

    def _printed(self, run: Run, checks: int) -> list[str]:
        """What was printed in each check; the runner writes a mark before each."""
        before, *marked = run.printed.split(self.mark)
        parts = [before] + [""] * (checks - 1)
        for part in marked:
            number, found, text = part.partition(";")
            if found and number.isdecimal() and int(number) < checks:
                parts[int(number)] += text
        return parts

    def _judged(self, case: Case, answer: Answer) -> CheckReport:
        """The report on one check; a mistake of ours is never the student's."""
        try:
            return judge(self.exercise, case, answer)
        except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
            fault = Trouble(Kind.FAULT, facts={"what": f"{type(error).__name__}: {error}"})
            return CheckReport(case.check, Verdict.GRADER_FAULT, trouble=fault)


def _all(cases: Sequence[Case], verdict: Verdict, trouble: Trouble) -> list[CheckReport]:
    return [CheckReport(case.check, verdict, trouble=trouble) for case in cases]


def _request(
    exercise: Exercise, form: Form, cases: Sequence[Case], limits: Limits, mark: str
) -> bytes:
    """The plan and the inputs, as frames. Nothing in it says what is right."""
    plan = {
        "file": form.file,
        "module": exercise.file.removesuffix(".py"),
        "function": exercise.function,
        "inputs": exercise.inputs,
        "returns": exercise.returns,
        "mark": mark,
        "memory": limits.memory,
        "seconds": math.ceil(limits.budget) + 60,  # the grader ends it before that
        "checks": [
            {
                "id": k,
                "calls": len(case.calls),
                "steps": case.check.sizes.get("T", 0),
                "dtype": case.check.dtype,
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


def _ending(answer: Answer, run: Run, limits: Limits) -> tuple[Verdict, Trouble]:
    """Why a check has no end."""
    where = {"call": answer.call, "step": answer.step}
    facts: dict[str, Any] = {"loaded": answer.loaded, "returned": answer.returned}
    seconds = {
        How.TIME: limits.seconds,
        How.WAITED: limits.waiting,
        How.SPENT: limits.budget,
    }.get(run.how)
    if seconds is not None:
        facts |= {"seconds": seconds, "how": str(run.how), "limit": limits.seconds}
        return Verdict.TIMED_OUT, Trouble(Kind.TIME, **where, facts=facts)
    full = run.used.memory > FULL * limits.memory
    if run.how is How.EXITED and run.status == OUT_OF_MEMORY and full:
        return Verdict.OUT_OF_MEMORY, Trouble(Kind.MEMORY, **where, facts=facts)
    facts |= {"signal": run.how is How.KILLED, "status": run.status}
    return Verdict.CRASHED, Trouble(Kind.DIED, **where, facts=facts)
