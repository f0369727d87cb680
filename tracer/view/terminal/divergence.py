"""Two traces side by side, up to the first number that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.cells.evaluation import evaluate
from tracer.equations import Kind
from tracer.language import _, plural
from tracer.view.parts.said import Tone
from tracer.view.parts.step.worked import digits_between, operands, place_of, worked
from tracer.view.say.arithmetic import functions
from tracer.view.say.numbers import apart, number
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import palette

if TYPE_CHECKING:
    from tracer.trace.compare import Divergence
    from tracer.trace.trace import Trace

LINES = 12
"""Equal steps that are listed before the first one that differs."""

ALSO = 5
"""Further causes that are listed."""


def divergence(
    traces: Sequence[Trace], names: Sequence[str], found: Divergence | None, able: Abilities
) -> list[Text]:
    """The screen of ``tracer diff``.

    Parameters
    ----------
    traces : two Traces
        The one that came and the one that was expected.
    names : two str
        What the screen calls them, safe to show.
    found : Divergence or None
        What `tracer.compare` says.
    able : Abilities
    """
    colours = palette(able)
    lines = [Text("")]
    for letter, name, role in zip("AB", names, (_("came"), _("expected")), strict=True):
        room = able.width - 8 - cell_len(role)
        line = Text().append(f"  {letter}  ", "bold").append(fit(name, room).rstrip())
        lines.append(line.append(f"  {role}", colours.faint))
    lines.append(Text(""))
    if found is None:
        said = plural(
            "The two traces agree in every number ({count} step).",
            "The two traces agree in every number ({count} steps).",
            traces[0].T,
        )
        return [*lines, Text("  " + said.format(count=traces[0].T)), Text("")]

    pair = [Sentence(trace, found.batch, able.encoding) for trace in traces]
    lines += [*_steps(pair, found.step, able), Text("")]
    where = _("The first place where they part: t = {t}, {place}.").format(
        t=found.step + pair[0].first, place=_place(found, pair[0])
    )
    lines += [*folded(Text(where, style="bold"), able.width, "  "), Text("")]
    if found.unit is not None and pair[0].trace.quantity(found.quantity).dims[-1] == "unit":
        lines += [*_side_by_side(pair, found, able), Text("")]
        lines += _equations(pair, found, able)
    else:
        a, b = apart(found.got, found.expected)
        lines += [Text(f"  A  {a}"), Text(f"  B  {b}"), Text("")]
    if found.quantity == "x" and pair[0].word(found.step) != pair[1].word(found.step):
        said = _("Here the two read different words, so the numbers x of the word differ.")
        lines += folded(Text(said), able.width, "  ")
    for said in _what_follows(found, pair[0]):
        first, *more = folded(Text(said), able.width - 2, "  ")
        lines += [first, *(Text("  ").append_text(line) for line in more)]
    return [*lines, Text("")]


def _place(found: Divergence, sentence: Sentence) -> str:
    if found.unit is None:
        return found.quantity
    if sentence.trace.quantity(found.quantity).dims[-1] == "unit":
        return _("{name}, unit {unit}").format(name=found.quantity, unit=found.unit)
    return _("{name}, number {unit}").format(name=found.quantity, unit=found.unit)


def _steps(pair: Sequence[Sentence], last: int, able: Abilities) -> Iterator[Text]:
    """One line for each step up to the one that differs, with both words where those differ."""
    colours, sentence = palette(able), pair[0]
    first = max(last - LINES, 0)
    if first:
        said = _("equal steps before: {count}").format(count=first)
        yield Text(f"  {colours.glyphs.cut}  {said}", style=colours.faint)
    digits = len(str(last + sentence.first))
    shown = range(first, last + 1)
    both = [list(dict.fromkeys(one.word(t) for one in pair)) for t in shown]
    words = [word[0] if len(word) == 1 else f"A {word[0]}, B {word[1]}" for word in both]
    wide = widest(words, most=able.width - digits - 16)
    for t, word in zip(shown, words, strict=True):
        line = Text().append(f"  {t + sentence.first:>{digits}}  ", colours.faint)
        line.append(fit(word, wide, colours.glyphs.cut), "bold")
        if t == last:
            yield line.append(f"  {colours.glyphs.mark} " + _("differs"), colours.broken)
        else:
            yield line.append("  " + _("equal"), colours.faint)


def _side_by_side(pair: Sequence[Sentence], found: Divergence, able: Abilities) -> Iterator[Text]:
    """Every number of that unit at that step, in computing order, in both traces."""
    colours = palette(able)
    assert found.unit is not None
    numbers = [sentence.of_unit(found.step, found.unit) for sentence in pair]
    backward = pair[0].trace.quantity(found.quantity).kind == Kind.GRADIENT
    listed = pair[0].gradient_rows() if backward else pair[0].rows()
    names = [q.name for q in listed if q.name in numbers[1]]
    label = max(len(name) for name in names)
    rows = [(name, *_both(numbers[0][name], numbers[1][name])) for name in names]
    wide = max(len(text) for row in rows for text in row[1:])
    yield Text(f"  {'':{label}}  {'A':>{wide}}   {'B':>{wide}}", style=colours.faint)
    for name, a, b in rows:
        line = Text("  ").append(f"{name:<{label}}", "bold").append(f"  {a:>{wide}}   {b:>{wide}}")
        if name == found.quantity:
            remark = Text(f"  {colours.glyphs.mark} " + _("here"), colours.broken)
        else:
            remark = Text("  " + _("differs") if a != b else "", colours.faint)
        if cell_len(line.plain + remark.plain) > able.width:
            remark.truncate(able.width - cell_len(line.plain))
        yield line.append_text(remark)


def _both(a: float, b: float) -> tuple[str, str]:
    return (number(a), number(b)) if a == b else apart(a, b)


def _equations(pair: Sequence[Sentence], found: Divergence, able: Abilities) -> Iterator[Text]:
    """The equation with the numbers of each trace, and where a trace does not keep to it."""
    assert found.unit is not None
    quantity = pair[0].trace.quantity(found.quantity)
    if not quantity.equation:
        return
    results = [_result(sentence, found) for sentence in pair]
    owns = [float(sentence[found.quantity][found.step, found.unit]) for sentence in pair]
    parted = {
        letter: own
        for letter, result, own in zip("AB", results, owns, strict=True)
        if abs(result - own) > CLOSE * max(1.0, abs(result))
    }
    shown = [*results, *parted.values()]
    digits = max(digits_between(a, b) for a, b in combinations(shown, 2))
    for letter, sentence, result in zip("AB", pair, results, strict=True):
        note = _("but this trace has {value}") if letter in parted else ""
        row = worked(
            f"{letter}  {place_of(sentence, found.quantity, found.step, found.unit)}",
            quantity.expression,
            operands(sentence, quantity.expression, found.step, found.unit),
            result, functions(sentence.trace.cell), digits=digits,
            note=note.format(value=number(parted.get(letter, 0.0), digits)),
        )  # fmt: skip
        yield from worked_lines([row], able, notes=Tone.STRONG)
    yield Text("")


def _result(sentence: Sentence, found: Divergence) -> float:
    """What the equation gives with the trace's own numbers."""
    trace = sentence.trace
    whole = evaluate(trace.cell, trace.quantity(found.quantity).expression, trace.last)
    return float(np.broadcast_to(whole, trace["h"].shape)[found.step, found.batch, found.unit])


