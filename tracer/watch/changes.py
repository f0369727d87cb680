"""Says when something in a folder has been saved: by the system's events, or by looking often.

Events do not come from a network drive, or from a folder of another machine that is mounted in a
virtual one. Where the kind of the file system says so, it is looked at often instead. Where it does
not say so, a look each second is what is left.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from tracer.errors import InputError
from tracer.language import _

STEP = 20
"""Milliseconds without another change, after which one is told: an editor writes several files."""

LONGEST = 200
"""Milliseconds after which it is told in any case."""

OFTEN, SELDOM = 100, 1000
"""Milliseconds between two looks: where no events come, and where they should."""

MOUNTS = Path("/proc/self/mounts")
_SILENT = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|drvfs|v9fs|afs|ceph|glusterfs|lustre|vboxsf|prl_fs|virtiofs|"
    r"fakeowner|grpcfuse|osxfs|fuse(\..*)?|ncpfs|davfs"
)
"""File systems from which changes made elsewhere give no event."""


def silent(folder: Path, mounts: Path = MOUNTS) -> bool:
    """Whether no events come from a folder, as far as the system tells what it lies on.

    `mounts` is Linux's table; other systems have none, and are asked with ``--poll``.
    """
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    whole, longest, kind = folder.resolve(), -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), fields[1])
        if whole.is_relative_to(place) and len(place) >= longest:  # the last one covers others
            longest, kind = len(place), fields[2]
    return _SILENT.fullmatch(kind) is not None


def no_watchfiles() -> InputError:
    """What is said where the package that hears of changes is not there, or cannot be loaded."""
    return InputError(_("tracer watch needs the package watchfiles: pip install watchfiles"))


class Watcher:
    """Calls `changed` after each change below a folder, and each second, until it is closed.

    What ends it before that goes to `failed`: nobody else would hear of it from this thread.
    """

    def __init__(
        self,
        folder: Path,
        changed: Callable[[], None],
        failed: Callable[[Exception], None],
        *,
        poll: bool,
    ) -> None:
        self.folder, self.changed, self.failed, self.poll = folder, changed, failed, poll
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own: what it needs takes a while to load."""
        self._thread.start()

    def close(self) -> None:
        """End; nothing is called any more."""
        self._over.set()

    def _watch(self) -> None:
        try:
            try:
                self._watched(poll=self.poll)
            except (OSError, RuntimeError):  # as many folders are watched as the system allows
                self.poll = True
                self._watched(poll=True)
        except Exception as error:  # noqa: BLE001, to whoever waits
            self.failed(error)

    def _watched(self, *, poll: bool) -> None:
        try:
            from watchfiles import watch
        except ImportError as error:
            raise no_watchfiles() from error

        for _changes in watch(
            self.folder, watch_filter=self._matters, debounce=LONGEST, step=STEP,
            stop_event=self._over, force_polling=poll, poll_delay_ms=OFTEN, raise_interrupt=False,
            ignore_permission_denied=True, rust_timeout=SELDOM, yield_on_timeout=True,
        ):  # fmt: skip
            if self._over.is_set():
                return
            self.changed()

    def _matters(self, _kind: object, path: str) -> bool:
        """What tracer remembers itself is no news."""
        return ".tracer" not in Path(path).parts
