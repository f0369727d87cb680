"""Python and NumPy, loaded once: forks a process for each run, and runs no student's code itself.

It is asked by the grader over a socket, gets the pipes of the run with each request, and answers
with a descriptor of the process. How a process has ended goes out on a pipe of its own.
When the grader is gone, it waits for those that still run, removes its folder, and ends.

Behind a wall a run can start no process, so there is nothing of it but the one that is forked
here. It ends when this process does, and this process ends it when the grader lets go of the run.
Without a wall, or where each check has a process of its own, the process that is forked stands
guard over another one (`supervise`).

Inside namespaces, each process that is forked gets some of its own (`spaces`).

Like `runner`, this file is copied beside the others and imports the standard library only.
"""

from __future__ import annotations

import errno
import gc
import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

FILES = 6
"""Descriptors that come with a request: stdin, stdout, stderr, the lifeline, for the status, and
the file with the request itself."""

LONGEST = 2**18
"""Bytes of a request."""

LOADED = (
    "asking", "supervise", "describing", "recording", "standing", "confining", "landlock",
    "seccomp", "spaces", "lent",
)  # fmt: skip


class Asked(NamedTuple):
    """A request, as the process that is to carry it out has it.

    `told` is the pipe on which it tells how it has ended, if that is its business.
    """

    setting: dict[str, Any]
    lifeline: int
    told: int


@dataclass(slots=True)
class Running:
    """A process that has been forked.

    Attributes
    ----------
    pid : int
    process : int
        A descriptor of it.
    lifeline : int or None
        The pipe at whose end it is to be ended; None where it watches that itself.
    status : int
        The pipe on which the grader hears how it has ended.
    room : object
        Its namespace of processes, where it has one of its own.
    end : float or None
        When it is ended by force, once it has been asked to end.
    """

    pid: int
    process: int
    lifeline: int | None
    status: int
    room: Any
    end: float | None = None


def main() -> None:
    """Load everything, fork as often as asked, and in each fork become the runner."""
    about = json.loads(sys.argv[1])
    here = Path(__file__).parent
    runner = _runner(here)
    sys.dont_write_bytecode = True
    runner.prepared(about["packages"])
    for name in LOADED:
        runner.beside(name)
    runner.beside("confining").prepared(*map(runner.beside, ("landlock", "seccomp", "spaces")))
    if about["rules"]:
        runner.beside("landlock").hold(about["rules"], about["beneath"])
    if about["walled"]:
        runner.beside("rehearsing").rehearse(runner)
    gc.collect()
    gc.freeze()  # what is there already is looked at by no fork, and so stays shared
    spaces = runner.beside("spaces") if about["apart"] else None
    supervise = runner.beside("supervise")
    asked = Serving(int(sys.argv[2]), spaces, supervise, walled=about["walled"]).serve()
    if asked is None:
        if spaces is None:
            shutil.rmtree(here, ignore_errors=True)
        return
    if about["held"] is not None:
        os.close(about["held"])  # what says that this folder is somebody's (`place.claimed`)
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()  # else each run would draw what the others draw
    if about["walled"]:
        runner.run({**asked.setting, "lifeline": asked.lifeline})
    else:
        runner.run(asked.setting, asked.lifeline, asked.told)


