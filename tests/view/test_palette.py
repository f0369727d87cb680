"""How one number becomes one cell."""

from __future__ import annotations

import math

import pytest
from rich.cells import cell_len

from tracer.equations import Kind
from tracer.view.parts.step.cells import scale_of
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.palette import THEMES, palette

UNICODE, ASCII = palette(Abilities()), palette(Abilities(unicode=False))


@pytest.mark.parametrize(
    ("value", "kind", "expected", "in_ascii"),
    [
        (0.0, Kind.SWITCH, "▁▁", " 0"),
        (0.5, Kind.SWITCH, "▅▅", " 5"),
        (1.0, Kind.SWITCH, "██", " 9"),
        (-1.0, Kind.INFORMATION, "-█", "-9"),
        (0.3, Kind.INFORMATION, "+▃", "+3"),
        (0.0, Kind.INFORMATION, " ▁", " 0"),
        (3.0, Kind.MEMORY, "+▲", "+^"),
        (-3.0, Kind.MEMORY, "-▼", "-v"),
        (math.nan, Kind.SWITCH, "××", "xx"),
        (-math.inf, Kind.MEMORY, "-∞", "-I"),
    ],
)
def test_a_cell_is_readable_without_colour(
    value: float, kind: Kind, expected: str, in_ascii: str
) -> None:
    """Sign and size are glyphs; past its scale, and not a number, a cell says so."""
    assert expected == UNICODE.cell(value, kind)[0]
    assert in_ascii == ASCII.cell(value, kind)[0]


@pytest.mark.parametrize("kind", Kind)
def test_every_cell_is_two_columns(kind: Kind) -> None:
    """So the units of all rows stand under each other."""
    values = [-1e300, -2, -1, -0.1, 0, 1e-9, 0.49, 1, 7, math.inf, -math.inf, math.nan]

    widths = {cell_len(p.cell(v, kind)[0]) for p in (UNICODE, ASCII) for v in values}

    assert widths == {2}


def test_glyphs_rise_with_the_value() -> None:
    """A greater number never has a lower bar."""
    bars = [UNICODE.cell(step / 100, Kind.SWITCH)[0][0] for step in range(101)]

    assert bars == sorted(bars)


def test_positive_and_negative_are_told_apart_by_colour_blind_people() -> None:
    """In both themes the two ends differ in the blue-yellow channel, which most keep."""
    for colours in THEMES.values():
        red, green, blue = ([int(c[k : k + 2], 16) for c in colours.signed] for k in (1, 3, 5))
        warmth = [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)]

        assert warmth == sorted(warmth)
        assert warmth[-1] - warmth[0] > 150


def test_the_scale_of_switches_rises_in_lightness() -> None:
    """Printed in grey, an open switch still differs from a shut one, on either ground."""
    for theme, colours in THEMES.items():
        light = [_luminance(colour) for colour in colours.switch]

        assert light == sorted(light, reverse=theme == "light")
        assert abs(_luminance(colours.track) - light[-1]) > 0.5


def _luminance(colour: str) -> float:
    weights = (0.2126, 0.7152, 0.0722)
    channels = (int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5))
    return float(sum(w * c**2.2 for w, c in zip(weights, channels, strict=True)))


def test_a_scale_is_a_round_number_that_holds_nearly_all() -> None:
    """One value far out is marked as clipped and does not flatten the others."""
    assert scale_of([0.1, -0.5]) == 1
    assert scale_of([0.1, -2.9]) == pytest.approx(3)
    assert scale_of([*[0.5] * 99, 1000.0]) == 1
    assert scale_of([math.nan, math.inf]) == 1
    assert scale_of([7000.0, -9000.0]) == pytest.approx(10_000)
