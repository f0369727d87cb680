"""What an autograder is to do in somebody's box: a file of JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.errors import FileError
from tracer.gradebook.feedback import Dial, Feedback, Level

if TYPE_CHECKING:
    from tracer.gradebook.rules import Rules

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
    feedback : Feedback
        How much students are shown of each check.
    due : mapping of str to str
        When an exercise is due, where the system does not say it.
    """

    to: str
    exercises: tuple[str, ...]
    own: bool = False
    seconds: float = 5.0
    trusted: bool = False
    visible: str = VISIBLE[0]
    feedback: Feedback = field(default_factory=Feedback)
    due: Mapping[str, str] = field(default_factory=dict)

    def due_of(self, exercise: str) -> datetime | None:
        """When an exercise is due."""
        said = self.due.get(exercise)
        return None if said is None else datetime.fromisoformat(said)

    def as_text(self) -> str:
        """They as the file has them."""
        told = {
            "to": self.to, "exercises": list(self.exercises), "own": self.own,
            "seconds": self.seconds, "trusted": self.trusted, "visible": self.visible,
            "feedback": {
                "course": _written(self.feedback.course),
                "exercises": {e: _written(d) for e, d in self.feedback.exercises.items()},
                "checks": [[*key, _written(d)] for key, d in self.feedback.checks.items()],
            },
            "due": dict(self.due),
        }  # fmt: skip
        return json.dumps({"schema": SCHEMA, **told}, indent=1) + "\n"


def with_rules(settings: Settings, rules: Rules) -> Settings:
    """The same, with what the rules say of these exercises; never a student's name or mark."""
    wanted, told = settings.exercises, rules.feedback
    return replace(
        settings,
        feedback=Feedback(
            told.course,
            {e: dial for e, dial in told.exercises.items() if e in wanted},
            {key: dial for key, dial in told.checks.items() if key[0] in wanted},
        ),
        due={e: moment.isoformat() for e, moment in rules.due.items() if e in wanted},
    )


def _written(dial: Dial) -> dict[str, Any]:
    tries = {str(count): level.name for count, level in dial.after_tries.items()}
    return {"now": dial.now.name, "after_due": dial.after_due.name, "after_tries": tries}


def _dial(told: Mapping[str, Any]) -> Dial:
    tries = {int(count): Level[name] for count, name in told["after_tries"].items()}
    return Dial(Level[told["now"]], Level[told["after_due"]], tries)


def _feedback(told: Mapping[str, Any]) -> Feedback:
    return Feedback(
        _dial(told["course"]),
        {exercise: _dial(dial) for exercise, dial in told["exercises"].items()},
        {(exercise, check): _dial(dial) for exercise, check, dial in told["checks"]},
    )


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
        made = {"exercises": tuple(found["exercises"]), "feedback": _feedback(found["feedback"])}
        return Settings(**{**found, **made})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"cannot read {path}: {error}") from error
