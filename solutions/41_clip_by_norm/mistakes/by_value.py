# fails: too long, float32, called twice, inputs kept; first at: quantity clipped_d_U
import numpy as np


def clip_by_norm(d_U, d_W, d_a, max_norm):
    norm = np.sqrt((d_U**2).sum() + (d_W**2).sum() + (d_a**2).sum())
    # each number is cut for itself, which turns the gradient into another direction
    return (norm, *(np.clip(d, -max_norm, max_norm) for d in (d_U, d_W, d_a)))
