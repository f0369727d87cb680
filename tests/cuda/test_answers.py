"""Answers to exercise 51 do on a card what they do in the simulator, in which they are graded."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.grading.kernels import MISTAKES, REFUSED, RIGHT, RIGHT_TOO
from tracer.course.authoring import EVERY
from tracer.exercises.discovery import home
from tracer.exercises.reading import read

SEEN_BY_THE_SIMULATOR = {"no_bounds", "nobody_waits"}
"""What comes of a race, or of a place beyond an array, nothing says of a card: often right numbers.
"""

AT_ONCE = 4
"""Each has a part of the card's memory for itself."""

ANSWERS = {"right": RIGHT, **RIGHT_TOO, **REFUSED} | {
    file.stem: file.read_text("utf-8")
    for file in MISTAKES
    if file.stem not in SEEN_BY_THE_SIMULATOR
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The checks that each answer fails on the card, in a process of its own."""
    folder = tmp_path_factory.mktemp("answers")

    def run(name: str) -> dict[str, str]:
        file = folder / f"{name.replace(' ', '_')}.py"
        file.write_text(ANSWERS[name], "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "tests.cuda.answering", file],
            capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        found: dict[str, str] = json.loads(done.stdout)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(ANSWERS, pool.map(run, ANSWERS), strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_fails_what_it_fails_in_the_simulator(
    name: str, failing: dict[str, dict[str, str]]
) -> None:
    """A right one nothing; a mistake the checks that its first line names; all, if not compiled."""
    first = ANSWERS[name].partition("\n")[0]
    named = first.removeprefix("# fails: ").partition("; first at: ")[0]
    every = [check.name for check in read(home() / "51_lstm_step_on_cuda").checks]
    wanted = every if named == EVERY else named.split(", ")

    assert list(failing[name]) == (
        every if name in REFUSED else wanted if first.startswith("# fails: ") else []
    )
