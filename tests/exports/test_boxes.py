"""Autograders in the boxes of others: packed, unpacked where they run, and run."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest

from tests.gradebook.handing import SOLUTIONS, STEP
from tests.grading.typed import tracer
from tracer.errors import InputError
from tracer.exercises.discovery import discover, home
from tracer.exports import inside
from tracer.exports.format import BoxFormat
from tracer.exports.formats import classroom50, gradescope, prairielearn
from tracer.exports.graded import Graded, Places, graded
from tracer.exports.packing import packed
from tracer.exports.settings import Settings
from tracer.exports.wheel import wheel
from tracer.gradebook.feedback import Dial, Feedback, Level

LOUD = (
    b"\nprint('::error::all is lost\\n  ##[group]\\x1b[31m<script>1</script> @everyone ```')\n"
    b"raise ValueError('::warning::|**x**')\n"
)
TITLE = "One whole step of the LSTM"
POINTS = [2, 2, 2, 1, 1, 3, 1, 1]
NUMBER = {"type": "number", "minimum": 0}
WHEN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}

# What gradescope-autograders.readthedocs.io says of results.json.
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": NUMBER, "execution_time": NUMBER, "output": {"type": "string"},
        "output_format": TEXT, "visibility": WHEN, "stdout_visibility": WHEN,
        "extra_data": {"type": "object"}, "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["score", "max_score", "status", "name"],
                "properties": {
                    "score": NUMBER, "max_score": NUMBER, "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"}, "name_format": TEXT, "number": {"type": "string"},
                    "output": {"type": "string"}, "output_format": TEXT,
                    "tags": {"type": "array"}, "visibility": WHEN, "extra_data": {"type": "object"},
                },
            },
        },
    },
}  # fmt: skip

# What schemas/result-v1.schema.json of foundation50/classroom50 asks for.
WORD = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"}
OPTIONAL = {"graded_at": MOMENT, "submitted_by": {"type": "object", "required": ["username"]}}
REQUIRED = {
    "schema": {"const": "classroom50/result/v1"}, "classroom": WORD, "assignment": WORD,
    "assignment_type": {"enum": ["individual", "group"]}, "owner": WORD,
    "submission": {"type": "string", "pattern": "^submit/"}, "commit": WORD, "release": WORD,
    "review": WORD, "datetime": MOMENT, "score": COUNT, "max-score": COUNT,
    "tests": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["test-name", "passed", "score", "max-score"],
            "properties": {
                "test-name": WORD, "passed": {"type": "boolean"}, "score": COUNT,
                "max-score": COUNT,
            },
        },
    },
}  # fmt: skip
CLASSROOM50 = {
    "type": "object", "additionalProperties": False, "required": [*REQUIRED],
    "properties": {**REQUIRED, **OPTIONAL},
}  # fmt: skip

# What docs/externalGrading.md of PrairieLearn/PrairieLearn says of results.json.
PRAIRIELEARN = {
    "type": "object",
    "if": {"properties": {"gradable": {"const": False}}, "required": ["gradable"]},
    "then": {"required": ["format_errors"]},
    "else": {"required": ["score"]},
    "properties": {
        "gradable": {"type": "boolean"}, "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"}, "output": {"type": "string"}, "images": {"type": "array"},
        "format_errors": {"type": ["string", "array"], "items": {"type": "string"}},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"}, "description": {"type": "string"},
                    "points": NUMBER, "max_points": NUMBER, "message": {"type": "string"},
                    "output": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip


def unpacked(name: str, folder: Path, *words: str) -> Path:
    """Make an autograder with the command, and unpack it as the system does."""
    archive = folder / "autograder.zip"
    ended = tracer(
        "export", "--to", name, "--exercise", "22", "--out", str(archive), "--trust-submissions",
        *words,
    )  # fmt: skip
    assert ended.exit_code == 0, ended.output
    assert "1 exercise, 13 points" in ended.stdout
    with ZipFile(archive) as parts:
        for entry in parts.infolist():
            path = Path(parts.extract(entry, folder / "unpacked"))
            path.chmod(entry.external_attr >> 16 & 0o777)
    return folder / "unpacked"


def run(words: Sequence[str | Path], where: Path, **variables: str) -> str:
    """Run it with this Python; its standard output."""
    environment = {"PATH": os.environ["PATH"], "TRACER_PYTHON": sys.executable, **variables}
    ended = subprocess.run(
        [str(word) for word in words], cwd=where, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return ended.stdout


def handed(folder: Path, answer: str = "", more: bytes = b"") -> None:
    """A solution, or a mistake, as a student hands it in."""
    folder.mkdir(parents=True, exist_ok=True)
    known = SOLUTIONS / STEP
    path = known / "mistakes" / f"{answer}.py" if answer else known / "lstm_step.py"
    (folder / "lstm_step.py").write_bytes(path.read_bytes() + more)


@pytest.mark.long
def test_gradescope(tmp_path: Path) -> None:
    """The archive unpacked, a submission beside it, and results.json as Gradescope wants it.

    The rules say what is shown: at the third try numbers, of one check only whether it passes.
    """
    root = tmp_path / "autograder"
    rules = tmp_path / "rules.toml"
    rules.write_text(
        "[feedback]\nafter_tries = { 3 = 'numbers' }\n"
        f"[exercises.{STEP}.checks.batch]\nnow = 'verdict'\n[marks.ada.{STEP}]\npoints = 1\n",
        "utf-8",
    )
    shutil.copytree(
        unpacked("gradescope", tmp_path, "--visible", "after_due_date", "--rules", str(rules)),
        root / "source",
    )
    shutil.copy2(root / "source" / "run_autograder", root)
    handed(root / "submission", "no_tanh_on_c")
    (root / "submission" / "old").mkdir()
    handed(root / "submission" / "old")
    (root / "submission_metadata.json").write_text(
        json.dumps({"id": 1, "previous_submissions": [{}, {}]}), "utf-8"
    )

    said = run([root / "run_autograder"], root, AUTOGRADER_ROOT=str(root))

    result = json.loads((root / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(result, GRADESCOPE)
    assert said == f"{STEP}: 6.5 of 13\n"
    assert (result["score"], sum(test["score"] for test in result["tests"])) == (6.5, 6.5)
    assert [test["max_score"] for test in result["tests"]] == POINTS
    assert {test["visibility"] for test in result["tests"]} == {"after_due_date"}
    first, _second, batch, *_rest = (test["output"] for test in result["tests"])
    assert "The first wrong number" in first
    assert ("yours" in first, "h_1[0] = o * tanh_c" in first) == (True, False)
    assert batch == "partly right"
    assert "h = o * tanh(c)" not in result["output"]
    assert "ada" not in (root / "source" / "box.json").read_text("utf-8")
    assert "old/lstm_step.py is not: it answers the same exercise" in result["output"]
    assert result["extra_data"]["seeds"] == {}  # who has one draws all numbers again


UPDATE = "apt-get update"
MISSING = "python3.13 -c import ensurepip"


@pytest.mark.parametrize(
    ("there", "offered", "steps", "chosen"),
    [
        ((), ("python3.12",), [UPDATE, "apt-get install -y python3.12 python3.12-venv"], "3.12"),
        (("python3.13", "python3.11", "python3.11-venv"), (), [MISSING], "3.11"),
        (
            ("python3.13",), ("python3.13-venv",),
            [MISSING, UPDATE, "apt-get install -y python3.13-venv"], "3.13",
        ),
        (
            ("python3.13",), ("python3.12",),
            [MISSING, UPDATE, "apt-get install -y python3.13-venv", MISSING,
             "apt-get install -y python3.12 python3.12-venv", MISSING], "3.12",
        ),
        (("python3.13",), (), [MISSING, UPDATE, "apt-get install -y python3.13-venv"], None),
    ],
)  # fmt: skip
def test_gradescope_installs_python(
    tmp_path: Path, there: Sequence[str], offered: Sequence[str], steps: Sequence[str],
    chosen: str | None,
) -> None:  # fmt: skip
    """The newest Python that can make an environment; else what is missing for one is installed.

    A package of apt is a file here, and a Python is complete if that of its venv is there.
    """
    root, tools = tmp_path / "autograder", tmp_path / "tools"
    shutil.copytree(unpacked("gradescope", tmp_path), root / "source")
    tools.mkdir()
    python = (
        'case "$*" in *ensurepip*) [ -e "$0-venv" ];; '
        '*venv*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python";; esac'
    )
    install = (
        '[ "$1" = update ] && exit; shift 2; for one in "$@"; do '
        f'case " {" ".join(offered)} " in *" ${{one%-venv}} "* | *" $one "*) '
        f'cp {tools}/new {tools}/"$one";; *) exit 1;; esac; done'
    )
    for name, does in {"apt-get": install, **dict.fromkeys(("new", *there), python)}.items():
        text = f'#!/bin/bash\necho "$(basename "$0") $*" >> {tmp_path}/done\n{does}\n'
        (tools / name).write_text(text, "utf-8")
        (tools / name).chmod(0o755)
    for name in ("bash", "basename", "mkdir", "cp"):
        (tools / name).symlink_to(str(shutil.which(name)))

    ended = subprocess.run(
        [str(root / "source" / "setup.sh")], text=True,
        env={"AUTOGRADER_ROOT": str(root), "PATH": str(tools)}, capture_output=True, check=False,
    )  # fmt: skip

    done = (tmp_path / "done").read_text("utf-8").splitlines()
    assert done[: len(steps)] == list(steps)
    assert (ended.returncode == 0) == (chosen is not None)
    if chosen is None:
        assert ended.stderr.startswith("There is no Python from 3.11 to 3.15")
        return
    assert done[-2] == f"python{chosen} -m venv {root}/venv"
    assert done[-1].startswith("python -m pip install")
    assert done[-1].endswith("-py3-none-any.whl")


@pytest.mark.long
def test_classroom50(tmp_path: Path) -> None:
    """In the student's checkout: result.json, and a page on which nothing of theirs is markup."""
    bundle = unpacked("classroom50", tmp_path)
    checkout, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    handed(checkout, more=LOUD)
    elsewhere.write_text("mine", "utf-8")
    (checkout / "result.json").symlink_to(elsewhere)

    said = run(
        [sys.executable, bundle / "autograder.py"], checkout, CLASSROOM="cs1", ASSIGNMENT="lstm",
        OWNER="ada", SUBMISSION_TAG="submit/2026-08-03T14-30-05Z-abcdef0",
        COMMIT_URL="https://x/commit/1", RELEASE_URL="https://x/releases/1",
    )  # fmt: skip

    result = json.loads((checkout / "result.json").read_text("utf-8"))
    jsonschema.validate(result, CLASSROOM50)
    assert (result["score"], result["max-score"], result["owner"]) == (0, 130, "ada")
    assert [test["max-score"] for test in result["tests"]] == [10 * points for points in POINTS]
    assert result["datetime"] == "2026-08-03T14:30:05Z"
    assert elsewhere.read_text("utf-8") == "mine"
    assert said == f"{STEP}: 0 of 13\n"
    page = (checkout / "release-body.md").read_text("utf-8")
    theirs = [line for line in page.splitlines() if "script" in line or "**x**" in line]
    assert len(theirs) >= 2
    assert all(line.startswith("    ") for line in theirs)
    for text in (page, json.dumps(result, ensure_ascii=False)):
        assert not re.search(r"^\s*::|##\[|\x1b", text, re.MULTILINE)


