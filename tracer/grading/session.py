"""Grades a submission: draws the inputs, has them computed behind the wall, and asks the judge.

All checks run in one process. Where a check ends it, the ones after it get a process of their own,
so one endless loop does not cost the points of the others. Nobody has to wait for eight of them.
What is wrong and is no known mistake runs again in a process in which nothing ran before it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Form, look
from tracer.exercises.submission import Submission
from tracer.grading.answer import Answer, Transcript, read
from tracer.grading.judge import Judged, judge
from tracer.grading.report import CheckReport, Kind, Report, Trouble, Verdict
from tracer.grading.request import Plan, largest, request
from tracer.grading.task import Task, tasks
from tracer.grading.undecided import settled
from tracer.sandbox.frames import OUT_OF_MEMORY
from tracer.sandbox.packages import LIBRARIES, installed
from tracer.sandbox.process import How, Limits, PlainProcess, Run, Wall

HURRY, ENOUGH = 2.0, 3
"""Seconds for each call, and for loading the file again, after one check has run out of time, and
how many may do so before the rest is not tried any more. A check that does not meet the endless
loop rarely needs that much, also where the file imports something large. Where nothing has ended
before, the last check is tried at once: if that has no end either, the loop is in all of them."""

FULL = 0.75
"""Share of its address space that a process has had if it says that there was none left."""


def grade(
    exercise: Exercise,
    submission: Submission,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    wall: Wall | None = None,
    searching: Callable[[], None] = lambda: None,
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
    searching : callable
        Called when a long search for the mistake begins.

    Returns
    -------
    Report
    """
    functions = exercise.called_names
    form = look(submission.name, submission.source, functions, (exercise.name, exercise.number))
    return grade_form(
        exercise, form, submission.name, seed=seed, limits=limits, wall=wall, searching=searching
    )


def grade_form(
    exercise: Exercise,
    form: Form,
    file: str,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    wall: Wall | None = None,
    searching: Callable[[], None] = lambda: None,
) -> Report:
    """Run an answer whose form is known, and judge it; `file` is what the student calls it."""
    seed = secrets.randbits(32) if seed is None else seed
    with closing(wall or PlainProcess()) as behind:
        return _graded(exercise, form, file, seed, limits or Limits(), behind, searching)


def _graded(
    exercise: Exercise, form: Form, file: str, seed: int, limits: Limits, wall: Wall,
    searching: Callable[[], None],
) -> Report:  # fmt: skip
    asked = tasks(exercise, seed, wall)
    session = Session(exercise, form, limits, wall)
    judged: list[Judged] = []
    if form.problem is not None:
        facts = {"what": form.problem.what, **form.problem.facts, "loaded": False}
        judged += _all(asked, Verdict.CRASHED, Trouble(Kind.FORM, facts=facts))
    while len(judged) < len(asked):
        judged += session.run(asked[len(judged) :], judged)
        if session.endless(judged, asked[len(judged) :]):
            ending = judged[0].report
            assert ending.trouble is not None
            judged += _all(asked[len(judged) :], ending.verdict, ending.trouble)
    if any(one.report.difference is not None or _overwritten(one) for one in judged):
        wall.prepare()  # it will run again, watched line by line
    diagnosis, blame = None, None
    if any(one.report.verdict is not Verdict.PASSED for one in judged):
        # What only a failing answer needs takes a while to load.
        from tracer.grading.blame.looking import line_to_look_at
        from tracer.grading.concluding import concluded
        from tracer.grading.overwriting import with_line

        diagnosis, judged = concluded(session, asked, judged, searching)
        mistakes = [] if diagnosis is None else diagnosis.alike
        blame = line_to_look_at(session, asked, judged, mistakes)
        judged = with_line(session, asked, judged)
    there = installed()
    return Report(
        exercise=exercise,
        file=file,
        seed=seed,
        checks=tuple(
            settled([j.report for j in judged], one=diagnosis is not None and bool(diagnosis.edits))
        ),
        diagnosis=diagnosis,
        blame=blame,
        printed=session.printed[: session.limits.printed],
        seconds=session.seconds,
        form=form,
        libraries={name: name in there for name in LIBRARIES},
    )


