"""Sentences as parts of a screen, and the marks that a screen explains; how they look is open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a sentence is said; a medium chooses a colour, a font or a voice for it."""

    PLAIN = "plain"
    ASIDE = "aside"  # helps to read, but is not the matter itself
    STRONG = "strong"
    TOLD = "told"  # the story of a step
    BROKEN = "broken"  # about numbers that are not finite


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or a few, as long as they are: where a line ends is the medium's to decide.

    `typed` is a command at their end, in one piece, so that it can be copied; `code` is a line of
    code at their end.
    """

    text: str
    tone: Tone = Tone.PLAIN
    typed: str = ""
    code: str = ""

    @property
    def piece(self) -> str:
        """The command or the code; nothing, where a language has it in the middle."""
        piece = self.typed or self.code
        return piece if self.text.endswith(piece) else ""

    @property
    def before(self) -> str:
        """What stands before the piece."""
        return self.text.removesuffix(self.piece).rstrip()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A mark on the screen, and what it means."""

    mark: str
    meaning: str
