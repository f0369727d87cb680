"""A loop over steps: what hangs on the step before is computed one step after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.expression import Name
from tracer.program.line import Line
from tracer.program.passes import Pass

if TYPE_CHECKING:
    from tracer.program.program import Carry
    from tracer.program.running import Running


class Loop:
    """One loop of one run, over the steps of one pass."""

    def __init__(self, running: Running, part: Pass) -> None:
        self.running = running
        self.part = part
        self.T = running.given.sizes["T"]
        # What is read before it is written in this loop has to be there under its own name.
        self.e = dict(running.e)
        self.active = running.given.active(3) if running.given.ragged else None
        if part.backward and self.active is not None:
            self._move_what_stands(self.active)
        shapes = {c: running.given.shape(running.program.names[c.into][1:]) for c in part.carries}
        self.hands = {c.into: _Hand(c, self.e, shape) for c, shape in shapes.items()}
        self.still = {c.of: self.e.get(c.initial, 0.0) for c in part.carries}
        self.buffers: dict[str, Array] = {}

    def _move_what_stands(self, active: Any) -> None:
        """A gradient past a sentence's end is one of the last real h: there h stands still."""
        late = self.e.get("d_h_from_loss")
        if late is not None:
            self.e["d_h_from_loss"] = np.where(active, late, 0)
            self.e["d_h_T"] = self.e["d_h_T"] + np.where(active, 0, late).sum(axis=0)

    def run(self) -> None:
        """Run the loop, and keep what somebody reads later."""
        e, running = self.e, self.running
        backward = self.part.backward
        turned = ("backward" if backward else "forward") in running.program.backwards
        moving = [(name, e[name]) for name in self.part.outside]
        lines = [self._line(line) for line in self.part.loop]
        hands = tuple(self.hands.values())
        for t in range(self.T) if backward is turned else range(self.T - 1, -1, -1):
            e["t"], e["first_step"], e["last_step"] = t, t == 0, t == self.T - 1
            for name, array in moving:
                e[name] = array[t]
            for name, compute, special, buffer in lines:
                running.at = name
                value = compute(e)
                if special is not None:
                    value = special(value, t)
                e[name] = value
                if buffer is not None:
                    buffer[t] = value
            for hand in hands:
                hand.after(e, None if self.active is None else self.active[t])
        lines_of = {line.name: line for line in self.part.loop}
        for name, buffer in self.buffers.items():
            # What is handed over has stood still already.
            ends = self.active is not None and name not in self.still
            running.keep(name, running.past_the_end(lines_of[name], buffer) if ends else buffer)

    def _line(
        self, line: Line
    ) -> tuple[str, Callable[[Any], Any], Callable[[Any, int], Any] | None, Array | None]:
        """How a line is computed at a step, what is done with the value, and where it is kept."""
        name, running = line.name, self.running
        compute = self.hands[name].reader(line) if name in self.hands else line.of_a_step
        if name in running.kept or name in running.own:
            self.buffers[name] = np.empty(running.given.shape(line.axes))
        special = None
        if line.changed or name in running.own or (self.active is not None and name in self.still):
            special = self._special(line)
        return name, compute, special, self.buffers.get(name)

    def _special(self, line: Line) -> Callable[[Any, int], Any]:
        """A changed line keeps its shape, a state stands still, the other's numbers are read."""
        name, running, active = line.name, self.running, cast(Any, self.active)
        shape = running.given.shape(line.axes)[1:]
        own = running.own.get(name)
        if own is not None:
            running.computed[name] = np.empty((self.T, *shape))
        stands = self.active is not None and name in self.still

        def special(value: Any, t: int) -> Any:
            if line.changed and np.shape(value) != shape:
                value = np.broadcast_to(np.asarray(value, np.float64), shape)
            if stands:
                value = np.where(active[t], value, self.still[name])
            if own is not None:
                running.computed[name][t] = value
                if t < len(own):
                    value = own[t] if active is None else np.where(active[t], own[t], value)
            if stands:
                self.still[name] = value
            return value

        return special


class _Hand:
    """What a carry hands to the next step."""

    def __init__(self, carry: Carry, e: Mapping[str, Any], shape: tuple[int, ...]) -> None:
        self.carry = carry
        self.zero = np.zeros(shape)
        self.now: Any = self.zero if carry.first == "0" else e[carry.first]
        self.waiting = self.now
        self.fixed = carry.then in {"0", carry.initial}
        self.later = self.zero if carry.then == "0" else e.get(carry.then)

    def reader(self, line: Line) -> Callable[[Any], Any]:
        """The line that reads it."""
        if line.expression == Name("it"):
            return lambda _: self.now
        compute = line.of_a_step

        def read(e: Any) -> Any:
            e["it"] = self.now
            return compute(e)

        return read

    def after(self, e: Mapping[str, Any], active: Any) -> None:
        """A step is done; where it lies past a sentence's end, nothing is handed over by it."""
        before: Any = self.now
        if self.fixed:
            self.now = self.later
        elif self.carry.back == 2:
            self.now, self.waiting = self.waiting, e[self.carry.then]
        else:
            self.now = e[self.carry.then]
        if active is not None and self.carry.then != self.carry.of:
            self.now = np.where(active, self.now, before)
