# fails: inputs kept; first at: input d_U
import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    norm = np.sqrt(sum(np.sum(d**2) for d in (d_U, d_W, d_a)))
    if norm > max_norm:
        for d in (d_U, d_W, d_a):
            d *= max_norm / norm  # as libraries do, but these arrays are the caller's
    return norm, d_U, d_W, d_a
