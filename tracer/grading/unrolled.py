"""The states of the sentence in which a number is wrong, over all its steps: for a picture."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.grading.comparing import Compared
from tracer.grading.report import Difference, Unrolled
from tracer.grading.task import Task

_STATE = ("T", "N", "H")


def unrolled(task: Task, rounds: Sequence[Compared], first: Difference) -> Unrolled | None:
    """What came of the sentence with the first wrong number, and what is right.

    None where there is no state for each step of it: of one step alone, of a backward pass, of a
    loss, and of what an instructor's reference gives.

    Parameters
    ----------
    task : Task
    rounds : sequence of Compared
    first : Difference
        The first wrong number.
    """
    program = task.exercise.program
    if program is None or program.names.get(first.quantity) != _STATE:
        return None
    over = {function.over for function in task.exercise.called(task.case.check)}
    alone = over == {"step"} and task.case.sizes["T"] == 1
    compared = next(one for one in rounds if one.round == first.call)
    names = [
        name for name in program.order
        if name in compared.came and program.names[name] == _STATE and not name.startswith("d_")
    ]  # fmt: skip
    carries = {c.of: c for c in program.carries.values() if not c.backward and c.of in names}
    if alone or not carries or first.quantity not in names:
        return None
    row = first.at[0]
    lengths = compared.given.get("lengths")
    return Unrolled(
        row=row,
        length=task.case.sizes["T"] if lengths is None else int(lengths[row]),
        initial={
            name: compared.given[carries[name].initial][row] for name in names if name in carries
        },
        came={name: compared.came[name][:, row] for name in names},
        right={name: compared.exact[name][:, row] for name in names},
        inexact={name: compared.inexact[name][:, row] for name in names},
    )
