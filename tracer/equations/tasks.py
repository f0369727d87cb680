"""What a network is asked for, and which of its outputs count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its name, its shape in the field's words, and which outputs count for the loss."""

    name: str
    shape: str
    counts: Literal["every step", "last step"]
    meaning: str


_TASKS = (
    Task("tag", "many-to-many", "every step", "a label for each word"),
    Task("classify", "many-to-one", "last step", "one label, after the last word"),
    Task("generate", "one-to-many", "every step", "one word in; each output is the next input"),
)

TASKS: Mapping[str, Task] = MappingProxyType({task.name: task for task in _TASKS})
"""Every task, by name."""
