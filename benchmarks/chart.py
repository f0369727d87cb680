"""The chart of docs/speed.md: how many times longer PyTorch takes, some bars for each size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from benchmarks.tables import Row, ratio

WIDTH, LEFT, RIGHT = 760, 150, 50
"""Of the picture, of the names of the sizes, and of the number beside the longest bar."""

TOP, BAR, GAP = 58, 13, 10
"""The height of the head, of a bar, and between two groups."""

STYLE = """
  svg { background: #ffffff; font: 13px sans-serif }
  text { fill: #1f2328 } .small { font-size: 11px; fill: #59636e }
  .line { stroke: #d1d9e0 } .one { stroke: #1f2328; stroke-width: 1.5 }
  .bar0 { fill: #0969da } .bar1 { fill: #bc4c00 } .bar2 { fill: #1a7f37 } .bar3 { fill: #8250df }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117 }
    text { fill: #f0f6fc } .small { fill: #9198a1 }
    .line { stroke: #3d444d } .one { stroke: #f0f6fc }
    .bar0 { fill: #4493f8 } .bar1 { fill: #f0883e } .bar2 { fill: #3fb950 } .bar3 { fill: #ab7df8 }
  }
"""
COLOURS = 4


def series(rows: Sequence[Row]) -> dict[str, float]:
    """nn.LSTM ÷ gates of every size of the part forward, LSTM, float32."""
    found = {}
    for row in rows:
        if (row["part"], row["kind"], row["dtype"]) == ("forward", "lstm", "float32"):
            number = ratio(row, "nn.LSTM", "gates")
            assert number is not None
            found[", ".join(map(str, row["size"]))] = number
    return found


def drawn(series: Mapping[str, Mapping[str, float]], caption: Sequence[str]) -> str:
    """An SVG picture of all series.

    Parameters
    ----------
    series : name of a series to its ratio at every size
        On a logarithmic scale: a bar to the right of 1 is a size at which we are faster.
    caption : str
        Lines below the bars.
    """
    sizes = list(next(iter(series.values())))
    numbers = [number for each in series.values() for number in each.values()]
    low, high = min(0.5, *numbers), max(2.0, *numbers)
    group = len(series) * BAR + GAP
    bottom = TOP + len(sizes) * group
    height = bottom + 34 + 16 * len(caption)

    def across(number: float) -> float:
        place = math.log(number / low) / math.log(high / low)
        return round(LEFT + place * (WIDTH - LEFT - RIGHT), 1)

    def parts() -> Iterator[str]:
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img">'
        )
        yield "<title>How many times longer nn.LSTM takes than a trace of all gates</title>"
        yield f"<style>{STYLE}</style>"
        yield _text(14, 22, "nn.LSTM ÷ ours at level gates: right of 1, the trace is faster")
        yield _text(14, 46, "T, N, D, H", "small")
        for n, name in enumerate(series):
            x = LEFT + 110 * n
            yield f'<rect class="bar{n % COLOURS}" x="{x}" y="36" width="12" height="12"/>'
            yield _text(x + 18, 46, name, "small")
        for mark in _marks(low, high):
            kind, x = "one" if mark == 1 else "line", across(mark)
            yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{TOP - 4}" y2="{bottom}"/>'
            yield _text(x, bottom + 16, f"{mark:g}", "small", "middle")
        for row, size in enumerate(sizes):
            y = TOP + row * group
            yield _text(LEFT - 10, y + group / 2, size, anchor="end")
            for n, each in enumerate(series.values()):
                ends = sorted([across(1), across(each[size])])
                yield (
                    f'<rect class="bar{n % COLOURS}" x="{ends[0]}" y="{y + n * BAR}" '
                    f'width="{round(ends[1] - ends[0], 1)}" height="{BAR - 2}"/>'
                )
                yield _text(ends[1] + 5, y + n * BAR + 10, f"{each[size]:.2f}", "small")
        for n, line in enumerate(caption):
            yield _text(14, bottom + 40 + 16 * n, line, "small")
        yield "</svg>"

    return "\n".join([*parts(), ""])


def _marks(low: float, high: float) -> list[float]:
    """Powers of two between both ends, 1 among them."""
    first, last = math.ceil(math.log2(low)), math.floor(math.log2(high))
    return [2.0**power for power in range(first, last + 1)]


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{shown} text-anchor="{anchor}">{escape(words)}</text>'
