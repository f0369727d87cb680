"""What a well-known mistake is called: a share left out, W not turned round, another function."""

from __future__ import annotations

from tracer.equations import CellEquations
from tracer.equations import Kind as QuantityKind
from tracer.grading.report import Cause, Difference
from tracer.language import _


def cause_of(cell: CellEquations, d: Difference) -> str:
    """A sentence that names the mistake; nothing if none is known."""
    if d.cause is None:
        return ""
    match d.cause.kind:
        case "without":
            said = {
                "x": _("Your numbers are those that come out without the word ({symbols})."),
                "h": _("Your numbers are those that come out without the step before ({symbols})."),
                "a": _("Your numbers are those that come out without the bias ({symbols})."),
            }[d.cause.share]
            return said.format(symbols=", ".join(cell[name].symbol for name in d.cause.names))
        case "untransposed":
            if cell.gates:
                said = _(
                    "Your numbers come out if each block of W stands the wrong way round: "
                    "h_prev @ {block} in place of h_prev @ {block}.T"
                )
                return said.format(block=f"W_{cell.gates[0]}")
            return _("Your numbers come out with h_prev @ W in place of h_prev @ W.T")
    return f"{_made(d, d.cause)} {_rule(cell, d.cause)}"


def _made(d: Difference, cause: Cause) -> str:
    """Which function was taken, and that the sum z in it is right."""
    made, arguments = {}, cause.arguments
    for name, function, z in zip(cause.names, cause.functions, arguments, strict=True):
        made[name] = z if function == "identity" else f"{_name(function)}({z})"
    if cause.names == (d.quantity,):
        said = _("Your {name} is {made} of the right {argument}.")
        if cause.functions == ("identity",):
            said = _("Your {name} is the right {argument} itself.")
        return said.format(name=d.quantity, made=made[d.quantity], argument=arguments[0])
    listed = ", ".join(f"{name} = {what}" for name, what in made.items())
    said = _("Your numbers come out with {listed}, of the right {arguments}.")
    return said.format(listed=listed, arguments=", ".join(arguments))


def _rule(cell: CellEquations, cause: Cause) -> str:
    """What the quantities are made with in the equations."""
    kinds = {cell[name].kind for name in cause.names}
    switch, information = _name("sigmoid"), "tanh"
    if kinds == {QuantityKind.SWITCH}:
        return _("A switch is made with {function}.").format(function=switch)
    if kinds == {QuantityKind.INFORMATION}:
        return _("Information is made with {function}.").format(function=information)
    return _("A switch is made with {switch}, information with {information}.").format(
        switch=switch, information=information
    )


def _name(function: str) -> str:
    return "σ" if function == "sigmoid" else function
