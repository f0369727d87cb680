"""Wrong numbers, and what one set of changes explains of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from tracer.cells.activations import Array
from tracer.errors import InputError, TracerError
from tracer.mistakes.blocks import Blocks, Marks
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.records import Run
from tracer.mistakes.screening import Changed, Screen, changed_lines
from tracer.program import Program

MOST_RUNS = 1_500
"""How often a program is run in all for one task. It is a count and no clock: a slow machine says
what a fast one says."""


class Task:
    """The runs of one submission, cut into blocks.

    Parameters
    ----------
    program : Program
        What is right here, the known mistakes of the forward pass included where there are any.
    runs : sequence of Run
    candidates : sequence of Candidate

    Attributes
    ----------
    runs : list of Blocks
        Those with the most to tell come first.
    left : int
        How often a program may still be run.
    """

    def __init__(
        self, program: Program, runs: Sequence[Run], candidates: Sequence[Candidate]
    ) -> None:
        self.program = program
        self.candidates = candidates
        self.left = MOST_RUNS
        cut = [Blocks(program.names, run, _computed(program, run)) for run in runs]
        self.runs = sorted(cut, key=_tells_little)
        self.came = frozenset(name for blocks in cut for name in blocks.names)

    @cached_property
    def everything(self) -> tuple[Mapping[str, Array], ...]:
        """What each run is given, and all that the program gives on it."""
        return tuple(
            {**blocks.run.given, **self.program.run(blocks.run.given)} for blocks in self.runs
        )

    @cached_property
    def one_step(self) -> bool:
        """Whether no run has a second step."""
        return not any(
            len(array) > 1
            for blocks in self.runs
            for name, array in blocks.run.given.items()
            if blocks.axes.get(name, ())[:1] == ("T",)
        )

    @property
    def wrong_runs(self) -> tuple[Blocks, ...]:
        """Those in which something is wrong."""
        return tuple(blocks for blocks in self.runs if blocks.wrong.any())


def _computed(program: Program, run: Run) -> Mapping[str, Array]:
    return program.run(run.given, wanted=tuple(run.came))


def _tells_little(blocks: Blocks) -> tuple[bool, int, bool, int]:
    """A key by which the run that tells mistakes apart best, and quickly, comes first."""
    given = blocks.run.given
    zeros = sum(not array.any() for name, array in given.items() if not name.startswith("d_"))
    steps = {len(array) for name, array in given.items() if blocks.axes.get(name, "")[:1] == ("T",)}
    numbers = sum(array.size for array in blocks.run.came.values())
    return not blocks.wrong.any(), zeros, bool(steps) and max(steps) > 1, numbers


def _edited(program: Program, chosen: tuple[Candidate, ...]) -> Program:
    match chosen:
        case (Candidate(edited=edited),) if edited is not None:
            return edited  # made once, whatever else it is tried with
    return program.edited([edit for candidate in chosen for edit in candidate.edits])


class Attempt:
    """The program with a set of changes in it, and what of the runs it gives."""

    def __init__(self, task: Task, chosen: tuple[Candidate, ...] = ()) -> None:
        self.task = task
        self.chosen = chosen
        try:
            self.program, self.fits = _edited(task.program, chosen), True
        except TracerError:  # one reads what another makes of it: the two cannot stand together
            self.program, self.fits = task.program, False
        self._numbers: dict[int, Mapping[str, Array] | None] = {}

    def numbers(self, run: Blocks) -> Mapping[str, Array] | None:
        """What it gives for what came; None where it cannot be computed, or was not any more."""
        key = id(run)
        if key not in self._numbers:
            if not self.fits or not self.task.left:
                return None
            self.task.left -= 1
            try:
                self._numbers[key] = _computed(self.program, run.run)
            except InputError:
                self._numbers[key] = None
        return self._numbers[key]

    def marks(self, run: Blocks) -> Marks:
        """Which blocks of a run it gives."""
        return run.equal(self.numbers(run))

    @cached_property
    def open(self) -> Blocks | None:
        """The first run of which it does not give everything."""
        for run in self.task.runs:
            if not run.all_equal(self.numbers(run)):
                return run
        return None

    @property
    def explains(self) -> bool:
        """Whether it gives every number of every run."""
        return self.open is None

    @cached_property
    def open_marks(self) -> Marks:
        """Which blocks of that run it gives."""
        assert self.open is not None
        return self.marks(self.open)

    @cached_property
    def open_names(self) -> frozenset[str]:
        """What is still wrong there."""
        assert self.open is not None
        listed = zip(self.open.listed, self.open_marks, strict=True)
        return frozenset(block.name for block, right in listed if not right)

    @cached_property
    def screen(self) -> Screen:
        """A quick look at the first step of that run that is still wrong."""
        assert self.open is not None
        everything = self.program.run(self.open.run.given)
        return Screen(self.program, self.open, everything)

    @cached_property
    def own_lines(self) -> frozenset[str]:
        """The lines that it changes."""
        right = self.task.program.lines
        return frozenset(n for n, line in self.program.lines.items() if line is not right[n])

    def lines_of(self, candidate: Candidate) -> Changed | None:
        """The lines that a further candidate changes here, where it changes nothing else."""
        if candidate.changed is None or self.own_lines.isdisjoint(candidate.changed):
            return candidate.changed
        return changed_lines(self.program, self.program.edited(candidate.edits))

    def fits_beside(self, candidate: Candidate) -> bool:
        """Whether a further candidate leaves the others as they are."""
        if candidate in self.chosen or candidate.edited is None:
            return False
        if candidate.changed is None or candidate.composes:
            return True
        return self.own_lines.isdisjoint(candidate.changed)

    def with_(self, *further: Candidate) -> Attempt:
        """The same with more changes."""
        return Attempt(self.task, (*self.chosen, *further))
