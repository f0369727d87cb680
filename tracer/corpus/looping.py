"""A loop over steps: what is kept of each, and what one hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracer.equations.expression import Expression, Name
from tracer.program.program import Carry, Program

if TYPE_CHECKING:
    from tracer.corpus.body import Body


@dataclass
class Loop:
    """The loop of one pass.

    Attributes
    ----------
    body : Body
        The function that it stands in.
    names : list of str
        The lines of a step, in their order.
    lines : mapping
        Their expressions.
    reduced : set of str
        What is put together over the steps.
    kept : set of str
        What something outside the loop reads.
    backward : bool
    """

    body: Body
    names: list[str]
    lines: Mapping[str, Expression]
    reduced: set[str]
    kept: set[str]
    backward: bool

    def __post_init__(self) -> None:
        body = self.body
        into = body.program.into
        carries = [into[n] for n in self.names if n in body.needs.carries]
        self.hands = [Hand(body, carry, self.lines[carry.into]) for carry in carries]
        self.hands += [
            Hand(body, carry, None)
            for carry in into.values()
            if body.ragged and carry.of in self.names and carry not in carries
        ]
        self.still = {hand.carry.of: hand for hand in self.hands} if body.ragged else {}
        self.stored = [
            n for n in self.names if n in self.kept and n in body.stacked and n not in self.reduced
        ]
        self.sums = [n for n in self.names if n in self.reduced]

    def write(self) -> None:
        """The whole loop."""
        body = self.body
        self.before()
        turned = ("backward" if self.backward else "forward") in body.program.backwards
        times = "range(T)" if self.backward is turned else "range(T - 1, -1, -1)"
        body.write(f"for t in {times}:")
        body.depth += 1
        outside = dict(body.local)
        self.step()
        body.depth -= 1
        body.local = outside
        for name in self.stored:
            body.write(f"all_{name} = np.stack(list(all_{name}))")
            body.local[f"whole {name}"] = f"all_{name}"
            body.known.add(name)
        for name in self.sums:
            self.put_together(name)

    def before(self) -> None:
        """What is made before the loop."""
        body, arrays = self.body, self.body.style.kept == "arrays"
        for hand in self.hands:
            hand.before()
        for name in self.stored:
            made = f"np.zeros({body.shape(name)}, dtype)" if arrays else "[None] * T"
            body.write(f"all_{name} = {made}")
        for name in self.sums:
            one = body.program.lines[name].steps == "sum"
            body.write(f"{name} = {'0' if one else '[None] * T'}")

    def step(self) -> None:
        """What is done at each step."""
        body = self.body
        self.step_names()
        if body.ragged:
            body.write(f"going = ({going(body.program, 't')})[:, np.newaxis]")
        hands = {hand.carry.into: hand for hand in self.hands}
        for name in self.names:
            if name in body.needs.carries:
                hands[name].read()
            elif name in self.reduced:
                self.reduce(name)
            else:
                body.assign(name, self.lines[name])
                self.stop(name)
        for name in self.stored:
            at = body.called(name)
            if not self.backward and name in body.masked and name not in self.still:
                at = self.going(name, at)
            body.write(f"all_{name}[t] = {at}")
        for hand in self.hands:
            hand.hand_over()

    def stop(self, name: str) -> None:
        """Where a sentence is over, a state stands still, and what is added up is 0."""
        body = self.body
        at = body.called(name)
        if name in self.still:
            body.write(f"{at} = np.where(going, {at}, {self.still[name].stays})")
            return
        added_up = {read for n in self.sums for read in self.lines[n].reads}
        if self.backward and name in body.stacked and name in {*body.wanted, *added_up}:
            masked = self.going(name, at)
            if masked != at:
                body.write(f"{at} = {masked}")

    def going(self, name: str, text: str) -> str:
        """The value where the sentence goes on, else 0."""
        if not self.body.ragged:
            return text
        of_sentences = len(self.body.program.names[name]) == 2
        return f"np.where({'going[:, 0]' if of_sentences else 'going'}, {text}, 0)"

    def reduce(self, name: str) -> None:
        """A step's share of what is put together over all steps."""
        body, expression = self.body, self.lines[name]
        text = body.text(name).of(expression)
        if body.ragged and expression.reads[0] in {c.of for c in body.program.into.values()}:
            text = f"np.where(going, {text}, 0)"  # where a sentence is over it only waits
        if body.program.lines[name].steps == "sum":
            body.write(f"{name} = {name} + {text}")
        else:
            body.write(f"{name}[t] = {text}")

    def put_together(self, name: str) -> None:
        """The values of all steps as one."""
        steps = self.body.program.lines[name].steps
        if steps == "sum":
            return
        how = {
            "mean": f"sum({name}) / T", "first": f"{name}[0]", "last": f"{name}[-1]",
            "without first": f"sum({name}[1:])", "without last": f"sum({name}[:-1])",
        }.get(steps, f"{name}[{steps.removeprefix('step ')}]")  # fmt: skip
        if steps.startswith("without"):
            how += f" + 0 * {name}[0]"
        self.body.write(f"{name} = {how}")

    def step_names(self) -> None:
        """Where each array over time is read at a step."""
        body = self.body
        read = {r for line in self.lines.values() for r in line.reads}
        read |= {hand.carry.then for hand in self.hands}  # it may be an argument, with all steps
        read -= set(self.names)
        for name in sorted(read & body.stacked):
            whole = body.whole(name)
            word = body.program.past.get(name) if self.backward else None
            body.local[name] = f"{name}_t"
            body.write(f"{name}_t = {self.of_past(name, whole, word)}")

    def of_past(self, name: str, whole: str, word: str | None) -> str:
        """What the backward pass reads of a forward quantity at step t."""
        match word:
            case None:
                return f"{whole}[t]"
            case "zero":
                return f"np.zeros_like({whole}[t])"
            case "last":
                return f"{whole}[-1]"
            case "next":
                return f"{whole}[min(t + 1, T - 1)]"
            case "before":
                return f"{whole}[max(t - 1, 0)]"
        carry = self.body.program.into.get(name)
        if carry is not None:
            state, first = self.body.whole(carry.of), self.body.whole(carry.initial)
            match word:
                case "wrap":
                    return f"{whole}[t] if t else {state}[-1]"
                case "zero at first":
                    return f"{whole}[t] if t else np.zeros_like({whole}[t])"
                case "initial":
                    return first
                case "two back":
                    return f"{whole}[t - 1] if t else {first}"
                case "this":
                    return f"{state}[t]"
        return f"{self.body.whole(word or name)}[t]"


