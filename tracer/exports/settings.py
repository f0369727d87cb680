"""What an autograder is to do in somebody's box: a file of JSON beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tracer.errors import FileError

FILE = "box.json"
SCHEMA = "tracer-box-1"

OWN = "exercises"
"""The folder beside the settings in which an instructor's own exercises lie."""

VISIBLE = ("visible", "after_due_date", "after_published", "hidden")
"""When students see a check, in Gradescope's words."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is graded, and how.

    Attributes
    ----------
    to : str
        The name of the format.
    exercises : tuple of str
        Their names.
    own : bool
        Whether they lie beside the settings; else they are tracer's.
    seconds : float
        Of processor time for each call.
    trusted : bool
        Whether submissions run also where no wall can stand that keeps them from doing harm.
    visible : str
    """

    to: str
    exercises: tuple[str, ...]
    own: bool = False
    seconds: float = 5.0
    trusted: bool = False
    visible: str = VISIBLE[0]

    def as_text(self) -> str:
        """They as the file has them."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1) + "\n"


def read(path: Path) -> Settings:
    """The settings in a file.

    Raises
    ------
    FileError
        If there are none, or those of another version.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if found.pop("schema") != SCHEMA:
            raise FileError(f"{path} is not of this version of tracer: make the autograder anew")
        return Settings(**{**found, "exercises": tuple(found["exercises"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"cannot read {path}: {error}") from error
