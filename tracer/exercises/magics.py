"""Lines of a notebook that IPython reads and Python does not: magics, shell lines, questions.

In a cell they become ``pass``, so that every other line keeps its number. A line counts only where
a statement may begin: ``%`` at the beginning of a line within brackets is a remainder.
"""

from __future__ import annotations

import re

PYTHON_CELLS = ("time", "timeit", "capture", "prun", "memit", "mprun", "snakeviz")
"""Cell magics whose cell is Python all the same; a cell with any other is left out."""

FILE_CELLS = ("writefile", "file")
"""Cell magics that write their cell into a file; it is Python if the file is."""

_CELL = re.compile(r"\s*%%(?P<name>\w+)")
_LINE = re.compile(
    r"(?P<indent>[ \t\f]*)"
    r"(%(?!=)|!(?!=)|\?|get_ipython\(\)\s*\.|"  # %matplotlib inline · !pip · ?np
    r"[A-Za-z_][\w.,\[\] ]*=[ \t]*(!|%[A-Za-z]|get_ipython\(\)\s*\.)|"  # files = !ls
    r"[A-Za-z_%][\w.]*\?{1,2}[ \t]*$)"  # np.split?
)
_QUOTES = re.compile(r"'''|\"\"\"|'|\"")


def without_magics(cell: str, *, files: bool = False) -> str | None:
    """The Python in a cell, line by line; None if the cell is no Python.

    `files`: what a cell only writes into a file counts as Python too.
    """
    lines = cell.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    named = _CELL.match(lines[first])
    if named is not None:
        wanted = PYTHON_CELLS + (FILE_CELLS if files else ())
        if named["name"] not in wanted:
            return None
        lines[first] = ""
    kept, open_quote, depth, continued, dropped = [], "", 0, False, False
    for line in lines:
        begins = not open_quote and depth == 0 and not continued
        found = _LINE.match(line) if begins else None
        if dropped or found is not None:  # a shell line may go on after a backslash
            kept.append("" if dropped or found is None else found["indent"] + "pass")
            dropped = line.endswith("\\")
            continue
        open_quote, depth = _after(line, open_quote, depth)
        continued = line.endswith("\\")
        kept.append(line)
    return "\n".join(kept)


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The quotation mark that is open after a line, and how many brackets are."""
    at = 0
    while at < len(line):
        if quote:
            if line[at] == "\\":
                at += 2
                continue
            if line.startswith(quote, at):
                at, quote = at + len(quote), ""
                continue
        elif line[at] == "#":
            break
        elif (opened := _QUOTES.match(line, at)) is not None:
            at, quote = opened.end(), opened[0]
            continue
        elif line[at] in "([{":
            depth += 1
        elif line[at] in ")]}":
            depth = max(0, depth - 1)
        at += 1
    if len(quote) == 1 and not line.endswith("\\"):  # no such text goes over the end of a line
        quote = ""
    return quote, depth
