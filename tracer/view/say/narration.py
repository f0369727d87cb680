"""What happens at a step, in plain words: true sentences computed from the numbers.

Of all that could be said about a step, at most three things are, in this order.

1. Something broke: the first NaN or infinite number. Then nothing else is said.
2. The answer flips, or is no guess for the first time.
3. For a cell with a memory c: what share of the memory the forget gates keep,
   ``Σ|f·c_prev| / Σ|c_prev|``, and the unit whose memory changes most, if it changes by `MOVE` or
   more; else that little changes. For a cell without one the unit whose h changes most.

Why a memory changes: ``c = f·c_prev + i·g``, so both terms are said with their numbers, first the
one with the larger part in the change ``c - c_prev = (f - 1)·c_prev + i·g``.

Why an h without a memory changes: its sum z does. What the word and the step before add to the
change of z is said, the larger part first. The bias is the same at every step, so it explains no
change; at the first step, where nothing was before, the shares of z itself are said.
"""

from __future__ import annotations

import numpy as np

from tracer.equations.parsing import parse
from tracer.language import _
from tracer.view.say.arithmetic import arithmetic, in_numbers
from tracer.view.say.numbers import number, percent, signed
from tracer.view.say.sentence import Broken, Numbers, Sentence

MOVE = 0.1
"""A unit that changes by less is not worth a sentence."""

EMPTY = 1e-3
"""A memory whose units are all smaller than this is called empty."""


_WRITTEN = parse("i * g")
"""What is written to the memory."""


def narration(sentence: Sentence, step: int, unit: int | None = None) -> str:
    """The sentences about `step` (from 0), about that `unit` if one is given."""
    broken = sentence.broken
    if broken is not None and broken.step <= step:
        return _broken_sentence(sentence, step, broken)
    if all(sentence.has(name) for name in ("c", "c_prev", "f", "i", "g")):
        state = [_kept(sentence, step, unit), _memory_change(sentence, step, unit)]
    else:
        state = [_state_change(sentence, step, unit)]
    return " ".join(part for part in [_answer_sentence(sentence, step), *state] if part)


def _broken_sentence(sentence: Sentence, step: int, broken: Broken) -> str:
    where = broken.name if broken.unit is None else f"{broken.name}[{broken.unit}]"
    if broken.step == step:
        return _("First number that is not finite: {where} = {value} at t = {t}.").format(
            where=where, value=number(broken.value), t=step + sentence.first
        )
    return _("Not all numbers are finite: it began at t = {t} with {where}.").format(
        where=where, t=broken.step + sentence.first
    )


def _answer_sentence(sentence: Sentence, step: int) -> str:
    best = sentence.best
    if best is None:
        return ""
    new, share = sentence.label(best[step]), percent(sentence.share(step))
    if step in sentence.flips:
        return _("The answer flips from {old} to {new} ({share}).").format(
            old=sentence.label(sentence.flips[step]), new=new, share=share
        )
    if step == sentence.decided and step in sentence.unknown:
        return _("The network does not know this word, yet answers {new} ({share}).").format(
            new=new, share=share
        )
    if step == sentence.decided and step:
        return _("First confident answer: {new} ({share}).").format(new=new, share=share)
    return ""


def _kept(sentence: Sentence, step: int, chosen: int | None) -> str:
    f, c_prev = sentence["f"][step].astype(float), sentence["c_prev"][step].astype(float)
    if chosen is not None:
        if abs(c_prev[chosen]) < EMPTY:
            return _("The memory of unit {unit} was empty.").format(
                unit=sentence.unit_names[chosen]
            )
        return _("The forget gate of unit {unit} keeps {share} of its memory.").format(
            unit=sentence.unit_names[chosen], share=percent(float(f[chosen]))
        )
    before = np.abs(c_prev)
    if before.max() < EMPTY:
        return _("The memory was empty.")
    share = float((f * before).sum() / before.sum())
    return _("The forget gates keep {share} of the memory.").format(share=percent(share))


