"""What was measured, as the tables of docs/speed.md have it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Row = dict[str, Any]
"""One size: part, kind, dtype, size, ms by contestant, rates of the machine, our shares of them."""

OURS = ("states", "gates", "all")


def printed(rows: Sequence[Row]) -> str:
    """The rows of one part, kind and dtype: milliseconds, then ratios and shares."""
    first = rows[0]
    title = (
        f"{first['part']}, {first['kind']}, {first['dtype']} (one large product: "
        f"{first['rates'][first['dtype']]:.0f} GFLOP/s; a copy: {first['rates']['copy']:.1f} GB/s)"
    )
    return "\n\n".join(filter(None, [title, milliseconds(rows), ratios(rows)]))


def milliseconds(rows: Sequence[Row]) -> str:
    """The median of each contestant; a dash where it did not take part."""
    names = list(dict.fromkeys(name for row in rows for name in row["ms"]))
    head = ["T, N, D, H", *(f"{name}, ms" for name in names)]
    body = [[_size(row), *(_number(row["ms"].get(name), ".3f") for name in names)] for row in rows]
    return table(head, body)


def ratios(rows: Sequence[Row]) -> str:
    """How many times longer each peer takes than we do, and our shares of the machine's rates.

    Nothing where there is no peer and no share.
    """
    columns: dict[str, Callable[[Row], float | None]] = {}
    names = list(dict.fromkeys(name for row in rows for name in row["ms"]))
    peers = [name for name in names if name not in OURS]
    for peer in peers:
        # The layer of PyTorch beside every level; the others beside the one with their outputs.
        for level in OURS if peer.startswith("nn.") else ("gates",):
            if level in names:
                columns[f"{peer} ÷ {level}"] = lambda row, p=peer, o=level: ratio(row, p, o)
    head, body = ["T, N, D, H", *columns], [[_size(row)] for row in rows]
    last = ["geometric mean"]
    for of in columns.values():
        found = [of(row) for row in rows]
        for cells, number in zip(body, found, strict=True):
            cells.append(_times(number))
        counted = [number for number in found if number is not None]
        last.append(_times(statistics.geometric_mean(counted) if counted else None))
    for share in dict.fromkeys(name for row in rows for name in row["shares"]):
        head.append(share)
        for cells, row in zip(body, rows, strict=True):
            cells.append(_number(row["shares"].get(share), ".0%"))
        last.append("")
    return table(head, [*body, last]) if len(head) > 1 else ""


def training(rows: Sequence[Row]) -> str:
    """Sentences a second while a network is trained."""
    head = ["cell, H", "ours, sentences/s", "PyTorch, sentences/s", "PyTorch ÷ ours"]
    body = [
        [
            f"{row['cell']}, {row['H']}",
            *(f"{row[whose]:,.0f}" for whose in ("ours", "PyTorch")),
            f"{row['ratio']:.2f}",
        ]
        for row in rows
    ]
    return f"training, float32\n\n{table(head, body)}"


def small(rows: Sequence[Row]) -> str:
    """One small call: all of it, of which the compiled loop, and the rest, which is Python."""
    head = ["cell, call", "whole call, µs", "compiled loop, µs", "Python, µs"]
    body = [
        [
            f"{row['kind']}, {row['call']}",
            *(f"{each:.1f}" for each in (row["whole"], row["loop"], row["whole"] - row["loop"])),
        ]
        for row in rows
    ]
    return f"Python around one small call (10, 1, 8, 8; float32)\n\n{table(head, body)}"


def ratio(row: Row, peer: str, ours: str) -> float | None:
    """The peer's median ÷ ours, if both took part."""
    ms = row["ms"]
    return ms[peer] / ms[ours] if peer in ms and ours in ms else None


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table of Markdown whose columns also stand below each other on a screen."""
    lines = [list(head), *(list(cells) for cells in body)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines.insert(1, rule)
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        + " |"
        for cells in lines
    )


def _size(row: Row) -> str:
    return ", ".join(f"{number:,}" for number in row["size"])


def _times(number: float | None) -> str:
    return _number(number, ".2f" if number is None or number < 100 else ",.0f")


def _number(number: float | None, form: str) -> str:
    return "–" if number is None else format(number, form)
