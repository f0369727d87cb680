"""Write docs/exercise-toml.md from the tables of tracer/exercises/schema.py: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tracer.equations import CELLS
from tracer.equations.updates import UPDATES
from tracer.exercises.schema import (
    DRAWS,
    FUNCTION_KEYS,
    LAYOUTS,
    SIZES,
    Key,
    check_keys,
    exercise_keys,
)
from tracer.exercises.wanted import Names, Size
from tracer.program import Program, program_of

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("exercise-toml.md")
EXAMPLE = ROOT / "exercises" / "22_lstm_step" / "exercise.toml"
COURSE = ROOT / "tests" / "exercises" / "courses" / "rows" / "exercises" / "31_lstm_layers"

HEAD = """\
# exercise.toml

<!-- Written from tracer/exercises/schema.py by docs/make_exercise_toml.py; run: make docs -->

An exercise is a folder, named by a number and the student's file: `22_lstm_step` holds the stub
`lstm_step.py`. The numbers give the order. What is asked for is in the folder's `exercise.toml`;
nothing else has to be edited to add one, and no exercise needs a line of code in `tracer`.

    tracer dev new 60_gru_step --dir our-course          a folder to start from, complete and right
    tracer dev check --exercises our-course/exercises    does everything in it fit together?
    tracer init work --exercises our-course/exercises    what a student gets

`--exercises` is an option of every command that reads exercises: `list`, `check`, `hint`, `init`
and `dev check`. A folder made by `tracer init --exercises` remembers it, in
`.tracer/course.toml` (`exercises = "…"`), so students never type it.

[own-exercises.md](own-exercises.md) walks through three exercises of other courses.

If the file breaks a rule below, this exercise is left out, and `tracer` names the file, the key,
the value and what may stand there. All other exercises work as before.

For example, from `exercises/22_lstm_step/`:
"""

CONVENTIONS = """\
## Functions and layouts

`signature` is what students read: `lstm_step(x, h_prev, c_prev, U, W, a) -> h, c`. It may also be a
method, with or without what makes its object: `LSTMCell(U, W, a).step(x, h_prev, c_prev) -> h, c`;
a later `LSTMCell.backward(d_h) -> d_x` is called on the object that was made before.

A name that is on the list of quantities (below) needs nothing else. For any other name, `where`
says which quantities it is made of, and how they are laid out:

```toml
{example}
```

The same layout reads what comes back: nothing has to be said twice. `where` may stand in the file,
for all functions, and in `[functions.where]`, for one. A table in it is a dict:
`parameters = {{ Wf = "[W_f, U_f]", bf = "a_f[H, 1]" }}`.

Three rules make hand-over work without a word:

- A name that one function returns and a later one takes is handed on as it is. Where it is no
  quantity, as a cache, it may be anything, and it never leaves the student's process.
- A function of one step is called once for each of the T steps; the state that it returns goes
  into the next step.
- A name that is both taken and returned means, where it is returned, what becomes of it:
  `h_prev` the new `h`, `h_0` the last state `h_T`, an optimiser's `w` the new `w`.
"""

DRAWN = """
With `reference = "reference.py"` there are no quantities. The file stands in the exercise's folder,
is never handed out, and has right functions of the same signatures; their results are what the
student's are compared with, and every argument is drawn:
"""

SHOWN = """
A result may stand in `where` too, what is computed first before what is computed from it. Nothing
is drawn then; but the report names a place in it by these axes, t, row and class:

    [functions.where]
    probs = "normal(T, N, K)"
    words = "labels(T, N, classes=K)"
"""

STATED = """
What a check states of a result that is no quantity:

- `ok = "bool"` in `where`, and `accepts = true` or `refuses` in the check: the student's function
  looks at gradients, say, and must return True for right ones and False for planted wrong ones.
  The edits are written as in the catalogue of mistakes:
  `refuses = [{ change = { d_c = "d_c_from_h" } }, { read = { W = "W.T" } }]`. Who returns True for
  one of them is told which.
- `accuracy = "number"` in `where`, and `at_least = 0.9` or `at_most` in the check, with `seconds`.
- weights that are taken and returned, as in
  `train(x, label, mask, U, W, a, V, b) -> U, W, a, V, b`, and `accuracy = 0.95` in the check: x,
  label and mask are tagged sentences, with codes of 8 digits (D) and 4 classes (K); the returned
  weights label others, which nobody has seen, and so many of their words must be right. It is
  measured outside of the answer. Behind the end of a sentence stand words with wrong classes.
