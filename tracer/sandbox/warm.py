"""Processes that wait for their request, forked from one in which Python and NumPy are loaded.

Starting Python and NumPy takes longer than most answers compute; a fork takes a fraction of that.
Each process of the grader has one such zygote for each wall that it uses. It is renewed after many
forks, and ends when the grader does, in whatever way.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from tracer.errors import FileError
from tracer.language import _
from tracer.sandbox import place
from tracer.sandbox.forked import Forked
from tracer.sandbox.landlock import Rule
from tracer.sandbox.packages import expose
from tracer.sandbox.waiting import COPIED, Waiting, environment_in, lifeline

FORKS = 1000
"""So many runs, and another zygote takes over."""

ANSWERS = "answers"
"""In the folder of a zygote, the folders of its runs lie in this one."""

PYTHON = ("-I", "-S", "-B", "-u", "-X", "utf8")


class Place(NamedTuple):
    """Where a run takes place.

    Attributes
    ----------
    folder : str
        Its folder, as it sees it.
    kept : Path or None
        The same on our disk; None if it is to be made of memory.
    plan : dict or None
        For `tracer.sandbox.confining`; None where nothing is confined.
    """

    folder: str
    kept: Path | None
    plan: dict[str, Any] | None


@dataclass(slots=True)
class Zygote:
    """The process that forks, as the grader sees it.

    Attributes
    ----------
    child : Popen
    channel : socket
    said : file
        What it has said, if it has failed.
    packages : str
        Where it imports them from.
    root : Path or None
        Its folder, which it removes itself unless it is ended by force.
    forks : int
    """

    child: subprocess.Popen[bytes]
    channel: socket.socket
    said: IO[bytes]
    packages: str
    root: Path | None
    forks: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fork(self, setting: Mapping[str, object], files: list[int]) -> int:
        """Have a process forked: a descriptor of it.

        Raises
        ------
        OSError
            If the zygote has ended.
        """
        with self.lock:
            self.forks += 1
            socket.send_fds(self.channel, [json.dumps(setting).encode()], files)
            found: list[int] = []
            with suppress(ConnectionError):  # it has ended before it read that
                _told, found, *_rest = socket.recv_fds(self.channel, 1, 1)
        if not found:
            self.said.seek(0)
            said = self.said.read().decode("utf-8", "replace")
            raise BrokenPipeError(said.strip()[-500:] or "it has ended")
        return found[0]

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for a run, which is gone afterwards."""
        assert self.root is not None
        folder = self.root / ANSWERS / place.name()
        try:
            folder.mkdir(0o700)
            yield folder
        finally:
            place.remove(folder)

    def close(self) -> None:
        """Ask for nothing more; it ends as soon as all that it has forked has ended."""
        self.channel.close()
        threading.Thread(target=self._removed, daemon=True).start()

    def _removed(self) -> None:
        """Wait for its end, and remove its folder where somebody else has ended it."""
        self.child.wait()
        self.said.close()
        if self.root is not None:
            place.remove(self.root)


@dataclass(frozen=True, slots=True)
class Nest:
    """How a wall starts its zygote, and the place that it has for a run.

    Attributes
    ----------
    name : str
    start : callable
    place : callable
        Made with what is to be undone after the run.
    """

    name: str
    start: Callable[[], Zygote]
    place: Callable[[Zygote, ExitStack], Place]


_OF: dict[tuple[int, str], Zygote] = {}
"""The zygotes of this process; a process that is forked from it needs others."""

_CHANGING = threading.Lock()


def in_folder(
    opened: Callable[[Path], None], rules: Callable[[str], Sequence[Rule]], *, walled: bool
) -> Zygote:
    """Start one from copies of our files, in a folder of its own.

    The folder is held from the moment it is made, first by this process and then by the zygote: a
    command that removes what nobody holds must not find it before Python has started in there.

    Parameters
    ----------
    opened : callable
        Lets others into the folder, if they have to be.
    rules : callable
        Those for Landlock, of the folder with the packages.
    walled : bool
        See `started`.
    """
    root = place.named()
    with ExitStack() as failed, ExitStack() as left:
        failed.callback(place.remove, root)
        root.mkdir(0o700)
        held = place.claimed(root)
        if held is not None:
            left.callback(os.close, held)
        for name in (*COPIED, "zygote.py"):
            shutil.copyfile(Path(__file__).with_name(name), root / name)
        packages = str(root / "packages")
        expose(Path(packages))
        (root / ANSWERS).mkdir(0o711)
        opened(root)
        command = (sys.executable, *PYTHON, str(root / "zygote.py"))
        made = started(
            command, packages, root, str(root), rules=rules(packages),
            beneath=str(root / ANSWERS), apart=False, walled=walled, held=held,
        )  # fmt: skip
        failed.pop_all()
    return made


