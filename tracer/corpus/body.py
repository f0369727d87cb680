"""The body of one function: the lines that it needs, in loops over steps where there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracer.corpus.arranging import inlined, ordered
from tracer.corpus.layouts import length
from tracer.corpus.looping import Loop
from tracer.corpus.needed import Needed
from tracer.corpus.style import Style
from tracer.corpus.text import Text
from tracer.equations.expression import Binary, Expression, Name
from tracer.equations.parsing import parse
from tracer.exercises.axes import Axis
from tracer.program import Program

CELL_FUNCTIONS = {"rnn": {"f": "tanh", "df": "dtanh"}}
"""What a cell calls the activations that it has where nothing else is said."""


@dataclass
class Body:
    """Writes the lines of one function.

    Attributes
    ----------
    program : Program
    style : Style
    needs : Needed
    over : str
        ``"step"`` or ``"sequence"``.
    known : set of str
        What there is under its own name: arguments taken apart, and what a cache had.
    wanted : tuple of str
        What has to be there in the end, of all steps.
    masked : set of str
        Those of them that are returned, and so are 0 where a sentence is over.
    helpers : set of str
        The helper functions that were called.
    extra : list of str
        The text of further ones.
    """

    program: Program
    style: Style
    needs: Needed
    over: str
    known: set[str]
    wanted: tuple[str, ...]
    masked: set[str]
    helpers: set[str]
    extra: list[str]
    lines: list[str] = field(default_factory=list)
    local: dict[str, str] = field(default_factory=dict)
    depth: int = 1
    ragged: bool = False
    seen: dict[bool, dict[str, str]] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ragged = (
            self.over == "sequence" and "lengths" in self.known and not self.program.runs_on
        )
        self.stacked = {
            name for name, axes in self.program.names.items()
            if axes[:1] == ("T",) and self.over == "sequence"
        }  # fmt: skip
        self.ranks = {
            whole: {
                name: len(axes) - (axes[:1] == ("T",) and not (whole and self.over == "sequence"))
                for name, axes in self.program.names.items()
            }
            for whole in (False, True)
        }
        self.bodies: dict[tuple[str, str], str] = {}

    # -- what stands where ------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """One line, or several."""
        self.lines += ["    " * self.depth + line for line in text.split("\n")]

    def text(self, line: str = "", *, whole: bool = False) -> Text:
        """What writes an expression here: of one step, or of all at once."""
        changed = self.program.lines[line].bodies if line in self.program.lines else ()
        bodies = {name: self.body(name, str(body)) for name, body in changed}
        return Text(
            self.style, self.ranks[whole], int(whole and self.over == "sequence"),
            self.whole if whole else self.called, bodies,
            CELL_FUNCTIONS.get(self.program.name, {}), self.helpers,
            lambda name: self.shape(name, whole=whole),
        )  # fmt: skip

    def body(self, name: str, body: str) -> str:
        """The helper function that has another body of an activation."""
        key = (name, body)
        if key not in self.bodies:
            ascii_name = {"σ": "sigma", "dσ": "slope_of_sigma"}.get(name, name)
            called = f"my_{ascii_name}"
            self.bodies[key] = called
            text = Text(
                self.style, {"z": 2}, 0, lambda z: z,
                {}, CELL_FUNCTIONS.get(self.program.name, {}), self.helpers,
            )  # fmt: skip
            source = f"def {called}(z):\n    return {text.of(parse(body))}"
            if source not in self.extra:
                self.extra.append(source)
        return self.bodies[key]

    def called(self, name: str) -> str:
        """What a name is called at a step."""
        if name in self.local:
            return self.local[name]
        if name in ("first_step", "last_step"):
            return f"float(t == {'0' if name == 'first_step' else 'T - 1'})"
        return name

    def whole(self, name: str) -> str:
        """What a name is called where all its steps are there."""
        if name == "t":
            return "np.arange(T).reshape(T, 1, 1)"
        return self.local.get(f"whole {name}", self.local.get(name, name))

    # -- lines ------------------------------------------------------------------------------------

    def assign(self, name: str, expression: Expression) -> None:
        """One line of a step."""
        target, text = self.called(name), self.text(name)
        terms = expression.terms
        rank = text.rank(expression)
        if (
            self.style.accumulate and len(terms) > 1 and not isinstance(terms[0], Name)
            and rank == 2 and text.rank(terms[0]) == 2 and str(terms[0])[0] != "-"
            and isinstance(terms[0], Binary) and terms[0].sign in ("@", "*")
        ):  # fmt: skip
            self.write(f"{target} = {text.of(terms[0])}")
            for term in terms[1:]:
                negative = str(term).startswith("-")
                of = term.parts[0] if negative else term
                self.write(f"{target} {'-' if negative else '+'}= {text.of(of)}")
            return
        self.write(f"{target} = {text.of(expression)}")

    # -- passes -----------------------------------------------------------------------------------

    def run(self, final: Callable[[Body], None]) -> list[str]:
        """Everything, and in the end what `final` writes."""
        for backward in (False, True):
            lines = {
                n: e for n, e in self.needs.lines.items()
                if self.program.lines[n].backward is backward
            }  # fmt: skip
            if lines:
                self.one_pass(lines, backward=backward)
        final(self)
        return self.lines

    def one_pass(self, lines: dict[str, Expression], *, backward: bool) -> None:
        """Forward, or backward."""
        before = dict(self.local)
        self.local |= self.seen.get(backward, {})
        reduced = {n for n in lines if self.over == "sequence" and self.program.lines[n].steps}
        after = self.after(lines, reduced)
        inside = {n: e for n, e in lines.items() if n not in after}
        read_later = {
            read
            for n, e in self.needs.lines.items()
            if n not in inside for read in e.reads
        } | {read for e in self.program.returned.values() for read in e.reads}  # fmt: skip
        of_carries = {
            name
            for into in self.needs.carries
            for name in (self.program.into[into].of, self.program.into[into].then)
        }
        kept = (set(self.wanted) | read_later | of_carries | reduced) & set(inside)
        if self.style.inline:
            inside = inlined(self.program, inside, kept)
        names = ordered(inside, inside, self.program.into, self.style.shuffled)
        if self.over == "step" or not self.program.carries:
            for name in names:
                self.assign(name, inside[name])
        elif not any(n in self.needs.carries for n in lines) and self.at_once(inside, reduced):
            for name in names:
                self.all_steps(name, inside[name])
        else:
            Loop(self, names, inside, reduced, kept, backward=backward).write()
        for name in after:
            self.write(f"{self.whole(name)} = {self.text(name, whole=True).of(lines[name])}")
        found = {n: called for n, called in self.local.items() if n.startswith("whole ")}
        self.local = before | found

    def after(self, lines: Mapping[str, Expression], reduced: set[str]) -> list[str]:
        """What is put together of what was added up over the steps: d_U of its blocks."""
        if self.over != "sequence":
            return []
        found: list[str] = []
        for name, expression in lines.items():
            no_steps = self.program.names[name][:1] != ("T",) and name not in reduced
            if no_steps and (set(expression.reads) & (reduced | set(found)) or not reduced):
                found.append(name)
        return found

    def at_once(self, lines: Mapping[str, Expression], reduced: set[str]) -> bool:
        """Whether all steps can stand in one array: no product adds up over sentences."""
        whole = {n for n in reduced if self.program.lines[n].steps.startswith("without")}
        return not whole and not any("T @" in str(e) for e in lines.values())

    def all_steps(self, name: str, expression: Expression) -> None:
        """A line of all steps together."""
        text = self.text(name, whole=True).of(expression)
        steps = self.program.lines[name].steps
        if steps:
            text = {
                "sum": f"({text}).sum(axis=0)", "mean": f"({text}).sum(axis=0) / T",
                "first": f"({text})[0]", "last": f"({text})[-1]",
            }.get(steps, f"({text})[{steps.removeprefix('step ')}]")  # fmt: skip
        elif self.ragged and name in self.masked:
            more = len(self.program.names[name]) - 2
            every = "every" + "[..., np.newaxis]" * more
            text = f"np.where({every}, {text}, 0)"
        self.write(f"{self.whole(name)} = {text}")

    def shape(self, name: str, *, whole: bool = True) -> str:
        """The shape of an array over time, or of a step."""
        axes = self.program.names[name]
        if axes[:1] == ("T",) and (not whole or self.over == "step"):
            axes = axes[1:]
        return f"({', '.join(length(Axis.of(axis)) for axis in axes)},)"
