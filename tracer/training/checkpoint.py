"""A training run in a file, so that it can be taken up again after anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.language import _
from tracer.storage import arrayfile
from tracer.storage.arrayfile import AnyArray
from tracer.trace.versions import versions
from tracer.training.choices import LONGER
from tracer.training.loop import Training
from tracer.training.progress import Progress
from tracer.training.recipe import Recipe

FORMAT = "tracer checkpoint"
VERSION = 3
ARRAYS = ("theta", "first", "second", "best")
COMMAND = ("tracer", "train")


def save(
    training: Training,
    path: str | os.PathLike[str],
    order: Sequence[str] = (),
    *,
    left: bool = False,
) -> None:
    """Write the run as it stands after its last batch, whole or not at all.

    `order` is the command line that began it, kept so that it need not be typed again; `left` says
    that the network in the model file is one of this run, which was finished.
    """
    header = {
        "recipe": training.recipe.dumps(),
        "progress": training.progress.dumps(),
        "sentences": fingerprint(training),
        "order": list(order),
        "finished": training.done,
        "left": left,
        "versions": versions(),
    }
    arrayfile.write(
        path, FORMAT, VERSION, {name: getattr(training, name) for name in ARRAYS}, header
    )


def order_of(path: str | os.PathLike[str]) -> list[str]:
    """The options of the command line that began the run in a file.

    Raises
    ------
    FileError
        If the file is damaged or foreign, or the run was not begun by ``tracer train``.
    """
    _arrays, header = arrayfile.read(path, FORMAT, VERSION)
    with arrayfile.damage(path):
        order = header["order"]
        if not isinstance(order, list) or not all(isinstance(word, str) for word in order):
            raise InputError("its order is not a list of words")
        if tuple(order[:2]) != COMMAND:
            raise InputError(f"its order does not begin with {' '.join(COMMAND)}")
        return order[2:]


def is_finished(path: str | os.PathLike[str]) -> bool:
    """Whether the run in a file came to its end; raises as `order_of` does."""
    return _says(path, "finished")


def has_left(path: str | os.PathLike[str]) -> bool:
    """Whether the run in a file has left a network, so that the model file is its own."""
    return _says(path, "left")


def _says(path: str | os.PathLike[str], fact: str) -> bool:
    _arrays, header = arrayfile.read(path, FORMAT, VERSION)
    return header.get(fact) is True


def restore(training: Training, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Bring a fresh run to where the one in the file stood.

    Returns
    -------
    tuple of str
        What is worth saying about it: that other versions began it, so that it may not end the same
        to the bit.

    Raises
    ------
    FileError
        If the file is damaged or foreign.
    InputError
        If it is a run with another recipe or other sentences.
    """
    arrays, header = arrayfile.read(path, FORMAT, VERSION)
    with arrayfile.damage(path):
        recipe = Recipe.loads(header["recipe"])
        sentences = str(header["sentences"])
        began = {str(name): str(number) for name, number in header["versions"].items()}
    longer = {name: getattr(training.recipe, name) for name in LONGER}
    if replace(recipe, **longer) != training.recipe:
        raise InputError(f"{path} is a run with another recipe: {_difference(recipe, training)}")
    if sentences != fingerprint(training):
        raise InputError(f"{path} is a run on other sentences; resume it with the same data")
    with arrayfile.damage(path):
        progress = Progress.loads(
            header["progress"], batches=training.batches, epochs=recipe.epochs
        )
    if progress.epoch + bool(progress.batch) > training.recipe.epochs:
        done = progress.epoch + bool(progress.batch)
        raise InputError(
            f"{path} is a run in its epoch {done}; it cannot be shortened to "
            f"{training.recipe.epochs}"
        )
    with arrayfile.damage(path):
        for name in ARRAYS:
            _check_like(name, arrays[name], training.theta)
    for name in ARRAYS:
        getattr(training, name)[:] = arrays[name]
    training.progress = progress
    return tuple(
        _(
            "the run was started with {name} {was}, this is {now}: the last digits of its "
            "weights may differ from those of an uninterrupted run"
        ).format(name=name, was=began.get(name, "?"), now=number)
        for name, number in versions().items()
        if began.get(name) != number
    )


def _check_like(name: str, array: AnyArray, theta: Array) -> None:
    """Raise an `InputError` unless the array can be one of a run with these weights."""
    if array.dtype != theta.dtype or array.shape != theta.shape:
        raise InputError(
            f"its {name} is {array.dtype} {array.shape}; expected {theta.dtype} {theta.shape}"
        )
    if not np.isfinite(array).all():
        raise InputError(f"its {name} holds NaN or infinity")


def fingerprint(training: Training) -> str:
    """A digest of the sentences, the vocabulary and the labels of a run."""
    digest = hashlib.sha256()
    for data in (training.learn, training.held_out):
        for array in (data.words, data.target, data.starts):
            digest.update(array.tobytes())
    digest.update("\0".join((*training.encoder.vocabulary.words, "", *training.labels)).encode())
    return digest.hexdigest()


def _difference(recipe: Recipe, training: Training) -> str:
    theirs, ours = recipe.dumps(), training.recipe.dumps()
    return ", ".join(
        f"{name} is {theirs[name]} there and {ours[name]} here"
        for name in ours
        if theirs[name] != ours[name]
    )
