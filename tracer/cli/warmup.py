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
    from subprocess import Popen

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

    processes = Processes()
    with ThreadPoolExecutor(min(len(missing), processors())) as pool:
        try:  # the submitting too: else Ctrl-C during it lets what is submitted go on
            running = [pool.submit(_compile, kind, processes) for kind in missing]
            with click.progressbar(
                as_completed(running), len(running), _("compiling"), file=sys.stderr
            ) as ended:
                for one in ended:
                    one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end()
            raise


class Processes:
    """Those that were begun, so that none goes on after Ctrl-C: one may begin just then."""

    def __init__(self) -> None:
        self._begun: list[Popen[str]] = []
        self._over = False

    def begin(self, order: Sequence[str]) -> Popen[str]:
        """One more; what it says can be read."""
        from subprocess import PIPE, Popen

        process = Popen(order, stdout=PIPE, stderr=PIPE, text=True)  # noqa: S603
        self._begun.append(process)
        if self._over:  # asked after it is on the list: else `end` could miss it
            process.terminate()
        return process

    def end(self) -> None:
        """End all of them, and any that is begun from now on."""
        self._over = True
        for process in self._begun:
            process.terminate()


def _compile(kind: Kernels, processes: Processes) -> None:
    # -P: a numpy.py in the folder where this is typed is none of ours.
    order = [sys.executable, "-P", "-m", "tracer.training.warming", *map(str, kind)]
    with processes.begin(order) as process:
        _out, said = process.communicate()
    if process.returncode:
        why = said.strip().splitlines()[-1:] or [
            _("its process ended with {code}; is there enough memory?").format(
                code=process.returncode
            )
        ]
        raise InputError(
            _("cannot compile {cell}, {dtype}: {why}").format(
                cell=kind.cell, dtype=kind.dtype, why=why[0]
            )
        )
