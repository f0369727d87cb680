"""What every reader gives: rows, each with its text, its label and the line where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracer.data.readers.textfile import shown
from tracer.errors import FileError

TEXT_COLUMNS = (
    "text", "sentence", "words", "tokens", "review", "word", "token", "tweet", "comment", "message",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "labels", "tag", "tags", "class", "category", "sentiment", "target",
)  # fmt: skip


class Row(NamedTuple):
    """One row: where it is, its text and its label; lists where the file has lists of words.

    `typed` is how the words are written in a text, where the file says that beside a list.
    """

    line: int
    text: str | tuple[str, ...]
    label: str | tuple[str, ...]
    typed: str = ""


class Rows(NamedTuple):
    """The rows of a file, how many empty lines it has, and how its columns were found."""

    rows: list[Row]
    empty: int
    columns: str


@dataclass(frozen=True)
class Wanted:
    """What is to be read in a file, and what was said about it; None where nothing was said.

    Attributes
    ----------
    task : str
    text_column, label_column : str or None
        A column by its name, or by its number from 1.
    separator : str or None
        What stands between two columns, by its name in `tracer.data.source.SEPARATORS`.
    header : str or None
        ``"yes"``: the first row names the columns; ``"no"``: it is a sentence.
    """

    task: str
    text_column: str | None = None
    label_column: str | None = None
    separator: str | None = None
    header: str | None = None


def column(
    where: str,
    kind: str,
    there: Sequence[str],
    wanted: str | None,
    usual: tuple[str, ...],
    header: str | None = None,
) -> int:
    """The index of a column that is given by name or number, or has one of the usual names.

    With `header` "no" there are only numbers, with "yes" names go first.

    Raises
    ------
    FileError
        If there is none; lists those that are there, and says how to name one.
    """
    if wanted is None:
        found = usual_column(there, usual)
        missing = f"no column is called {', '.join(usual[:4])} or the like"
    else:
        found = _given(where, there, wanted, header)
        missing = f"no column is called {shown(wanted)}"
    if found is not None:
        return found
    raise FileError(
        f"{where}: {missing}; the columns are {numbered(there)}. Which one is the {kind}? "
        f"Give its name or number with --{kind}-column"
    )


def _given(where: str, there: Sequence[str], wanted: str, header: str | None) -> int | None:
    """The index of the column of this name, or number from 1."""
    by_name = there.index(wanted) if wanted in there and header != "no" else None
    numbers = [str(number) for number in range(1, len(there) + 1)]
    by_number = numbers.index(wanted) if wanted in numbers else None
    if header is None and None not in (by_name, by_number) and by_name != by_number:
        raise FileError(
            f"{where}: {shown(wanted)} is the number of one column and stands in another: "
            f"{numbered(there)}. Say whether these are names (--header yes) or not (--header no)"
        )
    return by_number if by_name is None else by_name


def usual_column(there: Sequence[str], usual: tuple[str, ...]) -> int | None:
    """The index of the column that has the first of the usual names that is there."""
    lower = [name.lower() for name in there]
    return next((lower.index(name) for name in usual if name in lower), None)


def numbered(names: Sequence[str]) -> str:
    """The columns with their numbers, for a message: "1 'id', 2 'text'"."""
    some = [f"{n} {shown(name)}" for n, name in enumerate(names, 1)]
    rest = f" and {len(some) - 12} more" if len(some) > 12 else ""
    return ", ".join(some[:12]) + rest if some else "none"
