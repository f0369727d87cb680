"""Exercise 41, a right answer."""

import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    """One norm and one scale for the whole gradient."""
    norm = np.sqrt(sum((d**2).sum() for d in (d_U, d_W, d_a)))
    scale = max_norm / norm if norm > max_norm else 1
    return norm, scale * d_U, scale * d_W, scale * d_a
