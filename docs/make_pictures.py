"""Write the section *In a trained network* of the exercises' READMEs, as the commands draw it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from tracer.cli import command_line

ROOT = Path(__file__).parents[1]
TITLE = "## In a trained network"
COLUMNS = 74
"""As wide as code in a README may be, less two."""

TAGS = ("--cell", "rnn", "--task", "tag")

SENTENCE = "you are a really bad man"


class Picture(NamedTuple):
    """What stands in a README.

    Attributes
    ----------
    before, after : str
        What is said above and below.
    words : tuple of str
        The command, after ``tracer``.
    first, last : str
        How the line begins with which the picture begins, and the one before which it ends.
    shown : bool
        Whether the command is for the reader to type.
    """

    before: str
    words: tuple[str, ...]
    first: str
    last: str
    after: str = ""
    shown: bool = True


def show(*options: str, said: str = SENTENCE) -> tuple[str, ...]:
    """A command that draws a sentence."""
    return ("show", said, *options)


def check(exercise: str) -> tuple[str, ...]:
    """The command by which a right answer reads a sentence."""
    answer = next((ROOT / "solutions" / exercise).glob("*.py"))
    return ("check", str(answer), "--exercise", exercise)


UNIT = """\
The bars are drawn on one scale: to the right what makes the sum larger, to the left what makes it
smaller. Another unit is seen with `--unit`, another word with `--steps`."""

CELLS = """\
Each column is a unit. The nearer a number of `i`, `f` or `o` is to 1, the fuller its cell; of `g`,
`c` and `h` the sign stands before it. At the right: mean, least and largest over the units."""

READS = """\
A row for each word, a column for each unit: the `h` that goes on to the next word. The farther a
number is from 0, the fuller its cell; its sign stands before it."""

PICTURES = {
    "10_rnn_step": Picture(
        "One unit of a network that has learned to tell praise from insults, at the word *a*.\n"
        "It adds up its three parts and squeezes the sum:",
        show("--cell", "rnn", "--unit", "2", "--steps", "3"), "     word ", "  How to read", UNIT,
    ),
    "11_softmax": Picture(
        "A network that gives each word its class has read *water*. It has the scores on the\n"
        "right, and makes these probabilities of them:",
        show(*TAGS, "--what", "output", "--steps", "1", said="water is hot"),
        "  noun ", "  How to read",
    ),
    "13_rnn_unroll": Picture(
        "Once your answer passes, `tracer check 13` lets it read a sentence with the weights\n"
        "of a network that has learned to tell praise from insults:",
        check("13_rnn_unroll"), "       unit ", "  After your", READS, shown=False,
    ),
    "14_tagging_loss": Picture(
        "A trained tagger after each word: the class with the largest probability, and that\n"
        "probability. If it is the right class, -ln of it is the loss of the word:",
        show(*TAGS, said="water is hot"), "  t  word", "──",
    ),
    "20_lstm_gates": Picture(
        "One unit of a trained LSTM at the word *bad*: four sums of three parts each, and\n"
        "what σ and tanh make of them:",
        show("--unit", "3", "--steps", "5"), "       word ", "  c_5[3]", UNIT,
    ),
    "21_cell_update": Picture(
        "A trained LSTM of eight units at the word *bad*. The fuller `f` is, the more of the\n"
        "memory `c` stays; the fuller `i` is, the more of `g` is added:",
        show("--steps", "5"), "  unit ", "  No numbers", CELLS,
    ),
    "22_lstm_step": Picture(
        "One unit of a trained LSTM at the word *bad*, from the sums to `h`, in the order of\n"
        "the equations:",
        show("--unit", "3", "--steps", "5"), "       word ", "  How to read", UNIT,
    ),
    "23_lstm_unroll": Picture(
        "Once your answer passes, `tracer check 23` lets it read a sentence with the weights\n"
        "of a network that has learned to tell praise from insults:",
        check("23_lstm_unroll"), "       unit ", "  After your", READS, shown=False,
    ),
    "24_cross_entropy": Picture(
        "The scores of a trained LSTM after the last word of *you are bad*, its two\n"
        "probabilities, and the loss it would have if *praise* were the right answer:",
        show("--what", "output", "--target", "praise", "--steps", "3", said="you are bad"),
        "  insult ", "  How to read",
    ),
}  # fmt: skip


def drawn(picture: Picture) -> list[str]:
    """The lines of a picture."""
    runner = CliRunner(env={"COLUMNS": str(COLUMNS), "NO_COLOR": "1"})
    lines = runner.invoke(command_line, picture.words).stdout.split("\n")
    first = max(k for k, line in enumerate(lines) if line.startswith(picture.first))
    last = next(k for k in range(first, len(lines)) if lines[k].startswith(picture.last))
    return "\n".join(lines[first:last]).rstrip().split("\n")


def section(name: str) -> str:
    """The section, as it stands in the README of an exercise."""
    picture = PICTURES[name]
    block = [f"    {line}".rstrip() for line in drawn(picture)]
    parts = [TITLE, picture.before, "\n".join(block)]
    if picture.after:
        parts.append(picture.after)
    if picture.shown:
        typed = [f'"{word}"' if " " in word else word for word in ("tracer", *picture.words)]
        parts += ["This is from", "    " + " ".join(typed)]
    return "\n\n".join(parts) + "\n"


def written(page: str, name: str) -> str:
    """A README with its section, before its last line."""
    without = re.sub(rf"{TITLE}\n.*?(?=\nCheck it with)", "", page, flags=re.DOTALL)
    before, last = without.rstrip("\n").rsplit("\nCheck it with", 1)
    return f"{before.rstrip()}\n\n{section(name)}\nCheck it with{last}\n"


def main() -> None:
    """Write them all."""
    for name in PICTURES:
        path = ROOT / "exercises" / name / "README.md"
        path.write_text(written(path.read_text("utf-8"), name), "utf-8")


if __name__ == "__main__":
    main()
