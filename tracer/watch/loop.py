"""The one loop of an evening: keys, saved files, results and signals come in, a screen goes out."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from tracer.course.workbook import Workbook
from tracer.exercises.exercise import Exercise
from tracer.view.terminal.console import Abilities, abilities
from tracer.view.terminal.watching import begun, drawn, ended, frame
from tracer.watch.changes import Watcher
from tracer.watch.checking import Checker
from tracer.watch.keys import CLOSED, Keyboard, keyboard
from tracer.watch.pressing import pressed
from tracer.watch.session import Session

TICK = 0.5
"""Seconds after which the screen is drawn again though nothing has come: a check is running."""


def run(
    exercises: Sequence[Exercise], book: Workbook, left_out: Sequence[str], *, poll: bool
) -> None:
    """Watch a workbook until somebody leaves; the terminal is left as it was, however that is."""
    events: SimpleQueue[Callable[[Session], None]] = SimpleQueue()

    def resize() -> None:
        events.put(lambda session: session.resized(abilities()))

    def failed(error: Exception) -> None:
        def end(_session: Session) -> None:
            raise error

        events.put(end)

    keys = keyboard()
    watcher = Watcher(book.root, lambda: events.put(Session.saved), failed, poll=poll)
    checker = Checker(lambda found: events.put(lambda session: session.heard(found)))
    try:
        with _terminal(keys, resize) as screen:
            watcher.start()
            threading.Thread(target=_listen, args=(keys, events), daemon=True).start()
            session = Session(exercises, book, checker, abilities(), left_out)
            screen.draw(session)
            while not session.over:
                with suppress(Empty):
                    events.get(timeout=TICK)(session)
                    while True:
                        events.get_nowait()(session)
                screen.draw(session)
    finally:
        watcher.close()
        checker.close()


def _listen(keys: Keyboard, events: SimpleQueue[Callable[[Session], None]]) -> None:
    def press(key: str) -> Callable[[Session], None]:
        return lambda session: pressed(session, key)

    while True:
        for key in keys.read():
            events.put(press(key))
            if key == CLOSED:
                return


class _Screen:
    """Draws what has changed since it was drawn last."""

    def __init__(self) -> None:
        self._last = ""
        self.lines = 0
        self.able = abilities()

    def draw(self, session: Session) -> None:
        """Draw a session."""
        able: Abilities = session.able
        lines = frame(session.shown, able)
        text = drawn(lines, able)
        if text != self._last:
            self._last, self.lines, self.able = text, len(lines), able
            sys.stdout.write(text)
            sys.stdout.flush()

    def forget(self) -> None:
        """Draw all of it at the next time: something else was on the terminal."""
        self._last = ""


@contextmanager
def _terminal(keys: Keyboard, changed: Callable[[], None]) -> Iterator[_Screen]:
    """The terminal as this loop needs it, and afterwards as it was; also while it is stopped."""
    screen = _Screen()

    def enter() -> None:
        keys.enter()
        sys.stdout.write(begun(abilities()))
        screen.forget()

    def leave() -> None:
        keys.leave()
        sys.stdout.write(ended(screen.lines, screen.able))
        sys.stdout.flush()

    def resized(_number: int, _frame: FrameType | None) -> None:
        screen.forget()
        changed()

    def stopped(number: int, _frame: FrameType | None) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # here it stands until somebody lets it go on
        signal.signal(number, stopped)

    def goes_on(_number: int, _frame: FrameType | None) -> None:
        enter()
        changed()

    def quits(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + number)

    # SIGQUIT is Ctrl-\: by itself it would end this process at once, and leave the terminal so.
    wanted = {"SIGWINCH": resized, "SIGTSTP": stopped, "SIGCONT": goes_on, "SIGQUIT": quits}
    handlers = {getattr(signal, n): h for n, h in wanted.items() if hasattr(signal, n)}
    before = {number: signal.getsignal(number) for number in handlers}
    enter()
    try:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        yield screen
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)
        leave()
