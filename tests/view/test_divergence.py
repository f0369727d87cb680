"""The screen of ``tracer diff``."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import tracer
from tests.view.traces import WORDS, backward_trace, lstm_cell, made_model, made_trace
from tracer.cells import LSTMCell
from tracer.trace.trace import Trace
from tracer.view.export.divergence_json import as_record
from tracer.view.parts.parting import parting
from tracer.view.say.numbers import apart
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.divergence import divergence


def _text(a: Trace, b: Trace, width: int = 80) -> str:
    lines = divergence([a, b], ["mine", "theirs"], tracer.compare(a, b), Abilities(width=width))
    assert max(len(line.plain) for line in lines) <= width
    return "\n".join(line.plain for line in lines)


def _changed(trace: Trace, name: str, step: int, unit: int, by: float) -> Trace:
    """The trace with one recorded number changed, as a wrong line of code would do it."""
    layer = trace.last
    array = layer.recorded[name].copy()
    array[step, 0, unit] += by
    return replace(trace, layers=(replace(layer, recorded={**layer.recorded, name: array}),))


def test_equal_traces(lstm_trace: Trace) -> None:
    """One line says it."""
    assert "The two traces agree in every number (6 steps)." in _text(lstm_trace, lstm_trace)


def test_the_first_place_is_shown_with_both_equations(lstm_trace: Trace) -> None:
    """A wrong number in the memory: the equation does not give what the trace has."""
    wrong = _changed(lstm_trace, "c", 2, 5, 0.25)

    text = _text(wrong, lstm_trace)

    assert "First difference: t = 3, c, unit 5." in text
    assert "c differs most at t = 3, unit 5: A " in text
    c = lstm_trace["c"][2, 0, 5]
    assert f"but this trace has {c + 0.25:.2f}" in " ".join(text.split())
    assert "A  c_3[5] = f * c_prev + i * g = " in text
    assert "B  c_3[5] = f * c_prev + i * g = " in text
    assert re.search(r"2  are +equal\n", text)
    assert re.search(r"3  a +━+ +0\.25     5\n", text)


def test_a_small_difference_is_told_in_digits_that_show_it(lstm_trace: Trace) -> None:
    """With two decimals the equation would give what the trace is said not to have."""
    text = " ".join(_text(_changed(lstm_trace, "c", 2, 5, 1e-4), lstm_trace).split())

    result, own = re.findall(r"A c_3\[5\] = .* [=≈] (\S+) but this trace has (\S+) B", text)[0]

    assert float(own) - float(result) == pytest.approx(1e-4, rel=0.1)


def test_a_changed_weight(lstm_trace: Trace) -> None:
    """Two networks that differ in one weight part at the first sum that reads it."""
    cell = lstm_trace.cell
    U = cell.U.copy()
    U[8 + 3, 1] += 0.5
    other = made_trace(LSTMCell(U, cell.W, cell.a))

    text = _text(other, lstm_trace)

    assert "t = 1, z_f_from_x, unit 3" in text
    assert "A  z_f_from_x_1[3] = x @ U_f.T = 2.04·" in text
    assert "later numbers also differ, but only as a consequence." in text


def test_both_words_and_the_units_beside() -> None:
    """Another word at step 3: both are shown, and how many units its inputs reach at once."""
    model = made_model(lstm_cell(), (*WORDS, "not"))
    mine, theirs = model.trace("you are not really bad man"), model.trace(" ".join(WORDS))

    text = _text(mine, theirs)
    found = tracer.compare(mine, theirs)

    assert "The words differ at t = 3: A 'not', B 'a'." in text
    assert re.search(r"2  are +equal", text)
    assert re.search(r"3  A not, B a  ━+", text)
    assert found is not None
    assert (found.quantity, found.beside) == ("x", 3)
    assert "The first number that differs" not in text
    assert "differ independently" not in text
    assert f"{found.consequences} other numbers differ, only because of the words." in text


def test_it_goes_on_to_the_gates_and_the_answers() -> None:
    """How far h is apart at each step, each gate where it is farthest, and where answers part."""
    model = made_model(lstm_cell(), (*WORDS, "not"))
    a, b = model.trace("you are not really bad man"), model.trace(" ".join(WORDS))

    part = parting([a, b], ["mine", "theirs"], tracer.compare(a, b))

    distance = np.abs(a["h"] - b["h"])[:, 0]  # (T, H)
    assert [step.step for step in part.steps if step.most is None] == [1, 2]
    for step in part.steps[2:]:
        assert step.most is not None
        assert step.most.unit == distance[step.step - 1].argmax()
        assert step.most.size == pytest.approx(distance[step.step - 1].max())
    first, rows = part.gates[0]
    assert first.step == 3
    assert part.gates[-1][0].step == int(distance.max(axis=1).argmax()) + 1
    assert [most.name for most in rows] == ["i", "f", "g", "o", "c", "h"]
    f = rows[1]
    assert f.size == pytest.approx(np.abs(a["f"] - b["f"])[2, 0].max())
    answers = [[model.labels[k] for k in trace["probs"][:, 0].argmax(-1)] for trace in (a, b)]
    assert [step.turns for step in part.steps] == [
        one != other for one, other in zip(*answers, strict=True)
    ]


def test_two_files_are_called_by_their_names(lstm_trace: Trace) -> None:
    """No one came and no one was expected; control characters are written out."""
    wrong = _changed(lstm_trace, "h", 0, 0, 0.5)

    part = parting([wrong, lstm_trace], ["my.safetensors", "\x1b.safetensors"], None)
    lines = _text(wrong, lstm_trace).splitlines()

    assert [side.name for side in part.sides] == ["my.safetensors", "\\x1b.safetensors"]
    assert lines[1:3] == [
        "  A  mine    you are a really bad man", "  B  theirs  you are a really bad man",
    ]  # fmt: skip
    assert not any("expected" in line or "came" in line for line in lines)


def test_a_number_that_is_none_is_as_far_as_can_be(lstm_trace: Trace) -> None:
    """NaN in one of the two: no bar is longer."""
    text = _text(_changed(lstm_trace, "h", 3, 2, np.nan), lstm_trace)

    assert "h differs most at t = 4, unit 2: A NaN, B " in text
    assert re.search(r"4  really +━+ +Inf     2", text)


def test_one_sentence_of_several_is_named() -> None:
    """The first one that differs."""
    model = made_model(lstm_cell())
    a, b = model.trace(["you are", "you are bad"]), model.trace(["you are", "you are man"])

    text = _text(a, b)

    assert "The words differ at t = 3: A 'bad', B 'man'." in text
    assert "This shows sentence 2 of 2, the first one that differs." in text


def test_all_units_of_a_gate_are_counted(lstm_trace: Trace) -> None:
    """A bias that is wrong in three units differs in three units at once."""
    cell = lstm_trace.cell
    a = cell.a.copy()
    a[8 + 2 : 8 + 5] += 0.5
    other = made_trace(LSTMCell(cell.U, cell.W, a))

    text = " ".join(_text(other, lstm_trace).split())

    assert "At this step, 3 of 8 values of z_f_from_a differ; this is the first." in text
    assert "At other steps, 15 more values of z_f_from_a differ independently." in text


def test_numbers_are_written_until_they_differ() -> None:
    """Two decimals where that is enough, more where it is not."""
    assert apart(0.5, 0.7) == ("0.50", "0.70")
    assert apart(0.5, 0.5001) == ("0.5000", "0.5001")
    assert apart(0.1, 0.1 + 1e-15) != ("0.10", "0.10")


def test_the_record_for_programs(lstm_trace: Trace) -> None:
    """Steps as screens count them; NaN as a string."""
    wrong = _changed(lstm_trace, "c", 2, 5, np.nan)
    found = tracer.compare(wrong, lstm_trace)

    part = parting((wrong, lstm_trace), "AB", found)
    record = json.loads(json.dumps(as_record(found, part), allow_nan=False))

    assert record["equal"] is False
    assert (record["t"], record["quantity"], record["unit"]) == (3, "c", 5)
    assert record["got"] == "NaN"
    equal = parting((lstm_trace, lstm_trace), "AB", None)
    assert as_record(None, equal) == {"equal": True}


def test_the_record_has_the_table_of_the_screen() -> None:
    """How far each step is apart, each gate where that tells most, and both answers."""
    one, other = (made_model(lstm_cell()).trace(text) for text in ("you are bad", "you are man"))
    found = tracer.compare(one, other)

    record = as_record(found, parting((one, other), "AB", found))

    assert record["measure"] == "h"
    assert [step["t"] for step in record["steps"]] == [1, 2, 3]
    assert [step["words"] for step in record["steps"]] == [("you",), ("are",), ("bad", "man")]
    assert [step["most"] is None for step in record["steps"]] == [True, True, False]
    most = record["steps"][2]["most"]
    k = int(np.abs(one["h"][2, 0] - other["h"][2, 0]).argmax())
    assert most == {"quantity": "h", "unit": k, "got": float(one["h"][2, 0, k]),
                    "expected": float(other["h"][2, 0, k])}  # fmt: skip
    assert len(record["steps"][2]["answers"]) == 2
    assert [gate["t"] for gate in record["gates"]] == [3]
    assert [row["quantity"] for row in record["gates"][0]["most"]] == ["i", "f", "g", "o", "c", "h"]


def test_long_sentences_show_the_steps_before_the_difference() -> None:
    """Twelve equal steps are listed, the others are counted."""
    trace = made_trace(lstm_cell(), tuple(f"w{n}" for n in range(40)))

    text = _text(_changed(trace, "h", 30, 0, 1.0), trace)

    assert "equal steps before: 18" in text


@pytest.mark.parametrize("width", [40, 60, 140])
def test_it_fits(lstm_trace: Trace, width: int) -> None:
    """On narrow and on wide screens."""
    _text(_changed(lstm_trace, "h", 1, 0, 1e-6), lstm_trace, width)


def test_a_gradient_that_differs_stands_among_the_gradients() -> None:
    """Where only the backward pass is wrong, its numbers are listed, not the forward ones."""
    trace = backward_trace(lstm_cell())
    gradients = {name: numbers.copy() for name, numbers in trace.last.gradients.items()}
    gradients["d_c"][2, 0, 4] *= 1.5
    wrong = replace(trace, layers=(replace(trace.last, gradients=gradients),))

    text = _text(wrong, trace)

    assert "First difference: t = 3, d_c, unit 4." in text
    assert "d_c_from_next" in text
    assert "z_f_from_x" not in text
