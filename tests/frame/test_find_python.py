"""`make` finds a Python that fits, or says clearly what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "find-python"

OLD = "#!/bin/sh\n[ $1 = --version ] && echo Python 3.8.1\nexit 1\n"
SHIM = "#!/bin/sh\necho 'command not found' >&2\nexit 127\n"
BARE = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n'
FITTING = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'


def find(folder: Path, *named: str, **programs: str) -> subprocess.CompletedProcess[str]:
    """Search with nothing but these programs on the path."""
    for name, text in programs.items():
        program = folder / name.replace("_", ".")
        program.write_text(text)
        program.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", SCRIPT, *named], env={"PATH": str(folder)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_python3_first(tmp_path: Path) -> None:
    """Where `python3` fits, it is taken."""
    assert find(tmp_path, python3=FITTING, python3_13=FITTING).stdout == "python3\n"


@pytest.mark.parametrize("unfit", [OLD, SHIM, BARE], ids=["old", "shim that fails", "no venv"])
def test_another_one(unfit: str, tmp_path: Path) -> None:
    """Where `python3` is too old, does not run or cannot make environments, the next is taken."""
    assert find(tmp_path, python3=unfit, python3_12=FITTING).stdout == "python3.12\n"


def test_none(tmp_path: Path) -> None:
    """Where none fits, the error says what is expected, what is there, and what to do."""
    ended = find(tmp_path, python3=OLD)

    assert ended.returncode == 1
    assert ended.stderr == (
        "error: no Python from 3.11 to 3.15 was found.\n"
        "python3 here is: Python 3.8.1\n"
        "If you have one elsewhere, name it: make PYTHON=/path/to/python3.12 ...\n"
    )


def test_no_venv(tmp_path: Path) -> None:
    """Where one fits but lacks the venv module, as on a fresh Debian, the error says so."""
    ended = find(tmp_path, python3=BARE)

    assert ended.returncode == 1
    assert "apt install python3-venv" in ended.stderr


def test_named(tmp_path: Path) -> None:
    """The Python that the user names is taken, or refused; no other is tried."""
    assert find(tmp_path, sys.executable).stdout == f"{sys.executable}\n"
    assert "was found at old" in find(tmp_path, "old", python3=FITTING, old=OLD).stderr
