"""Asks, compares, decides: everything that a grade depends on happens here, outside the wall.

The student's process may say anything. A check passes only if every number that the exercise asks
for came back, in the right shape, and agrees with the equations; all else is the reason why not.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from tracer.cells.activations import Array
from tracer.grading import comparing
from tracer.grading.answer import Answer, read
from tracer.grading.cases import Case, draw
from tracer.grading.exercise import Exercise
from tracer.grading.frames import OUT_OF_MEMORY, pack, pack_note
from tracer.grading.process import How, Limits, PlainProcess, Run, Submission, Wall
from tracer.grading.report import CheckReport, Kind, Report, Trouble, Verdict

ALSO = 3
"""Further mistakes that are told."""


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

    def _stopped(
        self, case: Case, answer: Answer, cases: Sequence[Case], run: Run
    ) -> None:
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
            return _judge(self.exercise, case, answer)
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


def _judge(exercise: Exercise, case: Case, answer: Answer) -> CheckReport:
    """Decide one check by what came back."""
    check = case.check
    shape = (check.sizes["N"], check.sizes["H"])
    shaped = {key: array for key, array in answer.arrays.items() if array.shape == shape}
    misshapen = next((key for key in answer.arrays if key not in shaped), None)
    order = _order(exercise, case, shaped)
    if order:
        facts = {"got": order, "wanted": exercise.returns}
        return CheckReport(check, Verdict.WRONG, trouble=Trouble(Kind.ORDER, facts=facts))
    found = list(comparing.differences(exercise, case, _before(shaped, misshapen)))
    if found:
        also = [d for d in found[1:] if d.quantity != found[0].quantity]
        further = {d.quantity: d for d in reversed(also)}  # the first of each
        return CheckReport(
            check, Verdict.WRONG, found[0], tuple(reversed(further.values()))[:ALSO]
        )
    if misshapen is not None:
        call, step, name = misshapen
        facts = {"name": name, "got": answer.arrays[misshapen].shape, "wanted": shape}
        return CheckReport(
            check, Verdict.WRONG, trouble=Trouble(Kind.SHAPE, call, step, facts)
        )
    for look in (_note, _missing, _shared, _changed, _warned):
        decided = look(exercise, case, answer)
        if decided is not None:
            return CheckReport(check, decided[0], trouble=decided[1])
    return CheckReport(check, Verdict.PASSED)


def _before(
    shaped: Mapping[tuple[int, int, str], Array], misshapen: tuple[int, int, str] | None
) -> Mapping[tuple[int, int, str], Array]:
    """The answers of the steps before the first one with a wrong shape."""
    if misshapen is None:
        return shaped
    return {key: array for key, array in shaped.items() if key[:2] < misshapen[:2]}


def _order(
    exercise: Exercise, case: Case, answers: Mapping[tuple[int, int, str], Array]
) -> tuple[str, ...]:
    """The order in which the values of the first step came, if it is another one; else nothing."""
    first = {name: answers.get((0, 0, name)) for name in exercise.returns}
    if len(first) < 2 or any(array is None for array in first.values()):
        return ()
    right = comparing.textbook(exercise, case, answers)
    came = []
    for array in first.values():
        assert array is not None
        same = [n for n in exercise.returns if comparing.same(array, right[n], case)]
        came.append(same[0] if len(same) == 1 else "")
    moved = set(came) == set(exercise.returns) and tuple(came) != exercise.returns
    return tuple(came) if moved else ()


_Decided = tuple[Verdict, Trouble] | None
_Look = Callable[[Exercise, Case, Answer], _Decided]


def _note(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """What the runner said of a call that gave no numbers."""
    trouble = answer.trouble
    if trouble is None:
        return None
    if trouble.kind is Kind.EMPTY or trouble.facts.get("not_implemented"):
        return Verdict.NOT_STARTED, trouble
    if trouble.facts.get("memory"):
        return Verdict.OUT_OF_MEMORY, trouble
    if trouble.kind is Kind.GARBLED:
        return Verdict.FORBIDDEN, trouble
    return Verdict.CRASHED if trouble.kind is Kind.RAISED else Verdict.WRONG, trouble


def _missing(exercise: Exercise, case: Case, answer: Answer) -> _Decided:
    """Every number that is asked for must be there; a process that says "done" decides nothing."""
    steps = range(case.check.sizes.get("T", 1))
    wanted = set(product(range(len(case.calls)), steps, exercise.returns))
    for came in (answer.arrays.keys(), answer.kept.keys()):
        for call, step, name in sorted(wanted ^ came):
            what = f"{name} missing" if (call, step, name) in wanted else f"{name} too much"
            return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, call, step, {"what": what})
    return None


def _shared(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """Whether what was returned is still what it was after the later calls."""
    for (call, step, name), array in answer.arrays.items():
        later = answer.kept[call, step, name]
        if later.shape != array.shape or later.tobytes() != array.tobytes():
            return Verdict.WRONG, Trouble(Kind.SHARED, call, step, {"name": name})
    return None


def _changed(exercise: Exercise, case: Case, answer: Answer) -> _Decided:
    """Whether the inputs are still what they were."""
    if not case.check.inputs_kept:
        return None
    for call, inputs in enumerate(case.calls):
        for name in exercise.inputs:
            after = answer.inputs_after.get((call, name))
            if after is None:
                return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, call, 0, {"what": f"no {name}"})
            before = inputs[name][-1] if name == "x" and "T" in case.check.sizes else inputs[name]
            if after.tobytes() != before.tobytes():
                return Verdict.WRONG, Trouble(Kind.CHANGED, call, 0, {"name": name})
    return None


def _warned(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """Whether NumPy warned where nothing may overflow."""
    if case.check.warnings_allowed or not answer.warnings:
        return None
    message, line = answer.warnings[0]
    return Verdict.WRONG, Trouble(Kind.WARNED, facts={"message": message, "line": line})
