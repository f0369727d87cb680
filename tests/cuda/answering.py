"""An answer of exercise 51 on the card of this machine: which checks fail, held to its numbers.

``python -m tests.cuda.answering FILE`` writes JSON. As in `tracer check`, the student's
function is called with the numbers of each check, and then the kernel that it launched is launched
once more, with other numbers and with h and c full of NaN. It is a process of its own: a thread
that reads beyond an array can leave its process without a card.
"""

from __future__ import annotations

import json
import sys
import warnings
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from numba import cuda

from tracer.course.authoring import SEED
from tracer.exercises.cases import draw
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Check
from tracer.exercises.plan import plan
from tracer.exercises.reading import read
from tracer.grading.right import ByEquations

EXERCISE = read(home() / "51_lstm_step_on_cuda")


class Noted:
    """A kernel, of which it is known how it was launched last."""

    def __init__(self, kernel: Any) -> None:
        self.kernel = kernel

    def __getitem__(self, where: Any) -> Any:
        self.launch = self.kernel[where]
        return self.launch

    def forall(self, count: int) -> Any:
        """As many threads as that, in one row."""
        self.launch = self.kernel.forall(count)
        return self.launch


def again(kernel: Noted, *given: Any) -> list[Any]:
    """The same launch with other numbers: h and c, of which every number is to be written."""
    results = [cuda.to_device(np.full_like(state, np.nan)) for state in given[1:3]]
    kernel.launch(*map(cuda.to_device, given), *results)
    return [result.copy_to_host() for result in results]


def passes(answer: Any, check: Check) -> bool:
    """Whether all its numbers are right, within the tolerance of grading, and none was changed."""
    case = draw(EXERCISE, check, SEED)
    came: dict[tuple[int, str], Any] = {}
    for number, call in enumerate(plan(EXERCISE, case)):
        given = [array.copy() for array in call.arrays.values()]
        function = partial(again, answer.kernel) if call.launched else answer.lstm_step_on_cuda
        results = function(*given)
        came |= {(number, name): one for name, one in zip("hc", results, strict=True)}
        kept = map(np.array_equal, given, call.arrays.values())
        if check.inputs_kept and not all(kept):
            return False
    compared = ByEquations(EXERCISE, case).compared(came)
    return not any(wrong.any() for round_ in compared for wrong in round_.wrong.values())


def failing(path: Path) -> dict[str, str]:
    """The checks that it fails, and what each raised, if it did."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    answer: Any = module_from_spec(spec)
    spec.loader.exec_module(answer)
    answer.kernel = Noted(answer.kernel)
    found = {}
    for check in EXERCISE.checks:
        try:
            right, said = passes(answer, check), ""
        except Exception as error:  # noqa: BLE001 - the compiler's, the driver's, the simulator's
            right, said = False, f"{type(error).__name__}: {error}"
        if not right:
            found[check.name] = said
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # that so few threads leave most of a card idle
    sys.stdout.write(json.dumps(failing(Path(sys.argv[1]))))
