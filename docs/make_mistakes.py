"""Write docs/mistakes.md from the catalogue of mistakes: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracer.mistakes.catalogue import CATALOGUE
from tracer.mistakes.reading import Entry, read
from tracer.mistakes.schema import KEYS

PAGE = Path(__file__).with_name("mistakes.md")

HEAD = """\
# Mistakes that are named

<!-- Written from tracer/mistakes/ by docs/make_mistakes.py; run: make docs -->

When an answer is wrong, `tracer check` looks for a well-known mistake that gives exactly these
numbers. A mistake is data: a change of the equations, kept in
[tracer/mistakes/catalogue.toml](../tracer/mistakes/catalogue.toml). One entry is enough to add
one:

```toml
[[mistakes]]
id = "c_not_squeezed"
title = "h = o * c"
sentence = "Your numbers are those of h = o * c. The equation is h = o * tanh(c)."
programs = ["lstm"]
change = { h = "o * c" }
```

## When a mistake is named

A mistake is named only if it gives **every** number that came back, in all checks, and the right
equations do not. Where several give the same numbers, all of them are told: "one of". Otherwise:

- Up to four mistakes at once are looked for, each of which makes more of the numbers right. If
  only one such set gives every number, its mistakes are told together. Each part of each of them
  has to be needed: where one overwrites what another says, the two are not told.
- Where no mistake of the list fits, each equation is tried with one thing changed. If one fits,
  the changed equation is quoted.
- Where nothing fits, each quantity is held against what follows from the student's own earlier
  numbers.

A set is told only if no part of it gives the same numbers, and no part of it gives the right
ones. Of those that say the same of one quantity, as `o = z_o` and "`z_o` is returned as `o`" do
where nothing else is made of `o`, one is told.

Nothing is named where it could be false. If every wrong number is 0, only that is said, or at
which step it is: too much gives 0. Whole numbers and NaN alone do not count either. A mistake that
brings in a quantity which is 0 in all checks, or part of which shows in nothing that came back, is
left out. A backward pass is also held against the student's own forward pass, and against the
derivative of that: neither is called wrong.

So a `title` and a `sentence` say what the numbers are, not what the code does: code that returns
`-h` has no mistake in `z`, though `h = tanh(-z)` gives the same numbers.

## How often that works

`make corpus` counts it, with answers that are written from the equations. `tracer dev check
--report` on 2026-11-26, for all 24 exercises, on two cores of an Intel Xeon (Python 3.11.7, NumPy
2.4.6, Numba 0.68.1):

| | |
|---|---|
| our own wrong answers | 171 of 172 fail as their first line says; that of one is corrected |
| right answers in other styles | 1711 of 1711 pass, none is accused |
| one mistake, in two styles | 4692 of 4774 are named |
| two mistakes at once | 324 of 358 are named |
| the blamed line, where one line is wrong | right in 1310 of 1399 |
| something is named that is not so | in 7: one of exercise 15, two each of 23, 31 and 33 |

Every stub is not started, every solution passes, and `NUMBA_DISABLE_JIT=1 tracer dev check` finds
no problem either. A name counts only if it would hold on other numbers too; of several that are
told as "one of", one has to. Of two mistakes at once, one that shows in none of the numbers that
came need not be told. An answer that returns an array of another shape in every check that fails
is told so, and is not among those to be named. The line is found least in exercises 01 (0 of 3),
15 (11 of 24), 16 (2 of 5) and 50 (0 of 1).

Answers that nobody wrote from the equations are harder. Of 150 with one slip each, written by hand
in other styles (classes, helper functions, dicts, several statements on a line) for exercises 20
to 22, 30 to 32 and 41 to 43, the line that is named was at fault in 130; in 5 it was not, and the
one at fault stood beside it; in 8 it was another; in 7 none was named. They were at hand while the
search for lines was mended (before, another line was named in 40), so new ones will do worse.

## Your own

An exercise's folder may have a `mistakes.toml` beside its `exercise.toml`, in the same form. Its
mistakes are tried with those of the list. It stays with you: `tracer init` does not hand it out.
Its sentences are said as they stand. Those of the list are said in the names and the layout that
your `exercise.toml` gives the arrays: `h_prev @ W.T` as `prev_h @ Wh`, or as `Waa @ a_prev`.
If something in it cannot stand there, `tracer` names the file, the entry, the key and what may
stand there.

Where a `reference.py` says what is right, there are no equations to change. A mistake is a text
that stands in the reference once, and what a wrong answer has in its place; no other change can
stand there:

```toml
[[mistakes]]
id = "state_not_carried"
title = "h_0 at every step"
sentence = "Your numbers are what you get if every step begins with h_0."
in_reference = { "h_prev = h\\n" = "h_prev = h_0\\n" }
```

After a wrong answer the reference runs once more with each of these mistakes in it. One is named if
it alone gives every number that came back. This runs without a wall: write no reference that you
would not run yourself, and none that prints.

A mistake may have variants. Each value of a list under `for_each` makes one, and so does each
combination of values where there are several lists, except those with a value twice:

