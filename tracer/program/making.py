"""Makes a program from the one list, for any kind of cell and of update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from tracer.equations import (
    CELLS,
    OF_A_SENTENCE,
    OUTPUT,
    OUTPUT_BACKWARD,
    OUTPUT_PARAMETERS,
    CellEquations,
    Product,
    Quantity,
)
from tracer.equations.expression import Expression, Name
from tracer.equations.parsing import parse
from tracer.equations.updates import UPDATES, UpdateEquations
from tracer.errors import UnknownNameError
from tracer.program.line import SUM, Axes, Line
from tracer.program.program import Carry, Program
from tracer.program.sequence import sequence_of

LETTERS = {"step": "T", "batch": "N", "unit": "H", "input": "D", "class": "K"}
STEP_AXES: Axes = ("T", "N")
STATE: Axes = ("N", "H")
STATES: Axes = ("T", "N", "H")
_NONE: Mapping[str, Carry] = MappingProxyType({})


def program_of(name: str) -> Program:
    """The program of a kind of cell or of an update.

    Parameters
    ----------
    name : str
        ``"rnn"``, ``"lstm"``, another registered cell, ``"clip"``, ``"sgd"`` or ``"adam"``.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    known: dict[str, CellEquations | UpdateEquations] = {**UPDATES, **CELLS}
    equations = known.get(name)
    if equations is None:
        raise UnknownNameError("program", name, known)
    made = _MADE.get(name)
    if made is None or made[0] is not equations:  # another cell may come to have that name
        made = _MADE[name] = (equations, _made(equations))
    return made[1]


_MADE: dict[str, tuple[CellEquations | UpdateEquations, Program]] = {}


def _made(equations: CellEquations | UpdateEquations) -> Program:
    if isinstance(equations, CellEquations):
        return _of_cell(equations)
    return _of_update(equations)


def _of_update(equations: UpdateEquations) -> Program:
    def axes(quantity: Quantity) -> Axes:
        if quantity.name in ("d_W", "clipped_d_W"):
            return ("H", "H")
        return ("H", "D")[: len(quantity.dims)]

    given = {q.name: axes(q) for q in equations.given}
    made = [Line(q.name, axes(q), q.expression) for q in equations.quantities]
    return _program(equations.name, equations.title, given, {}, made)


def _program(
    name: str,
    title: str,
    given: Mapping[str, Axes],
    blocks: Mapping[str, tuple[str, int]],
    made: Iterable[Line],
    carries: Mapping[str, Carry] = _NONE,
    gates: tuple[str, ...] = (),
) -> Program:
    lines = {line.name: line for line in made}
    axes = {n: ("H", *given[whole][1:]) for n, (whole, _) in blocks.items()}
    return Program(
        name=name,
        title=title,
        given=given,
        blocks=blocks,
        names={**given, **axes, **{line.name: line.axes for line in lines.values()}},
        lines=lines,
        places={n: k for k, n in enumerate(sequence_of(title, lines))},
        carries=carries,
        gates=gates,
    )


def _of_cell(cell: CellEquations) -> Program:
    parameters = (*cell.parameters, *OUTPUT_PARAMETERS)
    given: dict[str, Axes] = {
        "x": ("T", "N", "D"),
        **{f"{state}_0": STATE for state in cell.state},
        **{p.name: p.shape for p in parameters},
        "label": STEP_AXES,
        "mask": STEP_AXES,
        "lengths": ("N",),
        **{q.name: _axes(q) for q in OF_A_SENTENCE if not q.equation},
        **{f"d_{state}_T": STATE for state in cell.state},
    }
    blocks = {
        f"{p.name}_{gate}": (p.name, above)
        for p in cell.parameters
        for above, gate in enumerate(cell.gates)
    }
    made = (*_forward(cell), *_head(), *_backward(cell))
    return _program(cell.name, cell.title, given, blocks, made, _carries(cell), cell.gates)


