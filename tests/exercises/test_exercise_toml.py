"""``exercise.toml``: whatever stands in it, it is an exercise or a sentence that says why not."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tracer.cells import CELL_CLASSES
from tracer.cli import command_line
from tracer.errors import TracerError
from tracer.exercises import discovery
from tracer.exercises.cases import Case, draw
from tracer.exercises.discovery import discover, home
from tracer.exercises.exercise import Exercise
from tracer.exercises.hints import hints
from tracer.exercises.reading import read
from tracer.exercises.schema import SIZES, check_keys, exercise_keys
from tracer.grading.answer import Answer
from tracer.grading.judge import judge
from tracer.grading.report import Verdict

NAME = "22_lstm_step"
TEXT = (home() / NAME / "exercise.toml").read_text("utf-8")
WHOLE = tomllib.loads(TEXT)
LSTM = read(home() / NAME).equations
KEYS = {key.name for key in (*exercise_keys(LSTM), *check_keys(()), *SIZES)}

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=9)
WORDS = st.sampled_from(["x", "h", "c", "h_prev", "U", "W", "a", "rnn", "float32", "", *KEYS])
VALUES = st.recursive(
    st.one_of(
        *(st.booleans(), st.integers(-3, 70), st.integers(), st.floats(), TEXTS, WORDS),
        *(st.dates(), st.times()),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    match value:
        case date() | time():
            return value.isoformat()
        case float():
            return repr(value)
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{json.dumps(k)} = {toml(v)}' for k, v in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def damaged(value: Any, draw_: Any) -> Any:
    """The same with one key removed, renamed or of another value, somewhere in it."""
    inside = [key for key, inner in _items(value) if isinstance(inner, (dict, list)) and inner]
    if inside and draw_(st.booleans()):
        key = draw_(st.sampled_from(inside))
        return _with(value, {key: damaged(value[key], draw_)})
    key = draw_(st.sampled_from([key for key, _inner in _items(value)]))
    how = draw_(st.sampled_from(["value", "remove", "rename"]))
    if how == "value":
        return _with(value, {key: draw_(VALUES)})
    rest = [(k, inner) for k, inner in _items(value) if k != key]
    if isinstance(value, list):
        return [inner for _k, inner in rest]
    new = {draw_(WORDS | TEXTS): value[key]} if how == "rename" else {}
    return {**dict(rest), **new}


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items() if isinstance(value, dict) else enumerate(value))


def _with(value: Any, new: dict[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {**value, **new}
    return [new.get(k, inner) for k, inner in enumerate(value)]


def read_text(text: str | bytes) -> Exercise | str:
    """The exercise that such a file describes, or the sentence that is said instead."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, NAME)
        folder.mkdir()
        data = text.encode("utf-8") if isinstance(text, str) else text
        (folder / "exercise.toml").write_bytes(data)
        try:
            return read(folder)
        except TracerError as error:
            return str(error).replace(str(folder), NAME)


def right(exercise: Exercise, case: Case) -> Answer:
    """What comes back from the textbook's own step."""
    arrays: dict[tuple[int, int, str], Any] = {}
    after: dict[tuple[int, str], Any] = {}
    for call, inputs in enumerate(case.calls):
        given_ = {name: array.astype(float) for name, array in inputs.items()}
        cell = CELL_CLASSES[exercise.equations.name](given_["U"], given_["W"], given_["a"])
        zeros = np.zeros((case.check.sizes["N"], case.check.sizes["H"]))
        state = {name: given_.get(f"{name}_prev", zeros) for name in exercise.equations.state}
        steps = given_["x"] if "T" in case.check.sizes else given_["x"][np.newaxis]
        for t, x in enumerate(steps):
            quantities = cell.step(x, *state.values())
            for name in exercise.returns:
                arrays[call, t, name] = quantities[name].astype(case.check.dtype)
            state = {name: arrays.get((call, t, name), state[name]) for name in state}
        last = inputs["x"][-1] if "T" in case.check.sizes else inputs["x"]
        after |= {(call, name): array for name, array in {**inputs, "x": last}.items()}
    return Answer(arrays, dict(arrays), after, loaded=True, finished=True)


