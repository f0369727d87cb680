"""A class as Parquet: which rows, of which types; tests/peers reads a real file back."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.gradebook.handing import class_of
from tests.gradebook.parquet import CLASS, EXPECTED, STUDENTS
from tests.grading.typed import tracer
from tracer.view.export.gradebook_parquet import COLUMNS, write_parquet


def test_rows_and_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each student and exercise; what is not known is None, not a word."""
    given: dict[str, Any] = {}

    def from_pylist(records: list[dict[str, Any]], schema: list[tuple[str, str]]) -> str:
        given.update(records=records, schema=schema)
        return "table"

    kinds = {kind: (lambda *_of, kind=kind, **_more: kind) for kind in set(COLUMNS.values())}
    package = SimpleNamespace(**kinds, schema=list, Table=SimpleNamespace(from_pylist=from_pylist))
    parquet = SimpleNamespace(write_table=lambda table, path: path.write_text(table))
    monkeypatch.setitem(sys.modules, "pyarrow", package)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)

    write_parquet(CLASS, STUDENTS, tmp_path / "g.parquet")

    assert given["records"] == EXPECTED
    assert given["schema"] == list(COLUMNS.items())
    assert (tmp_path / "g.parquet").read_text() == "table"


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before anything is graded, and how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    folder = class_of(tmp_path / "class", "right")

    ended = tracer(
        "grade", str(folder), "--out", str(tmp_path / "out"), "--parquet", "g.parquet",
        "--wall", "plain", "--trust-submissions",
    )  # fmt: skip

    assert ended.exit_code == 2
    assert "Parquet needs the package pyarrow: pip install 'rnn-tracer[parquet]'" in ended.stderr
    assert not (tmp_path / "out").exists()
