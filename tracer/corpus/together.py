"""The same program with one product for all gates, as many students write it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tracer.equations.parsing import parse
from tracer.program import Program
from tracer.program.line import Line

ALL, D_ALL = "z_all", "d_z_all"


def together(program: Program, known: Collection[str], wanted: Collection[str]) -> Program:
    """The program with ``z_all`` split into its gates, and ``d_z_all`` joined from them.

    Only where nothing of it is edited, the parameters come whole, and no part of it is asked for.
    """
    gates = program.gates
    blocks = {*program.blocks, *(whole for whole, _above in program.blocks.values())}
    seen = {*program.seen_forward, *program.seen_backward}
    if len(gates) < 2 or seen & blocks or not {"U", "W"} <= set(known):
        return program
    lines = dict(program.lines)
    order = list(program.places)
    width = f"{len(gates)}H"
    parts = [f"z_{g}{part}" for g in gates for part in ("", "_from_x", "_from_h", "_from_a")]
    plain = all(not lines[name].changed and not lines[name].bodies for name in parts)
    met = {str(lines[f"z_{g}_from_h"].expression).partition(" @")[0] for g in gates}
    if "a" in known and plain and met == {"h_prev"} and not set(parts) & set(wanted):
        lines[ALL] = Line(
            ALL, ("T", "N", width), parse("x @ U.T + h_prev @ W.T + a"), cell=program.name
        )
        for k, gate in enumerate(gates):
            name = f"z_{gate}"
            lines[name] = replace(
                lines[name], expression=parse(f"columns({ALL}, {k}, {len(gates)})")
            )
        order.insert(order.index(f"z_{gates[0]}"), ALL)
    d = [f"d_z_{g}" for g in gates]
    usual = {
        "d_x": "d_z_{g} @ U_{g}",
        "d_h_prev": "d_z_{g} @ W_{g}",
    }
    back = {
        name: not lines[name].changed
        and str(lines[name].expression) == " + ".join(form.replace("{g}", g) for g in gates)
        for name, form in usual.items()
        if name in lines
    }
    sums = {"U": (".T @ x", "d_z_{g}.T @ x"), "W": (".T @ h_prev", "d_z_{g}.T @ h_prev"),
            "a": ("", "sum_N(d_z_{g})")}  # fmt: skip
    added = {
        name: all(
            not lines[f"d_{name}_{g}"].changed
            and str(lines[f"d_{name}_{g}"].expression) == form.replace("{g}", g)
            and lines[f"d_{name}_{g}"].steps == "sum"
            and f"d_{name}_{g}" not in wanted
            for g in gates
        )
        and not lines[f"d_{name}"].changed
        for name, (_, form) in sums.items()
    }
    if not any((*back.values(), *added.values())):
        return _with(program, lines, order)
    lines[D_ALL] = Line(
        D_ALL, ("T", "N", width), parse(f"beside({', '.join(d)})"), backward=True, cell=program.name
    )
    order.insert(max(order.index(name) for name in d) + 1, D_ALL)
    for name, weights in (("d_x", "U"), ("d_h_prev", "W")):
        if back.get(name):
            lines[name] = replace(lines[name], expression=parse(f"{D_ALL} @ {weights}"))
    for name, (rows, _) in sums.items():
        if added[name]:
            text = f"{D_ALL}{rows}" if rows else f"sum_N({D_ALL})"
            lines[f"d_{name}"] = replace(lines[f"d_{name}"], expression=parse(text), steps="sum")
    return _with(program, lines, order)


def _with(program: Program, lines: Mapping[str, Line], order: Sequence[str]) -> Program:
    """The same program with these lines, in this order."""
    added = {name: lines[name].axes for name in (ALL, D_ALL) if name in lines}
    return replace(
        program,
        lines=lines,
        names={**program.names, **added},
        places={name: k for k, name in enumerate(order)},
        plans={},
    )
