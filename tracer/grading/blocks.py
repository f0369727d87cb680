"""Whether wrong numbers are right ones for blocks of U, W and a that lie in another order.

Each library has its own order of the gates, so code from elsewhere often reads the block of one
gate as that of another. Every number is wrong then, and none of them says why.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from tracer.cells import Cell
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Exercise
from tracer.grading.comparing import Answers, agree, situations, textbook


def read_as(exercise: Exercise, case: Case, answers: Answers) -> tuple[str, ...]:
    """The order in which the blocks were read, if one other order explains every number.

    Returns
    -------
    tuple of str
        ``("i", "f", "o", "g")``: the third block, which is that of g, was taken for that of o.
        Empty if no other order, or more than one, gives these numbers.
    """
    gates = exercise.equations.gates
    possible = [order for order in permutations(gates) if order != gates]
    for call, step, cell, given in situations(exercise, case, answers):
        came = {n: answers[call, step, n] for n in exercise.returns if (call, step, n) in answers}
        likely = []
        for order in possible:
            numbers = textbook(exercise, _reordered(cell, order), given)
            if all(agree(array, numbers[n], case.check).all() for n, array in came.items()):
                likely.append(order)
        possible = likely
    return possible[0] if len(possible) == 1 else ()


def _reordered(cell: Cell, order: tuple[str, ...]) -> Cell:
    """The cell whose gates have the blocks that they are given when blocks are read as `order`."""
    H = cell.W.shape[1]
    rows = np.concatenate(
        [np.arange(H) + H * order.index(gate) for gate in cell.equations.gates]
    )  # (4H,)
    return type(cell)(cell.U[rows], cell.W[rows], cell.a[rows])
