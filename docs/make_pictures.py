"""Write the picture of the exercises' READMEs, as the commands draw it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from tracer.cli import command_line
from tracer.text.codes import ARTICLE_CODES, DIGITS
from tracer.view.parts.reading import WordRow
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.reading import word_rows

ROOT = Path(__file__).parents[1]
TITLE = "## In a trained network"
CODES_TITLE = "## How numbers are drawn"
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
        The command, after ``tracer``; none where it is codes of words that are drawn.
    first, last : str
        How the line begins with which the picture begins, and the one before which it ends.
    shown : bool
        Whether the command is for the reader to type.
    columns : int
        How wide it is drawn: less where sentences are in it, for they break badly.
    """

    before: str
    words: tuple[str, ...]
    first: str
    last: str
    after: str = ""
    shown: bool = True
    columns: int = COLUMNS


def show(*options: str, said: str = SENTENCE) -> tuple[str, ...]:
    """A command that draws a sentence."""
    return ("show", said, *options)


def back(*options: str, said: str = "you are bad") -> tuple[str, ...]:
    """A command that draws gradients; the answer that would be right is not the network's own."""
    return show("--what", "backward", "--target", "praise", *options, said=said)


def check(exercise: str) -> tuple[str, ...]:
    """The command by which a right answer reads a sentence."""
    answer = next((ROOT / "solutions" / exercise).glob("*.py"))
    return ("check", str(answer), "--exercise", exercise)


UNIT = """\
The bars are drawn on one scale: to the right what makes the sum larger, to the left what makes it
smaller. Words count from 1 and units from 0: `{place}` is `{name}` at word {t}, unit {unit}.
Another word is seen with `--steps`, another unit with `--unit`."""


def unit(name: str, t: int, number: int) -> str:
    """How to read the picture of one unit at one word, by a number that stands in it."""
    return UNIT.format(place=f"{name}_{t}[{number}]", name=name, t=t, unit=number)


FACTORS = """\
`d_c_from_h` is the first term of `d_c`, computed in two steps; `_next` marks a value of the next
step. σ'(z_i) is `i * (1 - i)`, and tanh'(c) is `1 - tanh(c)²`."""

BACK = """\
Where `h` of a unit is near -1 or 1, 1 - h² is near 0, and `d_z` of this unit is far smaller than
its `d_h`. What the two rows above `d_h` are is the subject of exercise 31."""

THROUGH_TIME = """\
`d_h_from_loss` is 0 but at the last word, whose output counts. From there the gradient comes
back, and is multiplied on its way. `size` is the norm of a row, the root of the sum of its
squares."""

MEMORY_BACK = """\
The norm is the root of the sum of the squares; the scale is logarithmic. `d_c` comes back along the
memory, multiplied by the forget gate at each step; what `d_h` of that step adds to it can make it
larger. Exercise 35 shows an LSTM beside an RNN."""

ONE_COUNTS = """\
After two words it leans to “praise”. Only the last answer counts for the loss: -ln of the
probability that it gives to the right class."""

FED_BACK = """\
From the second row on, each word is the answer of the row above. This network is an LSTM; what
comes out goes in again in the same way. The word `<end>` ends the sentence."""

TWO_THINGS = """\
“water” is a verb after “i”, and a noun after “the”: the input is the same, the state is not. This
tagger has eleven classes; yours has four."""

CODES = """\
A row for each word, a column for each digit. The farther a number is from 0, the fuller its cell,
and its sign stands before it: here 2 fills a cell, 1 half of it, and “hot” has no code. The
states and gradients of later exercises are drawn in the same way."""

CELLS = """\
Each column is a unit. The nearer a number of `i`, `f` or `o` is to 1, the fuller its cell; of `g`,
`c` and `h` the sign stands before it. At the right: mean, least and largest over the units."""

READS = """\
A row for each word, a column for each unit: the `h` that goes on to the next word. The farther a
number is from 0, the fuller its cell; its sign stands before it."""

