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

from tracer.errors import FileError
from tracer.exercises.earlier import programs, with_earlier
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Form, look
from tracer.exercises.submission import Submission
from tracer.grading.answer import Answer, Transcript, look_at_lent, read
from tracer.grading.certain import tell
from tracer.grading.ending import ending, endless, timed_out
from tracer.grading.judge import Judged, judge
from tracer.grading.kept import Kept
from tracer.grading.report import Certain, CheckReport, Kind, Report, Trouble, Verdict
from tracer.grading.request import Plan, largest, request
from tracer.grading.task import Task
from tracer.grading.undecided import settled
from tracer.language import _
from tracer.sandbox.frames import NUMBER
from tracer.sandbox.packages import LIBRARIES, installed
from tracer.sandbox.process import How, Limits, PlainProcess, Run, Wall

HURRY = 2.0
"""Seconds for each call, and for loading the file again, after one check has run out of time. A
check that does not meet the endless loop rarely needs that much, also where the file imports
something large."""


def grade(
    exercise: Exercise,
    submission: Submission,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    wall: Wall | None = None,
    searching: Callable[[], None] = lambda: None,
    kept: Kept | None = None,
    read: bool = False,
    early: Callable[[Certain], None] | None = None,
) -> Report:
    """Run a submission and judge it. Nothing that it does makes this raise.

    A `FileError` means that no process could be started for it, or none has started in time.

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
    kept : Kept, optional
        What is known from submissions before this one, and for those after it.
    read : bool
        Whether a right answer reads a sentence, with the weights of a trained network.
    early : callable, optional
        Called with what is certain of wrong numbers before the mistake is looked for: it takes far
        longer than to judge them.

    Returns
    -------
    Report
    """
    functions = exercise.called_names
    form = look(submission.name, submission.source, functions, (exercise.name, exercise.number))
    form = with_earlier(exercise, form, submission.earlier)
    return grade_form(
        exercise, form, submission.name, seed=seed, limits=limits, wall=wall, searching=searching,
        kept=kept, read=read, early=early,
    )  # fmt: skip


def grade_form(
    exercise: Exercise,
    form: Form,
    file: str,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    wall: Wall | None = None,
    searching: Callable[[], None] = lambda: None,
    kept: Kept | None = None,
    read: bool = False,
    early: Callable[[Certain], None] | None = None,
) -> Report:
    """Run an answer whose form is known, and judge it; `file` is what the student calls it."""
    seed = secrets.randbits(32) if seed is None else seed
    with closing(wall or PlainProcess()) as behind:
        session = Session(exercise, form, limits or Limits(), behind, kept or Kept())
        report = _graded(session, file, seed, searching, early)
        if read and report.verdict is Verdict.PASSED:
            from tracer.grading.reading import read_by

            return replace(report, reading=read_by(session))
        return report


def _graded(
    session: Session,
    file: str,
    seed: int,
    searching: Callable[[], None],
    early: Callable[[Certain], None] | None,
) -> Report:
    exercise, form, wall = session.exercise, session.form, session.wall
    asked = session.kept.tasks(exercise, seed, wall)
    judged: list[Judged] = []
    if form.problem is not None:
        facts = {"what": form.problem.what, **form.problem.facts, "loaded": False}
        judged += _all(asked, Verdict.CRASHED, Trouble(Kind.FORM, facts=facts))
    while len(judged) < len(asked):
        judged += session.run(asked[len(judged) :], judged)
        if ends := endless(session, asked, judged, HURRY):
            left = range(len(judged), len(asked))
            judged += [ends[n] if n in ends else _not_tried(asked[n]) for n in left]
    failed: int | None = None
    if any(one.report.difference is not None or _overwritten(one) for one in judged):
        if early is not None:
            failed = tell(session, asked, judged, early)
        wall.prepare()  # it will run again, watched line by line
    diagnosis, blame = None, None
    if any(one.report.verdict is not Verdict.PASSED for one in judged):
        # What only a failing answer needs takes a while to load.
        from tracer.grading.blame.looking import line_to_look_at
        from tracer.grading.concluding import concluded
        from tracer.grading.overwriting import with_line

        diagnosis, judged = concluded(session, asked, judged, searching, failed)
        mistakes = [] if diagnosis is None else diagnosis.alike
        blame = line_to_look_at(session, asked, judged, mistakes)
        judged = with_line(session, asked, judged)
        if form.earlier:
            from tracer.grading.earlier import with_fault

            judged, blame = with_fault(session, asked, judged, blame, mistakes)
    there = installed()
    return Report(
        exercise=exercise,
        file=file,
        seed=seed,
        checks=tuple(
            settled([j.report for j in judged], one=diagnosis is not None and diagnosis.explains)
        ),
        diagnosis=diagnosis,
        blame=blame,
        printed=session.printed[: session.limits.printed],
        seconds=session.seconds,
        form=form,
        libraries={name: name in there for name in LIBRARIES},
        wall=wall.name,
    )


@dataclass(slots=True)
class Spent:
    """What all processes of one submission have used, those of its earlier answers as well."""

    used: float = 0.0  # seconds of processor time
    waited: float = 0.0  # seconds on the clock

    def all_of(self, limits: Limits) -> bool:
        """Whether nothing is left."""
        return self.used >= limits.budget or self.waited >= limits.whole


