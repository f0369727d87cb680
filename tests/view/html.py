"""A second medium, which exists only in the tests: the parts of a screen as a page of HTML.

It knows no columns, so nothing of a part may be cut, folded or left out for want of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch
from html import escape

from tracer.view.parts.backward import Backward, BackwardStep, Way
from tracer.view.parts.flows import Flows
from tracer.view.parts.judged import Judged
from tracer.view.parts.parting import Parting
from tracer.view.parts.said import Meaning, Said
from tracer.view.parts.screen import Heading, Unknown
from tracer.view.parts.show import Legend, Show, Step
from tracer.view.parts.step.backward_unit import BackwardUnit
from tracer.view.parts.step.cells import Cells
from tracer.view.parts.step.output import Output
from tracer.view.parts.step.unit import Unit
from tracer.view.parts.step.worked import Worked
from tracer.view.parts.strip import Strip


@singledispatch
def html(part: object) -> str:
    """The part as HTML; a number is written with all its digits."""
    raise NotImplementedError(type(part))


def _table(rows: Iterable[Iterable[object]]) -> str:
    lines = ("".join(f"<td>{escape(str(value))}</td>" for value in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


@html.register
def _(part: Said) -> str:
    return f'<p class="{part.tone}">{escape(part.text)}</p>'


@html.register
def _(part: Meaning) -> str:
    return f"<dt>{escape(part.mark)}</dt><dd>{escape(part.meaning)}</dd>"


@html.register
def _(part: Heading) -> str:
    words = "a trace without words" if part.words is None else " ".join(part.words)
    return f"<h1>{escape(words)}</h1>" + _table([part.facts])


@html.register
def _(part: Unknown) -> str:
    return _table([part.words]) + f"<p>{escape(part.advice)}</p>"


@html.register
def _(part: Strip) -> str:
    rows = []
    for row in part.rows:
        answer = row.answer
        said = () if answer is None else (answer.label, answer.share, answer.flips_from)
        rows.append((row.step, row.word, row.unknown, row.own, *said))
    return _table(rows)


@html.register
def _(part: Step) -> str:
    return f"<h2>{part.step} {escape(part.word)}</h2>" + html(part.said) + html(part.body)


@html.register
def _(part: Cells) -> str:
    return _table([("unit", *part.units), *((row.name, *row.values) for row in part.rows)])


@html.register
def _(part: Output) -> str:
    return _table((row.label, row.probability, row.score) for row in part.rows)


@html.register
def _(part: Worked) -> str:
    return f"<p>{escape(str(part))} {escape(part.note)}</p>"


@html.register
def _(part: Unit) -> str:
    sums = _table((row.worked.place, *row.shares, row.value) for row in part.sums)
    return sums + "".join(map(html, part.worked))


@html.register
def _(part: BackwardUnit) -> str:
    sent = _table((sent.gate, sent.term, sent.value) for sent in part.sent_back)
    return html(part.heading) + sent + "".join(map(html, part.worked))


@html.register
def _(part: Way) -> str:
    return _table([("t", "word", *part.names), *((r.step, r.word, *r.sizes) for r in part.rows)])


@html.register
def _(part: Legend) -> str:
    bounds = _table([*part.bounded, *((row.name, row.scale) for row in part.unbounded)])
    return "".join(map(html, part.rows)) + bounds + "".join(map(html, part.words))


@html.register
def _(part: BackwardStep) -> str:
    return f"<h2>{part.step}</h2>" + html(part.said) + html(part.body)


@html.register(Show)
@html.register(Backward)
def _(part: Show | Backward) -> str:
    return "".join(map(html, part.parts()))


@html.register
def _(part: Parting) -> str:
    steps = _table(
        (step.step, *step.words, *(() if step.most is None else (step.most.a, step.most.b)))
        for step in part.steps
    )
    gates = _table((most.name, most.a, most.b) for _step, rows in part.gates for most in rows)
    return "".join(map(html, (*part.said, *part.follows))) + steps + gates


@html.register
def _(part: Flows) -> str:
    networks = (
        html(network.summary)
        + _table([network.words, network.felt, *(way.values for way in network.ways)])
        for network in part.networks
    )
    said = "".join(map(html, (*part.notes, part.comparison, *part.legend)))
    return said + "".join(networks)


@html.register
def _(part: Judged) -> str:
    return f"<h1>{escape(part.title)}</h1>" + _table(_report_rows(part))


def _report_rows(part: Judged) -> Iterator[Iterable[object]]:
    for check in part.checks:
        yield check.name, check.verdict, check.points, check.out_of
        for wrong in (*((check.wrong,) if check.wrong else ()), *check.also):
            yield wrong.place, wrong.got, wrong.expected, *map(str, wrong.worked)
        if check.stopped is not None:
            yield check.stopped.said
