"""The gradients' way back as JSON and CSV, with absolute sizes."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any, TextIO

import tracer
from tracer.model.gradientflow import GradientFlow
from tracer.view.export.to_csv import safe_word
from tracer.view.export.to_json import json_number
from tracer.view.parts.flows import network

FORMAT = 1

COLUMNS = ("model", "step", "word", "number", "value")

MEANINGS = {
    "d_h": "the Euclidean length of dL/dh_t",
    "d_c": "the Euclidean length of dL/dc_t",
    "forget": "the forget gate f_t, mean over the units",
    "kept": "f_(t+1) * ... * f_T, mean over the units",
    "step": "the largest singular value of dh_t/dh_(t-1)",
    "bound": "the product of all later steps' largest singular values",
    "reach": "the largest singular value of dh_T/dh_t",
}


def flows_to_json(flows: Sequence[GradientFlow]) -> str:
    """One JSON document; what is not finite becomes a string, as everywhere."""
    document = {
        "tracer": tracer.__version__,
        "format": FORMAT,
        "meanings": MEANINGS,
        "networks": [_network(flow) for flow in flows],
    }
    return json.dumps(document, ensure_ascii=True, allow_nan=False)


def write_flows_csv(flows: Sequence[GradientFlow], stream: TextIO) -> None:
    """One number a line: ``model, step, word, number, value``; steps count from 1."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for flow in flows:
        model = safe_word(flow.trace.model_name or "")
        numbers = network(flow).numbers
        for t, word in enumerate(flow.words):
            for series in numbers:
                value = str(series.values[t])
                table.writerow((model, t + 1, safe_word(word), series.name, value))


def _network(flow: GradientFlow) -> dict[str, Any]:
    trace = flow.trace
    return {
        "model": trace.model_name,
        "cell": trace.equations.name,
        "task": trace.task,
        "words": list(flow.words),
        "target": flow.target,
        "own_answer": flow.own,
        "loss": json_number(float(trace["loss"][-1, 0])),
        "straight_through": trace.straight_through,
        **{
            series.name: [json_number(value) for value in series.values]
            for series in network(flow).numbers
        },
    }
