"""The screens: within their width, readable without colour, true to the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tracer.corpus.inside import InThisProcess
from tracer.exercises.discovery import discover, find
from tracer.exercises.exercise import Exercise
from tracer.exercises.hints import hints
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.sandbox.packages import installed
from tracer.view.parts.exercises import exercise_list, hint
from tracer.view.parts.said import Said
from tracer.view.terminal import exercises as screens
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.report import screen


def report_on(exercise: Exercise, path: Path) -> Report:
    """A report with numbers that are always the same."""
    report = grade(exercise, Submission.read(path), seed=4, wall=InThisProcess())
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
    place = re.search(r"in “called twice” is c at t = 1, row \d,\s+unit (\d),\s+in call\s+2", text)
    assert place is not None
    units = re.search(r"\n +(unit 0.*)\n", text)
    both = [re.search(rf"\n    {label} +(.*)\n", text) for label in ("yours", "expected")]
    assert units is not None
    yours, expected = ([] if found is None else found[1].split() for found in both)
    assert len(yours) == len(expected) == units[1].count("unit")
    assert yours[int(place[1])] != expected[int(place[1])]
    worked = [line for line in lines if f"c_1[{place[1]}] = f * c_prev + i * g = " in line]
    assert [re.split(" [=≈] ", line)[-1] for line in worked] == [expected[int(place[1])]]
    assert "lstm_step remembers the call before: called alone, call 2, t = 1 is right." in text


@pytest.mark.parametrize(
    ("number", "mistake", "place"),
    [
        ("11", "bias_left_out", r"logits at row \d, class \d\."),
        ("10", "w_not_transposed", r"h at t = 1, row \d, unit \d\."),
    ],
)
def test_a_place_has_a_t_where_the_exercise_knows_of_steps(
    number: str, mistake: str, place: str, solutions: Path
) -> None:
    """The scores of one state come from no step before: in exercise 11 there is no t."""
    exercise = find(number, discover().good)
    path = solutions / exercise.name / "mistakes" / f"{mistake}.py"

    text = " ".join(line.plain.strip() for line in screen(report_on(exercise, path), Abilities()))

    assert re.search(rf"The first wrong number in “.*?” is {place}", text)
    assert ("t =" in text, "_1[" in text) == ("t = " in place,) * 2


def test_other_wrong_quantities_are_told_in_one_sentence(solutions: Path) -> None:
    """One row of h_prev for all sentences: all four gates are wrong, each by itself."""
    exercise = find("20", discover().good)
    right = (solutions / exercise.name / exercise.file).read_text("utf-8")
    wrong = right.replace("h_prev @ W.T", "h_prev[:1] @ W.T")
    report = grade(exercise, Submission("a.py", wrong.encode()), seed=4, wall=InThisProcess())

    text = "\n".join(line.plain for line in screen(report, Abilities(width=80)))

    assert wrong != right
    assert text.count(" wrong, and not because of ") == 1
    assert re.search(
        r"  f, g and o are also wrong, and not because of i\.\n +f at .*\n +g at ", text
    )


def test_what_ended_a_later_check_is_said_once(lstm_step: Exercise, solutions: Path) -> None:
    """The first ✗ is told in full; of those that crashed below it, what was raised where."""
    right = (solutions / lstm_step.name / "lstm_step.py").read_text("utf-8")
    ends = "    if np.abs(x).max() > 99:\n        c *= 2\n    if len(seen) > 1:\n        seen[9]\n"
    wrong = right.replace("    h = o", f"    seen.append(c)\n{ends}    h = o")
    source = f"import numpy as np\nseen = []\n{wrong}".encode()
    report = grade(lstm_step, Submission("a.py", source), seed=4, wall=InThisProcess())

    text = "\n".join(line.plain for line in screen(report, Abilities(width=80)))

    assert re.findall("✗ (.*?) {2}", text) == ["large values", "state carried", "called twice"]
    assert re.search(r"\n\n  In check “state carried”: .* IndexError: .*\n  line \d+ of a", text)
    assert text.count("IndexError") == 1


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
    unit = int(re.search(r"c at t = 1, row \d, unit (\d)", text)[1])  # type: ignore[index]
    row = [re.search(rf"\n    {label} +(.*)\n", text)[1] for label in ("yours", "expected")]  # type: ignore[index]
    yours, expected = (float(numbers.split()[unit]) for numbers in row)
    equation = float(re.search(r"c_1\[\d\] = .* [=≈] (\S+)\n", text)[1])  # type: ignore[index]

    assert yours != expected
    assert abs(equation - expected) < 0.5 * abs(yours - equation)


@pytest.mark.parametrize("mistake", ["zero_after_the_end", "padding_read", "one_word_too_many"])
def test_a_sentence_that_is_over_keeps_its_memory(solutions: Path, mistake: str) -> None:
    """There no equation of a step gives the expected number: it is the one before."""
    unroll = find("23", discover().good)
    path = solutions / unroll.name / "mistakes" / f"{mistake}.py"
    report = report_on(unroll, path)

    text = "\n".join(line.plain for line in screen(report, Abilities(width=120)))

    assert report.first_failing is not None
    wrong = report.first_failing.difference
    assert wrong is not None
    assert wrong.step is not None
    worked = re.findall(r"^    \w+_(\d)\[\d\] = \w+_(\d)\[\d\] = (\S+)   (.*)$", text, re.MULTILINE)
    assert [(int(now), int(before), said) for now, before, _n, said in worked] == [
        (wrong.step + 1, wrong.step, "the sentence is over")
    ]
    assert float(worked[0][2]) == pytest.approx(wrong.expected_number, abs=0.006)
    assert "U_f x_t" not in text


def test_a_forgotten_bias_is_in_sight(lstm_step: Exercise) -> None:
    """The sum behind the gate that counts most is written out: word, memory, bias."""
    text = changed(lstm_step, " + a  #", "  #")

    assert re.search(r"z_\w = U_\w x_t \+ W_\w h_\(t-1\) \+ a_\w = ", text)


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


def test_one_mistake_does_not_cross_out_every_check(lstm_step: Exercise) -> None:
    """What fails as well has another mark than what fails first."""
    text = changed(lstm_step, " + a  #", "  #")

    assert "✗ wrong" not in text
    assert "✗ partly right · 2 of 13 points" in text
    assert "✓ one word" in text
    assert "✗ state and bias" in text
    assert "– inputs kept " in text
    assert "– fails as well: mend the first ✗ before you look at it" in text


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
    elif imported == "numba":
        assert "it needs scipy, which is not installed here." in " ".join(text.split())
        assert "remove @njit" in text
    else:
        assert "scipy is not installed here." in text
        assert "An answer may import Python's standard library, numpy, numba and your" in text


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Reports on a stub, and on a known mistake of every exercise.

    Not on the first, which in two exercises is one without a name, searched for at length.
    """
    solutions = Path(__file__).parents[2] / "solutions"
    mistakes = [
        report_on(exercise, path)
        for exercise in discover().good
        for path in sorted((solutions / exercise.name / "mistakes").glob("*.py"))[1:2]
    ]
    return [report_on(discover().good[0], discover().good[0].stub), *mistakes]


