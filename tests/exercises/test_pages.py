"""The page of each exercise: the idea, the equations, the shapes, a number worked by hand."""

from __future__ import annotations

import re

import pytest

from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise


def page(exercise: Exercise) -> str:
    """Its README."""
    return (exercise.folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
def test_the_idea_in_three_sentences(exercise: Exercise) -> None:
    """Between the title and the signature stand three sentences, no more and no fewer."""
    idea = page(exercise).split("\n\n    ")[0].split("\n\n", 1)[1]

    sentences = re.split(r"(?<=[.!?])\s+", idea.replace("**", ""))
    assert len(sentences) == 3, sentences


@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
def test_the_parts_of_a_page(exercise: Exercise) -> None:
    """Each in its place; the first exercise has no equations, and says what is wanted instead."""
    titles = re.findall(r"^## (.+)$", page(exercise), re.MULTILINE)

    assert titles[0] in ("The equations", "What is wanted")
    assert [title for title in titles if title == "The shapes" or title.endswith("by hand")] == [
        "The shapes",
        {"01": "One sentence by hand", "16": "Two words by hand"}.get(
            exercise.number, "One number by hand"
        ),
    ]
    for function in exercise.functions:
        assert f"\n    {function.name}(" in page(exercise)
    assert page(exercise).endswith(
        f"\nCheck it with `tracer check {exercise.number}`. "
        f"Stuck? `tracer hint {exercise.number}`.\n"
    )