@given(st.data())
def test_any_damage_is_an_exercise_or_a_sentence(data: st.DataObject) -> None:
    """A sentence names the file and a key; what is read can be drawn, and a right answer passes."""
    entries = damaged(WHOLE, data.draw)

    found = read_text("".join(f"{json.dumps(k)} = {toml(v)}\n" for k, v in entries.items()))

    if isinstance(found, str):
        assert f"{NAME}/exercise.toml" in found
        assert any(key in found for key in KEYS)
        return
    for check in found.checks:
        case = draw(found, check, 1)
        assert judge(found, case, right(found, case)).verdict is Verdict.PASSED


@given(st.integers(0, len(TEXT)), st.integers(0, 9), st.binary(max_size=4))
def test_any_bytes_are_an_exercise_or_a_sentence(at: int, many: int, new: bytes) -> None:
    """Some bytes gone, others in their place: an exercise, or a sentence that names the file."""
    whole = TEXT.encode("utf-8")

    found = read_text(whole[:at] + new + whole[at + many :])

    assert isinstance(found, Exercise) or f"{NAME}/exercise.toml" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 3", 'points = "3"',
         'check 6: points = "3"; expected a whole number from 1 to 100'),
        ("calls = 2", "calls = 0", "check 7: calls = 0; expected a whole number from 1 to 10"),
        ("calls = 2", "calls = true", "check 7: calls = true; expected a whole number from 1"),
        ("scale = 5000.0", "scale = nan",
         "check 4: scale = NaN; expected a number above 0 and at most 10000"),
        ('dtype = "float32"', 'dtype = "int8"',
         'check 5: dtype = "int8"; expected "float64" or "float32"'),
        ("T = 5, N = 3", "T = 5, N = 65",
         "check 6 (state carried), sizes: N = 65; expected a whole number from 1 to 64"),
        ("T = 5, N = 3, ", "T = 5, ",
         "check 6 (state carried), sizes: the key 'N' is missing; expected a whole number from 1"),
        ("points = 3", "pionts = 3",
         "check 6: there is no key 'pionts'; did you mean 'points'? Known: name, title, points, "),
        ('zero = ["h_prev", "c_prev", "a"]', 'zero = ["h_prev", "b"]',
         "check 1: zero = [\"h_prev\", \"b\"]: there is no name 'b'. Known: x, h_prev, c_prev, U"),
        ('cell = "lstm"', 'cell = "gru"', ': cell = "gru"; expected "rnn" or "lstm"'),
        ('"h_prev", "c_prev", "U"', '"h_prve", "c_prev", "U"',
         "there is no name 'h_prve'; did you mean 'h_prev'? Known: x, h_prev, c_prev, U, W, a"),
        ('"c_prev", "U", "W", "a"]\nret', '"c_prev", "U", "W"]\nret',
         ': inputs = ["x", "h_prev", "c_prev", "U", "W"] lacks "a", which the equations of'),
        ('returns = ["h", "c"]', "returns = []",
         ": returns = []; expected a list of some of z_i, i, z_f, f, z_g, g, z_o, o, c, tanh_c, h"),
        ('function = "lstm_step"', 'function = "lstm-step"',
         ': function = "lstm-step"; expected the name of a Python function, as "lstm_step"'),
        ('needs = ["20_lstm_gates"]', "needs = 20",
         ': needs = 20; expected a list of folders of exercises, each once, as ["10_rnn_step"],'),
        ('needs = ["20_lstm_gates"]', 'needs = ["20_lstm_gates", "20_lstm_gates"]',
         "; expected a list of folders of exercises, each once, as"),
        ('name = "batch"', 'name = "one word"',
         ', check 3: name = "one word" is taken by check 1; expected another name for each check'),
        ("[[checks]]", "[checks", " is not valid TOML: "),
        ("title = ", "title := ", " is not valid TOML: "),
    ],
)  # fmt: skip
def test_the_sentence_names_key_value_and_choices(old: str, new: str, said: str) -> None:
    """What stands there, and what may stand there; where a name is misspelt, the nearest one."""
    assert old in TEXT

    found = read_text(TEXT.replace(old, new))

    assert isinstance(found, str)
    assert f"{NAME}/exercise.toml" in found
    assert said in found


