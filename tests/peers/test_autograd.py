"""Backward through time against PyTorch's autograd: parameters, inputs, states, every intermediate.

Each network is written with PyTorch's own operations, so that autograd can be asked for the
gradient of every number in between.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.peers.test_torch import array, cases, inputs, weights

Tensors = dict[str, torch.Tensor]


def network(layer: Any) -> Tensors:
    """U, W and a as leaves that autograd follows, in float64."""
    return {
        name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        for name, numbers in weights(layer).items()
    }


def rnn_step(p: Tensors, x: torch.Tensor, h: torch.Tensor) -> Tensors:
    """One step of the Elman RNN."""
    z = x @ p["U"].T + h @ p["W"].T + p["a"]
    return {"z": z, "h": torch.tanh(z)}


def lstm_step(p: Tensors, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> Tensors:
    """One step of the LSTM, with every number in between."""
    z_i, z_f, z_g, z_o = (x @ p["U"].T + h @ p["W"].T + p["a"]).chunk(4, dim=1)
    i, f, g, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)
    # A gate's sum has to be a tensor of its own for autograd to give its gradient.
    c = f * c + i * g
    tanh_c = torch.tanh(c)
    return {
        "z_i": z_i, "z_f": z_f, "z_g": z_g, "z_o": z_o, "i": i, "f": f, "g": g, "o": o,
        "c": c, "tanh_c": tanh_c, "h": o * tanh_c,
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cases(), st.sampled_from(["rnn", "lstm"]), st.sampled_from(["cpu", "reference"]))
def test_every_gradient(case: dict[str, Any], kind: str, device: str) -> None:
    """Ragged batches, random states, a loss on every h and on the final state: 1e-10."""
    case["dtype"] = "float64"
    _, x, h_0, c_0 = inputs(case)
    make = torch.nn.RNN if kind == "rnn" else torch.nn.LSTM
    p = network(make(case["D"], case["H"]).double())
    lengths = torch.tensor(case["lengths"])
    x.requires_grad_()
    states = [s.requires_grad_() for s in ((h_0,) if kind == "rnn" else (h_0, c_0))]
    on_h = torch.randn(case["T"], *h_0.shape, dtype=torch.float64)
    on_last = [torch.randn_like(s) for s in states]

    steps, state, loss = [], list(states), torch.zeros((), dtype=torch.float64)
    for t in range(case["T"]):
        step = rnn_step(p, x[t], *state) if kind == "rnn" else lstm_step(p, x[t], *state)
        for number in step.values():
            number.retain_grad()
        going = (t < lengths)[:, None]
        after = (step["h"],) if kind == "rnn" else (step["h"], step["c"])
        state = [torch.where(going, new, old) for new, old in zip(after, state, strict=True)]
        steps.append(step)
        loss = loss + (state[0] * on_h[t]).sum()
    loss = loss + sum((s * d).sum() for s, d in zip(state, on_last, strict=True))
    loss.backward()

    start: Any = {f"{n}_0": array(s) for n, s in zip("hc", states, strict=False)}
    last: Any = {f"d_{n}_last": array(d) for n, d in zip("hc", on_last, strict=False)}
    ours_p: Any = {name: array(weight) for name, weight in p.items()}
    cell = tracer.RNNCell(**ours_p) if kind == "rnn" else tracer.LSTMCell(**ours_p)
    trace = tracer.unroll(cell, array(x), lengths=case["lengths"], device=device, **start)
    ours = tracer.backprop(trace, array(on_h), device=device, **last)

    close: Any = {"rtol": 1e-10, "atol": 1e-10}
    leaves = {**p, "x": x, **{f"{n}_0": s for n, s in zip("hc", states, strict=False)}}
    for name, leaf in leaves.items():
        np.testing.assert_allclose(ours[f"d_{name}"], leaf.grad, **close, err_msg=name)
    for t, step in enumerate(steps):
        real = t < ours.lengths
        for name, number in step.items():
            theirs = np.zeros(number.shape) if number.grad is None else array(number.grad)
            np.testing.assert_allclose(
                ours[f"d_{name}"][t][real], theirs[real], **close, err_msg=f"{name}, step {t}"
            )


def test_the_gradients_of_a_whole_model() -> None:
    """Embedding, LSTM, head, softmax and cross-entropy of a batch of two ragged sentences."""
    torch.manual_seed(0)
    model = tracer.Model.load("lstm-tag")
    sentences, targets = ["water is hot", "you are a man"], []
    words = [model.encoder.split(sentence) for sentence in sentences]
    targets = [[model.labels[t % 3] for t in range(len(one))] for one in words]

    ours = model.trace(sentences, target=targets, backward=True)

    cell = {n: torch.tensor(getattr(model.cell, n), requires_grad=True) for n in ("U", "W", "a")}
    V, b = (torch.tensor(part, requires_grad=True) for part in model.head)
    loss = torch.zeros(())
    for one, target in zip(words, targets, strict=True):
        h = c = torch.zeros(1, model.cell.W.shape[1])
        for x, label in zip(torch.tensor(model.encoder.encode(one)), target, strict=True):
            step = lstm_step(cell, x[None], h, c)
            h, c = step["h"], step["c"]
            right = torch.tensor([model.labels.index(label)])
            loss = loss + torch.nn.functional.cross_entropy(h @ V.T + b, right)
    (loss / 2).backward()

    for name, leaf in {**cell, "V": V, "b": b}.items():
        np.testing.assert_allclose(ours[f"d_{name}"], leaf.grad, rtol=1e-4, atol=1e-5)
