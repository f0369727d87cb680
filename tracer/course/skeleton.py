"""The files of an exercise to start from, written from the list's equations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from tracer.course.as_numpy import code, equations_of
from tracer.equations import CELLS
from tracer.equations.updates import UPDATES
from tracer.exercises.drawing import number
from tracer.program import program_of


class Draft(NamedTuple):
    """A check to start from, and its hints."""

    name: str
    title: str
    sizes: str
    more: str
    hints: tuple[str, str]


EQUATIONS_FIRST = (
    "Which of your lines is which equation of README.md?",
    "Compare your numbers with those that README.md works out, line by line.",
)
CALLED_TWICE = (
    "The second call has other numbers. Do you use them?",
    ("Nothing may be kept from the first call: in no variable outside, in no default argument."),
)
INPUTS_KEPT = (
    "Whose array do you write into?",
    "`h *= f` changes the caller's array; `h = h * f` makes a new one.",
)
CELL_CHECKS = (
    Draft("one word", "one sentence: the equations", "N = 1, D = [4, 6], H = [2, 5]", "",
          EQUATIONS_FIRST),
    Draft("batch", "several sentences at once: each row by itself",
          "N = [2, 4], D = [5, 7], H = [3, 5]", "",
          ("Each row is one sentence. Does any of your lines mix rows?",
           "Axis 0 counts the sentences, axis 1 the numbers of each.")),
    Draft("state carried", "several words: each state goes into the next step",
          "T = [4, 6], N = [2, 4], D = [3, 7], H = [2, 5]", "",
          (("The function is called once for each word, with your own state of the word before. "
           "What may it still know of an earlier call?"),
           ("All that is known of the words before comes in as an argument, and goes out as a "
           "result."))),
    Draft("called twice", "a second call forgets the first",
          "N = [2, 4], D = [3, 6], H = [2, 5]", "calls = 2", CALLED_TWICE),
    Draft("inputs kept", "the input arrays are left unchanged",
          "N = [2, 4], D = [3, 6], H = [2, 5]", "inputs_kept = true", INPUTS_KEPT),
)  # fmt: skip
UPDATE_CHECKS = (
    Draft("one update", "one call: the equations", "H = [3, 5], D = [6, 8]", "", EQUATIONS_FIRST),
    Draft("called twice", "a second call forgets the first", "H = [3, 5], D = [6, 8]",
          "calls = 2", CALLED_TWICE),
    Draft("inputs kept", "the input arrays are left unchanged", "H = [3, 5], D = [6, 8]",
          "inputs_kept = true", INPUTS_KEPT),
)  # fmt: skip

TOML = """\
title = {title}
{right}
needs = []

[[functions]]
signature = "{signature}"
{where}"""

CHECK = """
[[checks]]
name = "{name}"
title = "{title}"
points = 2
sizes = {{ {sizes} }}
"""

STUB = '''\
"""Exercise {number}: {title}."""

import numpy as np


def {function}({takes}):
    """{title}.

{equations}

    {shapes}
    """
    raise NotImplementedError("{function}: return {returns}")
'''

README = """\
# {title}

What this is good for, in two or three sentences.

    {signature}

## The equations

{equations}
{blocks}
## The shapes

| name | shape | is |
|---|---|---|
{shapes}

## One number by hand

```python
{given}

```

There

{values}

and so

```python
>>> {returns} = {function}({takes})
>>> {rounded}
{results}

```

Check it with `tracer check {number}`. Stuck? `tracer hint {number}`.
"""

HINTS = """
## {name}