def test_where_it_is_no_toml_the_line_is_named() -> None:
    """Of a sign that TOML does not know, and of a byte that is not UTF-8."""
    assert "(at line 2, column 6)" in str(read_text(TEXT.replace('cell = "', 'cell ? "')))
    assert read_text(TEXT.replace("lstm_step", "água").encode("latin-1")) == (
        f"{NAME}/exercise.toml, line 3: not UTF-8; save the file as UTF-8"
    )


def test_too_much_for_the_pipe() -> None:
    """An exercise that no answer could get through is refused, and not the answers."""
    often = TEXT.replace("calls = 2", "calls = 10")
    long = often.replace("N = 2, D = 3, H = 4", "T = 64, N = 2, D = 3, H = 4")
    large = often.replace("N = 2, D = 3, H = 4", "T = 30, N = 64, D = 64, H = 64")

    assert isinstance(read_text(long), Exercise)
    longer = long.replace("inputs_kept = true", "calls = 10")
    assert read_text(longer.replace("N = 2, D = 4, H = 3", "T = 64, N = 2, D = 4, H = 3")) == (
        f"{NAME}/exercise.toml: the checks exchange 5472 arrays in all, at most 4000 are possible; "
        "make sizes or calls smaller"
    )
    assert read_text(large) == (
        f"{NAME}/exercise.toml: the checks exchange 7052557 numbers in all, at most 4000000 are "
        "possible; make sizes or calls smaller"
    )


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of the three exercises, the second of them broken; the working folder is empty."""
    root = tmp_path / "exercises"
    shutil.copytree(home(), root, ignore=shutil.ignore_patterns("__pycache__"))
    path = root / "20_lstm_gates" / "exercise.toml"
    path.write_text(path.read_text("utf-8").replace("calls = 2", "calls = 0"), "utf-8")
    monkeypatch.setattr(discovery, "home", lambda: root)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return root


def tracer(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(command_line, words)


@pytest.mark.parametrize(
    "words", [("list",), ("list", "--format", "json"), ("init", "course"), ("hint", "22"),
              ("check", "answer.py", "--exercise", "10")],
)  # fmt: skip
def test_one_broken_exercise_stops_no_other(three: Path, words: tuple[str, ...]) -> None:
    """Every command goes on with the others, and says once which folder is left out and why."""
    Path("answer.py").write_text("def rnn_step(): ...\n", "utf-8")

    result = tracer(*words)

    assert result.exit_code == (1 if words[0] == "check" else 0)
    assert result.stderr == (
        f"warning: exercise 20_lstm_gates is left out: {three}/20_lstm_gates/exercise.toml, check "
        "6: calls = 0; expected a whole number from 1 to 10\n"
    )
    needed = words[-1] == "json"  # by exercise 22, which says so
    assert result.stdout.count("20_lstm_gates") == needed


def test_nothing_is_left(three: Path) -> None:
    """Where every exercise is broken, or none is there, that is an error."""
    for path in three.glob("*/exercise.toml"):
        path.unlink()

    result = tracer("list")

    assert result.exit_code == 2
    assert result.stderr.endswith(f"error: no exercise in {three} can be used\n")
    with pytest.raises(TracerError, match="there is no folder of exercises at"):
        discover(three / "nowhere")


def test_hints_that_are_not_there(three: Path) -> None:
    """A heading without hints, or a check without a heading: the file and the check are named."""
    path = three / "10_rnn_step" / "hints.md"
    whole = path.read_text("utf-8")
    for broken in ("", "# Hints\n", whole.replace("## batch", "## rows")):
        path.write_text(broken, "utf-8")
        result = tracer("hint", "10")
        check = "batch" if "## rows" in broken else "one word"
        assert result.exit_code == 2
        assert f"{path} has no hint for check '{check}'" in result.stderr
    assert list(hints(read(home() / NAME))) == [check["name"] for check in WHOLE["checks"]]
