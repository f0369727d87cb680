# fails: too long, short enough, float32, called twice, inputs kept; first at: quantity norm
import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    norm = 0.0
    for d in (d_U, d_W, d_a):
        norm += np.sum(np.square(d))  # the square of the norm
    scale = 1.0
    if norm > max_norm:
        scale = max_norm / norm
    return norm, d_U * scale, d_W * scale, d_a * scale
