"""The textbook cells: one number by hand, and clear words for weights that do not fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tracer
from tracer.cells.activations import ACTIVATIONS, hard, hard_sigmoid, hard_sigmoid_fifth, sigmoid


def test_an_rnn_step_by_hand() -> None:
    """The formula with numbers: h = tanh(0.5·2 + 0.25·1 - 1) = tanh(0.25)."""
    cell = tracer.RNNCell(np.array([[0.5]]), np.array([[0.25]]), np.array([-1.0]))

    step = cell.step(np.array([[2.0]]), np.array([[1.0]]))

    assert step["z"].item() == 0.25
    assert step["h"].item() == math.tanh(0.25)


def test_an_lstm_step_by_hand() -> None:
    """All switches half open: c = 0.5·2 + 0.5·tanh(1), h = 0.5·tanh(c)."""
    U = np.array([[0.0], [0.0], [1.0], [0.0]])  # only g looks at the input
    cell = tracer.LSTMCell(U, np.zeros((4, 1)), np.zeros(4))

    step = cell.step(np.array([[1.0]]), np.array([[3.0]]), np.array([[2.0]]))

    assert [step[switch].item() for switch in "ifo"] == [0.5, 0.5, 0.5]
    assert step["c"].item() == 0.5 * 2 + 0.5 * math.tanh(1)
    assert step["h"].item() == 0.5 * math.tanh(step["c"].item())


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_keep_dtype_and_nan_and_never_overflow(name: str, dtype: str) -> None:
    """A NaN that goes in comes out; ±1e4 gives the limit without a warning."""
    z = np.array([-1e4, -1, 0, 1, 1e4, np.nan], dtype)

    out = ACTIVATIONS[name](z)

    assert out.dtype == z.dtype
    assert np.isnan(out).tolist() == [False] * 5 + [True]
    assert z[0] == -1e4


def test_switches_agree_where_they_have_to() -> None:
    """Every kind of switch is half open or shut at 0 and goes from 0 to 1."""
    z = np.array([-10.0, 0.0, 10.0])

    np.testing.assert_allclose(sigmoid(z), [0, 0.5, 1], atol=1e-4)
    assert hard_sigmoid(z).tolist() == [0, 0.5, 1]
    assert hard_sigmoid_fifth(z).tolist() == [0, 0.5, 1]
    assert hard(z).tolist() == [0, 0, 1]


def test_the_two_slopes_of_the_hard_sigmoid() -> None:
    """At z = 1 it is 1/6 or 0.2 above a half; at 2.75 only the steeper one has reached 1."""
    z = np.array([1, 2.75])

    np.testing.assert_allclose(ACTIVATIONS["hard-sigmoid"](z), [4 / 6, 5.75 / 6])
    np.testing.assert_allclose(ACTIVATIONS["hard-sigmoid-0.2"](z), [0.7, 1])


def test_a_cell_keeps_its_own_copy_of_the_weights() -> None:
    """What the caller does to the array later changes no cell and so no trace."""
    W = np.ones((1, 1))
    cell = tracer.RNNCell(np.ones((1, 1)), W, np.zeros(1))

    W[0, 0] = 5

    assert cell.W[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        cell.W[0, 0] = 5


def test_a_network_without_a_bias() -> None:
    """Left out or None, it is zeros in the dtype of the weights."""
    U, W = np.ones((8, 3), np.float32), np.ones((8, 2), np.float32)

    for cell in (tracer.LSTMCell(U, W), tracer.LSTMCell(U, W, None)):  # type: ignore[arg-type]
        assert cell.a.tolist() == [0] * 8
        assert cell.a.dtype == np.float32
    assert tracer.RNNCell(np.ones((2, 3)), np.ones((2, 2))).a.tolist() == [0, 0]


def test_a_parameter_that_asks_for_gradients_is_taken() -> None:
    """Its values, as its detach() gives them."""

    class Parameter:
        requires_grad = True

        def detach(self) -> list[float]:
            return [0.25]

    cell = tracer.RNNCell([[1.0]], [[1.0]], Parameter())  # type: ignore[arg-type]

    assert cell.a.tolist() == [0.25]


class Unreadable:
    """A tensor that NumPy cannot read."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("Use Tensor.cpu() to copy\nthe tensor")


class Sparse:
    """A sparse matrix, as SciPy makes them: NumPy sees one object."""

    def toarray(self) -> None:
        """What would help."""


H, D = 16, 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"U": np.zeros((32, 8))}, r"U has shape (32, 8); an LSTM with D=8 and H=16 needs (4H, D)"),
        ({"W": np.zeros((16, 16))}, r"W has shape (16, 16); an LSTM with H=16 needs (4H, H)"),
        ({"a": np.zeros(16)}, r"a has shape (16,); an LSTM with H=16 needs (4H,) = (64,)"),
        ({"a": np.zeros((64, 1))}, r"a has shape (64, 1); it needs 1 axes, (4H)"),
        ({"a": np.zeros(64, int)}, r"a has dtype int64; tracer computes in float32 or float64"),
        ({"a": np.zeros(64, np.float32)}, r"the weights differ in dtype: U is float64"),
        ({"a": [[1.0], [2.0, 3.0]]}, r"a is not a rectangular array of numbers"),
        ({"W": None}, r"W is None; expected an array of numbers"),
        ({"a": [None, 1.0]}, r"a is an array of Python objects (NoneType, float), not of numbers"),
        ({"a": {"bias": 0}}, r"a is a dict; expected an array of numbers"),
        ({"a": Sparse()}, r"a is a sparse matrix; pass a.toarray()"),
        ({"a": Unreadable("torch.bfloat16")}, r"a is bfloat16, which NumPy does not have; pass"),
        ({"a": Unreadable("cuda")}, r"a cannot be read as a NumPy array: Use Tensor.cpu() to copy"),
        ({"W": np.zeros((0, 0))}, r"a cell needs at least one input and one unit"),
        ({"gate": "soft"}, r"there is no choice for gate 'soft'"),
    ],
)
def test_weights_that_do_not_fit_are_named(change: dict[str, Any], message: str) -> None:
    """The error says which weight, its shape, and the shape wanted."""
    fitting = {"U": np.zeros((4 * H, D)), "W": np.zeros((4 * H, H)), "a": np.zeros(4 * H)}

    with pytest.raises(tracer.TracerError) as error:
        tracer.LSTMCell(**{**fitting, **change})

    assert message in str(error.value)
