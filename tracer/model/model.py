"""A whole network: words become numbers, layers of cells run over them, a head reads the result."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.cells.output import cross_entropy, d_cross_entropy, softmax
from tracer.cells.parameters import as_array, check_shape
from tracer.equations import OUTPUT_PARAMETERS
from tracer.equations.tasks import TASKS
from tracer.errors import InputError, UnknownNameError
from tracer.kernels.device import device as device_named
from tracer.kernels.device import device_for
from tracer.model.file import path_of, read_model, shipped_names, shipped_path, write_model
from tracer.model.generate import continued
from tracer.storage.arrayfile import damage
from tracer.text.encoder import Encoder
from tracer.trace.backprop import backprop
from tracer.trace.room import check_room
from tracer.trace.target import counted, target_of
from tracer.trace.trace import Head, Trace
from tracer.trace.unroll import unroll
from tracer.trace.whole import as_whole, written


class Layer(NamedTuple):
    """One cell, and the direction in which it reads the sentence."""

    cell: Cell
    direction: str = "forward"


@dataclass(frozen=True, eq=False)
class Model:
    """Encoder + layers + head, and the task they were trained for.

    Parameters
    ----------
    encoder : Encoder
        Words to numbers x (T, D).
    layers : tuple of Layer
        One forward layer for now.
    head : Head
        ``logits = V h + b``: V (K, H), b (K,).
    task : str
        ``"tag"``, ``"classify"`` or ``"generate"``.
    labels : tuple of str
        The name of each of the K classes. For ``generate`` they are the words it can say, and
        ``<end>``.
    name : str
        What screens call it.
    notes : mapping
        Free text about how it was made, kept in its file.

    Raises
    ------
    InputError, UnknownNameError
        If the parts do not fit together.
    """

    encoder: Encoder
    layers: tuple[Layer, ...]
    head: Head
    task: str
    labels: tuple[str, ...]
    name: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise UnknownNameError("task", self.task, TASKS)
        if len(self.layers) != 1 or self.layers[0].direction != "forward":
            raise InputError(
                "a model has one forward layer for now; this one has "
                + (", ".join(layer.direction for layer in self.layers) or "none")
            )
        head = Head(as_array("V", self.head[0]), as_array("b", self.head[1]))
        object.__setattr__(self, "head", head)
        sizes = {"H": self.cell.W.shape[1], "K": len(self.labels)}
        for parameter, array in zip(OUTPUT_PARAMETERS, head, strict=True):
            check_shape("a model", parameter, array, sizes)
        if self.encoder.table.shape[1] != self.cell.U.shape[1]:
            raise InputError(
                f"the encoder has {self.encoder.table.shape[1]} numbers per word; "
                f"U has shape {self.cell.U.shape} and needs D={self.cell.U.shape[1]}"
            )
        dtypes = {"encoder": self.encoder.table.dtype, "V": head.V.dtype, "b": head.b.dtype}
        for part, dtype in dtypes.items():
            if dtype != self.cell.W.dtype:
                raise InputError(
                    f"{part} has dtype {dtype} and the cell {self.cell.W.dtype}; "
                    f"give all parts of a model the same one"
                )

    def __repr__(self) -> str:
        """Its name, task and sizes; the weights themselves are in encoder, cell and head."""
        labels = ", ".join(self.labels[:4]) + (", …" if len(self.labels) > 4 else "")
        return (
            f"<Model {self.name!r}: {self.cell.equations.title} to {self.task} ({labels}), "
            f"{len(self.encoder.vocabulary)} words, D={self.encoder.D}, H={self.cell.W.shape[1]}, "
            f"K={len(self.labels)}, {self.cell.W.dtype}>"
        )

    @property
    def cell(self) -> Cell:
        """The last layer's cell."""
        return self.layers[-1].cell

    # -- running ---------------------------------------------------------------------------------

    def trace(
        self,
        sentence: str | Sequence[str],
        *,
        target: Any = None,
        device: str = "cpu",
        level: str = "all",
        steps: int | None = None,
        backward: bool = False,
        per_step: bool = False,
        window: int | None = None,
        averaged_over: int | None = None,
    ) -> Trace:
        """Run the network over a sentence and record every number.

        Parameters
        ----------
        sentence : str or sequence of str
            Several sentences make a batch of sequences of different lengths.
        target : str, or list of str
            The right label (classify), or one for each word (tag, generate); with several
            sentences a list of these. It gives the trace its ``loss``. For ``generate`` the target
            of a word is the next one, and the sentence is not continued.
        device, level : str
            As in `tracer.unroll`.
        steps : int
            For ``generate`` without a target: go on until there are this many words (default 20),
            those given included, or until it says ``<end>``.

        backward : bool
            Also run backward from the loss, and record the gradient of every quantity; needs a
            target. The loss is summed over steps and averaged over the sentences.
        per_step, window : bool, int
            As in `tracer.backprop`; for the gradients of V and b too.
        averaged_over : int
            The number of sentences that the loss is a mean over, where these are part of a larger
            batch; by default as many as came.

        Returns
        -------
        Trace
            With ``logits``, ``probs`` and, given a target, ``loss``, after every word; with
            `backward` also every ``d_*``.

        Raises
        ------
        InputError, UnknownNameError
            If a sentence has no words, a target does not fit it, or the numbers would not fit into
            this machine's memory: every sentence takes the room of the longest.
        """
        if backward and target is None:
            raise InputError("running backward needs a target: there is no loss without one")
        device = device_for(self.cell, device)
        sentences = [sentence] if isinstance(sentence, str) else _listed(sentence)
        if not sentences:
            raise InputError("no sentence was given; expected at least one")
        if averaged_over is not None:
            averaged_over, given_number = as_whole(averaged_over), averaged_over
            if averaged_over is None or averaged_over < len(sentences):
                raise InputError(
                    f"averaged_over is {written(given_number)}; expected a whole number of "
                    f"sentences, at least the {len(sentences)} of this batch"
                )
        words = [self.encoder.split(one) for one in sentences]
        given: tuple[int, ...] = ()
        if self.task == "generate":
            if target is None:  # with a target the words are given, and nothing is made up
                given = tuple(map(len, words))
                most = 20 if steps is None else steps
                words = [continued(self, one, device, most) for one in words]
        elif steps is not None:
            raise InputError(
                f"steps is for the task 'generate'; the task of this model is '{self.task}'"
            )
        lengths = np.array([len(one) for one in words])
        T = int(lengths.max())
        check_room(
            self.cell, T, len(words), level,
            outputs=len(self.labels), backward=backward, per_step=per_step,
        )  # fmt: skip
        x = np.zeros((T, len(words), self.encoder.table.shape[1]), self.encoder.table.dtype)
        for n, one in enumerate(words):
            x[: len(one), n] = self.encoder.encode(one)
        trace = unroll(self.cell, x, lengths=lengths, device=device, level=level)
        real = (np.arange(T)[:, np.newaxis] < lengths)[..., np.newaxis]
        logits = np.where(real, self.logits(trace["h"], device), 0).astype(x.dtype)
        outputs = {"logits": logits, "probs": np.where(real, softmax(logits), 0).astype(x.dtype)}
        if target is not None:
            wanted = [target] if isinstance(sentence, str) else _listed(target)
            target = target_of(self.task, wanted, self.labels, lengths, T)
            outputs["loss"] = cross_entropy(logits, target)
        trace = replace(
            trace,
            outputs=outputs,
            tokens=tuple(words),
            given=given,
            unknown=tuple(
                frozenset(np.flatnonzero(self.encoder.ids(one) == 0).tolist()) for one in words
            ),
            labels=self.labels,
            task=self.task,
            model_name=self.name or None,
            head=self.head,
            target=target,
            counted=counted(self.task, lengths, T),
            averaged_over=averaged_over,
        )
        return self._backward(trace, device, window, per_step=per_step) if backward else trace

    def _backward(self, trace: Trace, device: str, window: int | None, *, per_step: bool) -> Trace:
        """The trace with the gradients of the head and of everything before it."""
        assert trace.target is not None
        module = device_named(device)
        d_logits = d_cross_entropy(trace["probs"], trace.target, trace.averaged_over)
        d_head = {"d_logits": d_logits}
        for each in (False, True) if per_step else (False,):
            suffix = "_per_step" if each else ""
            d_head[f"d_V{suffix}"] = module.outer(d_logits, trace["h"], per_step=each)
            d_head[f"d_b{suffix}"] = d_logits.sum(axis=1 if each else (0, 1))
        d_h = module.project(d_logits, self.head.V.T)
        back = backprop(trace, d_h, window=window, per_step=per_step, device=device)
        return replace(back, outputs={**back.outputs, **d_head})

    def logits(self, h: Array, device: str) -> Array:
        """``V h + b`` for h (T, N, H), as (T, N, K)."""
        return device_named(device).project(h, self.head.V) + self.head.b

    # -- files -----------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a safetensors file, whole or not at all."""
        write_model(self, path)

    @staticmethod
    def names() -> tuple[str, ...]:
        """The models that come with tracer, by the names that `load` takes."""
        return shipped_names()

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Model:
        """A model that comes with tracer, by its name, or one from a file that `save` wrote.

        Raises
        ------
        FileError
            If the file is missing, truncated, foreign, or made by a newer tracer.
        InputError
            If `name` is that of a model that comes with tracer, and ``name.safetensors`` is a file
            here: ask for the file by its whole name, or for the other one with `shipped`.
        UnknownNameError
            If it is neither a path of a file nor one of `names`.
        """
        return cls._read(path_of(name))

    @classmethod
    def shipped(cls, name: str) -> Model:
        """The model of that name that comes with tracer, whatever files are here.

        Raises
        ------
        UnknownNameError
            If it is not one of `names`.
        """
        return cls._read(shipped_path(name))

    @classmethod
    def _read(cls, path: Path) -> Model:
        parts, layers = read_model(path)
        with damage(path):
            return cls(layers=tuple(Layer(*layer) for layer in layers), **parts)


def _listed(given: Any) -> list[Any]:
    """A list of sentences or of targets, or an `InputError`."""
    try:
        return list(given)
    except TypeError:
        raise InputError(f"expected a text or a list of texts; got {given!r}") from None
