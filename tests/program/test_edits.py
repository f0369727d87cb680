"""Each kind of edit gives the numbers of code that makes that mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.program.by_hand import Numbers, lstm, rnn, sigmoid
from tests.program.conftest import given_of, rounds
from tracer.errors import InputError, UnknownNameError
from tracer.program import EDIT_KEYS, Program, edit, edits_in, program_of

OF_RNN: dict[str, Callable[[Numbers], Numbers]] = {
    'change = { d_h_from_next = "0 * it" }': lambda n: rnn(n, after=lambda d: 0 * d),
    'change = { d_h_from_next = "clip(it, 0.1)" }': lambda n: rnn(
        n, after=lambda d: np.clip(d, -0.1, 0.1)
    ),
    'change = { d_z = "d_h * (1 - z ** 2)" }': lambda n: rnn(n, slope=lambda z, _: 1 - z**2),
    'function = { f = "σ(z)", df = "z" }': lambda n: rnn(n, squeezed=sigmoid, slope=lambda z, _: z),
    'function = { df = "1 - z ** 2" }': lambda n: rnn(n, slope=lambda z, _: 1 - z**2),
    'read = { W = "W.T" }': lambda n: rnn({**n, "W": n["W"].T}) | {"d_W": None},
    'read_backward = { W = "W.T" }': lambda n: rnn(n, W_back=n["W"].T),
    'carry = { h = "zero" }': lambda n: rnn(n, before=lambda h, _: 0 * h[0]),
    'carry = { h = "zero at first" }': lambda n: rnn(n, before=lambda h, t: h[t] * (t > 0)),
    'carry = { h = "initial" }': lambda n: rnn(n, before=lambda h, _: h[0]),
    'carry = { h = "two back" }': lambda n: rnn(n, before=lambda h, t: h[max(t - 1, 0)]),
    'carry = { d_h = "zero" }': lambda n: rnn(
        n | {"d_h_T": n["d_h_T"] * 0}, after=lambda d: 0 * d
    ),
    'past = { h_prev = "wrap" }': lambda n: rnn(n, past=lambda h, t: h[t] if t else h[-1]),
    'past = { h_prev = "zero at first" }': lambda n: rnn(n, past=lambda h, t: h[t] * (t > 0)),
    'past = { h_prev = "this" }': lambda n: rnn(n, past=lambda h, t: h[t + 1]),
    'past = { h_prev = "two back" }': lambda n: rnn(n, past=lambda h, t: h[max(t - 1, 0)]),
    'past = { h_prev = "initial" }': lambda n: rnn(n, past=lambda h, _: h[0]),
    'past = { h_prev = "last" }': lambda n: rnn(n, past=lambda h, _: h[-2]),
    'loop = { backward = "reversed" }': lambda n: rnn(n, backwards=False),
    'steps = { d_W = "first" }': lambda n: rnn(n, gathered=lambda d: d[-1]),
    'steps = { d_W = "last" }': lambda n: rnn(n, gathered=lambda d: d[0]),
    'steps = { d_W = "without first" }': lambda n: rnn(n, gathered=lambda d: sum(d[:-1], 0 * d[0])),
    'steps = { d_W = "without last" }': lambda n: rnn(n, gathered=lambda d: sum(d[1:], 0 * d[0])),
    'steps = { d_W = "mean" }': lambda n: rnn(n, gathered=lambda d: sum(d) / len(d)),
    'change = { x = "0 * it" }': lambda n: rnn({**n, "x": 0 * n["x"]}),
    'returned = { d_x = "-it" }': lambda n: (r := rnn(n)) | {"d_x": -r["d_x"]},
    'returned = { h = "of_last_step(it)" }': lambda n: (r := rnn(n)) | {"h": 0 * r["h"] + r["h_T"]},
}  # fmt: skip

OF_LSTM: dict[str, Callable[[Numbers], Numbers]] = {
    'change = { c = "f * c_prev + g" }': lambda n: lstm(n, memory=lambda f, c, _, g: f * c + g),
    'change = { c = "tanh(it)" }': lambda n: lstm(
        n, memory=lambda f, c, i, g: np.tanh(f * c + i * g)
    ),
    'change = { h = "o * c" }': lambda n: lstm(n, shown=lambda o, c: o * c),
    'each_gate = { "z_{gate}" = "z_{gate}_from_x + z_{gate}_from_h" }': lambda n: lstm(
        n, bias=False
    ),
    'function = { "σ" = "σ(-z)" }': lambda n: lstm(n, switch=lambda z: sigmoid(-z)),
    'order = "i f o g"': lambda n: lstm(n, gates="ifog"),
    'order = "o i f g"': lambda n: lstm(n, gates="oifg"),
    'order = "g, o, i, f"': lambda n: lstm(n, gates="goif"),
    'order = "reversed"': lambda n: lstm(n, gates="ogfi"),
    'read = { h_0 = "c_0", c_0 = "h_0" }': lambda n: lstm({**n, "h_0": n["c_0"], "c_0": n["h_0"]}),
    'padding = "runs on"': lstm,
    'returned = { h = "c", c = "h" }': lambda n: (
        (r := lstm(n, lengths=n["lengths"])) | {"h": r["c"], "c": r["h"]}
    ),
}


def edited(kind: str, text: str) -> Program:
    """The program with an edit as it is written in TOML."""
    return program_of(kind).edited(edits_in(tomllib.loads(text)))


def check(program: Program, numbers: Numbers, expected: Numbers) -> None:
    """All that the hand-written code gives."""
    expected = {name: array for name, array in expected.items() if array is not None}
    actual = program.run(numbers, wanted=list(expected))
    for name, array in expected.items():
        np.testing.assert_allclose(actual[name], array, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("text", OF_RNN)
@settings(max_examples=8, deadline=None)
@given(drawn=rounds("rnn"))
def test_an_rnn_with_a_mistake(text: str, drawn: tuple[Program, Numbers]) -> None:
    """Forward and backward through time, at any size."""
    numbers = {**drawn[1], "lengths": np.full(drawn[1]["x"].shape[1], len(drawn[1]["x"]))}
    numbers["d_h_from_loss"] = np.random.default_rng(1).normal(
        size=(*numbers["x"].shape[:2], len(numbers["W"]))
    )

    check(edited("rnn", text), numbers, OF_RNN[text](numbers))


@pytest.mark.parametrize("text", OF_LSTM)
@settings(max_examples=8, deadline=None)
@given(drawn=rounds("lstm"))
def test_an_lstm_with_a_mistake(text: str, drawn: tuple[Program, Numbers]) -> None:
    """Forward, at any size."""
    numbers = {**drawn[1]}
    if "padding" not in text and "returned" not in text:
        numbers["lengths"] = np.full(numbers["x"].shape[1], len(numbers["x"]))

    check(edited("lstm", text), numbers, OF_LSTM[text](numbers))


def test_gradients_come_back_in_the_order_that_was_read() -> None:
    """Whoever reads the blocks as i, f, o, g hands their gradients back as i, f, o, g."""
    program = program_of("lstm")
    numbers = given_of(program, {"T": 3, "N": 2, "D": 5, "H": 4, "K": 6}, ragged=True, seed=1)

    def turned(array: Any) -> Any:
        i, f, third, fourth = np.split(array, 4)
        return np.concatenate([i, f, fourth, third])

    theirs = program.run({**numbers, **{name: turned(numbers[name]) for name in "UWa"}})
    actual = edited("lstm", 'order = "i f o g"').run(numbers)

    np.testing.assert_allclose(actual["h"], theirs["h"], rtol=1e-12)
    for name in ("d_U", "d_W", "d_a"):
        np.testing.assert_allclose(actual[name], turned(theirs[name]), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(actual["d_x"], theirs["d_x"], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(actual["d_U_i"], actual["d_U"][:4])


def test_one_matrix_over_x_and_h_where_h_and_x_was_meant() -> None:
    """What is cut from [W U] in the wrong places goes back to the same places."""
    read = {"U": "first_columns(beside(W, U), D)", "W": "last_columns(beside(W, U), H)"}
    program = program_of("lstm")
    numbers = given_of(program, {"T": 3, "N": 2, "D": 5, "H": 4, "K": 6}, ragged=True, seed=2)
    joined = np.concatenate([numbers["W"], numbers["U"]], axis=1)

    theirs = program.run({**numbers, "U": joined[:, :5], "W": joined[:, 5:]})
    actual = program.edited(edits_in({"read": read})).run(numbers)

    back = np.concatenate([theirs["d_U"], theirs["d_W"]], axis=1)
    np.testing.assert_allclose(actual["h"], theirs["h"], rtol=1e-12)
    np.testing.assert_allclose(actual["d_W"], back[:, :4], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(actual["d_U"], back[:, 4:], rtol=1e-9, atol=1e-12)


def test_padding_that_is_counted() -> None:
    """Every step's loss counts, also past a sentence's end, where h stands still."""
    program = program_of("rnn")
    numbers = given_of(program, {"T": 4, "N": 3, "D": 5, "H": 2, "K": 6}, ragged=False, seed=3)
    numbers["lengths"] = np.array([4, 2, 3])
    logits = program.run(numbers, wanted=["h"])["h"] @ numbers["V"].T + numbers["b"]
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    right = np.take_along_axis(p, numbers["label"][..., np.newaxis], axis=-1)

    actual = edited("rnn", 'read = { mask = "ones(it)" }').run(numbers, wanted=["total_loss"])

    assert actual["total_loss"] == pytest.approx(-np.log(right).sum() / 3)


def test_what_is_put_together_is_not_put_together_again() -> None:
    """The gradient of another gate, of no gate, and of a single step."""
    program = program_of("lstm")
    numbers = given_of(program, {"T": 4, "N": 3, "D": 5, "H": 2, "K": 6}, ragged=True, seed=4)
    right = program.run(numbers)
    text = 'change = { d_U_f = "d_U_i", d_a_f = "0", d_W_f = "2 * it" }'

    actual = edited("lstm", text).run(numbers)

    np.testing.assert_array_equal(actual["d_U_f"], right["d_U_i"])
    np.testing.assert_array_equal(actual["d_U"][2:4], right["d_U_i"])
    np.testing.assert_array_equal(actual["d_a_f"], np.zeros(2))
    np.testing.assert_allclose(actual["d_W_f"], 2 * right["d_W_f"], rtol=1e-12)


def test_what_a_backward_pass_reads_of_the_past_is_there_where_the_past_is_given() -> None:
    """A step's h_prev is pinned; that the last h is read in its place still needs the last h."""
    program = program_of("lstm")
    numbers = given_of(program, {"T": 3, "N": 2, "D": 5, "H": 4, "K": 6}, ragged=False, seed=5)
    right = program.run(numbers)
    pinned = {**numbers, "h_prev": right["h_prev"], "c_prev": right["c_prev"]}

    actual = edited("lstm", 'past = { h_prev = "wrap" }').run(pinned, wanted=["d_W_o"])

    before = np.concatenate([right["h"][-1:], right["h_prev"][1:]])
    expected = np.einsum("tnh,tnk->hk", right["d_z_o"], before)
    np.testing.assert_allclose(actual["d_W_o"], expected, rtol=1e-9, atol=1e-12)


