"""The list of quantities is complete, and its equations are the textbook's."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from tests.core.conftest import KINDS_AND_OPTIONS, make_run
from tracer.cells.evaluation import evaluate
from tracer.equations import CELLS, LEVELS, OUTPUT, Kind
from tracer.errors import UnknownNameError


@pytest.mark.parametrize(("kind", "option"), KINDS_AND_OPTIONS)
def test_every_equation_gives_what_the_textbook_cell_gives(kind: str, option: str) -> None:
    """The printed equation and the code cannot drift apart: both are run and compared."""
    run = make_run(kind, option)
    before = {f"{name}_prev": state for name, state in run.state.items()}
    step = run.cell.step(run.x[0], *run.state.values())
    known = {"x": run.x[0], **before, **step}
    for quantity in CELLS[kind]:
        if quantity.equation:
            value = evaluate(run.cell, quantity.expression, known)
            known.setdefault(quantity.name, value)  # a share of a sum is in no step

            np.testing.assert_allclose(value, known[quantity.name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", CELLS)
def test_the_textbook_computes_just_the_quantities_that_a_level_can_store(kind: str) -> None:
    """No quantity is listed that nothing computes, and none is computed that is not listed."""
    run = make_run(kind, next(option for k, option in KINDS_AND_OPTIONS if k == kind))

    computed = list(run.cell.step(run.x[0], *run.state.values()))

    assert computed == [q.name for q in CELLS[kind] if q.level and q.equation]


@pytest.mark.parametrize("kind", CELLS)
def test_levels_grow(kind: str) -> None:
    """What a lean level stores, a richer one stores too."""
    stored = [{q.name for q in CELLS[kind] if q.stored_at(level)} for level in LEVELS]

    assert stored[0] <= stored[1] <= stored[2] <= stored[3]
    assert stored[0] == set()  # checkpoints are no quantity of every step
    assert set(CELLS[kind].state) <= stored[1]


def test_switches_and_information_know_their_range() -> None:
    """The article's one rule: a switch lies in 0..1, information in -1..1."""
    lstm = CELLS["lstm"]

    assert [q.name for q in lstm if q.kind is Kind.SWITCH] == ["i", "f", "o"]
    assert [lstm[name].kind.range for name in "fgc"] == [(0, 1), (-1, 1), None]


def test_an_rnns_h_goes_as_far_as_its_function() -> None:
    """-1..1 with tanh, 0..1 with sigmoid, 0 or more with relu, anywhere with identity."""
    ranges = {f: CELLS["rnn"].range("h", {"f": f}) for f in CELLS["rnn"].options["f"]}

    assert ranges == {"tanh": (-1, 1), "relu": (0, inf), "sigmoid": (0, 1), "identity": None}
    assert CELLS["lstm"].range("h") == (-1, 1)
    assert CELLS["lstm"].range("o", {"gate": "hard"}) == (0, 1)


def test_every_quantity_says_what_it_is() -> None:
    """The screens print these lines; none may be empty."""
    for quantity in (*CELLS["rnn"], *CELLS["lstm"], *OUTPUT):
        assert quantity.symbol
        assert quantity.meaning
        assert quantity.dims[:2] == ("step", "batch")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A typing mistake costs no search."""
    with pytest.raises(UnknownNameError, match=r"no LSTM quantity 'tanhc'; did you mean 'tanh_c'"):
        CELLS["lstm"]["tanhc"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("W_f", ("W", "f")), ("W", ("W", "")), ("a_o", ("a", "o")), ("f", None), ("W_x", None)],
)
def test_a_name_in_an_equation_may_be_a_block_of_a_parameter(
    name: str, expected: tuple[str, str] | None
) -> None:
    """One gate's rows, or all of them; anything else is a quantity."""
    assert expected == CELLS["lstm"].block(name)


def test_what_stands_behind_a_quantity() -> None:
    """All that it is computed from, back to what is given: where a mistake may hide."""
    rnn, lstm = CELLS["rnn"], CELLS["lstm"]

    assert rnn.behind("h") == {
        *("h", "z", "z_from_x", "z_from_h", "z_from_a"),
        *("x", "h_prev", "U", "W", "a"),
    }
    assert lstm.behind("h", given=["o", "c"]) == {"h", "tanh_c"}
    assert lstm.behind("c", given=["i", "f", "g"]) == {"c", "c_prev"}


def test_the_activations_of_a_cell_are_its_options_or_the_usual_ones() -> None:
    """The functions of the equations by the names that options have."""
    lstm = CELLS["lstm"]

    assert lstm.activations() == {"σ": "sigmoid", "tanh": "tanh"}
    assert lstm.activations({"gate": "hard"}) == {"σ": "hard", "tanh": "tanh"}
    assert CELLS["rnn"].activations({"f": "relu"}) == {"f": "relu"}


@pytest.mark.parametrize("title", ["a GRU", "an LSTM", "an RNN", "a UGRNN", "an MGU", "an Elman"])
def test_the_article_is_the_one_that_is_spoken(title: str) -> None:
    """An L and an R, but a G: by how the first letter sounds."""
    cell = replace(CELLS["rnn"], title=title.split()[1])

    assert cell.with_article == title
