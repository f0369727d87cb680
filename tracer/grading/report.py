"""What is said about a submission, as frozen records; the sentences are made by `tracer.view`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.exercises.earlier import all_earlier
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.form import Form

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis

Array: TypeAlias = npt.NDArray[Any]


class Verdict(StrEnum):
    """How a check, or a whole submission, ended."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_STARTED = "not_started"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    NOT_TRIED = "not_tried"  # since others timed out
    OUT_OF_MEMORY = "out_of_memory"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader_fault"


class Kind(StrEnum):
    """What is the matter where it is not a wrong number."""

    EMPTY = "empty"  # the function has no body yet
    STILL_NONE = "still none"  # what it returns was never set to anything but None
    NONE = "none"  # it returned None
    COUNT = "count"  # not as many values as asked for
    NO_DICT = "no dict"  # something else where a dict was asked for
    NO_ENTRY = "no entry"  # a dict without one of its keys
    RAGGED = "ragged"  # a list whose rows differ in length
    DTYPE = "dtype"
    SHAPE = "shape"
    PRECISION = "precision"  # float64 where float32 was asked for
    SHARED = "shared"  # an array that was returned changed later
    CHANGED = "changed"  # an input was changed
    REMEMBERS = "remembers"  # right alone, wrong after another call
    EARLIER = "earlier"  # an earlier answer of the student's, which this one imports, is wrong
    WARNED = "warned"  # NumPy or Python gave a warning
    NO_FUNCTION = "no function"
    LAUNCH = "launch"  # no kernel ran, or not with a thread for each number
    FORM = "form"  # the file is nothing that Python could run
    PROPERTY = "property"  # what the exercise states of the answer does not hold
    RAISED = "raised"  # the student's own exception
    TIME = "time"
    MEMORY = "memory"
    DIED = "died"  # the process ended by itself
    DISK = "disk"  # more in its folder than it may keep there
    GARBLED = "garbled"  # bytes that the runner did not write
    FAULT = "fault"  # the grader broke


class Standing(StrEnum):
    """How a quantity stands against the equations."""

    RIGHT = "right"  # what the equations give
    FOLLOWS = "follows"  # what they give from the student's own numbers, of which some are wrong
    WRONG = "wrong"
    MISSING = "missing"  # not all of it came, or not in the right shape


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
class Difference:
    """The first number of a quantity that is not right.

    Attributes
    ----------
    call : int
        In which round of calls, from 0.
    step : int or None
        At which step, from 0; None of what has no steps.
    quantity : str
    axes : tuple of str
        Of one step of the quantity, as letters: ``("N", "H")``.
    at : tuple of int
        Its place on these axes.
    got, expected : array
        One step of the quantity: what came, and what follows from the student's own numbers of
        the step before and of the quantities computed before it.
    wrong : array of bool
        Where `got` is neither what follows nor what the equations give.
    right_steps : tuple of int
        The steps of this round at which the quantity is right.
    following_steps : tuple of int
        Those at which it is only what follows from the student's own numbers of the step before.
    steps : int
        How many steps there are.
    from_the_end : bool
        Whether it is computed from the last step to the first.
    whole : bool
        Whether the right numbers are whole ones, like the number of a word.
    own : tuple of str
        Quantities of the student's own, themselves not right, from which `expected` is computed.
    values : mapping
        What the equation reads, and what is computed on the way to it: one step of each.
    touched : frozenset of str
        The quantities of this step that the mistake makes other ones, where it is known.
    returned : str or None
        Where it stands in what the student's function returns, if by another name or place.
    """

    call: int
    step: int | None
    quantity: str
    axes: tuple[str, ...]
    at: tuple[int, ...]
    got: Array = field(repr=False)
    expected: Array = field(repr=False)
    wrong: npt.NDArray[np.bool_] = field(repr=False)
    right_steps: tuple[int, ...] = ()
    following_steps: tuple[int, ...] = ()
    steps: int = 1
    from_the_end: bool = False
    whole: bool = False
    own: tuple[str, ...] = ()
    values: Mapping[str, Array] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )  # fmt: skip
    touched: frozenset[str] = frozenset()
    returned: str | None = None

    @property
    def got_number(self) -> float:
        """The number that came."""
        return float(self.got[self.at])

    @property
    def expected_number(self) -> float:
        """The number that was expected."""
        return float(self.expected[self.at])


