"""A folder to start an exercise of one's own from: complete, and right.

Everything is made of the list's equations: the stub, a page with the equations, the shapes and a
worked example, hints, the solution, and three wrong answers. An instructor puts other words, and
other functions, in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tracer.course.as_numpy import Equations, code, slips
from tracer.course.authoring import FEWEST_MISTAKES, first_line, graded
from tracer.course.skeleton import Skeleton
from tracer.equations import CELLS
from tracer.equations.updates import UPDATES
from tracer.errors import FileError, InputError
from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.exercises.wanted import FOLDER_NAME
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.storage.writing import writing


def start(name: str, equations: str, folder: Path, *, reference: bool = False) -> list[Path]:
    """Make ``exercises/NAME`` and ``solutions/NAME`` in a folder; what is there is never changed.

    Parameters
    ----------
    name : str
        A number of two digits and the name of the student's file: ``"60_gru_step"``.
    equations : str
        A kind of cell or of update, whose equations are asked for.
    folder : Path
    reference : bool
        Whether a reference.py says what is right, instead of the equations.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    FileError
        If there is something of that name or number, or a file cannot be written.
    InputError
        If the name is none, there are no such equations, or they cannot have a reference.
    """
    known = (*CELLS, *UPDATES)
    if equations not in known:
        raise InputError(
            _(
                "--equations {name}: there are no equations of that name; expected one of {names}. "
                "For equations that are on no list, leave it out and add --reference"
            ).format(name=equations or "''", names=", ".join(known))
        )
    if not FOLDER_NAME.fullmatch(name):
        raise InputError(
            _(
                "{name} needs a form like 60_gru_step: a number of two digits, _, and small letters"
            ).format(name=name)
        )
    if reference and equations in UPDATES:
        raise InputError(
            _("a reference.py is made for a kind of cell, and {equations} is an update").format(
                equations=equations
            )
        )
    exercise, solution = folder / "exercises" / name, folder / "solutions" / name
    for path in (exercise, solution, *sorted(exercise.parent.glob(f"{name[:2]}_*"))):
        if path.exists():
            raise FileError(
                _("there is {folder} already; choose another name or number").format(folder=path)
            )
    asked = Skeleton(name, equations, reference=reference)
    with writing():
        for place in (exercise, solution / "mistakes"):
            place.mkdir(parents=True)
        files = {exercise / file: text for file, text in asked.files().items()}
        files[solution / asked.file] = asked.answer()
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        made = read(exercise)
        for path, text in _mistakes(made, asked, solution / "mistakes"):
            path.write_text(text, encoding="utf-8")
            files[path] = text
    return list(files)


def _mistakes(exercise: Exercise, asked: Skeleton, folder: Path) -> Iterator[tuple[Path, str]]:
    """Wrong answers that fail a check, of different kinds first, with what they fail."""
    first: dict[str, Equations] = {}
    rest = []
    for title, equations in slips(asked.equations):
        if title in first:
            rest.append((title, equations))
        first.setdefault(title, equations)
    found = 0
    for number_, (title, equations) in enumerate(chain(first.items(), rest)):
        if found == FEWEST_MISTAKES:
            return
        path = folder / f"{title}{'' if number_ < len(first) else f'_{number_}'}.py"
        text = code(asked.function, equations)
        path.write_text(text, encoding="utf-8")
        report = graded(exercise, path)
        if report.verdict is Verdict.PASSED:  # the slip makes no difference
            path.unlink()
            continue
        found += 1
        yield path, f"{first_line(report)}\n{text}"
