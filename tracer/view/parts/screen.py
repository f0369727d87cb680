"""What every screen of a sentence has: a heading, the unknown words, what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tracer.language import _, plural
from tracer.view.parts.wish import Wish, chosen_steps, chosen_unit
from tracer.view.say.sentence import Sentence
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a screen.

    Attributes
    ----------
    words : tuple of str or None
        Every word of the sentence, or None where the trace was not made from words.
    given : int
        How many of them were given; the network said the others itself.
    facts : tuple of str
        The model, its cell and size, what it is asked, and what computed.
    """

    words: tuple[str, ...] | None
    given: int
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that the model does not know.

    Attributes
    ----------
    words : tuple of str
        Each once.
    count, total : int
        How many of the sentence's words they are.
    advice : str
        What that makes of the answer, if much, and what may be the cause.
    """

    words: tuple[str, ...]
    count: int
    total: int
    advice: str = ""


@dataclass(frozen=True, eq=False)
class Screen:
    """The parts of a screen of one sentence, each made when it is looked at.

    Raises
    ------
    InputError
        Where it is made, if the steps or the unit that were asked for do not exist.
    """

    sentence: Sentence
    wish: Wish

    def __post_init__(self) -> None:
        self.asked, self.unit  # noqa: B018 - to say now what does not exist

    @cached_property
    def asked(self) -> tuple[int, ...] | None:
        """The steps (from 0) that were asked for; None where nobody said which."""
        chosen = chosen_steps(self.sentence, self.wish)
        return None if chosen is None else tuple(chosen)

    @cached_property
    def unit(self) -> int | None:
        """The place of the unit that was asked for."""
        return chosen_unit(self.sentence, self.wish)

    @property
    def listed(self) -> tuple[int, ...]:
        """The steps that were asked for, or all."""
        return tuple(range(self.sentence.T)) if self.asked is None else self.asked

    @cached_property
    def heading(self) -> Heading:
        """What is looked at."""
        return heading(self.sentence)

    @cached_property
    def unknown(self) -> Unknown | None:
        """The words that the model does not know."""
        return unknown_words(self.sentence)


def heading(sentence: Sentence) -> Heading:
    """The heading of a sentence's screen."""
    trace = sentence.trace
    tasks = {
        "classify": _("one label for the whole sentence"),
        "tag": _("a label for every word"),
        "generate": _("the next word at every step"),
    }
    size = plural("{cell}, {count} unit", "{cell}, {count} units", sentence.H)
    facts = (
        clean(trace.model_name or _("no model"), sentence.encoding),
        size.format(cell=trace.equations.title, count=sentence.H),
        tasks.get(sentence.task or "", ""),
        f"{_place(trace.device)}, {trace.dtype}",
    )
    return Heading(sentence.words, sentence.given, tuple(fact for fact in facts if fact))


def _place(device: str) -> str:
    """Where it was computed: the textbook's loop runs on the processor, too."""
    return "cpu" if device == "reference" else device


def unknown_words(sentence: Sentence) -> Unknown | None:
    """The words that the model does not know, or nothing where it knows all."""
    words = sentence.words or ()
    unknown = tuple(dict.fromkeys(words[t] for t in sorted(sentence.unknown) if t < len(words)))
    if not unknown:
        return None
    rest = sentence.T - len(sentence.unknown)
    if rest == 0:
        advice = _("The network knows none of these words: its answer means nothing.")
    elif rest < len(sentence.unknown):
        advice = plural(
            "The network knows only {rest} of {count} words; its answer rests on that one.",
            "The network knows only {rest} of {count} words; its answer rests on those.",
            rest,
        ).format(rest=rest, count=sentence.T)
    else:
        advice = ""
    simplified = [word for word in unknown if any(map(_is_simplified, word))]
    if simplified:
        said = _(
            "This is Simplified Chinese, as {word} shows; the networks of tracer learned from "
            "Traditional Chinese."
        )
        advice = " ".join(filter(None, (advice, said.format(word=simplified[0]))))
    return Unknown(unknown, len(sentence.unknown), sentence.T, advice)


def _is_simplified(character: str) -> bool:
    """Whether it is a form of mainland China's standard that Taiwan's does not have."""
    if not "\u4e00" <= character <= "\u9fff":
        return False
    return _is_in("gb2312", character) and not _is_in("big5", character)


def _is_in(standard: str, character: str) -> bool:
    try:
        character.encode(standard)
    except UnicodeEncodeError:
        return False
    return True
