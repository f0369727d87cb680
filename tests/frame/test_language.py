"""Another language is one catalogue: every sentence on the screen comes from it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract, extract_from_dir
from babel.messages.mofile import write_mo

from tracer.language import plural

ROOT = Path(__file__).parents[2]


def sentences() -> set[str | tuple[str, ...]]:
    """Every sentence of the package that is given to `_`, and both of each given to `plural`."""
    composed = subprocess.run(
        [sys.executable, ".ci/sentences.py"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "plural": (1, 2)}
    found = [
        *extract_from_dir(ROOT / "tracer", keywords=keywords),
        *((None, *message) for message in extract("python", BytesIO(composed), keywords)),
    ]
    return {message[2] for message in found}


def pseudo(sentence: str) -> str:
    """Spell the sentence with accents, with what stands in braces left alone."""
    return re.sub(
        r"(\{[^}]*\})|([aeiou])",
        lambda m: m[1] or m[2].translate(str.maketrans("aeiou", "åéîøü")),
        sentence,
    )


def test_pseudo_language(tmp_path: Path) -> None:
    """A made-up language is what the screens show, from its catalogue alone."""
    package = tmp_path / "tracer"
    shutil.copytree(ROOT / "tracer", package, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = Catalog(locale="eo")
    for sentence in sentences():
        if isinstance(sentence, str):
            catalogue.add(sentence, pseudo(sentence))
        else:
            catalogue.add(sentence, tuple(pseudo(form) for form in sentence))
    place = package / "locale" / "eo" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "tracer.mo").open("wb") as file:
        write_mo(file, catalogue)

    variables = {"TRACER_LANGUAGE": "eo", "PYTHONUTF8": "1", "NUMBA_DISABLE_JIT": "1"}

    def screen(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "tracer", *words], cwd=tmp_path, env={**os.environ, **variables},
            capture_output=True, encoding="utf-8", check=False,
        ).stdout  # fmt: skip

    assert "Shøw vérsîøns, kérnéls, térmînål" in screen("doctor", "--help")
    assert "Vérsîøns\n" in screen("doctor")
    assert "øk    languages    en, eo\n" in screen("doctor")
    shown = screen("show", "you are bad")
    assert "lstm-classify · LSTM, 8 ünîts" in shown
    assert "f  thé førgét gåté" in shown


def test_sentences_keep_their_values() -> None:
    """No sentence has its values put in before it is translated: `_(f"…")` finds no translation."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tracer").rglob("*.py"))

    assert re.findall(r"\b_\(\s*f[\"']", code) == []


def test_shipped_catalogues_are_compiled() -> None:
    """Beside each .po that a translator wrote lies the .mo that is read."""
    catalogues = sorted((ROOT / "tracer" / "locale").glob("*/LC_MESSAGES/tracer.po"))

    assert [po for po in catalogues if not po.with_suffix(".mo").exists()] == []


def test_one_and_many() -> None:
    """The number chooses the form; in English one thing is no "things"."""
    said = [plural("{n} word", "{n} words", n).format(n=n) for n in (0, 1, 2)]

    assert said == ["0 words", "1 word", "2 words"]


# What a command says is translated. What the Python API says stays English, as Python's own errors.
SCREENS = (*(ROOT / "tracer" / "cli").glob("*.py"), *(ROOT / "tracer" / "view").rglob("*.py"))
# The second and third are met only where two commands are at work in one folder.
COMMANDS = (
    *SCREENS,
    *(
        ROOT / "tracer" / "course" / name
        for name in (
            "choosing.py",
            "kept.py",
            "resetting.py",
            "source.py",
            "starting.py",
            "workbook.py",
        )
    ),
    *(
        ROOT / "tracer" / "gradebook" / name
        for name in (
            "grading.py",
            "intake.py",
            "reading.py",
            "replaying.py",
            "slurm.py",
            "store.py",
            "systems.py",
        )
    ),
    *(ROOT / "tracer" / "exports" / name for name in ("table.py", "formats/canvas.py")),
    ROOT / "tracer" / "grading" / "session.py",
    ROOT / "tracer" / "sandbox" / "process.py",
    ROOT / "tracer" / "sandbox" / "warm.py",
    *(ROOT / "tracer" / "storage" / name for name in ("locking.py", "writing.py")),
)
OURS = {"TracerError", "InputError", "FileError"}


def is_translation(node: ast.AST) -> bool:
    """Whether `node` is a call of `_` or of `plural`."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "plural")


@pytest.mark.parametrize("path", sorted((ROOT / "tracer").rglob("*.py")), ids=lambda p: p.stem)
def test_which_errors_are_translated(path: Path) -> None:
    """Those that only a command can raise; see docs/languages.md."""
    raised = [
        node.exc
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if ast.unparse(node.exc.func) in OURS
    ]

    wrong = [
        ast.unparse(error)
        for error in raised
        if any(map(is_translation, ast.walk(error))) != (path in COMMANDS)
        if not (path in COMMANDS and ast.unparse(error.args[0]).startswith("said"))
    ]
    assert wrong == []


# For programs, which want the same words everywhere, and a font's names.
FOR_PROGRAMS = {"to_json", "to_csv", "to_svg", "report_json", "flow_numbers"}
PROSE = re.compile(r"(?:^|[ (])[a-z]{3,}[.,;:!?)]?(?: |$)")
NO_PROSE = re.compile(r'(?s) *tracer\b.*|( --[a-z]+ ?.*)|bold \w+|[\w ]+ #\w+|""".*')
OTHER = {
    "you are a really bad man",  # what the tour types
    "numpy, scipy, numba",
    "choice for --what",  # an UnknownNameError, which is English
    "version of ",  # a key in a model's notes
}


def _read(node: ast.AST) -> list[ast.AST]:
    """What looks into words instead of saying them: patterns, comparisons, and keys of a dict."""
    match node:
        case ast.Call(ast.Attribute(attr="compile" | "startswith"), arguments):
            return list(arguments)
        case ast.Compare():
            return [node]
        case ast.Dict():
            return [key for key in node.keys if key is not None]
    return []


@pytest.mark.parametrize(
    "path", sorted(p for p in SCREENS if p.stem not in FOR_PROGRAMS), ids=lambda p: p.stem
)
def test_no_words_past_the_translator(path: Path) -> None:
    """A string with words in it is given to `_` or `plural`, whole; or it is not for people."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    given = {id(inner) for node in nodes if is_translation(node) for inner in ast.walk(node)}
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    given |= {id(inner) for node in nodes for part in _read(node) for inner in ast.walk(part)}

    left = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in given | docstrings
        if PROSE.search(node.value) and " " in node.value
        if node.value not in OTHER and not NO_PROSE.fullmatch(node.value)
    ]

    assert left == []
