"""A line on the terminal while somebody waits, and gone when the waiting is over."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

QUIET = 0.6
"""Seconds after which a person wonders whether anything happens."""


@contextmanager
def announced(said: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done if it takes longer than `QUIET`, to a person at a terminal only.

    What it gives says something else from then on, at once.
    """
    if not sys.stderr.isatty():
        yield lambda _instead: None
        return
    dumb = os.environ.get("TERM") == "dumb"  # such a terminal cannot take a line back
    told = threading.Event()

    def tell() -> None:
        click.echo(said, err=True, nl=dumb)
        told.set()

    def erase() -> None:
        if told.is_set() and not dumb:
            click.echo("\r\x1b[K", err=True, nl=False, color=True)

    def tell_instead(other: str) -> None:
        nonlocal said
        timer.cancel()
        timer.join()
        erase()
        said = other
        tell()

    timer = threading.Timer(QUIET, tell)
    timer.daemon = True
    timer.start()
    try:
        yield tell_instead
    finally:
        timer.cancel()
        timer.join()
        erase()
