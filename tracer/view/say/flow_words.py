"""What a gradient's way back comes to, in plain words with true numbers; and how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tracer.language import _
from tracer.model.gradientflow import GradientFlow
from tracer.view.say.numbers import percent, size, times
from tracer.view.say.words import clean


def summary(flow: GradientFlow, encoding: str) -> str:
    """Two or three sentences about one network."""
    start = _reach(flow, clean(flow.words[0], encoding))
    return f"{model_name(flow, encoding)}: " + " ".join(
        part for part in (start, _why(flow)) if part
    )


def comparison(flows: Sequence[GradientFlow], encoding: str) -> str:
    """How many times more of its gradient the better of two networks brings to the first word."""
    alike = {(flow.words, flow.trace.task) for flow in flows}
    if len(flows) != 2 or len(alike) > 1 or len(flows[0].share) == 1:
        return ""
    more, less = sorted(flows, key=lambda flow: -float(flow.share[0]))
    if not (0 < less.share[0] < more.share[0] < np.inf):
        return ""
    said = _(
        "From the last word to the first, {more} keeps {times} times as much of its gradient as "
        "{less}."
    )
    return said.format(
        more=model_name(more, encoding), less=model_name(less, encoding),
        times=times(float(more.share[0] / less.share[0])),
    )  # fmt: skip


def model_name(flow: GradientFlow, encoding: str) -> str:
    """What a network is called."""
    return clean(flow.trace.model_name or flow.trace.equations.title, encoding)


def _reach(flow: GradientFlow, word: str) -> str:
    """How much smaller or larger the gradient is at the first word than at the last."""
    last, first = float(flow.d_h[-1]), float(flow.d_h[0])
    if not np.isfinite(last):
        return _("the gradient is already {value} at the last word.").format(value=size(last))
    if last == 0:
        return _(
            "the gradient is 0 everywhere: the network is so sure of this answer that the loss "
            "is flat. Try another --target."
        )
    if len(flow.d_h) == 1:
        return _("there is only one word, so no gradient flows back.")
    broken = np.flatnonzero(~np.isfinite(flow.d_h))
    if broken.size:
        t = int(broken.max())
        return _("going back, the gradient becomes {value} at t = {t}.").format(
            value=size(float(flow.d_h[t])), t=t + 1
        )
    if first == 0:
        t = int(np.flatnonzero(flow.d_h == 0).max())
        return _("the gradient is exactly 0 from t = {t} back to the first word.").format(t=t + 1)
    share = first / last
    if share < 1:
        said = _(
            "at the first word ({word}) the gradient is {times} times smaller than at the last."
        )
        return said.format(word=word, times=times(1 / share))
    said = _("at the first word ({word}) the gradient is {times} times as large as at the last.")
    return said.format(word=word, times=times(share))


def _why(flow: GradientFlow) -> str:
    if len(flow.d_h) == 1 or flow.d_h[-1] == 0:
        return ""
    if flow.step is not None and flow.reach is not None and flow.bound is not None:
        steps = flow.step[1:]
        most = float(flow.reach[0])
        if not np.isfinite(most):
            return ""
        said = _(
            "One step back multiplies a gradient by at most {least} to {greatest}; all {count} "
            "together keep at most {share} of it."
        )
        if most >= 1:
            said = _(
                "One step back multiplies a gradient by at most {least} to {greatest}; all "
                "{count} together by at most {times}."
            )
        return said.format(
            least=size(float(steps.min())), greatest=size(float(steps.max())), count=len(steps),
            share=_share(most), times=times(most),
        )  # fmt: skip
    if flow.kept is not None and np.isfinite(flow.kept[0]):
        return _(
            "Multiplied over all later words, its forget gates keep {share} of the gradient "
            "along the memory (mean over units)."
        ).format(share=_share(float(flow.kept[0])))
    return ""


def _share(value: float) -> str:
    """``12 %``, or ``1 part in 4,100`` where per cent would say nothing."""
    if value == 0 or value >= 0.01:
        return percent(value)
    return _("1 part in {times}").format(times=times(1 / value))


def legend(flows: Sequence[GradientFlow]) -> Iterator[tuple[str, str]]:
    """How to read the numbers."""
    said = [
        ("‖d_h‖", _("the norm of the gradient ∂L/∂h_t, relative to the last word; each tick "
                        "is a power of ten")),
    ]  # fmt: skip
    if any(flow.step is not None for flow in flows):
        said += [
            ("step", _("the most by which this step can multiply a gradient going back: the "
                       "largest singular value of ∂h_t/∂h_(t-1); none at t = 1")),
            ("bound", _("the product of step over all later words: an upper bound")),
            ("reach", _("the exact maximum for all later steps together: the largest singular "
                        "value of ∂h_T/∂h_t")),
        ]  # fmt: skip
    if any(flow.forget is not None for flow in flows):
        said += [
            ("f", _("the forget gate at this step, mean over units")),
            ("kept", _("the product of the forget gates of all later steps: what comes back "
                       "along the memory alone, mean over units")),
            ("‖d_c‖", _("the norm of ∂L/∂c_t, relative to the last word")),
        ]  # fmt: skip
    return iter(said)
