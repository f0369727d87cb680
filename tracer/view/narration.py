"""What happens at a step, in plain words: true sentences computed from the numbers.

Of all that could be said about a step, at most three things are, in this order.

1. Something broke: the first NaN or infinite number. Then nothing else is said.
2. The answer flips, or the answer that counts is given.
3. For a cell with a memory c: what share of the memory the forget switch keeps,
   ``Σ|f·c_prev| / Σ|c_prev|``, and the unit whose memory changes most and why, if it changes by
   `MOVE` or more; else that little changes. For a cell without one: the unit whose h changes most
   and which share of z, the word's, the memory's or the bias', pushes it that way.

Why a memory changes: ``c - c_prev`` is the sum of what is forgotten, ``(f - 1)·c_prev``, and of
what is written, ``i·g``. The larger of the two in the direction of the change is named; both are
where each makes up `BOTH` or more of it.
"""

from __future__ import annotations

import numpy as np

from tracer.language import _
from tracer.view.numbers import number, percent, signed
from tracer.view.sentence import Broken, Numbers, Sentence

MOVE = 0.1
"""A unit that changes by less is not worth a sentence."""

BOTH = 0.25
"""Each of two causes must make up this share of a change for both to be named."""

EMPTY = 1e-3
"""A memory whose units are all smaller than this is called empty."""


def narration(sentence: Sentence, step: int, unit: int | None = None) -> str:
    """The sentences about `step` (from 0), about that `unit` if one is given."""
    broken = sentence.broken
    if broken is not None and broken.step <= step:
        return _broken_sentence(sentence, step, broken)
    if all(sentence.has(name) for name in ("c", "c_prev", "f", "i", "g")):
        state = [_kept(sentence, step), _memory_change(sentence, step, unit)]
    else:
        state = [_state_change(sentence, step, unit)]
    return " ".join(part for part in [_answer_sentence(sentence, step), *state] if part)


def _broken_sentence(sentence: Sentence, step: int, broken: Broken) -> str:
    where = broken.name if broken.unit is None else f"{broken.name}[{broken.unit}]"
    if broken.step == step:
        return _("The first number that is not finite: {where} = {value} at t = {t}.").format(
            where=where, value=number(broken.value), t=step + sentence.first
        )
    return _("Not every number is finite any more; it began at t = {t} with {where}.").format(
        where=where, t=broken.step + sentence.first
    )


def _answer_sentence(sentence: Sentence, step: int) -> str:
    best = sentence.best
    if best is None or step not in sentence.flips:
        return ""
    return _("The answer flips from {old} to {new} ({share}).").format(
        old=sentence.label(best[step - 1]),
        new=sentence.label(best[step]),
        share=percent(sentence.share(step)),
    )


def _kept(sentence: Sentence, step: int) -> str:
    f, c_prev = sentence["f"][step].astype(float), sentence["c_prev"][step].astype(float)
    before = np.abs(c_prev)
    if before.max() < EMPTY:
        return _("The memory was empty.")
    share = float((f * before).sum() / before.sum())
    return _("The forget switch keeps {share} of the memory.").format(share=percent(share))


def _memory_change(sentence: Sentence, step: int, chosen: int | None) -> str:
    c, c_prev, f, i, g = (
        sentence[name][step].astype(float) for name in ("c", "c_prev", "f", "i", "g")
    )
    change = c - c_prev
    unit = int(np.abs(change).argmax()) if chosen is None else chosen
    if abs(change[unit]) < MOVE:
        return _little(sentence, "c", change, chosen)
    because = _cause(change[unit], (f[unit] - 1) * c_prev[unit], i[unit] * g[unit])
    text = {
        ("up", "forgotten"): _("Unit {unit} rises from {old} to {new} because f = {f}."),
        ("down", "forgotten"): _("Unit {unit} drops from {old} to {new} because f = {f}."),
        ("up", "written"): _(
            "Unit {unit} rises from {old} to {new} because i = {i} lets in g = {g}."
        ),
        ("down", "written"): _(
            "Unit {unit} drops from {old} to {new} because i = {i} lets in g = {g}."
        ),
        ("up", "both"): _(
            "Unit {unit} rises from {old} to {new} because f = {f} keeps {kept} "
            "and i = {i} lets in g = {g}."
        ),
        ("down", "both"): _(
            "Unit {unit} drops from {old} to {new} because f = {f} keeps {kept} "
            "and i = {i} lets in g = {g}."
        ),
    }["up" if change[unit] > 0 else "down", because]
    return text.format(
        unit=sentence.unit_names[unit],
        old=number(c_prev[unit]),
        new=number(c[unit]),
        f=number(f[unit]),
        i=number(i[unit]),
        g=number(g[unit]),
        kept=number(f[unit] * c_prev[unit]),
    )


def _little(sentence: Sentence, name: str, change: Numbers, chosen: int | None) -> str:
    if chosen is not None:
        return _("Unit {unit} of {name} hardly moves: by {by}.").format(
            unit=sentence.unit_names[chosen], name=name, by=signed(change[chosen])
        )
    return _("Little changes: no unit of {name} moves by more than {most}.").format(
        name=name, most=number(np.abs(change).max())
    )


def _cause(change: float, forgotten: float, written: float) -> str:
    """Which part makes up a change: each part's share of it, both where both count."""
    shares = {"forgotten": forgotten / change, "written": written / change}
    if min(shares.values()) >= BOTH:
        return "both"
    return max(shares, key=lambda name: shares[name])


def _state_change(sentence: Sentence, step: int, chosen: int | None) -> str:
    h = sentence["h"][step].astype(float)
    before = sentence["h_prev"][step].astype(float)
    change = h - before
    unit = int(np.abs(change).argmax()) if chosen is None else chosen
    if abs(change[unit]) < MOVE:
        return _little(sentence, "h", change, chosen)
    values = {
        "unit": sentence.unit_names[unit],
        "old": number(before[unit]),
        "new": number(h[unit]),
    }
    shares = {
        name: float(sentence[name][step, unit])
        for name in ("z_from_x", "z_from_h", "z_from_a")
        if sentence.has(name)
    }
    if not shares:
        return _("Unit {unit} of h goes from {old} to {new}.").format(**values)
    z = sum(shares.values())
    largest = max(shares, key=lambda share: shares[share] * np.sign(z))
    reasons = {
        "z_from_x": _("the word gives {share} of z = {z}"),
        "z_from_h": _("the memory gives {share} of z = {z}"),
        "z_from_a": _("the bias gives {share} of z = {z}"),
    }
    reason = reasons[largest].format(share=signed(shares[largest]), z=signed(z))
    return _("Unit {unit} of h goes from {old} to {new}: {reason}.").format(**values, reason=reason)
