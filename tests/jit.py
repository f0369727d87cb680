"""The same code compiled and in plain Python, as ``NUMBA_DISABLE_JIT=1`` has it for debugging."""

from __future__ import annotations

import os
import subprocess
import sys


def outputs(code: str) -> tuple[str, str]:
    """What the code prints, compiled and not; a warning is an error."""
    compiled, plain = (
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={**os.environ, "NUMBA_DISABLE_JIT": disable},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for disable in "01"
    )
    return compiled, plain
