"""Which functions of a session are not those that are saved: their file was, after their import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import NamedTuple

from tracer.errors import FileError
from tracer.exercises.form import Form, digest
from tracer.exercises.submission import Submission
from tracer.language import _
from tracer.live.reached import Names, home, reached, used


def form_loaded(names: Names) -> Form | None:
    """The earlier answer of which these are the global names, as it was when it was imported."""
    state = getattr(names.get("__spec__"), "loader_state", None)
    return state if isinstance(state, Form) else None


class Old(NamedTuple):
    """What the session has of a module is not what is saved in `file`.

    That is the file of the module, or of another one that it imports.
    """

    module: str
    file: str

    def __str__(self) -> str:
        """What to do, in a line."""
        said = _(
            "{file} was saved after this session imported it: run the import of {module} again."
        )
        return said.format(**self._asdict())


def old_ones(values: Iterable[object]) -> list[Old]:
    """Of functions, classes and modules, those whose file was saved since."""
    modules = {id(names): names for names in map(home, values) if form_loaded(names)}
    found = ((names["__name__"], _saved_since(names, set())) for names in modules.values())
    return list(dict.fromkeys(Old(module, file) for module, file in found if file))


def old_in(functions: Iterable[object]) -> list[Old]:
    """The same of the functions themselves, and of those of other modules that they call."""
    called = [value for one in reached(functions) for _name, value in used(one)]
    return old_ones([*functions, *called])


def _saved_since(names: Names, seen: set[int]) -> str:
    """The name of a file that was saved after the module of these names was loaded from it."""
    form = form_loaded(names)
    if form is None or id(names) in seen:
        return ""
    seen.add(id(names))
    try:
        now = digest(Submission.read(names["__spec__"].origin).source)
    except FileError:  # it is not there any more
        return ""
    if now != form.digest:
        return form.file
    return next(filter(None, (_saved_since(home(one), seen) for one in _defined(names))), "")


def _defined(names: Names) -> Iterator[object]:
    """What a module has from other modules: functions, classes, or those themselves."""
    for value in list(names.values()):
        if isinstance(value, ModuleType) or getattr(value, "__module__", None) not in (
            None, names["__name__"],
        ):  # fmt: skip
            yield value
