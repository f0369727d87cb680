"""Frames: arrays cross whole, and no bytes at all can do harm."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tracer.sandbox import asking
from tracer.sandbox.frames import MAX_BYTES, pack, pack_note, read_note, unpack

ARRAYS = arrays.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.uint8]),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def frame(header: object, numbers: bytes = b"") -> bytes:
    """A frame with any header."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + text + numbers


@given(ARRAYS)
def test_an_array_crosses_bit_by_bit(array: np.ndarray) -> None:
    """Name, dtype, shape and every bit of every number, NaN included."""
    (name, crossed), problem = unpack(pack("0/0/0/h", array)).frames[0], ""

    assert (name, problem) == ("0/0/0/h", "")
    assert (crossed.dtype, crossed.shape) == (array.dtype, array.shape)
    assert crossed.tobytes() == array.tobytes()


def test_facts_cross() -> None:
    """A note is text in an array."""
    read = unpack(pack_note("0/note", {"line": 3, "message": "σ"}))

    assert read_note(read.frames[0].array) == {"line": 3, "message": "σ"}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    """Whatever comes: frames and a reason, never an exception."""
    frames, problem = unpack(data)

    assert bool(problem) == (sum(len(pack(*f)) for f in frames) != len(data))


@given(ARRAYS, st.data())
def test_a_cut_frame_is_told(array: np.ndarray, data: st.DataObject) -> None:
    """A process may be stopped while it writes; what came before is still there."""
    whole = pack("0/0/0/h", array)
    cut = data.draw(st.integers(1, len(whole) - 1))

    read = unpack(pack("ready", np.zeros(1)) + whole[:cut])

    assert [f.name for f in read.frames] == ["ready"]
    assert read.problem == "truncated"


@given(st.binary(max_size=64), st.integers(0, 200), st.integers(0, 255))
def test_a_changed_byte_does_no_harm(numbers: bytes, at: int, value: int) -> None:
    """Any byte of a frame may be another one."""
    whole = bytearray(pack("0/0/0/h", np.frombuffer(numbers, np.uint8)))
    whole[at % len(whole)] = value

    frames, _problem = unpack(bytes(whole))

    assert len(frames) <= 1


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (frame({"name": "h", "dtype": "object", "shape": [1]}), "an invalid dtype"),
        (frame({"name": "h", "dtype": "complex128", "shape": []}), "an invalid dtype"),
        (frame({"name": "h", "dtype": ["float64"], "shape": []}), "an invalid dtype"),
        (frame({"name": "../h", "dtype": "float64", "shape": []}), "an invalid name"),
        (frame({"name": "h", "dtype": "float64", "shape": [-1]}), "an invalid shape"),
        (frame({"name": "h", "dtype": "float64", "shape": [True]}), "an invalid shape"),
        (frame({"name": "h", "dtype": "float64", "shape": [1] * 5}), "an invalid shape"),
        (frame({"name": "h", "dtype": "float64", "shape": "1"}), "an invalid shape"),
        (frame({"name": "0/00/h", "dtype": "float64", "shape": []}), "an invalid name"),
        (frame({"name": "h", "dtype": "float64", "shape": [MAX_BYTES, MAX_BYTES]}),
         "an array too large to be sent"),
        (frame({"name": "h", "dtype": "float64", "shape": [0, 2**26, 2**26, 2**26]}),
         "an array too large to be sent"),
        (frame({"name": "h", "dtype": "bool", "shape": [1]}, b"\2"),
         "a bool that is neither 0 nor 1"),
        (frame([1, 2, 3]), "a header without exactly name, dtype and shape"),
        (frame({"name": "h", "dtype": "float64", "shape": [], "points": 100}),
         "a header without exactly name, dtype and shape"),
        (b"\0\0\0\4[[[[", "a header that is not JSON"),
        (b"\0\0\0\2\xff\xfe", "a header that is not JSON"),
        (b"\xff\xff\xff\xff", "a header of 4294967295 bytes"),
        (pack("h", np.zeros(1)) * 2, "the name h twice"),
    ],
)  # fmt: skip
def test_what_no_frame_may_have(data: bytes, problem: str) -> None:
    """Each thing that the runner would never write has its words."""
    assert unpack(data).problem == problem


@given(st.binary(max_size=100))
def test_a_note_of_any_bytes(data: bytes) -> None:
    """Facts or None, never an exception."""
    facts = read_note(np.frombuffer(data, np.uint8))

    assert facts is None or isinstance(facts, dict)


def test_a_request() -> None:
    """The plan and the arrays come as they were sent, an empty one and one number too."""
    plan = {"file": "a\nλ.py", "most": 2**14}
    sent = {
        "0/0/x": np.arange(6.0).reshape(2, 3).T, "0/0/mask": np.array([True, False, True]),
        "0/0/n": np.array(7), "1/0/x": np.ones((2, 3), "float32"), "own/a": np.zeros((0, 4)),
    }  # fmt: skip

    told, came = asking.unpacked(asking.packed(plan, sent))

    assert told == plan
    assert list(came) == list(sent)
    for name, array in sent.items():
        assert came[name].dtype == array.dtype
        assert came[name].tolist() == array.tolist()
        assert came[name].shape == array.shape
