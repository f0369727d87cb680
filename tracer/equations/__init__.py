"""The one list of quantities: name, equation, shape, kind and meaning of every number in a trace.

The kernels, the trace file, the screen, the grader and the docs all read this list; there is no
second one. It follows the article's and Goodfellow's letters and the gate order of PyTorch.

Each ``equation`` is the line of code that computes the quantity, so it can be read, printed with
numbers put in, and run: the tests evaluate every equation on the numbers of the textbook cells.
Equations are listed in the order in which a step computes them, which is also the order in which
two traces are compared.

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, chapter 10
(RNN: equations 10.8 to 10.11; LSTM: 10.40 to 10.44; backward: section 10.2.2).

Backward, ``d_q`` is the gradient of the loss with respect to q: how much the loss grows for each
unit that q grows. ``q_next`` in an equation is q of the step after.
"""

from __future__ import annotations

from tracer.equations.lstm import LSTM
from tracer.equations.output import (
    OF_A_SENTENCE,
    OUTPUT,
    OUTPUT_BACKWARD,
    OUTPUT_PARAMETERS,
    REDUCTION,
)
from tracer.equations.quantity import LEVELS, CellEquations, Kind, Parameter, Product, Quantity
from tracer.equations.rnn import RNN

__all__ = [
    "CELLS",
    "LEVELS",
    "LSTM",
    "OF_A_SENTENCE",
    "OUTPUT",
    "OUTPUT_BACKWARD",
    "OUTPUT_PARAMETERS",
    "REDUCTION",
    "RNN",
    "CellEquations",
    "Kind",
    "Parameter",
    "Product",
    "Quantity",
]

CELLS: dict[str, CellEquations] = {eq.name: eq for eq in (RNN, LSTM)}
"""Every kind of cell, by name; `tracer.cells.register` adds one."""
