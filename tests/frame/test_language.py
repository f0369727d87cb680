"""Another language is one catalogue: every sentence on the screen comes from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

ROOT = Path(__file__).parents[2]


def sentences() -> set[str | tuple[str, ...]]:
    """Every sentence of the package that is given to `_`, and both of each given to `plural`."""
    found = extract_from_dir(ROOT / "tracer", keywords={"_": None, "plural": (1, 2)})
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
    shown = screen("show", "you are bad", "--unit", "1")
    assert "LSTM, 8 ünîts" in shown


def test_sentences_keep_their_values() -> None:
    """No sentence has its values put in before it is translated: `_(f"…")` finds no translation."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tracer").rglob("*.py"))

    assert re.findall(r"\b_\(\s*f[\"']", code) == []


def test_shipped_catalogues_are_compiled() -> None:
    """Beside each .po that a translator wrote lies the .mo that is read."""
    catalogues = sorted((ROOT / "tracer" / "locale").glob("*/LC_MESSAGES/tracer.po"))

    assert [po for po in catalogues if not po.with_suffix(".mo").exists()] == []