@pytest.mark.long
def test_prairielearn(tmp_path: Path) -> None:
    """As its container lays it out: a score from 0 to 1, and each check."""
    root = tmp_path / "grade"
    parts = unpacked("prairielearn", tmp_path)
    shutil.copytree(parts / "tests", root / "tests")
    handed(root / "student", "no_tanh_on_c", b"\nprint('<b>', '::error::')\n")

    run([root / "tests" / "run.sh"], root, GRADE_ROOT=str(root))

    result = json.loads((root / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(result, PRAIRIELEARN)
    assert (result["gradable"], result["score"]) == (True, 0.5)
    assert [test["max_points"] for test in result["tests"]] == POINTS
    assert r"  | <b> \x3a:error::" in result["message"]
    entry = json.loads((parts / "info.json").read_text("utf-8"))["externalGradingOptions"]
    assert entry["entrypoint"] == "/grade/tests/run.sh"
    assert (parts / "Dockerfile").read_text("utf-8").count("rnn_tracer-*.whl") == 3


@pytest.mark.parametrize(
    ("source", "gradable", "said"),
    [
        (b"def lstm_step(x, h_prev, c_prev:\n    pass\n", False, "not valid Python: SyntaxError"),
        (b"return 3\n", False, "'return' outside function"),
        (b"# later\n", False, "no function lstm_step"),
        (b"%PDF-1.7", False, "PDF"),
        (b"import numpy as np\nraise ValueError('mine')\n", True, "ValueError: mine"),
        (b"def lstm(x): ...\n", True, "no function lstm_step"),
    ],
)
@pytest.mark.parametrize("now", ["hint", "verdict"])
def test_no_program(tmp_path: Path, now: str, source: bytes, gradable: bool, said: str) -> None:
    """What Python cannot read costs no attempt, whatever is shown; what only fails does."""
    (tmp_path / "lstm_step.py").write_bytes(source)
    exercise = next(e for e in discover().good if e.name == STEP)
    settings = Settings("x", (STEP,), feedback=Feedback(Dial(Level[now.upper()])))

    found = [*graded(Places(tmp_path, tmp_path / "r"), [exercise], "plain", settings)]
    result, _files = prairielearn.FORMAT.written(found, settings, {})

    jsonschema.validate(result, PRAIRIELEARN)
    assert (result["gradable"], result.get("score")) == (gradable, 0 if gradable else None)
    assert (said in json.dumps(result)) == (now == "hint")


def test_what_is_imported_is_what_is_graded(tmp_path: Path) -> None:
    """Of two answers to exercise 10 one counts, for its own points and for exercise 13's."""
    step = (SOLUTIONS / "10_rnn_step" / "rnn_step.py").read_bytes()
    unroll = (
        b"import numpy as np\nfrom rnn_step import rnn_step\n\n"
        b"def rnn_unroll(x, h_0, U, W, a):\n    h = [h_0]\n    for x_t in x:\n"
        b"        h.append(rnn_step(x_t, h[-1], U, W, a))\n    return np.stack(h[1:])\n"
    )
    for file, source in (
        ("a/rnn_step.py", step.replace(b"np.tanh(", b"0 * np.tanh(")),  # found first
        ("rnn_step.py", step),
        ("rnn_unroll.py", unroll),
    ):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(source)
    exercises = [e for e in discover().good if e.number in ("10", "13")]
    settings = Settings("x", tuple(e.name for e in exercises))

    found = list(graded(Places(tmp_path, tmp_path / "r"), exercises, "plain", settings))

    assert [one.report["verdict"] for one in found if one.report] == ["passed", "passed"]


def test_nothing_handed_in() -> None:
    """No file: 0 points in full view, and not gradable."""
    exercise = next(e for e in discover().good if e.name == STEP)
    nothing = Graded(exercise, None, "notes.txt was not looked at")
    said = f"{TITLE}: no file of this exercise; expected lstm_step.py\nnotes.txt was not looked at"

    settings = Settings("x", (STEP,))
    of_gradescope, _files = gradescope.FORMAT.written([nothing], settings, {})
    of_prairielearn, _files = prairielearn.FORMAT.written([nothing], settings, {})
    of_classroom50, files = classroom50.FORMAT.written([nothing], settings, {})

    jsonschema.validate(of_gradescope, GRADESCOPE)
    assert (of_gradescope["score"], of_gradescope["output"]) == (0, said)
    assert [test["max_score"] for test in of_gradescope["tests"]] == POINTS
    assert of_prairielearn == {"gradable": False, "format_errors": [said]}
    assert (of_classroom50["score"], of_classroom50["max-score"]) == (0, 130)
    assert f"    {TITLE}: no file" in files["release-body.md"]


def test_a_fault_is_no_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the grader fails there is no result, a line for the instructor, and not exit code 0."""
    box = unpacked("gradescope", tmp_path) / "box.json"
    monkeypatch.setenv("AUTOGRADER_ROOT", str(tmp_path))
    exercise = next(e for e in discover().good if e.name == STEP)
    broken = Graded(exercise, None, fault="it broke\n::error::x")
    monkeypatch.setattr("tracer.exports.graded.graded", lambda *_given: iter([broken]))
    monkeypatch.setattr("tracer.gradebook.behind.standing", lambda _name, *, trusted: str(trusted))
    result = tmp_path / "results" / "results.json"
    result.parent.mkdir()
    result.write_text("1", "utf-8")

    code = inside.main([str(box)])
    other = inside.main([str(tmp_path / "none.json")])

    first, second = capsys.readouterr().out.splitlines()
    assert (code, other, result.exists()) == (70, 70, False)
    assert first == f"not graded: the grader failed at {STEP}: it broke\\n\\x3a:error\\x3a:x"
    assert second.startswith("not graded: cannot read")


def test_a_result_that_a_student_has_committed(tmp_path: Path) -> None:
    """It is removed before anything can fail: there is no wheel here, so nothing can be graded."""
    script, checkout = tmp_path / "autograder.py", tmp_path / "checkout"
    script.write_text(classroom50.AUTOGRADER, "utf-8")
    (checkout / "release-body.md").mkdir(parents=True)
    (checkout / "result.json").write_text('{"score": 130}', "utf-8")

    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, script], checkout)

    assert [*checkout.iterdir()] == []


def test_the_wheel_is_whole() -> None:
    """It has every file that it lists, no more, and the exercises; never a solution."""
    made = wheel()

    with ZipFile(BytesIO(made.contents)) as archive:
        names = archive.namelist()
        about = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        record = archive.read(f"{about}/RECORD").decode().splitlines()
        for line in record[:-1]:
            name, digest, size = line.rsplit(",", 2)
            contents = archive.read(name)
            right = base64.urlsafe_b64encode(hashlib.sha256(contents).digest()).rstrip(b"=")
            assert (digest, size) == (f"sha256={right.decode()}", str(len(contents)))
    assert [line.rsplit(",", 2)[0] for line in record] == names
    assert f"tracer/handouts/{STEP}/exercise.toml" in names
    assert not [name for name in names if "solution" in name or "__pycache__" in name]
    assert made.contents == wheel().contents


def test_own_exercises_travel_along(tmp_path: Path) -> None:
    """They lie beside the settings; one with right answers in it is refused where all can read."""
    own = tmp_path / "course"
    shutil.copytree(home() / STEP, own / STEP)
    settings = Settings("x", (STEP,), own=True)
    (exercise,) = discover(own).good

    names = ZipFile(BytesIO(packed(gradescope.FORMAT, settings, [exercise]))).namelist()
    told = replace(exercise, reference=own / STEP / "reference.py")

    assert f"exercises/{STEP}/exercise.toml" in names
    packed(prairielearn.FORMAT, settings, [told])
    with pytest.raises(InputError, match="students can read what is packed"):
        packed(classroom50.FORMAT, settings, [told])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--to", "gradescope"), "--to gradescope: add --exercise"),
        (("results", "--to", "gradescope"), "RESULTS: --to gradescope makes an autograder"),
        (("--to", "csv"), "--to csv: say which RESULTS of tracer grade"),
        (("results", "--to", "csv", "--visible", "hidden"), "--visible: --to csv runs nothing"),
    ],
)
def test_what_would_have_no_effect(words: Sequence[str], error: str) -> None:
    """An option of the other kind of format is an error."""
    ended = tracer("export", *words)

    assert (ended.exit_code, error in ended.stderr) == (2, True)


def test_all_that_is_text_is_bounded() -> None:
    """A report of any length gives a result of less than a megabyte."""
    exercise = next(e for e in discover().good if e.name == STEP)
    check: dict[str, Any] = {
        "title": "t", "points": 0.0, "out_of": 2, "verdict": "wrong", "verdict_said": "wrong",
        "said": ["x" * 10**6], "told_in": None, "first": None, "also": [], "diagnosis": None,
        "trouble": None, "remarks": [], "printed": "",
    }  # fmt: skip
    report: dict[str, Any] = {
        "title": "t", "verdict_said": "wrong", "score": "0", "points": 0, "notes": [],
        "diagnosis": None, "said": [], "line": None, "printed": "y" * 10**6, "wall": "plain",
        "seed": None,
        "checks": [check] * 8,
    }  # fmt: skip
    one = Graded(exercise, report, gradable=True)

    for form in (gradescope.FORMAT, classroom50.FORMAT, prairielearn.FORMAT):
        assert isinstance(form, BoxFormat)
        result, _files = form.written([one], Settings("x", (STEP,)), {})
        assert len(json.dumps(result)) < 10**6
