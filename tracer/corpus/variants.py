"""Which programs are written: right ones in many styles, and each known mistake in two or more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from tracer.cells.activations import Array
from tracer.corpus.source import written
from tracer.corpus.style import USUAL, Style, drawn
from tracer.equations.expression import Call
from tracer.errors import InputError, TracerError
from tracer.exercises.cases import draw
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.mistakes import Mistake, mistakes_of
from tracer.program import Edit

FRESH = 20_000
"""The seed of numbers on which two programs are compared; the grader draws others."""

SEEN = 1e-6
"""By which share of its largest number a quantity must differ to be another one."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An answer to an exercise.

    Attributes
    ----------
    exercise : Exercise
    style : Style
    mistakes : tuple of Mistake
        None: a right answer.
    source : str
    """

    exercise: Exercise
    style: Style
    mistakes: tuple[Mistake, ...]
    source: str

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What is wrong in it."""
        return tuple(edit for mistake in self.mistakes for edit in mistake.edits)

    @property
    def submission(self) -> Submission:
        """As somebody would hand it in."""
        return Submission(self.exercise.file, self.source.encode())


def right_variants(exercise: Exercise, many: int) -> list[Variant]:
    """So many right answers, no two of the same text: the usual styles, then mixtures."""
    found: dict[str, Variant] = {}
    for style in (*USUAL, *map(drawn, range(20 * many))):
        source = written(exercise, style)
        found.setdefault(source, Variant(exercise, style, (), source))
        if len(found) == many:
            break
    return list(found.values())


def catalogue(exercise: Exercise, many: int | None = None, seed: int = 0) -> list[Mistake]:
    """The mistakes that can be seen in what the exercise asks for; or so many of them, drawn."""
    assert exercise.program is not None
    known = list(mistakes_of(exercise.program, exercise.functions[-1].over, exercise.folder))
    if many is not None:
        order = np.random.default_rng(seed).permutation(len(known))
        known = [known[place] for place in order]
    right = written(exercise, Style())
    seen = (m for m in known if differs(exercise, (), m.edits) and _text(exercise, m) != right)
    return list(islice(seen, many))


def _text(exercise: Exercise, mistake: Mistake) -> str:
    """The plain answer with a mistake; that without any where it cannot be written."""
    try:
        return written(exercise, Style(), mistake.edits)
    except InputError:
        return written(exercise, Style())


def single_variants(
    exercise: Exercise, mistakes: Sequence[Mistake], styles: int = 2
) -> Iterator[Variant]:
    """Each mistake in so many styles; one that cannot be written with what is given, in none."""
    for place, mistake in enumerate(mistakes):
        for style in _styles(place, styles):
            variant = wrong_variant(exercise, style, (mistake,))
            if variant is not None:
                yield variant


def pair_variants(
    exercise: Exercise, mistakes: Sequence[Mistake], many: int, seed: int = 0
) -> Iterator[Variant]:
    """Two mistakes at once, drawn; only where each of the two changes something."""
    generator, found = np.random.default_rng(seed), 0
    for tried in count():
        if found == many or tried > 30 * many or len(mistakes) < 2:
            return
        places = generator.choice(len(mistakes), 2, replace=False)
        first, second = (mistakes[place] for place in places)
        both = (*first.edits, *second.edits)
        if not all(differs(exercise, one, both) for one in ((), first.edits, second.edits)):
            continue  # one changes nothing beside the other, or undoes it
        variant = wrong_variant(exercise, _styles(tried, 1)[0], (first, second))
        if variant is not None:
            found += 1
            yield variant


def wrong_variant(
    exercise: Exercise, style: Style, mistakes: tuple[Mistake, ...]
) -> Variant | None:
    """The exercise with mistakes in it; None where that cannot be written."""
    edits = tuple(edit for mistake in mistakes for edit in mistake.edits)
    try:
        return Variant(exercise, style, mistakes, written(exercise, style, edits))
    except InputError:
        return None


def differs(
    exercise: Exercise,
    one: Sequence[Edit],
    other: Sequence[Edit],
    but: Collection[str] = (),
    seed: int | None = None,
) -> bool:
    """Whether two ways to edit the program give other numbers in what the exercise returns.

    `but` are names that are not looked at. With a `seed` the inputs are those of its checks; else
    they are such as no submission has met.
    """
    assert exercise.program is not None
    try:
        first, second = exercise.program.edited(one), exercise.program.edited(other)
    except TracerError:
        return False
    names = [name for name in _returned(exercise) if name not in but]
    for given in _fresh(exercise) if seed is None else _of_checks(exercise, seed):
        try:
            expected = first.run(given, wanted=names)
            found = second.run(given, wanted=names)
        except TracerError:
            continue  # arrays that do not fit: the answer would crash, and say so
        if any(_differ(found[name], expected[name]) for name in names):
            return True
    return False


def _returned(exercise: Exercise) -> list[str]:
    return [
        name
        for function in exercise.functions
        for layout in function.returns.values()
        if layout is not None
        for name in layout.names
    ]


def _fresh(exercise: Exercise) -> tuple[Mapping[str, Array], ...]:
    """Inputs that no submission has met, of every check in double precision.

    A function of a step is known by what it does in one: what it returned is handed on by us.
    """
    exact = [check for check in exercise.checks if check.dtype == "float64"]
    if all(function.over == "step" for function in exercise.functions):
        exact = [check for check in exact if "T" not in check.sizes] or exact
    key = (str(exercise.folder), *(check.name for check in exact))
    if key not in _DRAWN:
        cases = [draw(exercise, check, FRESH) for check in exact]
        _DRAWN[key] = tuple(_sums(exercise, given) for case in cases for given in case.rounds)
    return _DRAWN[key]


def _of_checks(exercise: Exercise, seed: int) -> Iterator[Mapping[str, Array]]:
    """What every submission is given with a seed."""
    for check in exercise.checks:
        yield from draw(exercise, check, seed).rounds


def _sums(exercise: Exercise, given: Mapping[str, Array]) -> Mapping[str, Array]:
    """With z where its gate is given: who is given i never sees z_i, and cannot have it wrong."""
    assert exercise.program is not None
    lines = exercise.program.lines
    sums = [
        read
        for name in given
        if name in lines and isinstance(lines[name].expression, Call)
        for read in lines[name].reads
        if read in lines and read not in given
    ]
    return {**given, **exercise.program.run(given, wanted=sums)} if sums else given


_DRAWN: dict[tuple[str, ...], tuple[Mapping[str, Array], ...]] = {}


def _differ(found: Array, expected: Array) -> bool:
    if found.shape != expected.shape:
        return True
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1e-300)
    with np.errstate(all="ignore"):
        same = (np.abs(found - expected) <= SEEN * scale) | (found == expected)
    return not bool((same | (np.isnan(found) & np.isnan(expected))).all())


def _styles(place: int, many: int) -> list[Style]:
    """Some of the usual styles, other ones for each mistake; none in single precision."""
    exact = [style for style in USUAL if not style.float32]
    return [exact[(place + k) % len(exact)] for k in range(many)]
