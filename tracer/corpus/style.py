"""How a student might write the same equations: the choices, one by one, and some usual bundles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

Product: TypeAlias = Literal["@", "dot", "einsum", "loops"]
Sigmoid: TypeAlias = Literal["tanh", "exp", "where"]


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing.

    Attributes
    ----------
    product : str
        How a matrix product is written: ``x @ U.T``, `np.dot`, `np.einsum`, or loops.
    together : bool
        One product for all gates, whose result is split; else one for each gate.
    gates : str
        ``"variables"``, or ``"dict"``: what a step computes is kept in a dict.
    sigmoid : str
        Its formula: by tanh, the plain one, or one that chooses by the sign.
    own_slopes : bool
        ``i * (1 - i)`` for the slope of what has been through σ already.
    inline : bool
        What is read once is written where it is read.
    accumulate : bool
        A sum is added up in an array of one's own, ``z += …``.
    renamed : bool
        Variables have names of the student's own.
    shuffled : int
        In which order independent lines stand; 0 as in the list.
    two_biases : bool
        The bias is taken apart, and both parts are added.
    kept : str
        Where the values of the steps are kept: in ``"lists"``, or in ``"arrays"`` made before.
    back : str
        What comes back: ``"arrays"``, ``"lists"``, or arrays in ``"fortran"`` order.
    float32 : bool
        Everything is computed in single precision.
    compiled : bool
        The helper functions are compiled by Numba.
    torch : bool
        PyTorch's tensors in the place of NumPy's arrays.
    """

    product: Product = "@"
    together: bool = False
    gates: Literal["variables", "dict"] = "variables"
    sigmoid: Sigmoid = "tanh"
    own_slopes: bool = False
    inline: bool = True
    accumulate: bool = False
    renamed: bool = False
    shuffled: int = 0
    two_biases: bool = False
    kept: Literal["lists", "arrays"] = "lists"
    back: Literal["arrays", "lists", "fortran"] = "arrays"
    float32: bool = False
    compiled: bool = False
    torch: bool = False

    def __str__(self) -> str:
        plain = Style()
        return (
            ", ".join(
                f"{name}={getattr(self, name)}"
                for name in self.__slots__
                if getattr(self, name) != getattr(plain, name)
            )
            or "plain"
        )


USUAL = (
    Style(),
    Style(together=True, own_slopes=True),
    Style(product="einsum", inline=False, gates="dict"),
    Style(product="loops", sigmoid="where", kept="arrays"),
    Style(together=True, accumulate=True, renamed=True, kept="arrays", own_slopes=True),
    Style(product="dot", two_biases=True, shuffled=1, back="lists"),
    Style(inline=False, shuffled=2, renamed=True, back="fortran"),
    Style(together=True, float32=True),
)
"""One of each kind."""


def drawn(seed: int) -> Style:
    """Any mixture; the same seed gives the same one."""
    generator = np.random.default_rng(seed)

    def one_in(many: int) -> bool:
        return int(generator.integers(many)) == 0

    products: tuple[Product, ...] = ("@", "@", "dot", "einsum", "loops")
    sigmoids: tuple[Sigmoid, ...] = ("tanh", "tanh", "where")
    return Style(
        product=products[int(generator.integers(len(products)))],
        together=one_in(2),
        gates="dict" if one_in(3) else "variables",
        sigmoid=sigmoids[int(generator.integers(len(sigmoids)))],
        own_slopes=one_in(2),
        inline=not one_in(3),
        accumulate=one_in(3),
        renamed=one_in(3),
        shuffled=int(generator.integers(5)),
        two_biases=one_in(5),
        kept="arrays" if one_in(2) else "lists",
        back="lists" if one_in(5) else "fortran" if one_in(5) else "arrays",
        float32=one_in(12),
    )
