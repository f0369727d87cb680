"""The screens: within their width, readable without colour, true to the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tracer.exercises.discovery import discover, find
from tracer.exercises.exercise import Exercise
from tracer.exercises.hints import hints
from tracer.exercises.submission import Submission
from tracer.grading.report import Report
from tracer.grading.session import grade
from tracer.sandbox.packages import installed
from tracer.view.parts.exercises import exercise_list, hint
from tracer.view.terminal import exercises as screens
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.report import screen


def report_on(exercise: Exercise, path: Path) -> Report:
    """A report with numbers that are always the same."""
    report = grade(exercise, Submission.read(path), seed=4)
    assert report.first_failing
    return report


def test_the_screen_of_a_wrong_answer(lstm_step: Exercise, solutions: Path) -> None:
    """From the verdict to the equation, as it stands on 80 columns."""
    path = solutions / lstm_step.name / "mistakes" / "weights_remembered.py"

    lines = [line.plain for line in screen(report_on(lstm_step, path), Abilities(width=80))]

    assert lines[1] == "  22_lstm_step · One whole step of the LSTM"
    assert lines[2] == "  ✗ partly right · 12 of 13 points"
    assert (
        lines[5] == "  ✓ one word        2/2  h_prev, c_prev, a are 0: c = i * g, h = o * tanh(c)"
    )
    text = "\n".join(lines)
    place = re.search(r"in “called twice” is c at t = 1, row \d, unit (\d), in call", text)
    numbers = re.search(r"yours +(\S+)\n    expected +(\S+)\n", text)
    assert place is not None
    assert numbers is not None
    assert numbers[1] != numbers[2]
    worked = [line for line in lines if f"c_1[{place[1]}] = f * c_prev + i * g = " in line]
    assert [re.split(" [=≈] ", line)[-1] for line in worked] == [numbers[2]]


def changed(lstm_step: Exercise, old: str, new: str) -> str:
    """The screen of a right answer in which something is put in the place of something else."""
    path = Path(__file__).parents[2] / "solutions" / lstm_step.name / lstm_step.file
    source = path.read_text("utf-8")
    assert old in source
    submission = Submission(lstm_step.file, source.replace(old, new).encode())
    lines = screen(grade(lstm_step, submission, seed=4), Abilities(width=120))
    return "\n".join(line.plain for line in lines)


def test_the_arithmetic_shows_a_small_difference(lstm_step: Exercise) -> None:
    """With two decimals, the numbers of both sides would be the same."""
    text = changed(lstm_step, "f * c_prev + i * g", "f * c_prev + i * g + 1e-4")
    yours, expected, equation = re.findall(
        r"(?:yours|expected|c_1\[\d\] = .* =)\s+(-?[\d.]+)$", text, re.MULTILINE
    )[:3]

    assert float(yours) != float(expected)
    assert abs(float(equation) - float(expected)) < 0.5 * abs(float(yours) - float(equation))


def test_a_forgotten_bias_is_in_sight(lstm_step: Exercise) -> None:
    """The sum behind the gate that counts most is written out: word, memory, bias."""
    text = changed(lstm_step, " + a  #", "  #")

    assert re.search(r"z_\w = U_\w x_t \+ W_\w h_\(t-1\) \+ a_\w = ", text)
    assert "what you get without the bias (a_i, a_f, a_g, a_o)." in text
    assert "may explain" not in text


def test_only_the_failing_check_prints(lstm_step: Exercise) -> None:
    """Each check loads the file anew; what the others print is not shown."""
    text = changed(lstm_step, "    c = f", "    print(len(x), x.dtype)\n    c = f[:1]")

    assert "“batch”" in text
    assert text.count("3 float64") == 1
    assert "1 float64" not in text


def test_what_is_printed_is_shown_of_a_right_answer_too(lstm_step: Exercise) -> None:
    """Once, with the check that it comes from, and no more of it than fits on a screen."""
    text = changed(lstm_step, "    c = f", "    print(*range(15), len(x), sep='\\n')\n    c = f")

    assert "passed · 13 of 13 points" in text
    assert "Your code printed in check “one word”:\n    0\n    1\n" in text
    assert "… and 6 more lines\n  It also printed in 7 other checks." in text


def test_a_gate_from_another_block(lstm_step: Exercise) -> None:
    """The order is named, and the gate that is wrong is worked out down to its block."""
    text = changed(lstm_step, "z_i, z_f, z_g, z_o = np", "z_i, z_f, z_o, z_g = np")

    assert "The first wrong number in “one word” is c at t = 1" in text
    assert re.search(r"the expected number:\n    c_1\[\d\] = f \* c_prev \+ i \* g = ", text)
    assert "z_g = U_g x_t + W_g h_(t-1) + a_g = " in text
    assert "match blocks in the order i, f, o, g. In U, W and a the order is i, f, g, o." in text
    assert "Your o comes from the block of g." in text
    assert "may explain" not in text


def test_two_switches_that_change_places(lstm_step: Exercise) -> None:
    """From outside nobody can tell blocks read in another order from letters mixed up later."""
    text = changed(lstm_step, "c = f * c_prev + i * g", "c = i * c_prev + f * g")

    assert "match blocks in the order f, i, g, o." in text
    assert "Or the blocks are read in the right order, and a later line mixes up i, f." in text


def test_one_mistake_does_not_cross_out_every_check(lstm_step: Exercise) -> None:
    """What could not be decided has another mark than what is wrong."""
    text = changed(lstm_step, " + a  #", "  #")

    assert "✗ wrong" not in text
    assert "✗ partly right · 2 of 13 points" in text
    assert "✓ one word" in text
    assert "✗ state and bias" in text
    assert "– inputs kept " in text
    assert "– undecided: fix the ✗ checks first" in text


def test_a_file_that_cannot_be_read_fails_no_check(lstm_step: Exercise) -> None:
    """None of them was run."""
    text = changed(lstm_step, "return h, c", "return h, c)")

    assert text.count("✗") == 1
    assert "✗ crashed" in text
    assert text.count("    – not run: your file could not be loaded") == 1


@pytest.mark.parametrize("imported", ["scipy.special", "numba"])
def test_what_may_be_imported_is_what_is_there(lstm_step: Exercise, imported: str) -> None:
    """No advice to import what cannot be imported; Numba's need of SciPy is explained."""
    if imported == "numba":
        old, new = (
            "def lstm_step",
            "import numba\n\nσ = numba.njit(σ)\n\n@numba.njit\ndef lstm_step",
        )
    else:
        old, new = "import numpy as np", "import numpy as np\nfrom scipy.special import expit"
    text = changed(lstm_step, old, new)

    if "scipy" in installed():
        assert "is not installed" not in text
        assert "may import" not in text
    else:
        assert "scipy is not installed here." in text
        assert "an answer may import: numpy, numba." in text
        assert ("remove @njit" in text) == (imported == "numba")


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Reports on every stub and every known mistake."""
    solutions = Path(__file__).parents[2] / "solutions"
    return [
        report_on(exercise, path)
        for exercise in discover().good
        for path in (exercise.stub, *(solutions / exercise.name / "mistakes").glob("*.py"))
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 140, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_too_wide(width: int, *, unicode: bool, reports: list[Report]) -> None:
    """Every screen keeps its width, and is ASCII where the terminal is."""
    able = Abilities(width=width, unicode=unicode)
    lines = screens.exercise_list(exercise_list(discover().good, None), able)
    for report in reports:
        lines += screen(report, able, ["Next: tracer hint " * 9])
    for exercise in discover().good:
        for check, items in hints(exercise).items():
            for number in range(1, len(items) + 1):
                lines += screens.hint(hint(exercise, check, items, number), able)

    shown = [line if unicode else ascii_line(line) for line in lines]

    assert len(reports) == 12
    assert max(cell_len(line.plain) for line in shown) <= width
    assert unicode or all(line.plain.isascii() for line in shown)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" + a", "", "without the bias (a_i, a_f, a_g, a_o)."),
        (
            " + h_prev @ W.T",
            "",
            "without the recurrent term (W_i h_(t-1), W_f h_(t-1), W_g h_(t-1)",
        ),
        ("f * c_prev + i * g", "f * c_prev + i * g + 0.1", ""),
    ],
)
def test_what_a_number_lacks_is_named(lstm_step: Exercise, old: str, new: str, said: str) -> None:
    """Where the equations without one share give just that number; and only there."""
    text = " ".join(changed(lstm_step, old, new).split())

    assert said in text
    assert ("Your numbers are what you get without" in text) == bool(said)


RETURNED = "σ(z_i), σ(z_f), np.tanh(z_g), σ(z_o)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            RETURNED,
            "np.tanh(z_i), np.tanh(z_f), σ(z_g), np.tanh(z_o)",
            "A switch needs σ, information needs tanh.",
        ),
        (RETURNED, "σ(z_i), σ(z_f), σ(z_g), σ(z_o)", "Your g is σ(z_g). z_g is right."),
        (" + a  #", "  #", "what you get without the bias (a_i, a_f, a_g, a_o)."),
    ],
)
def test_a_well_known_mistake_with_the_gates_is_named(old: str, new: str, said: str) -> None:
    """Where the gates come back themselves too; and no sum z is blamed that is right."""
    text = " ".join(changed(find("20", discover().good), old, new).split())

    assert said in text
    assert "may explain" not in text


def test_a_nan_has_no_common_cause() -> None:
    """It begins where it is seen; the sums before it are right."""
    text = changed(
        find("20", discover().good), "(1 + np.tanh(z / 2)) / 2", "np.exp(z) / (1 + np.exp(z))"
    )

    assert "nan" in text.lower()
    assert "may explain" not in text
