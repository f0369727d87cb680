"""The derivative of one expression, by the rules of calculus, as expressions again.

Backwards through the tree: from the gradient of its value to the gradient of each name that it
reads (reverse mode; A. Griewank, A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tracer.equations.expression import (
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Transposed,
)
from tracer.errors import InputError
from tracer.program.compiled import AS_IT_WAS
from tracer.program.line import Axes

_FLAT = frozenset({"one_hot", "ones", "zeros", "sign", "is_less", "within"})
"""Functions whose value does not move with what they are given."""

SLOPES = frozenset({"σ", "sigmoid", "tanh", "relu", "f"})
"""Functions that have a slope of their own name, ``dσ``."""


class Differentiation:
    """Knows the axes of the names, and the functions that were given another body.

    Parameters
    ----------
    axes : mapping
        Of each name, at one step: without T.
    bodies : mapping
        Functions that were given another body, of ``z``.
    """

    def __init__(self, axes: Mapping[str, Axes], bodies: Mapping[str, Expression]) -> None:
        self.axes = axes
        self.bodies = bodies

    def gradients(self, expression: Expression, d: Expression) -> Iterator[tuple[str, Expression]]:
        """What each reading of a name adds to its gradient, with `d` that of the whole."""
        axes = self.of(expression)
        match expression:
            case Name(name):
                yield name, d
            case Negative(of):
                yield from self.part(of, Negative(d), axes)
            case Transposed(of):
                yield from self.gradients(of, transposed(d))
            case Binary("+", left, right):
                yield from self.part(left, d, axes)
                yield from self.part(right, d, axes)
            case Binary("-", left, right):
                yield from self.part(left, d, axes)
                yield from self.part(right, Negative(d), axes)
            case Binary("*", left, right):
                yield from self.part(left, times(d, right), axes)
                yield from self.part(right, times(d, left), axes)
            case Binary("/", left, right):
                yield from self.part(left, Binary("/", d, right), axes)
                share = Binary("/", times(d, left), Binary("**", right, Number(2)))
                yield from self.part(right, Negative(share), axes)
            case Binary("**", left, right):
                slope = times(right, Binary("**", left, Binary("-", right, Number(1))))
                yield from self.part(left, times(d, slope), axes)
            case Binary("@", left, right):
                yield from self.gradients(left, Binary("@", d, transposed(right)))
                yield from self.gradients(right, Binary("@", transposed(left), d))
            case Call():
                yield from self.of_call(expression, d)

    def part(
        self, part: Expression, d: Expression, spread: Axes
    ) -> Iterator[tuple[str, Expression]]:
        """The same for a part that may have been spread over more axes: `d` is summed over them."""
        axes = self.of(part)
        if axes == spread:
            yield from self.gradients(part, d)
        elif len(axes) == 1 and len(spread) == 2 and axes != spread[:1]:
            yield from self.gradients(part, Call("sum_N", (d,)))
        elif axes:  # a bare number, such as N, has no gradient
            raise InputError(f"the derivative by {part}, spread over more axes, is not known")

    def of_call(self, call: Call, d: Expression) -> Iterator[tuple[str, Expression]]:
        """A function's slope; the inner part's gradient is that times `d`."""
        function, arguments = call.function, call.arguments
        u = arguments[0]
        if function in self.bodies:
            body = self.bodies[function].rewritten(self._as_it_was)
            yield from self.gradients(body.replaced({"z": u}), d)
        elif function.removeprefix(AS_IT_WAS) in SLOPES:
            yield from self.gradients(u, times(d, Call(f"d{function}", (u,))))
        elif function in {"min", "max"}:
            first = Call("is_less", arguments if function == "min" else arguments[::-1])
            yield from self.part(u, times(d, first), self.of(call))
            rest = Binary("-", Number(1), first)
            yield from self.part(arguments[1], times(d, rest), self.of(call))
        elif function in _RULES:
            yield from self.gradients(u, _RULES[function](call, d))
        elif function not in _FLAT:
            raise InputError(f"the derivative of {function} in {call} is not known")

    def _as_it_was(self, node: Expression) -> Expression | None:
        """A function inside another body is the one that there was before: σ(z) = σ(-z)."""
        match node:
            case Call(function, arguments) if function in self.bodies:
                parts = tuple(part.rewritten(self._as_it_was) for part in arguments)
                return Call(AS_IT_WAS + function, parts)
        return None

    def of(self, expression: Expression) -> Axes:
        """The axes of an expression, at one step."""
        match expression:
            case Name(name):
                return self.axes.get(name, ())
            case Transposed(of):
                return self.of(of)[::-1]
            case Binary("@", left, right):
                return (*self.of(left)[:-1], *self.of(right)[-1:])
            case Call("sum_N" | "mean_N", (q,)):
                return self.of(q)[1:]
            case Call("sum_H" | "sum_K" | "cross_entropy", (q, *_)):
                return self.of(q)[:-1]
            case Call("one_hot", (label,)):
                return (*self.of(label), "K")
        parts = [self.of(part) for part in expression.parts]
        return max(parts, key=len, default=())


def times(left: Expression, right: Expression) -> Expression:
    """The product of two expressions, without a factor 1."""
    if left == Number(1):
        return right
    return left if right == Number(1) else Binary("*", left, right)


def transposed(expression: Expression) -> Expression:
    """The transpose, put where it reads well: ``(a.T @ b).T`` is ``b.T @ a``."""
    match expression:
        case Transposed(of):
            return of
        case Binary("@", left, right):
            return Binary("@", transposed(right), transposed(left))
    return Transposed(expression)


def _softmax(call: Call, d: Expression) -> Expression:
    share = Call("column", (Call("sum_K", (times(d, call),)),))
    return times(call, Binary("-", d, share))


def _cross_entropy(call: Call, d: Expression) -> Expression:
    logits, label = call.arguments
    error = Binary("-", Call("softmax", (logits,)), Call("one_hot", (label,)))
    return times(Call("column", (d,)), error)


_RULES: Mapping[str, Callable[[Call, Expression], Expression]] = {
    "exp": lambda call, d: times(d, call),
    "log": lambda call, d: Binary("/", d, call.arguments[0]),
    "sqrt": lambda call, d: Binary("/", d, times(Number(2), call)),
    "abs": lambda call, d: times(d, Call("sign", call.arguments)),
    "clip": lambda call, d: times(d, Call("within", call.arguments)),
    "identity": lambda _, d: d,
    "softmax": _softmax,
    "cross_entropy": _cross_entropy,
    "masked": lambda call, d: Call("masked", (d, call.arguments[1])),
    "sum_N": lambda _, d: d,
    "mean_N": lambda _, d: Binary("/", d, Name("N")),
    "sum_H": lambda _, d: Call("column", (d,)),
    "sum_K": lambda _, d: Call("column", (d,)),
}
"""For each function of one argument, and what else it is told: the gradient of that argument."""
