"""How much of the last word's loss still reaches each word before it, and what stands in its way.

Source: S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997);
R. Pascanu, T. Mikolov, Y. Bengio, On the Difficulty of Training Recurrent Neural Networks (2013).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tracer.cells.activations import Array
from tracer.cells.output import cross_entropy, d_cross_entropy
from tracer.errors import InputError, UnknownNameError
from tracer.kernels.memory import missing
from tracer.model.model import Layer, Model
from tracer.model.targets import own_answers
from tracer.trace.backprop import backprop
from tracer.trace.room import refused
from tracer.trace.trace import Head, Trace


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """What one network hands back through one sentence, from the last word to the first.

    Entry t (from 0) of each array belongs to the state after word t. All of them are (T,).

    Attributes
    ----------
    trace : Trace
        Of the one sentence, with its gradients, in float64.
    target : str
        The label the loss of the last word was taken against.
    own : bool
        Whether that is the network's own answer.
    d_h : array
        ‖∂L/∂h_t‖.
    d_c : array or None
        ‖∂L/∂c_t‖; None for a cell without a memory c.
    forget, kept : array or None
        The forget gate f_t, and ``f_(t+1) · … · f_T``, each a mean over the units: the share of
        ∂L/∂c_T that comes back along the memory alone.
    step : array or None
        The largest singular value of the Jacobian ∂h_t/∂h_(t-1): the most by which this one step
        back can multiply a gradient. For a cell whose only state is h.
    bound, reach : array or None
        The most that all the steps after t together can leave of a gradient: `bound` is the
        product of their `step`; `reach` the largest singular value of their Jacobians'
        product ∂h_T/∂h_t, which is what they really do. ``‖∂L/∂h_t‖ <= reach · ‖∂L/∂h_T‖``.
    """

    trace: Trace
    target: str
    own: bool
    d_h: Array
    d_c: Array | None
    forget: Array | None
    kept: Array | None
    step: Array | None
    bound: Array | None
    reach: Array | None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the sentence."""
        assert self.trace.tokens is not None
        return self.trace.tokens[0]

    @property
    def share(self) -> Array:
        """``d_h`` as a share of that at the last word; NaN where nothing starts there."""
        return share_of_last(self.d_h)


def gradient_flow(
    model: Model, sentence: str, target: str | None = None, device: str = "cpu"
) -> GradientFlow:
    """Send the loss of the last word back through a sentence.

    Only the last word's loss counts, whatever the task, so that every gradient has come the whole
    way. The network runs in float64, so that what vanishes here vanishes by the equations; rounding
    takes part only where a switch or tanh is saturated to the last digit.

    Parameters
    ----------
    model : Model
    sentence : str
    target : str
        The label that would be right after the last word; by default what the network says. For a
        model that generates, the next word.
    device : str
        As in `tracer.unroll`.

    Raises
    ------
    InputError, UnknownNameError
        If the sentence has no words or the label is not one of the model's.
    """
    model = in_float64(model)
    # A model that generates would go on with the sentence; asked for as many words, it only reads.
    words = len(model.encoder.split(sentence)) if model.task == "generate" else None
    said = model.trace(sentence, level="all", steps=words, device=device)
    answers = own_answers(said)[0]
    answer = answers if isinstance(answers, str) else answers[-1]
    label = answer if target is None else target
    trace = back_from_last(said, label)
    d_h, f, h_only = trace["d_h"][:, 0], None, trace.equations.state == ("h",)
    if trace.equations.forget:
        f = trace[trace.equations.forget][:, 0]  # (T, H)
    step = bound = reach = None
    if h_only:
        _check_room(trace)
        jacobians = step_jacobians(trace)  # (T, H, H)
        step = largest_singular(jacobians)
        bound = after(step)
        reach = largest_singular(products_after(jacobians))
    return GradientFlow(
        trace=trace,
        target=label,
        own=label == answer,
        d_h=norms(d_h),
        d_c=norms(trace["d_c"][:, 0]) if "d_c" in trace.names else None,
        forget=None if f is None else f.mean(axis=1),
        kept=None if f is None else after(f).mean(axis=1),
        step=step,
        bound=bound,
        reach=reach,
    )


def _check_room(trace: Trace) -> None:
    """Raise an `InputError` where the Jacobians (T, H, H) of all steps do not fit into memory."""
    needed = _COPIES * trace.T * trace.H**2 * np.dtype(np.float64).itemsize
    if free := missing(needed):
        raise refused(
            f"the Jacobians of {trace.T:,} steps with {trace.H:,} units", needed, free,
            [f"a sentence of {trace.T * free // needed:,} words"],
        )  # fmt: skip


