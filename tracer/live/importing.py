"""``tracer.use_earlier``: in a notebook, a student's earlier answers are imported by their names.

``from rnn_step import rnn_step`` finds what ``tracer check`` finds: the answer in the folder of its
exercise, a notebook or a file, and of a notebook only what its function needs. What is saved since
it was imported is imported anew, where IPython says that a cell begins; and where it says that one
has ended, of what the session still has from before that is told.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Mapping
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tracer.course.as_notebook import SUFFIX
from tracer.course.earlier import place_of
from tracer.errors import FileError, InputError
from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Form, digest, look
from tracer.exercises.submission import Submission
from tracer.live.named import the_exercise
from tracer.live.saved import old_ones

_BEFORE, _AFTER = "pre_run_cell", "post_run_cell"
"""What IPython calls the moments around the run of a cell."""


def use_earlier(exercise: str, /, *, exercises: str | os.PathLike[str] | None = None) -> None:
    """Have this session import the earlier answers that an exercise may use, as they are saved.

    Parameters
    ----------
    exercise : str
        Its name, its number, or the start of either.
    exercises : path, optional
        A folder of exercises of your own; by default those of tracer.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.
    InputError
        If it uses no earlier answer.

    Examples
    --------
    >>> import tracer
    >>> tracer.use_earlier("13")  # then: from rnn_step import rnn_step
    """
    asked = the_exercise(exercise, exercises)
    used = {one.module: one for one in all_used(asked)}
    if not used:
        raise InputError(f"exercise {asked.name} uses no earlier answer; there is none to import")
    for one in [one for one in sys.meta_path if isinstance(one, _EarlierAnswers)]:
        one.end()
    here = Path.cwd()
    inside = here / asked.name  # where the session runs in the folder of all exercises
    answer = (inside if inside.is_dir() else here) / asked.file
    places = {module: place_of(one, asked, answer) for module, one in used.items()}
    _EarlierAnswers(used, places).begin()


class _EarlierAnswers(MetaPathFinder, InspectLoader):
    """Finds the modules of these exercises, each in the file at its place."""

    def __init__(self, used: Mapping[str, Exercise], places: Mapping[str, Path]) -> None:
        self._used, self._places = used, places
        self._loaded: dict[str, str] = {}  # the digest of each file
        self._untold = False  # that one was saved since

    def begin(self) -> None:
        """Find them from now on, before any other file of that name."""
        self.forget_all()
        sys.meta_path.insert(0, self)
        if (shell := _shell()) is not None:
            shell.events.register(_BEFORE, self.forget_changed)
            shell.events.register(_AFTER, self.tell)

    def end(self) -> None:
        """Find them no more."""
        sys.meta_path.remove(self)
        if (shell := _shell()) is not None:
            shell.events.unregister(_BEFORE, self.forget_changed)
            shell.events.unregister(_AFTER, self.tell)

    def forget_all(self) -> None:
        """Have each of them loaded anew where it is imported the next time."""
        for module in self._used:
            sys.modules.pop(module, None)

    def forget_changed(self, *_: object) -> None:
        """The same, if one of them was saved since; another one may have imported it."""
        if any(self._digest(module) != digest for module, digest in self._loaded.items()):
            self._loaded.clear()
            self.forget_all()
            self._untold = True

    def tell(self, *_: object) -> None:
        """Say once of which names the session still has what was imported before."""
        if self._untold and (shell := _shell()) is not None:
            self._untold = False
            for one in old_ones(filter(self._is_used, shell.user_ns.values())):
                print(one, file=sys.stderr)  # noqa: T201 - the session is told, as by a warning

    def _is_used(self, value: object) -> bool:
        name = "__name__" if isinstance(value, ModuleType) else "__module__"
        return getattr(value, name, None) in self._used

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """One of these modules; where its answer is not there, no other file of that name."""
        del target
        if path is not None or fullname not in self._used:
            return None
        exercise, place = self._used[fullname], self._places[fullname]
        if not os.path.lexists(place):
            either = f"{exercise.module}{SUFFIX} and no {exercise.file}"
            raise ModuleNotFoundError(
                f"{fullname} is your answer to exercise {exercise.number}; there is no {either} in "
                f"{place.parent}",
                name=fullname,
            )
        spec = ModuleSpec(fullname, self, origin=str(place))
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """As Python makes one."""

    def exec_module(self, module: ModuleType) -> None:
        """Load it; of a notebook, what its function needs."""
        name = module.__name__
        form = self._form(name)
        self._loaded[name] = form.digest
        assert module.__spec__ is not None
        module.__spec__.loader_state = form  # known as long as its functions are, see `saved`
        file, text = str(self._places[name]), _text(form)
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
        exec(self._code(name, form), module.__dict__)  # noqa: S102 - it is the student's own session

    def get_source(self, fullname: str) -> str:
        """What of its file is loaded."""
        return _text(self._form(fullname))

    def get_code(self, fullname: str) -> CodeType:
        """The same, compiled."""
        return self._code(fullname, self._form(fullname))

    def _form(self, name: str) -> Form:
        exercise, place = self._used[name], self._places[name]
        try:
            source = Submission.read(place).source
        except FileError as error:
            raise ImportError(str(error), name=name) from None
        form = look(place.name, source, exercise.called_names, (exercise.name, exercise.number))
        if form.problem is not None:
            from tracer.view.say.form import form_sentences

            facts = {"what": form.problem.what, **form.problem.facts}
            raise ImportError(" ".join(form_sentences(form.file, facts)), name=name)
        return form

    def _code(self, name: str, form: Form) -> CodeType:
        place = self._places[name]
        try:
            code: CodeType = compile(form.program, str(place), "exec", dont_inherit=True)
        except SyntaxError as error:
            line = form.line(error.lineno)
            if line is not None and line.cell is not None:  # as it is counted in its own cell
                error.lineno, error.filename = line.number, f"{place.name}, code cell {line.cell}"
            raise
        return code

    def _digest(self, name: str) -> str:
        try:
            return digest(Submission.read(self._places[name]).source)
        except FileError:
            return ""


def forget_changed() -> None:
    """Have the next import of an answer that was saved since find it, also without IPython."""
    for one in sys.meta_path:
        if isinstance(one, _EarlierAnswers):
            one.forget_changed()


def _text(form: Form) -> str:
    return form.program.decode("utf-8", "replace")


def _shell() -> Any:
    """IPython's, where it runs this."""
    there = sys.modules.get("IPython")
    return None if there is None else there.get_ipython()
