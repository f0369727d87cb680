"""What is known of an attempt after it was graded: all that the rules see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One attempt.

    Attributes
    ----------
    student, exercise, attempt : str
    number : int
        That of what was handed in; the same one again, after another, is one more attempt.
    time : datetime or None
        When it was handed in, with all that it imports; None where nothing says so.
    late : bool or None
        Whether the course's system calls it late; None where it says nothing.
    verdict : str
    points : float or None
        None where the grader itself failed: nothing is known of it, which is not 0.
    out_of : int
    download : int
        With which of the downloads it was handed in: those of one command are one.
    base : int or None
        Where it is another one once more, with other earlier answers: the number of that one.
    own_time : datetime or None
        When the file itself was handed in, without what it imports.
    now : bool
        Whether it is with the earlier answers that go with it today.
    """

    student: str
    exercise: str
    attempt: str
    number: int
    time: datetime | None
    late: bool | None
    verdict: str
    points: float | None
    out_of: int
    download: int = 0
    base: int | None = None
    own_time: datetime | None = None
    now: bool = True
