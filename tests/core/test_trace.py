"""A trace answers by name, with named axes, and can be cut without losing anything."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracer
from tests.core.conftest import make_run
from tests.core.test_model import make_model


def ragged() -> tracer.Trace:
    """An LSTM over T=6, N=3, D=4, H=7 with lengths 6, 2, 4."""
    run = make_run("lstm", "sigmoid", T=6, lengths=[6, 2, 4])
    return tracer.unroll(
        run.cell, run.x, h_0=run.state["h"], c_0=run.state["c"], lengths=run.lengths
    )


def pickled(trace: tracer.Trace) -> tracer.Trace:
    """The trace, written as a pickle and read back."""
    again = pickle.loads(pickle.dumps(trace))  # noqa: S301 - its own
    assert isinstance(again, tracer.Trace)
    return again


def test_names_and_axes() -> None:
    """Every name has numbers, and as many axes as `dims` says."""
    trace = ragged()

    assert trace.names[:4] == ("x", "h_prev", "c_prev", "z_i_from_x")
    assert trace.names[-3:] == ("c", "tanh_c", "h")
    assert (trace.T, trace.N, trace.D, trace.H, trace.K) == (6, 3, 4, 7, None)
    for name in trace.names:
        assert trace[name].ndim == len(trace.dims(name))
    assert trace["f"].shape == (6, 3, 7)
    assert trace.dims("f") == ("step", "batch", "unit")


def test_a_quantity_can_be_addressed_by_layer_and_direction() -> None:
    """A bare name is the last layer's."""
    trace = ragged()

    np.testing.assert_array_equal(trace[0, "forward", "f"], trace["f"])
    with pytest.raises(tracer.UnknownNameError, match=r"there is no layer '\(1, 'forward'\)'"):
        trace[1, "forward", "f"]
    with pytest.raises(tracer.UnknownNameError, match="did you mean 'tanh_c'"):
        trace["tanhc"]


def test_a_trace_is_a_mapping_from_names_to_numbers() -> None:
    """`list`, `dict`, `len`, `in`, `get`, `keys`, `items`; it equals only itself."""
    trace = ragged()

    assert list(trace) == list(trace.keys()) == list(trace.names)
    assert len(trace) == len(trace.names)
    assert dict(trace)["f"].shape == (6, 3, 7)
    assert [name for name, numbers in trace.items() if numbers.shape == (6, 3, 4)] == ["x"]
    assert "f" in trace
    assert "tanhc" not in trace
    assert trace.get("tanhc") is None
    assert isinstance(trace.get("f"), np.ndarray)
    assert hash(trace) != hash(ragged())
    assert trace != ragged()
    assert trace.last != ragged().last
    assert trace.last.get("tanhc") is None


@pytest.mark.parametrize("nowhere", [(1, "forward", "f"), (0, "forward", "tanhc"), (0, "f")])
def test_an_address_is_in_a_trace_where_it_has_numbers(nowhere: Any) -> None:
    """Also with the layer and the direction, `in` and ``trace[...]`` say the same."""
    trace = ragged()
    here: Any = (0, "forward", "f")

    assert here in trace
    assert nowhere not in trace
    with pytest.raises(tracer.UnknownNameError):
        trace[nowhere]


@pytest.mark.parametrize("key", [0, None, 1.5, ("f",), [], "nothing"])
def test_what_is_no_name_is_answered_with_the_names(key: Any) -> None:
    """The likeliest first mistake is `trace[0]`."""
    with pytest.raises(tracer.UnknownNameError, match="Known: x, h_prev"):
        ragged()[key]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("d_h", "it was not run backward: model.trace(sentence, target=..., backward=True), or"),
        ("d_V", "it was not run backward"),
        ("loss", "a loss needs a target: model.trace(sentence, target=...)"),
    ],
)
def test_what_another_run_would_have_is_told(name: str, why: str) -> None:
    """A run forward has no gradients, and without a target no loss."""
    trace = make_model(labels=("praise", "insult")).trace("you are bad")

    with pytest.raises(tracer.UnknownNameError, match=re.escape(f"trace '{name}': {why}")):
        trace[name]


def test_what_a_run_backward_leaves_out_is_told() -> None:
    """The share of each step, a sum over steps of which some are gone, a head that is not there."""
    trace = ragged()
    backward = tracer.backprop(trace, np.ones((6, 3, 7)))

    with pytest.raises(tracer.UnknownNameError, match="run backward without per_step=True"):
        backward["d_U_per_step"]
    with pytest.raises(tracer.UnknownNameError, match="without some of the steps or sentences"):
        backward.sel(step=slice(2, 4))["d_U"]
    with pytest.raises(tracer.UnknownNameError, match="it was made without an output layer"):
        backward["logits"]


@pytest.mark.parametrize("again", [lambda trace: trace, copy.deepcopy, pickled])
def test_a_trace_cannot_be_changed_by_accident(again: Any) -> None:
    """What is rebuilt later has to fit what is recorded; also in a copy and out of a pickle."""
    model = make_model(labels=("praise", "insult"))
    trace = again(model.trace("you are bad", target="praise", backward=True, level="states"))

    for name in trace.names:
        if not name.endswith(("_prev", "_from_x", "_from_h", "_from_a")):
            assert not trace[name].flags.writeable, name
    for array in (
        trace.cell.U,
        trace.cell.W,
        trace.cell.a,
        trace.lengths,
        trace.target,
        *trace.last.initial.values(),
        *trace.head,
    ):
        assert not array.flags.writeable