1. {mild}
2. {strong}
"""


class Skeleton:
    """What an exercise asks for, and every file that says so.

    Parameters
    ----------
    name : str
        ``"60_my_step"``.
    program : str
        A kind of cell or of update.
    reference : bool
        Whether a reference.py says what is right.
    """

    def __init__(self, name: str, program: str, *, reference: bool) -> None:
        self.number, _underline, self.function = name.partition("_")
        self.name, self.reference = program, reference
        self.program = program_of(program)
        self.equations = equations_of(program)
        self.title = self.function.replace("_", " ").capitalize()
        self.file = f"{self.function}.py"
        self.takes = ", ".join(self.equations.takes)
        self.returns = ", ".join(self.equations.returns)
        self.signature = f"{self.function}({self.takes}) -> {self.returns}"
        self.checks = UPDATE_CHECKS if program in UPDATES else CELL_CHECKS

    def files(self) -> dict[str, str]:
        """The files of the exercise, by name."""
        files = {
            "exercise.toml": self.toml(),
            self.file: self.stub(),
            "README.md": self.readme(),
            "hints.md": self.hints(),
        }
        return files | ({"reference.py": self.answer("what is right")} if self.reference else {})

    def answer(self, what: str = "a right answer") -> str:
        """A file that computes the equations."""
        return f'"""Exercise {self.number}, {what}."""\n\n' + code(self.function, self.equations)

    def toml(self) -> str:
        """``exercise.toml``."""
        where = [
            f'{name} = "normal({", ".join(self._axes(name, steps=name == "x"))})"'
            for name in self.equations.takes
        ]
        head = TOML.format(
            title=json.dumps(self.title),
            right='reference = "reference.py"' if self.reference else f'equations = "{self.name}"',
            signature=self.signature,
            where=_lines(["[functions.where]", *where, ""]) if self.reference else "",
        )
        return head + "".join(
            CHECK.format(**check._asdict()) + (f"{check.more}\n" if check.more else "")
            for check in self.checks
        )

    def stub(self) -> str:
        """What the student starts from."""
        return STUB.format(
            **self._said(),
            shapes=", ".join(f"{name} {self._shape(name)}" for name in self.equations.takes),
        )

    def readme(self) -> str:
        """The page: the equations, the shapes, and a step of one unit worked out."""
        shown, values = self._worked()
        results = [str(round(values[name], 4)) for name in self.equations.returns]
        meanings = _meanings(self.name)
        blocks = [
            f"`{whole}` holds {', '.join(f'`{row}`' for row in rows)}, one below the other."
            for whole, rows in self.equations.blocks.items()
        ]
        called = {name for right in self.equations.lines.values() for name in right.functions}
        meant = ["`σ(z)` is the sigmoid, `1 / (1 + e^(-z))`."] if "σ" in called else []
        return README.format(
            **self._said(),
            blocks=_lines(["", *meant, *blocks, ""]) if meant or blocks else "",
            shapes=_lines(
                f"| `{name}` | {self._shape(name)} | {meanings.get(name, '')} |"
                for name in (*self.equations.takes, *self.equations.returns)
            ),
            given=_lines(f">>> {name} = {text}" for name, text in shown.items()),
            values=_lines(f"    {name} = {values[name]:.4f}" for name in self.equations.lines),
            rounded=", ".join(f"round({name}.item(), 4)" for name in self.equations.returns),
            results=f"({', '.join(results)})" if len(results) > 1 else results[0],
        )

    def hints(self) -> str:
        """``hints.md``."""
        return "# Hints\n" + "".join(
            HINTS.format(name=check.name, mild=check.hints[0], strong=check.hints[1])
            for check in self.checks
        )

    def _said(self) -> dict[str, str]:
        called = CELLS[self.name].activations() if self.name in CELLS else {}
        called = {function: name for function, name in called.items() if function != "σ"}
        lines = {n: right.written(called) for n, right in self.equations.lines.items()}
        return {
            "number": self.number, "title": self.title, "function": self.function,
            "signature": self.signature, "takes": self.takes, "returns": self.returns,
            "equations": _lines(f"    {n} = {right}" for n, right in lines.items()),
        }  # fmt: skip

    def _worked(self) -> tuple[dict[str, str], dict[str, float]]:
        """Small numbers for every argument, as Python writes them, and all that follows of them."""
        generator = np.random.default_rng(2)
        shown, given = {}, {}
        into = {c.into: c.initial for c in self.program.carries.values() if not c.backward}
        for name in self.equations.takes:
            rows = len(self.equations.blocks.get(name, ("",)))
            axes = self._axes(name)
            shape = tuple(rows if n == 0 else 1 for n in range(len(axes)))
            value = np.round(number(name, generator, shape), 1)
            shown[name] = f"np.array({value.tolist()})" if shape else repr(value.item())
            steps = "T" in self.program.names[name] and name not in into
            given[into.get(name, name)] = value[np.newaxis] if steps else value
        values = self.program.run(given, wanted=list(self.equations.lines))
        return shown, {name: value.item() for name, value in values.items()}

    def _axes(self, name: str, *, steps: bool = False) -> tuple[str, ...]:
        """The axes of an argument or a result of one call; with `steps`, of all calls."""
        return tuple(axis for axis in self.program.names[name] if axis != "T" or steps)

    def _shape(self, name: str) -> str:
        axes = self._axes(name)
        return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})" if axes else "a number"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _meanings(name: str) -> Mapping[str, str]:
    """One plain line for each quantity."""
    if name in UPDATES:
        update = UPDATES[name]
        return {q.name: q.meaning for q in (*update.given, *update.quantities)}
    cell = CELLS[name]
    return {
        **{q.name: q.meaning for q in cell},
        **{p.name: p.meaning.partition(";")[0] for p in cell.parameters},
    }
