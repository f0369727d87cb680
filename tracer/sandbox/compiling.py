"""What Numba says of a function that it cannot compile: the line and the reason; runs in the child.

Its message is long: the way through the compiler, the source around, every candidate that does not
fit. A student needs the reason, which comes first, and the line. Like `runner`, this file is copied
beside the student's and imports the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_HEAD = re.compile(r"Failed in \w+ mode pipeline.*")
_PLACE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_WITHIN = re.compile(
    r"(?:TypingError|NumbaTypeError|UnsupportedError|NumbaValueError): (?P<why>.+)"
)
_CALLED = re.compile(r">>> (?P<call>.+)")
_GENERAL = "No implementation of function"


def uncompiled(error: BaseException, own: Callable[[str, int], int | None]) -> dict[str, Any]:
    """The reason, and the line of the student's own; nothing of another exception.

    Parameters
    ----------
    error : BaseException
    own : callable
        The line of the student's own, of a file as Numba names it and a number; None of any other.

    Returns
    -------
    dict
        ``numba`` is True, ``message`` the reason, in Numba's words; ``types`` what was called with
        values of which types, where that is the reason, and else empty.
    """
    if not type(error).__module__.startswith("numba."):
        return {}
    try:
        text = _COLOURS.sub("", str(error))
        lines = [line.strip() for line in text.split("\n")]
        said = [line for line in lines if line and not _HEAD.fullmatch(line)]
        reason = next((line.lstrip("- ") for line in said), "")
        call = _CALLED.search(text) if reason.startswith(_GENERAL) else None
        if call is not None:
            within = _WITHIN.search(text)
            reason = within["why"] if within is not None else ""
        places = (own(found["file"], int(found["line"])) for found in _PLACE.finditer(text))
        line = next((place for place in places if place is not None), None)
        facts = {"numba": True, "message": reason, "types": "" if call is None else call["call"]}
        return facts if line is None else facts | {"line": line}
    except BaseException:  # noqa: BLE001 - whatever the student's own exception did when looked at
        return {}
