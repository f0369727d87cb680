"""Answers written by machine: what they look like, and that they compute what the program says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tracer.corpus.source import written
from tracer.corpus.style import USUAL, Style, drawn
from tracer.corpus.variants import right_variants
from tracer.errors import InputError
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.program import edits_in

COURSES = sorted(Path(__file__).parents[1].glob("exercises/courses/*/exercises/[0-9]*"))

NOT_WRITTEN = {
    "60_gru_step": "a reference", "70_gradient_check": "no Python", "72_learning": "a reference",
    "73_lstm_class": "a class",
}  # fmt: skip


@cache
def exercise(number: str) -> Exercise:
    """One of ours."""
    return next(e for e in discover().good if e.number == number)


def run(source: str, function: str, **given: object) -> object:
    """Load a file and call a function of it."""
    names: dict[str, object] = {}
    exec(compile(source, "answer.py", "exec"), names)  # noqa: S102 - our own text
    called = names[function]
    assert callable(called)
    return called(**given)


def test_a_plain_answer() -> None:
    """Line by line, in the order of the list, a loop for the sentence."""
    assert written(exercise("13"), Style()) == (
        "import numpy as np\n\n"
        "def rnn_unroll(x, h_0, U, W, a):\n"
        "    T = x.shape[0]\n"
        "    h_prev = h_0\n"
        "    all_h = [None] * T\n"
        "    for t in range(T):\n"
        "        x_t = x[t]\n"
        "        h = np.tanh(x_t @ U.T + h_prev @ W.T + a)\n"
        "        all_h[t] = h\n"
        "        h_prev = h\n"
        "    all_h = np.stack(list(all_h))\n"
        "    return all_h\n"
    )


def test_the_same_in_another_style() -> None:
    """One product for all gates, names of one's own, sums that grow in place."""
    style = Style(together=True, accumulate=True, renamed=True)

    assert "    zs = x @ U.T\n    zs += h_prev @ W.T\n    zs += a\n" in written(
        exercise("22"), style
    )


def test_a_mistake_is_an_edit_of_the_program() -> None:
    """It is written like everything else."""
    edits = edits_in({"change": {"h": "o * c"}, "carry": {"c": "initial"}})

    source = written(exercise("23"), Style(inline=False), edits)

    assert "        h = o * c\n" in source
    assert "        c_prev = c_0\n" in source


@pytest.mark.parametrize(
    "table",
    [
        {"change": {"c": "f * c_prev + g"}},
        {"order": "i f o g"},
        {"read": {"W_f": "W_i"}},
        {"function": {"σ": "1 / (1 + exp(z))"}},
        {"carry": {"h": "zero", "c": "two back"}},
        {"padding": "runs on"},
        {"padding": "one step more"},
        {"past": {"h_prev": "this", "f": "next"}},
        {"loop": {"backward": "reversed"}},
        {"steps": {"d_W": "without first"}},
        {"returned": {"d_x": "-it", "d_a": "2 * it"}},
        {"change": {"d_c": "d_c_from_h", "d_h_from_next": "0 * it"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("style", [USUAL[0], USUAL[4]], ids=str)
def test_the_code_computes_what_the_program_says(table: dict[str, object], style: Style) -> None:
    """Each kind of edit, run as Python and by the interpreter: the same numbers."""
    backward = exercise("33")
    assert backward.program is not None
    edits = edits_in(table)
    generator = np.random.default_rng(0)
    T, N, D, H = 4, 3, 5, 2
    shapes = {
        "x": (T, N, D), "h_0": (N, H), "c_0": (N, H), "U": (4 * H, D), "W": (4 * H, H),
        "a": (4 * H,), "d_h_from_loss": (T, N, H), "d_h_T": (N, H), "d_c_T": (N, H),
    }  # fmt: skip
    given = {name: generator.normal(size=shape) for name, shape in shapes.items()}
    given["lengths"] = np.array([4, 4, 4] if "loop" in table else [4, 2, 3])
    wanted = ("d_x", "d_h_0", "d_c_0", "d_U", "d_W", "d_a")
    source = written(backward, style, edits)
    names: dict[str, object] = {}

    exec(compile(source, "answer.py", "exec"), names)  # noqa: S102 - our own text
    forward, back = names["lstm_forward"], names["lstm_backward"]
    assert callable(forward)
    assert callable(back)
    h, c, cache_ = forward(*(given[name] for name in ("x", "lengths", "h_0", "c_0", "U", "W", "a")))
    came = dict(
        zip(
            ("h", "c", *wanted),
            (h, c, *back(given["d_h_from_loss"], given["d_h_T"], given["d_c_T"], cache_)),
            strict=True,
        )
    )

    expected = backward.program.edited(edits).run(given, wanted=tuple(came))
    for name, array in came.items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("folder", COURSES, ids=lambda folder: folder.name)
def test_the_conventions_of_other_courses(folder: Path) -> None:
    """Row vectors, dicts, columns: taken apart and put together by their layouts."""
    course = read(folder)
    if course.name in NOT_WRITTEN:
        with pytest.raises(InputError, match=NOT_WRITTEN[course.name]):
            written(course, Style())
        return

    for style in USUAL:
        compile(written(course, style), "answer.py", "exec")


def test_right_variants_are_different_texts() -> None:
    """So many answers, no two alike."""
    variants = right_variants(exercise("41"), 12)

    assert len({variant.source for variant in variants}) == 12


def test_what_a_step_cannot_show_is_not_written() -> None:
    """A state that is carried from two steps back is no mistake of a function of one step."""
    with pytest.raises(InputError, match="not seen in a single step"):
        written(exercise("22"), Style(), edits_in({"carry": {"c": "two back"}}))


def test_a_seed_is_a_style() -> None:
    """The same one each time; and most are different."""
    assert drawn(3) == drawn(3)
    assert len({drawn(seed) for seed in range(40)}) > 30


def test_torch_is_a_style() -> None:
    """PyTorch's tensors in the place of NumPy's arrays; `make peers` runs them."""
    source = written(exercise("10"), replace(Style(), torch=True))

    assert source.startswith("import torch")
    assert "x = torch.as_tensor(x)" in source
