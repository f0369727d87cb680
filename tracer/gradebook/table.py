"""A table of the file of rules: its keys are asked for one by one, and no other may stand there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tracer.errors import FileError, UnknownNameError
from tracer.language import _
from tracer.storage.tomlfile import written


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file, and the keys that were asked for."""

    path: Path
    name: str
    values: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def value(self, key: str, missing: Any, fits: Callable[[Any], bool], wanted: str) -> Any:
        """What stands under a key, if it may stand there."""
        self.asked.add(key)
        found = self.values.get(key, missing)
        if key in self.values and not fits(found):
            said = _("{file}{table}: {key} = {value}; expected {wanted}")
            shown = found.isoformat() if isinstance(found, datetime) else written(found)
            raise FileError(
                said.format(
                    file=self.path, table=self._shown(), key=key, value=shown, wanted=wanted
                )
            )
        return found

    def table(self, key: str) -> Table:
        """The table under a key; an empty one where there is none."""
        found = self.value(key, {}, lambda v: isinstance(v, dict), _("a table"))
        return Table(self.path, f"{self.name}.{key}".lstrip("."), found)

    def named(self, kind: str, known: Collection[str]) -> list[str]:
        """All keys, each of which is a name that is known."""
        for name in self.values:
            if name not in known:
                raise self._unknown(kind, name, known)
        return list(self.values)

    def close(self, *more: str) -> None:
        """Refuse every key that nobody asked for."""
        known = [*self.asked, *(name for name in more if name not in self.asked)]
        for name in self.values:
            if name not in known:
                raise self._unknown("key", name, sorted(known))

    def _unknown(self, kind: str, name: str, known: Collection[str]) -> FileError:
        why = UnknownNameError(kind, name, known)
        return FileError(
            _("{file}{table}: {why}").format(file=self.path, table=self._shown(), why=why)
        )

    def _shown(self) -> str:
        return f", [{self.name}]" if self.name else ""


def listed(values: Collection[str]) -> str:
    """Words that may stand there, as TOML writes them."""
    return ", ".join(f'"{value}"' for value in values)
