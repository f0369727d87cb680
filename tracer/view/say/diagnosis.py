"""Which mistake gives a student's numbers, in sentences; each is true because it was computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.own_words import OwnWords

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis, Mistake
    from tracer.program import Edit


FEW = 3
"""So many quantities are named; a longer list helps nobody."""

_ACTIVATION = re.compile(r"(?<!\w)(?P<d>d?)f\(")
"""Exercises with an RNN are run with f = tanh."""


class Told(NamedTuple):
    """A sentence, how much it weighs, whether it is one of a list, or only helps to read."""

    text: str
    strong: bool = False
    item: bool = False
    aside: bool = False


class Seen(NamedTuple):
    """What the checks show besides the mistake itself.

    Attributes
    ----------
    wrong : tuple of str
        The quantities with wrong numbers.
    hollow : bool
        Whether these have no other number than 0.
    right : frozenset of str
        Quantities that are known to be right though they did not come back.
    together : bool
        Whether something wrong shows in other checks than the one that is told first.
    """

    wrong: tuple[str, ...] = ()
    hollow: bool = False
    right: frozenset[str] = frozenset()
    together: bool = False


NOTHING = Seen()


def told(diagnosis: Diagnosis, words: OwnWords, seen: Seen = NOTHING) -> list[Told]:
    """All that is known of the mistake, in the exercise's names; nothing if nothing true is."""
    if diagnosis.zero:
        return list(_zero(seen, words))
    if diagnosis.explains and any(e.verdict == "wrong" for e in diagnosis.equations):
        return list(_in_part(diagnosis, words, seen))
    if len(diagnosis.named) == 1:
        return list(_one(diagnosis.named[0], words))
    if diagnosis.named:
        return list(_several(diagnosis.named, words))
    if diagnosis.generated:
        return list(_generated(changes(diagnosis, words)))
    if diagnosis.reference:
        return list(_reference(diagnosis.reference))
    return list(_by_equation(diagnosis, words, seen))


def _in_part(diagnosis: Diagnosis, words: OwnWords, seen: Seen) -> Iterator[Told]:
    """A mistake that gives the numbers of the forward pass, and what is wrong behind it."""
    forward = [e.name for e in diagnosis.equations if not e.name.startswith("d_")]
    names = listed(words.names([name for name in forward if name in words.returned]))
    first, *more = told(replace(diagnosis, equations=()), words, seen)
    text = _("For {names}: {said}").format(names=names, said=first.text) if names else first.text
    yield first._replace(text=text)
    yield from more
    wrong = tuple(e for e in diagnosis.equations if e.verdict == "wrong")
    yield from _by_equation(replace(diagnosis, equations=wrong), words, seen)


def _zero(seen: Seen, words: OwnWords) -> Iterator[Told]:
    """That every wrong number is 0, which too many mistakes give."""
    names = listed(words.names(seen.wrong))
    said = _("Every number that is wrong is 0.")
    if names:
        said = _("Every wrong number of {names} is 0.").format(names=names)
    if names and seen.hollow:
        said = _("All numbers of {names} are 0.").format(names=names)
    yield Told(said, strong=True)
    yield Told(_("Is a value stored there, or is the array still as it was made?"))


def changes(diagnosis: Diagnosis, words: OwnWords) -> list[str]:
    """The changed equations of which each alone gives every number, as one writes them."""
    return [_as_activation(_written(edit, words)) for edit in diagnosis.generated]


def _written(edit: Edit, words: OwnWords) -> str:
    from tracer.program.edit import Change

    if isinstance(edit, Change):
        return f"{words.name(edit.name)} = {words.formula(edit.expression, edit.name)}"
    return words.text(str(edit))


def _in(words: OwnWords, mistake: Mistake, text: str) -> str:
    """What the catalogue says, in the exercise's names; an exercise's own entry has them."""
    return text if mistake.of_exercise else words.text(text)


def _one(alike: Sequence[Mistake], words: OwnWords) -> Iterator[Told]:
    """One mistake, or several that nobody could tell apart by their numbers.

    What changes a function wherever it is called says no more than the line that calls it.
    """
    from tracer.program.edit import Body

    alike = [m for m in alike if not any(isinstance(e, Body) for e in m.edits)] or alike
    sentences = list(dict.fromkeys(_in(words, m, m.sentence) for m in alike))
    if len(sentences) > 1:
        yield Told(_("Each of these gives your numbers:"), strong=True)
        yield from (Told(sentence, item=True) for sentence in sentences)
        return
    yield Told(sentences[0], strong=True)


def _several(classes: Sequence[Sequence[Mistake]], words: OwnWords) -> Iterator[Told]:
    """Mistakes that only together give all numbers."""
    said = plural(
        "{n} mistake gives all your numbers:",
        "{n} mistakes together give all your numbers:",
        len(classes),
    )
    yield Told(said.format(n=len(classes)), strong=True)
    for alike in classes:
        titles = [_in(words, mistake, mistake.title) for mistake in alike]
        text = titles[0]
        if len(titles) > 1:
            text = _("one of these: {titles}").format(titles="; ".join(titles))
        yield Told(text, item=True)


def _as_activation(change: str) -> str:
    """The activation f and its slope df of the RNN by their own names: f is a gate elsewhere."""
    return _ACTIVATION.sub(lambda found: f"{found['d']}tanh(", change)


def _generated(found: Sequence[str]) -> Iterator[Told]:
    if len(found) == 1:
        said = _("Your numbers are those of the equations with {change}.")
        yield Told(said.format(change=found[0]), strong=True)
        return
    yield Told(_("Your numbers are those of the equations with one of these:"), strong=True)
    yield from (Told(change, item=True) for change in found)


def _reference(reference: str) -> Iterator[Told]:
    """A backward pass that is right for a forward pass that is not."""
    if reference == "follows":
        yield Told(_("The rest follows from that mistake by the right equations."))
    if reference == "derivative":
        yield Told(_("Your gradients are right for the forward pass that you wrote."), strong=True)


def _by_equation(diagnosis: Diagnosis, words: OwnWords, seen: Seen) -> Iterator[Told]:
    """Equation by equation, each judged from what was given and from the student's own numbers."""
    by = {
        verdict: words.names([e.name for e in diagnosis.equations if e.verdict == verdict])
        for verdict in ("right", "wrong")
    }
    unknown = [e.name for e in diagnosis.equations if e.verdict == "unknown"]
    asked = [name for name in unknown if name in words.returned and name not in seen.right]
    by["unknown"] = words.names(asked)
    if not by["wrong"]:
        return
    said = plural(
        "Your {names} is not what the equations give from the numbers that go into it.",
        "Your {names} are not what the equations give from the numbers that go into each.",
        len(by["wrong"]),
    )
    if seen.together:
        said = plural(
            "Taken together, the checks show: your {names} is not what the equations give from the "
            "numbers that go into it.",
            "Taken together, the checks show: your {names} are not what the equations give from "
            "the numbers that go into each.",
            len(by["wrong"]),
        )
    yield Told(said.format(names=listed(by["wrong"])), strong=True)
    if by["right"]:
        said = plural(
            "Your {names} is right for the numbers that go into it.",
            "Your {names} are right for the numbers that go into each.",
            len(by["right"]),
        )
        yield Told(said.format(names=listed(by["right"])))
    if 0 < len(by["unknown"]) <= FEW:
        said = _(
            "Nothing can be said about {names}: the numbers needed to judge did not come back."
        )
        yield Told(said.format(names=listed(by["unknown"])))
