"""``tracer.check`` on functions that are there already: the report of ``tracer check``."""

from __future__ import annotations

import json
import linecache
import os
import re
import signal
import sys
import warnings
from functools import partial, wraps
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from click.testing import CliRunner

import tracer
from tests.exercises.carrying import loaded
from tests.grading.recorded import errors
from tracer.cli import command_line
from tracer.errors import InputError, TracerError, UnknownNameError
from tracer.exercises.discovery import discover, find, home

SOLUTIONS = Path(__file__).parents[2] / "solutions"
ROWS = Path(__file__).parents[1] / "exercises" / "courses" / "rows"
CUDA = "51_lstm_step_on_cuda"
REMEMBER = ("bias_only_at_first_step", "never_emptied", "weights_remembered")
MISTAKES = sorted(SOLUTIONS.glob("*/mistakes/*.py"))
SECOND = [sorted((folder / "mistakes").glob("*.py"))[1] for folder in sorted(SOLUTIONS.iterdir())]
SOME = [
    path
    for path in MISTAKES
    if path.parts[-3] != CUDA
    if path in SECOND or path.stem in REMEMBER or "TRACER_EVERY" in os.environ
]
"""One of each exercise, and what remembers; all of them in ``make corpus``. Kernels: see below."""


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        """Note a text; a space stands where an element ends."""
        self.text += data + " "


def lost(result: Any) -> list[str]:
    """The words of the screen that the page does not have."""
    page = Page()
    page.feed(result._repr_html_())
    page.close()
    shown = set(re.findall(r"\w+", page.text))
    return [word for word in re.findall(r"\w+", repr(result)) if word not in shown]


def rnn_step(x: Any, h_prev: Any, U: Any, W: Any, a: Any) -> Any:
    """A right answer."""
    return np.tanh(x @ U.T + h_prev @ W.T + a)


def wrong(x: Any, h_prev: Any, U: Any, W: Any, a: Any) -> Any:
    """W is not transposed."""
    return np.tanh(x @ U.T + h_prev @ W + a)


def test_a_right_answer() -> None:
    """All points; a number, a screen, a page and a record."""
    result = tracer.check("10", rnn_step)

    assert (result.passed, result.points, result.out_of, float(result)) == (True, 13, 13, 1.0)
    assert type(float(result)) is float
    assert "✓ passed · 13 of 13 points" in repr(result)
    assert "passed" in result._repr_html_()
    assert errors(json.loads(json.dumps(result.record))) == []


def test_a_wrong_answer() -> None:
    """The share of the points, the first wrong number, and how to repeat it."""
    result = tracer.check("10_rnn_step", wrong, seed=4)
    again = tracer.check("10_rnn_step", wrong, seed=result.seed)

    assert not result
    assert float(result) == result.points / 13
    assert 0 < float(result) < 1
    assert "  To repeat with the same numbers, add: seed=4" in repr(result).splitlines()
    assert "The first wrong number in “state and bias” is z" not in repr(result)
    assert "The first wrong number in “state and bias” is h" in repr(result)
    assert repr(again) == repr(result)


def test_no_line_on_which_several_statements_stand(tmp_path: Path) -> None:
    """A function that is there already says which line runs, and no more."""
    body = "    g = np.tanh(x @ U.T + a){}z = h_prev @ W{}return np.tanh(z + x @ U.T + a)\n"
    head = "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n"
    lines = []
    for n, end in enumerate(("\n    ", "; ")):
        path = tmp_path / f"answer_{n}.py"
        path.write_text(head + body.format(end, end))
        lines.append(tracer.check("10", loaded(path), seed=4).record["line"])

    assert lines[0]["code"] == "z = h_prev @ W"
    assert lines[1] is None


