"""Layouts: what a function takes is made of quantities, and what it returns is read back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import InputError
from tracer.exercises.axes import Axis, axes_of, written
from tracer.exercises.laying_out import laid_out, read_off
from tracer.exercises.layout import Blocks, Drawn, Layout, Name, Scaled, Transposed
from tracer.exercises.layout_text import parse

SIZES = {"T": 3, "N": 2, "D": 5, "H": 4}
KNOWN = {
    name: axes_of(axes)
    for name, axes in {
        "x": ("T", "N", "D"), "h_prev": ("N", "H"), "U": ("2H", "D"), "U_i": ("H", "D"),
        "U_f": ("H", "D"), "W_i": ("H", "H"), "a_i": ("H",), "a_f": ("H",), "total_loss": (),
    }.items()
}  # fmt: skip


def numbers() -> dict[str, npt.NDArray[Any]]:
    """Numbers for every quantity, no two of them the same."""
    arrays, start = {}, 1
    for name, axes in KNOWN.items():
        shape = tuple(axis.length(SIZES) for axis in axes)
        count = int(np.prod(shape, dtype=int))
        arrays[name] = np.arange(start, start + count, dtype=float).reshape(shape)
        start += count
    return arrays


def made(text: str) -> npt.NDArray[Any]:
    """What a layout makes of them."""
    return laid_out(parse(text), numbers(), KNOWN, SIZES)


def test_side_by_side_and_one_below_the_other() -> None:
    """A course's weights are blocks in its own order, transposed."""
    U_i, U_f, W_i, a_i = (numbers()[name] for name in ("U_i", "U_f", "W_i", "a_i"))

    assert np.array_equal(made("[U_f.T, U_i.T]"), np.hstack([U_f.T, U_i.T]))
    assert np.array_equal(made("[[U_f], [U_i]]"), np.vstack([U_f, U_i]))
    assert np.array_equal(made("[[W_i, U_i], [W_i, U_f]]"), np.block([[W_i, U_i], [W_i, U_f]]))
    assert np.array_equal(made("a_i[H, 1]"), a_i[:, np.newaxis])
    assert np.array_equal(made("x[D, N, T]"), np.transpose(numbers()["x"], (2, 1, 0)))
    assert np.array_equal(made("0.25 * a_i"), a_i / 4)


NAMES = st.sampled_from(["x", "h_prev", "U", "U_i", "W_i", "a_i"])


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """A layout of a few quantities, each once, that fits."""
    layout: Layout = Name(draw(NAMES))
    axes = layout.axes(KNOWN)
    if draw(st.booleans()):
        order = draw(st.permutations(axes))
        ones = draw(st.lists(st.integers(0, len(order)), max_size=2))
        wanted = [str(axis) for axis in order]
        for at in ones:
            wanted.insert(at, "1")
        layout = parse(f"{layout}[{', '.join(wanted)}]")
    elif len(axes) == 2 and draw(st.booleans()):
        layout = Transposed(layout)
    if draw(st.booleans()):
        layout = Scaled(draw(st.sampled_from([0.25, -1.0, 3.0])), layout)
    if layout.names == ("U_i",) and draw(st.booleans()):
        depth = draw(st.sampled_from([1, 2])) if len(layout.axes(KNOWN)) > 1 else 1
        other = layout.renamed({"U_i": "U_f"})
        layout = Blocks((layout, other), depth)
    return layout


@given(layouts())
def test_what_is_laid_out_is_read_back(layout: Layout) -> None:
    """The one expression serves both ways, and its axes are those of the array."""
    array = laid_out(layout, numbers(), KNOWN, SIZES)

    assert array.shape == tuple(axis.length(SIZES) for axis in layout.axes(KNOWN))
    for name, back in read_off(layout, array, KNOWN, SIZES).items():
        assert np.allclose(back, numbers()[name], rtol=1e-15)


@given(layouts())
def test_a_layout_is_read_as_it_is_written(layout: Layout) -> None:
    """Its text is read back as the same layout."""
    if isinstance(layout, Blocks) and layout.depth == 2:
        assert parse(f"[{', '.join(f'[{part}]' for part in layout.joined)}]").axes(
            KNOWN
        ) == layout.axes(KNOWN)
    else:
        assert parse(str(layout)) == layout


def test_groups_have_a_key_for_each_array() -> None:
    """A dict in a tuple in a list: each array goes by where it stands."""
    layout = parse("list((h_prev, x), {Wf: [W_i, U_i], bf: a_i[H, 1]}, 3)")

    assert {key: str(leaf) for key, leaf in layout.leaves("p").items()} == {
        "p.0.0": "h_prev", "p.0.1": "x", "p.1.Wf": "[W_i, U_i]", "p.1.bf": "a_i[H, 1]", "p.2": "3",
    }  # fmt: skip


def test_axes_are_written_as_in_the_list() -> None:
    """4H is four times H; what is joined is a sum."""
    assert written(axes_of(("4H", "D"))) == "(4H, D)"
    assert written(parse("[W_i, U_i]").axes(KNOWN)) == "(H, D + H)"
    assert Axis.of("3H + D + 1").length({"H": 4, "D": 5}) == 18
    assert parse("normal(N, 3H)") == Drawn("normal", axes_of(("N", "3H")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[U_i.T, U_f]",
            "U_i.T is (D, H) and U_f is (H, D); side by side, all axes but the joined",
        ),
        ("[[U_i], [W_i]]", "[U_i] is (H, D) and [W_i] is (H, H); one below the other, all axes"),
        ("x.T", "x is (T, N, D); .T needs two axes. For another order of axes write x[D, N, T]"),
        (
            "x[N, D]",
            "x[N, D] does not fit: x is (T, N, D); expected the same axes in another order",
        ),
        (
            "[U_i, [U_f]]",
            "mixes [ ] and what stands in none; [A, B] is side by side, [[A], [B]] one",
        ),
        ("root(x)", "there is no function 'root'. Known: d, one_hot, list, normal, uniform"),
        ("normal(N, size=3)", "there is no size = ; normal knows scale"),
        ("normal(N, scale='a')", "normal: scale = 'a'; expected a number"),
        ("x + 1", "'x + 1' is no layout; a layout is made of names, .T, name[N, T, D], [A, B]"),
        ("x[n]", "'n' is no axis; an axis is written N, 4H, H + D or 1"),
        ("{x: 1, x: 2}", "has a key twice"),
        ("{x + 1: x}", "'x + 1' is no key; a key of a dict is letters, digits and _"),
        ("(x, x).T", "'(x, x)' is no array, so nothing can be done with it"),
        ("x y", "it is no Python expression"),
        ("(" * 500, "it is no Python expression"),
    ],
)
def test_a_layout_that_is_none_says_why(text: str, said: str) -> None:
    """Each sentence names the part and its axes, and what may stand there."""
    with pytest.raises(InputError) as caught:
        parse(text).axes(KNOWN)

    assert said in str(caught.value)