def _memory_change(sentence: Sentence, step: int, chosen: int | None) -> str:
    c, c_prev, f, i, g = (
        sentence[name][step].astype(float) for name in ("c", "c_prev", "f", "i", "g")
    )
    change = c - c_prev
    unit = int(np.abs(change).argmax()) if chosen is None else chosen
    if abs(change[unit]) < MOVE:
        return _little(sentence, "c", change, chosen)
    said = _("Unit {unit} drops from {old} to {new}:")
    if change[unit] > 0:
        said = _("Unit {unit} rises from {old} to {new}:")
    written, kept = float(i[unit] * g[unit]), float(f[unit] * c_prev[unit])
    adds = _("i·g = {product} adds {written}").format(
        product=arithmetic(in_numbers(_WRITTEN, {"i": i[unit], "g": g[unit]})),
        written=number(written),
    )
    keeps = _("f = {f} keeps {kept}").format(f=number(f[unit]), kept=number(kept))
    if abs(c_prev[unit]) < EMPTY:
        both = f"{adds}."
    elif abs(written) >= abs(kept - c_prev[unit]):
        both = _("{larger}; {smaller}.").format(larger=adds, smaller=keeps)
    else:
        both = _("{larger}; {smaller}.").format(larger=keeps, smaller=adds)
    start = said.format(
        unit=sentence.unit_names[unit], old=number(c_prev[unit]), new=number(c[unit])
    )
    return f"{start} {both}"


def _little(sentence: Sentence, name: str, change: Numbers, chosen: int | None) -> str:
    if chosen is not None:
        return _("Unit {unit} of {name} hardly changes: {by}.").format(
            unit=sentence.unit_names[chosen], name=name, by=signed(change[chosen])
        )
    return _("Little happens: no unit of {name} changes by more than {most}.").format(
        name=name, most=number(np.abs(change).max())
    )


def _state_change(sentence: Sentence, step: int, chosen: int | None) -> str:
    h = sentence["h"][step].astype(float)
    before = sentence["h_prev"][step].astype(float)
    change = h - before
    unit = int(np.abs(change).argmax()) if chosen is None else chosen
    if abs(change[unit]) < MOVE:
        return _little(sentence, "h", change, chosen)
    start = _("Unit {unit} of h goes from {old} to {new}").format(
        unit=sentence.unit_names[unit], old=number(before[unit]), new=number(h[unit])
    )
    if not sentence.has("z_from_x"):
        return f"{start}."
    z = float(sentence["z"][step, unit])
    shares = _shares(sentence, step, unit)
    if step == 0:
        said = _("{start}: z = {z}, of which {shares}.")
        return said.format(start=start, z=signed(z), shares=_listed(shares))
    earlier = float(sentence["z"][step - 1, unit])
    was = _shares(sentence, step - 1, unit)
    said = _("{start}: z falls from {was} to {z}; {parts}.")
    if z > earlier:
        said = _("{start}: z rises from {was} to {z}; {parts}.")
    parts = _moved(was, shares)
    return said.format(start=start, was=signed(earlier), z=signed(z), parts=parts)


def _shares(sentence: Sentence, step: int, unit: int) -> dict[str, float]:
    """What the word, the step before and the bias each add to a unit's z."""
    return {
        name: float(sentence[name][step, unit]) for name in ("z_from_x", "z_from_h", "z_from_a")
    }


def _moved(was: dict[str, float], now: dict[str, float]) -> str:
    """From where to where the parts of z went that change, in words, the largest change first."""
    texts = {
        "z_from_x": _("the word's part goes from {old} to {new}"),
        "z_from_h": _("the previous step's part goes from {old} to {new}"),
    }
    largest_first = sorted(texts, key=lambda name: -abs(now[name] - was[name]))
    return ", ".join(
        texts[name].format(old=signed(was[name]), new=signed(now[name])) for name in largest_first
    )


def _listed(shares: dict[str, float]) -> str:
    """The shares that are not 0, in words, the largest first."""
    texts = {
        "z_from_x": _("{share} from the word"),
        "z_from_h": _("{share} from the previous step"),
        "z_from_a": _("{share} from the bias"),
    }
    largest_first = sorted(shares, key=lambda name: -abs(shares[name]))
    some = [name for name in largest_first if shares[name]] or largest_first[:1]
    return ", ".join(texts[name].format(share=signed(shares[name])) for name in some)
