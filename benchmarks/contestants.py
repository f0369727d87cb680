"""The same LSTM or RNN in every library: the same weights and inputs, h of every step comes out.

nn.LSTM, nn.RNN
    PyTorch's own layers, which return h of every step and keep no gate.
loop
    PyTorch with the same outputs as a trace: a step in Python that keeps i, f, g, o, c and h.
ONNX Runtime
    Its operator LSTM or RNN, which returns h of every step. It has none in float64.
TorchLens
    A module that is such a loop, with every operation logged.
NumPy
    `tracer.unroll` on the device ``"reference"``, the textbook's loop.
states, gates, all
    `tracer.unroll` at these levels.

What is not installed is left out; `missing` says how to get it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

import tracer
from tracer.cells.activations import Array

LEVELS = ("states", "gates", "all")
LAYERS = {"lstm": "nn.LSTM", "rnn": "nn.RNN"}
"""PyTorch's layer for each kind of cell."""

PEERS = {
    "PyTorch": ("torch",),
    "ONNX Runtime": ("onnx", "onnxruntime"),
    "TorchLens": ("torchlens",),
}
"""The modules that each needs."""

LOGGED = 1_000
"""TorchLens takes a tenth of a second a step: it runs where T·N·H is at most so much."""

LOOPED = 1_000_000
"""The same for the loop in NumPy, which in larger networks only shows the speed of NumPy's BLAS."""


class Size(NamedTuple):
    """Steps, sentences, inputs and units."""

    T: int
    N: int
    D: int
    H: int


class Contestant(NamedTuple):
    """One way to compute a network."""

    run: Callable[[], Any]
    result: Callable[[Any], Array]
    """What all must agree on, from what `run` gave: h (T, N, H), or d_U after a way back."""


def missing() -> list[str]:
    """A line for each peer that is not installed."""
    return [
        f"{peer} is left out: `make bench` installs it, or: "
        f"pip install {' '.join(modules)} (dependency group `bench`)"
        for peer, modules in PEERS.items()
        if not all(find_spec(module) for module in modules)
    ]


def inference() -> AbstractContextManager[Any]:
    """Where PyTorch keeps nothing for a way back: its quickest way forward."""
    if not find_spec("torch"):
        return nullcontext()
    import torch

    mode: AbstractContextManager[Any] = torch.inference_mode()
    return mode


def forward(kind: str, dtype: str, size: Size) -> dict[str, Contestant]:
    """Everybody's way forward, by name; to be run in `inference()`."""
    cell, x = network(kind, dtype, size)
    found = {}
    if find_spec("torch"):
        import torch

        layer, rows = torch_layer(cell), torch.from_numpy(x)
        loop = loop_module(layer)
        found[LAYERS[kind]] = Contestant(lambda: layer(rows)[0], _numpy)
        found["loop"] = Contestant(lambda: loop(rows), lambda kept: _numpy(kept[-1]))
        if find_spec("torchlens") and dtype == "float32" and size.T * size.N * size.H <= LOGGED:
            import torchlens

            found["TorchLens"] = Contestant(
                lambda: torchlens.trace(loop, rows),
                lambda log: _numpy(log[log.output_layers[-1]].out),
            )
    if find_spec("onnx") and find_spec("onnxruntime") and dtype == "float32":
        session = onnx_session(cell, size)
        found["ONNX Runtime"] = Contestant(
            lambda: session.run(None, {"X": x}), lambda outputs: outputs[0][:, 0]
        )
    if size.T * size.N * size.H <= LOOPED:
        found["NumPy"] = Contestant(
            lambda: tracer.unroll(cell, x, level="gates", device="reference"), _h
        )
    for level in LEVELS:
        found[level] = Contestant(partial(tracer.unroll, cell, x, level=level), _h)
    return found


def backward(kind: str, dtype: str, size: Size) -> dict[str, Contestant]:
    """Forward and backward: ours records everything, autograd what it needs."""
    cell, x = network(kind, dtype, size)
    d_h = np.random.default_rng(1).normal(size=(size.T, size.N, size.H)).astype(dtype)
    found = {}
    if find_spec("torch"):
        import torch

        layer, rows = torch_layer(cell), torch.from_numpy(x).requires_grad_()
        above = torch.from_numpy(d_h)

        def autograd() -> torch.Tensor:
            layer.zero_grad()
            rows.grad = None
            layer(rows)[0].backward(above)
            return layer.weight_ih_l0.grad

        found[LAYERS[kind]] = Contestant(autograd, _numpy)
    found["all"] = Contestant(
        lambda: tracer.backprop(tracer.unroll(cell, x), d_h), lambda trace: np.asarray(trace["d_U"])
    )
    return found