PICTURES = {
    "01_word_codes": Picture(
        "A sentence as cells. The codes are “you” = 00021000 and “are” = 00021020:",
        (), "", "", CODES, shown=False,
    ),
    "10_rnn_step": Picture(
        "One unit of a network that has learned to tell praise from insults, at the word “a”.\n"
        "It adds up its three parts and squeezes the sum:",
        show("--cell", "rnn", "--unit", "2", "--steps", "3"),
        "     word ", "  How to read", unit("h", 3, 2),
    ),
    "11_softmax": Picture(
        "A network that gives each word its class has read “water”. It has the scores on the\n"
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
    "15_classification_loss": Picture(
        "What a trained LSTM would answer after each word:",
        show("--what", "output", said="you are bad"), "  t  word", "──", ONE_COUNTS,
    ),
    "16_generation": Picture(
        "A network that has learned which word comes next is given “the”, and says the rest:",
        show("--task", "generate", said="the"), "   t  word", "──", FED_BACK,
    ),
    "20_lstm_gates": Picture(
        "One unit of a trained LSTM at the word “bad”: four sums of three parts each, and\n"
        "what σ and tanh make of them:",
        show("--unit", "3", "--steps", "5"), "       word ", "  c_5[3]", unit("i", 5, 3),
    ),
    "21_cell_update": Picture(
        "A trained LSTM of eight units at the word “bad”. The fuller `f` is, the more of the\n"
        "memory `c` stays; the fuller `i` is, the more of `g` is added:",
        show("--steps", "5"), "  unit ", "  No numbers", CELLS,
    ),
    "22_lstm_step": Picture(
        "One unit of a trained LSTM at the word “bad”, from the sums to `h`, in the order of\n"
        "the equations:",
        show("--unit", "3", "--steps", "5"), "       word ", "  How to read", unit("i", 5, 3),
    ),
    "23_lstm_unroll": Picture(
        "Once your answer passes, `tracer check 23` lets it read a sentence with the weights\n"
        "of a network that has learned to tell praise from insults:",
        check("23_lstm_unroll"), "       unit ", "  After your", READS, shown=False,
    ),
    "24_cross_entropy": Picture(
        "The scores of a trained LSTM after the last word of “you are bad”, its two\n"
        "probabilities, and the loss it would have if “praise” were the right answer:",
        show("--what", "output", "--target", "praise", "--steps", "3", said="you are bad"),
        "  insult ", "  How to read",
    ),
    "30_rnn_step_backward": Picture(
        "A trained RNN has read “you are bad”, and “praise” would be the right answer. The\n"
        "gradients at the word “bad”, a column for each unit:",
        back("--cell", "rnn", "--steps", "3"), "  unit ", "  No numbers", BACK,
    ),
    "31_rnn_backward": Picture(
        "A trained RNN has read “you are bad”, and “praise” would be the right answer. Its\n"
        "gradients, from the last word to the first:",
        back("--cell", "rnn"), "── t = 3", "  No numbers", THROUGH_TIME,
        columns=54,
    ),
    "32_lstm_step_backward": Picture(
        "One unit of a trained LSTM at the word “are” of “you are bad”, where “praise” would\n"
        "be the right answer. The equations with its numbers:",
        back("--unit", "7", "--steps", "2"), "  d_h_2[7]", "  How to read", FACTORS,
    ),
    "33_lstm_backward": Picture(
        "A trained LSTM has read an insult, and “praise” would be the right answer. The norms\n"
        "of `d_c` and `d_h` at each word, from the last to the first:",
        back(said=SENTENCE), "  t  word", "──", MEMORY_BACK,
    ),
    "44_train_tagger": Picture(
        "A trained tagger reads “water” twice:",
        show(*TAGS, said="i water the flowers and the water is hot"), "  t  word", "──",
        TWO_THINGS,
    ),
}  # fmt: skip


def drawn(picture: Picture) -> list[str]:
    """The lines of a picture."""
    if not picture.words:
        return coded("you are hot")
    runner = CliRunner(env={"COLUMNS": str(picture.columns), "NO_COLOR": "1"})
    lines = runner.invoke(command_line, picture.words).stdout.split("\n")
    first = max(k for k, line in enumerate(lines) if line.startswith(picture.first))
    last = next(k for k in range(first, len(lines)) if lines[k].startswith(picture.last))
    return "\n".join(lines[first:last]).rstrip().split("\n")


def coded(sentence: str) -> list[str]:
    """The words of a sentence as their codes, a row of cells for each."""
    codes = {word: ARTICLE_CODES.get(word, "0" * DIGITS) for word in sentence.split()}
    rows = [WordRow(t, w, tuple(map(float, code))) for t, (w, code) in enumerate(codes.items(), 1)]
    return [line.plain for line in word_rows(rows, "digit", Abilities(COLUMNS), scale=2.0)]


def title(picture: Picture) -> str:
    """What stands above it."""
    return TITLE if picture.words else CODES_TITLE


def section(name: str) -> str:
    """The section, as it stands in the README of an exercise."""
    picture = PICTURES[name]
    block = [f"    {line}".rstrip() for line in drawn(picture)]
    parts = [title(picture), picture.before, "\n".join(block)]
    if picture.after:
        parts.append(picture.after)
    if picture.shown:
        typed = [f'"{word}"' if " " in word else word for word in ("tracer", *picture.words)]
        parts += ["This is from", "    " + " ".join(typed)]
    return "\n\n".join(parts) + "\n"


def written(page: str, name: str) -> str:
    """A README with its section, before its last line."""
    without = re.sub(rf"{title(PICTURES[name])}\n.*?(?=\nCheck it with)", "", page, flags=re.DOTALL)
    before, last = without.rstrip("\n").rsplit("\nCheck it with", 1)
    return f"{before.rstrip()}\n\n{section(name)}\nCheck it with{last}\n"


def main() -> None:
    """Write them all."""
    for name in PICTURES:
        path = ROOT / "exercises" / name / "README.md"
        path.write_text(written(path.read_text("utf-8"), name), "utf-8")


if __name__ == "__main__":
    main()