_COPIES = 3
"""Each step's Jacobian, their products, and what their singular values are found with."""


def back_from_last(trace: Trace, label: str) -> Trace:
    """The trace of one sentence with the gradients of its last word's loss alone."""
    assert trace.labels is not None
    assert trace.head is not None
    target = np.full((trace.T, 1), -1, np.int64)
    if label not in trace.labels:
        raise UnknownNameError("label", label, trace.labels)
    target[-1] = trace.labels.index(label)
    d_logits = d_cross_entropy(trace["probs"], target)
    outputs = {
        **trace.outputs,
        "loss": cross_entropy(trace["logits"], target),
        "d_logits": d_logits,
    }
    d_h = d_logits @ trace.head.V  # (T, 1, H)
    return backprop(replace(trace, outputs=outputs, target=target), d_h, device=trace.device)


def step_jacobians(trace: Trace) -> Array:
    """∂h_t/∂h_(t-1) for each step of its first sentence, (T, H, H); an RNN's is diag(f'(z_t)) W.

    Row k is what the cell's step back makes of a gradient that is 1 at unit k and 0 elsewhere.
    """
    cell, H = trace.cell, trace.H
    if trace.equations.state != ("h",):
        raise InputError(
            f"{trace.equations.with_article} passes more than h to the next step, "
            "so its step has no Jacobian of h alone"
        )
    there = [q.name for q in trace.equations if q.level or not q.equation]
    numbers = {name: trace[name][:, 0] for name in there}  # each (T, ·)
    each_unit, nothing = np.eye(H, dtype=trace.dtype), np.zeros((H, H), trace.dtype)
    jacobians = np.empty((trace.T, H, H))
    for t in range(trace.T):
        step = {
            name: np.broadcast_to(rows[t], (H, rows.shape[1])) for name, rows in numbers.items()
        }
        with np.errstate(all="ignore"):
            jacobians[t] = cell.step_back(step, each_unit, nothing)["d_h_prev"]
    return jacobians


def products_after(jacobians: Array) -> Array:
    """J_T ⋯ J_(t+1) = ∂h_T/∂h_t for each t, (T, H, H); the identity at the last step."""
    products = np.empty_like(jacobians)
    product = np.eye(jacobians.shape[1])
    with np.errstate(all="ignore"):
        for t in reversed(range(len(jacobians))):
            products[t] = product
            product = product @ jacobians[t]
    return products


def after(factors: Array) -> Array:
    """The product of all later entries along the first axis; 1 at the last one."""
    later = np.concatenate([factors[1:], np.ones_like(factors[:1])])
    with np.errstate(all="ignore"):
        product: Array = np.cumprod(later[::-1], axis=0)[::-1]
    return product


def largest_singular(matrices: Array) -> Array:
    """The largest singular value of each matrix; NaN where a matrix is not finite."""
    whole = np.isfinite(matrices).all(axis=(1, 2))
    largest = np.full(len(matrices), np.nan)
    if whole.any():
        largest[whole] = np.linalg.svd(matrices[whole], compute_uv=False)[:, 0]
    return largest


def norms(rows: Array) -> Array:
    """The Euclidean length of each row, also where its squares would under- or overflow."""
    sizes = np.abs(rows)
    largest = sizes.max(axis=-1)
    safe = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    with np.errstate(all="ignore"):
        lengths: Array = safe * np.sqrt(((sizes / safe[:, np.newaxis]) ** 2).sum(axis=-1))
    return lengths


def share_of_last(values: Array) -> Array:
    """Each entry by the last one; NaN where the last is 0 or not finite."""
    last = values[-1]
    if last == 0 or not np.isfinite(last):
        return np.full(len(values), np.nan)
    share: Array = values / last
    return share


def in_float64(model: Model) -> Model:
    """The same network, computing in float64."""

    def wide(array: Array) -> Array:
        return np.asarray(array, dtype=np.float64)

    layers = tuple(
        Layer(
            replace(layer.cell, U=wide(layer.cell.U), W=wide(layer.cell.W), a=wide(layer.cell.a)),
            layer.direction,
        )
        for layer in model.layers
    )
    return replace(
        model,
        encoder=replace(model.encoder, table=wide(model.encoder.table)),
        layers=layers,
        head=Head(wide(model.head.V), wide(model.head.b)),
    )
