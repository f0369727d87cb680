"""Every error a user can meet.

Each message names the thing, what came, what was wanted and, where it helps, what to do:
``U has shape (32, 8); an LSTM with H=16 wants (4H, D) = (64, D)``.
The command line prints the message alone; a traceback means a bug in tracer itself.
"""

from __future__ import annotations

from collections.abc import Iterable


class TracerError(Exception):
    """Base of all errors that tracer raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows, by a name of IPython's: the sentence, and the caller's own line.

        The lines of tracer between the two say nothing to whoever wrote the cell.
        """
        from pathlib import Path
        from traceback import extract_tb

        ours = Path(__file__).parent
        frames = extract_tb(self.__traceback__)
        inside = [ours in Path(one.filename).parents for one in frames]
        caller = frames[inside.index(True) - 1] if any(inside[1:]) else None
        where = [f"line {caller.lineno}: {caller.line}"] if caller and caller.line else []
        return [*where, f"{type(self).__name__}: {self}"]


class TracerWarning(UserWarning):
    """Something that tracer has put right or can do without, and that a person should know."""


class InputError(TracerError, ValueError):
    """An argument has the wrong shape, dtype or value."""


class UnknownNameError(TracerError, KeyError):
    """A name (quantity, model, exercise, device, ...) that is not on its list.

    A `KeyError`, so that what is a mapping (a trace) answers ``get`` as every mapping does.

    Parameters
    ----------
    what : str
        The kind of thing, for example ``"quantity"``.
    got : str
        The name that came.
    known : iterable of str
        The names that would have been understood; the nearest ones are suggested.
    why : str
        Why a name that could be there is not, and what to do; said in place of those names.
    """

    def __init__(self, what: str, got: object, known: Iterable[str], why: str = "") -> None:
        if why:
            super().__init__(f"there is no {what} '{got}': {why}")
            return
        from difflib import get_close_matches

        names = [str(name) for name in known]
        near = get_close_matches(str(got), names, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else "."
        super().__init__(f"there is no {what} '{got}'{hint} Known: {', '.join(names)}")

    def __str__(self) -> str:
        """The sentence as it stands; `KeyError` would put it between quotation marks."""
        return str(self.args[0])


class FileError(TracerError, OSError):
    """A file that is missing, truncated, foreign, or cannot be written."""
