"""The plain process of a student at home, where many checks follow each other.

On Linux it is forked from a zygote, as behind a wall, and so has Python and NumPy at once. Other
systems cannot hand a process on in this way; there, `prepare` starts the next one beforehand.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass

from tracer.sandbox.process import PlainProcess
from tracer.sandbox.waiting import Waiting, start
from tracer.sandbox.warm import Nest, Place, Zygote, in_folder, start_warm

FORKED = sys.platform == "linux"


@dataclass(slots=True)
class Ready(PlainProcess):
    """A plain process that need not wait for Python; no wall, as with `PlainProcess`."""

    def _start(self) -> Waiting:
        return start_warm(self.environment, NEST) if FORKED else start(self.environment)


def _zygote() -> Zygote:
    return in_folder(lambda _root: None, lambda _packages: (), walled=False)


def _place(zygote: Zygote, left: ExitStack) -> Place:
    folder = left.enter_context(zygote.folder())
    return Place(str(folder), folder, None)


NEST = Nest("plain", _zygote, _place)
