"""Labelled sentences from a file of one's own: CSV, TSV, JSONL, CoNLL-2003 or CoNLL-U."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from tracer.data.readers.doubts import check_labels, check_sentences, check_texts, merged
from tracer.data.readers.jsonlines import read_json_lines
from tracer.data.readers.rows import Row, Rows, Wanted
from tracer.data.readers.table import read_table
from tracer.data.readers.textfile import read_text, shown
from tracer.data.readers.treebank import read_conllu
from tracer.data.readers.wordlines import (
    read_word_lines,
    sentences_of,
    tags_differ,
    word_lines_question,
)
from tracer.errors import FileError, InputError, UnknownNameError
from tracer.language import _
from tracer.text.labelled import Corpus, Labelled
from tracer.text.pieces import cutter
from tracer.text.splitting import is_chinese, split

TASKS = ("tag", "classify")

READERS: Mapping[str, Callable[[Path, str, Wanted], Rows]] = MappingProxyType(
    {
        ".csv": read_table,
        ".tsv": read_table,
        ".jsonl": read_json_lines,
        ".ndjson": read_json_lines,
        ".conllu": read_conllu,
        ".conll": read_word_lines,
        ".iob": read_word_lines,
        ".bio": read_word_lines,
    }
)
"""By the end of the file's name."""


def read(
    path: str | os.PathLike[str],
    *,
    task: str,
    text_column: str | None = None,
    label_column: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    header: str | None = None,
    alike_labels: str | None = None,
    pieces: str | None = None,
    lexicon: Collection[str] = (),
) -> Corpus:
    """Labelled sentences of a file, in its order, and the log of what was read and left out.

    Parameters
    ----------
    path : path
        The end of its name says how it is read; see `READERS`.
    task : str
        ``"classify"``: a text and its class. ``"tag"``: words and their tags, with spaces between
        them (in JSONL also lists; in CoNLL-U a line each).
    text_column, label_column : str or None
        The names of the columns, or their numbers from 1. None for the usual names: text, sentence,
        ... and label, tag, ...
    encoding : str or None
        None for UTF-8 (or UTF-16, where the first bytes say so).
    separator, header : str or None
        See `tracer.data.readers.rows.Wanted`.
    alike_labels : str or None
        What to do with labels like 1 and 1.0, Good and good: ``"merge"`` or ``"keep"``.
    pieces, lexicon
        How ``classify`` cuts a text; see `tracer.text.pieces.cutter`.

    Raises
    ------
    FileError
        If the file cannot be read, something in it is not as wanted, or it can be read in two ways;
        the message names the line, and what would decide.
    InputError, UnknownNameError
        If there is no such task, encoding or kind of piece, or one would change nothing.
    """
    path = Path(path)
    if task not in TASKS:
        raise UnknownNameError("task with labelled files", task, TASKS)
    reader = READERS.get(path.suffix.lower())
    if pieces is not None and task == "tag":
        raise InputError("--pieces has no effect: a tagged file is already split into words")
    cut = cutter(pieces, lexicon)
    content = read_text(path, encoding)
    if reader is None:
        raise FileError(
            f"{path}: the end of its name, {path.suffix!r}, does not say how to read it; "
            f"expected {', '.join(READERS)}"
        )
    if reader in (read_conllu, read_word_lines) and task != "tag":
        raise FileError(f"{path}: there is a tag for each word in it; that is the task tag")
    wanted = Wanted(task, text_column, label_column, separator, header)
    _check_effect(path, reader, wanted)
    if reader is read_table and (lines := sentences_of(path, content, separator)):
        if task == "tag":
            reader = read_word_lines
        elif label_column is None and tags_differ(lines):
            raise FileError(word_lines_question(path, lines))
    found = reader(path, content, wanted)
    check_texts(path, found.rows, wanted)
    check_labels(path, found.rows, wanted)
    found = found._replace(rows=merged(path, found.rows, task, alike_labels))
    report = [_("{path}: {count:,} rows").format(path=path, count=len(found.rows)), found.columns]
    if found.empty:
        report.append(_("empty lines skipped: {count:,}").format(count=found.empty))
    if task == "tag":
        check_sentences(path, found.rows)
        sentences = _tagged(path, found.rows, report)
    else:
        sentences = _classified(path, found.rows, cut, report)
        chinese = any(map(is_chinese, content))
        if pieces == "words" and not chinese:
            raise InputError("--pieces words has no effect: there is no Chinese in this file")
        if pieces is None and chinese:
            report.append(_("Chinese text is read character by character"))
    corpus = Corpus(sentences, ())
    _check_labels(path, corpus)
    return corpus._replace(report=(*report, *summary(corpus)))


