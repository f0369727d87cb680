# fails: too long, float32, called twice, inputs kept; first at: quantity clipped_d_U
import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    clipped = []
    for d in (d_U, d_W, d_a):
        norm = np.linalg.norm(d)  # three arrows, each of which may be max_norm long
        clipped.append(d * max_norm / norm if norm > max_norm else d)
    total = np.sqrt(sum(np.sum(d * d) for d in (d_U, d_W, d_a)))
    return total, *clipped
