"""A file of labelled sentences that a test makes and reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tracer.data.reading import read
from tracer.text.labelled import Corpus


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read a file that is made of this content; messages then name it without a folder."""
    monkeypatch.chdir(tmp_path)

    def read_made(content: str | bytes, name: str = "my.csv", **options: Any) -> Corpus:
        data = content if isinstance(content, bytes) else content.encode()
        Path(name).write_bytes(data)
        return read(name, **{"task": "classify", **options})

    return read_made
