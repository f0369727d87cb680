"""An instructor's folder of exercises: begun with a command, found from anywhere, and checked."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.exercises.carrying import loaded, wrong
from tracer.cli import command_line
from tracer.course import authoring
from tracer.course.as_numpy import code, equations_of, slips
from tracer.course.signatures import apart
from tracer.course.skeleton import Skeleton
from tracer.exercises.discovery import discover
from tracer.exercises.reading import read

COURSES = Path(__file__).parents[1] / "exercises" / "courses"
ROWS = COURSES / "rows" / "exercises"


def tracer(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(command_line, [str(word) for word in words])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_workbook_remembers_where_its_exercises_are(here: Path) -> None:
    """After `init --exercises`, no other command needs the option: here, and from elsewhere."""
    made = tracer("init", "work", "--exercises", ROWS)

    assert made.exit_code == 0
    assert sorted(path.name for path in (here / "work").iterdir()) == [
        ".devcontainer", ".gitignore", ".tracer", ".vscode",
        "30_rnn_layers", "31_lstm_layers", "32_softmax_loss", "README.md",
    ]  # fmt: skip
    assert (here / "work/.tracer/course.toml").read_text("utf-8") == f'exercises = "{ROWS}"\n'
    assert "30_rnn_layers" in tracer("list", "--exercises", ROWS).stdout
    assert "30_rnn_layers" not in tracer("list").stdout
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here / "work" / "30_rnn_layers")
        assert "31_lstm_layers" in tracer("list").stdout


def test_the_page_of_a_folder_lists_the_exercises_of_the_course(here: Path) -> None:
    """Their names and titles, and commands with the number of the first; no word of ours."""
    tracer("init", "work", "--exercises", ROWS)

    page = (here / "work" / "README.md").read_text("utf-8")
    assert "- `31_lstm_layers`: An LSTM for rows of samples, forward and backward\n" in page
    assert "    tracer check 30    runs your answer to exercise 30; --all runs every" in page
    assert "10" not in page


def test_the_page_of_a_course_is_its_own_where_it_has_one(here: Path) -> None:
    """A README.md beside the exercises is handed out as it is."""
    shutil.copytree(ROWS, here / "course")
    (here / "course" / "README.md").write_text("# Week 3\n", "utf-8")

    tracer("init", "work", "--exercises", "course")

    assert (here / "work" / "README.md").read_text("utf-8") == "# Week 3\n"


def test_a_command_that_begins_a_folder_names_the_course(here: Path) -> None:
    """Where there is no folder of exercises yet, it is made with those that were asked for."""
    shutil.copytree(ROWS, here / "course")
    (here / "course" / "31_lstm_layers" / "hints.md").write_text(
        "".join(f"## {check.name}\n\n1. Look.\n" for check in read(ROWS / "31_lstm_layers").checks),
        "utf-8",
    )
    command = "tracer init my-course --exercises course"

    listed = tracer("list", "--exercises", "course").stdout
    checked = tracer("check", "31", "--exercises", "course").stderr
    hinted = tracer("hint", "31", "--exercises", "course").stdout

    assert f"To start: {command}, then cd my-course" in listed
    assert checked == f"error: there are no exercises in {here}; start with: {command}\n"
    assert command in hinted
    assert "To start: tracer init my-course, then cd my-course" in tracer("list").stdout


def test_what_says_how_it_is_done_is_not_handed_out(here: Path) -> None:
    """A student gets the page and the stub; not the reference, the hints, the mistakes."""
    folder = here / "course" / "60_my_step"
    folder.mkdir(parents=True)
    for name, text in Skeleton("60_my_step", "lstm", reference=True).files().items():
        (folder / name).write_text(text, "utf-8")
    (folder / "mistakes.toml").write_text("", "utf-8")

    tracer("init", "work", "--exercises", "course")

    assert sorted(path.name for path in (here / "work" / "60_my_step").iterdir()) == [
        "README.md", "my_step.py",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exercises = 3\n", "exercises = 3; expected the folder of the exercises, as text"),
        ("exercise = 'x'\n", "there is no key 'exercise'; did you mean 'exercises'?"),
        ("exercises\n", "is not valid TOML: "),
        ("exercises = 'gone'\n", "there is no folder of exercises at "),
    ],
)
def test_a_course_file_that_cannot_be_used(here: Path, text: str, said: str) -> None:
    """The sentence names the file, or the folder that it names."""
    tracer("init", "work", "--exercises", ROWS)
    path = here / "work" / ".tracer" / "course.toml"
    path.write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here / "work")
        found = tracer("list")

    assert found.exit_code == 2
    assert said in found.stderr
    assert "gone" in found.stderr if "gone" in text else str(path) in found.stderr


def test_a_folder_that_is_named_from_the_workbook(here: Path) -> None:
    """A path that is not absolute is seen from the workbook: a course moves as a whole."""
    shutil.copytree(ROWS, here / "course" / "exercises")
    tracer("init", "course/desk", "--exercises", "course/exercises")
    (here / "course/desk/.tracer/course.toml").write_text("exercises = '../exercises'\n", "utf-8")
    (here / "course").rename(here / "moved")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here / "moved" / "desk")

        assert "30_rnn_layers" in tracer("list").stdout


@pytest.mark.parametrize("program", ["rnn", "lstm", "clip", "sgd", "adam"])
def test_a_new_exercise_is_right(here: Path, program: str) -> None:
    """Its solution passes, its page works out the same, and three slips give other numbers."""
    folder = here / "60_my_step"
    folder.mkdir()
    made = Skeleton(folder.name, program, reference=False)
    for name, text in {**made.files(), "answer.py": made.answer()}.items():
        (folder / name).write_text(text, "utf-8")
    exercise = read(folder)
    right = vars(loaded(folder / "answer.py"))

    assert [wrong(exercise, check, right, 0) for check in exercise.checks] == [
        [] for _check in exercise.checks
    ]
    page = doctest.DocTestParser().get_doctest(
        (folder / "README.md").read_text("utf-8"), {**right, "np": np}, "README", None, 0
    )
    assert len(page.examples) > 3
    assert doctest.DocTestRunner().run(page).failed == 0
    off = 0
    for _title, equations in slips(equations_of(program)):
        (folder / "slip.py").write_text(code("my_step", equations), "utf-8")
        with np.errstate(all="ignore"):  # the root of a negative number
            off += bool(wrong(exercise, exercise.checks[0], vars(loaded(folder / "slip.py")), 0))
    assert off >= 3


def test_a_new_exercise_says_what_its_functions_are() -> None:
    """The RNN's f is tanh, in the stub and on the page; the page says what σ is."""
    made = Skeleton("60_my_step", "rnn", reference=False)

    assert "    h = tanh(z)\n" in made.stub()
    assert "    h = tanh(z)\n" in made.readme()
    assert "f(z)" not in made.stub() + made.readme()
    page = Skeleton("60_my_step", "lstm", reference=False).readme()
    assert "`σ(z)` is the sigmoid, `1 / (1 + e^(-z))`." in page