@dataclass
class Hand:
    """What one carry hands over, as variables; no expression where nobody reads it."""

    body: Body
    carry: Carry
    expression: Expression | None

    def __post_init__(self) -> None:
        carry = self.carry
        self.plain = self.expression == Name("it")
        usual = carry.first == carry.initial and carry.then == carry.of and carry.back == 1
        into = self.body.called(carry.into)
        self.variable = into if self.plain else f"handed_{carry.into}"
        self.still = into if self.plain and usual else f"still_{carry.of}"
        self.own_still = self.body.ragged and self.still != into

    @property
    def stays(self) -> str:
        """What it is where the sentence is over; a gradient there is one of the last real h."""
        late = self.body.ragged and self.carry.into == "d_h_from_next"
        if late and "d_h_from_loss" in self.body.known:
            return f"{self.still} + d_h_from_loss_t"
        return self.still

    def before(self) -> None:
        """Before the loop."""
        body, carry = self.body, self.carry
        initial = body.whole(carry.initial)
        if self.expression is None:
            body.write(f"{self.still} = {initial}")
            return
        first = f"np.zeros_like({initial})" if carry.first == "0" else body.whole(carry.first)
        body.write(f"{self.variable} = {first}")
        if carry.back == 2:
            body.write(f"waiting_{carry.of} = {self.variable}")
        if self.own_still:
            body.write(f"{self.still} = {initial}")

    def read(self) -> None:
        """The line that reads it, where it is another one than usual."""
        body = self.body
        if not self.plain and self.expression is not None:
            body.local["it"] = self.variable
            body.assign(self.carry.into, self.expression)
            del body.local["it"]

    def hand_over(self) -> None:
        """At the end of a step."""
        body, carry = self.body, self.carry
        of = body.called(carry.of)
        if self.expression is None:
            body.write(f"{self.still} = {of}")
            return
        if carry.then == "0":
            then = f"np.zeros_like({of})"
        elif carry.then == carry.initial:
            then = body.whole(carry.initial)
        else:
            then = body.called(carry.then)
        if carry.back == 2:
            body.write(f"{self.variable}, waiting_{carry.of} = waiting_{carry.of}, {then}")
        else:
            body.write(f"{self.variable} = {then}")
        if self.own_still:
            body.write(f"{self.still} = {of}")


def going(program: Program, t: str) -> str:
    """Which sentences go on at a step, as it is written."""
    return {0: f"{t} < lengths", 1: f"{t} <= lengths", -1: f"{t} + 1 < lengths"}[program.beyond]
