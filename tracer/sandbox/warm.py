"""Processes that wait for their request, forked from one in which Python and NumPy are loaded.

Starting Python and NumPy takes longer than most answers compute; a fork takes a fraction of that.
There is one such zygote for each process of the grader. It is renewed after many forks, removes its
own folder, and ends when the grader does, in whatever way.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tracer.errors import FileError
from tracer.language import _
from tracer.sandbox import place
from tracer.sandbox.forked import Forked
from tracer.sandbox.packages import expose
from tracer.sandbox.waiting import COPIED, Around, Waiting, environment_in, lifeline

FORKS = 1000
"""So many runs, and another zygote takes over."""

LONGEST = 64
"""Bytes of an answer of the zygote's."""


@dataclass(slots=True)
class Zygote:
    """The process that forks, as the grader sees it."""

    child: subprocess.Popen[bytes]
    channel: socket.socket
    root: Path
    forks: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fork(self, setting: Mapping[str, object], files: list[int]) -> tuple[int, int]:
        """Have a process forked: its number, and a descriptor of it.

        Raises
        ------
        OSError
            If the zygote has ended.
        """
        with self.lock:
            self.forks += 1
            socket.send_fds(self.channel, [json.dumps(setting).encode()], files)
            told, found, *_rest = socket.recv_fds(self.channel, LONGEST, 1)
        if not found:
            said = (self.root / "said").read_text("utf-8", "replace") if self.root.exists() else ""
            raise BrokenPipeError(said.strip()[-500:] or "it has ended")
        return struct.unpack("i", told)[0], found[0]

    def close(self) -> None:
        """Ask for nothing more; it ends as soon as all that it has forked has ended."""
        self.channel.close()
        threading.Thread(target=self._removed, daemon=True).start()

    def _removed(self) -> None:
        """Wait for its end, and remove its folder where somebody else has ended it."""
        self.child.wait()
        place.remove(self.root)


_OF: dict[int, Zygote] = {}
"""The zygote of this process; a process that is forked from it needs another one."""

_CHANGING = threading.Lock()


def start_warm(
    environment: Mapping[str, str], wall: Callable[[Path, Path, Path], Around]
) -> Waiting:
    """Fork a process that waits for its request; see `tracer.sandbox.waiting.start`.

    Raises
    ------
    FileError
        If nothing can be written anywhere, or Python does not start.
    """
    zygote = _zygote()
    packages = zygote.root / "packages"
    with ExitStack() as left:
        root = left.enter_context(place.folder())
        ours, watched = left.enter_context(lifeline())
        folder = root / "answer"
        folder.mkdir()
        around = wall(root, folder, packages)
        setting = {
            "packages": [str(packages)], "wall": around.plan, "root": str(root),
            "folder": str(folder),
            "environment": {**environment_in(str(folder)), **environment},
        }  # fmt: skip
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        ours_status, theirs_status = os.pipe()
        theirs = [theirs_in, theirs_out, theirs_err, *watched, theirs_status]
        left.callback(os.close, ours_status)
        pipes = (os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb"), os.fdopen(ours_err, "rb"))
        try:
            pid, process = zygote.fork(setting, theirs)
        except OSError as error:
            for pipe in pipes:
                pipe.close()
            _forget(zygote)
            raise FileError(_("cannot run your code: {why}").format(why=error)) from error
        finally:
            for file in (theirs_in, theirs_out, theirs_err, theirs_status):
                os.close(file)
        left.callback(os.close, process)
        child = Forked(pid, *pipes, process, ours_status)
        kept = left.pop_all()
    return Waiting(child, root, folder, ours, kept)


def _zygote() -> Zygote:
    """The one of this process, a new one where there is none, or where it has forked enough."""
    with _CHANGING:
        found = _OF.get(os.getpid())
        if found is not None and found.forks < FORKS and found.child.poll() is None:
            return found
        if found is not None:
            found.close()
        _OF.clear()  # also those of the process that this one was forked from
        _OF[os.getpid()] = new = _started()
        return new


def _forget(zygote: Zygote) -> None:
    with _CHANGING:
        if _OF.get(os.getpid()) is zygote:
            del _OF[os.getpid()]
            zygote.close()


def _started() -> Zygote:
    root = Path(tempfile.mkdtemp("", "tracer-", place.temporary()))
    for name in (*COPIED, "zygote.py"):
        shutil.copyfile(Path(__file__).with_name(name), root / name)
    packages = expose(root / "packages")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, (root / "said").open("wb") as said:
        child = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8", str(root / "zygote.py")),
                *(json.dumps(packages), str(theirs.fileno())),
            ],
            cwd=root, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env=environment_in(str(root)), start_new_session=True, pass_fds=[theirs.fileno()],
        )  # fmt: skip
    return Zygote(child, ours, root)