@dataclass(slots=True)
class Session:
    """Processes, one after the other, until every check has its report."""

    exercise: Exercise
    form: Form
    limits: Limits
    wall: Wall
    kept: Kept = field(default_factory=Kept)
    printed: str = ""
    seconds: float = 0.0
    spent: Spent = field(default_factory=Spent)
    mark: str = field(default_factory=lambda: f"\x1e{secrets.token_hex(8)}:")

    def run(self, tasks: Sequence[Task], before: Sequence[Judged]) -> list[Judged]:
        """Run the remaining checks in one process, and judge as many as it got through.

        A check that ends the process has its report too; the ones after it need another process.
        """
        late = sum(timed_out(j.report) for j in before)
        patience = max([self.limits.seconds, *(task.case.check.seconds or 0 for task in tasks)])
        limits = replace(self.limits, seconds=min(patience, HURRY) if late else patience)
        run, transcript = self.asked([task.plan for task in tasks], limits)
        parts = self.printed_in(run, len(tasks))
        self.printed += "".join(parts)
        self.seconds += run.seconds
        if transcript.problem or run.how is How.FLOOD:  # then nothing in it can be believed
            what = transcript.problem or "more than any answer needs"
            garbled = Trouble(Kind.GARBLED, facts={"what": what})
            return _all(tasks, Verdict.FORBIDDEN, garbled)
        if not transcript.ready:  # what is ready cannot be unsaid by the student's code
            if run.how.late:
                raise _too_busy(limits)
            what = " ".join(["Python did not start:", *"".join(parts).split()])
            fault = Trouble(Kind.FAULT, facts={"what": what})
            return _all(tasks, Verdict.GRADER_FAULT, fault)
        found: list[Judged] = []
        for k, (task, answer) in enumerate(zip(tasks, transcript.answers, strict=True)):
            judged = self.judged(task, answer)
            if not answer.finished and judged.report.difference is None:
                # A wrong number before the end would say more than the end.
                verdict, trouble = ending(task, answer, run, limits)
                report = CheckReport(task.case.check, verdict, trouble=trouble)
                judged = replace(judged, report=report)
            printed = replace(judged.report, printed=parts[k])
            found.append(replace(judged, report=printed, first=not k))
            if not answer.finished:
                if not answer.loaded:  # it is the same file for every check
                    found += _all(tasks[k + 1 :], *ending(task, answer, run, limits))
                elif run.how in (How.SPENT, How.LONG):
                    found += map(_not_tried, tasks[k + 1 :])
                return found
        return found

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
            (file, module), plans, limits, self.mark, most=wanted, apart=apart, watch=watch,
            own=programs(self.form), simulated=bool(self.exercise.device),
        )  # fmt: skip
        longest = max(0.0, self.limits.budget - self.spent.used)
        room = replace(
            limits,
            printed=limits.printed + len(plans) * (len(self.mark) + 4),
            clock=max(0.0, self.limits.whole - self.spent.waited),
        )
        run = self.wall.run(self.form.program, self.form.file, asked, room, longest)
        self.spent.used += run.used.seconds
        self.spent.waited += run.seconds
        transcript = read(run.response, plans, run.in_time)
        if run.lent is not None:
            look_at_lent(transcript.answers, plans, run.lent, wanted)
        return run, transcript

    def judged(self, task: Task, answer: Answer) -> Judged:
        """What is to be said of one check; a mistake of ours is never the student's."""
        try:
            return judge(task, answer, task.right(self.wall, answer.arrays))
        except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
            return Judged(faulty(task, error))

    def printed_in(self, run: Run, checks: int) -> list[str]:
        """What was printed in each check; the runner writes a mark before each."""
        before, *marked = run.printed.split(self.mark)
        parts = [before] + [""] * (checks - 1)
        for part in marked:
            number, found, text = part.partition(";")
            if found and NUMBER.fullmatch(number) and int(number) < checks:
                parts[int(number)] += text
        return parts


def faulty(task: Task, error: Exception) -> CheckReport:
    """The report on a check at which the grader broke."""
    fault = Trouble(Kind.FAULT, facts={"what": f"{type(error).__name__}: {error}"})
    return CheckReport(task.case.check, Verdict.GRADER_FAULT, trouble=fault)


def _too_busy(limits: Limits) -> FileError:
    """That Python did not start in time: nothing of the answer has run, and nothing is broken."""
    why = _(
        "Python did not start within {seconds:g} seconds: this machine has too much else to do. "
        "It says nothing about your answer; try again when less is running."
    ).format(seconds=limits.starting)
    return FileError(_("cannot run your code: {why}").format(why=why))


def _overwritten(judged: Judged) -> bool:
    trouble = judged.report.trouble
    return trouble is not None and trouble.kind in (Kind.CHANGED, Kind.SHARED, Kind.PRECISION)


def _not_tried(task: Task) -> Judged:
    return Judged(CheckReport(task.case.check, Verdict.NOT_TRIED))


def _all(tasks: Sequence[Task], verdict: Verdict, trouble: Trouble) -> list[Judged]:
    return [Judged(CheckReport(task.case.check, verdict, trouble=trouble)) for task in tasks]
