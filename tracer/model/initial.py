"""The weights before training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tracer.cells.activations import Array
from tracer.cells.parameters import expected_shape
from tracer.equations import CELLS, OUTPUT_PARAMETERS
from tracer.errors import InputError


def initial_weights(
    cell: str,
    sizes: Mapping[str, int],
    *,
    initial: str,
    forget_bias: float,
    seed: int,
    dtype: str,
) -> dict[str, Array]:
    """Random U, W, a, V and b.

    Parameters
    ----------
    cell : str
        A name of `tracer.equations.CELLS`: ``"rnn"``, ``"lstm"``, or that of a registered cell.
    sizes : mapping
        D, H and K.
    initial : str
        ``"uniform"``: everything from -1/sqrt(H) to 1/sqrt(H), as PyTorch does.
        ``"orthogonal"``: each gate's block of W is a random rotation, so that a step neither
        stretches nor shrinks h (Saxe et al., ICLR 2014); U and V uniform by their number of inputs
        and outputs (Glorot and Bengio, AISTATS 2010); biases 0.
    forget_bias : float
        Added to the bias of the forget gate, so that it begins open (Gers et al. 2000;
        Jozefowicz et al., ICML 2015).
    seed : int

    Raises
    ------
    InputError
        If `forget_bias` is larger than any number of this dtype.
    """
    largest = float(np.finfo(dtype).max)
    if abs(forget_bias) > largest:
        raise InputError(
            f"the forget bias is {forget_bias:g}; the largest number of {dtype} is {largest:.2g}"
        )
    equations = CELLS[cell]
    rng = np.random.default_rng([seed, 0])
    H = sizes["H"]
    weights: dict[str, Array] = {}
    for p in (*equations.parameters, *OUTPUT_PARAMETERS):
        shape = expected_shape(p, sizes)
        if initial == "uniform":
            bound = H**-0.5
            weights[p.name] = rng.uniform(-bound, bound, shape)
        elif len(shape) == 1:
            weights[p.name] = np.zeros(shape)
        elif p.name == "W":
            blocks = [_rotation(rng, H) for _ in range(shape[0] // H)]
            weights[p.name] = np.concatenate(blocks)
        else:
            rows = H if p.name == "U" else shape[0]
            bound = (6 / (rows + shape[1])) ** 0.5
            weights[p.name] = rng.uniform(-bound, bound, shape)
    if equations.forget:
        block = equations.gates.index(equations.forget)
        weights["a"][block * H : (block + 1) * H] += forget_bias
    return {name: array.astype(dtype) for name, array in weights.items()}


def _rotation(rng: np.random.Generator, H: int) -> Array:
    """A random orthogonal matrix (H, H), every one equally likely."""
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    rotation: Array = Q * np.sign(np.diag(R))
    return rotation