def test_a_command_is_in_one_line() -> None:
    """Beside what is said of it where there is room, else below it; never broken."""
    command = "tracer hint 32 --check 'memory from the next step'"
    said = Said(f"For a hint: {command}", typed=command)

    wide, narrow = (
        [line.plain for line in paragraph(said, Abilities(width=width))] for width in (80, 40)
    )

    assert wide == [f"  For a hint: {command}"]
    assert narrow == ["  For a hint:", f"    {command}"]


def test_a_list_without_room_for_titles() -> None:
    """They are left out rather than broken into many short lines."""
    part = exercise_list(discover().good, None)
    roomy, narrow = (
        "\n".join(line.plain for line in screens.exercise_list(part, Abilities(width=width)))
        for width in (80, 44)
    )

    assert "· 11_softmax               0/12  Scores and probabilities\n" in roomy
    assert "· 11_softmax               0/12\n" in narrow
    assert "Scores" not in narrow


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_too_wide(width: int, *, unicode: bool, reports: list[Report]) -> None:
    """Every screen keeps its width, and is ASCII where the terminal is."""
    able = Abilities(width=width, unicode=unicode)
    lines = screens.exercise_list(exercise_list(discover().good, None), able)
    for report in reports:
        lines += screen(report, able, [Said("Next: tracer hint " * 9)])
    for exercise in discover().good:
        for check, items in hints(exercise).items():
            for number in range(1, len(items) + 1):
                lines += screens.hint(hint(exercise, check, items, number), able)

    shown = [line if unicode else ascii_line(line) for line in lines]

    assert len(reports) == 1 + len(discover().good)
    assert max(cell_len(line.plain) for line in shown) <= width
    assert unicode or all(line.plain.isascii() for line in shown)


