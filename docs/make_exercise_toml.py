"""Write docs/exercise-toml.md from the tables of tracer/exercises/schema.py: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tracer.equations import CELLS, RNN
from tracer.exercises.schema import SIZES, Key, Names, check_keys, exercise_keys, inputs, returns

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("exercise-toml.md")
EXAMPLE = ROOT / "exercises" / "22_lstm_step" / "exercise.toml"

HEAD = """\
# exercise.toml

<!-- Written from tracer/exercises/schema.py by docs/make_exercise_toml.py; run: make docs -->

Each exercise is a folder in `exercises/`, named by a number and the student's file: `22_lstm_step`
holds the stub `lstm_step.py`. The numbers give the order. What is asked for stands in the folder's
`exercise.toml`; nothing else has to be edited to add one. Then run `tracer dev check`.

If the file breaks a rule below, this exercise is left out, and `tracer` names the file, the key,
the value and what may stand there. All other exercises work as before.

For example, from `exercises/22_lstm_step/`:
"""


def render() -> str:
    """Text of the page."""
    return "\n".join(
        [
            HEAD,
            "```toml",
            *_example(),
            "```",
            *_table("The file", exercise_keys(RNN)),
            "\nThe names of inputs and results are those of [notation.md](notation.md):",
            *_names(),
            *_table("Each `[[checks]]`", check_keys(())),
            *_table("sizes", SIZES),
            "\nWith N, D and H all different, no mix-up of axes passes unseen.",
            "",
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
        wanted = "a list of names, see below" if isinstance(key.wanted, Names) else str(key.wanted)
        wanted = "a list of inputs" if key.name == "zero" else wanted
        yield f"| `{key.name}` | {wanted} | {_left_out(key)} | {key.meaning} |"


def _left_out(key: Key) -> str:
    if key.required:
        return "an error"
    match key.default:
        case ():
            return "none"
        case bool():
            return str(key.default).lower()
        case default:
            return "one step alone" if key.name == "T" else str(default)


def _names() -> Iterator[str]:
    yield "\n| cell | inputs | results |\n|---|---|---|"
    for cell in CELLS.values():
        yield f"| `{cell.name}` | {_code(inputs(cell))} | {_code(returns(cell))} |"


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
