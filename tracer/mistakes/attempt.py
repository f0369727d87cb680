"""A set of changes: the program with them in it, and what of the runs it gives.

Most changes are tried on top of others. Whatever they do not reach was computed then, and a change
that makes something wrong in the forward pass is not run backward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from tracer.cells.activations import Array
from tracer.errors import InputError, TracerError
from tracer.mistakes.blocks import Blocks, Marks
from tracer.mistakes.candidates import Candidate, behind
from tracer.mistakes.screening import Changed, Screen, changed_lines
from tracer.mistakes.task import Task, computed
from tracer.program import Program


class Attempt:
    """The program with a set of changes in it, and what of the runs it gives.

    Parameters
    ----------
    task : Task
    chosen : tuple of Candidate
    before : Attempt, optional
        One with the first of them, from which this one goes on.
    """

    def __init__(
        self, task: Task, chosen: tuple[Candidate, ...] = (), before: Attempt | None = None
    ) -> None:
        self.task = task
        self.chosen = chosen
        self.fits = True
        self.before = before if before is not None and before.fits else None
        try:
            self.program = self._edited()
        except TracerError:  # one reads what another makes of it: the two cannot stand together
            self.program, self.fits = task.program, False
        self._numbers: dict[int, Mapping[str, Array] | None] = {}
        self._values: dict[int, Mapping[str, Array]] = {}

    def _edited(self) -> Program:
        match self.chosen:
            case (Candidate(edited=edited),) if edited is not None:
                return edited  # made once, whatever else it is tried with
        before = self.before
        if before is None:
            return self.task.program.edited([edit for c in self.chosen for edit in c.edits])
        program = before.program
        own = before.own_lines
        further = self.chosen[len(before.chosen) :]
        for candidate in further:
            lines = candidate.changed
            alone = candidate.rewrites and before.leaves_as_alone(candidate)
            if lines is None or not alone or not own.isdisjoint(lines):
                return before.program.edited([edit for c in further for edit in c.edits])
            program = program.with_lines(lines.values()).noted(candidate.edits)
            own = own.union(lines)
        return program

    def numbers(self, run: Blocks) -> Mapping[str, Array] | None:
        """What it gives for what came; None where it cannot be computed, or was not any more."""
        key = id(run)
        if key not in self._numbers:
            if not self.fits or not self.task.left:
                return None
            self._numbers[key] = self._run(run)
        return self._numbers[key]

    def _run(
        self, run: Blocks, go_on: Callable[[Mapping[str, Array]], bool] | None = None
    ) -> Mapping[str, Array] | None:
        self.task.left -= 1
        try:
            return computed(self.program, run.run, self._known(run), go_on)
        except InputError:
            return None

    def adds_to(self, before: Marks, run: Blocks) -> Marks | None:
        """Which blocks of a run it gives, if these are more than those before, and all of them."""
        if not self.fits or not self.task.left:
            return None
        forward = before & ~run.of(self.task.backward)

        def spoils_nothing(found: Mapping[str, Array]) -> bool:
            return not (forward & ~run.equal(found)).any()

        numbers = self._run(run, spoils_nothing if forward.any() else None)
        marks = run.equal(numbers)
        if (before & ~marks).any() or not (marks & ~before).any():
            return None
        self._numbers[id(run)] = numbers
        return marks

    def _known(self, run: Blocks) -> Mapping[str, Array]:
        """What the attempt before has computed, and no further change reaches."""
        before = self.before
        changed = None if before is None else self.program.unlike(before.program)
        if before is None or changed is None:
            return {}
        reached = behind(before.program, changed)
        return {name: a for name, a in before.values(run).items() if name not in reached}

    def values(self, run: Blocks) -> Mapping[str, Array]:
        """All that it computes on a run; nothing where it cannot be computed."""
        key = id(run)
        if key not in self._values:
            try:
                self._values[key] = self.program.values(run.run.given)
            except InputError:
                self._values[key] = {}
        return self._values[key]

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

    @property
    def is_right(self) -> bool:
        """Whether it gives what the right program gives, all of it."""
        found = ((run, self.numbers(run)) for run in self.task.runs)
        return all(
            numbers is not None and bool(run.alike(run.right, numbers).all())
            for run, numbers in found
        )

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
        program = self.program
        computed = program.other(returned={}) if program.returned else program
        return Screen(
            program, self.open, computed.run(self.open.run.given), self.numbers(self.open)
        )

    @cached_property
    def beginning(self) -> Screen | None:
        """A quick look at the first step, where what is wrong begins in the backward pass.

        Everything is right in the forward pass, and a change that spoils it there is no mistake.
        """
        screen = self.screen
        if not screen.backward or screen.step is None or screen.steps == 1:
            return None
        if self.program.returned:  # then what came is not what the lines compute
            return None
        assert self.open is not None
        return Screen(self.program, self.open, screen.numbers, at=(0, False))

    def spoils_beginning(self, lines: Changed) -> bool:
        """Whether such a change makes something wrong at the first step of the forward pass."""
        beginning = self.beginning
        if beginning is None or all(line.backward for line in lines.values()):
            return False
        new = beginning.values({n: line for n, line in lines.items() if not line.backward})
        return new is None or beginning.spoils(new)

    @cached_property
    def own_lines(self) -> frozenset[str]:
        """The lines that it changes."""
        right = self.task.program.lines
        return frozenset(n for n, line in self.program.lines.items() if line is not right[n])

    @cached_property
    def own_bodies(self) -> frozenset[str]:
        """The functions that it gives another body."""
        right = self.task.program.bodies
        return frozenset(n for n, body in self.program.bodies.items() if right.get(n) != body)

    def leaves_as_alone(self, candidate: Candidate) -> bool:
        """Whether the lines that a further candidate changes are the same here as without these.

        They are others where it changes a line of these once more, and where one of both gives a
        function another body that a line of the other calls.
        """
        lines = candidate.changed
        if lines is None or not self.own_lines.isdisjoint(lines):
            return False
        other = candidate.bodies
        return not candidate.calls(self.own_bodies) and all(
            other.isdisjoint(self.program.lines[name].functions) for name in self.own_lines
        )

    def lines_of(self, candidate: Candidate) -> Changed | None:
        """The lines that a further candidate changes here, where it changes nothing else."""
        if candidate.changed is None or self.leaves_as_alone(candidate):
            return candidate.changed
        try:
            return changed_lines(self.program, self.program.edited(candidate.edits))
        except TracerError:
            return None

    def fits_beside(self, candidate: Candidate) -> bool:
        """Whether a further candidate leaves something of the others."""
        if candidate in self.chosen or candidate.edited is None:
            return False
        changed = candidate.changed
        if changed is None or not self.own_lines or not self.own_lines <= changed.keys():
            return True
        lines = self.lines_of(candidate)
        return lines is not None and any(lines.get(n) != changed[n] for n in self.own_lines)

    def with_(self, *further: Candidate) -> Attempt:
        """The same with more changes."""
        return Attempt(self.task, (*self.chosen, *further), self)
