"""What ``exercise.toml`` may say: each key, what may stand there, and what it means.

`reading` holds every file against these tables, and docs/exercise-toml.md is written from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracer.equations import CELLS
from tracer.equations.updates import UPDATES
from tracer.exercises.wanted import (
    Changes,
    Folders,
    LayoutText,
    Line,
    Names,
    Number,
    OneOf,
    Positive,
    Size,
    Table,
    Tables,
    Wanted,
    Whole,
    YesNo,
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file. Without `default` it must be there.

    `left_out` says what its absence means, where the default does not.
    """

    name: str
    wanted: Wanted
    meaning: str
    default: Any = None
    left_out: str = ""

    @property
    def required(self) -> bool:
        """Whether the file must have it."""
        return self.default is None and not self.left_out


def exercise_keys() -> tuple[Key, ...]:
    """The keys of the file."""
    return (
        Key("title", Line(80), "the heading of its README and its line in `tracer list`"),
        Key("equations", OneOf((*CELLS, *UPDATES)), "whose equations the answer is compared with",
            left_out="`reference` says what is right"),
        Key("reference", OneOf(("reference.py",)),
            "a file in the folder with right functions of the same signatures",
            left_out="`equations` say what is right"),
        Key("needs", Folders(), "the exercises that come before it", ()),
        Key("uses", Folders(),
            "exercises before it, with smaller numbers, whose answers, the student's own, this one "
            "may import; no two of them, or of those that they use, have the same name after the "
            "number, and none that of a keyword, a module of Python's or a package", ()),
        Key("credit", OneOf(("follow", "exact")),
            "whether a number is right that follows from the student's own earlier numbers, or "
            "only one that is right by itself", "follow"),
        Key("convention_share", Number(0, 1),
            "the share of the points for a right answer in another system's convention", 0.0),
        Key("device", OneOf(("cuda-simulator",)),
            "what `from numba import cuda` gives: Numba's simulator, also where there is a card; "
            "what no card compiles is refused",
            left_out="the processor alone"),
        Key("where", Table(LayoutText(), '{ Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]" }'),
            "layouts for all functions, see below", left_out="none"),
        Key("functions", Tables("functions", 10), "what the student writes"),
        Key("checks", Tables("checks", 20), "what is checked, from simple to hard"),
    )  # fmt: skip


FUNCTION_KEYS = (
    Key("signature", Line(300), "its name, its arguments and what it returns, in order"),
    Key("over", OneOf(("step", "sequence")),
        "whether one call is one step, or all of them; of an update neither matters", "step"),
    Key("where", Table(LayoutText(), '{ prev_h = "h_prev", x = "x[N, T, D]" }'),
        "layouts for this function", left_out="none"),
)  # fmt: skip
"""The keys of one ``[[functions]]``."""


def check_keys(
    functions: tuple[str, ...], arguments: tuple[str, ...], returned: tuple[str, ...]
) -> tuple[Key, ...]:
    """The keys of one ``[[checks]]`` of an exercise with these functions, arguments, results."""
    return (
        Key("name", Line(40), "a short name, used once in the file; its hints stand under it"),
        Key("title", Line(100), "the line that a student sees"),
        Key("points", Whole(1, 100), "what the check is worth"),
        Key("sizes", Table(Size(), "{ N = 3, D = [5, 7], H = 4 }"), "how large the arrays are", {}),
        Key("functions", Names(functions, 1), "which functions are called, one after the other",
            left_out="all"),
        Key("expect", Names(returned, 1), "which of the results are looked at",
            left_out="all that are quantities"),
        Key("zero", Names(arguments), "arguments that are all zero; the others are random", ()),
        Key("large", Table(Number(), "{ x = 5000 }"),
            "arguments, and a factor for every other row of each", {}),
        Key("dtype", OneOf(("float64", "float32")), "the dtype of every argument", "float64"),
        Key("calls", Whole(1, 10),
            "how often all this is called, each time with new numbers", 1),
        Key("inputs_kept", YesNo(), "whether changing an argument is a mistake here",
            default=False),
        Key("lengths", OneOf(("full", "ragged")),
            "whether all sentences have T words, or some have fewer", "full"),
        Key("tolerance", Positive(0.1), "how far off a number may be, as a share of the largest",
            left_out="what the dtype allows"),
        Key("seconds", Positive(600), "how long each call may take",
            left_out="what `tracer check --time-limit` says"),
        Key("nopython", YesNo(), "whether the functions must compile with `numba.njit`",
            default=False),
        Key("launched", YesNo(),
            "whether the function must launch a kernel: it is launched once more, with other "
            "numbers, and takes all arguments, then all results", default=False),
        Key("accepts", YesNo(),
            "whether the arguments are right, and True must be returned", default=False),
        Key("refuses", Changes(),
            "edits of the equations that make the arguments wrong: for each, False must come back",
            ()),
        Key("at_least", Number(), "what the returned number must reach", left_out="anything"),
        Key("at_most", Number(), "what the returned number must not exceed", left_out="anything"),
        Key("accuracy", Number(0, 1),
            "the share of the words of held-back sentences that the returned weights must label "
            "right; x, label and mask are tagged sentences then", left_out="nothing is learned"),
    )  # fmt: skip


SIZES = (
    Key("T", Size(),
        "steps: a function of one step is called for each, and the state that it returns goes "
        "into the next", left_out="1"),
    Key("N", Size(), "sentences in the batch", left_out="nothing has N rows"),
    Key("D", Size(), "inputs, the numbers of one word", left_out="nothing has D columns"),
    Key("H", Size(), "hidden units", left_out="nothing has H units"),
    Key("K", Size(), "classes", left_out="nothing has K classes"),
)  # fmt: skip
"""The sizes that the equations know; a reference may have others, a capital letter each."""

LAYOUTS = (
    ("h_prev", "the quantity, as it is in the list; of a function of one step without T"),
    ("x.T", "transposed; needs two axes"),
    ("x[N, T, D]", "its axes in this order; 1 adds one, as in a_f[H, 1]"),
    ("[U_i.T, U_f.T]", "side by side, along the last axis"),
    ("[[W_i], [W_f]]", "one below the other"),
    ("0.25 * a", "times a number; two biases are 0.25 * a and 0.75 * a"),
    ("one_hot(label)", "a row of K numbers for each class, 1 at the class"),
    ("(h_prev, c_prev)", "a tuple; list(h_prev, c_prev) is a list"),
    ("{Wf: [W_f, U_f], bf: a_f[H, 1]}", "a dict with these keys"),
    ("d(Wx)", "the gradient of the argument Wx, laid out as Wx is"),
    ("0.9, True, None, 'train'", "handed over as it stands"),
    (
        "number, bool",
        "one returned number, one True or False: no quantity, a check says what of it",
    ),
    ("...", "returned, whatever it is, and never looked at; a later function may take it"),
)
"""What a layout is made of."""

DRAWS = (
    ("normal(N, 3H)", "normal numbers; scale=0.8"),
    ("uniform(N, D, low=0, high=1)", "between two bounds"),
    ("labels(N, T, classes=K)", "whole numbers below K"),
    ("lengths(N, most=T)", "how long each sentence is"),
    ("mask(N, T)", "True and False"),
    ("words(T, of=K)", "a list of T words, each one of the first K of a short list"),
    ("codes(K, digits=D)", "a dict: a text of D digits 0, 1, 2 for each of the first K words"),
)
"""What stands for an argument where a reference says what is right."""

MOST_ARRAYS, MOST_NUMBERS = 4000, 4_000_000
"""What all checks of one exercise may send to the student's process, and have sent back."""