@dataclass(slots=True)
class Session:
    """Processes, one after the other, until every check has its report."""

    exercise: Exercise
    form: Form
    limits: Limits
    wall: Wall
    printed: str = ""
    seconds: float = 0.0
    used: float = 0.0
    mark: str = field(default_factory=lambda: f"\x1e{secrets.token_hex(8)}:")

    def run(self, tasks: Sequence[Task], before: Sequence[Judged]) -> list[Judged]:
        """Run the remaining checks in one process, and judge as many as it got through.

        A check that ends the process has its report too; the ones after it need another process.
        """
        late = sum(_timed_out(j.report) for j in before)
        patience = max([self.limits.seconds, *(task.case.check.seconds or 0 for task in tasks)])
        limits = replace(self.limits, seconds=min(patience, HURRY) if late else patience)
        run, transcript = self.asked([task.plan for task in tasks], limits)
        parts = self._printed(run, len(tasks))
        self.printed += "".join(parts)
        self.seconds += run.seconds
        if transcript.problem or run.how is How.FLOOD:  # then nothing in it can be believed
            what = transcript.problem or "more than any answer needs"
            garbled = Trouble(Kind.GARBLED, facts={"what": what})
            return _all(tasks, Verdict.FORBIDDEN, garbled)
        if not transcript.ready:  # what is ready cannot be unsaid by the student's code
            fault = Trouble(Kind.FAULT, facts={"what": f"Python did not start: {run.printed}"})
            return _all(tasks, Verdict.GRADER_FAULT, fault)
        found: list[Judged] = []
        for k, (task, answer) in enumerate(zip(tasks, transcript.answers, strict=True)):
            judged = self.judged(task, answer)
            if not answer.finished and judged.report.difference is None:
                # A wrong number before the end would say more than the end.
                verdict, trouble = _ending(task, answer, run, limits)
                report = CheckReport(task.case.check, verdict, trouble=trouble)
                judged = replace(judged, report=report)
            printed = replace(judged.report, printed=parts[k])
            found.append(replace(judged, report=printed, first=not k))
            if not answer.finished:
                # It is the same file for every check.
                verdict, trouble = _ending(task, answer, run, limits)
                enough = late + 1 >= ENOUGH and verdict is Verdict.TIMED_OUT
                if run.how is How.SPENT or not answer.loaded or enough:
                    found += _all(tasks[k + 1 :], verdict, trouble)
                return found
        return found

    def endless(self, judged: Sequence[Judged], left: Sequence[Task]) -> bool:
        """Whether the first check ran out of time, and so does the last, which is another one."""
        other = [task for task in left if task.case.check.seconds is None]
        if len(judged) > 1 or len(left) < ENOUGH or not other or not _timed_out(judged[0].report):
            return False
        patience = replace(self.limits, seconds=min(self.limits.seconds, HURRY))
        run, transcript = self.asked([other[-1].plan], patience)
        self.seconds += run.seconds
        return run.how in (How.TIME, How.WAITED) and transcript.answers[0].last_call is None

    def asked(
        self,
        plans: Sequence[Plan],
        limits: Limits,
        *,
        apart: bool = False,
        watch: int | None = None,
    ) -> tuple[Run, Transcript]:
        """Have the calls of several checks made, in one process or each in one of its own."""
        wanted = largest(plans)
        file, module = self.form.file, self.exercise.file.removesuffix(".py")
        asked = request(
            (file, module), plans, limits, self.mark, most=wanted, apart=apart, watch=watch
        )
        longest = max(0.0, self.limits.budget - self.used)
        room = replace(limits, printed=limits.printed + len(plans) * (len(self.mark) + 4))
        run = self.wall.run(self.form.program, self.form.file, asked, room, longest)
        self.used += run.used.seconds
        return run, read(run.response, plans, run.in_time)

    def judged(self, task: Task, answer: Answer) -> Judged:
        """What is to be said of one check; a mistake of ours is never the student's."""
        try:
            return judge(task, answer, task.right(self.wall, answer.arrays))
        except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
            return Judged(faulty(task, error))

    def _printed(self, run: Run, checks: int) -> list[str]:
        """What was printed in each check; the runner writes a mark before each."""
        before, *marked = run.printed.split(self.mark)
        parts = [before] + [""] * (checks - 1)
        for part in marked:
            number, found, text = part.partition(";")
            if found and number.isdecimal() and int(number) < checks:
                parts[int(number)] += text
        return parts


def faulty(task: Task, error: Exception) -> CheckReport:
    """The report on a check at which the grader broke."""
    fault = Trouble(Kind.FAULT, facts={"what": f"{type(error).__name__}: {error}"})
    return CheckReport(task.case.check, Verdict.GRADER_FAULT, trouble=fault)


def _overwritten(judged: Judged) -> bool:
    trouble = judged.report.trouble
    return trouble is not None and trouble.kind in (Kind.CHANGED, Kind.SHARED, Kind.PRECISION)


def _timed_out(report: CheckReport) -> bool:
    return report.trouble is not None and report.trouble.kind is Kind.TIME


def _all(tasks: Sequence[Task], verdict: Verdict, trouble: Trouble) -> list[Judged]:
    return [Judged(CheckReport(task.case.check, verdict, trouble=trouble)) for task in tasks]


def _ending(task: Task, answer: Answer, run: Run, limits: Limits) -> tuple[Verdict, Trouble]:
    """Why a check has no end, and how far it had come."""
    last = answer.last_call
    call = task.plan[last or 0]
    came = [key for number, key in answer.arrays if number == last]
    facts: dict[str, Any] = {
        "loaded": answer.loaded, "returned": last is not None, "function": call.function,
        "came": tuple(came), "line": answer.stopped_at, "in_loop": answer.in_loop,
    }  # fmt: skip
    where = {"call": call.round, "step": call.step}
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