def test_a_new_exercise_passes_dev_check(here: Path) -> None:
    """What `dev new` writes fits together; a second of that number is refused."""
    made = tracer("dev", "new", "60_my_step", "--dir", "course", "--equations", "lstm")

    assert made.exit_code == 0, made.stderr
    assert made.stdout.splitlines()[-1] == (
        "Check it with: tracer dev check --exercises course/exercises"
    )
    assert len(list((here / "course/solutions/60_my_step/mistakes").glob("*.py"))) == 3
    checked = tracer("dev", "check", "--exercises", "course/exercises")
    assert (checked.exit_code, checked.stdout) == (0, checked.stdout)
    again = tracer("dev", "new", "60_other", "--dir", "course")
    assert again.exit_code == 2
    assert "course/exercises/60_my_step already; choose another name or number" in again.stderr


def test_a_worked_number_that_the_solution_does_not_give(here: Path) -> None:
    """Its line is named, with both numbers."""
    tracer("dev", "new", "60_my_step")
    page = here / "exercises" / "60_my_step" / "README.md"
    page.write_text(page.read_text("utf-8").replace("\n0.9727\n", "\n0.9728\n"), "utf-8")

    checked = tracer("dev", "check", "--exercises", "exercises")

    assert checked.exit_code == 1
    said = " ".join(checked.stdout.split())
    assert ">>> " not in said
    assert "round(h.item(), 4), says 0.9728; the solution gives 0.9727" in said


