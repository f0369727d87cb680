"""Words that people typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("man", "man"),
        ("水", "水"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),
        ("line\nbreak", r"line\nbreak"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("\ud800", r"\ud800"),
        (" ::error::x[::2]", r" \x3a:error\x3a:x[::2]"),
        ("##[group]a ##vso[b] ## [c]", r"\x23#[group]a \x23#vso[b] ## [c]"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(typed: str, expected: str) -> None:
    """Escapes, reordering, breaks and commands to services for builds; markup never had power."""
    assert expected == clean(typed)


def test_a_word_the_terminal_cannot_write_is_written_out() -> None:
    """On an ASCII terminal 水 becomes its number, so that no width is guessed."""
    assert clean("水", "ascii") == r"\u6c34"


@given(st.text(max_size=40), st.integers(1, 30))
def test_fit_is_exact(typed: str, width: int) -> None:
    """Whatever was typed takes exactly the columns it was given; nothing is cut in half."""
    assert cell_len(fit(clean(typed), width)) == width


def test_a_wide_character_is_never_cut_in_half() -> None:
    """Three wide characters in four columns: one of them, the dots, and a blank."""
    assert fit("水很熱", 4) == "水… "