@pytest.mark.long
@pytest.mark.parametrize("path", SOME, ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_the_same_report_as_of_the_file(path: Path) -> None:
    """What ``tracer check`` says of the file, ``tracer.check`` says of the module; so its page."""
    command = ["check", str(path), "--seed", "4", "--format", "json"]
    of_file = json.loads(CliRunner().invoke(command_line, command).stdout)
    result = tracer.check(of_file["exercise"], loaded(path), seed=4)
    of_module = result.record

    assert lost(result) == []

    if path.stem in REMEMBER:
        # from check to check too, for the module is never a new one
        assert of_module["points"] <= of_file["points"]
        return
    for record in (of_file, of_module):
        for key in ("file", "seconds", "wall", "printed", "advice"):
            del record[key]
        if record["line"] and "np.empty(" in path.read_text("utf-8"):  # which holds anything
            record["line"] = record["line"]["number"]
    assert of_module == of_file


def test_kernels_for_a_card_are_checked_in_a_new_process() -> None:
    """Numba is imported already, without its simulator: that is said, and nothing is called."""
    called: list[Any] = []
    command = r"tracer check lstm_step_on_cuda\.py --exercise 51"

    with pytest.raises(InputError, match=rf"^exercise {CUDA} cannot be checked .*: {command}$"):
        tracer.check("51", called.append)
    with pytest.raises(InputError, match=rf"type: {command} --exercises \S*exercises$"):
        tracer.check("51", called.append, exercises=home())

    assert called == []


def test_what_must_compile_where_numba_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers could be right, and nobody would have compiled it."""
    called: list[object] = []
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)

    with pytest.raises(InputError, match="NUMBA_DISABLE_JIT is set, so Numba compiles"):
        tracer.check("50", called.append)
    assert called == []


def test_what_is_no_number_is_told_as_of_a_file() -> None:
    """Texts in the place of numbers, rows of several lengths: no exception of the student's."""
    texts = tracer.check("10", lambda *_given: np.array([["0.5"]]))
    rows = tracer.check("10", lambda *_given: [[0.5], [0.5, 0.5]])

    assert "h has type ndarray and dtype <U3" in repr(texts)
    assert [texts.report.checks[0].first_at, rows.report.checks[0].first_at] == ["dtype", "ragged"]


def test_another_function_of_that_name(tmp_path: Path) -> None:
    """It was not called: nothing is said of its ``return`` in a loop."""
    (tmp_path / "mine.py").write_text(
        "def rnn_step(x):\n    for row in x:\n        return row\n\n\n"
        "def mine(x, h_prev, U, W, a):\n    return x\n",
        "utf-8",
    )

    assert tracer.check("10", loaded(tmp_path / "mine.py").mine).record["line"] is None


ENDLESS = "return rnn_step(x, h_prev, U, W, a)"
CRASHES = (
    ("return np.concatenate([x, U.T])", "There x has shape (1, 5) and U (4, 5)."),
    (ENDLESS, "The call in this line leads to itself again and again, and never ends."),
)


@pytest.mark.parametrize(("line", "says"), CRASHES, ids=["shapes", "endless"])
def test_an_exception_is_told_as_of_a_file(line: str, says: str, tmp_path: Path) -> None:
    """The shapes of what stands in its line, and of an endless call which one it is."""
    path = tmp_path / "rnn_step.py"
    head = "import numpy as np\n\n\ndef rnn_step(x, h_prev, U, W, a):\n    "
    path.write_text(f"{head}{line}\n", "utf-8")

    text = " ".join(repr(tracer.check("10", loaded(path), seed=4)).split())

    assert f"line 5 of rnn_step.py: {line} {says}" in text


def test_what_it_prints_is_seen_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Once a call, and nothing of tracer's own in between."""

    def noisy(*given: Any) -> Any:
        print("at work")  # noqa: T201
        return rnn_step(*given)

    result = tracer.check("10", noisy)
    printed = capsys.readouterr()

    assert set(printed.out.splitlines()) == {"at work"}
    assert printed.err == ""
    assert result.record["printed"] == ""


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_an_endless_loop() -> None:
    """It comes out as always, also in the middle of a call; the next check is as good as new."""

    def endless(*_given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        while True:
            pass

    before = warnings.showwarning
    with pytest.raises(KeyboardInterrupt):
        tracer.check("10", endless)

    assert warnings.showwarning is before
    assert tracer.check("10", rnn_step).passed


def test_nothing_of_the_session_is_harmed() -> None:
    """Inputs and results are copies; modules, filters of warnings and files stay as they are."""
    held: list[Any] = []
    own = np.zeros((1, 1))

    def greedy(x: Any, h_prev: Any, U: Any, W: Any, a: Any) -> Any:
        nonlocal own
        held.append(U)
        h = rnn_step(x, h_prev, U, W, a)
        U[:] = 1e9
        own = np.resize(own, h.shape).astype(h.dtype)
        own[:] = h
        return own

    def session() -> list[Any]:
        files = sorted(path.name for path in Path.cwd().iterdir())
        return [list(warnings.filters), np.geterr(), files, list(sys.argv), dict(os.environ)]

    before, modules = session(), set(sys.modules)
    result = tracer.check("10", greedy, seed=1)

    assert "rnn_step modified its argument U." in repr(result)
    assert [check["verdict"] for check in result.record["checks"]].count("passed") == 7
    assert session() == before
    assert not {"rnn_step", "frames", "describing"} & (set(sys.modules) - modules)


def fails(*_given: Any) -> Any:
    """Goes wrong in a helper of the same file."""
    return helper([])


def helper(items: list[int]) -> int:
    """Goes wrong in this line."""
    return items[3] + "one"  # type: ignore[operator]


def test_an_exception_is_told_with_its_line() -> None:
    """The last line of the student's own, also that of a helper."""
    text = " ".join(repr(tracer.check("10", fails)).split())

    assert "✗ crashed · 0 of 13 points" in text
    assert "Your code raised IndexError: list index out of range" in text
    number = helper.__code__.co_firstlineno + 2
    assert f"line {number} of test_check_in_python.py: return items[3] + " in text


def test_a_type_error_without_a_source_is_the_students_own() -> None:
    """No line can be quoted, and the call itself was right."""
    names: dict[str, Any] = {}
    exec("def step(x, h_prev, U, W, a):\n    return x + 'one' + None\n", names)  # noqa: S102

    text = repr(tracer.check("10", names["step"]))

    assert "Your code raised" in text
    assert "cannot be called the way" not in text
    assert text.splitlines()[3] == "  rnn_step"
    assert "line 2" not in text


def test_the_cells_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line with the cell that it stands in, as the notebook numbers them."""
    cells = {"/tmp/ipykernel_7/1.py": 3, "/tmp/ipykernel_7/2.py": 5}  # noqa: S108
    sources = [
        "def helper(x):\n    return x / None\n",
        "import numpy as np\n\ndef rnn_step(x, h_prev, U, W, a):\n    return helper(x)\n",
    ]
    session: dict[str, Any] = {"__name__": "__main__"}
    for name, source in zip(cells, sources, strict=True):
        lines = source.splitlines(keepends=True)
        monkeypatch.setitem(linecache.cache, name, (len(source), None, lines, name))
        exec(compile(source, name, "exec"), session)  # noqa: S102

    def format_code_name(name: str) -> tuple[str, str] | None:
        return ("Cell", f"In[{cells[name]}]") if name in cells else None

    shell = SimpleNamespace(compile=SimpleNamespace(format_code_name=format_code_name))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))

    text = repr(tracer.check("10", session["rnn_step"]))

    assert text.splitlines()[3] == "  In[5]"
    assert "  line 2 of In[3]: return x / None" in text


@pytest.mark.parametrize("body", ["pass", "h = None\n    return h"])
def test_a_stub_is_not_started(body: str, tmp_path: Path) -> None:
    """Nothing is said of a file that is not there."""
    (tmp_path / "mine.py").write_text(f"def rnn_step(x, h_prev, U, W, a):\n    {body}\n", "utf-8")

    result = tracer.check("10", loaded(tmp_path / "mine.py"))

    assert "not started · 0 of 13 points" in repr(result)
    assert "README.md" not in repr(result)
    assert float(result) == 0.0


def test_several_functions() -> None:
    """As a module, a mapping, or by their names; together they have what the check needs."""
    module = loaded(ROWS / "solutions" / "30_rnn_layers" / "rnn_layers.py")
    folder = ROWS / "exercises"
    exercise = find("30", discover(folder).good)
    named = {name: getattr(module, name) for name in exercise.called_names}
    first, *others = named

    assert len(named) > 1
    assert tracer.check("30", module, exercises=folder).passed
    assert tracer.check("30", {**named, "more": 1}, exercises=str(folder)).passed
    assert tracer.check("30", exercises=folder, **named).passed
    assert tracer.check(
        "30", named[first], exercises=folder, **{name: named[name] for name in others}
    ).passed
    broken = {**named, first: lambda *_given: None}
    result = tracer.check("30", broken, exercises=folder)
    assert not result.passed
    assert "For a hint" not in repr(result)  # that exercise has none
    gru = ROWS.parent / "gru" / "exercises"
    result = tracer.check("60", lambda *_given: None, exercises=gru)
    assert f"--exercises {gru}" in " ".join(repr(result).split())


class Cell:
    """A right answer as a class."""

    def __init__(self, U: Any, W: Any, a: Any) -> None:
        self.weights = U, W, a

    def step(self, x: Any, h_prev: Any) -> Any:
        """One step."""
        return rnn_step(x, h_prev, *self.weights)


class Stateless(Cell):
    """Has no such method."""

    step = None  # type: ignore[assignment]


def test_a_class(tmp_path: Path) -> None:
    """It is given like a function; objects are made of it."""
    folder = tmp_path / "50_rnn_cell"
    folder.mkdir()
    (folder / "exercise.toml").write_text(
        'title = "A cell"\nequations = "rnn"\n[[functions]]\n'
        'signature = "RNNCell(U, W, a).step(x, h_prev) -> h"\n'
        '[[checks]]\nname = "steps"\ntitle = "three"\npoints = 2\n'
        "sizes = { T = 3, N = 2, D = 4, H = 5 }\n",
        "utf-8",
    )
    (folder / "rnn_cell.py").write_text("class RNNCell: ...\n", "utf-8")

    right = tracer.check("50", Cell, exercises=tmp_path)
    wrong_cell = tracer.check("50", RNNCell=Stateless, exercises=tmp_path)

    assert float(right) == 1.0
    assert "RNNCell.step is no function." in repr(wrong_cell)
    text = (folder / "exercise.toml").read_text("utf-8")
    (folder / "exercise.toml").write_text(text.replace(", H = 5", ""), "utf-8")
    with pytest.raises(TracerError, match=r"exercise 50_rnn_cell cannot be used: .* lacks H"):
        tracer.check("50", Cell, exercises=tmp_path)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("10", [None], "nothing was given for rnn_step; exercise 10_rnn_step asks for rnn_step"),
        ("10", [3], "rnn_step of exercise 10_rnn_step is to be a function; got int"),
        ("10", [{"rnn": rnn_step}], "nothing was given for rnn_step"),
        (10, [3], "rnn_step of exercise 10_rnn_step is to be a function; got int"),
        (1, [3], "encode of exercise 01_word_codes is to be a function; got int"),
        (np.int64(10), [3], "rnn_step of exercise 10_rnn_step is to be a function; got int"),
        (2.2, [rnn_step], 'by its name or number: "22"; got float'),
    ],
)
def test_what_cannot_be_checked(name: Any, given: list[Any], said: str) -> None:
    """The error says what is asked for."""
    with pytest.raises(InputError, match=re.escape(said)):
        tracer.check(name, *given)


def test_names_that_are_not_there() -> None:
    """Of an exercise, of a function; and one function where several are asked for."""
    with pytest.raises(UnknownNameError, match="Known: 01_word_codes, 10_rnn_step"):
        tracer.check("77", rnn_step)
    with pytest.raises(TracerError, match="ambiguous"):
        tracer.check("2", rnn_step)
    with pytest.raises(InputError, match="has no function step; it asks for rnn_step"):
        tracer.check("10", step=rnn_step)
    with pytest.raises(InputError, match="rnn_step of exercise 10_rnn_step was given twice"):
        tracer.check("10", rnn_step, rnn_step=rnn_step)
    number: Any = 10**5000
    with pytest.raises(UnknownNameError, match="no exercise 'a number of thousands of digits'"):
        tracer.check(number, rnn_step)
    for seed, said in ((-1, "-1"), (number, "a number of thousands of digits")):
        with pytest.raises(InputError, match=f"seed = {said}; expected a whole number"):
            tracer.check("10", rnn_step, seed=seed)
    with pytest.raises(InputError, match="give each by its name: rnn_step_forward=…, "):
        tracer.check("30", rnn_step, exercises=ROWS / "exercises")


def test_anything_that_can_be_called() -> None:
    """A part of a call, a decorated function, an object with ``__call__``."""

    @wraps(rnn_step)
    def decorated(*given: Any) -> Any:
        return rnn_step(*given)

    class Step:
        def __call__(self, *given: Any) -> Any:
            return rnn_step(*given)

    for answer in (partial(rnn_step), decorated, Step()):
        assert tracer.check("10", answer).passed


def evil(*_given: Any) -> Any:
    """Says what a page would obey."""
    raise ValueError("<script>alert(1)</script> & <b style='x'>")


@pytest.mark.parametrize("answer", [rnn_step, wrong, evil, fails])
def test_the_page_says_what_the_screen_says(answer: Any) -> None:
    """Each sentence and number; nothing runs, and what the student's code says is text."""
    result = tracer.check("10", answer, seed=4)
    page = Page()
    page.feed(result._repr_html_())
    page.close()

    assert page.tags <= {"div", "span", "b", "code", "pre", "table", "tr", "td", "th"}
    assert page.attributes <= {"style", "scope"}
    assert lost(result) == []
    assert result.record["advice"] == [] or result.record["advice"][-1] in page.text
    if answer is evil:
        assert "ValueError: <script>alert(1)</script> & <b style='x'>" in page.text


def test_a_crash_is_told_where_a_hint_is() -> None:
    """As on the screen of the command: the idea may be what is missing."""

    def rnn_step(*_given: np.ndarray) -> np.ndarray:
        raise ValueError("no idea")

    said = str(tracer.check("10", rnn_step))

    assert "Your code raised ValueError: no idea" in said
    assert "For a hint, in a terminal: tracer hint 10 --check 'one word'" in said
