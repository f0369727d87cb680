"""The training loop: epoch after epoch, batch after batch, and what each of them gave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tracer.cells import CELL_CLASSES
from tracer.cells.activations import Array
from tracer.kernels.learning.batch import Batch, Losses, Memory, Rule, learn, losses, room_for
from tracer.language import _
from tracer.model.initial import initial_weights
from tracer.model.model import Layer, Model
from tracer.text.encoder import Encoder
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import Vocabulary
from tracer.trace.trace import Head
from tracer.training.batches import Numbered, epoch, in_order, number
from tracer.training.divergence import diverged
from tracer.training.memory import check_room, too_large
from tracer.training.progress import EpochResult, Progress
from tracer.training.recipe import Recipe
from tracer.training.yardstick import yardstick

EVALUATION_BATCH = 256


class Training:
    """A training run that can be stopped after any batch and taken up again.

    Parameters
    ----------
    recipe : Recipe
    learn, held_out : sequence of Labelled
        Sentences to learn from, and sentences to measure with.
    vocabulary : Vocabulary
    labels : tuple of str

    Attributes
    ----------
    progress : Progress
    yardstick : Yardstick
        What guessing gives on the held-out sentences.
    weights, gradients : mapping
        E, U, W, a, V and b, and their gradients in the last batch; those that are learned are views
        of flat arrays. An E that is not learned has a gradient without rows.
    theta, first, second : array (P,)
        The weights that are learned, and the optimiser's moments.
    best : array (P,)
        The weights of the epoch with the lowest held-out loss.

    Raises
    ------
    InputError, UnknownNameError
        If the sentences do not fit the task, or the weights do not fit into memory.
    """

    def __init__(
        self,
        recipe: Recipe,
        learn: Sequence[Labelled],
        held_out: Sequence[Labelled],
        vocabulary: Vocabulary,
        labels: Sequence[str],
    ) -> None:
        self.recipe = recipe
        self.labels = tuple(labels)
        self.learn = number(
            learn, vocabulary, labels, recipe.task, every_step=recipe.every_step, dtype=recipe.dtype
        )
        self.held_out = number(held_out, vocabulary, labels, recipe.task, dtype=recipe.dtype)
        self.yardstick = yardstick(self.learn, self.held_out, len(labels), recipe.task)
        steps = int(np.sort(self.learn.lengths)[-recipe.batch_size :].sum())  # of a batch, at most
        sentences = min(recipe.batch_size, len(self.learn))
        check_room(recipe, len(vocabulary), len(labels), steps, sentences)
        try:
            self._allocate(vocabulary, steps, sentences)
        except MemoryError as error:
            raise too_large(recipe, len(vocabulary)) from error
        self.progress = Progress()

    def _allocate(self, vocabulary: Vocabulary, steps: int, sentences: int) -> None:
        """Make the weights, and everything that has their size."""
        recipe = self.recipe
        self.encoder = _encoder(recipe, vocabulary)
        sizes = {"D": self.encoder.D, "H": recipe.units, "K": len(self.labels)}
        weights = {"E": self.encoder.table} | initial_weights(
            recipe.cell,
            sizes,
            initial=recipe.initial,
            forget_bias=recipe.forget_bias,
            seed=recipe.seed,
            dtype=recipe.dtype,
        )
        learned = [name for name in weights if name != "E" or recipe.encoder == "embedding"]
        self.theta = np.concatenate([weights[name].ravel() for name in learned])
        self.first, self.second = np.zeros_like(self.theta), np.zeros_like(self.theta)
        self.best = self.theta.copy()
        self._d_theta = np.zeros_like(self.theta)
        self._room = room_for(recipe.cell, recipe.units, steps, sentences, recipe.dtype)
        self._learned = learned
        self._shapes = {name: array.shape for name, array in weights.items()}
        self.weights = weights | self._views(self.theta)
        nothing = np.empty((0, sizes["D"]), recipe.dtype)
        self.gradients = {"E": nothing} | self._views(self._d_theta)

    def _views(self, flat: Array) -> dict[str, Array]:
        """The learned weights as views of a flat array."""
        views = {}
        start = 0
        for name in self._learned:
            size = math.prod(self._shapes[name])
            views[name] = flat[start : start + size].reshape(self._shapes[name])
            start += size
        return views

    # -- learning --------------------------------------------------------------------------------

    @property
    def batches(self) -> int:
        """Batches in one epoch."""
        return -(-len(self.learn) // self.recipe.batch_size)

    @property
    def done(self) -> bool:
        """Whether all epochs are over, or the held-out loss has stopped falling."""
        history, patience = self.progress.history, self.recipe.patience
        if self.progress.epoch >= self.recipe.epochs:
            return True
        return bool(history) and patience > 0 and len(history) - 1 - self.best_epoch >= patience

    @property
    def best_epoch(self) -> int:
        """Index in the history of the epoch with the lowest held-out loss."""
        losses = [result.held_out_loss for result in self.progress.history]
        # A NaN is neither less nor more than anything: min() would keep one that comes first.
        return min(range(len(losses)), key=lambda n: (not math.isfinite(losses[n]), losses[n]))

    def run(self) -> Iterator[EpochResult | None]:
        """Learn until done. Yields after every batch; with the result where an epoch ended.

        Raises
        ------
        DivergedError
            If a loss is NaN or infinite. After a batch the weights are those before it; after an
            epoch's held-out sentences the epoch is not counted, and `best` is of one before it.
        """
        size, seed = self.recipe.batch_size, self.recipe.seed
        while not self.done:
            order = epoch(len(self.learn), size, seed, self.progress.epoch)
            for sentences in order[self.progress.batch :]:
                self._learn(self._with_gaps(self.learn.batch(sentences)))
                if self.progress.batch < len(order):
                    yield None
            yield self._end_epoch()

    def _with_gaps(self, batch: Batch) -> Batch:
        """The batch with some of its words hidden as unknown; only seed and step decide which."""
        if not self.recipe.word_dropout:
            return batch
        rng = np.random.default_rng([self.recipe.seed, 4, self.progress.step])
        hidden = rng.random(batch.words.shape) < self.recipe.word_dropout
        return batch._replace(words=np.where(hidden, 0, batch.words))

    def _learn(self, batch: Batch) -> None:
        recipe, now = self.recipe, self.progress
        o = recipe.optimiser
        rule = Rule(
            o.name, o.learning_rate, o.momentum, o.beta2, o.epsilon, o.weight_decay,
            o.clip_norm, o.clip_value,
        )  # fmt: skip
        memory = Memory(self.theta, self._d_theta, self.first, self.second, self._room)
        result = learn(
            recipe.cell, recipe.activation, recipe.window, self.weights, self.gradients,
            memory, rule, now.step + 1, batch,
        )  # fmt: skip
        if not (math.isfinite(result.loss) and math.isfinite(result.norm)):
            what = _("the gradient") if math.isfinite(result.loss) else _("the loss")
            raise diverged(what, now.epoch + 1, recipe)
        self.progress = replace(
            now,
            batch=now.batch + 1,
            step=now.step + 1,
            sentences=now.sentences + int(batch.running[0]),
            loss=now.loss + result.loss,
            hits=now.hits + result.hits,
            counted=now.counted + result.counted,
            norm=now.norm + result.norm,
        )

    def _end_epoch(self) -> EpochResult:
        now = self.progress
        measured = self.measure(self.held_out)
        if not math.isfinite(measured.loss):
            raise diverged(_("the held-out loss"), now.epoch + 1, self.recipe)
        result = EpochResult(
            epoch=now.epoch + 1,
            loss=now.loss / now.sentences,
            accuracy=now.hits / now.counted,
            held_out_loss=measured.loss / len(self.held_out),
            held_out_accuracy=measured.hits / measured.counted,
            norm=now.norm / now.batch,
        )
        self.progress = Progress(epoch=now.epoch + 1, step=now.step, history=(*now.history, result))
        if self.best_epoch == len(self.progress.history) - 1:
            self.best[:] = self.theta
        return result

    def measure(self, sentences: Numbered) -> Losses:
        """Loss and right answers of the weights as they are now, over many sentences."""
        total = Losses(0.0, 0, 0)
        for chosen in in_order(len(sentences), EVALUATION_BATCH):
            batch = sentences.batch(chosen)
            one = losses(self.recipe.cell, self.recipe.activation, self.weights, batch)
            total = Losses(
                total.loss + one.loss, total.hits + one.hits, total.counted + one.counted
            )
        return total

    # -- result ----------------------------------------------------------------------------------

    def model(self, name: str, notes: dict[str, str], *, best: bool = True) -> Model:
        """The network with the best weights so far, or with those of this moment."""
        flat = self.best if best and self.progress.history else self.theta
        weights = self.weights | self._views(flat.copy())
        make = CELL_CLASSES[self.recipe.cell]
        given: dict[str, Any] = {p.name: weights[p.name] for p in make.equations.parameters}
        given |= dict.fromkeys(list(make.equations.options)[:1], self.recipe.activation)
        cell = make(**given)
        return Model(
            encoder=replace(self.encoder, table=weights["E"]),
            layers=(Layer(cell),),
            head=Head(weights["V"], weights["b"]),
            task=self.recipe.task,
            labels=self.labels,
            name=name,
            notes=notes,
        )


def _encoder(recipe: Recipe, vocabulary: Vocabulary) -> Encoder:
    if recipe.encoder == "codes":
        return Encoder.with_codes(vocabulary, recipe.dtype)
    if recipe.encoder == "one-hot":
        return Encoder.one_hot(vocabulary, recipe.dtype)
    rng = np.random.default_rng([recipe.seed, 2])
    table = rng.normal(scale=0.5, size=(len(vocabulary), recipe.embedding))
    return Encoder.embedding(vocabulary, table.astype(recipe.dtype))