def test_mistakes_of_its_own_that_cannot_be_read(here: Path) -> None:
    """The entry is named once, and nothing is graded before it is well."""
    tracer("dev", "new", "60_my_step")
    path = here / "exercises" / "60_my_step" / "mistakes.toml"
    path.write_text('[[mistakes]]\nid = "x"\n', "utf-8")

    checked = tracer("dev", "check", "--exercises", "exercises")

    assert checked.exit_code == 1
    assert "mistake 1 (x): 'title' is missing" in checked.stdout
    assert checked.stdout.count("→") == 1


def test_a_new_exercise_with_a_reference_passes_dev_check(here: Path) -> None:
    """A reference.py says what is right; the equations are only where one begins."""
    made = tracer("dev", "new", "61_my_step", "--reference")

    assert made.exit_code == 0, made.stderr
    assert (here / "exercises" / "61_my_step" / "reference.py").is_file()
    assert tracer("dev", "check", "--exercises", "exercises").exit_code == 0


def test_a_stub_that_still_has_the_old_signature(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called by place, it would take h_prev for x: stub and reference are held to exercise.toml."""
    tracer("dev", "new", "61_my_step", "--reference")
    folder = here / "exercises" / "61_my_step"
    monkeypatch.setattr(authoring, "FEWEST_MISTAKES", 0)
    for mistake in (here / "solutions" / "61_my_step" / "mistakes").glob("*.py"):
        mistake.unlink()
    for name in ("my_step.py", "reference.py"):
        path = folder / name
        text = path.read_text("utf-8")
        assert "(x, h_prev, " in text
        path.write_text(text.replace("(x, h_prev, ", "(h_prev, x, "), "utf-8")
    (folder / "reference.py").write_text(text, "utf-8")

    checked = tracer("dev", "check", "--exercises", "exercises")

    said = " ".join(checked.stdout.split())
    assert checked.exit_code == 1
    assert "it defines my_step(h_prev, x, U, W, a); exercise.toml says my_step(x, h_prev," in said
    assert "write the same signature in both" in said
    assert checked.stdout.count("→") == 1


CLASS = """
class Cell:
    def __init__(self, U, W, *, dtype=None):
        pass

    def step(self, h_prev, x):
        raise NotImplementedError
"""


def test_the_signature_of_a_method(tmp_path: Path) -> None:
    """Of a class, both what makes its object and what is called."""
    (exercise,) = (e for e in discover(COURSES / "stated" / "exercises").good if e.number == "73")
    (tmp_path / "stub.py").write_text(CLASS.replace("Cell", "LSTMCell"), "utf-8")

    found = [defined for defined, _wanted in apart(exercise, tmp_path / "stub.py")]

    assert found == ["LSTMCell.step(self, h_prev, x)", "LSTMCell.__init__(self, U, W, dtype)"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("my_step",), "my_step needs a form like 60_gru_step"),
        (
            ("60_my_step", "--equations", "gru"),
            "--equations gru: there are no equations of that name; expected one of rnn, lstm, clip",
        ),
        (("60_my_step", "--equations", "adam", "--reference"), "adam is an update"),
    ],
)
def test_what_cannot_be_begun(here: Path, words: tuple[str, ...], said: str) -> None:
    """A sentence says why, and nothing is written."""
    refused = tracer("dev", "new", *words)

    assert refused.exit_code == 2
    assert said in refused.stderr
    assert list(here.iterdir()) == []