def test_a_trace_says_what_computed_it() -> None:
    """The versions are read when somebody looks; what comes out of a pickle is what went in."""
    versions = ragged().versions

    assert list(versions) == ["tracer", "python", "numpy", "numba"]
    assert (versions["tracer"], versions["numpy"]) == (tracer.__version__, np.__version__)
    assert pickled(ragged()).versions == versions


def test_what_a_trace_says_of_itself_is_plain_python() -> None:
    """So JSON takes it, also where the part was chosen by numbers of NumPy's own."""
    model = make_model(labels=("praise", "insult"))
    one, first, third, three = list[Any](np.array([1, 0, 2, 3]))
    sentences, target = ["you are bad", "you are"], ["praise", "praise"]
    whole = model.trace(sentences, target=target, averaged_over=three)
    part = whole.sel(step=one, batch=first, unit=third)
    about = [
        part.first_step, part.units, part.averaged_over, part.T, part.N, part.D, part.H, part.K,
        part.given, part.labels, part.task, part.model_name, part.level, part.device,
    ]  # fmt: skip

    said = json.loads(json.dumps([*about, part.tokens, part.names, part.recorded[:2]]))

    assert said[:8] == [1, 2, 3, 1, 1, part.D, part.H, 2]
    assert json.loads(json.dumps(part.versions)) == part.versions
    assert part.versions["tracer"] == tracer.__version__


def test_the_state_before_a_step() -> None:
    """h_prev is h one step earlier, and the initial state at the first step."""
    trace = ragged()

    np.testing.assert_array_equal(trace["h_prev"][0], trace.last.initial["h"])
    np.testing.assert_array_equal(trace["h_prev"][1:], trace["h"][:-1])


def test_the_state_before_a_step_lies_where_it_was_recorded() -> None:
    """The kernels put each state below the one before it: nobody copies it, or writes to it."""
    run = make_run("lstm", "sigmoid")
    trace = tracer.unroll(run.cell, run.x, **run.start)

    for name in ("h", "c"):
        before = trace[f"{name}_prev"]
        assert np.shares_memory(before, trace[name])
        assert not before.flags.writeable
        np.testing.assert_array_equal(before[0], run.state[name])
        np.testing.assert_array_equal(before[1:], trace[name][:-1])


def test_one_step() -> None:
    """`at` drops the step axis; negative indices count from the end."""
    trace = ragged()

    assert trace.at(1)["f"].shape == (3, 7)
    assert trace.at(1).dims("f") == ("batch", "unit")
    np.testing.assert_array_equal(trace.at(-1)["h"], trace["h"][-1])
    np.testing.assert_array_equal(trace.at(2)["c_prev"], trace["c"][1])


@given(st.data())
def test_any_part_is_what_numpy_would_cut(data: st.DataObject) -> None:
    """Numbers drop an axis, slices keep it, for stored and rebuilt quantities alike."""
    trace = ragged()

    def index(size: int) -> st.SearchStrategy[int | slice]:
        start = st.integers(0, size - 1)
        return st.integers(-size, size - 1) | start.flatmap(
            lambda a: st.integers(a + 1, size).map(lambda b: slice(a, b))
        )

    step, batch, unit = (data.draw(index(size)) for size in (6, 3, 7))
    part = trace.sel(step=step, batch=batch, unit=unit)

    for name in trace.names:
        if name != "x":
            np.testing.assert_array_equal(part[name], trace[name][step, batch][..., unit])
    assert part["c"].ndim == len(part.dims("c"))


def test_a_part_of_a_part_remembers_where_it_began() -> None:
    """`first_step` keeps the numbering of the whole sentence."""
    part = ragged().sel(step=slice(1, 6)).sel(step=slice(2, 4), unit=[6, 0]).sel(unit=1)

    assert part.first_step == 3
    assert part.lengths.tolist() == [2, 0, 1]
    np.testing.assert_array_equal(part["o"], ragged()["o"][3:5, :, 0])


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"step": 6}, "step 6 is out of range: 0 to 5"),
        ({"batch": -4}, "batch -4 is out of range: 0 to 2"),
        ({"unit": 7}, "unit 7 is out of range: 0 to 6"),
        ({"step": slice(4, 4)}, "selects nothing; step goes from 0 to 5"),
        ({"step": slice(0, 6, 2)}, "a part has to be consecutive"),
        ({"step": "first"}, "step is 'first'; expected a number or a slice"),
        ({"unit": []}, "selects nothing"),
        ({"unit": [[0, 1]]}, "unit is [[0, 1]]; expected a number, a slice or a list"),
        ({"unit": True}, "unit is True; expected a number"),
        ({"step": slice("a", None)}, "is not a range of whole numbers"),
        ({"step": slice(0, 5, 0)}, "is not a range of whole numbers"),
    ],
)
def test_a_part_that_is_not_there(part: dict[str, Any], message: str) -> None:
    """The error names the axis and what it has."""
    with pytest.raises(tracer.InputError) as error:
        ragged().sel(**part)

    assert message in str(error.value)


def test_an_axis_can_be_dropped_only_once() -> None:
    """After `at` there is no step axis left to cut."""
    with pytest.raises(tracer.InputError, match="no axis 'step' left"):
        ragged().at(1).at(0)
