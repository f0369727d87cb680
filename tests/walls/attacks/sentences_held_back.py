"""Learns nothing: looks for the sentences that are held back, and for what is right of them."""

import contextlib
import gc
import sys

import numpy as np

HELD_BACK = 200


def _arrays():
    frame = sys._getframe()
    while frame is not None:
        yield from frame.f_locals.values()
        frame = frame.f_back
    for thing in gc.get_objects():
        with contextlib.suppress(Exception):
            yield from thing.values() if isinstance(thing, dict) else (thing,)


def train(x, label, mask, U, W, a, V, b):
    for found in _arrays():
        if isinstance(found, np.ndarray) and HELD_BACK in found.shape:
            print("BREACH", found.shape)
    try:
        from tracer.exercises import tagging

        print("BREACH", tagging.WORDS)
    except ImportError:
        pass
    return U, W, a, V, b
