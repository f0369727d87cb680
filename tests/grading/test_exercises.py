"""The exercises hold together: stubs, solutions, mistakes, hints, numbers worked by hand."""

from __future__ import annotations

import doctest
import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from tracer.course import authoring
from tracer.course.authoring import findings
from tracer.errors import TracerError, UnknownNameError
from tracer.exercises.discovery import discover, find, folders, home
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.hints import meant_for, parse


@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
def test_the_number_worked_by_hand_is_right(exercise: Exercise, solutions: Path) -> None:
    """Every line of the README's example gives what stands below it."""
    spec = importlib.util.spec_from_file_location(
        exercise.name, solutions / exercise.name / exercise.file
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = {"np": np, **{f.name: getattr(module, f.name) for f in exercise.functions}}
    text = (exercise.folder / "README.md").read_text("utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, names, exercise.name, None, None)

    assert ("float32" in text) == any(check.dtype == "float32" for check in exercise.checks)
    assert len(example.examples) > 5
    assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.long
@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
def test_an_exercise_fits_together(
    exercise: Exercise, solutions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stub, solution, README and hints, as `tracer dev check` asks, and a mistake behind the wall.

    All mistakes in tests/corpus/test_own_mistakes.py, and behind the wall in ``make corpus``.
    """
    name = exercise.name
    mistakes = sorted((solutions / name / "mistakes").glob("*.py"))
    others = [path.name for path in mistakes[1:]]
    junk = shutil.ignore_patterns("__pycache__", *others)
    shutil.copytree(exercise.folder, tmp_path / "exercises" / name, ignore=junk)
    shutil.copytree(solutions / name, tmp_path / "solutions" / name, ignore=junk)
    monkeypatch.setattr(authoring, "FEWEST_MISTAKES", 1)

    unfit = [f.what for f in findings(discover(tmp_path / "exercises"), tmp_path / "solutions")]

    alone = [f"needs {need}, which does not come before it" for need in exercise.needs]
    alone += [f"uses {used}, and there is no such exercise" for used in exercise.uses]
    assert sorted(unfit) == sorted(alone)
    assert len(mistakes) >= 4


def test_the_exercises_come_in_their_order(solutions: Path) -> None:
    """What an exercise needs comes before it; no number is used twice, no solution is left over."""
    names = [exercise.name for exercise in discover().good]

    assert all(need in names[:place] for place, e in enumerate(discover().good) for need in e.needs)
    assert len({name.partition("_")[0] for name in names}) == len(names)
    assert sorted(path.name for path in solutions.glob("[0-9]*")) == names


@pytest.mark.parametrize(
    "said", ["22_lstm_step", "22", "22_l", "lstm_step", "lstm_s", "lstm_step.py"]
)
def test_an_exercise_by_any_of_its_names(said: str, three: Path) -> None:
    """Whole, by number, by the start of either."""
    assert find(said, discover(three).good).name == "22_lstm_step"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("2", "'2' is ambiguous (20_lstm_gates, 22_lstm_step); give more of the name"),
        ("33", "there is no exercise '33'"),
        ("22_lstm_stop", "did you mean '22_lstm_step'?"),
        ("", "there is no exercise ''"),
    ],
)
def test_a_name_that_means_nothing_or_too_much(said: str, message: str, three: Path) -> None:
    """The error says which ones there are."""
    with pytest.raises(TracerError) as error:
        find(said, discover(three).good)

    assert message in str(error.value)


def test_hints_are_sections_and_items() -> None:
    """A section for each check, from mild to strong; long items go on in the next line."""
    text = "# Hints\n\n## batch\n\n1. Mild.\n2. Strong,\n   and long.\n\n## float32\n\n1. One.\n"

    assert parse(text) == {"batch": ("Mild.", "Strong, and long."), "float32": ("One.",)}


def test_a_hint_on_another_quantity_is_not_told() -> None:
    """The others stay in turn, from mild to strong; where nothing is known all of them are told."""
    items = ("[c, f] Is it kept?", "[h] Is it squeezed?", "h = o * tanh(c)")

    assert meant_for(items, ["h"]) == ("Is it squeezed?", "h = o * tanh(c)")
    assert meant_for(items, ["c"]) == ("Is it kept?", "h = o * tanh(c)")
    assert meant_for(items, []) == ("Is it kept?", "Is it squeezed?", "h = o * tanh(c)")


@pytest.fixture
def broken(tmp_path: Path, solutions: Path) -> tuple[Path, Path]:
    """A copy of exercise 10 and its solution, to break."""
    exercise, solution = tmp_path / "exercises", tmp_path / "solutions"
    name = "10_rnn_step"
    junk = shutil.ignore_patterns("__pycache__")
    shutil.copytree(home() / name, exercise / name, ignore=junk)
    shutil.copytree(solutions / name, solution / name, ignore=junk)
    return exercise / name, solution / name


def found(broken: tuple[Path, Path]) -> list[str]:
    """What is found in the copy."""
    exercise, solution = broken
    return [f.what for f in findings(discover(exercise.parent), solution.parent)]


def edit(path: Path, old: str, new: str) -> None:
    """Replace some text of a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_stub_that_does_something(broken: tuple[Path, Path]) -> None:
    """A stub has to say loudly that it is not written yet."""
    edit(broken[0] / "rnn_step.py", 'raise NotImplementedError("', 'print("')

    assert found(broken) == ["the stub is wrong in check one word (none)"]


def test_a_stub_that_is_right(broken: tuple[Path, Path]) -> None:
    """It is said in words alone, for there is no place where it goes wrong."""
    shutil.copy(broken[1] / "rnn_step.py", broken[0])

    assert found(broken) == ["the stub passes check one word"]


def test_a_solution_that_fails(broken: tuple[Path, Path]) -> None:
    """It is run with Numba and without, and what is the same in both is told once."""
    edit(broken[1] / "rnn_step.py", "np.tanh(z)", "z")

    assert found(broken) == ["the solution is wrong in check one word (step 1, quantity h)"]


def test_a_solution_that_only_numba_stumbles_over(broken: tuple[Path, Path]) -> None:
    """What Python computes and Numba cannot compile is found by the run with Numba alone."""
    source = (broken[1] / "rnn_step.py").read_text("utf-8")
    source = source.replace("import numpy as np", "import numba\nimport numpy as np")
    source = source.replace("def rnn_step", "@numba.njit\ndef rnn_step")
    source = source.replace("return np.tanh(z)", "return np.tanh(z, **{})")
    (broken[1] / "rnn_step.py").write_text(source, "utf-8")

    (what,) = found(broken)
    assert what.startswith("the solution is crashed in check one word")
    assert what.endswith("with NUMBA_DISABLE_JIT=0")


def test_a_mistake_that_is_none(broken: tuple[Path, Path]) -> None:
    """A known mistake that passes shows a hole in the checks."""
    shutil.copy(broken[1] / "rnn_step.py", broken[1] / "mistakes" / "none.py")
    edit(broken[1] / "mistakes" / "none.py", '"""Exercise', "# fails: batch; first at: died\n'''")
    edit(broken[1] / "mistakes" / "none.py", 'answer."""', "answer.'''")

    assert found(broken) == [
        "says “# fails: batch; first at: died”, but it passes"
    ]  # fmt: skip


def test_a_mistake_fails_exactly_its_checks(broken: tuple[Path, Path]) -> None:
    """Not only the first one: a check that stops seeing a mistake is noticed."""
    edit(broken[1] / "mistakes" / "bias_only_at_first_step.py", ", called twice;", ";")

    said, really = (
        f"# fails: {checks}; first at: step 2, quantity h"
        for checks in ("state carried", "state carried, called twice")
    )
    assert found(broken) == [f"says “{said}”, but actually: {really}"]


def test_a_mistake_names_checks_that_there_are(broken: tuple[Path, Path]) -> None:
    """A name that is no check is told as that, with those that there are."""
    edit(broken[1] / "mistakes" / "bias_only_at_first_step.py", "called twice;", "called once;")
    exercise, solution = broken

    (finding,) = findings(discover(exercise.parent), solution.parent)

    assert finding.what == (
        "its first line names the check “called once”, which this exercise does not have"
    )
    assert finding.todo.startswith("its checks are: one word, state and bias, batch, ")


def test_what_is_missing_or_too_much(broken: tuple[Path, Path]) -> None:
    """Files, hints and known mistakes."""
    (broken[0] / "notes.txt").touch()
    for name in ("w_not_transposed.py", "no_tanh.py"):
        (broken[1] / "mistakes" / name).unlink()
    edit(broken[0] / "hints.md", "## batch", "## rows")
    edit(broken[0] / "README.md", "rnn_step(x, h_prev, U, W, a) -> h", "rnn_step")
    edit(broken[0] / "README.md", "`tracer check 10`", "`tracer check`")
    (broken[1].parent / "99_nothing").mkdir()

    assert found(broken) == [
        "the signature is missing",
        "the command tracer check 10 is missing",
        "the sections do not match the checks",
        "does not belong here",
        "only 2 known mistakes",
        "no exercise has this name",
    ]


def test_a_hint_for_nobody(broken: tuple[Path, Path]) -> None:
    """Brackets name quantities of the exercise, and the last hint of a check is for everybody."""
    edit(broken[0] / "hints.md", "1. `h_prev` is zero", "1. [hh] `h_prev` is zero")
    edit(broken[0] / "hints.md", "3. `x @ U.T`", "3. [h] `x @ U.T`")

    assert found(broken) == [
        "the last hint for one word speaks of h only",
        "a hint speaks of hh, which is no quantity of this exercise",
    ]


def test_a_broken_exercise_is_found_with_the_others(broken: tuple[Path, Path]) -> None:
    """Each broken folder is named, and what else does not fit is found all the same."""
    shutil.copytree(broken[0], broken[0].with_name("11_rnn_step"))
    shutil.copytree(broken[0], broken[0].with_name("12 rnn"))
    edit(broken[0].with_name("11_rnn_step") / "exercise.toml", "points = 2", 'points = "2"')
    (broken[0] / "notes.txt").touch()

    named, points, stray = found(broken)

    assert "12 rnn needs a name like 22_lstm_step" in points
    assert 'exercise.toml, check 1: points = "2"; expected a whole number' in named
    assert stray == "does not belong here"


def test_files_that_are_not_utf8_are_findings(broken: tuple[Path, Path]) -> None:
    """An author who saved in another encoding is told which file it is."""
    for path in (broken[0] / "hints.md", broken[0] / "README.md"):
        path.write_bytes(path.read_bytes() + "água".encode("latin-1"))
    mistake = broken[1] / "mistakes" / "w_not_transposed.py"
    mistake.write_bytes("# água\n".encode("latin-1") + mistake.read_bytes())

    hints, mistakes = found(broken)

    assert hints.endswith("hints.md is not UTF-8; save the file as UTF-8")
    assert mistakes == "the first line does not say what fails"


def test_a_wrong_answer_that_passes(broken: tuple[Path, Path], solutions: Path) -> None:
    """It is told whatever its first line says."""
    (solution,) = (solutions / "10_rnn_step").glob("*.py")
    shutil.copy(solution, broken[1] / "mistakes" / "w_not_transposed.py")

    assert found(broken) == ["this wrong answer passes every check"]


def test_an_exercise_of_another_course_needs_its_folder() -> None:
    """Where only tracer's own were looked through, the option that names a folder is told."""
    with pytest.raises(UnknownNameError) as of_tracer:
        find("60", folders())
    with pytest.raises(UnknownNameError) as of_a_course:
        find("60", [Folder(Path("/courses/ours/61_gru_step"))])

    assert "For one of another course, add: --exercises DIR" in str(of_tracer.value)
    assert "--exercises" not in str(of_a_course.value)
