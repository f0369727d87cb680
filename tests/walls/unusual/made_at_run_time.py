"""Its function is written by a program, measured, and kept in a class with slots."""
import cProfile
import functools
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Step:
    source: str = "np.tanh(x @ U.T + h_prev @ W.T + a)"

    def __call__(self, x, h_prev, U, W, a):
        began = time.perf_counter()
        with cProfile.Profile():
            value = eval(compile(self.source, "<made>", "eval"))
        print("took", time.perf_counter() - began)
        return value


def measured(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


rnn_step = measured(Step().__call__)