- `nopython = true`: each function is compiled with `numba.njit` before it is called.
- `launched = true`, with `device = "cuda-simulator"`: the function launches one kernel, which takes
  the function's own arguments and then arrays for its results. tracer launches the kernel once
  more, with other numbers; each thread has arrays of its own, those of the results full of NaN, and
  writes a number of each result.
"""

FILES = (
    ("README.md", ("begins with `# ` and the title, holds each signature, an example worked by "
     "hand in lines that begin with `>>>`, and the commands `tracer check 22` and "
     "`tracer hint 22`")),
    ("lstm_step.py", "the stub: each function only raises NotImplementedError"),
    ("hints.md", ("for each check, in their order, a heading `## ` and its name, and below it a "
     "numbered list of two or more hints, from mild to strong; an indented line goes on with its "
     "item. Of Markdown they may have code in backticks and `*emphasis*`. A hint may begin with "
     "the quantities that it speaks of, `2. [h] Is c squeezed?`: who has only others wrong is not "
     "told it; the last one has no brackets. It is not handed out")),
    ("mistakes.toml", "if you like, mistakes of your own for the diagnosis; not handed out"),
    ("reference.py", "where `reference` names it; not handed out"),
)  # fmt: skip

BESIDE = """
Beside the folder of the exercises lies `solutions`, with a folder of the same name for each:
the solution, `lstm_step.py`, and at least three files in `mistakes/`, wrong answers as students
write them. The first line of each says which checks it fails, and where it is first wrong:

    # fails: batch, state carried; first at: step 1, quantity h
    # fails: every check; first at: step 1, quantity c

`tracer dev check` runs all of it, and prints the line that is right where another one stands.
"""


DIFFERENT = f"""\
A size is {SIZES[0].wanted}. Sizes
are drawn anew for each run, and all different from each other and from the rows of the weights (4H)
wherever the ranges allow it: then no mix-up of axes passes unseen."""


def render() -> str:
    """Text of the page."""
    example = "\n".join(COURSE.joinpath("exercise.toml").read_text("utf-8").split("\n")[3:15])
    return "\n".join(
        [
            HEAD,
            "```toml",
            *_example(),
            "```",
            *_table("The file", exercise_keys()),
            *_table("Each `[[functions]]`", FUNCTION_KEYS),
            "",
            CONVENTIONS.format(example=example),
            *_pairs("layout", LAYOUTS),
            "",
            *_names(),
            DRAWN,
            *_pairs("drawn", DRAWS),
            SHOWN,
            *_table("Each `[[checks]]`", check_keys((), (), ())),
            STATED,
            *_table("sizes", SIZES),
            "",
            DIFFERENT,
            "\n## The other files\n",
            *_pairs("file", FILES),
            BESIDE,
        ]
    )


def _example() -> Iterator[str]:
    """The head of a real file, and its first and longest check."""
    head, *checks = EXAMPLE.read_text("utf-8").split("\n[[checks]]\n")
    yield head.rstrip()
    for check in (checks[0], next(check for check in checks if "T =" in check)):
        yield "\n[[checks]]\n" + check.rstrip()


def _table(title: str, keys: Sequence[Key]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| key | what may stand there | if left out | is |"
    yield "|---|---|---|---|"
    for key in keys:
        wanted = "a list of names" if isinstance(key.wanted, Names) else str(key.wanted)
        wanted = "a size" if isinstance(key.wanted, Size) else wanted
        yield f"| `{key.name}` | {wanted} | {_left_out(key)} | {key.meaning} |"


def _left_out(key: Key) -> str:
    if key.required:
        return "an error"
    if key.left_out:
        return key.left_out
    match key.default:
        case () | {}:
            return "none"
        case bool():
            return str(key.default).lower()
    return str(key.default)


def _pairs(head: str, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head} | is |\n|---|---|"
    for written, meaning in pairs:
        yield f"| `{written}` | {meaning} |"


def _names() -> Iterator[str]:
    """Which quantities the equations know, with their axes."""
    yield "The quantities, with their axes; those of [notation.md](notation.md), and what makes"
    yield "a sequence of them; `d_h_norm` is the norm of `d_h` over the units. A function of one"
    yield "step gets and gives them without T."
    for name in (*CELLS, *UPDATES):
        program = program_of(name)
        yield f"\n**`{name}`**, given: {_axes(program, program.given)}.\n"
        computed = [n for n in program.names if n not in program.given]
        yield f"Computed: {_axes(program, computed)}."


def _axes(program: Program, names: Iterable[str]) -> str:
    """The names, those of the same axes together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        together.setdefault(program.names[name], []).append(f"`{name}`")
    return "; ".join(
        f"{', '.join(same)} ({', '.join(axes)}{',' if len(axes) == 1 else ''})"
        for axes, same in together.items()
    )


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
