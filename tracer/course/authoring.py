"""Checks that exercises, hints, solutions and known mistakes fit together, for their authors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from tracer.course.earlier import read_answer
from tracer.course.examples import first_wrong
from tracer.course.signatures import apart
from tracer.errors import TracerError
from tracer.exercises.discovery import Found
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.hints import sections, speaks_of
from tracer.exercises.sizes import different
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.language import _, plural, quoted_file
from tracer.mistakes import mistakes_of
from tracer.mistakes.of_reference import wrong_references
from tracer.mistakes.schema import FILE as OWN_MISTAKES
from tracer.sandbox.process import PlainProcess

SEED = 0
"""The same numbers in every run, so that a finding can be repeated."""

FEWEST_MISTAKES = 3
FEWEST_HINTS = 2

EVERY = "every check"
"""What the first line of a known mistake says where it fails all of them."""

_FAILS = "# fails: "
_FIRST_LINE = re.compile(rf"{_FAILS}.+?; first at: .+")


class Finding(NamedTuple):
    """What does not fit, and what to do next."""

    path: Path
    what: str
    todo: str


def findings(found: Found, solutions: Path) -> Iterator[Finding]:
    """Everything that does not fit; nothing, if all is well."""
    for folder, why in found.broken:
        yield Finding(folder, why, _("correct it; until then this exercise is left out"))
    names = {folder.name for folder, _why in found.broken} | {e.name for e in found.good}
    for exercise in found.good:
        yield from _described(exercise, {name for name in names if name < exercise.name})
        yield from _hinted(exercise)
        yield from _files(exercise, solutions / exercise.name)
        if trouble := list(_own_mistakes(exercise)):
            yield from trouble
            continue  # nothing can be graded before that is well
        yield from _signatures(exercise)
        yield from _stub(exercise)
        yield from _solution(exercise, solutions / exercise.name / exercise.file)
        folder = solutions / exercise.name / "mistakes"
        mistakes = sorted(folder.glob("*.py"))
        if len(mistakes) < FEWEST_MISTAKES and folder.is_dir():  # else said as missing
            yield Finding(
                folder,
                plural("only {n} known mistake", "only {n} known mistakes", len(mistakes)).format(
                    n=len(mistakes)
                ),
                _("write {n} or more").format(n=FEWEST_MISTAKES),
            )
        for path in mistakes:
            yield from _mistake(exercise, path)
    numbers = [exercise.number for exercise in found.good]
    for exercise, number in zip(found.good, numbers, strict=True):
        if numbers.count(number) > 1:
            said = _("number {number} is used twice").format(number=number)
            yield Finding(exercise.folder, said, _("renumber one of them"))
    yield from _stray(solutions, names, _("no exercise has this name"))


def _described(exercise: Exercise, before: Collection[str]) -> Iterator[Finding]:
    """``exercise.toml`` and README.md."""
    path = exercise.folder / "exercise.toml"
    for need in exercise.needs:
        if need not in before:
            said = _("needs {need}, which does not come before it").format(need=need)
            yield Finding(path, said, _("correct needs"))
    for use in exercise.uses:
        if use not in before:
            said = _("uses {name}, and there is no such exercise").format(name=use)
            yield Finding(path, said, _("correct uses"))
    yield from _sizes(exercise, path)
    readme = exercise.folder / "README.md"
    if not readme.is_file():
        return  # said as a missing file
    text = _text(readme)
    if not text.startswith(f"# {exercise.title}\n"):
        todo = _("begin with: {line}").format(line=f"# {exercise.title}")
        yield Finding(readme, _("its heading is not the title"), todo)
    for signature in exercise.signatures:
        if signature not in " ".join(text.split()):  # a long one may go on in the next line
            todo = _("write: {line}").format(line=signature)
            yield Finding(readme, _("the signature is missing"), todo)
    for module in (Folder(exercise.folder.with_name(use)).module for use in exercise.uses):
        if not re.search(rf"`{module}`|(`|^ +)from\s+{module}\s+import", text, re.MULTILINE):
            said = _("it does not say that an answer may import {module}").format(module=module)
            todo = _("write: {line}").format(line=f"`from {module} import …`")
            yield Finding(readme, said, todo)
    if ">>>" not in text:
        todo = _("work one number out by hand, in lines that begin with >>>")
        yield Finding(readme, _("there is no worked example"), todo)
    for command in (f"tracer check {exercise.number}", f"tracer hint {exercise.number}"):
        if f"`{command}`" not in text:
            said = _("the command {command} is missing").format(command=command)
            yield Finding(readme, said, _("add it at the end"))


def _sizes(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """The sizes of each check can all be different, or are tied to each other on purpose."""
    for check in exercise.checks:
        if not different(check.sizes):
            said = _("the sizes of check {check} cannot all be different: {sizes}").format(
                check=check.name,
                sizes=", ".join(f"{letter} = {size}" for letter, size in check.sizes.items()),
            )
            todo = _('choose others, or ranges; where two must be equal, write D = "H"')
            yield Finding(path, said, todo)


def _hinted(exercise: Exercise) -> Iterator[Finding]:
    """``hints.md`` has a section for each check, in their order."""
    path = exercise.folder / "hints.md"
    if not path.is_file():
        return  # said as a missing file
    try:
        found = sections(path)
    except TracerError as error:
        yield Finding(path, str(error), _("correct it"))
        return
    wanted = [check.name for check in exercise.checks]
    if list(found) != wanted:
        todo = _("expected sections, in this order: {names}").format(names=", ".join(wanted))
        yield Finding(path, _("the sections do not match the checks"), todo)
    for name, items in found.items():
        if len(items) < FEWEST_HINTS:
            said = _("too few hints for {check}").format(check=name)
            yield Finding(path, said, _("write {n} or more").format(n=FEWEST_HINTS))
        if items and speaks_of(items[-1]):
            said = _("the last hint for {check} speaks of {names} only").format(
                check=name, names=", ".join(speaks_of(items[-1]))
            )
            yield Finding(path, said, _("leave the brackets out: the last hint is for everybody"))
    known = set(exercise.program.names) if exercise.program is not None else set()
    known.update(name for check in exercise.checks for name in check.expect)
    named = (name for items in found.values() for item in items for name in speaks_of(item))
    for name in sorted({*named} - known):
        said = _("a hint speaks of {name}, which is no quantity of this exercise")
        todo = _("in brackets stand quantities: {names}").format(names=", ".join(sorted(known)))
        yield Finding(path, said.format(name=name), todo)


def _files(exercise: Exercise, solution: Path) -> Iterator[Finding]:
    """Exactly the files that belong there."""
    for folder, wanted in (
        (exercise.folder, {"README.md", "exercise.toml", "hints.md", exercise.file}),
        (solution, {exercise.file, "mistakes"}),
    ):
        for name in sorted(wanted):
            if not (folder / name).exists():
                yield Finding(folder / name, _("is missing"), _("write it"))
        reference = {exercise.reference.name} if exercise.reference is not None else set()
        yield from _stray(folder, wanted | reference | {OWN_MISTAKES}, _("does not belong here"))


def _stray(folder: Path, wanted: set[str], what: str) -> Iterator[Finding]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in wanted | {"__pycache__"}:
            yield Finding(path, what, _("move it, or delete it"))


def _own_mistakes(exercise: Exercise) -> Iterator[Finding]:
    """What in the exercise's own ``mistakes.toml`` cannot stand there."""
    try:
        if exercise.program is not None:
            mistakes_of(exercise.program, folder=exercise.folder)
        elif exercise.reference is not None:
            wrong_references(exercise.reference)
    except TracerError as error:
        yield Finding(exercise.folder / OWN_MISTAKES, str(error), _("correct it"))


