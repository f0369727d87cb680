"""What the search takes and what it gives back: a mistake, the numbers that came, a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from tracer.cells.activations import Array
from tracer.language import _
from tracer.program import Edit

Verdict: TypeAlias = Literal["right", "wrong", "unknown"]
Reference: TypeAlias = Literal["", "right", "follows", "derivative"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One well-known way to get other numbers.

    Attributes
    ----------
    id : str
        That of its entry.
    edits : tuple of Edit
        What makes the right program give these numbers.
    entry_title, entry_sentence : str
        As they stand in the file, where `values` are filled in after the translation.
    values : mapping
        What is filled in: ``{"q": "f"}``.
    variant : str
        What tells it from the others of its entry; empty where there are none.
    kind : "mistake" or "convention"
        A convention is right in another system.
    over : "", "step" or "sequence"
        Of which functions it is said: those that are called for a step, or for whole sequences.
    n : int
        In how many real files it was seen.
    of_exercise : bool
        Whether it stands beside an exercise, and speaks in the exercise's own names.
    """

    id: str
    edits: tuple[Edit, ...]
    entry_title: str
    entry_sentence: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    variant: str = ""
    kind: Literal["mistake", "convention"] = "mistake"
    over: Literal["", "step", "sequence"] = ""
    n: int = 0
    of_exercise: bool = False

    @property
    def title(self) -> str:
        """A few words, in the reader's language."""
        return _(self.entry_title).format(**self.values)

    @property
    def sentence(self) -> str:
        """What the numbers are, in the reader's language."""
        return _(self.entry_sentence).format(**self.values)


@dataclass(frozen=True, slots=True)
class Run:
    """The numbers of one round of a check.

    Attributes
    ----------
    given : mapping
        What the functions were called with, by the names and axes of the program.
    came : mapping
        What they gave back, likewise; of a sequence that ended early, the steps that came.
    tolerance : float
        How far a number may be off, as a share of the largest number of its quantity.
    where : object
        Handed through: whatever tells the caller which round this is.
    """

    given: Mapping[str, Array]
    came: Mapping[str, Array]
    tolerance: float = 1e-7
    where: object = None


@dataclass(frozen=True, slots=True)
class JudgedEquation:
    """Whether the numbers of one quantity follow from the student's own earlier numbers.

    `found` says that its numbers did not come back, and were worked out from those that did.
    """

    name: str
    verdict: Verdict
    found: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is to be said about wrong numbers. All empty: nothing true is known.

    Attributes
    ----------
    named : tuple of tuple of Mistake
        Together they give every number that came back. Each element is one mistake, or several
        that give the same numbers: "one of". Two elements are two mistakes at once.
    generated : tuple of Edit
        No mistake with a name, but a change of one equation that gives every number; several of
        them are "one of".
    equations : tuple of JudgedEquation
        Where nothing gives every number: equation by equation, in computing order.
    zero : bool
        Every wrong block is 0; nothing else is said then.
    too_many : bool
        So many mistakes give the same numbers that none of them is named.
    reference : str
        ``"right"``: nothing is wrong. ``"follows"``: all that is not explained by the forward pass
        follows from it by the right equations. ``"derivative"``: it is the derivative of the
        forward pass with its mistake. Whatever equals one of these is never called wrong.
    """

    named: tuple[tuple[Mistake, ...], ...] = ()
    generated: tuple[Edit, ...] = ()
    equations: tuple[JudgedEquation, ...] = ()
    zero: bool = False
    too_many: bool = False
    reference: Reference = ""

    @property
    def explains(self) -> bool:
        """Whether something is known that gives every number."""
        return bool(self.named or self.generated)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes that give every number; what the functions that use this one inherit."""
        of_named = tuple(edit for one_of in self.named for edit in one_of[0].edits)
        return of_named + self.generated[:1]

    @property
    def alike(self) -> tuple[tuple[Edit, ...], ...]:
        """Each set of changes that gives every number: `edits`, and where one of it is another."""
        found = [self.edits] if self.edits else []
        for n, one_of in enumerate(self.named):
            for other in one_of[1:]:
                named = (*self.named[:n], (other,), *self.named[n + 1 :])
                found.append(replace(self, named=named).edits)
        found += [replace(self, generated=(other,)).edits for other in self.generated[1:]]
        return tuple(found)
