"""``tracer init --notebook``: each exercise is a notebook, and every command works on it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.handing import UNROLL
from tests.grading.typed import tracer
from tracer.course.as_notebook import notebook
from tracer.exercises.discovery import discover, find

ROOT = Path(__file__).parents[2]


def code(cells: list[dict[str, Any]], name: str) -> str:
    """The source of a cell."""
    (cell,) = (cell for cell in cells if cell["id"] == name)
    return "".join(cell["source"])


@pytest.fixture
def begun(tmp_path: Path, three: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three exercises as notebooks, which is also the working folder."""
    tracer("init", str(tmp_path / "course"), "--notebook", "--exercises", str(three))
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def write(path: Path, answer: str) -> dict[str, Any]:
    """Put an answer into a notebook as Jupyter saves it, with what the cells gave."""
    whole: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for cell in whole["cells"]:
        if cell["id"] == "answer":
            cell["source"] = answer.splitlines(keepends=True)
    path.write_text(json.dumps(whole), "utf-8")
    return whole


def test_the_form_of_every_notebook() -> None:
    """As nbformat 4.5 has it: ids that differ, sources in lines; page, answer and check."""
    for exercise in discover().good:
        whole = json.loads(notebook(exercise))
        cells = whole["cells"]
        ids = [cell["id"] for cell in cells]
        kinds = {cell["cell_type"]: set(cell) for cell in cells}
        (answer,) = (cell for cell in cells if cell["metadata"])
        page = "".join("".join(c["source"]) + "\n\n" for c in cells if c["id"].startswith("page"))

        assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", one) for one in ids)
        assert kinds == {
            "markdown": {"cell_type", "id", "metadata", "source"},
            "code": {"cell_type", "execution_count", "id", "metadata", "outputs", "source"},
        }
        assert page.split() == (exercise.folder / "README.md").read_text("utf-8").split()
        assert (answer["id"], answer["metadata"]) == ("answer", {"tags": [exercise.name]})
        assert "".join(answer["source"]) == exercise.stub.read_text("utf-8").strip()


def test_its_last_cell_checks_what_the_cell_above_defines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from top to bottom, as Jupyter does, with a right answer in the cell for it."""
    exercise = find("10", discover().good)
    cells = json.loads(notebook(exercise))["cells"]
    monkeypatch.chdir(exercise.folder)
    names: dict[str, Any] = {}

    exec((ROOT / "solutions" / exercise.name / exercise.file).read_text("utf-8"), names)  # noqa: S102
    lines = code(cells, "check").splitlines()
    exec("\n".join(lines[:-1]), names)  # noqa: S102

    assert eval(lines[-1], names).passed  # noqa: S307


def test_an_earlier_notebook_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """As it is saved now, in the session and by the command; and why not, where there is none."""
    tracer("init", str(tmp_path / "course"), "--notebook")
    monkeypatch.chdir(tmp_path / "course" / "13_rnn_unroll")
    monkeypatch.setattr(sys, "meta_path", sys.meta_path.copy())
    request.addfinalizer(lambda: sys.modules.pop("rnn_step", None))
    step = tmp_path / "course" / "10_rnn_step" / "rnn_step.ipynb"
    right = (ROOT / "solutions" / "10_rnn_step" / "rnn_step.py").read_text("utf-8")
    cells = json.loads(Path("rnn_unroll.ipynb").read_text("utf-8"))["cells"]
    write(Path("rnn_unroll.ipynb"), UNROLL)
    names: dict[str, Any] = {}
    found = []

    for answer in (right, right.replace(" + a", ""), "def rnn_step(:", None):
        if answer is None:
            step.unlink()
        else:
            write(step, answer)
        try:
            exec(f"{code(cells, 'earlier')}\n{UNROLL}", names)  # noqa: S102
            verdict = names["tracer"].check("13", names["rnn_unroll"]).report.verdict
        except (ImportError, SyntaxError) as error:
            found.append(str(error))
        else:
            saved = tracer("check", "13").stdout
            found.append(f"{verdict}: {f'· {verdict}' in saved or f' {verdict} ·' in saved}")

    assert found == [
        "passed: True",
        "wrong: True",
        "invalid syntax (rnn_step.ipynb, code cell 1, line 1)",
        (
            "rnn_step is your answer to exercise 10; there is no rnn_step.ipynb and no "
            f"rnn_step.py in {step.parent}"
        ),
    ]


def test_kernels_for_a_card_are_checked_from_the_saved_notebook() -> None:
    """In a new process, for Numba's simulator is switched on before Numba is imported."""
    exercise = find("51", discover().good)

    last = code(json.loads(notebook(exercise))["cells"], "check").splitlines()

    assert last[0].startswith("# Save the notebook first")
    assert last[1:] == ["!tracer check 51"]


def test_several_functions_are_checked_by_their_names() -> None:
    """A course's exercise with a step and a loop, forward and backward."""
    course = ROOT / "tests" / "exercises" / "courses" / "rows" / "exercises"
    exercise = find("30", discover(course).good)

    last = code(json.loads(notebook(exercise))["cells"], "check").splitlines()[-1]

    assert last.startswith('tracer.check("30", rnn_step_forward=rnn_step_forward, ')


def test_the_commands_take_the_notebook(begun: Path) -> None:
    """Not started, right, right still after it ran again, begun anew; init restores a notebook."""
    path = begun / "10_rnn_step" / "rnn_step.ipynb"
    assert not path.with_suffix(".py").exists()
    assert "· not started" in tracer("check", "10").stdout
    right = (ROOT / "solutions" / "10_rnn_step" / "rnn_step.py").read_text("utf-8")
    whole = write(path, right)

    assert "✓ passed · 13 of 13 points\n  10_rnn_step/rnn_step.ipynb" in tracer("check").stdout
    whole["cells"][-2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path.write_text(json.dumps(whole), "utf-8")
    assert re.search(r"✓ 10_rnn_step +13/13 +passed +One", tracer("list").stdout)
    write(path, right + "\n# one more line\n")
    assert re.search(r"10_rnn_step +13/13 +passed, changed since", tracer("list").stdout)

    (begun / "20_lstm_gates" / "lstm_gates.ipynb").unlink()
    assert "1 file written" in tracer("init", ".").stdout
    assert (begun / "20_lstm_gates" / "lstm_gates.ipynb").is_file()
    assert "rnn_step.old-1.ipynb" in tracer("reset", "10", "--yes").stdout
    assert "· not started" in tracer("check", "10").stdout
    assert "nothing to reset" in tracer("reset", "10").stdout
    assert list(begun.glob("*/*.py")) == []
