"""The parts of a screen: records that any medium can draw, with every number and every word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.view.html import html
from tests.view.traces import WORDS, backward_trace, lstm_cell, made_model, made_trace, rnn_cell
from tracer.cells import Cell
from tracer.exercises.discovery import discover
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.model.gradientflow import gradient_flow
from tracer.trace.trace import Trace
from tracer.view.export.flow_numbers import flows_to_json
from tracer.view.export.report_json import as_record
from tracer.view.export.to_json import to_json
from tracer.view.parts.backward import Backward
from tracer.view.parts.flows import flows
from tracer.view.parts.parting import parting
from tracer.view.parts.report import judged
from tracer.view.parts.show import Show
from tracer.view.parts.step.cells import Cells
from tracer.view.parts.step.output import Output
from tracer.view.parts.step.unit import Unit
from tracer.view.parts.wish import Wish
from tracer.view.say.sentence import Sentence

LONG = "extraordinarily" * 20


def test_no_part_knows_the_terminal() -> None:
    """All parts can be made where there is no Rich: no width, no colour, no line."""
    code = (
        "import pkgutil, sys; from importlib import import_module as load\n"
        "import tracer.view.parts, tracer.view.say\n"
        "for room in (tracer.view.parts, tracer.view.say):\n"
        "    [load(f'{room.__name__}.{m.name}') for m in pkgutil.iter_modules(room.__path__)]\n"
        "print([name for name in sys.modules if name.startswith(('rich', 'tracer.view.t'))])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_page_shows_all_that_a_terminal_has_no_room_for() -> None:
    """A word of 300 letters, 130 units, 60 steps and 12 classes: all of them are on the page."""
    words = (LONG, *(f"word{n}" for n in range(59)))
    labels = tuple(f"label-{n}" for n in range(12))
    trace = made_trace(lstm_cell(H=130), words, labels=labels, unknown=frozenset({0}))

    page = html(Show(Sentence(trace), Wish()))
    outputs = html(Show(Sentence(trace), Wish(what="output")))

    assert page.count(f"<h2>1 {LONG}</h2>") == 1
    assert all(f"<h2>{t + 1} {word}</h2>" in page for t, word in enumerate(words))
    assert f"<tr><td>{LONG}</td></tr>" in page  # as the unknown word that it is
    for name in "ifgoch":
        for t in (0, 30, 59):
            row = "".join(f"<td>{value}</td>" for value in trace[name][t, 0].tolist())
            assert f"<tr><td>{name}</td>{row}</tr>" in page
    assert all(outputs.count(f"<td>{label}</td>") >= len(words) for label in labels)


@pytest.mark.parametrize("cell", [lstm_cell(), rnn_cell()], ids=["lstm", "rnn"])
def test_a_page_shows_the_way_back(cell: Cell) -> None:
    """Every step has its gradients, cell by cell; the last one comes first."""
    trace = backward_trace(cell)

    page = html(Backward(Sentence(trace), Wish(what="backward")))

    titles = [page.index(f"<h2>{t}</h2>") for t in range(6, 0, -1)]
    assert titles == sorted(titles)
    for d_h in trace["d_h"][:, 0]:
        row = "".join(f"<td>{value}</td>" for value in d_h.tolist())
        assert f"<tr><td>d_h</td>{row}</tr>" in page


def test_a_page_shows_the_arithmetic_of_a_gradient() -> None:
    """Of one unit, at every step; and what each gate sends back, with all its digits."""
    page = html(Backward(Sentence(backward_trace(lstm_cell())), Wish(what="backward", unit=3)))

    assert all(f"<p>d_h_{t}[3] = d_h_from_loss + d_h_from_next = " in page for t in range(1, 7))
    sent = re.findall(r"<td>f</td><td>d_z_f_next @ W_f</td><td>(-?[\d.e-]+)</td>", page)
    assert len(sent) == 5
    assert all(len(value) > 10 for value in sent)


def test_a_page_shows_the_flow_of_gradients() -> None:
    """Of each network every word has its share, however many there are."""
    words = tuple(f"word{n}" for n in range(100))
    flow = gradient_flow(made_model(lstm_cell(), words, name="mine"), " ".join(words))

    page = html(flows([flow]))

    assert all(f"<td>{word}</td>" in page for word in words)
    assert all(f"<td>{share}</td>" in page for share in flow.share.tolist())


def test_a_page_shows_where_two_traces_part() -> None:
    """Every step has the two numbers that are farthest apart, where a terminal leaves some out."""
    words = tuple(f"word{n}" for n in range(80))
    one, other = (made_trace(lstm_cell(H=5, seed=seed), ("you", *words)) for seed in (1, 2))
    part = parting([one, other], ["mine", "theirs"], tracer.compare(one, other))

    page = html(part)

    assert len(part.steps) == 81
    for step in part.steps:
        assert step.most is not None
        cells = (step.step, step.words[0], step.most.a, step.most.b)
        assert "".join(f"<td>{cell}</td>" for cell in cells) in page


def test_a_page_shows_a_report() -> None:
    """The wrong numbers of every check, not only of the first one that fails."""
    exercise = next(e for e in discover().good if e.number == "10")
    source = b"def rnn_step(x, h_prev, U, W, a):\n    return x @ U.T + h_prev @ W.T + a\n"
    report = grade(exercise, Submission(exercise.file, source), seed=4)

    page, record = html(judged(report)), json.dumps(as_record(report))

    assert sum(check.difference is not None for check in report.checks) > 1
    for check in report.checks:
        assert f"<td>{check.check.name}</td>" in page
        for d in (check.difference, *check.also):
            if d is not None:
                assert f"<td>{d.got_number}</td><td>{d.expected_number}</td>" in page
                assert f'"got": {d.got_number}, "expected": {d.expected_number}' in record


WISHES = st.sampled_from([Wish(), Wish(what="gates"), Wish(what="output"), Wish(unit=0)])


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(st.sampled_from(["you", "水", "\x1b[31m", "a b", LONG]), min_size=1, max_size=9),
    H=st.sampled_from([1, 3, 20]),
    lstm=st.booleans(),
    task=st.sampled_from(["classify", "tag", "generate"]),
    labels=st.integers(2, 12),
    wish=WISHES,
)
def test_the_json_of_show_holds_every_number_of_the_parts(
    words: list[str], H: int, lstm: bool, task: str, labels: int, wish: Wish
) -> None:
    """Whatever the screen was asked to show, a program finds the same number under its name."""
    cell = lstm_cell(H=H) if lstm else rnn_cell(H=H)
    names = tuple(f"label-{n}" for n in range(labels))
    trace = made_trace(cell, tuple(words), labels=names, task=task)
    document = json.loads(to_json(trace))
    show = Show(Sentence(trace), wish)

    for row, answer in zip(show.strip.rows, document["sentences"][0]["answers"], strict=True):
        assert row.answer is not None
        assert row.answer.share == answer["probability"]
        assert row.answer.counts == answer["counts"]
    assert [row.step for row in show.strip.rows] == document["steps"]
    for t, step in enumerate(show.steps()):
        for name, place, value in _numbers(step.body):
            assert document["quantities"][name]["values"][t][0][place] == value


def _numbers(body: Cells | Output | Unit) -> Iterator[tuple[str, int, float]]:
    """Each number of a step with the quantity and the place that it has in the document."""
    match body:
        case Cells(units, rows):
            for row in rows:
                yield from ((row.name, *entry) for entry in zip(units, row.values, strict=True))
        case Output(rows=classes):
            for one in classes:
                yield "probs", one.index, one.probability
                yield "logits", one.index, one.score
        case Unit(sums):
            for total in sums:
                yield total.name, 0, total.value
                for end, value in zip("xha", total.shares, strict=True):
                    yield f"{total.name}_from_{end}", 0, value


def test_the_json_of_gradients_holds_every_number_of_the_parts() -> None:
    """Sizes are absolute there; a share is one of them by the last."""
    flow = gradient_flow(made_model(rnn_cell(scale=0.3)), " ".join(WORDS))
    (network,) = json.loads(flows_to_json([flow]))["networks"]
    (part,) = flows([flow]).networks

    for series in part.numbers:
        assert list(series.values) == network[series.name]
    d_h = network["d_h"]
    np.testing.assert_allclose(part.felt, [size / d_h[-1] for size in d_h])


def test_a_part_cannot_be_changed(lstm_trace: Trace) -> None:
    """What one medium draws, the next one draws too."""
    show = Show(Sentence(lstm_trace), Wish())

    for part in (show.heading, show.strip, show.step(0), show.step(0).body, show.legend):
        assert is_dataclass(part)
        with pytest.raises(AttributeError):
            setattr(part, fields(part)[0].name, None)
