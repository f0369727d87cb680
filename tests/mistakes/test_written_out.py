"""Mistakes in a loop over the steps, as they are written; each is recognised by its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.mistakes.drawing import draw
from tracer.cells.activations import Array, sigmoid
from tracer.mistakes import Run, diagnose, mistakes_of
from tracer.program import program_of

RNN = """
def unroll(x, lengths, h_0, step):
    h = h_0
    hs = np.zeros((len(x), *h_0.shape))
    for t in range(len(x)):
        h_new = step(x[t], h)
        h = np.where((t < lengths)[:, None], h_new, h)
        hs[t] = h
    return {"h": hs}
"""

LSTM = """
def unroll(x, lengths, h_0, c_0, step):
    h, c = h_0, c_0
    hs, cs = np.zeros((2, len(x), *h_0.shape))
    for t in range(len(x)):
        h_new, c_new = step(x[t], h, c)
        word = (t < lengths)[:, None]
        h = np.where(word, h_new, h)
        c = np.where(word, c_new, c)
        hs[t], cs[t] = h, c
    return {"h": hs, "c": cs}
"""

OF_THE_RNN = [
    ("h = h_0\n", "h = h_0\n    lengths = lengths - 1\n", "one_step_too_few"),
    ("hs[t] = h", "hs[t] = h if t else h_0\n        h = hs[t]", "first_word_unread"),
    ("range(len(x))", "range(1, len(x))", "first_step_left_out"),
    ("step(x[t], h)", "step(x[t], h) * (t > 0)", "first_state_zero"),
    ("range(len(x))", "range(len(x) - 1)", "last_step_left_out"),
    ("step(x[t], h)", "step(x[t - 1], h)", "x_of_the_step_before"),
    ("step(x[t], h)", "step(x[max(t - 1, 0)], h)", "x_of_the_step_before_from_the_second"),
    (", h_new, h)", ", h_new, h_0)", "h_0_after_the_end"),
    ("np.where((t < lengths)[:, None], h_new, h)", "h_new", "runs_through_padding"),
    (
        "h = np.where((t < lengths)[:, None], h_new, h)\n        hs[t] = h",
        "hs[t] = np.where((t < lengths)[:, None], h_new, h)\n        h = h_new",
        "stands_still_only_where_returned",
    ),
    (
        "step(x[t], h)\n        h = np.where((t < lengths)[:, None], h_new, h)",
        "step(x[t] * (t < lengths)[:, None], h)\n        h = h_new", "x_zero_after_the_end",
    ),
]  # fmt: skip
"""What stands there, what is written instead, and the mistake's id."""

OF_THE_LSTM = [
    ("h_new, c_new = step", "c_new, h_new = step", "new_h_taken_for_c"),
    ("h_new, c_new = step(x[t], h, c)", "h_new, c_new = step(x[t], c, h)",
     "h_and_c_carried_exchanged"),
    ("hs[t], cs[t] = h, c", "h, c = (h, c) if t else (h_0, c_0)\n        hs[t], cs[t] = h, c",
     "first_word_unread_of_lstm"),
    ("range(len(x))", "range(1, len(x))", "first_steps_left_out"),
    ("range(len(x))", "range(len(x) - 1)", "last_steps_left_out"),
    ("step(x[t], h, c)", "step(x[t - 1], h, c)", "x_of_the_step_before"),
    ("h_new, h)\n        c = np.where(word, c_new, c)",
     "h_new, h_0)\n        c = np.where(word, c_new, c_0)", "initial_states_after_the_end"),
    ("h_new, h)", "h_new, h_0)", "only_h_0_after_the_end"),
    ("c_new, c)", "c_new, c_0)", "only_c_0_after_the_end"),
    ("c_new, c)", "c_new, h)", "c_is_h_after_the_end"),
    ("h_new, h)", "h_new, c)", "h_is_c_after_the_end"),
    ("c_new, c)", "c_new, 0)", "only_c_zero_after_the_end"),
    ("h_new, h)", "h_new, 0)", "only_h_zero_after_the_end"),
    ("h_new, h)", "h, h_new)", "only_h_new_after_the_end"),
    ("c_new, c)", "c, c_new)", "only_c_new_after_the_end"),
    ("np.where(word, c_new, c)", "np.where(word, step(x[t], h, c)[1], c)", "c_made_with_the_new_h"),
    ("hs[t], cs[t] = h, c", "hs[t], cs[t] = h, c\n        h, c = h_new, c_new",
     "both_stand_still_only_where_returned"),
]  # fmt: skip


def written(text: str, stands: str, instead: str, name: str) -> list[Run]:
    """What that function returns, for sentences of different lengths and of one length."""
    assert text.count(stands) == 1
    scope: dict[str, Any] = {"np": np}
    exec(text.replace(stands, instead), scope)  # noqa: S102 - it is written above
    runs = []
    for seed, ragged in ((1, True), (2, False), (3, True)):
        given = draw(program_of(name), seed, ragged=ragged, T=5, N=4)
        states = {s: given[s] for s in ("h_0", "c_0") if s in given}
        came = scope["unroll"](given["x"], given["lengths"], **states, step=_step(given, name))
        runs.append(Run(given, came))
    return runs


def _step(given: Mapping[str, Array], name: str) -> Any:
    def z(x: Array, h: Array) -> Array:
        total: Array = x @ given["U"].T + h @ given["W"].T + given["a"]
        return total

    def rnn(x: Array, h: Array) -> Array:
        return np.tanh(z(x, h))

    def lstm(x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        z_i, z_f, z_g, z_o = np.split(z(x, h), 4, axis=1)
        c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_g)
        return sigmoid(z_o) * np.tanh(c), c

    return {"rnn": rnn, "lstm": lstm}[name]


@pytest.mark.parametrize(("stands", "instead", "id_"), OF_THE_RNN)
def test_in_a_loop_of_the_rnn(stands: str, instead: str, id_: str) -> None:
    """One thing written otherwise is the one mistake that is named."""
    runs = written(RNN, stands, instead, "rnn")

    found = diagnose(program_of("rnn"), runs, mistakes_of(program_of("rnn"), "sequence"))

    assert [[mistake.id for mistake in one_of] for one_of in found.named] == [[id_]]


@pytest.mark.parametrize(("stands", "instead", "id_"), OF_THE_LSTM)
def test_in_a_loop_of_the_lstm(stands: str, instead: str, id_: str) -> None:
    """One thing written otherwise is the one mistake that is named."""
    runs = written(LSTM, stands, instead, "lstm")

    found = diagnose(program_of("lstm"), runs, mistakes_of(program_of("lstm"), "sequence"))

    assert [[mistake.id for mistake in one_of] for one_of in found.named] == [[id_]]
