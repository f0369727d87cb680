"""Where a course's exercises lie: tracer's own, or an instructor's folder anywhere.

A folder made by ``tracer init --exercises DIR`` remembers it in ``.tracer/course.toml``:
``exercises = "/home/ines/my-course/exercises"``. A path that is not absolute is seen from the
folder in which ``.tracer`` lies, so that a course can be moved as a whole.
"""

from __future__ import annotations

import json
from pathlib import Path

from tracer.course.workbook import FOLDER, Workbook
from tracer.errors import FileError, UnknownNameError
from tracer.exercises import discovery
from tracer.exercises.exercise import Folder
from tracer.language import _, quoted_file
from tracer.storage import tomlfile
from tracer.storage.whole import replacing

FILE = "course.toml"
KEY = "exercises"


def exercises_for(said: str | None, what: str | None, here: Path) -> Path:
    """The folder of the exercises that a command is about.

    Parameters
    ----------
    said : str or None
        What ``--exercises`` says.
    what : str or None
        The exercise or the file that the command names; a file may lie in another workbook.
    here : Path

    Raises
    ------
    FileError
        If a course file cannot be read, or says something else than a folder.
    """
    if said is not None:
        return Path(here, said)
    return remembered(_start(what, here)) or discovery.home()


def remembered(start: Path) -> Path | None:
    """The folder that the workbook around `start` remembers; None where there is none."""
    book = Workbook.find(start)
    if book is None:
        return None
    path = book.root / FOLDER / FILE
    if not path.exists():
        return None
    entries = tomlfile.read(path)
    for name in entries:
        if name != KEY:
            unknown = UnknownNameError("key", name, [KEY])
            raise FileError(_("{file}: {why}").format(file=path, why=unknown))
    folder = entries.get(KEY)
    if not isinstance(folder, str) or not folder:
        raise FileError(
            _("{file}: {key} = {value}; expected the folder of the exercises, as text").format(
                file=path, key=KEY, value=json.dumps(folder, default=str)
            )
        )
    return book.root / folder


def remember(root: Path, folder: Path) -> None:
    """Write into the workbook at `root` where its exercises are.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    path = root / FOLDER / FILE
    text = f"{KEY} = {json.dumps(str(folder.resolve()), ensure_ascii=False)}\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def begin(exercise: Folder) -> str:
    """The command that makes a folder with the exercises to which this one belongs."""
    course = exercise.folder.parent
    if course.resolve() == discovery.home().resolve():
        return "tracer init my-course"
    here = Path.cwd()
    shown = course.relative_to(here) if course.is_relative_to(here) else course
    return f"tracer init my-course --exercises {quoted_file(shown)}"


def _start(what: str | None, here: Path) -> Path:
    if what:
        try:
            path = Path(here, what).resolve()
            if path.exists():
                return path if path.is_dir() else path.parent
        except (OSError, ValueError, RuntimeError):
            pass
    return here