def _carries(cell: CellEquations) -> dict[str, Carry]:
    """What the two loops hand over."""
    forward = {
        state: Carry(f"{state}_prev", state, f"{state}_0", f"{state}_0", state)
        for state in cell.state
    }
    backward = {
        f"d_{state}": Carry(
            f"d_{state}_from_next", f"d_{state}_prev", f"d_{state}_T", f"d_{state}_T",
            f"d_{state}_prev", backward=True,
        )
        for state in cell.state
    }  # fmt: skip
    return forward | backward


def _axes(quantity: Quantity) -> Axes:
    return tuple(LETTERS[dim] for dim in quantity.dims)


def _forward(cell: CellEquations) -> Iterator[Line]:
    """The states before, the cell's list, the final states."""
    for state in cell.state:
        yield Line(f"{state}_prev", STATES, Name("it"), cell=cell.name)
    for quantity in cell:
        if quantity.equation:
            yield Line(quantity.name, _axes(quantity), quantity.expression, cell=cell.name)
    for state in cell.state:
        yield Line(f"{state}_T", STATE, Name(state), steps="last", cell=cell.name)


def _head() -> Iterator[Line]:
    """Scores, probabilities and loss; where the loss begins its way back."""
    for quantity in OUTPUT:
        yield Line(quantity.name, _axes(quantity), _counted(quantity))
    yield Line("total_loss", (), parse("mean_N(loss)"), steps=SUM)
    for quantity in OF_A_SENTENCE:
        if quantity.equation:
            yield Line(quantity.name, _axes(quantity), quantity.expression)
    for quantity in OUTPUT_BACKWARD:
        if quantity.equation:
            yield Line(quantity.name, _axes(quantity), _counted(quantity), backward=True)
    for p in OUTPUT_PARAMETERS:
        yield from _gradient(p.name, p.shape, p.gradient, (), "")


def _counted(quantity: Quantity) -> Expression:
    """The equation of the list with ``target`` taken apart: the label, where it counts."""
    expression = quantity.expression
    if "target" not in expression.reads:
        return expression
    return parse(f"masked({expression.replaced({'target': Name('label')})}, mask)")


def _backward(cell: CellEquations) -> Iterator[Line]:
    """The list's gradients, and the norm of one of them over time.

    What came from the next step is what this one hands to the one before.

    The list says it with ``_next``; here it is computed a step earlier, without.
    """
    now: dict[str, Expression] = {}

    def line(name: str, axes: Axes, expression: Expression, steps: str = "") -> Line:
        return Line(name, axes, expression, backward=True, steps=steps, cell=cell.name)

    yield line("d_h_from_loss", STATES, parse("d_logits @ V"))
    for quantity in cell.backward:
        name = quantity.name
        state = name.removeprefix("d_").removesuffix("_from_next")
        if name == f"d_{state}_from_next" and state in cell.state:
            now[state] = quantity.expression.replaced(
                {r: Name(r.removesuffix("_next")) for r in quantity.reads}
            )
            yield line(name, STATES, Name("it"))
        elif quantity.equation:
            yield line(name, _axes(quantity), quantity.expression)
    yield line("d_h_norm", STEP_AXES, parse("sqrt(sum_H(d_h ** 2))"))
    for state, expression in now.items():
        yield line(f"d_{state}_prev", STATES, expression)
    for state in now:
        yield line(f"d_{state}_0", STATE, Name(f"d_{state}_prev"), "first")
    for p in cell.parameters:
        yield from _gradient(p.name, p.shape, p.gradient, cell.gates, cell.name)


def _gradient(
    name: str, shape: Axes, products: Sequence[Product], gates: tuple[str, ...], cell: str
) -> Iterator[Line]:
    """The gradient of a parameter: block by block, and the blocks one below the other."""
    blocks = [f"d_{name}_{gate}" for gate in gates] or [f"d_{name}"]
    for block, product in zip(blocks, products, strict=True):
        equation = str(product) if product.rows else f"sum_N({product.d})"
        axes = ("H", *shape[1:]) if gates else shape
        yield Line(block, axes, parse(equation), backward=True, steps=SUM, cell=cell)
    if gates:
        joined = parse(f"below({', '.join(blocks)})")
        yield Line(f"d_{name}", shape, joined, backward=True, cell=cell)
