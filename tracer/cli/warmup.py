"""``tracer warmup``: compiles every kernel now, so that no command waits for it later."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from time import monotonic
from typing import TYPE_CHECKING

import click

from tracer.errors import InputError
from tracer.language import _, plural

if TYPE_CHECKING:
    from tracer.training.warming import Kernels


@click.command(
    help=_(
        """Compile every kernel for this machine now, so that no command waits for it later.

        \b
        Example:
          tracer warmup
        """
    )
)
def command() -> None:
    """Compile what is missing, on all processors, and say how long it took."""
    from tracer.kernels.cpu.jit import keeps
    from tracer.training.warming import every_kind

    if not keeps():
        raise InputError(
            _("compiled kernels cannot be kept on this machine; tracer doctor says why")
        )
    begun, missing = monotonic(), [kind for kind in every_kind() if kind.new]
    if missing:
        _compile(missing)
    said = _("every kernel is compiled")
    if missing:
        said = plural(
            "compiled {count} kind of work in {seconds:.0f} s; every kernel is compiled now",
            "compiled {count} kinds of work in {seconds:.0f} s; every kernel is compiled now",
            len(missing),
        ).format(count=len(missing), seconds=monotonic() - begun)
    click.echo(said)


def _compile(missing: list[Kernels]) -> None:
    """Each in a process of its own, as many at once as there are processors."""
    workers = min(len(missing), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_one, kind) for kind in missing]
        with click.progressbar(
            as_completed(running), len(running), _("compiling"), file=sys.stderr
        ) as ended:
            for one in ended:
                one.result()


def _one(kind: Kernels) -> None:
    """In a process of its own."""
    kind.compile()
