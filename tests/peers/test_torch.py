"""RNN and LSTM against PyTorch on the CPU: hidden states, and every gate.

PyTorch has two biases where we have one, so ours is their sum; all other weights are its own.
An `LSTMCell` loop keeps what `nn.LSTM` throws away, so the gates are compared too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tracer.cells.activations import Array

TOLERANCE = {"float64": 1e-12, "float32": 2e-6}


def array(tensor: torch.Tensor) -> Array:
    """A tensor's numbers."""
    numbers: Array = tensor.detach().numpy()
    return numbers


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Any size, dtype and lengths; weights as PyTorch draws them, states and inputs normal."""
    T, N = draw(st.integers(1, 20)), draw(st.integers(1, 5))
    return {
        "T": T,
        "N": N,
        "D": draw(st.integers(1, 12)),
        "H": draw(st.integers(1, 24)),
        "dtype": draw(st.sampled_from(sorted(TOLERANCE))),
        "lengths": draw(st.lists(st.integers(1, T), min_size=N, max_size=N)),
        "seed": draw(st.integers(0, 2**31)),
    }


def inputs(case: dict[str, Any]) -> tuple[torch.dtype, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The dtype, x (T, N, D), h_0 and c_0 (N, H) of a case."""
    torch.manual_seed(case["seed"])
    dtype = getattr(torch, case["dtype"])
    shape = case["N"], case["H"]
    x = torch.randn(case["T"], case["N"], case["D"], dtype=dtype)
    return dtype, x, torch.randn(shape, dtype=dtype), torch.randn(shape, dtype=dtype)


def weights(layer: Any) -> dict[str, Any]:
    """U, W and a of a PyTorch layer, in its own gate order, which is also ours."""
    return {
        "U": array(layer.weight_ih_l0),
        "W": array(layer.weight_hh_l0),
        "a": array(layer.bias_ih_l0 + layer.bias_hh_l0),
    }


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(["cpu", "reference"]), st.sampled_from(["tanh", "relu"]))
def test_rnn(case: dict[str, Any], device: str, f: str) -> None:
    """Ragged batches from random states: every real hidden state, and the final one."""
    dtype, x, h_0, _ = inputs(case)
    layer = torch.nn.RNN(case["D"], case["H"], nonlinearity=f).to(dtype)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, case["lengths"], enforce_sorted=False)
    outputs, final = layer(packed, h_0[None])
    theirs = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=case["T"])[0]

    cell = tracer.RNNCell(**weights(layer), f=f)
    ours = tracer.unroll(cell, array(x), h_0=array(h_0), lengths=case["lengths"], device=device)

    real = (np.arange(case["T"])[:, None] < ours.lengths)[..., None]
    tolerance = TOLERANCE[case["dtype"]] * max(1, float(np.abs(array(theirs)).max()))
    np.testing.assert_allclose(ours["h"] * real, array(theirs), rtol=0, atol=tolerance)
    np.testing.assert_allclose(ours["h"][-1], array(final[0]), rtol=0, atol=tolerance)


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(["cpu", "reference"]))
def test_lstm(case: dict[str, Any], device: str) -> None:
    """Ragged batches from random states: every real hidden state, and the final h and c."""
    dtype, x, h_0, c_0 = inputs(case)
    layer = torch.nn.LSTM(case["D"], case["H"]).to(dtype)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, case["lengths"], enforce_sorted=False)
    outputs, (h_n, c_n) = layer(packed, (h_0[None], c_0[None]))
    theirs = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=case["T"])[0]

    ours = tracer.unroll(
        tracer.LSTMCell(**weights(layer)),
        array(x),
        h_0=array(h_0),
        c_0=array(c_0),
        lengths=case["lengths"],
        device=device,
    )

    real = (np.arange(case["T"])[:, None] < ours.lengths)[..., None]
    close: Any = {"rtol": 0, "atol": TOLERANCE[case["dtype"]]}
    np.testing.assert_allclose(ours["h"] * real, array(theirs), **close)
    np.testing.assert_allclose(ours["h"][-1], array(h_n[0]), **close)
    np.testing.assert_allclose(ours["c"][-1], array(c_n[0]), **close)


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from(["cpu", "reference"]))
def test_every_gate_of_an_lstm(case: dict[str, Any], device: str) -> None:
    """An LSTMCell loop, with the gates computed as its documentation defines them."""
    dtype, x, h, c = inputs(case)
    layer = torch.nn.LSTM(case["D"], case["H"]).to(dtype)
    loop = torch.nn.LSTMCell(case["D"], case["H"]).to(dtype)
    with torch.no_grad():
        for ours_to, name in (
            (loop.weight_ih, "weight_ih_l0"),
            (loop.weight_hh, "weight_hh_l0"),
            (loop.bias_ih, "bias_ih_l0"),
            (loop.bias_hh, "bias_hh_l0"),
        ):
            ours_to.copy_(getattr(layer, name))
        ours = tracer.unroll(
            tracer.LSTMCell(**weights(layer)), array(x), h_0=array(h), c_0=array(c), device=device
        )
        for t in range(case["T"]):
            z = x[t] @ loop.weight_ih.T + loop.bias_ih + h @ loop.weight_hh.T + loop.bias_hh
            z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
            h, c = loop(x[t], (h, c))
            theirs = {
                "z_i": z_i, "z_f": z_f, "z_g": z_g, "z_o": z_o,
                "i": torch.sigmoid(z_i), "f": torch.sigmoid(z_f),
                "g": torch.tanh(z_g), "o": torch.sigmoid(z_o),
                "c": c, "tanh_c": torch.tanh(c), "h": h,
            }  # fmt: skip
            for name, numbers in theirs.items():
                scale = max(1, float(numbers.abs().max()))  # sums z are not bounded
                np.testing.assert_allclose(
                    ours[name][t],
                    array(numbers),
                    rtol=0,
                    atol=TOLERANCE[case["dtype"]] * scale,
                    err_msg=f"{name} at step {t}",
                )


def test_an_outside_model_is_met_at_every_step() -> None:
    """float32, T=40, H=128: within 1e-5 of its own hidden states at every step."""
    torch.manual_seed(0)
    layer = torch.nn.LSTM(64, 128)
    x = torch.randn(40, 3, 64)

    ours = tracer.unroll(tracer.LSTMCell(**weights(layer)), array(x))

    np.testing.assert_allclose(ours["h"], array(layer(x)[0]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("K", [2, 9])
def test_softmax_and_cross_entropy(K: int) -> None:
    """The head's outputs and the loss of each step."""
    from tracer.cells.output import cross_entropy, softmax

    torch.manual_seed(0)
    logits = 10 * torch.randn(50, K, dtype=torch.float64)
    target = torch.randint(K, (50,))
    losses = torch.nn.functional.cross_entropy(logits, target, reduction="none")

    np.testing.assert_allclose(softmax(array(logits)), array(logits.softmax(-1)), atol=1e-14)
    np.testing.assert_allclose(
        cross_entropy(array(logits), target.numpy()), array(losses), atol=1e-12
    )
