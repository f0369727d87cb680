"""Holds exercises, hints, solutions and known mistakes against each other, for their authors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tracer.grading.exercise import Exercise
from tracer.grading.hints import hints
from tracer.grading.process import PlainProcess
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.grading.submission import Submission

SEED = 0
"""The same numbers in every run, so that a finding can be repeated."""

FEWEST_MISTAKES = 3
FEWEST_HINTS = 2

_FIRST_LINE = re.compile(r"# fails: (?P<check>.+?); first at: (?P<first_at>.+)")


class Finding(NamedTuple):
    """What does not fit, and what to do next."""

    path: Path
    what: str
    todo: str


def findings(exercises: Sequence[Exercise], solutions: Path) -> Iterator[Finding]:
    """Everything that does not fit; nothing, if all is well."""
    names = [e.name for e in exercises]
    for n, exercise in enumerate(exercises):
        yield from _described(exercise, names[:n])
        yield from _hinted(exercise)
        yield from _files(exercise, solutions / exercise.name)
        yield from _stub(exercise)
        yield from _solution(exercise, solutions / exercise.name / exercise.file)
        mistakes = sorted((solutions / exercise.name / "mistakes").glob("*.py"))
        if len(mistakes) < FEWEST_MISTAKES:
            where, todo = solutions / exercise.name / "mistakes", f"write {FEWEST_MISTAKES} or more"
            yield Finding(where, f"only {len(mistakes)} known mistakes", todo)
        for path in mistakes:
            yield from _mistake(exercise, path)
    numbers = [name.partition("_")[0] for name in names]
    for exercise, number in zip(exercises, numbers, strict=True):
        if numbers.count(number) > 1:
            yield Finding(
                exercise.folder, f"number {number} is given twice", "give one another number"
            )
    yield from _stray(solutions, set(names), "no exercise has this name")


def _described(exercise: Exercise, before: Sequence[str]) -> Iterator[Finding]:
    """``exercise.toml`` and README.md."""
    path = exercise.folder / "exercise.toml"
    for need in exercise.needs:
        if need not in before:
            yield Finding(path, f"needs {need}, which does not come before it", "correct needs")
    names = [check.name for check in exercise.checks]
    if len(set(names)) < len(names) or not names:
        yield Finding(path, "the names of the checks are not all different", "rename one")
    if any(check.points <= 0 for check in exercise.checks):
        yield Finding(path, "a check has no points", "give it at least one")
    readme = exercise.folder / "README.md"
    text = readme.read_text("utf-8") if readme.is_file() else ""
    if not text.startswith(f"# {exercise.title}\n"):
        yield Finding(readme, "the heading is not the title", f"begin with: # {exercise.title}")
    if exercise.signature not in text:
        yield Finding(readme, "the signature is missing", f"write: {exercise.signature}")
    if "tracer check" not in text or ">>>" not in text:
        yield Finding(readme, "no worked number, or no tracer check", "add them")


def _hinted(exercise: Exercise) -> Iterator[Finding]:
    """``hints.md`` has a section for each check, in their order."""
    path = exercise.folder / "hints.md"
    if not path.is_file():
        return  # said as a missing file
    sections = hints(exercise)
    wanted = [check.name for check in exercise.checks]
    if list(sections) != wanted:
        todo = "sections wanted, in this order: " + ", ".join(wanted)
        yield Finding(path, "the sections are not the checks", todo)
    for name, items in sections.items():
        if len(items) < FEWEST_HINTS:
            yield Finding(path, f"too few hints for {name}", f"write at least {FEWEST_HINTS}")


def _files(exercise: Exercise, solution: Path) -> Iterator[Finding]:
    """Exactly the files that belong there."""
    for folder, wanted in (
        (exercise.folder, {"README.md", "exercise.toml", "hints.md", exercise.file}),
        (solution, {exercise.file, "mistakes"}),
    ):
        for name in sorted(wanted):
            if not (folder / name).exists():
                yield Finding(folder / name, "is missing", "write it")
        yield from _stray(folder, wanted, "does not belong here")


def _stray(folder: Path, wanted: set[str], what: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in wanted | {"__pycache__"}:
            yield Finding(path, what, "move it, or delete it")


def _stub(exercise: Exercise) -> Iterator[Finding]:
    if not exercise.stub.is_file():
        return
    for c in _graded(exercise, exercise.stub).checks:
        if c.verdict is not Verdict.NOT_STARTED or c.first_at != "exception NotImplementedError":
            yield Finding(
                exercise.stub,
                f"the stub is {c.verdict} in check {c.check.name} ({c.first_at})",
                "let it do nothing but raise NotImplementedError",
            )
            return


def _solution(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """The solution passes, with Numba and with ``NUMBA_DISABLE_JIT=1``."""
    if not path.is_file():
        return
    for disabled in ("0", "1"):
        failing = _graded(exercise, path, disabled).first_failing
        if failing is not None:
            yield Finding(
                path,
                f"the solution is {failing.verdict} in check {failing.check.name} "
                f"({failing.first_at}) with NUMBA_DISABLE_JIT={disabled}",
                f"run: tracer check {path} --seed {SEED}",
            )


def _mistake(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """A known mistake first fails in the check, and at the place, that its first line names."""
    first_line = path.read_text("utf-8").partition("\n")[0]
    said = _FIRST_LINE.fullmatch(first_line)
    if said is None:
        yield Finding(
            path, "the first line does not say what fails",
            "write: # fails: <check>; first at: step 1, quantity h",
        )  # fmt: skip
        return
    failing = _graded(exercise, path).first_failing
    found = (failing.check.name, failing.first_at) if failing else ("", "")
    if found != (said["check"], said["first_at"]):
        really = f"# fails: {found[0]}; first at: {found[1]}" if failing else "it passes"
        yield Finding(
            path, f"says “{first_line}”, but really: {really}",
            "correct the first line, or the mistake, or the checks",
        )  # fmt: skip


def _graded(exercise: Exercise, path: Path, disabled: str = "0") -> Report:
    wall = PlainProcess({"NUMBA_DISABLE_JIT": disabled})
    return grade(exercise, Submission.read(path), seed=SEED, wall=wall)
