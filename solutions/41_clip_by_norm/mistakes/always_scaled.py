# fails: short enough; first at: quantity clipped_d_U
import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    norm = np.sqrt(np.sum(d_U**2) + np.sum(d_W**2) + np.sum(d_a**2))
    scale = max_norm / norm if norm > 0 else 1.0  # short gradients are made longer
    return norm, d_U * scale, d_W * scale, d_a * scale