@dataclass(frozen=True, slots=True)
class Unrolled:
    """The states of one sentence over its steps, as they came and as they are right.

    Attributes
    ----------
    row : int
        Which sentence of the batch, from 0.
    length : int
        How many of its steps are words; the others are padding.
    initial : mapping of str to (H,)
        Each state before the first step.
    came, right : mapping of str to (T, H)
        Each quantity in computing order; of what came, as many steps as there were.
    inexact : mapping of str to (T, H)
        Where what came is not right.
    """

    row: int
    length: int
    initial: Mapping[str, Array] = field(repr=False)
    came: Mapping[str, Array] = field(repr=False)
    right: Mapping[str, Array] = field(repr=False)
    inexact: Mapping[str, npt.NDArray[np.bool_]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuantityReport:
    """How one quantity of a check did.

    `hollow` is whether its numbers are 0 or NaN and should not be, or follow only from such.
    """

    name: str
    standing: Standing
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How one check ended.

    Attributes
    ----------
    check : Check
    verdict : Verdict
    points : float
        Its share of the check's points, in tenths.
    quantities : tuple of QuantityReport
        Each that the check looks at.
    difference : Difference or None
        The first wrong number, in computing order.
    also : tuple of Difference
        The first wrong numbers of other quantities, none of them a mere consequence of it.
    unrolled : Unrolled or None
        The sentence with the first wrong number, where there is a state for each of its steps.
    trouble : Trouble or None
        What is the matter where it is not a wrong number.
    remarks : tuple of Trouble
        What else is good to know: NumPy's warnings, what is remembered between calls.
    diagnosis : Diagnosis or None
        Which mistake gives the numbers of this check, where that of the report does not say it.
    told_in : str
        The check that fails before this one, if this one need not be looked at by itself.
    printed : str
        What the submission wrote during this check.
    shapes : mapping of str to tuple of int
        What the function is called with.
    """

    check: Check
    verdict: Verdict
    points: float = 0.0
    quantities: tuple[QuantityReport, ...] = ()
    difference: Difference | None = None
    also: tuple[Difference, ...] = ()
    unrolled: Unrolled | None = None
    trouble: Trouble | None = None
    remarks: tuple[Trouble, ...] = ()
    diagnosis: Diagnosis | None = None
    told_in: str = ""
    printed: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def first_at(self) -> str:
        """Where it first goes wrong, as mistakes in ``solutions/`` name it; empty if passed."""
        if self.difference is not None:
            d = self.difference
            call = f"call {d.call + 1}, " if self.check.calls > 1 else ""
            step = "" if d.step is None else f"step {d.step + 1}, "
            return f"{call}{step}quantity {d.quantity}"
        if self.trouble is None or self.verdict is Verdict.PASSED:
            return ""
        facts = self.trouble.facts
        match self.trouble.kind:
            case Kind.CHANGED:
                return f"input {facts['name']}"
            case Kind.RAISED:
                return f"exception {facts['type']}"
            case kind:
                return str(kind)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a right answer made of a sentence, with the weights of a trained network.

    Attributes
    ----------
    function : str
        What the student calls it.
    model : str
        The network, one that comes with tracer.
    words : tuple of str
    h : (T, H)
        What the answer gave after each word.
    label : str
        What the network says after the last of these.
    share : float
        Its probability.
    same : bool
        Whether every number is what the equations give.
    """

    function: str
    model: str
    words: tuple[str, ...]
    h: Array = field(repr=False)
    label: str
    share: float
    same: bool


class Why(StrEnum):
    """What is known of the numbers that a line made."""

    ABSENT = "absent"
    """They are the first that do not occur in the right computation."""
    MISTAKEN = "mistaken"
    """They are the first that the computation with the named mistake has, and the right one not."""
    LOOP = "loop"
    """They say how the loop over the steps runs, and are those of the named mistake."""
    OTHER = "other"
    """They are those of another quantity."""
    MISSING = "missing"
    """The loop leaves some out, for which nothing is stored; of steps, it ends before the last."""
    SKIPPED = "skipped"
    """A condition: what stands below it is not done where it is needed."""
    TURNED = "turned"
    """They are the words of the step, with the sentences in another order."""
    ONCE = "once"
    """A state is set before the loop over the sentences: the next one begins with what is left."""
    LOST = "lost"
    """A value is computed and given to no variable."""
    COMPARED = "compared"
    """A variable is compared with a value where it should get it."""
    ENDED = "ended"
    """A ``return`` that ends a loop in its first round."""
    NO_RETURN = "no return"
    """A function that hands back nothing, where its value is used."""
    SHARED = "shared"
    """A list or dictionary that is made once for all calls, as an argument's default."""
    PASSED = "passed"
    """A function is called with another quantity than its parameter is named after."""
    UNEQUAL = "unequal"
    """They are in the right computation, but not as what they are called or returned as."""


OF_A_VALUE = (Why.ABSENT, Why.MISTAKEN, Why.UNEQUAL, Why.OTHER, Why.TURNED, Why.LOOP)
"""What is said of a value, and not of how the code runs."""


@dataclass(frozen=True, slots=True)
class Blame:
    """A line, and what is known of it.

    Attributes
    ----------
    line, last : int
        The lines of the statement, from 1.
    name : str
        The variable that it gave these numbers to; ``return`` for what came back; empty for a
        value on the way that has no name.
    why : Why
    quantity : str
        Where they are those of another quantity, that one; where they are unequal, the quantity
        that they should be, and empty for what comes back.
    right : tuple of (str, int)
        Variables that came before it and are right, each with its line.
    step : int or None
        At which step of the sequence it got them, from 0, where that is known.
    of_step : int or None
        Where they are those of a quantity at another step, that step.
    file : str
        The module of the student's earlier answer in which the line stands; empty for this one.
    read : tuple of (str, int)
        Variables that it read, with numbers that the right computation does not have, and the line
        of each.
    called : int or None
        The line that called the function in which it stands, unless all that it was given is right.
    under : int or None
        Where it is a whole number, made of no variable and under a condition, the line of that.
    """

    line: int
    last: int
    name: str
    why: Why = Why.ABSENT
    quantity: str = ""
    right: tuple[tuple[str, int], ...] = ()
    step: int | None = None
    of_step: int | None = None
    file: str = ""
    read: tuple[tuple[str, int], ...] = ()
    called: int | None = None
    under: int | None = None


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
    diagnosis : Diagnosis or None
        Which mistake gives the numbers of all checks; None where nothing is wrong with numbers.
    blame : Blame or None
        The line to look at first, where one is known.
    printed : str
        What the submission wrote to its output, cut off where it was too much.
    seconds : float
        How long it ran.
    form : Form
        The submission as it was run, to show a line of it.
    libraries : mapping of str to bool
        What an answer may import beside Python's own library, and whether it is installed here.
    wall : str
        What it ran behind: one of `tracer.sandbox.walls.WALLS`, or ``none``.
    reading : Reading or None
        What a right answer made of a sentence, where that was asked for.
    """

    exercise: Exercise
    file: str
    seed: int
    checks: tuple[CheckReport, ...]
    diagnosis: Diagnosis | None = None
    blame: Blame | None = None
    printed: str = ""
    seconds: float = 0.0
    form: Form = field(default=Form(""), repr=False)
    libraries: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    wall: str = "none"
    reading: Reading | None = None

    @property
    def blamed_form(self) -> Form:
        """The file in which the line to look at stands: this answer, or an earlier one."""
        module = "" if self.blame is None else self.blame.file
        return all_earlier(self.form)[module].form if module else self.form

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
    def hinted(self) -> bool:
        """Whether a hint may help: not where no check ran, nor against what is forbidden.

        An exercise without ``hints.md`` has none.
        """
        if not (self.exercise.folder / "hints.md").is_file():
            return False
        failing = self.first_failing
        loaded = failing is not None and (
            failing.trouble is None or failing.trouble.facts.get("loaded", True)
        )
        return bool(loaded) and self.verdict not in (Verdict.FORBIDDEN, Verdict.GRADER_FAULT)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Quantities to look at first: what the mistake changes, and the first that is wrong."""
        failing = self.first_failing
        if failing is None or failing.difference is None:
            return ()
        from tracer.program.edit import Change, Returned  # a right answer needs none of it

        found = failing.diagnosis or self.diagnosis
        changed = (
            [e.name for e in found.edits if isinstance(e, (Change, Returned))] if found else []
        )
        return tuple(dict.fromkeys([*changed, failing.difference.quantity]))

    @property
    def points(self) -> float:
        """The score."""
        return round(sum(c.points for c in self.checks), 1)

    @property
    def out_of(self) -> int:
        """The best possible score."""
        return sum(c.check.points for c in self.checks)


@dataclass(frozen=True, slots=True)
class CertainCheck:
    """What is certain of one check before its mistake is known; None is what is not.

    Attributes
    ----------
    check : Check
    verdict : Verdict or None
    points : float or None
    told : bool
        Whether a check before it is mended first.
    """

    check: Check
    verdict: Verdict | None
    points: float | None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Certain:
    """What is certain of all checks.

    Attributes
    ----------
    exercise : Exercise
    verdict : Verdict or None
        That of the answer; None where it may still turn out right.
    points : float or None
    least : float
        So many points it has at least.
    checks : tuple of CertainCheck
    """

    exercise: Exercise
    verdict: Verdict | None
    points: float | None
    least: float
    checks: tuple[CertainCheck, ...]