def _check_effect(path: Path, reader: Callable[..., Rows], wanted: Wanted) -> None:
    """Raise an `InputError` for what is said of a table where there is none."""
    for option, said, readers in (
        ("--separator", wanted.separator, (read_table, read_word_lines)),
        ("--header", wanted.header, (read_table, read_word_lines)),
    ):
        if said is not None and reader not in readers:
            raise InputError(
                f"{option} has no effect: it is for tables (.csv, .tsv, .conll), and {path} is "
                f"not one"
            )


def summary(corpus: Corpus) -> list[str]:
    """How many sentences, labels and repeated sentences there are, in plain sentences."""
    labels = corpus.counts.most_common(12)
    listed = ", ".join(f"{label} {count:,}" for label, count in sorted(labels))
    report = [
        _("{count:,} sentences with {kinds} different labels: {listed}").format(
            count=len(corpus.sentences),
            kinds=len(corpus.counts),
            listed=listed + ", …" * (len(corpus.counts) > len(labels)),
        )
    ]
    times = Counter(sentence.letters for sentence in corpus.sentences)
    again = len(corpus.sentences) - len(times)
    pairs = {(sentence.letters, sentence.labels) for sentence in corpus.sentences}
    if again:
        report.append(_("duplicate sentences: {count:,}").format(count=again))
    if disputed := len(pairs) - len(times):
        report.append(
            _(
                "the same words with another label: {count:,} (no network can get both right)"
            ).format(count=disputed)
        )
    return report


def worded(words: tuple[str, ...], tags: tuple[str, ...]) -> Labelled:
    """A tagged sentence without its punctuation: a sentence that is typed loses it, too."""
    pairs = [pair for pair in zip(words, tags, strict=True) if split(pair[0], _never, 1)]
    return Labelled(tuple(word for word, _tag in pairs), tuple(tag for _word, tag in pairs))


def _never(_word: str) -> bool:
    return False


def _classified(
    path: Path, rows: list[Row], cut: Callable[[str], tuple[str, ...]], report: list[str]
) -> tuple[Labelled, ...]:
    sentences, wordless = [], []
    for line, text, label, _typed in rows:
        where = f"{path}, line {line}"
        if isinstance(label, tuple):
            raise FileError(
                f"{where}: the label is a list; the task classify needs one label, tag a list"
            )
        typed = text if isinstance(text, str) else " ".join(text)
        try:
            words = cut(typed)
        except ValueError as error:
            raise FileError(f"{where}: {error}") from error
        if not words:
            wordless.append(line)
            continue
        sentences.append(Labelled(words, (_label(where, label),), text=typed))
    report += _skipped(wordless)
    return tuple(sentences)


def _tagged(path: Path, rows: list[Row], report: list[str]) -> tuple[Labelled, ...]:
    sentences, marks, wordless = [], 0, []
    for line, text, label, typed in rows:
        where = f"{path}, line {line}"
        words = tuple(text.split()) if isinstance(text, str) else text
        tags = tuple(label.split()) if isinstance(label, str) else label
        if len(words) != len(tags):
            raise FileError(
                f"{where}: {len(words)} words, but {len(tags)} tags; expected a tag for each word. "
                f"Words: {shown(' '.join(words))}; tags: {shown(' '.join(tags))}"
            )
        sentence = worded(words, tuple(_label(where, tag) for tag in tags))
        marks += len(words) - len(sentence.words)
        if sentence.words:
            sentences.append(sentence._replace(text=typed or " ".join(words)))
        else:
            wordless.append(line)
    if marks:
        report.append(_("punctuation marks removed: {count:,}").format(count=marks))
    report += _skipped(wordless)
    return tuple(sentences)


def _skipped(wordless: list[int]) -> list[str]:
    """The line of a report on rows without a word; none where there are none."""
    if not wordless:
        return []
    said = _("rows without a word, skipped: {count:,} (line {line})")
    return [said.format(count=len(wordless), line=wordless[0])]


def _label(where: str, label: str) -> str:
    label = label.strip()
    if not label:
        raise FileError(f"{where} has no label; every sentence needs one")
    if any("\ud800" <= character <= "\udfff" for character in label):
        raise FileError(f"{where}: the label {shown(label)} has half a character in it")
    return label


def _check_labels(path: Path, corpus: Corpus) -> None:
    labels = corpus.labels
    if not labels:
        raise FileError(f"{path} has no sentence with a word in it; expected labelled sentences")
    if len(labels) == 1:
        raise FileError(
            f"{path}: every label is {shown(labels[0])}; there is nothing to learn. "
            f"Expected two labels or more"
        )
