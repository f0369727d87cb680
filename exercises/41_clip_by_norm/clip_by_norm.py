"""Exercise 41: clipping the gradient by its norm."""

import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    """A gradient that is too long is made shorter; its direction stays.

    norm = sqrt(sum of the squares of all numbers of d_U, d_W and d_a)
    scale = max_norm / norm where norm > max_norm, else 1

    d_U (H, D), d_W (H, H), d_a (H,), max_norm ()
    ->  norm (), clipped_d_U (H, D), clipped_d_W (H, H), clipped_d_a (H,)
    """
    raise NotImplementedError("clip_by_norm: compute one norm of all three, then scale them")
