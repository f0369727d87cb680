"""Whether the weights of a run fit into this machine's memory, asked before they are made."""

from __future__ import annotations

from tracer.cells.parameters import expected_shape
from tracer.equations import CELLS, OUTPUT_PARAMETERS
from tracer.errors import InputError
from tracer.kernels.learning.batch import room_size
from tracer.kernels.memory import GB, missing
from tracer.language import _
from tracer.training.recipe import Recipe

COPIES = 5
"""The weights, their gradients, two moments of the optimiser, and the best weights so far."""


def check_room(recipe: Recipe, words: int, labels: int, steps: int, sentences: int) -> None:
    """Raise an `InputError` if the run needs more memory than this machine has free.

    A batch has at most so many sentences, and so many steps in all.
    """
    rows = {"embedding": recipe.embedding, "one-hot": words, "codes": 8}[recipe.encoder]
    sizes = {"D": rows, "H": recipe.units, "K": labels}
    count = words * rows
    for parameter in (*CELLS[recipe.cell].parameters, *OUTPUT_PARAMETERS):
        size = 1
        for axis in expected_shape(parameter, sizes):
            size *= axis
        count += size
    size = 8 if recipe.dtype == "float64" else 4
    needed = count * (COPIES * size + 8)  # the first weights are made in float64
    needed += room_size(recipe.cell, recipe.units, steps, sentences) * size
    if free := missing(needed):
        raise too_large(recipe, words, needed, free)


def too_large(recipe: Recipe, words: int, needed: int = 0, free: int = 0) -> InputError:
    """The error for a network that does not fit; names what makes it large."""
    size = ""
    if needed:
        size = _(" ({needed:,.1f} GB are needed, and {free:,.1f} GB are free)").format(
            needed=needed / GB, free=free / GB
        )
    said = _(
        "a network with {units:,} units, {embedding:,} numbers per word ({encoder}) and "
        "{words:,} words does not fit into memory{size}; try fewer units "
        "(--units) or smaller batches (--batch-size)"
    ).format(
        units=recipe.units,
        embedding=words if recipe.encoder == "one-hot" else recipe.embedding,
        encoder=recipe.encoder,
        words=words,
        size=size,
    )
    return InputError(said)
