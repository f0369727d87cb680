"""What the CPU device knows of a kind of cell: never of another one, and of any options."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pytest

import tracer
from tests.jit import output
from tracer.cells import RNNCell, register, unregister
from tracer.equations import CellEquations
from tracer.equations.rnn import RNN
from tracer.kernels.cpu.cells import compiled_cell, sources_of

pytestmark = pytest.mark.long

COMPILED = "tests.core.plain_compiled"


@dataclass(frozen=True, eq=False, repr=False)
class PlainCell(RNNCell):
    """An RNN whose f is tanh: there is nothing to choose."""

    equations: ClassVar[CellEquations] = replace(
        RNN, name="plain", options=MappingProxyType({}), functions=MappingProxyType({"f": "tanh"})
    )


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    register(PlainCell, COMPILED)
    yield
    unregister("plain")


def make_plain(make: Any = PlainCell) -> RNNCell:
    """Two inputs, three units."""
    rng = np.random.default_rng(0)
    cell: RNNCell = make(*(rng.normal(size=shape) for shape in ((3, 2), (3, 3), (3,))))
    return cell


def test_a_cell_without_an_option_has_a_compiled_step() -> None:
    """It computes what an RNN with tanh computes."""
    x = np.random.default_rng(1).normal(size=(4, 2, 2))

    plain, rnn = (tracer.unroll(make_plain(make), x) for make in (PlainCell, RNNCell))

    assert plain.device == "cpu"
    np.testing.assert_array_equal(plain["h"], rnn["h"])


@pytest.mark.parametrize("disabled", ["0", "1"] if "TRACER_EVERY" in os.environ else ["1"])
def test_a_cell_without_an_option_learns(disabled: str) -> None:
    """A batch's gradients are those of the model; compiled too in ``make corpus``."""
    code = (
        "from tests.core.test_compiled_cells import COMPILED, PlainCell\n"
        "from tests.training import test_batch\n"
        "from tracer.cells import register\n"
        "register(PlainCell, COMPILED)\n"
        "test_batch.test_a_batch_gives_the_gradients_of_the_model('classify', 'plain', '', 0, 7)\n"
        "print('they are')\n"
    )

    assert output(code, disabled) == "they are\n"


def test_a_name_that_is_free_again_means_the_new_cell() -> None:
    """Nothing is kept of the old one: the new cell records its z at another level."""
    x = np.ones((4, 2, 2))
    before = tracer.unroll(make_plain(), x, level="gates")
    old = compiled_cell("plain")

    unregister("plain")
    quantities = tuple(replace(q, level="gates") if q.name == "z" else q for q in RNN)
    equations = replace(PlainCell.equations, quantities=quantities)
    other = type("OtherCell", (PlainCell,), {"equations": equations})
    register(other, COMPILED)
    after = tracer.unroll(make_plain(other), x, level="gates")

    assert compiled_cell("plain") is not old
    assert set(before.last.recorded) == {"h"}
    assert set(after.last.recorded) == {"z", "h"}
    np.testing.assert_array_equal(after["z"], before["z"])


def test_a_compiled_cell_is_what_its_package_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step's machine code has in it what the step takes from its neighbours, and they may change.

    Not what it takes from elsewhere.
    """
    package = tmp_path / "mycell"
    package.mkdir()
    for name, text in (
        ("__init__", ""),
        ("compiled", "import numpy as np\nfrom mycell.gates import half\n"),
        ("gates", "from mycell import numbers\ndef half(x): return x / numbers.TWO\n"),
        ("numbers", "TWO = 2\n"),
        ("other", ""),
    ):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("mycell", "mycell.compiled", "mycell.gates", "mycell.numbers"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    found = sources_of(import_module("mycell.compiled"))

    assert [path.name for path in found] == ["compiled.py", "gates.py", "numbers.py"]
