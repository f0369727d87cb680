"""What `tracer grade --parquet` writes, read back with pyarrow."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from tests.gradebook.parquet import CLASS, EXPECTED, STUDENTS
from tracer.view.export.gradebook_parquet import COLUMNS, write_parquet


def test_read_back(tmp_path: Path) -> None:
    """The same rows, numbers as numbers and moments as moments."""
    write_parquet(CLASS, STUDENTS, tmp_path / "g.parquet")

    table = parquet.read_table(tmp_path / "g.parquet")

    assert table.to_pylist() == EXPECTED
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["handed_in"] == "timestamp[us, tz=UTC]"
    assert kinds["points"] == "double"
    assert list(kinds) == list(COLUMNS)