class Serving:
    """Forks as often as asked, and watches what it has forked."""

    def __init__(self, channel: int, spaces: Any, supervise: Any, *, walled: bool) -> None:
        self._channel = socket.socket(fileno=channel)
        self._spaces, self._supervise, self._walled = spaces, supervise, walled
        self._waiting = select.poll()
        self._waiting.register(self._channel, select.POLLIN)
        self._listening = True
        self._of: dict[int, Running] = {}  # by the descriptors that are waited for

    def serve(self) -> Asked | None:
        """The request in a process that is to carry it out; None when there are no more."""
        while self._listening or self._of:
            ready = [file for file, _event in self._waiting.poll(self._patience())]
            # First, for what comes now must not get the number of something that is closed below.
            if self._channel.fileno() in ready and (asked := self._asked()) is not None:
                return asked
            for file in ready:
                run = self._of.get(file)
                if run is not None and file == run.process:
                    self._ended(run)
                elif run is not None:
                    self._let_go(run)
            self._end_by_force()
        return None

    def _asked(self) -> Asked | None:
        """Fork; the request in the process that is forked."""
        message, files = b"", list[int]()
        with suppress(ConnectionError):  # the grader is gone
            message, files, *_ = socket.recv_fds(self._channel, LONGEST, FILES)
        if not message:
            self._waiting.unregister(self._channel)
            self._listening = False
            return None
        here = os.getpid()
        try:
            child, process, room = self._forked(files)
        except OSError as error:  # no memory, say: those that run go on
            self._refuse(files, error)
            return None
        *pipes, lifeline, status, handed = files
        if child == 0:
            self._channel.close()
            for file in {*self._of, *(run.status for run in self._of.values())}:
                os.close(file)
            if self._walled:
                self._supervise.end_with(here if room is None else None)
            return _become(json.loads(message), files, self._spaces)
        for file in (*pipes, handed):
            os.close(file)
        if not self._walled:
            os.close(lifeline)
        run = Running(child, process, lifeline if self._walled else None, status, room)
        self._wait_for(run.process, run)
        if run.lifeline is not None:
            self._wait_for(run.lifeline, run)
        with suppress(OSError):  # the grader is gone, and with it the other end of the lifeline
            socket.send_fds(self._channel, [b"."], [run.process])
        return None

    def _forked(self, files: list[int]) -> tuple[int, int, Any]:
        """Fork: the number of the process, a descriptor of it, and its namespace; 0 in there."""
        if len(files) < FILES:  # the kernel hands over as many as there is room for
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        room = None if self._spaces is None else self._spaces.room()
        child = os.fork() if room is None else self._spaces.fork(room)
        if not child:
            return 0, -1, room
        try:
            return child, os.pidfd_open(child), room
        except OSError:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            if room is not None:
                self._spaces.leave(room)
            raise

    def _refuse(self, files: list[int], why: OSError) -> None:
        """Say why there is no process; the answer comes without one."""
        sys.stderr.write(f"{why}\n")
        for file in files:
            os.close(file)
        with suppress(OSError):
            self._channel.send(b".")

    def _wait_for(self, file: int, run: Running) -> None:
        self._of[file] = run
        self._waiting.register(file, select.POLLIN)

    def _forget(self, file: int) -> None:
        self._waiting.unregister(file)
        del self._of[file]
        os.close(file)

    def _let_go(self, run: Running) -> None:
        """Ask a run to end: it may say before where it stands, and end what it stands guard over.

        Behind a wall nobody has processes of his own but who stands guard.
        """
        assert run.lifeline is not None
        self._forget(run.lifeline)
        patience: float = self._supervise.SAYING
        with suppress(OSError):  # a kernel that does not list them
            if Path(f"/proc/{run.pid}/task/{run.pid}/children").read_bytes():
                patience += self._supervise.PATIENCE
        run.lifeline, run.end = None, time.monotonic() + patience
        _signal(run, signal.SIGTERM)

    def _end_by_force(self) -> None:
        for run in list(self._of.values()):
            if run.end is not None and run.end <= time.monotonic():
                run.end = None
                _signal(run, signal.SIGKILL)

    def _patience(self) -> float | None:
        """Milliseconds until the next run is to be ended by force."""
        ends = [run.end for run in self._of.values() if run.end is not None]
        return max(0.0, 1000 * (min(ends) - time.monotonic())) + 1 if ends else None

    def _ended(self, run: Running) -> None:
        """Say how a process has ended, if it has not done so itself."""
        _pid, ended = os.waitpid(run.pid, 0)
        if run.room is not None:
            self._spaces.leave(run.room)
        with suppress(OSError):  # nobody may want to know any more
            os.write(run.status, struct.pack("i", ended))
        os.close(run.status)
        if run.lifeline is not None:
            self._forget(run.lifeline)
        self._forget(run.process)


def _signal(run: Running, number: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(run.process, number)


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
