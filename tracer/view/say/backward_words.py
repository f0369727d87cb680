"""What happens to the gradient at a step, in plain words: true sentences from the numbers.

Shares are of the sizes that the screen shows, the norms over the units that are spoken of: what
comes back from the step after, ``‖from next‖ / (‖from next‖ + ‖from here‖)``, and what a switch or
a slope lets through, ``‖what comes out‖ / ‖what goes in‖``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tracer.language import _
from tracer.model.gradientflow import norms
from tracer.view.say.arithmetic import functions
from tracer.view.say.numbers import number, percent, signed, size, times
from tracer.view.say.sentence import Numbers, Sentence
from tracer.view.say.words import clean


def loss_words(sentence: Sentence) -> Iterator[str]:
    """Against which answer the loss was taken, and how to ask otherwise."""
    trace, n = sentence.trace, sentence.number
    target, best = trace.target, sentence.best
    if target is not None and best is not None and sentence.has("loss"):
        steps = [t for t in range(sentence.T) if target[t, n] >= 0]
        own = all(int(target[t, n]) == best[t] for t in steps)
        labels = [sentence.label(int(target[t, n])) for t in steps]
        loss = size(float(sentence["loss"].sum()))
        if len(steps) == 1:
            said = _("loss {loss} for the target '{label}'").format(loss=loss, label=labels[0])
            others = [clean(o, sentence.encoding) for o in trace.labels or () if o != labels[0]]
        else:
            shown = " ".join(labels[:20]) + (" …" if len(labels) > 20 else "")
            said = _("loss {loss}, summed over all words, for the targets: {labels}")
            said = said.format(loss=loss, labels=shown)
            others = []
        if own:
            said += ", " + _("the network's own answer")
            if len(steps) > 1:
                said += "; " + _("for others: --target 'LABEL LABEL …', one per word")
            elif others:
                said += "; " + _("for another: --target {other}").format(other=others[0])
        yield said
    averaged_over = trace.averaged_over or trace.N
    if averaged_over > 1:
        yield _(
            "The loss is the mean over {count} sentences, so each one counts 1/{count}."
        ).format(count=averaged_over)
    if trace.straight_through:
        called = functions(trace.cell).names.get("σ", "")
        yield _(
            "Straight-through: hard gates have zero slope, so the backward pass uses the slope "
            "of the sigmoid, written {name}'."
        ).format(name=called)


def backward_words(sentence: Sentence, step: int, unit: int | None = None) -> str:
    """The sentences about `step` (from 0), about that `unit` if one is given."""
    said = _broken(sentence, step)
    if said:
        return said
    units = slice(None) if unit is None else slice(unit, unit + 1)
    if not any(sentence[q.name][step, units].any() for q in sentence.gradient_rows()):
        return _("No gradient reaches this step: every number here is 0.")
    parts = [_memory(sentence, step, units) if sentence.has("d_c") else _h(sentence, step, units)]
    if unit is None:
        parts.append(_most(sentence, step))
    return " ".join(part for part in parts if part)


def _broken(sentence: Sentence, step: int) -> str:
    """The first gradient that is not finite, counted from the end."""
    for t in reversed(range(step, sentence.T)):
        for quantity in sentence.gradient_rows():
            values = sentence[quantity.name][t]
            bad = np.flatnonzero(~np.isfinite(values))
            if not bad.size:
                continue
            where = f"{quantity.name}[{sentence.unit_names[int(bad[0])]}]"
            if t == step:
                said = _("First gradient that is not finite, going back: {where} = {value}.")
                return said.format(where=where, value=number(float(values[bad[0]])))
            said = _("Not all gradients are finite: it began at t = {t} with {where}.")
            return said.format(t=t + sentence.first, where=where)
    return ""


def _arrives(name: str, here: Numbers, back: Numbers, after: int) -> str:
    """Which part of a gradient comes back from the step after."""
    total = _size(here) + _size(back)
    share = _size(back) / total if total else 0.0
    if share == 0:
        return _("The whole gradient of {name} comes from this step's output.").format(name=name)
    if share == 1:
        return _("The whole gradient of {name} comes back from t = {after}.").format(
            name=name, after=after
        )
    return _("{share} of the gradient of {name} comes back from t = {after}.").format(
        share=percent(share), name=name, after=after
    )


def _memory(sentence: Sentence, step: int, units: slice) -> str:
    """The LSTM's: along the memory, or through h; and what the forget gate lets go on."""
    t = step + sentence.first
    here, back, d_c, f = (
        sentence[name][step, units].astype(float)
        for name in ("d_c_from_h", "d_c_from_next", "d_c", "f")
    )
    total = _size(here) + _size(back)
    if not total:
        return _("No gradient reaches the memory here.")
    share = _size(back) / total
    if share == 0:
        said = _(
            "The whole gradient of c_{t} comes through h_{t}; none comes back along the memory."
        )
    else:
        said = _("{share} of the gradient of c_{t} comes back along the memory from t = {after}.")
    said = said.format(share=percent(share), t=t, after=t + 1)
    arrived = _size(d_c)
    if not arrived:
        return said
    lets = percent(_size(f * d_c) / arrived)
    return (
        said
        + " "
        + _("The forget gate passes {share} of it on to c_{before}.").format(
            share=lets, before=t - 1
        )
    )


def _h(sentence: Sentence, step: int, units: slice) -> str:
    """Where h is all there is: from this step's output or the step after; what the step makes."""
    t = step + sentence.first
    here, back, d_h = (
        sentence[name][step, units].astype(float)
        for name in ("d_h_from_loss", "d_h_from_next", "d_h")
    )
    said = [_arrives(f"h_{t}", here, back, t + 1)]
    arrived = _size(d_h)
    plain = sentence.has("d_z")  # one sum z, its slope and W are all that stands in the way
    if arrived and plain:
        slope = functions(sentence.trace.cell).names.get("f", "f")
        through = percent(_size(sentence["d_z"][step, units]) / arrived)
        said.append(
            _("The slope of {f} passes {share} of it on to z.").format(f=slope, share=through)
        )
    handed = sentence["d_h_from_next"][step - 1] if step else sentence["d_h_0"][0]
    before, after = (_size(row) for row in (handed, sentence["d_h"][step]))
    if units == slice(None) and before and after:
        ratio = before / after
        text = _("It reaches h_{before} {times} times smaller than it was at h_{t}.")
        if ratio >= 1:
            text = _("It reaches h_{before} {times} times as large as it was at h_{t}.")
        factor = times(ratio if ratio >= 1 else 1 / ratio)
        said.append(text.format(times=factor, before=t - 1, t=t))
    return " ".join(said)


def _size(values: Numbers) -> float:
    """The norm, as the cells of the screen have it."""
    return float(norms(values[np.newaxis].astype(float))[0])


def _most(sentence: Sentence, step: int) -> str:
    """The unit whose state the loss feels most, and in which direction."""
    name = "d_c" if sentence.has("d_c") else "d_h"
    values = sentence[name][step].astype(float)
    unit = int(np.abs(values).argmax())
    value = float(values[unit])
    said = _(
        "Largest at unit {unit}: a larger {state} there would raise the loss ({name} = {value})."
    )
    if value < 0:
        said = _(
            "Largest at unit {unit}: a larger {state} there would lower the loss ({name} = "
            "{value})."
        )
    return said.format(
        unit=sentence.unit_names[unit], state=name.removeprefix("d_"), name=name,
        value=signed(value),
    )  # fmt: skip
