"""What a child of Python's own meets when it tries things behind a part of the walls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HOME = Path(__file__).parents[2] / "tracer" / "sandbox"

TRYING = """\
import ctypes, errno, importlib.util, json, os, sys
def load(name):
    spec = importlib.util.spec_from_file_location(name, os.path.join({home!r}, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    result = libc.syscall(*map(ctypes.c_long, arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
def attempt(source):
    try:
        exec(source, globals())
        return "done"
    except OSError as error:
        return errno.errorcode.get(error.errno, "?")
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
"""

CLOSED = "libc.prctl(38, 1, 0, 0, 0)\n"
"""New privileges given up, without which no part of a wall can be set by an ordinary user."""


def tried(wall: str, attempts: Mapping[str, str], begin: str = "") -> dict[str, str]:
    """How each attempt ended behind the wall that `wall` sets: ``done``, or the name of an error.

    `begin` is done before the wall stands.
    """
    source = (
        TRYING.format(home=str(HOME)) + f"{begin}\n{CLOSED}{wall}\n"
        f"found = {{name: attempt(source) for name, source in {dict(attempts)!r}.items()}}\n"
        "sys.stdout.write(json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found
