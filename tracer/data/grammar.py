"""A grammar is a text file of rules; drawing from it gives sentences with their labels.

The files lie in ``grammars/``, a folder for each language. A line that begins at the margin names
a rule, and the indented lines below it are its alternatives::

    verdict
        4 <who is> <degree?> <same adjective>*
        3 <who is> not <opposite adjective>* at all/noun

    degree : adverb
        very really so

* a number in front is the alternative's weight (1 where there is none);
* ``<name>`` is replaced by that rule, ``<name?>`` every second time by nothing;
* ``<same name>`` is ``praise name`` in a praise and ``insult name`` in an insult; ``<opposite
  name>`` the other way round, for use under a negation;
* ``*`` marks a deciding word: after the last of them the label is settled;
* ``: tag`` makes a rule a list of words with that part of speech, each word an alternative;
  elsewhere ``word/tag`` says it in place, and the lists called ``literal`` say it once for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tracer.errors import InputError, UnknownNameError

GRAMMARS = Path(__file__).parent / "grammars"


class Word(NamedTuple):
    """One word of a sentence, its part of speech, and whether it decides the label."""

    text: str
    tag: str
    decides: bool = False


class Reference(NamedTuple):
    """A place in an alternative that another rule fills."""

    rule: str
    optional: bool
    decides: bool


class Alternative(NamedTuple):
    """One way to write a rule."""

    weight: int
    parts: tuple[Word | Reference, ...]


@dataclass(frozen=True)
class Grammar:
    """The rules of one language, and the sentences that its corpus begins with.

    Attributes
    ----------
    rules : mapping of str to tuple of Alternative
    examples : mapping of str to tuple of (label, words)
        By task; the label is "" except for ``classify``.
    an : frozenset of str
        Words before which "a" becomes "an"; empty in a language that has no such thing.
    """

    rules: Mapping[str, tuple[Alternative, ...]]
    examples: Mapping[str, tuple[tuple[str, tuple[Word, ...]], ...]]
    an: frozenset[str]

    def draw(self, rule: str, label: str, random: Callable[[], float]) -> tuple[Word, ...]:
        """One sentence.

        Parameters
        ----------
        rule : str
            Where to begin.
        label : str
            "praise" or "insult": what ``<same ...>`` means; "" in a task without labels.
        random : callable
            Gives numbers from 0 up to 1. Nothing else is drawn from, so that a seed gives the same
            sentences under every version of Python.
        """
        words = self._draw(rule, label, random)
        pairs = zip(words, (*words[1:], Word("", "")), strict=True)
        return tuple(
            word._replace(text="an") if word.text == "a" and after.text in self.an else word
            for word, after in pairs
        )

    def _draw(self, rule: str, label: str, random: Callable[[], float]) -> list[Word]:
        words: list[Word] = []
        for part in _choose(self.rules[resolved(rule, label)], random).parts:
            if isinstance(part, Word):
                words.append(part)
            elif not part.optional or random() < 0.5:
                drawn = self._draw(part.rule, label, random)
                words += [word._replace(decides=word.decides or part.decides) for word in drawn]
        return words


def resolved(rule: str, label: str) -> str:
    """The rule that is meant: ``same adjective`` is ``praise adjective`` in a praise."""
    which, _, name = rule.partition(" ")
    if which not in ("same", "opposite"):
        return rule
    other = {"praise": "insult", "insult": "praise"}[label]
    return f"{label if which == 'same' else other} {name}"


def _choose(alternatives: tuple[Alternative, ...], random: Callable[[], float]) -> Alternative:
    point = random() * sum(alternative.weight for alternative in alternatives)
    for alternative in alternatives:
        point -= alternative.weight
        if point < 0:
            return alternative
    return alternatives[-1]


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language, by its name: ``"en"``, ``"zh-TW"``."""
    if language not in languages():
        raise UnknownNameError("language", language, languages())
    files = sorted((GRAMMARS / language).glob("*.txt"))
    return read("\n".join(file.read_text(encoding="utf-8") for file in files))


def languages() -> tuple[str, ...]:
    """Every language that has a grammar."""
    return tuple(sorted(path.name for path in GRAMMARS.iterdir() if path.is_dir()))


def read(text: str) -> Grammar:
    """A grammar from the text of its file."""
    blocks, tag_of = _blocks(text)
    rules: dict[str, tuple[Alternative, ...]] = {}
    examples = {}
    for name, tag, lines in blocks:
        if name == "an":
            continue
        if name.endswith(" examples"):
            task = name.removesuffix(" examples")
            examples[task] = tuple(_example(line, task, tag_of) for line in lines)
        elif tag:
            words = [word for line in lines for word in line.split()]
            rules[name] = tuple(Alternative(1, (Word(word, tag),)) for word in words)
        else:
            rules[name] = tuple(_alternative(line, tag_of) for line in lines)
    an = {word for name, _, lines in blocks if name == "an" for word in " ".join(lines).split()}
    return Grammar(MappingProxyType(rules), MappingProxyType(examples), frozenset(an))


_Block = tuple[str, str, list[str]]


def _blocks(text: str) -> tuple[list[_Block], dict[str, str]]:
    """The rules as (name, tag, lines), and the part of speech of each literal word."""
    blocks: list[_Block] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            name, _, tag = (part.strip() for part in line.partition(" : "))
            blocks.append((name, tag, []))
        else:
            blocks[-1][2].append(line.strip())
    literal = [block for block in blocks if block[0] == "literal"]
    tag_of = {word: tag for _, tag, lines in literal for word in " ".join(lines).split()}
    return [block for block in blocks if block[0] != "literal"], tag_of


_PART = re.compile(
    r"<(?P<rule>[^>?]+)(?P<optional>\??)>(?P<decides>\*?)|(?P<word>[^\s*]+)(?P<mark>\*?)"
)


def _alternative(line: str, tag_of: Mapping[str, str]) -> Alternative:
    weight, _, rest = line.partition(" ")
    if not weight.isdecimal():
        weight, rest = "1", line
    parts: list[Word | Reference] = []
    for part in _PART.finditer(rest):
        if part["rule"]:
            parts.append(Reference(part["rule"], bool(part["optional"]), bool(part["decides"])))
        else:
            word, _, tag = part["word"].partition("/")
            if not (tag or word in tag_of):
                raise InputError(f"'{word}' in '{line}' has no part of speech; write {word}/noun")
            parts.append(Word(word, tag or tag_of[word], bool(part["mark"])))
    return Alternative(int(weight), tuple(parts))


def _example(line: str, task: str, tag_of: Mapping[str, str]) -> tuple[str, tuple[Word, ...]]:
    label, _, rest = line.partition(" ") if task == "classify" else ("", "", line)
    return label, tuple(part for part in _alternative(rest, tag_of).parts if isinstance(part, Word))
