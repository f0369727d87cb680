"""``tracer warmup``: compiles every kernel now, so that no command waits for it later."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

import click

from tracer.cli._processors import processors
from tracer.errors import InputError
from tracer.language import _, plural

if TYPE_CHECKING:
    from tracer.training.warming import Kernels


@click.command(
    help=_(
        """Compile every kernel for this machine now, so that no command waits for it later.

        It takes some minutes the first time.

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
    if not missing:
        click.echo(_("every kernel is compiled"))
        return
    compile_all(missing)
    said = plural(
        "compiled {count} kind of work in {seconds:.0f} s; every kernel is compiled now",
        "compiled {count} kinds of work in {seconds:.0f} s; every kernel is compiled now",
        len(missing),
    )
    click.echo(said.format(count=len(missing), seconds=monotonic() - begun))


def compile_all(missing: Sequence[Kernels]) -> None:
    """Each in a process of its own, as many at once as there are processors.

    Raises
    ------
    InputError
        If one of the processes does not come to its end.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    with ThreadPoolExecutor(min(len(missing), processors())) as pool:
        running = [pool.submit(_compile, kind) for kind in missing]
        try:
            with click.progressbar(
                as_completed(running), len(running), _("compiling"), file=sys.stderr
            ) as ended:
                for one in ended:
                    one.result()
        except BaseException:
            # Ctrl-C reaches the processes too; those that have not begun are not begun any more.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _compile(kind: Kernels) -> None:
    import subprocess

    # -P: a numpy.py in the folder where this is typed is none of ours.
    order = [sys.executable, "-P", "-m", "tracer.training.warming", *map(str, kind)]
    ended = subprocess.run(order, capture_output=True, check=False, text=True)  # noqa: S603
    if ended.returncode:
        why = ended.stderr.strip().splitlines()[-1:] or [
            _("its process ended with {code}; is there enough memory?").format(
                code=ended.returncode
            )
        ]
        raise InputError(
            _("cannot compile {cell}, {dtype}: {why}").format(
                cell=kind.cell, dtype=kind.dtype, why=why[0]
            )
        )
