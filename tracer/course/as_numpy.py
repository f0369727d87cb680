"""The list's equations as a function of NumPy's, right or with one of them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tracer.equations import CELLS, CellEquations
from tracer.equations.expression import Binary, Call, Expression
from tracer.equations.updates import UPDATES

_BODIES: Mapping[str, str] = MappingProxyType(
    {
        "sigmoid": "(1 + np.tanh(z / 2)) / 2",
        "tanh": "np.tanh(z)",
        "relu": "np.maximum(z, 0)",
        "identity": "z",
        "hard-sigmoid": "np.clip(z / 6 + 0.5, 0, 1)",
        "hard-sigmoid-0.2": "np.clip(0.2 * z + 0.5, 0, 1)",
        "hard": "np.where(np.isnan(z), z, z > 0).astype(z.dtype)",
    }
)
"""Each activation, as somebody writes it who knows that `exp` overflows."""

_OF_NUMPY = MappingProxyType({"sqrt": "np.sqrt", "sum": "np.sum", "exp": "np.exp"})


@dataclass(frozen=True, slots=True)
class Equations:
    """What one call computes.

    Attributes
    ----------
    takes, returns : tuple of str
        The arguments and the results, under the list's names.
    blocks : mapping of str to tuple of str
        Each parameter that is split, and its blocks from top to bottom.
    lines : mapping of str to Expression
        In computing order.
    bodies : mapping of str to str
        Each function that the lines call and NumPy does not have, and what it gives for z.
    """

    takes: tuple[str, ...]
    returns: tuple[str, ...]
    blocks: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, Expression]
    bodies: Mapping[str, str]


def equations_of(name: str) -> Equations:
    """One step of a cell, or one update."""
    if name in UPDATES:
        update = UPDATES[name]
        lines = {q.name: q.expression for q in update.quantities}
        results = tuple(n for n in lines if n.endswith("_new") or n.startswith("clipped_"))
        return Equations(tuple(q.name for q in update.given), results, {}, lines, {})
    cell = CELLS[name]
    takes = ("x", *(f"{state}_prev" for state in cell.state), *(p.name for p in cell.parameters))
    blocks = {p.name: tuple(f"{p.name}_{gate}" for gate in cell.gates) for p in cell.parameters}
    meant = cell.activations()
    return Equations(
        takes, cell.state, {whole: rows for whole, rows in blocks.items() if rows}, _lines(cell),
        {function: _BODIES[meant[function]] for function in cell.functions},
    )  # fmt: skip


def _lines(cell: CellEquations) -> dict[str, Expression]:
    """The equations of a step; what is only a part of a sum stands in that sum."""
    parts = {q.name: q.expression for q in cell if q.equation and q.level is None}
    whole = [q for q in cell if q.equation and q.level is not None]
    return {q.name: q.expression.replaced(parts) for q in whole}


def code(name: str, equations: Equations) -> str:
    """The whole file: what the function needs, and the function."""
    lines = ["import numpy as np", "", ""]
    called = {
        **_OF_NUMPY,
        **{name: "np.tanh" for name, body in equations.bodies.items() if body == _BODIES["tanh"]},
    }
    used = {function for line in equations.lines.values() for function in line.functions}
    for function, body in equations.bodies.items():
        if function in used and function not in called:
            lines += [f"def {function}(z):", f"    return {body}", "", ""]
    lines.append(f"def {name}({', '.join(equations.takes)}):")
    for whole, rows in equations.blocks.items():
        lines.append(f"    {', '.join(rows)} = np.split({whole}, {len(rows)})")
    for line, right in equations.lines.items():
        lines.append(f"    {line} = {right.written(called=called)}")
    lines.append(f"    return {', '.join(equations.returns)}")
    return "\n".join(lines) + "\n"


Slip = Callable[[Expression], Expression | None]
"""What a slip of the pen makes of a part; None where it makes nothing of it."""


def _function_left_out(part: Expression) -> Expression | None:
    return part.arguments[-1] if isinstance(part, Call) else None


def _term_left_out(part: Expression) -> Expression | None:
    return part.left if isinstance(part, Binary) and part.sign in "+-" else None


def _sign_turned(part: Expression) -> Expression | None:
    turned = {"+": "-", "-": "+"}
    if isinstance(part, Binary) and part.sign in turned:
        return Binary("-" if part.sign == "+" else "+", part.left, part.right)
    return None


def _sum_for_product(part: Expression) -> Expression | None:
    if isinstance(part, Binary) and part.sign == "*":
        return Binary("+", part.left, part.right)
    return None


SLIPS: Mapping[str, Slip] = MappingProxyType(
    {
        "function_left_out": _function_left_out,
        "term_left_out": _term_left_out,
        "sign_turned": _sign_turned,
        "sum_for_product": _sum_for_product,
    }
)


def slips(equations: Equations) -> Iterator[tuple[str, Equations]]:
    """Wrong equations, one changed line each, the later lines first; and what was done."""
    for title, slip in SLIPS.items():
        for name in reversed(list(equations.lines)):
            for part in _once(equations.lines[name], slip):
                yield title, replaced(equations, {name: part})


def replaced(equations: Equations, lines: Mapping[str, Expression]) -> Equations:
    """The same with other lines."""
    return Equations(
        equations.takes, equations.returns, equations.blocks, {**equations.lines, **lines},
        equations.bodies,
    )  # fmt: skip


def _once(whole: Expression, slip: Slip) -> Sequence[Expression]:
    """The expression with its outermost such part changed; nothing where it has none."""
    done = False

    def change(part: Expression) -> Expression | None:
        nonlocal done
        new = None if done else slip(part)
        done = done or new is not None
        return new

    changed = whole.rewritten(change)
    return [changed] if done else []