```toml
[[mistakes]]
id = "bias_of_another_gate"
title = "z_{q} with the bias a_{p}"
sentence = "Your numbers are what you get if z_{q} is computed with the bias a_{p}."
for_each = { q = "gates", p = "gates" }
change = { "z_{q}_from_a" = "a_{p}" }
```

## The keys of an entry

| key | what may stand there | if left out | is |
|---|---|---|---|
"""

CHANGES = (
    (
        "`change`", '`{ c = "f * c_prev + g" }`',
        ("the right-hand side of a quantity; `it` stands for what was there. Of an input"
        " (`x`, `h_0`, `label`): what is read in its place"),
    ),
    (
        "`each_gate`", '`{ "z_{gate}" = "it - z_{gate}_from_a" }`',
        "the same for every gate",
    ),
    (
        "`function`", '`{ "σ" = "1 / (1 + exp(z))" }`',
        ("the body of a function of `z`: `σ`, `tanh`, in the RNN `f`; their slopes `dσ`,"
        " `dtanh`, `df`"),
    ),
    (
        "`read`, `read_forward`, `read_backward`", '`{ h_0 = "c_0" }`',
        "what is read in the place of an input or of a block, in both passes or in one",
    ),
    (
        "`order`", '`"i f o g"`, `"interleaved"`',
        "the order in which the blocks of U, W and a are taken",
    ),
    (
        "`carry`", '`{ h = "zero at first" }`',
        ('what a step hands to the next: `"zero"`, `"zero at first"`, `"initial"`, `"two'
        ' back"` or another quantity; of `h`, `c`, `d_h`, `d_c`'),
    ),
    (
        "`past`", '`{ h_prev = "this" }`',
        ('what the backward pass reads of the forward pass: `"zero"`, `"last"`, '
        '`"next"`, `"before"` or another quantity; of `h_prev` and `c_prev` also '
        '`"wrap"`, `"zero at first"`, `"initial"`, `"two back"`, `"this"`'),
    ),
    (
        "`loop`", '`{ backward = "reversed" }`',
        "the direction of a loop",
    ),
    (
        "`padding`", '`"runs on"`',
        'whether the state stands still after the end of a sentence; or `"one step more"`',
    ),
    (
        "`steps`", '`{ d_W = "last" }`',
        ('how the steps are put together: `"sum"`, `"mean"`, `"first"`, `"last"`, '
        '`"without first"`, `"without last"`, `"step D"`'),
    ),
    (
        "`returned`", '`{ h = "c", c = "h" }`',
        "what is returned, and nothing else",
    ),
)  # fmt: skip

NAMES = """\

An equation is made of `+ - * / @ **`, `.T`, numbers, the names of [notation.md](notation.md), the
sizes `T N D H K`, `count` (how many steps count for the loss), `t`, `first_step`, `last_step`,
and functions: those of the cell, `sigmoid tanh relu exp log sqrt abs min max softmax one_hot
masked`, `sum_N`, `mean_N`, `sum_K`, `of_last_step`, `reversed_steps` and a few more, which an
error lists.

"""


def render() -> str:
    """Text of the page."""
    entries = read(CATALOGUE)
    rows = [*_keys(), *_edits()]
    return HEAD + "\n".join(rows) + "\n" + NAMES + "\n".join(_table(entries)) + "\n"


def _keys() -> Iterator[str]:
    for key in KEYS:
        left_out = "an error" if key.required else _default(key.default)
        yield f"| `{key.name}` | {key.wanted} | {left_out} | {key.meaning} |"


def _edits() -> Iterator[str]:
    yield "\nand at least one change:\n\n| key | example | changes |\n|---|---|---|"
    for row in CHANGES:
        yield f"| {' | '.join(row)} |"


def _default(value: object) -> str:
    return "" if value in (None, "", {}) else str(value)


def _table(entries: tuple[Entry, ...]) -> Iterator[str]:
    yield "## The list\n"
    yield f"{len(entries)} entries. `n` is in how many of 304 real files it was seen.\n"
    yield "| id | for | title | change | n |"
    yield "|---|---|---|---|---|"
    for entry in entries:
        whose = ", ".join(entry.programs) or "every cell"
        kind = " (convention)" if entry.kind == "convention" else ""
        change = "; ".join(_changes(entry.edits))
        title = _cell(entry.title) + _variants(entry)
        yield f"| `{entry.id}`{kind} | {whose} | {title} | {change} | {entry.n or ''} |"


def _variants(entry: Entry) -> str:
    told = []
    for names, values in entry.for_each.items():
        listed = f"the {values}" if isinstance(values, str) else ", ".join(f"`{v}`" for v in values)
        told.append(f"{names}: {_cell(listed)}")
    return f"<br>{'; '.join(told)}" if told else ""


def _changes(edits: object) -> Iterator[str]:
    assert isinstance(edits, dict)
    for key, value in edits.items():
        if isinstance(value, str):
            yield f"{key}: `{_cell(value)}`"
        else:
            yield f"{key}: " + ", ".join(f"`{_cell(f'{n} = {v}')}`" for n, v in value.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
