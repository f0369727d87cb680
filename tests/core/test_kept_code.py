"""Machine code on the disk: whatever happens to it costs time, never the result."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numba import config

from tracer.errors import TracerWarning
from tracer.kernels.cpu import kept
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.jit import kept as kept_of

DAMAGED = "is damaged; what is needed is compiled anew"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel cache of this test alone, in a process that has said nothing yet."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kept, "_told", set())
    monkeypatch.setattr(kept, "_swept", set())
    return tmp_path


def made() -> Any:
    """A kernel, as a fresh process has it."""

    def twice(x: float) -> float:
        return x + x

    return compiled(twice)


def files(folder: Path) -> list[Path]:
    """What is kept."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def hits(kernel: Any) -> int:
    """How often the kernel was loaded and not compiled."""
    return sum(kernel.stats.cache_hits.values())


def test_the_second_process_compiles_nothing(folder: Path) -> None:
    """One file for each type of argument."""
    first, second = made(), made()

    assert (first(2), first(1.5)) == (4, 3.0)
    assert (second(2), second(1.5)) == (4, 3.0)
    assert (hits(first), hits(second)) == (0, 2)
    assert len(files(folder)) == 2


def flipped(content: bytes) -> bytes:
    """One bit in the middle, as a failing disk gives it back."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:40],
        lambda content: b"\0" * len(content),
        flipped,
        lambda content: content + b"more",
    ],
    ids=["empty", "half", "the first line", "zeros", "a bit", "too long"],
)
def test_damage_is_compiled_anew(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """It is said once, and the process after it finds everything whole."""
    made()(2)
    (file,) = files(folder)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert not kept.is_whole(file)

    mender, after = made(), made()
    with pytest.warns(TracerWarning, match=DAMAGED) as said:
        assert mender(2) == 4

    assert len(said) == 1
    assert str(file.parent) in str(said[0].message)
    assert after(2) == 4
    assert (hits(mender), hits(after)) == (0, 1)
    assert kept.is_whole(file)


def test_what_is_damaged_is_not_there(folder: Path) -> None:
    """Whoever asks whether the first call must compile is told the truth."""
    made()(2)
    (file,) = files(folder)
    code = kept_of(made())
    assert code is not None
    assert len(list(code.signatures())) == 1

    file.write_bytes(flipped(file.read_bytes()))

    assert list(code.signatures()) == []


def test_another_numba_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file is replaced without a word."""
    made()(2)
    head = b"tracer kernel, numba 99, llvmlite 99\n"
    monkeypatch.setattr(kept, "HEAD", head)

    kernel = made()
    assert kernel(2) == 4

    (file,) = files(folder)
    assert hits(kernel) == 0
    assert file.read_bytes().startswith(head)


def test_a_folder_in_the_place_of_a_file(folder: Path) -> None:
    """It cannot be replaced, and that is said."""
    made()(2)
    (file,) = files(folder)
    file.unlink()
    file.mkdir()

    with pytest.warns(TracerWarning, match=r"could not be kept in .* \(Is a directory\)"):
        assert made()(2) == 4
    assert files(folder) == []


def test_a_folder_that_takes_nothing_any_more(folder: Path) -> None:
    """Here a file has taken its place, which stops even root; a full disk ends the same way."""
    kernel = made()
    (place,) = folder.iterdir()
    place.rmdir()
    place.touch()

    with pytest.warns(TracerWarning, match=r"could not be kept .*; the next start compiles them"):
        assert kernel(2) == 4


def test_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written of the file is not left behind."""

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)

    with pytest.warns(TracerWarning, match=r"could not be kept .*\(No space left on device\)"):
        assert made()(2) == 4
    assert files(folder) == []


TWICE = """
from tracer.kernels.cpu.jit import compiled

@compiled
def twice(x):
    return x + x

print("ready", flush=True)
input()
print(*(twice(x) for x in (1, 1.5, 2j, True)))
"""


def test_two_processes_at_once(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Both compile, both write, both are right, and a third one finds whole files."""
    script = tmp_path_factory.mktemp("script") / "twice.py"
    script.write_text(TWICE, "utf-8")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", str(script)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:  # now, at once
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in running]

    assert [process.returncode for process in running] == [0, 0]
    assert said == ["2 3.0 4j 2\n"] * 2
    assert len([file for file in files(folder) if file.suffix == ".nbc"]) == 4
    assert all(kept.is_whole(file) for file in files(folder))
    assert [file.name for file in files(folder) if ".tmp." in file.name] == []


def test_old_digests_are_swept(folder: Path) -> None:
    """Those of older sources, and half-written ones, when a day old; never a file of others."""
    made()(2)
    (mine,) = files(folder)
    place = mine.parent
    old = [
        place / "compiled.lstm_forward-0123456789ab-93.py311.nbi",
        place / "compiled.lstm_forward-0123456789ab-93.py311.1.nbc",
        place / "compiled.lstm_forward-0123456789ab-93.py312.f00f00f00f00.nbc",
        place / f"{mine.name}.tmp.1234abcd",
    ]
    young = place / "compiled.lstm_forward-ba9876543210-93.py311.1.nbc"
    others = [place / "jit.cpython-311.pyc", place / "theirs.f-93.py311.1.nbc"]
    for path in (*old, young, *others):
        path.touch()
    for path in (*old, *others, mine):
        os.utime(path, (0, 0))
    kept._swept.clear()

    made()(1.5)

    assert set(old) & set(files(folder)) == set()
    assert {mine, young, *others} < set(files(folder))


def test_nowhere_to_keep_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Numba finds no folder, everything still runs, and nothing is said."""
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kernel = made()
        assert kernel(2) == 4
    assert kept_of(kernel) is None
