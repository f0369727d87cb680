"""A trace as JSON, CSV and SVG."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.view.traces import lstm_cell, made_trace
from tracer.trace.trace import Trace
from tracer.trace.unroll import unroll
from tracer.view.export.to_csv import safe_word, write_csv
from tracer.view.export.to_json import to_json
from tracer.view.export.to_svg import to_svg
from tracer.view.parts.wish import Wish
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.picture import picture


def test_json_holds_every_number(lstm_trace: Trace) -> None:
    """Read back, each quantity has its axes, its kind and exactly its numbers."""
    document = json.loads(to_json(lstm_trace))

    assert set(document["quantities"]) == set(lstm_trace.names)
    for name, quantity in document["quantities"].items():
        assert quantity["dims"] == list(lstm_trace.dims(name))
        assert quantity["symbol"] == lstm_trace.quantity(name).symbol
        np.testing.assert_array_equal(np.array(quantity["values"]), lstm_trace[name])
    assert document["steps"] == [1, 2, 3, 4, 5, 6]
    assert document["sentences"][0]["words"] == ["you", "are", "a", "really", "bad", "man"]
    assert document["sentences"][0]["answers"][5]["label"] == "praise"
    assert document["quantities"]["f"]["kind"] == "switch"


def test_json_of_float32_reads_back_as_the_same_float32(lstm_trace: Trace) -> None:
    """In as few digits as that takes."""
    cell = lstm_trace.cell
    small = type(cell)(*(getattr(cell, name).astype(np.float32) for name in "UWa"))
    trace = unroll(small, lstm_trace["x"].astype(np.float32), device="reference")

    values = json.loads(to_json(trace))["quantities"]["h"]["values"]

    np.testing.assert_array_equal(np.array(values, np.float32), trace["h"])
    assert max(len(str(value)) for value in np.ravel(values)) <= 14


def test_json_without_nan(lstm_trace: Trace) -> None:
    """Strict readers accept it: what is not finite is a string, and a note says so."""
    x = lstm_trace["x"].copy()
    x[1, 0, 0], x[2, 0, 1], x[3, 0, 2] = np.nan, np.inf, -np.inf
    trace = unroll(lstm_trace.cell, x, device="reference")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    document = json.loads(to_json(trace), parse_constant=refuse)

    values = document["quantities"]["x"]["values"]
    assert (values[1][0][0], values[2][0][1], values[3][0][2]) == ("NaN", "Infinity", "-Infinity")
    assert "NaN" in document["notes"][0]


def test_csv_has_one_number_a_line(lstm_trace: Trace) -> None:
    """The whole f can be put together again from its lines."""
    stream = io.StringIO()

    write_csv([(1, lstm_trace)], stream)

    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    f = [float(line["value"]) for line in lines if line["quantity"] == "f"]
    np.testing.assert_array_equal(np.reshape(f, (6, 8)), lstm_trace["f"][:, 0])
    assert lines[0] == {
        "sentence": "1",
        "step": "1",
        "word": "you",
        "quantity": "x",
        "unit": "0",
        "value": "2.041",
    }


def test_csv_of_one_unit(lstm_trace: Trace) -> None:
    """Only quantities that have units, and only that one."""
    stream = io.StringIO()

    write_csv([(1, lstm_trace)], stream, names=["f", "c", "probs"], unit=3)

    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert [(line["step"], line["quantity"], line["unit"]) for line in lines[:2]] == [
        ("1", "f", "3"),
        ("1", "c", "3"),
    ]
    assert len(lines) == 12


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", " =1", '"=1'])
def test_a_word_is_no_formula_in_a_spreadsheet(word: str) -> None:
    """What a spreadsheet would calculate gets an apostrophe, or is written out."""
    stream = io.StringIO()

    write_csv([(1, made_trace(lstm_cell(), (word,)))], stream)

    shown = next(csv.DictReader(io.StringIO(stream.getvalue())))["word"]
    assert shown[0] in "'\\"


@pytest.mark.parametrize("name", ["Ada;=1+1|x", 'Ada; "=1+1"'])
def test_no_part_of_a_word_is_a_formula(name: str) -> None:
    """A spreadsheet that separates by ; cuts there: an apostrophe stands at the cut."""
    assert safe_word(name) == name.replace(";", ";'")
    assert safe_word("a;b - c = d") == "a;b - c = d"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_svg_is_the_same_every_time_and_asks_nobody(lstm_trace: Trace, theme: str) -> None:
    """Well-formed, no font from the network, every word on it; twice the same bytes."""
    able = Abilities(width=100, colours="truecolor", theme=theme)  # type: ignore[arg-type]

    first, second = (
        to_svg(picture(Sentence(lstm_trace), Wish(), able), able, 'tracer show "<a & b>"')
        for _ in range(2)
    )

    assert first == second
    assert "url(http" not in first
    text = "".join(ET.fromstring(first).itertext()).replace("\xa0", " ")  # noqa: S314 - our own
    assert 'tracer show "<a & b>"' in text.replace("\n", " ")
    assert "really" in text


def test_words_cannot_break_the_svg(lstm_trace: Trace) -> None:
    """Markup and control characters in a word stay text."""
    trace = replace(
        lstm_trace, tokens=(("<script>", "&amp;", "\x00", "]]>", "\ufffe", "a\u202eb"),)
    )
    able = Abilities(width=100, colours="truecolor")

    root = ET.fromstring(to_svg(picture(Sentence(trace), Wish(), able), able, "x"))  # noqa: S314

    assert "<script>" in "".join(root.itertext())
