"""See every number of every step of an RNN or LSTM.

Read the package in this order; each room needs only those above it.

1. ``errors``, ``language``   what can go wrong; sentences in the reader's language
2. ``storage``                files that are written whole or not at all
3. ``equations``              the one list of quantities: name, equation, shape, meaning
4. ``cells``                  the textbook: one step forward and backward in plain NumPy
5. ``kernels``                the same equations over a whole batch of sentences, fast
6. ``text``                   from words to numbers
7. ``trace``                  from a cell to a trace, forward and backward; kept in a file, compared
8. ``model``                  encoder + cell + head: a sentence in, a trace out
9. ``data``, ``training``     from labelled sentences to a model
10. ``program``               the list's equations as lines that run, and that can be edited
11. ``exercises``, ``sandbox``, ``grading``, ``course``
                              what is asked, where an answer runs, what is right, a student's folder
12. ``view``, ``cli``         draws traces and reports; one file a verb
13. ``live``                  checks functions that are there already, in a notebook or a script

>>> import tracer
>>> trace = tracer.Model.shipped("lstm-classify").trace("you are a really bad man")
>>> trace["f"].shape  # the forget gate: (steps, sentences, units)
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
    "check",
    "compare",
    "open",
    "save",
    "unroll",
    "use_earlier",
]

if TYPE_CHECKING:
    from tracer.cells import LSTMCell, RNNCell
    from tracer.errors import FileError, InputError, TracerError, UnknownNameError
    from tracer.live.checking import check
    from tracer.live.importing import use_earlier
    from tracer.model.model import Layer, Model
    from tracer.trace.backprop import backprop
    from tracer.trace.compare import compare
    from tracer.trace.differing import Divergence
    from tracer.trace.file import open_trace as open  # noqa: A004 - read as tracer.open
    from tracer.trace.file import save_trace as save
    from tracer.trace.trace import Head, Trace
    from tracer.trace.unroll import unroll
else:
    _HOMES = {
        "tracer.cells": ("LSTMCell", "RNNCell"),
        "tracer.errors": ("FileError", "InputError", "TracerError", "UnknownNameError"),
        "tracer.live.checking": ("check",),
        "tracer.live.importing": ("use_earlier",),
        "tracer.model.model": ("Layer", "Model"),
        "tracer.trace.backprop": ("backprop",),
        "tracer.trace.compare": ("compare",),
        "tracer.trace.differing": ("Divergence",),
        "tracer.trace.file": ("open_trace", "save_trace"),
        "tracer.trace.trace": ("Head", "Trace"),
        "tracer.trace.unroll": ("unroll",),
    }
    _HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

    # Hidden from type checkers, for which any name of a module with __getattr__ exists.
    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module 'tracer' has no attribute '{name}'")
        inside = {"open": "open_trace", "save": "save_trace"}.get(name, name)
        value = getattr(import_module(_HOME_OF[inside]), inside)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
