"""Sentences, marks with their meanings, and the rules over each step, in lines of a width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tracer.language import _, plural
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.parts.screen import Heading, Unknown
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import Palette, palette

WORDS = 60
"""Words of the sentence over a screen."""

LISTED = 5
"""Unknown words that are named."""


def paragraph(said: Said, able: Abilities, indent: str = "  ") -> list[Text]:
    """The lines of one paragraph; where it is too long for one, the code at its end begins another.

    A command is in one line, however long: who copies it in two runs two commands.
    """
    style = style_of(said.tone, able)
    whole = Text(said.text, style=style)
    if not said.piece or cell_len(indent + said.text) <= able.width:
        return folded(whole, able.width, indent, unicode=able.unicode)
    lines = folded(Text(said.before, style=style), able.width, indent, unicode=able.unicode)
    indent += "  "
    if said.typed:
        return [*lines, Text(indent).append(said.typed, style)]
    code = Text(said.code, style=style)
    return lines + folded(code, able.width, indent, unicode=able.unicode)


def paragraphs(said: Iterable[Said], able: Abilities, indent: str = "  ") -> list[Text]:
    """The lines of one paragraph under the other."""
    return [line for one in said for line in paragraph(one, able, indent)]


def typed_command(typed: str, able: Abilities) -> list[Text]:
    """A command as it was typed after a prompt; on a narrow terminal in several lines."""
    first, *more = folded(Text(f"$ {typed}", "bold"), able.width - 4, unicode=able.unicode)
    return [first, *(Text("    ").append_text(line) for line in more)]


def style_of(tone: Tone, able: Abilities) -> str | Style:
    """What a tone looks like."""
    colours = palette(able)
    table: dict[Tone, str | Style] = {
        Tone.ASIDE: colours.faint,
        Tone.STRONG: "bold",
        Tone.TOLD: "italic",
        Tone.BROKEN: colours.broken,
    }
    return table.get(tone, "")


def heading(part: Heading, able: Abilities) -> list[Text]:
    """The sentence in bold, cut where it is long, and the facts."""
    colours = palette(able)
    title = Text("  ")
    if part.words is not None:
        words = list(part.words[:WORDS])
        if part.given < len(words):  # what the network went on with stands after an arrow
            words.insert(part.given, "→")
        shown = " ".join(words)
        shown += f" {colours.glyphs.cut}" if len(part.words) > WORDS else ""
        title.append(fit(shown, able.width - 4, colours.glyphs.cut).rstrip(), "bold")
    else:
        title.append(_("a trace without words"), "bold")
    return [Text(""), title, *paragraph(Said(" · ".join(part.facts), Tone.ASIDE), able)]


def unknown_words(part: Unknown, able: Abilities) -> list[Text]:
    """The line about words that the model does not know, and what that makes of the answer."""
    listed = ", ".join(part.words[:LISTED]) + (", …" if len(part.words) > LISTED else "")
    said = plural(
        "(?) {count} of {total} words is not in the model's vocabulary, read as <unk>: {words}",
        "(?) {count} of {total} words are not in the model's vocabulary, read as <unk>: {words}",
        part.count,
    ).format(count=part.count, total=part.total, words=listed)
    lines = [Text(""), *paragraph(Said(said, Tone.ASIDE), able)]
    return [*lines, *paragraph(Said(part.advice, Tone.STRONG), able)] if part.advice else lines


def step_title(step: int, word: str, right: Text, width: int, colours: Palette) -> Text:
    """A rule over a step's block: its number and word, and `right` at the other end."""
    rule = colours.glyphs.rule
    left = f" t = {step} "
    room = width - 6 - cell_len(left) - cell_len(right.plain) - 4
    line = Text().append(rule * 2, colours.faint).append(left, "bold")
    if word:
        line.append("· ", colours.faint)
        line.append(fit(word, min(cell_len(word), room), colours.glyphs.cut) + " ", "bold")
    dashes = max(width - cell_len(line.plain) - cell_len(right.plain) - 2, 0)
    line.append(rule * dashes, colours.faint).append_text(right)
    return line.append(rule * 2, colours.faint)


def how_to_read() -> Text:
    """The title over all that explains a screen."""
    return Text("  " + _("How to read it"), style="bold")


def explained(listed: Sequence[Meaning], able: Abilities) -> list[Text]:
    """Marks and what each means, in two columns."""
    lines = []
    wide = widest([entry.mark for entry in listed]) + 2
    for entry in listed:
        indent = " " * (wide + 2)
        first, *more = folded(Text(entry.meaning), able.width, indent, unicode=able.unicode)
        mark = Text().append(f"  {fit(entry.mark, wide)}", "bold")
        lines.append(mark.append_text(first[wide + 2 :]))
        lines += more
    return lines
