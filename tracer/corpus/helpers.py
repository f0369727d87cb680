"""The small functions beside the asked ones: σ, softmax, a product in loops."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tracer.corpus.style import Style

_SIGMOIDS: Mapping[str, str] = MappingProxyType(
    {
        "tanh": "    return (1 + np.tanh(z / 2)) / 2",
        "exp": "    return 1 / (1 + np.exp(-z))",
        "where": "    e = np.exp(-np.abs(z))\n    return np.where(z >= 0, 1, e) / (1 + e)",
    }
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "slope_of_sigmoid": "def slope_of_sigmoid(z):\n    s = sigmoid(z)\n    return s * (1 - s)",
        "slope_of_tanh": "def slope_of_tanh(z):\n    return 1 - np.tanh(z) ** 2",
        "slope_of_relu": "def slope_of_relu(z):\n    return np.where(z > 0, 1.0, 0.0)",
        "product": (
            "def product(A, B):\n"
            "    if A.shape[1] != B.shape[0]:\n"
            "        raise ValueError('these do not fit together')\n"
            "    C = np.zeros((A.shape[0], B.shape[1]), A.dtype)\n"
            "    for row in range(A.shape[0]):\n"
            "        for column in range(B.shape[1]):\n"
            "            for k in range(A.shape[1]):\n"
            "                C[row, column] += A[row, k] * B[k, column]\n"
            "    return C"
        ),
        "softmax": (
            "def softmax(q, axis=-1):\n"
            "    e = np.exp(q - q.max(axis=axis, keepdims=True))\n"
            "    return e / e.sum(axis=axis, keepdims=True)"
        ),
        "losses": (  # an exercise may ask for a function cross_entropy
            "def losses(scores, label):\n"
            "    s = scores - scores.max(axis=-1, keepdims=True)\n"
            "    right = np.take_along_axis(s, label[..., np.newaxis], axis=-1)[..., 0]\n"
            "    return np.log(np.exp(s).sum(axis=-1)) - right"
        ),
        "at_end": (
            "def at_end(q, lengths):\n"
            "    sentences = np.arange(q.shape[1])\n"
            "    ends = 0 * sentences + lengths\n"
            "    return q[ends - 1, sentences]"
        ),
        "mean_to_end": (
            "def mean_to_end(q, lengths):\n"
            "    means = [q[:end, n].mean(axis=0) for n, end in enumerate(lengths)]\n"
            "    return np.stack(means)"
        ),
        "interleaved": (
            "def interleaved(A, n):\n"
            "    return A.reshape(-1, n, *A.shape[1:]).swapaxes(0, 1).reshape(A.shape)"
        ),
        "put_back": (
            "def put_back(places, d):\n"
            "    found = np.empty_like(d)\n"
            "    found.ravel()[places.ravel()] = d.ravel()\n"
            "    return found"
        ),
        "shifted": (
            "def shifted(q, by):\n"
            "    moved = np.roll(q, by, axis=0)\n"
            "    edge = slice(0, by) if by > 0 else slice(by, None)\n"
            "    moved[edge] = q[edge]\n"
            "    return moved"
        ),
    }
)
"""Each by its name; `sigmoid` depends on the style."""

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType({"slope_of_sigmoid": ("sigmoid",)})

COMPILED = frozenset({"sigmoid", "slope_of_tanh", "product"})
"""Which of them Numba compiles as they stand."""


def source(name: str, style: Style) -> str:
    """The text of one helper function."""
    text = SOURCES.get(name) or f"def sigmoid(z):\n{_SIGMOIDS[style.sigmoid]}"
    if style.compiled and name in COMPILED:
        return f"@numba.njit\n{text}"
    if style.torch:
        return text.replace("q.max(", "q.amax(").replace("scores.max(", "scores.amax(")
    return text


def all_needed(names: set[str]) -> list[str]:
    """These and what they call, the called first."""
    found: dict[str, None] = {}
    for name in sorted(names):
        for needed in (*NEEDS.get(name, ()), name):
            found[needed] = None
    return list(found)