def test_edits_compose() -> None:
    """``it`` is what stood there after the edit before."""
    program = edited("lstm", 'change = { h = "o * c" }').edited(
        edits_in({"change": {"h": "tanh(it)"}})
    )

    assert str(program.equation("h")) == "tanh(o * c)"
    assert [str(edit) for edit in program.edits] == ["h = o * c", "h = tanh(it)"]


@pytest.mark.parametrize(
    ("text", "said", "touched"),
    [
        ('change = { c = "g" }', "c = g", {"c"}),
        ('each_gate = { "d_z_{gate}" = "d_{gate}" }', "d_z_{gate} = d_{gate} for each gate",
         {"d_z_i", "d_z_f", "d_z_g", "d_z_o"}),
        ('function = { dtanh = "1 - z ** 2" }', "dtanh(z) = 1 - z ** 2", {"d_c_from_h", "d_z_g"}),
        ('read_forward = { W_f = "W_i" }', "W_i read for W_f in the forward pass", {"z_f_from_h"}),
        ('read = { c_0 = "h_0" }', "h_0 read for c_0", {"c_prev"}),
        ('carry = { c = "zero" }', "c handed over: zero", {"c_prev"}),
        ('past = { c_prev = "this" }', "c_prev read by the backward pass: this", {"d_f"}),
        ('steps = { d_a = "mean" }', "d_a over the steps: mean",
         {"d_a_i", "d_a_f", "d_a_g", "d_a_o"}),
        ('returned = { d_x = "-it" }', "-d_x handed back for d_x", {"d_x"}),
        ('order = { a = "i f o g" }', "the blocks of a taken in the order i, f, o, g",
         {"z_i_from_a", "z_f_from_a", "z_g_from_a", "z_o_from_a", "d_a"}),
    ],
)  # fmt: skip
def test_an_edit_says_what_it_is_and_which_lines_it_changes(
    text: str, said: str, touched: set[str]
) -> None:
    """In the words of the list."""
    (edit,) = edits_in(tomllib.loads(text))

    assert said == str(edit)
    assert touched == edit.touches(program_of("lstm"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('chang = { c = "g" }', "no kind of edit 'chang'; did you mean 'change'"),
        ('change = "c = g"', r"change is 'c = g'; expected a table"),
        ('change = { cc = "g" }', "no LSTM quantity 'cc'"),
        ('change = { c = "gg" }', "no LSTM quantity 'gg'"),
        ('change = { c = "tanhh(g)" }', "no function 'tanhh'; did you mean 'tanh'"),
        ('change = { c = "f * h" }', "c would be computed from itself|h would be computed"),
        ('change = { c = "f * d_h" }', "c belongs to the forward pass and reads d_h"),
        ('change = { c = "f[0]" }', r"has 'f\[0\]' in it"),
        ('function = { relu = "z" }', "no equation of LSTM calls relu"),
        ('function = { tanh = "c" }', "the body of tanh reads c; it knows only z"),
        ('order = "i f o"', "the order 'i f o' is none of the gates of LSTM: i f g o"),
        ('order = "units"', "the order 'units' is none of the gates of LSTM"),
        ('carry = { h = "zeros" }', "no carry 'zeros'; did you mean 'zero'"),
        ('past = { f = "wrap" }', "no past of f 'wrap'"),
        ('past = { d_h = "last" }', "d_h is no forward quantity of each step"),
        ('loop = { forwards = "reversed" }', "no loop 'forwards'; did you mean 'forward'"),
        ('padding = "stops"', "no padding 'stops'"),
        ('steps = { h = "last" }', "h has a value at each step; nothing is put together"),
        ('steps = { d_W = "latest" }', "no way to put steps together 'latest'"),
    ],
)  # fmt: skip
def test_what_is_no_edit_is_refused(text: str, said: str) -> None:
    """Key, word, name, function and what may stand there."""
    with pytest.raises((InputError, UnknownNameError), match=said):
        edited("lstm", text)


@pytest.mark.parametrize("key", EDIT_KEYS)
def test_every_key_has_an_example(key: str) -> None:
    """The page of the vocabulary is the docstring of its file."""
    page = edit.__doc__ or ""

    assert f"``{key} = " in page or f"``{key}``" in page
