"""What is said of shapes, of products and of places in what was returned is so on real arrays."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tracer.exercises.cases import draw
from tracer.exercises.discovery import discover
from tracer.exercises.laying_out import laid_out, unscaled
from tracer.exercises.placing import as_written, place_returned
from tracer.exercises.products import fitting
from tracer.grading.comparing import has_steps
from tracer.view.say.products import product_sentence
from tracer.view.say.shapes import shape_advice

COURSES = Path(__file__).parents[1] / "exercises/courses"


@given(
    st.lists(st.integers(0, 12), max_size=4), st.lists(st.integers(1, 6), min_size=2, max_size=2)
)
def test_what_is_said_of_a_shape_is_so(got: list[int], wanted: list[int]) -> None:
    """Exchanged axes are exchanged, a missing axis is missing, and too long is so many times."""
    said = shape_advice(got, wanted, "(N, H)")

    if "exchanged" in said:
        assert got == wanted[::-1]
    if "batch axis is missing" in said:
        assert got == wanted[1:]
    times = re.search(r"(\d+) times too long", said)
    if times is not None:
        assert got == [wanted[0], wanted[1] * int(times[1])]
    counted = re.search(r"It has (\d+) ax.s instead of (\d+)", said)
    if counted is not None:
        assert (int(counted[1]), int(counted[2])) == (len(got), len(wanted))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), course=st.sampled_from(["rows", "columns"]), seed=st.integers(0, 99))
def test_the_place_in_what_was_returned_holds_that_number(
    data: st.DataObject, course: str, seed: int
) -> None:
    """``gradients["dWax"][0, 2]`` of what is right is the number that it is said to be."""
    exercise = data.draw(st.sampled_from(discover(COURSES / course / "exercises").good[:2]))
    check = data.draw(st.sampled_from(exercise.checks))
    function = data.draw(st.sampled_from(exercise.called(check)))
    alone, known = replace(check, functions=(function.name,)), exercise.axes(function.over)
    sizes = draw(exercise, check, seed).sizes
    returned = {k: of for k, of in function.returns.items() if k in check.expect and of}
    layouts = {leaf: of for k, layout in returned.items() for leaf, of in layout.leaves(k).items()}
    names = sorted({name for layout in layouts.values() for name in layout.names})
    assume(names)
    numbers = {
        name: np.random.default_rng(seed).normal(size=[a.length(sizes) for a in known[name]])
        for name in names
    }
    name = data.draw(st.sampled_from(names))
    at = tuple(data.draw(st.integers(0, n - 1)) for n in numbers[name].shape)
    program = exercise.program
    assert program is not None
    steps = int(function.over == "sequence" and has_steps(program, name))

    said = place_returned(exercise, alone, sizes, name, at[0] if steps else None, at[steps:])

    values: dict[str, Any] = {}
    for leaf, layout in layouts.items():
        array = laid_out(unscaled(layout), numbers, known, sizes)
        key, _dot, inner = leaf.partition(".")
        if inner:
            values.setdefault(key, {})[inner] = array
        else:
            values[key] = array
    place_ = said or f"{name}{list(at)}"
    assert eval(place_, {}, values) == numbers[name][at]  # noqa: S307 - the grader's own words


def test_the_place_of_what_a_function_takes_is_written_as_in_python() -> None:
    """An entry of a dict with its key; an array of its own by its name."""
    exercise = next(e for e in discover().good if e.number == "32")

    written = as_written(exercise.functions[0])

    assert (written["forward.c"], written["U"]) == ('forward["c"]', "U")


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple)


@given(left=SHAPES, right=SHAPES, other=st.sampled_from(["U", "U.T"]))
def test_what_is_said_of_a_matrix_product_is_so(
    left: tuple[int, ...], right: tuple[int, ...], other: str
) -> None:
    """The lengths that do not fit are those of the shapes, and the product that would fit does."""
    assume(left[-1] != right[0])
    u = np.ones(right if other == "U" else right[::-1])
    x = np.ones(left)
    exercise = next(e for e in discover().good if e.number == "10")
    given = {"x": x.shape, "U": u.shape}

    fits = fitting(exercise, exercise.functions[0], given, ("x", left), (other, right))
    said = product_sentence(("x", left), (other, right), fits)

    lengths = re.search(r"of x \((\d+)\) must be as long as the first of \S+ \((\d+)\)", said)
    assert lengths is not None
    assert [int(n) for n in lengths.groups()] == [x.shape[-1], right[0]]
    product = re.search(r"(\S+) @ (\S+) would fit, and be [^=]*?=? ?(\([\d, ]+\))\.$", said)
    assert (product is None) == (fits is None)
    if product is not None:
        first, second, shape = product.groups()
        sides = (eval(side, {"x": x, "U": u}) for side in (first, second))  # noqa: S307 - ours
        assert str(np.matmul(*sides).shape) == shape
