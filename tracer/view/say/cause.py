"""What a well-known mistake is called: a term left out, W not transposed, another function."""

from __future__ import annotations

from tracer.equations import CellEquations
from tracer.equations import Kind as QuantityKind
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Cause, Difference
from tracer.language import _, plural


def cause_of(exercise: Exercise, d: Difference) -> str:
    """A sentence that names the mistake; nothing if none is known."""
    cell = exercise.equations
    if d.cause is None:
        return ""
    match d.cause.kind:
        case "without":
            said = {
                "x": _("Your numbers are what you get without the input term ({symbols})."),
                "h": _("Your numbers are what you get without the recurrent term ({symbols})."),
                "a": _("Your numbers are what you get without the bias ({symbols})."),
            }[d.cause.share]
            return said.format(symbols=", ".join(cell[name].symbol for name in d.cause.names))
        case "untransposed":
            if cell.gates:
                said = _(
                    "Your numbers are what you get if each block of W is transposed: "
                    "h_prev @ {block} instead of h_prev @ {block}.T."
                )
                return said.format(block=f"W_{cell.gates[0]}")
            return _(
                "Your numbers are what you get if W is transposed: "
                "h_prev @ W instead of h_prev @ W.T."
            )
    told = [_made(d, d.cause)]
    # What was returned is the student's own here; it may be wrong by itself.
    hidden = [name for name in d.cause.arguments if name not in exercise.returns]
    if hidden:
        right = plural("{names} is right.", "{names} are right.", len(hidden))
        told.append(right.format(names=", ".join(hidden)))
    return " ".join([*told, _rule(cell, d.cause)])


def _made(d: Difference, cause: Cause) -> str:
    """Which function was taken, and of what."""
    made = {}
    for name, function, z in zip(cause.names, cause.functions, cause.arguments, strict=True):
        made[name] = z if function == "identity" else f"{_name(function)}({z})"
    if cause.names == (d.quantity,):
        said = _("Your {name} is {made}.")
        if cause.functions == ("identity",):
            said = _("Your {name} is {made} itself.")
        return said.format(name=d.quantity, made=made[d.quantity])
    listed = ", ".join(f"{name} = {what}" for name, what in made.items())
    return _("Your numbers are what you get with {listed}.").format(listed=listed)


def _rule(cell: CellEquations, cause: Cause) -> str:
    """What the quantities are made with in the equations."""
    kinds = {cell[name].kind for name in cause.names}
    switch, information = _name("sigmoid"), "tanh"
    if kinds == {QuantityKind.SWITCH}:
        return _("A switch needs {function}.").format(function=switch)
    if kinds == {QuantityKind.INFORMATION}:
        return _("Information needs {function}.").format(function=information)
    return _("A switch needs {switch}, information needs {information}.").format(
        switch=switch, information=information
    )


def _name(function: str) -> str:
    return "σ" if function == "sigmoid" else function
