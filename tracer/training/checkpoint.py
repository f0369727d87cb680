"""A training run in a file, so that it can be taken up again after anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from tracer import files
from tracer.errors import InputError
from tracer.training.loop import EpochResult, Progress, Training
from tracer.training.recipe import Recipe

FORMAT = "tracer checkpoint"
VERSION = 1


def save(training: Training, path: str | os.PathLike[str], order: Sequence[str] = ()) -> None:
    """Write the run as it stands after its last batch, whole or not at all.

    `order` is the command line that began it, kept so that it need not be typed again.
    """
    now = training.progress
    arrays = {name: getattr(training, name) for name in ("theta", "first", "second", "best")}
    progress = {name: getattr(now, name) for name in Progress.__dataclass_fields__}
    header = {
        "recipe": training.recipe.dumps(),
        "progress": progress | {"history": [list(result) for result in now.history]},
        "sentences": fingerprint(training),
        "order": list(order),
    }
    files.write(path, FORMAT, VERSION, arrays, header)


def order_of(path: str | os.PathLike[str]) -> list[str]:
    """The command line that began the run in a file."""
    _, header = files.read(path, FORMAT, VERSION)
    with files.damage(path):
        return [str(word) for word in header["order"]]


def restore(training: Training, path: str | os.PathLike[str]) -> None:
    """Bring a fresh run to where the one in the file stood.

    Raises
    ------
    FileError
        If the file is damaged or foreign.
    InputError
        If it is a run with another recipe or other sentences.
    """
    arrays, header = files.read(path, FORMAT, VERSION)
    with files.damage(path):
        recipe = Recipe.loads(header["recipe"])
        sentences = str(header["sentences"])
        history = tuple(EpochResult(*result) for result in header["progress"]["history"])
        progress = Progress(**{**header["progress"], "history": history})
        for name in ("theta", "first", "second", "best"):
            if arrays[name].shape != training.theta.shape:
                raise ValueError(name)
    if recipe != training.recipe:
        raise InputError(f"{path} is a run with another recipe: {_difference(recipe, training)}")
    if sentences != fingerprint(training):
        raise InputError(f"{path} is a run on other sentences; resume it with the same data")
    for name in ("theta", "first", "second", "best"):
        getattr(training, name)[:] = arrays[name]
    training.progress = progress


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
