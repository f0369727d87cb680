"""The colours and the glyphs: how one number becomes one cell. Every picture asks here.

A cell is two columns wide and says its value twice: by a glyph that needs no colour, and by a
colour that stays distinct for every common kind of colour blindness (blue against orange for the
sign, one rising lightness for 0..1; neither uses red against green).

=============  ==================  ===========================================
kind           glyph               colour
=============  ==================  ===========================================
switch 0..1    ``▁▁`` … ``██``     grey-blue to yellow (dark blue on light)
-1..1          ``-█`` … ``+█``     blue below 0, orange above
no bounds      the same, scaled    the same; past the scale ``+▲``, marked
NaN, infinite  ``××``, ``+∞``      magenta
=============  ==================  ===========================================

In ASCII a digit stands for the bar: the first decimal of the share of the scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rich.style import Style

from tracer.equations import Kind
from tracer.view.terminal.console import Abilities, Theme

SIGNLESS = frozenset({Kind.SWITCH, Kind.PROBABILITY})
"""Kinds that live in 0..1 and need no sign."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a picture.

    `bars` rises from nearly nothing to full; `line` is the last step of a long bar in fine steps,
    the whole one at its end.
    """

    bars: str
    line: str
    empty: str
    above: str
    below: str
    nan: str
    infinite: str
    rule: str
    axis: str
    mark: str
    differs: str
    cut: str
    range: str


UNICODE = Glyphs("▁▂▃▄▅▆▇█", "╸━", "·", "▲", "▼", "××", "∞", "─", "│", "◀", "≠", "…", "…")
ASCII = Glyphs("0123456789", "#", ".", "^", "v", "xx", "I", "-", "|", "<", "!", "~", "~")


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a theme, as red, green and blue."""

    track: str
    switch: tuple[str, ...]
    signed: tuple[str, ...]
    broken: str
    faint: str
    classes: tuple[str, ...]


THEMES: Mapping[Theme, Colours] = MappingProxyType(
    {
        "dark": Colours(
            track="#232833",
            switch=("#56658a", "#7d7f8f", "#a79a80", "#d3b966", "#ffe14d"),
            signed=("#58b4ff", "#5f93cc", "#7a828f", "#cf8c4a", "#ffa03a"),
            broken="#ff6ad5",
            faint="#8b93a1",
            classes=("#58b4ff", "#ffa03a", "#ffe14d", "#ecd3ff", "#56d6c2", "#f2f2f2"),
        ),
        "light": Colours(
            track="#e9ecf1",
            switch=("#a9b3c6", "#7f8fb0", "#55709c", "#2c5188", "#00306e"),
            signed=("#0a58a8", "#5286c0", "#8d939e", "#c07a35", "#a64b00"),
            broken="#b5008a",
            faint="#667080",
            classes=("#0a58a8", "#a64b00", "#6b5900", "#9a6fd0", "#00756a", "#333333"),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Glyphs and colours for one terminal."""

    glyphs: Glyphs
    colours: Colours

    def cell(self, value: float, kind: Kind, scale: float = 1.0) -> tuple[str, Style]:
        """Two columns for one number.

        Parameters
        ----------
        value : float
        kind : Kind
            A switch or a probability has no sign; everything else has.
        scale : float
            The size that fills a cell, 1 for what is bounded; see `Row.scale`.
        """
        if not math.isfinite(value):
            return self._broken(value), self.broken
        share = value / scale
        size = min(abs(share), 1.0)
        bar = self.glyphs.bars[min(int(size * len(self.glyphs.bars)), len(self.glyphs.bars) - 1)]
        if kind in SIGNLESS:
            return f" {bar}" if bar.isdigit() else bar * 2, self.style(value, kind)
        if abs(share) > 1:
            bar = self.glyphs.above if share > 0 else self.glyphs.below
        return f"{_sign(value)}{bar}", self.style(share, kind)

    def style(self, share: float, kind: Kind) -> Style:
        """The colour of a share of the scale, on the cell's own dark or light ground."""
        if math.isnan(share):
            return self.broken
        if kind in SIGNLESS:
            colour = _between(self.colours.switch, share)
        else:
            colour = _between(self.colours.signed, (share + 1) / 2)
        return Style(color=colour, bgcolor=self.colours.track)

    def bar(self, share: float, width: int) -> str:
        """A bar from the left, `width` columns for a share of 1."""
        if not math.isfinite(share):
            return "?".ljust(width, self.glyphs.empty)
        steps = len(self.glyphs.line)
        filled = round(min(max(share, 0.0), 1.0) * width * steps)
        full, rest = divmod(filled, steps)
        part = self.glyphs.line[rest - 1] if rest else ""
        return (self.glyphs.line[-1] * full + part).ljust(width, self.glyphs.empty)

    def signed_bar(self, value: float, scale: float, half: int) -> str:
        """A bar to the left (below 0) or to the right of an axis, ``2·half + 1`` columns."""
        if not math.isfinite(value):
            return f"{'?':>{half}}{self.glyphs.axis}{'?':<{half}}"
        size = min(abs(value) / scale, 1.0) if scale else 0.0
        full = min(max(round(size * half), int(value != 0)), half)
        block = self.glyphs.line[-1] * full
        left, right = (block, "") if value < 0 else ("", block)
        return f"{left:>{half}}{self.glyphs.axis}{right:<{half}}"

    def _broken(self, value: float) -> str:
        return self.glyphs.nan if math.isnan(value) else _sign(value) + self.glyphs.infinite

    @property
    def faint(self) -> Style:
        """For what helps to read but is not the matter itself."""
        return Style(color=self.colours.faint)

    @property
    def broken(self) -> Style:
        """For NaN and infinite numbers and what is said about them."""
        return Style(color=self.colours.broken, bold=True)

    def of_class(self, index: int) -> Style:
        """The colour of a class; with many classes colours come again, their names do not."""
        if index < 0:
            return self.broken
        return Style(color=self.colours.classes[index % len(self.colours.classes)], bold=True)


def palette(able: Abilities) -> Palette:
    """The palette for what a terminal can show."""
    return Palette(UNICODE if able.unicode else ASCII, THEMES[able.theme])


def _sign(value: float) -> str:
    return "-" if value < 0 else "+" if value > 0 else " "


def _between(anchors: tuple[str, ...], share: float) -> str:
    """The colour at `share` of the way along `anchors`."""
    place = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    blend = place - first
    pairs = zip(_rgb(anchors[first]), _rgb(anchors[first + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * blend):02x}" for a, b in pairs)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
