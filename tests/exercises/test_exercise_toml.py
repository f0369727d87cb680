"""``exercise.toml``: whatever stands in it, it is an exercise or a sentence that says why not."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.cli import command_line
from tracer.errors import TracerError
from tracer.exercises import discovery
from tracer.exercises.cases import draw
from tracer.exercises.discovery import discover, home
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.hints import hints
from tracer.exercises.plan import plan, read_back, wanted_shapes
from tracer.exercises.reading import read
from tracer.exercises.schema import FUNCTION_KEYS, SIZES, check_keys, exercise_keys

NAME = "22_lstm_step"
TEXT = (home() / NAME / "exercise.toml").read_text("utf-8")
WHOLE = tomllib.loads(TEXT)
COURSE = Path(__file__).with_name("courses") / "rows" / "exercises" / "31_lstm_layers"
LAYERS = (COURSE / "exercise.toml").read_text("utf-8")
KEYS = {
    key.name for key in (*exercise_keys(), *FUNCTION_KEYS, *check_keys((), (), ()), *SIZES)
}  # fmt: skip

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=9)
WORDS = st.sampled_from(["x", "h", "c", "h_prev", "U", "W", "a", "rnn", "float32", "", "T", *KEYS])
LAYOUTS = st.sampled_from(["x[D, N]", "h_prev.T", "[U_i, U_f]", "{a: (x, c_prev)}", "d(x)", "..."])
VALUES = st.recursive(
    st.one_of(
        *(st.booleans(), st.integers(-3, 70), st.integers(), st.floats(), TEXTS, WORDS, LAYOUTS),
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


def called(exercise: Exercise, check: Check) -> None:
    """Draw a check's numbers and make its calls; where an answer gives every leaf, read it back."""
    case = draw(exercise, check, 1)
    calls = plan(exercise, case)
    came = {
        (number, key): np.zeros(shape)
        for number, call in enumerate(calls)
        for key, shape in wanted_shapes(exercise, case, call).items()
    }
    assert len(read_back(exercise, case, came)) == len(case.rounds)
    for call in calls:
        assert json.loads(json.dumps(call.json()))["function"] == call.function