def test_how_much_is_right(lstm_step: Exercise) -> None:
    """Row 0 alone is right, and at t = 1 and 2 all of it."""
    rows = changed(lstm_step, "return h, c", "h[1:] += 0.1\n    return h, c")
    steps = changed(
        lstm_step,
        "return h, c",
        "global n\n    n = globals().get('n', 0) + 1\n    return h + (n > 2), c",
    )

    assert re.search(r"Row 0 is right; rows? 1( and 2| to 3)? (is|are) wrong\.", rows)
    assert re.search(r"h is right at t = 1 and 2, and wrong at t = 3( and 4| to [56])\.", steps)
    assert "lstm_step remembers the call before: called alone, t = 3 is right." in steps


def test_numpys_warning_is_shown_where_the_check_fails() -> None:
    """The line that divides inf by inf says more than the NaN that it gives."""
    text = changed(
        find("20", discover().good), "(1 + np.tanh(z / 2)) / 2", "np.exp(z) / (1 + np.exp(z))"
    )

    assert "nan" in text.lower()
    assert re.search(
        r"NumPy gave a warning: overflow encountered in exp\n"
        r"  line \d+ of lstm_gates.py: return np.exp\(z\) / \(1 \+ np.exp\(z\)\)", text
    )  # fmt: skip


def test_a_warning_of_pythons_is_no_print(lstm_step: Exercise) -> None:
    """A SyntaxWarning is told as what it is, with its line."""
    text = changed(lstm_step, "    c = f", '    assert f is not "f"\n    c = f')

    assert 'Python warned when it read your file: "is not" with a literal.' in text
    assert "Your code printed" not in text


def test_no_path_of_the_graders_is_shown(lstm_step: Exercise) -> None:
    """Neither in the words of an exception nor in a traceback that the student prints."""
    text = changed(
        lstm_step, "    c = f",
        "    import traceback\n    try: 1 / 0\n    except Exception: traceback.print_exc()\n"
        "    raise ValueError(__file__)\n    c = f",
    )  # fmt: skip

    assert "Your code raised ValueError: lstm_step.py" in text
    assert 'File "lstm_step.py", line' in text
    assert "tracer-" not in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "lstm_step has no code yet."),
        ("h = c = None\n    return h, c", "lstm_step still returns None: nothing is computed yet."),
        ("h, c = None, None\n    # yours\n    return (h, c)", "lstm_step still returns None"),
    ],
)
def test_a_stub_of_any_course_is_not_started(lstm_step: Exercise, body: str, said: str) -> None:
    """None of them is asked for a return that is there."""
    source = f"def lstm_step(x, h_prev, c_prev, U, W, a):\n    {body}\n"
    report = grade(lstm_step, Submission(lstm_step.file, source.encode()), seed=4)
    text = "\n".join(line.plain for line in screen(report, Abilities(width=120)))

    assert report.verdict is Verdict.NOT_STARTED
    assert said in text
    assert "Expected" not in text


def test_a_return_that_gives_none_is_shown(lstm_step: Exercise) -> None:
    """Where there is a return, nobody is told to write one."""
    source = (
        "def lstm_step(x, h_prev, c_prev, U, W, a):\n    c = f = [1]\n    if x is c:\n"
        "        return h_prev, c_prev\n"
    )
    report = grade(lstm_step, Submission(lstm_step.file, source.encode()), seed=4)
    text = "\n".join(line.plain for line in screen(report, Abilities(width=120)))

    assert "This call did not reach its return, or what stands there was None:" in text
    assert "line 4 of lstm_step.py: return h_prev, c_prev" in text