CLOSE = 1e-5
"""What float32 rounding may do to one equation."""


def _what_follows(found: Divergence, sentence: Sentence) -> Iterator[str]:
    """What else differs, at this place, because of it, and on its own."""
    if found.beside:
        yield _(
            "At this step {name} differs at {count} of {total} places; this is the first."
        ).format(
            name=found.quantity, count=found.beside + 1, total=sentence[found.quantity].shape[-1]
        )
    if found.consequences:
        yield plural(
            "{count} later number differs too, but only because of those before it.",
            "{count} later numbers differ too, but only because of those before them.",
            found.consequences,
        ).format(count=found.consequences)
    elsewhere = found.again - found.beside
    if elsewhere > 0:
        yield plural(
            "At other steps {count} more number of {name} differs on its own.",
            "At other steps {count} more numbers of {name} differ on their own.",
            elsewhere,
        ).format(count=elsewhere, name=found.quantity)
    if found.also:
        yield plural(
            "{count} other quantity differs on its own as well, first at:",
            "{count} other quantities differ on their own as well, first at:",
            len(found.also),
        ).format(count=len(found.also))
    for other in found.also[:ALSO]:
        a, b = apart(other.got, other.expected)
        yield _("t = {t}, {place}: A {a}, B {b}").format(
            t=other.step + sentence.first, place=_place(other, sentence), a=a, b=b
        )