@given(st.data())
def test_any_damage_is_an_exercise_or_a_sentence(data: st.DataObject) -> None:
    """A sentence names the file and a key; of what is read, every check can be drawn and called."""
    entries = damaged(WHOLE, data.draw)

    found = read_text("".join(f"{json.dumps(k)} = {toml(v)}\n" for k, v in entries.items()))

    if isinstance(found, str):
        assert f"{NAME}/exercise.toml" in found
        assert any(key in found for key in KEYS)
        return
    for check in found.checks:
        called(found, check)


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_course_is_an_exercise_or_a_sentence(data: st.DataObject) -> None:
    """The same of a file with four functions, layouts, and a cache that is handed on."""
    entries = damaged(tomllib.loads(LAYERS), data.draw)

    found = read_text("".join(f"{json.dumps(k)} = {toml(v)}\n" for k, v in entries.items()))

    if isinstance(found, str):
        assert f"{NAME}/exercise.toml" in found
        return
    for check in found.checks:
        called(found, check)


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
        ("large = { x = 5000 }", "large = { x = nan }",
         "check 4: large.x = NaN; expected a number from -1e+09 to 1e+09"),
        ("large = { x = 5000 }", "large = { y = 5000 }",
         "check 4 (large values): large: there is no argument 'y'. Known: U, W, a, c_prev, h_prev"),
        ('dtype = "float32"', 'dtype = "int8"',
         'check 5: dtype = "int8"; expected "float64" or "float32"'),
        ("T = [4, 6], N = [2, 4]", "T = [4, 6], N = 65",
         "check 6: sizes.N = 65; expected a whole number from 1 to 64, the least and the most"),
        ("T = [4, 6], N = [2, 4]", "T = [4, 6], N = [4, 2]", "check 6: sizes.N = [4, 2]; expected"),
        ("T = [4, 6], N = [2, 4], ", "T = [4, 6], ",
         "check 6 (state carried): sizes lacks N, the size of an axis of x of lstm_step: x is ("),
        ("T = [4, 6], N = [2, 4]", 'T = [4, 6], N = "B"',
         'check 6 (state carried): sizes.N = "B"; expected the letter of a size that is a number'),
        ("T = [4, 6], N = [2, 4]", "S = 4, N = [2, 4]",
         "check 6 (state carried): sizes: there is no size 'S'. Known: T, N, D, H, K"),
        ("points = 3", "pionts = 3",
         "check 6: there is no key 'pionts'; did you mean 'points'? Known: name, title, points, "),
        ('zero = ["h_prev", "c_prev", "a"]', 'zero = ["h_prev", "b"]',
         "check 1: zero = [\"h_prev\", \"b\"]: there is no name 'b'. Known: x, h_prev, c_prev, U"),
        ('equations = "lstm"', 'equations = "gru"',
         ': equations = "gru"; expected "rnn" or "lstm" or "clip" or "sgd" or "adam"'),
        ('equations = "lstm"', 'equations = "lstm"\nreference = "reference.py"',
         "expected only one of the two, for one thing says what is right"),
        ('equations = "lstm"', 'reference = "reference.py"', "there is no such file beside"),
        ('equations = "lstm"\n', "",
         ", function 1: signature: nothing says how the argument x is drawn; write it in where"),
        ("(x, h_prev, c_prev, U", "(x, h_prve, c_prev, U",
         ("function 1: signature: the argument h_prve is no quantity of the equations and no "
         "earlier function returns it; say in where what it is made of (there is no quantity "
         "'h_prve'; did you mean 'h_prev'?")),
        ("-> h, c", "-> h, cc", "signature: the result cc is no quantity of the equations, and "),
        ("-> h, c", "",
         'function 1: signature = "lstm_step(x, h_prev, c_prev, U, W, a) "; expected'),
        ("-> h, c", "-> h", ("check 6 (state carried): with T in sizes, c_prev of lstm_step comes "
         "from the step before; no function returns c in the same layout")),
        ("c_prev, U, W, a) -> h, c", "c_prev, U, W, a) -> i, f",
         "check 6 (state carried): with T in sizes, h_prev of lstm_step comes from the step"),
        ("x, h_prev, c_prev, U, W, a)", "x, h_prev, U, W, a)",
         "check 1: zero = [\"h_prev\", \"c_prev\", \"a\"]: there is no name 'c_prev'"),
        ("c_prev, U, W, a) -> h, c", "c_prev, W, a) -> h, c",
         ("check 1 (one word): LSTM: h, c cannot be computed without U, which no "
         "function gets; add it to a signature")),
        ("lstm_step(x", "lstm-step(x",
         'function 1: signature = "lstm-step(x, h_prev, c_prev, U, W, a) -> h, c": '),
        ('needs = ["20_lstm_gates", "21_cell_update"]', "needs = 20",
         ': needs = 20; expected a list of folders of exercises, each once, as ["10_rnn_step"],'),
        ('"20_lstm_gates", "21_cell_update"]\nuses',
         '"21_cell_update", "21_cell_update"]\nuses',
         "; expected a list of folders of exercises, each once, as"),
        ('needs = ["20', 'credit = "half"\nneeds = ["20',
         ': credit = "half"; expected "follow" or "exact"'),
        ('name = "batch"', 'name = "one word"',
         ', check 3: name = "one word" is taken by check 1; expected another name for each check'),
        ("inputs_kept = true", 'expect = ["hh"]', "check 8: expect = [\"hh\"]: there is no name '"),
        ("inputs_kept = true", "accepts = true",
         "check 8 (inputs kept): accepts or refuses speaks of a result that is a bool; no"),
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]"', 'Wx = "[U_i.T, U_f]"',
         ('function 1: where.Wx = "[U_i.T, U_f]": U_i.T is (D, H) and U_f is (H, D); side by side, '
         "all axes but the joined one must be the same")),
        ('Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]"', 'Wx = "[U_i.T, U_r.T]"',
         "function 1: where.Wx = \"[U_i.T, U_r.T]\": there is no quantity 'U_r'; did you mean 'U_"),
        ('Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]"', 'Wx = "[U_i.T"',
         'function 1: where.Wx = "[U_i.T": it is no Python expression'),
        ('Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]"', 'Wx = "U + U"',
         "function 1: where.Wx = \"U + U\": 'U + U' is no layout; a layout is made of names, .T, "),
        ('Wx = "[U_i.T, U_f.T, U_o.T, U_g.T]"', 'Wx = "normal(N, D)"',
         "'normal(N, D)': numbers are drawn like this for a reference.py; expected quantities"),
        ('x = "x[N, T, D]"', 'x = "x[N, D]"',
         'function 3: where.x = "x[N, D]": x[N, D] does not fit: x is (T, N, D); expected the'),
        ('x = "x[N, T, D]"', 'x = "x.T"',
         ('function 3: where.x = "x.T": x is (T, N, D); '
         ".T needs two axes. For another order of axes write x[D, N, T]")),
        ('dx = "d(x)"', 'dx = "d(xt)"',
         "where.dx = \"d(xt)\": d(xt): there is no argument 'xt'; did you mean 'x'?"),
        ('dprev_c = "d(prev_c)"', 'dprev_h = "d(prev_c)"', " is not valid TOML: "),
        ('dprev_c = "d(prev_c)"', 'prev_c = "c_prev"',
         "function 2: where.prev_c = \"c_prev\": there is no argument or result 'prev_c'; did"),
        ('functions = ["lstm_step_forward", "lstm_step_backward"]',
         'functions = ["lstm_step_backward"]',
         ("check 2 (step backward): lstm_step_backward takes cache, which lstm_step_forward or "
         "lstm_forward returns; expected that in functions, before it")),
        ('expect = ["dx", "dprev_h", "dprev_c", "dWx", "dWh", "db"]', 'expect = ["h"]',
         'check 2 (step backward): expect = ["h"]: h is returned by none of the functions lstm_'),
        ('{ N = [2, 4], D = [5, 7], H = [3, 5] }\n\n[[checks]]\nname = "forward"',
         '{ T = 3, N = [2, 4], D = [5, 7], H = [3, 5] }\n\n[[checks]]\nname = "forward"',
         "check 2 (step backward): with T in sizes, "),
        ("sizes = { T = [3, 5], N = [2, 4], D", "sizes = { N = [2, 4], D",
         "check 3 (forward): sizes lacks T, how many steps there are of x of lstm_forward: "),
    ],
)  # fmt: skip
def test_the_sentence_names_the_layout_and_its_axes(old: str, new: str, said: str) -> None:
    """Of a course with layouts: the function, the key, what stands there, and what would fit."""
    assert old in LAYERS

    found = read_text(LAYERS.replace(old, new, 1))

    assert isinstance(found, str)
    assert f"{NAME}/exercise.toml" in found
    assert said in found


