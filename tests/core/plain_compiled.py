"""The compiled step of a cell with no option: the RNN's, with tanh; see `test_compiled_cells`."""

from __future__ import annotations

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import packed, packed_columns
from tracer.kernels.cpu.rnn import BACKWARD, FORWARD, Weights, step, step_back
from tracer.kernels.cpu.squeezing import TANH

__all__ = ["BACKWARD", "FORWARD", "Weights", "backward_weights", "forward_weights", "step",
           "step_back"]  # fmt: skip


@compiled
def forward_weights(W: Array, a: Array, options: Places) -> Weights:  # noqa: ARG001 - it has none
    """For `step`."""
    return Weights(packed(W), a.reshape((1, a.size)), TANH)


@compiled
def backward_weights(W: Array, a: Array, options: Places) -> Weights:  # noqa: ARG001 - it has none
    """For `step_back`."""
    return Weights(packed_columns(W), a.reshape((1, a.size)), TANH)