def test_a_gate_from_another_block(lstm_step: Exercise) -> None:
    """The order is told as what it is, and the gate that is wrong is worked out to its block."""
    text = changed(lstm_step, "z_i, z_f, z_g, z_o = np", "z_i, z_f, z_o, z_g = np")

    assert "right for blocks of U, W and a in the order i f o g." in text
    assert "Here the order is i f g o." in text
    assert "The first wrong number in “one word” is c at t = 1" in text
    assert re.search(r"the expected number.*:\n    c_1\[\d\] = f \* c_prev \+ i \* g = ", text)
    assert "z_g = U_g x_t + W_g h_(t-1) + a_g = " in text
    assert "is also wrong" not in text


def test_what_nobody_can_tell_apart_is_told_together(lstm_step: Exercise) -> None:
    """Blocks read in another order, or letters exchanged later: the numbers are the same."""
    text = " ".join(changed(lstm_step, "f * c_prev + i * g", "i * c_prev + f * g").split())

    assert "Each of these gives your numbers:" in text
    assert "in the order f i g o." in text
    assert "c = i * c_prev + f * g" in text


def test_two_mistakes_that_only_together_give_the_numbers(lstm_step: Exercise) -> None:
    """Neither is said to give the numbers by itself."""
    path = Path(__file__).parents[2] / "solutions" / lstm_step.name / lstm_step.file
    source = path.read_text("utf-8").replace(" + a  #", "  #").replace("o * np.tanh(c)", "o * c")
    report = grade(lstm_step, Submission(lstm_step.file, source.encode()), seed=4)
    text = "\n".join(line.plain for line in screen(report, Abilities(width=120)))

    assert "2 mistakes together give all your numbers:\n" in text
    assert "  – h = o * c\n" in text
    assert "Your numbers are those of h = o * c" not in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" + a  #", "  #", "Your numbers are what you get without the bias"),
        (" + h_prev @ W.T", "", "Your numbers are what you get without the recurrent term"),
        ("f * c_prev + i * g", "f * c_prev + i * g + 0.1", "Your c is not what the equations give"),
    ],
)
def test_what_a_number_lacks_is_named(lstm_step: Exercise, old: str, new: str, said: str) -> None:
    """Where the equations without one share give just that number; and only there."""
    text = " ".join(changed(lstm_step, old, new).split())

    assert said in text
    assert ("Your numbers are what you get without" in text) == ("without" in said)


RETURNED = "σ(z_i), σ(z_f), np.tanh(z_g), σ(z_o)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            RETURNED,
            "np.tanh(z_i), np.tanh(z_f), σ(z_g), np.tanh(z_o)",
            "A switch needs σ, information needs tanh.",
        ),
        (RETURNED, "σ(z_i), σ(z_f), σ(z_g), σ(z_o)", "g = σ(z_g). The new information is g = tanh"),
        (
            "(1 + np.tanh(z / 2)) / 2",
            "1 / (1 + np.exp(z))",
            "switches computed with 1 / (1 + exp(z))",
        ),
    ],
)
def test_a_well_known_mistake_with_the_gates_is_named(old: str, new: str, said: str) -> None:
    """Where the gates come back themselves too; and no sum z is blamed that is right."""
    text = " ".join(changed(find("20", discover().good), old, new).split())

    assert said in text
    assert "Your z" not in text


@pytest.mark.parametrize("seed", range(3))
def test_decimals_that_are_lost_are_no_term_left_out(lstm_step: Exercise, seed: int) -> None:
    """A memory cast to int inside the function: no mistake of the equations gives that."""
    path = Path(__file__).parents[2] / "solutions" / lstm_step.name / lstm_step.file
    source = path.read_text("utf-8").replace("return h, c", "return h, (c).astype(int) * 1.0")
    report = grade(lstm_step, Submission(lstm_step.file, source.encode()), seed=seed)
    text = "\n".join(line.plain for line in screen(report, Abilities(width=120)))

    assert "Your numbers are" not in text
    assert "Each of these" not in text


def test_zeros_prove_nothing(lstm_step: Exercise) -> None:
    """An answer of zeros names no mistake, and earns nothing by following from itself."""
    text = changed(lstm_step, "return h, c", "return h * 0, c * 0")

    assert "All numbers of h and c are 0." in text
    assert "0 of 13 points" in text


def test_a_state_that_is_handed_on_exchanged(lstm_step: Exercise) -> None:
    """h and c in the other order: each step is right for what the step before returned."""
    text = " ".join(changed(lstm_step, "return h, c", "return c, h").split())

    assert "Your h is c, and your c is h: the two come back in the other order." in text
