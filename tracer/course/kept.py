"""What is remembered of a student's work, as one small file of JSON.

What this version does not know stays in the file as it is: an entry of another kind, and what
stands behind the end of a result. A file that a newer version has written in another `FORMAT` is
not read and never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import FileError
from tracer.grading.report import Verdict
from tracer.language import _

FORMAT = 2
"""Goes up when a file is written that this version would misunderstand. The first had no number."""


class Result(NamedTuple):
    """How the last check of an exercise ended."""

    verdict: Verdict
    points: float
    failing: str  # the first check that did not pass; empty if there is none
    digest: str = ""  # of the file that was checked; empty where an older tracer checked it
    file: str = ""  # its name
    wrong: str = ""  # the quantities to look at first, with blanks between
    earlier: str = ""  # the earlier answers that it imports: their paths and digests, as JSON
    fault: str = ""  # the exercise of the one of them that is to be corrected first

    @property
    def imported(self) -> dict[str, str]:
        """The paths of the earlier answers that it imports, each with its digest."""
        try:
            found = json.loads(self.earlier or "{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def ran(self) -> tuple[str, str]:
        """What tells the files that were run from others."""
        return self.digest, self.earlier


class Work(NamedTuple):
    """What was done at an exercise; times are whole seconds since 1970, 0 for never."""

    tries: int = 0  # different answers that were checked until one passed; a stub is none
    checked: int = 0  # the last check
    passed: int = 0  # the last time that an answer passed which had not passed before

    def after(self, result: Result, before: Result | None, now: int) -> Work:
        """The same, with a check that ended now."""
        again = before is not None and bool(result.digest) and before.ran == result.ran
        right = result.verdict is Verdict.PASSED
        tried = not again and not self.passed and result.verdict is not Verdict.NOT_STARTED
        newly = right and not (again and before is not None and before.verdict is result.verdict)
        passed = now if newly or (right and not self.passed) else self.passed
        return Work(self.tries + tried, now, passed)


class DamagedError(FileError):
    """What is remembered cannot be understood."""


@dataclass(slots=True)
class Kept:
    """What the file says.

    Attributes
    ----------
    results : dict of str to Result
        By the exercise's name.
    hints : dict of str to int
        How many hints were given, by exercise and check, and by what is wrong where hints speak
        of that.
    work : dict of str to Work
        By the exercise's name.
    others : dict
        What else stands in the file.
    """

    results: dict[str, Result] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    work: dict[str, Work] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Kept:
        """What the file says; nothing where there is none.

        Raises
        ------
        DamagedError
            If it is no JSON.
        FileError
            If it cannot be read, or a newer version has written it.
        """
        try:
            kept = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except OSError as error:
            said = _("cannot read {file}: {why}")
            raise FileError(said.format(file=path, why=error.strerror or str(error))) from error
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict):
            raise DamagedError(_("{file} is damaged").format(file=path))
        written = kept.pop("format", 1)
        if type(written) in (int, float) and written > FORMAT:
            raise FileError(
                _(
                    "{file} was written by a newer version of tracer (format {new}, this one reads "
                    "up to {own}) and is left as it is; update with: pip install -U rnn-tracer"
                ).format(file=path, new=written, own=FORMAT)
            )
        found = cls(others=kept)
        found.results = dict(_results(kept))
        found.hints = {n: k for n, k in _items(kept, "hints") if type(k) is int and k >= 0}
        found.work = dict(_work(kept))
        return found

    def text(self) -> str:
        """The file, as it is to be written."""
        known: dict[str, dict[str, Any]] = {
            "results": dict(self.results), "hints": dict(self.hints), "work": dict(self.work),
        }  # fmt: skip
        whole: dict[str, Any] = {"format": FORMAT}
        for name, entries in known.items():
            there = {n: e for n, e in _items(self.others, name) if _is_unknown(name, e)}
            whole[name] = there | entries
        whole |= {name: rest for name, rest in self.others.items() if name not in whole}
        return json.dumps(whole, indent=1) + "\n"

    def forget(self, name: str) -> None:
        """All that is known of one exercise."""
        self.results.pop(name, None)
        self.work.pop(name, None)
        for key in [k for k in self.hints if k.partition("/")[0] == name]:
            del self.hints[key]


def _results(kept: dict[str, Any]) -> Iterator[tuple[str, Result]]:
    for name, result in _items(kept, "results"):
        if not _is_unknown("results", result):
            points = result[1] if type(result[1]) in (int, float) else 0
            yield name, Result(Verdict(result[0]), points, *map(str, result[2:8]))


def _work(kept: dict[str, Any]) -> Iterator[tuple[str, Work]]:
    for name, work in _items(kept, "work"):
        if not _is_unknown("work", work):
            yield name, Work(*work[:3])


def _is_unknown(kind: str, entry: Any) -> bool:
    """Whether an entry is none that this version can read."""
    if kind == "hints":
        return type(entry) is not int or entry < 0
    if not isinstance(entry, list):
        return True
    if kind == "work":
        return len(entry) < 3 or any(type(n) is not int or not 0 <= n < 2**40 for n in entry[:3])
    return len(entry) < 3 or entry[0] not in list(Verdict)


def _items(kept: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    found = kept.get(name)
    yield from found.items() if isinstance(found, dict) else ()