def started(
    command: Sequence[str], packages: str, root: Path | None, folder: str, *,
    rules: Sequence[Rule] = (), beneath: str, apart: bool, walled: bool = True,
    held: int | None = None,
) -> Zygote:  # fmt: skip
    """Start one.

    Parameters
    ----------
    command : sequence of str
        Runs ``zygote.py``.
    packages : str
    root : Path or None
        See `Zygote`.
    folder : str
        Where it stands until a run has a folder.
    rules : sequence of Rule
        For Landlock, the same ones for every run.
    beneath : str
        The folder that the folders of all runs lie in.
    apart : bool
        Whether each run gets namespaces of its own.
    walled : bool
        Whether no run can start a process.
    held : int, optional
        The descriptor that says that the folder is somebody's; the zygote gets a copy of it.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    said = tempfile.TemporaryFile(dir=place.temporary())  # noqa: SIM115 - open as long as it runs
    about = json.dumps(
        {
            "packages": [packages], "apart": apart, "rules": rules, "beneath": beneath,
            "held": held, "walled": walled,
        }
    )  # fmt: skip
    handed = [theirs.fileno()] if held is None else [theirs.fileno(), held]
    with theirs:
        child = subprocess.Popen(  # noqa: S603 - our own command
            [*command, about, str(theirs.fileno())],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env=environment_in(folder), start_new_session=True, pass_fds=handed,
        )  # fmt: skip
    return Zygote(child, ours, said, packages, root)


def start_warm(environment: Mapping[str, str], nest: Nest) -> Waiting:
    """Fork a process that waits for its request; see `tracer.sandbox.waiting.start`.

    Raises
    ------
    FileError
        If nothing can be written anywhere, or Python does not start.
    """
    zygote = _zygote(nest)
    with ExitStack() as left:
        where = nest.place(zygote, left)
        ours, watched = left.enter_context(lifeline())
        setting = {
            "packages": [zygote.packages], "wall": where.plan, "folder": where.folder,
            "scratch": where.folder if where.kept is None else None,
            "environment": {**environment_in(where.folder), **environment},
        }  # fmt: skip
        handed = os.memfd_create("request")
        left.callback(os.close, handed)
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        ours_status, theirs_status = os.pipe()
        theirs = [theirs_in, theirs_out, theirs_err, *watched, theirs_status]
        left.callback(os.close, ours_status)
        pipes = (os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb"), os.fdopen(ours_err, "rb"))
        try:
            process = zygote.fork(setting, [*theirs, handed])
        except OSError as error:
            for pipe in pipes:
                pipe.close()
            _forget(nest, zygote)
            raise FileError(_("cannot run your code: {why}").format(why=error)) from error
        finally:
            for file in (theirs_in, theirs_out, theirs_err, theirs_status):
                os.close(file)
        left.callback(os.close, process)
        child = Forked(_number(process), *pipes, process, ours_status)
        kept = left.pop_all()
    return Waiting(child, where.folder, ours, handed, where.kept, kept)


def running() -> list[Zygote]:
    """The zygotes of this process."""
    return [zygote for (pid, _name), zygote in _OF.items() if pid == os.getpid()]


def close() -> None:
    """Let all of them end; whoever wants another run gets a new one."""
    with _CHANGING:
        for zygote in running():
            zygote.close()
        _OF.clear()


def _number(process: int) -> int:
    """The number of a process as it is seen from here, whatever it is in its own namespace."""
    told = Path(f"/proc/self/fdinfo/{process}").read_text("ascii")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pid:"))


def _zygote(nest: Nest) -> Zygote:
    """The one of this process, a new one where there is none, or where it has forked enough."""
    key = os.getpid(), nest.name
    with _CHANGING:
        found = _OF.get(key)
        if found is not None and found.forks < FORKS and found.child.poll() is None:
            return found
        if found is not None:
            found.close()
        for other in [one for one in _OF if one[0] != os.getpid()]:
            del _OF[other]  # of the process that this one was forked from
        _OF[key] = new = nest.start()
        return new


def _forget(nest: Nest, zygote: Zygote) -> None:
    key = os.getpid(), nest.name
    with _CHANGING:
        if _OF.get(key) is zygote:
            del _OF[key]
            zygote.close()
