"""Text in columns of a known width, where some characters take two."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` columns: padded with blanks, or cut with an ellipsis.

    A character that takes two columns is never cut in half.
    """
    room = cell_len(text)
    if room <= width:
        return text + " " * (width - room)
    kept = chop_cells(text, max(width - cell_len(ellipsis), 1))[0] if text else ""
    if cell_len(kept) + cell_len(ellipsis) > width:
        kept = ""
    short = (kept + ellipsis)[:width] if not kept else kept + ellipsis
    return short + " " * (width - cell_len(short))


def widest(words: Sequence[str], *, least: int = 0, most: int = 1000) -> int:
    """The columns that the longest of `words` takes, held between `least` and `most`."""
    return min(max([least, *(cell_len(word) for word in words)]), most)
