"""`tracer.unroll`: what it takes, and what it says to what it cannot take."""

from __future__ import annotations

import pickle
from dataclasses import MISSING, FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest

import tracer
from tests.core.conftest import make_run
from tracer.trace.layer import LayerTrace
from tracer.trace.trace import Trace


def lstm(dtype: str = "float64") -> tracer.LSTMCell:
    """A small LSTM with D=4, H=7."""
    cell = make_run("lstm", "sigmoid", dtype=dtype).cell
    assert isinstance(cell, tracer.LSTMCell)
    return cell


def test_one_sequence_needs_no_batch_axis() -> None:
    """An x of shape (T, D) is a batch of one, and h_0 may be (H,)."""
    x = np.ones((5, 4))

    one = tracer.unroll(lstm(), x, h_0=np.ones(7))
    batch = tracer.unroll(lstm(), x[:, np.newaxis], h_0=np.ones((1, 7)))

    assert one["f"].shape == (5, 1, 7)
    np.testing.assert_array_equal(one["h"], batch["h"])


def test_a_plain_list_of_numbers_will_do() -> None:
    """Lists carry no dtype; they are read as float64."""
    weights: Any = {"U": [[1]], "W": [[0]], "a": [0]}
    cell = tracer.RNNCell(**weights, f="identity")

    assert tracer.unroll(cell, [[1], [2], [3]])["h"].ravel().tolist() == [1, 2, 3]


def test_the_caller_may_reuse_the_input_array() -> None:
    """A trace keeps its own x, so that what it rebuilds later stays true."""
    x = np.ones((5, 1, 4))
    trace = tracer.unroll(lstm(), x, level="states")
    before = trace["z_f_from_x"].copy()

    x[:] = 7

    np.testing.assert_array_equal(trace["z_f_from_x"], before)


def test_a_run_makes_the_records_that_their_classes_make() -> None:
    """Though its fields are set at once: each is there, and what may change is no other trace's."""
    trace, other = (tracer.unroll(lstm(), np.ones((5, 1, 4))) for _ in range(2))
    layer = trace.last
    made = LayerTrace(
        layer.cell, layer.x, layer.initial, layer.lengths, layer.level, layer.device, layer.recorded
    )
    whole = Trace((made,), _versions=trace.versions)

    for record, same in ((layer, made), (trace, whole)):
        for one in fields(record):
            if one.name != "layers":
                assert [getattr(record, one.name)] == [getattr(same, one.name)]
    for one in fields(LayerTrace):
        if one.default_factory is not MISSING:
            assert getattr(layer, one.name) is not getattr(other.last, one.name)
    with pytest.raises(FrozenInstanceError):
        layer.level = "states"  # type: ignore[misc] # this is what is tried


def test_what_is_recorded_is_a_mapping_that_nobody_can_write_to() -> None:
    """Each quantity is a part of one array; a copy has arrays of its own."""
    recorded = tracer.unroll(lstm(), np.ones((5, 1, 4)), level="gates").last.recorded
    copied = pickle.loads(pickle.dumps(recorded))  # noqa: S301 - its own

    assert list(recorded) == list(copied) == ["i", "f", "g", "o", "c", "h"]
    assert ("c" in recorded, "z_i" in recorded, len(recorded)) == (True, False, 6)
    assert recorded["c"].shape == (5, 1, 7)
    np.testing.assert_array_equal(recorded["h"], copied["h"])
    with pytest.raises(ValueError, match="read-only"):
        recorded["h"][0] = 1
    with pytest.raises(KeyError):
        recorded["z_i"]


X = np.zeros((5, 3, 4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"x": np.zeros((5, 3, 9))},
            "x has shape (5, 3, 9); U has shape (28, 4), so D has to be 4",
        ),
        ({"x": np.zeros(4)}, "x has shape (4,); expected (T, N, D), or (T, D) for one sequence"),
        ({"x": np.zeros((0, 3, 4))}, "x has shape (0, 3, 4); at least one sequence of one step"),
        ({"x": np.zeros((5, 0, 4))}, "x has shape (5, 0, 4)"),
        ({"x": np.zeros((5, 3, 4), int)}, "x has dtype int64; tracer computes in float32 or"),
        ({"x": np.zeros((5, 3, 4), complex)}, "x has dtype complex128"),
        ({"x": "hello"}, "x has dtype <U5"),
        (
            {"x": np.zeros((5, 3, 4), "f4")},
            "x has dtype float32 and the cell's weights have float64",
        ),
        ({"h_0": np.zeros((3, 8))}, "h_0 has shape (3, 8); expected (N, H) = (3, 7)"),
        ({"c_0": np.zeros(7)}, "c_0 has shape (7,); expected (N, H) = (3, 7)"),
        ({"lengths": [5, 5]}, "expected one whole number for each of the N=3 sequences"),
        ({"lengths": [5, 5, 6]}, "lengths[2] is 6; expected 1 to T=5"),
        ({"lengths": [5, 0, 5]}, "lengths[1] is 0; expected 1 to T=5"),
        ({"lengths": [5.0, 1.0, 5.0]}, "expected one whole number"),
        ({"level": "everything"}, "there is no level 'everything'"),
        ({"device": "tpu"}, "there is no device 'tpu'"),
        ({"lengths": [[1], [2, 3], [1]]}, "lengths is not a list of whole numbers"),
        ({"x": np.ma.masked_less(np.ones((5, 3, 4)), 2)}, "x is a masked array; fill it first"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], message: str) -> None:
    """The thing, what came, and what was wanted."""
    with pytest.raises(tracer.TracerError) as error:
        tracer.unroll(lstm(), **{"x": X, **change})

    assert message in str(error.value)


def test_another_byte_order_is_read() -> None:
    """Files of other machines hold big-endian numbers."""
    x = np.ones((5, 4))

    big = tracer.unroll(lstm(), x.astype(">f8"))

    np.testing.assert_array_equal(big["h"], tracer.unroll(lstm(), x)["h"])


def test_no_cell_is_named() -> None:
    """A dict of weights, say."""
    wrong: Any = {"U": 1}
    with pytest.raises(tracer.InputError, match="cell has to be one of RNNCell, LSTMCell; this is"):
        tracer.unroll(wrong, X)


def test_an_rnn_has_no_memory_to_start_from() -> None:
    """A c_0 given to an RNN is a mistake, not something to be passed over."""
    cell = make_run("rnn", "tanh").cell

    with pytest.raises(tracer.InputError, match="c_0 was given, but an RNN has no c"):
        tracer.unroll(cell, X, c_0=np.zeros((3, 7)))
