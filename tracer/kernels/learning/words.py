"""What training computes once for each word, however often a batch says it.

``U x`` is the same wherever a word stands, and the gradients of all its places add up before they
go back through U.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import outer_total, packed, packed_columns, product
from tracer.kernels.learning.head import Numbers


@compiled
def distinct(words: Numbers, vocabulary: int) -> tuple[Numbers, Numbers]:
    """The different words in order of appearance, and for each step (S,) which one it reads."""
    place = np.empty(vocabulary, words.dtype)
    for word in range(vocabulary):
        place[word] = -1
    which, found = np.empty_like(words), np.empty_like(words)
    count = 0
    for s in range(words.size):
        word = words[s]
        if place[word] < 0:
            place[word] = count
            found[count] = word
            count += 1
        which[s] = place[word]
    return found[:count], which


@compiled
def rows_of(E: Array, words: Numbers) -> Array:
    """``x = E[word]`` for each of the words."""
    x = np.empty((words.size, E.shape[1]), E.dtype)
    for w in range(words.size):
        word = words[w]
        for j in range(x.shape[1]):
            x[w, j] = E[word, j]
    return x


@compiled
def from_words(x: Array, U: Array) -> Array:
    """``U x``, the part of z that comes from the word, for each of the rows of x."""
    z = np.empty((len(x), len(U)), x.dtype)
    product(x, packed(U), z)
    return z


@compiled
def back_to_words(
    d_z: Array, which: Numbers, words: Numbers, x: Array, U: Array,
    d_E: Array, d_U: Array, d_a: Array,
) -> None:  # fmt: skip
    """Add to d_E, d_U and d_a what the gradients d_z of all steps say; d_E may have no rows."""
    d_words = np.zeros((len(x), d_z.shape[1]), d_z.dtype)
    for s in range(which.size):
        w = which[s]
        for j in range(d_a.size):
            d_words[w, j] += d_z[s, j]
    for w in range(len(d_words)):
        for j in range(d_a.size):
            d_a[j] += d_words[w, j]
    outer_total(d_words, x, d_U, BEGIN, len(d_U))
    if len(d_E) > 0:
        d_x = np.empty_like(x)
        product(d_words, packed_columns(U), d_x)
        for w in range(words.size):
            word = words[w]
            for j in range(d_x.shape[1]):
                d_E[word, j] += d_x[w, j]
