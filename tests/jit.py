"""The same code compiled and in plain Python, as ``NUMBA_DISABLE_JIT=1`` has it for debugging."""

from __future__ import annotations

import os
import subprocess
import sys


def outputs(code: str) -> tuple[str, str]:
    """What the code prints, compiled and not; a warning is an error."""
    return output(code, "0"), output(code, "1")


def output(code: str, disabled: str) -> str:
    """What the code prints where NUMBA_DISABLE_JIT is this."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
