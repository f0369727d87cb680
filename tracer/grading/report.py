"""What is said about a submission, as frozen records; the sentences are made by `tracer.view`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.form import Form


class Verdict(StrEnum):
    """How a check, or a whole submission, ended."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_STARTED = "not_started"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader_fault"
    UNDECIDED = "undecided"  # of a check only: an earlier mistake hides what it is about


class Kind(StrEnum):
    """What is the matter where it is not a wrong number."""

    EMPTY = "empty"  # the function has no body yet
    NONE = "none"  # it returned None
    COUNT = "count"  # not as many values as asked for
    RAGGED = "ragged"  # a list whose rows differ in length
    DTYPE = "dtype"
    SHAPE = "shape"
    PRECISION = "precision"  # float64 where float32 was asked for
    ORDER = "order"  # the right values in another order
    SHARED = "shared"  # an array that was returned changed later
    CHANGED = "changed"  # an input was changed
    WARNED = "warned"  # the numbers are right, but NumPy gave a warning
    NO_FUNCTION = "no function"
    FORM = "form"  # the file is nothing that Python could run
    RAISED = "raised"  # the student's own exception
    TIME = "time"
    MEMORY = "memory"
    DIED = "died"  # the process ended by itself
    GARBLED = "garbled"  # bytes that the runner did not write
    FAULT = "fault"  # the grader broke


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is the matter, and where it was noticed.

    Attributes
    ----------
    kind : Kind
    call, step : int
        Which call of the function, and which step of the sequence, both from 0.
    facts : mapping
        What a sentence about it needs: names, shapes, the student's exception and line.
    """

    kind: Kind
    call: int = 0
    step: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """A well-known mistake that gives exactly the student's numbers.

    Attributes
    ----------
    kind : str
        ``"without"`` a share of the sums z, ``"untransposed"`` W, or another ``"function"``.
    names : tuple of str
        The quantities that are made in the wrong way.
    functions : tuple of str
        What each of them is made with, if that is the mistake.
    share : str
        The end of the share that is left out: ``"x"``, ``"h"`` or ``"a"``.
    arguments : tuple of str
        What each of those functions is taken of: the sum z of a gate.
    """

    kind: Literal["without", "untransposed", "function"]
    names: tuple[str, ...]
    functions: tuple[str, ...] = ()
    share: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of the first step at which a quantity is not right: the first, row by row.

    Attributes
    ----------
    call, step, batch, unit : int
        Where, all from 0.
    quantity : str
    got, expected : float
        `expected` follows from the student's own numbers of the step before and of the quantities
        computed before it, so that it is wrong by itself and no consequence of something else.
    values : mapping of str to float
        Every quantity of that unit at that step, to put into the equation.
    through : str
        Which quantity in the equation, computed and not returned, counts most there; or empty.
    shares : tuple of str
        Quantities that were not returned and may be the common cause of this and an earlier
        difference; empty if it is wrong by itself.
    cause : Cause or None
        The mistake that gives these numbers, where one is known to.
    """

    call: int
    step: int
    quantity: str
    batch: int
    unit: int
    got: float
    expected: float
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    through: str = ""
    shares: tuple[str, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How one check ended.

    Attributes
    ----------
    check : Check
    verdict : Verdict
    difference : Difference or None
        The first wrong number.
    also : tuple of Difference
        The first wrong numbers of other quantities, none of them a mere consequence of it.
    blocks : tuple of str
        The order in which the blocks of U, W and a were read, where that explains every number.
    trouble : Trouble or None
        What is the matter where it is not a wrong number; of a check that is passed, a remark.
    printed : str
        What the submission wrote during this check.
    shapes : mapping of str to tuple of int
        What the function is called with.
    """

    check: Check
    verdict: Verdict
    difference: Difference | None = None
    also: tuple[Difference, ...] = ()
    blocks: tuple[str, ...] = ()
    trouble: Trouble | None = None
    printed: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def points(self) -> int:
        """All points of the check, or none."""
        return self.check.points if self.verdict is Verdict.PASSED else 0

    @property
    def first_at(self) -> str:
        """Where it first goes wrong, as mistakes in ``solutions/`` name it; empty if passed."""
        if self.difference is not None:
            d, where = self.difference, ""
            if self.check.calls > 1:
                where = f"call {d.call + 1}, "
            return f"{where}step {d.step + 1}, quantity {d.quantity}"
        if self.trouble is None or self.verdict is Verdict.PASSED:
            return ""
        facts = self.trouble.facts
        match self.trouble.kind:
            case Kind.ORDER:
                return f"order {', '.join(facts['got'])}"
            case Kind.CHANGED:
                return f"input {facts['name']}"
            case Kind.RAISED:
                return f"exception {facts['type']}"
            case kind:
                return str(kind)


@dataclass(frozen=True, slots=True)
class Report:
    """How a submission did.

    Attributes
    ----------
    exercise : Exercise
    file : str
        What the student calls it.
    seed : int
        Draws the same numbers again.
    checks : tuple of CheckReport
        In the order of the exercise.
    printed : str
        What the submission wrote to its output, cut off where it was too much.
    seconds : float
        How long it ran.
    form : Form
        The submission as it was run, to show a line of it.
    libraries : mapping of str to bool
        What an answer may import beside Python's own library, and whether it is installed here.
    """

    exercise: Exercise
    file: str
    seed: int
    checks: tuple[CheckReport, ...]
    printed: str = ""
    seconds: float = 0.0
    form: Form = field(default=Form(""), repr=False)
    libraries: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def first_failing(self) -> CheckReport | None:
        """The first check that did not pass."""
        return next((c for c in self.checks if c.verdict is not Verdict.PASSED), None)

    @property
    def verdict(self) -> Verdict:
        """The verdict of the first check that did not pass; a grader's fault before all others."""
        if any(c.verdict is Verdict.GRADER_FAULT for c in self.checks):
            return Verdict.GRADER_FAULT
        failing = self.first_failing
        return failing.verdict if failing else Verdict.PASSED

    @property
    def points(self) -> int:
        """The score."""
        return sum(c.points for c in self.checks)

    @property
    def out_of(self) -> int:
        """The best possible score."""
        return sum(c.check.points for c in self.checks)
