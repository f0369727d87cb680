"""The walls that a submission can run behind, and which of them can stand on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracer.errors import FileError, InputError
from tracer.language import _

if TYPE_CHECKING:
    from tracer.sandbox.process import Wall


@dataclass(frozen=True, slots=True)
class Kind:
    """A wall by its name.

    Attributes
    ----------
    make : callable
        A new one.
    trouble : callable
        Why it cannot stand here, empty if nothing speaks against it; takes hardly any time.
    advice : callable
        What is to be done about it though it stands; empty if nothing.
    """

    make: Callable[[], Wall]
    trouble: Callable[[], str] = lambda: ""
    advice: Callable[[], str] = lambda: ""


def _plain() -> Wall:
    from tracer.sandbox.process import PlainProcess

    return PlainProcess()


def _landlock() -> Wall:
    from tracer.sandbox.confined import Confined

    return Confined()


def _no_landlock() -> str:
    from tracer.sandbox.confined import trouble

    return trouble()


def _namespaces() -> Wall:
    from tracer.sandbox.namespaces import Namespaces

    return Namespaces()


def _no_namespaces() -> str:
    from tracer.sandbox.namespaces import trouble

    return trouble()


def _old_bubblewrap() -> str:
    from tracer.sandbox.namespaces import advice

    return advice()


WALLS = {
    "plain": Kind(_plain),
    "landlock": Kind(_landlock, _no_landlock),
    "namespaces": Kind(_namespaces, _no_namespaces, _old_bubblewrap),
}
"""From the weakest to the strongest; docs/security.md says what each promises."""


def wall(name: str) -> Wall:
    """The wall of this name.

    Raises
    ------
    InputError
        If it cannot stand on this machine.
    """
    kind = WALLS[name]
    why = kind.trouble()
    if why:
        said = _("the wall {name} cannot stand here: {why} (tracer doctor names those that can)")
        raise InputError(said.format(name=name, why=why))
    return kind.make()


PROBE = f"""\
import os, socket

def refused(attempt):
    try:
        attempt()
    except OSError:
        return 1
    return 0

def probe():
    return [
        refused(lambda: open({__file__!r}).close()),
        refused(socket.socket),
        refused(lambda: os._exit(0) if os.fork() == 0 else os.wait()),
        refused(lambda: os.kill(os.getppid(), 0)),
        refused(lambda: open("own", "w").close()) == 0,
    ]
""".encode()
"""A submission that tries what no submission may do, and one thing that it may."""


def tried() -> tuple[str, ...]:
    """What each number of it is about, in the order that it returns them."""
    return (
        _("files outside can be read"), _("the network can be reached"),
        _("other processes can be started"), _("other processes can be signalled"),
        _("nothing can be written in its own folder"),
    )  # fmt: skip


def gaps(name: str) -> Iterator[str]:
    """What this wall lets through, or why it does not stand: it is raised, and tried from inside.

    Nothing comes where it holds. Takes as long as a check.
    """
    from tracer.sandbox.frames import unpack
    from tracer.sandbox.process import Limits

    try:
        with closing(wall(name)) as standing:
            run = standing.run(PROBE, "probe.py", _request(), Limits(), 5.0)
    except (InputError, FileError, OSError) as error:
        yield str(error)
        return
    found = dict(unpack(run.response).frames).get("0/0/tried")
    if found is None or found.shape != (len(tried()),):
        yield run.printed.strip()[-200:] or _("it gave no answer")
        return
    yield from (said for said, held in zip(tried(), found, strict=True) if not held)


def _request() -> bytes:
    from tracer.sandbox.asking import packed
    from tracer.sandbox.process import Limits
    from tracer.sandbox.rehearsing import call

    asked = call("probe", [], ["leaf", "tried", 1])
    limits = Limits()
    return packed(
        {
            "file": "probe.py", "module": "probe", "mark": "", "memory": limits.memory,
            "disk": limits.disk, "seconds": 60, "most": 2**16, "apart": False, "watch": None,
            "own": [], "simulated": False, "checks": [{"id": 0, "calls": [asked]}],
        },
        {},
    )  # fmt: skip
