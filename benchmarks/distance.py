"""How far an RNN and an LSTM carry what they have read: right answers by distance.

Both cells are trained with the same recipe, that of the shipped models, and only with sentences
whose deciding word lies at most 6 words before the end (``--farthest``). Then they are asked about
sentences in which it lies 0 to 25 words before the end. A seed decides the split, the first weights
and the order, as in ``tracer train --seed``. Prints a table, and draws it::

    python benchmarks/distance.py --draw docs/distance.svg
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from tracer.data.corpus import corpus
from tracer.data.load import Data, built_in
from tracer.text.labelled import Labelled
from tracer.trace.target import counted
from tracer.training.loop import Training
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe

LANGUAGES = ("en", "zh-TW")
EDGES = (0, 2, 5, 7, 11, 16, 21, 26)
"""Distances are counted in groups: 0 to 1, 2 to 4, ... words after the deciding one."""

FAR = 15
FRESH_SEED = 7
"""Another seed than the corpus has: sentences to ask about; those seen in training are left out."""

WIDTH, HEIGHT, MARGIN = 640, 300, 44
COLOURS = {"rnn": "#d55e00", "lstm": "#0072b2"}  # told apart by colour-blind eyes too


def questions(data: Data) -> list[Labelled]:
    """Sentences of every distance that the networks have not seen, nor been chosen by."""
    seen = {one.words for one in (*data.learn, *data.held_out)}
    fresh = (one for name in LANGUAGES for one in corpus("classify", name, 4000, FRESH_SEED))
    return [one for one in fresh if one.words not in seen]


def right_answers(data: Data, recipe: Recipe, asked: Sequence[Labelled]) -> np.ndarray:
    """For each sentence whether the trained network is right, (sentences,)."""
    training = Training(recipe, data.learn, data.held_out, data.vocabulary, data.labels)
    for _ in training.run():
        pass
    model = training.model(recipe.cell, {})
    trace = model.trace([" ".join(one.words) for one in asked], level="states")
    last = counted("classify", trace.lengths, trace.T)
    answers = trace["probs"].argmax(axis=-1).T[last.T]
    wanted = [data.labels.index(one.labels[0]) for one in asked]
    return np.asarray(answers == wanted)


def groups() -> Iterator[tuple[int, int]]:
    """First and last distance of each group."""
    for low, high in pairwise(EDGES):
        yield low, high - 1


def drawing(shares: dict[str, np.ndarray], farthest: int) -> str:
    """An SVG of the shares (seeds, groups): a line for the median, a dot for each seed."""
    names = [f"{low}-{high}" for low, high in groups()]
    xs = np.linspace(MARGIN + 30, WIDTH - 90, len(names))

    def y(share: float) -> float:
        return MARGIN + (1 - share) / 0.6 * (HEIGHT - 2 * MARGIN)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            'font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{MARGIN - 30}" y="20">right answers on new sentences</text>',
        (
            f'<text x="{WIDTH - 90}" y="{HEIGHT - 8}" text-anchor="end">'
            "words after the one that decides</text>"
        ),
    ]
    for share in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        parts += [
            (
                f'<line x1="{MARGIN}" x2="{WIDTH - 70}" y1="{y(share):.1f}" y2="{y(share):.1f}" '
                f'stroke="#dddddd"/>'
            ),
            f'<text x="{MARGIN - 6}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>',
        ]
    parts += [
        f'<text x="{x:.1f}" y="{HEIGHT - 26}" text-anchor="middle">{name}</text>'
        for x, name in zip(xs, names, strict=True)
    ]
    last = sum(high <= farthest for _low, high in groups()) - 1
    edge = xs[last] + (xs[1] - xs[0]) / 2
    if last < len(xs) - 1:
        parts += [
            (
                f'<rect x="{MARGIN}" y="{y(1.0):.1f}" width="{edge - MARGIN:.1f}" '
                f'height="{y(0.4) - y(1.0):.1f}" fill="#000000" fill-opacity="0.05"/>'
            ),
            (
                f'<text x="{MARGIN + 8}" y="{y(0.4) - 8:.1f}" fill="#555555">'
                f"learned from: at most {farthest}</text>"
            ),
        ]
    for cell, values in shares.items():
        middle = np.median(values, axis=0)
        points = " ".join(f"{x:.1f},{y(m):.1f}" for x, m in zip(xs, middle, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[cell]}" stroke-width="2.5"/>'
        )
        parts += [
            f'<circle cx="{x:.1f}" cy="{y(v):.1f}" r="3" fill="{COLOURS[cell]}"/>'
            for seed in values
            for x, v in zip(xs, seed, strict=True)
        ]
        parts.append(
            f'<text x="{WIDTH - 62}" y="{y(middle[-1]) + 4:.1f}" fill="{COLOURS[cell]}" '
            f'font-weight="bold">{cell.upper()}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Train, print the table, draw it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--farthest", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--units", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=0.003)
    parser.add_argument("--every-step", type=float, default=0.1)
    parser.add_argument("--initial", choices=["uniform", "orthogonal"], default="uniform")
    parser.add_argument("--draw", type=Path)
    arguments = parser.parse_args()
    by_group: dict[str, list[list[float]]] = {"rnn": [], "lstm": []}
    print("| seed | RNN | LSTM |, English, 15 to 25 words after the one that decides")
    for seed in range(arguments.seeds):
        data = built_in("classify", LANGUAGES, 0.1, seed, arguments.farthest)
        asked = questions(data)
        distance = np.array([one.distance for one in asked])
        inside = [(low <= distance) & (distance <= high) for low, high in groups()]
        far = np.array([one.words[0].isascii() for one in asked]) & (distance >= FAR)
        line = []
        for cell, shares in by_group.items():
            recipe = Recipe(
                cell=cell, units=arguments.units, initial=arguments.initial, seed=seed,
                epochs=arguments.epochs, patience=0, every_step=arguments.every_step,
                word_dropout=0.02, optimiser=Optimiser(learning_rate=arguments.learning_rate),
            )  # fmt: skip
            right = right_answers(data, recipe, asked)
            shares.append([float(right[group].mean()) for group in inside])
            line.append(f"{right[far].mean():.1%}")
        print(f"| {seed} | {line[0]} | {line[1]} |", flush=True)
    print("\n| words after the one that decides | RNN | LSTM |\n|---|---|---|")
    columns = {cell: np.array(shares) for cell, shares in by_group.items()}
    for n, (low, high) in enumerate(groups()):
        cells = [
            f"{np.median(values[:, n]):.1%} ({values[:, n].min():.1%} to {values[:, n].max():.1%})"
            for values in columns.values()
        ]
        print(f"| {low} to {high} | {cells[0]} | {cells[1]} |")
    if arguments.draw:
        arguments.draw.write_text(drawing(columns, arguments.farthest), encoding="utf-8")


if __name__ == "__main__":
    main()
