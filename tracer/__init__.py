"""See every number of every step of an RNN or LSTM.

Read the package in this order; each module needs only those above it.

1. ``errors``, ``language``    what can go wrong; sentences in the reader's language
2. ``equations``              the one list of quantities: name, equation, shape, meaning
3. ``cells``                  the textbook: one step forward and backward in plain NumPy
4. ``kernels``                the same equations over a whole batch of sentences, fast
5. ``files``, ``layertrace``, ``trace``, ``tracefile``, ``unrolling``, ``backpropagation``
                              from a cell to a trace, forward and backward; how it is stored
6. ``text``, ``tasks``        from words to numbers; which outputs count
7. ``model``                  encoder + layers + head: a sentence in, a trace out
8. ``explaining``, ``alike``, ``comparing``, ``targets``, ``gradientflow``
                              where two traces first part ways; how far back a loss is felt
9. ``training``               from labelled sentences to a model
10. ``grading``               exercises: discover, run, judge
11. ``view``, ``cli``         draws traces and reports; one file a verb

>>> import tracer
>>> trace = tracer.Model.load("lstm-classify").trace("you are a really bad man")
>>> trace["f"].shape  # the forget switch: (steps, sentences, units)
(6, 1, 8)

The names below are loaded when they are first used, so ``import tracer`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Divergence",
    "FileError",
    "Head",
    "InputError",
    "LSTMCell",
    "Layer",
    "Model",
    "RNNCell",
    "Trace",
    "TracerError",
    "UnknownNameError",
    "backprop",
    "compare",
    "open",
    "unroll",
]

if TYPE_CHECKING:
    from tracer.backpropagation import backprop
    from tracer.cells import LSTMCell, RNNCell
    from tracer.comparing import Divergence, compare
    from tracer.errors import FileError, InputError, TracerError, UnknownNameError
    from tracer.model import Layer, Model
    from tracer.trace import Head, Trace
    from tracer.tracefile import open_trace as open  # noqa: A004 - read as tracer.open
    from tracer.unrolling import unroll
else:
    _HOMES = {
        "tracer.backpropagation": ("backprop",),
        "tracer.cells": ("LSTMCell", "RNNCell"),
        "tracer.comparing": ("Divergence", "compare"),
        "tracer.errors": ("FileError", "InputError", "TracerError", "UnknownNameError"),
        "tracer.model": ("Layer", "Model"),
        "tracer.trace": ("Head", "Trace"),
        "tracer.tracefile": ("open_trace",),
        "tracer.unrolling": ("unroll",),
    }
    _HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

    # Hidden from type checkers, for which any name of a module with __getattr__ exists.
    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module 'tracer' has no attribute '{name}'")
        inside = "open_trace" if name == "open" else name
        value = getattr(import_module(_HOME_OF[inside]), inside)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
