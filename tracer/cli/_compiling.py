"""Why the first sentence takes some seconds: what is compiled, said while a person waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tracer.language import _

if TYPE_CHECKING:
    from tracer.model.model import Model


def compiling(cells: Sequence[str], work: str, dtype: str) -> str:
    """What a person waits for while kernels are compiled.

    Parameters
    ----------
    cells : sequence of str
        The titles of the kinds of cells.
    work : str
        What is compiled of them, for each kind of work is compiled when it is first asked for.
    dtype : str
    """
    from tracer.kernels.cpu.jit import keeps

    said = _(
        "compiling for this machine: {cells}, {work}, {dtype}; tracer doctor says why it is not "
        "kept ..."
    )
    if keeps():
        said = _("compiling for this machine, once: {cells}, {work}, {dtype} ...")
    return said.format(cells=", ".join(dict.fromkeys(cells)), work=work, dtype=dtype)


def announce_compiling(
    networks: Sequence[Model], *, backward: bool, device: str | None = None
) -> None:
    """Say why the first sentence takes some seconds, or each its time, to standard error."""
    from tracer.kernels.device import device as device_named
    from tracer.kernels.device import device_for

    cells = [network.cell for network in networks]
    if device not in (None, "cpu"):
        new = [cell for cell in cells if device_named(device).needs_compiling(cell)]
        if new:
            kinds = ", ".join(dict.fromkeys(cell.equations.title for cell in new))
            click.echo(_("compiling for the card: {cells} ...").format(cells=kinds), err=True)
        return
    from tracer.kernels.cpu.device import needs_compiling

    for title in {cell.equations.title for cell in cells if device_for(cell, "cpu") != "cpu"}:
        click.echo(
            _(
                "{cell} has no compiled step, so it runs in the slow textbook loop (reference)"
            ).format(cell=title),
            err=True,
        )
    new = [cell for cell in cells if needs_compiling(cell, backward=backward)]
    if new:
        work = _("backward pass") if backward else _("forward pass")
        if any(needs_compiling(cell) for cell in new) and backward:
            work = _("forward and backward pass")
        titles = [cell.equations.title for cell in new]
        click.echo(compiling(titles, work, str(new[0].W.dtype)), err=True)
