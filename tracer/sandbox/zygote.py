"""Python and NumPy, loaded once: forks a process for each run, and runs no student's code itself.

It is asked by the grader over a socket, gets the pipes of the run with each request, and answers
with a descriptor of the process. How a process has ended goes out on a pipe of its own.
When the grader is gone, it waits for those that still run, removes its folder, and ends.

Inside namespaces, each process that is forked gets some of its own (`spaces`).

Like `runner`, this file is copied beside the others and imports the standard library only.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import select
import shutil
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

FILES = 6
"""Descriptors that come with a request: stdin, stdout, stderr, the lifeline, for the status, and
the file with the request itself."""

LONGEST = 2**18
"""Bytes of a request."""

LOADED = (
    "supervise", "describing", "recording", "standing", "confining", "landlock", "seccomp",
    "spaces", "lent",
)  # fmt: skip


class Asked(NamedTuple):
    """A request, as the process that is to carry it out has it."""

    setting: dict[str, Any]
    lifeline: int
    status: int


def main() -> None:
    """Load everything, fork as often as asked, and in each fork become the runner."""
    about = json.loads(sys.argv[1])
    here = Path(__file__).parent
    runner = _runner(here)
    sys.dont_write_bytecode = True
    runner.prepared(about["packages"])
    for name in LOADED:
        runner.beside(name)
    runner.beside("confining").prepared(runner.beside("landlock"), runner.beside("seccomp"))
    if about["rules"]:
        runner.beside("landlock").hold(about["rules"], about["beneath"])
    gc.freeze()  # what is there already is looked at by no fork, and so stays shared
    spaces = runner.beside("spaces") if about["apart"] else None
    asked = _serve(socket.socket(fileno=int(sys.argv[2])), spaces)
    if asked is None:
        if spaces is None:
            shutil.rmtree(here, ignore_errors=True)
        return
    if about["held"] is not None:
        os.close(about["held"])  # what says that this folder is somebody's (`place.claimed`)
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()  # else each run would draw what the others draw
    runner.run(asked.setting, asked.lifeline, asked.status)


def _serve(channel: socket.socket, spaces: Any) -> Asked | None:
    """Fork; the request in a process that is to carry it out, None when there are no more."""
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    running: dict[int, tuple[int, int]] = {}  # by the descriptor of the process: it, its status
    listening = True
    while listening or running:
        for ready, _event in waiting.poll():
            if ready in running:
                waiting.unregister(ready)
                _tell(ready, *running.pop(ready))
                continue
            message, files, *_ = socket.recv_fds(channel, LONGEST, FILES)
            if not message:
                waiting.unregister(channel)
                listening = False
                continue
            child = os.fork() if spaces is None else spaces.fork()
            if child == 0:
                kept = files
                channel.close()
                for process, (_pid, status) in running.items():
                    os.close(process)
                    os.close(status)
                return _become(json.loads(message), kept, spaces)
            process = os.pidfd_open(child)
            *pipes, status, handed = files
            for file in (*pipes, handed):
                os.close(file)
            running[process] = (child, status)
            waiting.register(process, select.POLLIN)
            socket.send_fds(channel, [b"."], [process])
    return None


def _tell(process: int, pid: int, status: int) -> None:
    """Say how a process has ended, if what stands in it between us and the student's has not."""
    _pid, ended = os.waitpid(pid, 0)
    with suppress(OSError):  # nobody may want to know any more
        os.write(status, struct.pack("i", ended))
    os.close(status)
    os.close(process)


def _become(setting: dict[str, Any], files: list[int], spaces: Any) -> Asked:
    """Take the pipes of the run, and stand in its folder."""
    os.setsid()
    *pipes, lifeline, status, handed = files
    for number, file in enumerate(pipes):
        os.dup2(file, number)
        os.close(file)
    os.environ.update(setting["environment"])
    if spaces is not None:
        setting["wall"]["proc"] = spaces.enter()
    os.chdir(setting["folder"])
    return Asked({**setting, "handed": handed}, lifeline, status)


def _runner(here: Path) -> Any:
    spec = importlib.util.spec_from_file_location("runner", here / "runner.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
