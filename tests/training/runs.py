"""Small runs for the tests of training."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from tracer.data.load import Data, built_in
from tracer.training.loop import Training
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe

STILL = Optimiser("sgd", learning_rate=0.0, clip_norm=0.0)


@cache
def whole(task: str) -> Data:
    """The English built-in corpus, drawn once for all tests."""
    return built_in(task, ["en"], 0.1, 0)


def small(task: str = "classify", count: int = 60) -> Data:
    """The first sentences of the built-in corpus."""
    data = whole(task)
    return replace(data, learn=data.learn[:count], held_out=data.held_out[:20])


def begin(data: Data | None = None, **settings: Any) -> Training:
    """A run that has not begun."""
    data = data or small(settings.get("task", "classify"))
    recipe = Recipe(**{"units": 6, "batch_size": 16, "epochs": 3, **settings})
    return Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)


def finish(training: Training) -> Training:
    """Run it to its end."""
    for _ in training.run():
        pass
    return training