@pytest.mark.parametrize(
    ("own", "uses", "said"),
    [
        ("13_step", ["13_step"], "13_step is the exercise itself; expected exercises before it"),
        ("13_step", ["13_state"], "13_state does not come before 13_step; expected exercises with"),
        ("13_step", ["10_gates", "14_loss"], "14_loss does not come before 13_step; expected"),
        ("13_step", ["10_class"], "import 10_class as class, which is a keyword of Python"),
        ("13_step", ["10_random"], "as random, which is a module of Python's standard library; e"),
        ("13_step", ["10_numpy"], "as numpy, which is the name of a package; expected"),
        ("13_step", ["10_tracer"], "as tracer, which is the name of a package; expect"),
        ("13_step", ["10_gates", "11_gates"], "10_gates and 11_gates are both the module gates; "),
        ("13_gates", ["10_gates"], "13_gates and 10_gates are both the module gates; expected ex"),
        ("13_gates", ["12_cell"], "13_gates and 11_gates are both the module gates; expected exer"),
        ("13_step", ["١٠_gates"], ' = ["١٠_gates"]; expected a list of folders of exercises'),
        ("13_step", ["10_gätes"], ' = ["10_gätes"]; expected a list of folders of exercises'),
    ],
)  # fmt: skip
def test_what_no_answer_could_import_is_not_used(
    tmp_path: Path, own: str, uses: list[str], said: str
) -> None:
    """Itself, what comes after it, and names that mean something else, also of those in turn."""
    for name, used in ((own, uses), ("12_cell", ["11_gates"])):
        (tmp_path / name).mkdir()
        text = re.sub(r"uses = .*", lambda _: f"uses = {toml(used)}", TEXT)  # noqa: B023 - at once
        (tmp_path / name / "exercise.toml").write_text(text, "utf-8")

    with pytest.raises(TracerError, match=re.escape(said)) as raised:
        read(tmp_path / own)

    assert f"{own}{os.sep}exercise.toml: uses = " in str(raised.value)


def test_where_it_is_no_toml_the_line_is_named() -> None:
    """Of a sign that TOML does not know, and of a byte that is not UTF-8."""
    assert "(at line 2, column 11)" in str(
        read_text(TEXT.replace('equations = "', 'equations ? "'))
    )
    assert read_text(TEXT.replace("One whole", "Água").encode("latin-1")) == (
        f"{NAME}/exercise.toml, line 1: not UTF-8; save the file as UTF-8"
    )


def test_too_much_for_the_pipe() -> None:
    """An exercise that no answer could get through is refused, and not the answers."""
    often = TEXT.replace("calls = 2", "calls = 10")

    def with_sizes(sizes: str) -> Exercise | str:
        return read_text(re.sub(r"sizes = .*\ncalls", f"sizes = {{ {sizes} }}\ncalls", often))

    long = with_sizes("T = 40, N = 2, D = 3, H = 4")
    large = with_sizes("T = 10, N = 64, D = 64, H = 64")

    assert isinstance(read_text(often), Exercise)
    assert str(long).startswith(f"{NAME}/exercise.toml: the checks exchange 6")
    assert "arrays in all, at most 4000 are possible; make sizes or calls smaller" in str(long)
    assert "numbers in all, at most 4000000 are possible; make sizes or" in str(large)


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
              ("check", "answer.py", "--exercise", "rnn_step")],
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
    needed = words[-1] == "json"  # by exercises 21 and 22, which say so
    assert ("20_lstm_gates" in result.stdout) == needed


@pytest.mark.usefixtures("three")
def test_a_check_reads_one_exercise() -> None:
    """What is wrong with another one is no matter of it; of the one that is meant it is said."""
    Path("answer.py").write_text("def rnn_step(): ...\n", "utf-8")

    assert tracer("check", "answer.py", "--exercise", "10").stderr == ""
    broken = tracer("check", "answer.py", "--exercise", "20")
    assert broken.exit_code == 2
    assert "warning: exercise 20_lstm_gates is left out" in broken.stderr


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
