"""An equation as a line of a student's Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracer.corpus.style import Style
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


@dataclass
class Text:
    """Writes expressions in one style.

    Attributes
    ----------
    style : Style
    ranks : mapping
        How many axes each name has where it is read.
    batch : int
        The axis of the sentences: 0 in a step, 1 where all steps stand before it.
    called : callable
        What a name is called in the code.
    bodies : mapping
        Functions with another body: the name of the helper that has it.
    cell_functions : mapping
        What the cell calls its activations: ``{"f": "tanh", "df": "dtanh"}``.
    helpers : set of str
        Which helper functions were called.
    shape : callable
        The shape of a quantity, in the sizes.
    """

    style: Style
    ranks: Mapping[str, int]
    batch: int
    called: Callable[[str], str]
    bodies: Mapping[str, str] = field(default_factory=dict)
    cell_functions: Mapping[str, str] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    shape: Callable[[str], str] = str

    def of(self, expression: Expression) -> str:
        """The expression; with more brackets than Python needs, which go in the end."""
        return self._text(expression)

    def rank(self, node: Expression) -> int:
        """How many axes its value has."""
        match node:
            case Name(name):
                return self.ranks.get(name, 0)
            case Number():
                return 0
            case Call(function, (q,)) if function in _REDUCED:
                return self.rank(q) - 1
            case Call("sum" | "mean", _):
                return 0
            case Call("cross_entropy" | "at_end" | "mean_to_end", (q, _)):
                return self.rank(q) - 1
            case Call("one_hot" | "row" | "column", (q,)):
                return self.rank(q) + 1
        return max(map(self.rank, node.parts), default=0)

    def _text(self, node: Expression) -> str:
        match node:
            case Name(name):
                return f"({self.called(name)})"
            case Number(number):
                return repr(number)
            case Negative(of):
                return f"(-{self._text(of)})"
            case Transposed(of):
                return f"({self._text(of)}.T)"
            case Binary("@", left, right) if self.rank(left) == self.rank(right) == 2:
                return self._product(left, right)
            case Binary(sign, left, right):
                return f"({self._text(left)} {sign} {self._text(right)})"
            case Call():
                return self._call(node)
        raise AssertionError(node)

    def _product(self, left: Expression, right: Expression) -> str:
        a, b = self._text(left), self._text(right)
        match self.style.product:
            case "dot" if not self.style.torch:
                return f"np.dot({a}, {b})"
            case "einsum":
                first, one = ("ji", left.of) if isinstance(left, Transposed) else ("ij", left)
                second, two = ("kj", right.of) if isinstance(right, Transposed) else ("jk", right)
                what = f"{first},{second}->ik"
                return f"np.einsum({what!r}, {self._text(one)}, {self._text(two)})"
            case "loops" if not self.style.torch:
                self.helpers.add("product")
                return f"product({a}, {b})"
        return f"({a} @ {b})"

    def _call(self, node: Call) -> str:
        function = node.function
        if function in self.bodies:
            return f"{self.bodies[function]}({self._arguments(node)})"
        function = self.cell_functions.get(function, function)
        arguments = [self._text(part) for part in node.arguments]
        if function in _HELPED:
            name = _HELPED[function]
            self.helpers.add(name)
            return f"{name}({', '.join(arguments)})"
        if function in _PLAIN:
            return f"np.{_PLAIN[function]}({', '.join(arguments)})"
        if function.startswith("filled_"):
            return f"np.full({self.shape(function[7:])}, {arguments[0]})"
        q, *rest = arguments
        axis = {"N": self.batch, "H": -1, "K": -1, "T": 0}
        match function:
            case _ if function in _REDUCED:
                return f"{q}.{function[:-2]}(axis={axis[function[-1]]})"
            case "max_NK":
                return f"{q}.max(axis=(-2, -1), keepdims=True)"
            case "softmax_T" if not self.batch:
                raise InputError(f"'{node}' is not known in a single step")
            case "softmax_N" | "softmax_T":
                self.helpers.add("softmax")
                return f"softmax({q}, axis={axis[function[-1]]})"
            case "softmax_NK":
                self.helpers.add("softmax")
                return f"softmax({q}, axis=(-2, -1))"
            case "sum" | "mean":
                return f"{q}.{function}()"
            case "relu":
                return f"np.maximum({q}, 0)"
            case "clip":
                return f"np.clip({q}, -{rest[0]}, {rest[0]})"
            case "one_hot":
                return f"np.eye({self.called('K')}, dtype={self.called('dtype')})[{q}]"
            case "masked":
                counts = rest[0]
                if self.rank(node.arguments[0]) > self.rank(node.arguments[1]):
                    counts = f"{counts}[..., np.newaxis]"
                return f"np.where({counts}, {q}, 0)"
            case "beside" | "below":
                at = -1 if function == "beside" else 0
                return f"np.concatenate([{', '.join(arguments)}], axis={at})"
            case "columns":
                k = int(float(rest[0]))
                H = self.called("H")
                return f"{q}[..., {k} * {H}:{k + 1} * {H}]"
            case "first_columns":
                return f"{q}[..., :{rest[0]}]"
            case "last_columns":
                return f"{q}[..., {q}.shape[-1] - {rest[0]}:]"
            case "interleaved":
                self.helpers.add("interleaved")
                return f"interleaved({', '.join(arguments)})"
            case "of_last_step" | "of_first_step":
                at = -1 if function == "of_last_step" else 0
                return f"np.broadcast_to({q}[{at}], {q}.shape)"
            case "reversed_steps":
                return f"{q}[::-1]"
            case "earlier" | "later":
                self.helpers.add("shifted")
                return f"shifted({q}, {-1 if function == 'earlier' else 1})"
            case "row":
                return f"{q}[np.newaxis]"
            case "column":
                return f"{q}[..., np.newaxis]"
            case "transposed":
                return f"{q}.swapaxes(-1, -2)"
            case "exchanged_axes":
                return f"{q}.swapaxes(0, 1)"
            case "reshaped":
                return f"{q}.swapaxes(0, 1).reshape({q}.shape)"
        raise InputError(f"the corpus has no Python for the function '{function}' of '{node}'")

    def _arguments(self, node: Call) -> str:
        return ", ".join(self._text(part) for part in node.arguments)


_REDUCED = frozenset({"sum_N", "mean_N", "sum_H", "sum_K", "mean_K", "mean_H", "max_K"})
_PLAIN = {
    "tanh": "tanh", "exp": "exp", "log": "log", "sqrt": "sqrt", "abs": "abs",
    "min": "minimum", "max": "maximum", "zeros": "zeros_like", "ones": "ones_like",
    "squeeze": "squeeze",
}  # fmt: skip
_HELPED = {
    "σ": "sigmoid", "sigmoid": "sigmoid", "dσ": "slope_of_sigmoid",
    "dsigmoid": "slope_of_sigmoid", "dtanh": "slope_of_tanh", "drelu": "slope_of_relu",
    "softmax": "softmax", "cross_entropy": "losses",
    "at_end": "at_end", "mean_to_end": "mean_to_end",
}  # fmt: skip
