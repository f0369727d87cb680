"""What stands over a picture and over each of its steps."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _, plural
from tracer.view.console import Abilities, folded
from tracer.view.palette import Palette, palette
from tracer.view.sentence import Sentence
from tracer.view.words import clean, fit


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
        shown = " ".join(words[:60]) + (f" {colours.glyphs.cut}" if len(words) > 60 else "")
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
    return [Text(""), *folded(Text(said, style=palette(able).faint), able.width, "  ")]


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
