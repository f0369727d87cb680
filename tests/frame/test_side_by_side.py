"""What `make bench` does around its peers: turns, tables and the chart, without any of them."""

from __future__ import annotations

from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks import contestants, small
from benchmarks.chart import drawn, series
from benchmarks.tables import milliseconds, ratios, table
from benchmarks.tables import small as small_table
from benchmarks.turns import LEAST, medians

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    {
        "part": "forward", "kind": "lstm", "dtype": "float32", "size": [10, 1, 8, 8],
        "ms": {"nn.LSTM": 0.3, "ONNX Runtime": 0.2, "gates": 0.1}, "shares": {"of the copy": 0.5},
    },
    {
        "part": "forward", "kind": "lstm", "dtype": "float32", "size": [2000, 4, 8, 8],
        "ms": {"nn.LSTM": 6.0, "gates": 8.0}, "shares": {"of the copy": 0.25},
    },
]  # fmt: skip


def test_each_has_its_turns_after_one_that_is_not_counted() -> None:
    """With no time at all, `LEAST` turns and the first, whose result is looked at."""
    ran: list[str] = []
    seen: list[tuple[str, str]] = []

    def contestant(name: str) -> str:
        ran.append(name)
        return f"h of {name}"

    found = medians(
        {name: partial(contestant, name) for name in ("a", "b")},
        0,
        lambda name, result: seen.append((name, result)),
    )

    assert list(found) == ["a", "b"]
    assert seen == [("a", "h of a"), ("b", "h of b")]
    assert sorted(ran) == ["a"] * (1 + LEAST) + ["b"] * (1 + LEAST)


def test_a_peer_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, which says how to get it."""
    there = {"torch", "torchlens", "onnx"}
    monkeypatch.setattr(contestants, "find_spec", lambda name: name in there or None)

    (line,) = contestants.missing()

    assert line == (
        "ONNX Runtime is left out: `make bench` installs it, or: "
        "pip install onnx onnxruntime (dependency group `bench`)"
    )


def test_ratios_are_the_peer_divided_by_ours() -> None:
    """3 and 0.75, in the geometric mean 1.5; a peer that took no part has a dash."""
    expected = [
        "| T, N, D, H     | nn.LSTM ÷ gates | ONNX Runtime ÷ gates | of the copy |",
        "| -------------- | --------------: | -------------------: | ----------: |",
        "| 10, 1, 8, 8    |            3.00 |                 2.00 |         50% |",
        "| 2,000, 4, 8, 8 |            0.75 |                    – |         25% |",
        "| geometric mean |            1.50 |                 2.00 |             |",
    ]

    assert ratios(ROWS).splitlines() == expected


def test_milliseconds_are_the_medians() -> None:
    """A column for each contestant, a row for each size."""
    last = milliseconds(ROWS).splitlines()[-1]

    assert last == "| 2,000, 4, 8, 8 |       6.000 |                – |     8.000 |"


def test_python_takes_what_the_loop_does_not() -> None:
    """Of a call of 20 µs, with a loop of 4.5 µs, 15.5 are Python's."""
    rows = [{"kind": "lstm", "call": "unroll, all", "whole": 20.0, "loop": 4.5}]
    expected = [
        "| cell, call        | whole call, µs | compiled loop, µs | Python, µs |",
        "| ----------------- | -------------: | ----------------: | ---------: |",
        "| lstm, unroll, all |           20.0 |               4.5 |       15.5 |",
    ]

    assert small_table(rows).splitlines()[2:] == expected


@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_the_loop_alone_computes_what_the_call_does(kind: str) -> None:
    """It is run with the arguments of the call; the room is one of them."""
    for _name, loop, call in small.calls(kind):
        alone: Any = small.loop_alone(kind, loop, call)
        rooms = [each for each in alone.args if isinstance(each, np.ndarray)]
        before = [room.copy() for room in rooms]
        alone()

        for room, numbers in zip(rooms, before, strict=True):
            np.testing.assert_array_equal(room, numbers)


def test_a_table_is_as_wide_as_its_longest_cell() -> None:
    """The first column stands left, the others right, as Markdown is told."""
    expected = "| a    |     b |\n| ---- | ----: |\n| long | 1,000 |"

    assert table(["a", "b"], [["long", "1,000"]]) == expected


def test_bars_end_at_their_ratio_on_either_side_of_one() -> None:
    """A ratio of 3 goes right from the line at 1, and 0.75 goes left from it."""
    picture = ET.fromstring(drawn({"1 thread": series(ROWS)}, ["a machine"]))  # noqa: S314
    (line,) = (each for each in picture.iter(f"{SVG}line") if each.get("class") == "one")
    _, won, lost = (each for each in picture.iter(f"{SVG}rect") if each.get("class") == "bar0")
    one = float(line.get("x1", "nan"))

    assert float(won.get("x", "nan")) == one
    assert abs(float(lost.get("x", "nan")) + float(lost.get("width", "nan")) - one) < 0.2
    assert [text.text for text in picture.iter(f"{SVG}text")].count("0.75") == 1


def test_the_caption_is_escaped() -> None:
    """What stands in the name of a processor stays text."""
    picture = ET.fromstring(drawn({"<1> & 2": {"1, 1, 1, 1": 1.0}}, ["R&D <b>™"]))  # noqa: S314
    words = [text.text for text in picture.iter(f"{SVG}text")]

    assert "R&D <b>™" in words
    assert "<1> & 2" in words
