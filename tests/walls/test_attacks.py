"""What is handed in to do harm, and what is only unusual: a sample of it behind every wall.

All of it is graded by ``make walls``.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walls.attacked import HERE, Entry, Surroundings, entries, graded, listed, surroundings
from tests.walls.made import MADE
from tracer.sandbox.walls import WALLS

STANDING = [name for name in ("landlock", "namespaces") if not WALLS[name].trouble()]

EVERYTHING = [*entries("attacks"), *entries("unusual")]

TRIED = [one for one in EVERYTHING if one.daily or "TRACER_EVERY" in os.environ]

ROOT = HERE.parents[1]


@pytest.fixture(scope="module", params=STANDING or ["none"])
def behind(request: pytest.FixtureRequest) -> Iterator[tuple[str, Surroundings | None]]:
    """Each wall that can stand here, raised once, with something around it that is to be kept."""
    name = str(request.param)
    if name not in WALLS:
        yield name, None
        return
    with surroundings(name) as around:
        yield name, around


@pytest.mark.parametrize("entry", TRIED, ids=lambda entry: f"{entry.folder}-{entry.file}")
def test_it_holds(behind: tuple[str, Surroundings | None], entry: Entry) -> None:
    """No point that is not earned, no fault of the grader, nothing left, nothing hidden seen."""
    name, around = behind
    if around is None:
        return

    assert graded(entry, name, around).problems == ()


def test_the_table_is_whole() -> None:
    """Every file is in it once, and what is shown elsewhere is shown by a test that there is."""
    files = [(one.folder, one.file) for one in EVERYTHING]
    there = {(path.parent.name, path.name) for path in HERE.glob("*/*.py")}
    made = {(one.folder, one.file) for one in EVERYTHING if one.file in MADE}

    assert len(files) == len(set(files))
    assert set(files) - made == {pair for pair in there if pair[0] in ("attacks", "unusual")}
    assert {file for _folder, file in made} == set(MADE)
    earlier = {(one.folder, file) for one in EVERYTHING for file in one.earlier.values()}
    assert earlier == {(p.parts[-3], p.name) for p in HERE.glob("*/earlier/*.py")}
    for line in listed()["elsewhere"]:
        path, _, name = line["test"].partition("::")
        tree = ast.parse(Path(ROOT, path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
