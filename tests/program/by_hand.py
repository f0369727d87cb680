"""An RNN and an LSTM as students write them, each line that goes wrong exchangeable.

Nothing here knows of a program: loops over steps, NumPy, and lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tracer.cells.activations import Array

Numbers = dict[str, Any]


def sigmoid(z: Array) -> Array:
    """The sigmoid."""
    return np.asarray(1 / (1 + np.exp(-z)))


def rnn(
    n: Numbers,
    *,
    before: Callable[[list[Array], int], Array] | None = None,
    squeezed: Callable[[Array], Array] = np.tanh,
    slope: Callable[[Array, Array], Array] = lambda z, _: 1 - np.tanh(z) ** 2,
    past: Callable[[list[Array], int], Array] | None = None,
    after: Callable[[Array], Array] = lambda d: d,
    backwards: bool = True,
    gathered: Callable[[list[Array]], Any] = sum,
    W_back: Array | None = None,
) -> Numbers:
    """Forward and backward through time; what is handed in stands for one line each.

    Parameters
    ----------
    before : callable
        h_prev from the list of the h so far, h_0 in front, and t.
    squeezed, slope : callable
        tanh, and its slope at z and h.
    past : callable
        h_prev in the backward pass, likewise; what the forward pass took where it is left out.
    after : callable
        What is made of the gradient that comes from the next step.
    backwards : bool
        Whether the backward loop goes from the last step to the first.
    gathered : callable
        What is made of the gradients of W of the steps, in the order of the loop.
    W_back : array
        What the backward pass takes for W.
    """
    x, U, W, a, d_h = (n[name] for name in ("x", "U", "W", "a", "d_h_from_loss"))
    W_back = W if W_back is None else W_back
    before = before or (lambda h, t: h[t])
    past = past or before
    h = [n["h_0"]]
    z = []
    for t in range(len(x)):
        z.append(x[t] @ U.T + before(h, t) @ W.T + a)
        h.append(squeezed(z[t]))
    d_from_next = n["d_h_T"]
    d_x, d_W, d_U, d_a = np.zeros_like(x), [], 0, 0
    for t in reversed(range(len(x))) if backwards else range(len(x)):
        d_z = (d_h[t] + after(d_from_next)) * slope(z[t], h[t + 1])
        d_x[t] = d_z @ U
        d_W.append(d_z.T @ past(h, t))
        d_U = d_U + d_z.T @ x[t]
        d_a = d_a + d_z.sum(axis=0)
        d_from_next = d_z @ W_back
    return {
        "h": np.stack(h[1:]), "h_T": h[-1], "d_x": d_x, "d_W": gathered(d_W),
        "d_U": d_U, "d_a": d_a, "d_h_0": d_from_next,
    }  # fmt: skip


def lstm(
    n: Numbers,
    *,
    gates: str = "ifgo",
    memory: Callable[[Array, Array, Array, Array], Array] = lambda f, c, i, g: f * c + i * g,
    shown: Callable[[Array, Array], Array] = lambda o, c: o * np.tanh(c),
    bias: bool = True,
    switch: Callable[[Array], Array] = sigmoid,
    lengths: Any = None,
) -> Numbers:
    """Forward: the gates in the order of the blocks, the memory, what is shown of it."""
    h, c, H = n["h_0"], n["c_0"], n["h_0"].shape[1]
    all_h, all_c = [], []
    for t in range(len(n["x"])):
        z = n["x"][t] @ n["U"].T + h @ n["W"].T + (n["a"] if bias else 0)
        of = {gate: z[:, k * H : (k + 1) * H] for k, gate in enumerate(gates)}
        i, f, o, g = switch(of["i"]), switch(of["f"]), switch(of["o"]), np.tanh(of["g"])
        new_c = memory(f, c, i, g)
        new_h = shown(o, new_c)
        going = t < (np.full(len(h), 10**6) if lengths is None else lengths)[:, np.newaxis]
        h, c = np.where(going, new_h, h), np.where(going, new_c, c)
        all_h.append(h)
        all_c.append(c)
    return {"h": np.stack(all_h), "c": np.stack(all_c), "h_T": h, "c_T": c}
