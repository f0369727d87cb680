"""``tracer warmup``: everything that is compiled for the processor, before it is needed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tracer.cells import COMPILED
from tracer.cli import command_line
from tracer.training.warming import DTYPES, Kernels, every_kind


def test_every_kind_is_listed_once() -> None:
    """A trace and training, of each kind of cell in each dtype."""
    kinds = list(every_kind())

    assert len(kinds) == len(set(kinds)) == 2 * len(COMPILED) * len(DTYPES)


@pytest.mark.long
def test_nothing_is_left_to_compile() -> None:
    """After each has run, none has anything left to compile."""
    for kind in every_kind():
        kind.compile()

    assert not any(kind.new for kind in every_kind())


def test_what_is_there_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says that all is there."""
    monkeypatch.setattr(Kernels, "new", property(lambda _self: False))

    done = CliRunner().invoke(command_line, ["warmup"])

    assert (done.exit_code, done.stdout) == (0, "every kernel is compiled\n")
