"""What stands over a picture and over each of its steps."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _, plural
from tracer.view.say.sentence import Sentence
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import Palette, palette


def header(sentence: Sentence, able: Abilities) -> list[Text]:
    """What is looked at: the sentence, the model and what it is asked."""
    trace = sentence.trace
    colours = palette(able)
    tasks = {
        "classify": _("one label for the whole sentence"),
        "tag": _("a label for every word"),
        "generate": _("the next word, again and again"),
    }
    title = Text("  ")
    words = sentence.words
    if words is not None:
        parts = list(words[:60])
        if sentence.given < len(parts):  # what the network went on with stands after an arrow
            parts.insert(sentence.given, "→")
        shown = " ".join(parts) + (f" {colours.glyphs.cut}" if len(words) > 60 else "")
        title.append(fit(shown, able.width - 4, colours.glyphs.cut).rstrip(), "bold")
    else:
        title.append(_("a trace without words"), "bold")
    name = clean(trace.model_name or _("no model"), able.encoding)
    size = plural("{cell}, {count} unit", "{cell}, {count} units", sentence.H)
    facts = [
        name,
        size.format(cell=trace.equations.title, count=sentence.H),
        tasks.get(sentence.task or "", ""),
        f"{trace.device}, {trace.dtype}",
    ]
    said = " · ".join(fact for fact in facts if fact)
    return [Text(""), title, *folded(Text(said, style=colours.faint), able.width, "  ")]


def unknown_words(sentence: Sentence, able: Abilities) -> list[Text]:
    """The line about words that the model does not know, or nothing."""
    words = sentence.words or ()
    unknown = list(dict.fromkeys(words[t] for t in sorted(sentence.unknown) if t < len(words)))
    if not unknown:
        return []
    listed = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
    said = _("(?) not in the model's vocabulary, read as <unk>: {words}").format(words=listed)
    lines = [Text(""), *folded(Text(said, style=palette(able).faint), able.width, "  ")]
    rest = sentence.T - len(sentence.unknown)
    if rest == 0:
        said = _("The network knows none of these words, so its answer says nothing about them.")
    elif rest < len(sentence.unknown):
        said = plural(
            "The network knows only {rest} of {count} words; its answer stands on that one.",
            "The network knows only {rest} of {count} words; its answer stands on those.",
            rest,
        ).format(rest=rest, count=sentence.T)
    else:
        return lines
    return [*lines, *folded(Text(said, style="bold"), able.width, "  ")]


def step_title(sentence: Sentence, step: int, right: Text, width: int, colours: Palette) -> Text:
    """A rule over a step's block: its number and word, and `right` at the other end."""
    rule = colours.glyphs.rule
    word = sentence.word(step)
    left = f" t = {step + sentence.first} "
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


def explained(listed: Sequence[tuple[str, str]], able: Abilities, least: int = 0) -> list[Text]:
    """Marks and what each means, in two columns."""
    lines = []
    wide = widest([mark for mark, _meaning in listed], least=least) + 2
    for mark, meaning in listed:
        indent = " " * (wide + 2)
        first, *more = folded(Text(meaning), able.width, indent, unicode=able.unicode)
        lines.append(Text().append(f"  {fit(mark, wide)}", "bold").append_text(first[wide + 2 :]))
        lines += more
    return lines