def _text(path: Path) -> str:
    """What a file says; nothing if it is not there, and what is not UTF-8 as �."""
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _signatures(exercise: Exercise) -> Iterator[Finding]:
    """The stub, and a reference, take the arguments that ``exercise.toml`` names."""
    for path in filter(None, (exercise.stub, exercise.reference)):
        for found, wanted in apart(exercise, path):
            said = _("it defines {found}; exercise.toml says {wanted}")
            todo = _("write the same signature in both")
            yield Finding(path, said.format(found=found, wanted=wanted), todo)


def _stub(exercise: Exercise) -> Iterator[Finding]:
    if not exercise.stub.is_file():
        return
    for c in graded(exercise, exercise.stub).checks:
        if c.verdict is not Verdict.NOT_STARTED or c.first_at != "exception NotImplementedError":
            said = _("the stub passes check {check}").format(check=c.check.name)
            if c.verdict is not Verdict.PASSED:
                said = _("the stub is {verdict} in check {check} ({first_at})").format(
                    verdict=c.verdict, check=c.check.name, first_at=c.first_at
                )
            todo = _("it must only raise NotImplementedError")
            yield Finding(exercise.stub, said, todo)
            return


def _solution(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """The solution passes, with Numba and without it, and gives the numbers of the README."""
    if not path.is_file():
        return
    found = {}
    for disabled in ("0", "1"):
        failing = graded(exercise, path, disabled).first_failing
        if failing is not None:
            found[disabled] = _("the solution is {verdict} in check {check} ({first_at})").format(
                verdict=failing.verdict, check=failing.check.name, first_at=failing.first_at
            )
    alike = len(found) > 1 and len(set(found.values())) == 1  # it has nothing to do with Numba
    for disabled, said in list(found.items())[: 1 if alike else None]:
        setting = f"NUMBA_DISABLE_JIT={disabled}"
        told = said if alike else _("{what} with {setting}").format(setting=setting, what=said)
        where = quoted_file(exercise.folder.parent)
        command = (
            f"tracer check {quoted_file(path)} --exercise {exercise.name} --exercises {where} "
            f"--seed {SEED}"
        )
        yield Finding(path, told, _("run: {command}").format(command=command))
    readme = exercise.folder / "README.md"
    if found or not readme.is_file():
        return
    example = first_wrong(readme, path)
    if example is not None:
        said = _("line {line}, {code}, says {told}; the solution gives {came}").format(
            line=example.line, code=example.code, told=example.told or "–", came=example.came or "–"
        )
        yield Finding(readme, said, _("correct the number, or the solution"))


def _mistake(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """A known mistake gets exactly the points, and fails first at the place, that it says.

    Its first line names the checks that fail; ``every check``
    stands for all of them.
    """
    said_line = _text(path).partition("\n")[0]
    if not _FIRST_LINE.fullmatch(said_line):
        report = graded(exercise, path)
        todo = _("write: {line}").format(line=first_line(report))
        said = _("the first line does not say what fails")
        if report.first_failing is None:
            said = _("this wrong answer passes every check")
            todo = _("correct the mistake, or the checks")
        yield Finding(path, said, todo)
        return
    checks = [check.name for check in exercise.checks]
    named = said_line.removeprefix(_FAILS).partition("; first at: ")[0]
    for unknown in _unknown(named, checks):
        said = _("its first line names the check “{name}”, which this exercise does not have")
        todo = _("its checks are: {names}").format(names=", ".join(checks))
        yield Finding(path, said.format(name=unknown), todo)
        return
    report = graded(exercise, path)
    really = first_line(report)
    if really != said_line:
        said = _("says “{line}”, but it passes").format(line=said_line)
        if report.first_failing is not None:
            said = _("says “{line}”, but actually: {really}").format(line=said_line, really=really)
        yield Finding(path, said, _("correct the first line, or the mistake, or the checks"))


def _unknown(named: str, checks: Collection[str]) -> list[str]:
    """What the first line of a known mistake names that is no check of the exercise."""
    if named == EVERY:
        return []
    for check in sorted(checks, key=len, reverse=True):  # a name may hold a comma itself
        named = re.sub(rf"(^|, ){re.escape(check)}(?=, |$)", "", named)
    return [name for name in named.split(", ") if name]


def first_line(report: Report) -> str:
    """What a known mistake says of itself: ``# fails: batch; first at: step 1, quantity h``."""
    failing = [c.check.name for c in report.checks if c.verdict is not Verdict.PASSED]
    names = ", ".join(failing) if len(failing) < len(report.checks) else EVERY
    first_at = report.first_failing.first_at if report.first_failing else ""
    return f"{_FAILS}{names}; first at: {first_at}"


def graded(exercise: Exercise, path: Path, disabled: str = "0") -> Report:
    """The report on a file, with the numbers of every run of `tracer dev check`."""
    wall = PlainProcess({"NUMBA_DISABLE_JIT": disabled})
    return grade(exercise, read_answer(exercise, path), seed=SEED, wall=wall)