def network(kind: str, dtype: str, size: Size) -> tuple[Any, Array]:
    """Our cell, drawn as PyTorch draws one, and x (T, N, D)."""
    random, (T, N, D, H) = np.random.default_rng(0), size
    make, gates = {"lstm": (tracer.LSTMCell, 4), "rnn": (tracer.RNNCell, 1)}[kind]
    shapes = (gates * H, D), (gates * H, H), (gates * H,)
    weights = (random.uniform(-1, 1, shape).astype(dtype) / H**0.5 for shape in shapes)
    cell = make(*(weight.astype(dtype) for weight in weights))
    return cell, random.normal(size=(T, N, D)).astype(dtype)


def torch_layer(cell: Any) -> Any:
    """PyTorch's layer with the weights of our cell; of its two biases one is zero."""
    import torch

    make = torch.nn.LSTM if isinstance(cell, tracer.LSTMCell) else torch.nn.RNN
    layer = make(cell.U.shape[1], cell.W.shape[1]).to(getattr(torch, cell.U.dtype.name))
    with torch.no_grad():
        for name, weight in (("weight_ih_l0", cell.U), ("weight_hh_l0", cell.W),
                             ("bias_ih_l0", cell.a), ("bias_hh_l0", 0 * cell.a)):  # fmt: skip
            getattr(layer, name).copy_(torch.tensor(weight))
    return layer


def loop_module(layer: Any) -> Any:
    """Every gate of every step, as a PyTorch user writes it: i f g o c h, or only h; (T, N, H)."""
    import torch

    class Loop(torch.nn.Module):  # type: ignore[misc]
        """A step in Python."""

        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
            U, W = self.layer.weight_ih_l0, self.layer.weight_hh_l0
            bias = self.layer.bias_ih_l0 + self.layer.bias_hh_l0
            h = c = torch.zeros(x.shape[1], W.shape[1], dtype=x.dtype)
            steps = []
            for x_t in x:
                z = torch.addmm(bias, x_t, U.T) + h @ W.T
                if len(W) == W.shape[1]:  # an RNN
                    h = torch.tanh(z)
                    steps.append((h,))
                    continue
                i, f, g, o = z.chunk(4, dim=1)
                i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
                c = f * c + i * g
                h = o * torch.tanh(c)
                steps.append((i, f, g, o, c, h))
            return [torch.stack(each) for each in zip(*steps, strict=True)]

    return Loop()


def onnx_session(cell: Any, size: Size) -> Any:
    """A model of one operator. Its gates stand in the order i, o, f, g, and it has two biases."""
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    T, N, D, H = size
    order = (0, 3, 1, 2) if len(cell.W) == 4 * H else (0,)

    def ordered(weight: Array) -> Array:
        blocks = weight.reshape(-1, H, *weight.shape[1:])
        return np.concatenate([blocks[block] for block in order])[np.newaxis]

    a = ordered(cell.a)
    weights = {"W": ordered(cell.U), "R": ordered(cell.W), "B": np.concatenate([a, 0 * a], axis=1)}
    kind = "LSTM" if len(order) == 4 else "RNN"
    graph = helper.make_graph(
        [helper.make_node(kind, ["X", *weights], ["Y"], hidden_size=H)],
        kind,
        [helper.make_tensor_value_info("X", onnx.TensorProto.FLOAT, [T, N, D])],
        [helper.make_tensor_value_info("Y", onnx.TensorProto.FLOAT, [T, 1, N, H])],
        [numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _threads() -> int:
    """As many as tracer's kernels may use."""
    import numba

    return int(numba.config.NUMBA_NUM_THREADS)


def _numpy(tensor: Any) -> Array:
    numbers: Array = tensor.detach().numpy()
    return numbers


def _h(trace: tracer.Trace) -> Array:
    return np.asarray(trace["h"])
