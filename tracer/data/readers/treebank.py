"""Tagged sentences of a CoNLL-U file, the format of the Universal Dependencies treebanks."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tracer.data.readers.rows import Row, Rows, Wanted
from tracer.data.readers.textfile import shown
from tracer.errors import FileError, UnknownNameError
from tracer.language import _

TEXT_COLUMNS = ("form", "lemma")
LABEL_COLUMNS = ("upos", "xpos", "deprel")

_WANTED = (
    "this is not CoNLL-U; expected ten columns with tabs between them, the first a number, "
    "the second a word, the fourth its part of speech"
)

_TEXT = "# text = "
"""The remark that has the sentence as it was written."""

_UNUSED = ("feats", "head", "deps", "misc")


def read_conllu(path: Path, content: str, wanted: Wanted) -> Rows:
    """Sentences of a CoNLL-U file: each row a list of words and a list of their tags.

    Words that stand for several (``1-2 don't``) and words that are not written (``8.1``) are not
    counted: the syntactic words carry the tags.

    Raises
    ------
    FileError
        If the package conllu is missing, or a line is not CoNLL-U or has no tag.
    UnknownNameError
        If there is no such column.
    """
    form = wanted.text_column or TEXT_COLUMNS[0]
    tag = wanted.label_column or LABEL_COLUMNS[0]
    for what, name, known in (("text", form, TEXT_COLUMNS), ("label", tag, LABEL_COLUMNS)):
        if name not in known:
            raise UnknownNameError(f"{what} column of CoNLL-U", name, known)
    rows: list[Row] = []
    block: list[tuple[int, str]] = []
    for line, written in enumerate([*content.split("\n"), ""], 1):
        if written.strip():
            block.append((line, written))
        elif block:
            rows += _sentence(path, block, form, tag)
            block = []
    said = _("columns: {text} is the text, {label} the label").format(text=form, label=tag)
    return Rows(rows, 0, said)


def _sentence(path: Path, block: list[tuple[int, str]], form: str, tag: str) -> list[Row]:
    """The row of one sentence; none if the block has only comments."""
    lines = [(line, written) for line, written in block if not written.strip().startswith("#")]
    if not lines:
        return []
    tokens = _tokens("\n".join(written for _line, written in lines))
    if tokens is None:  # conllu does not say on which line; one of them fails alone, too
        alone = (line for line, written in lines if _tokens(written) is None)
        line = next(alone, lines[0][0])
        raise FileError(f"{path}, line {line}: {_WANTED}")
    words, tags = [], []
    for (line, _written), token in zip(lines, tokens, strict=True):
        if "upos" not in token or token["id"] is None:
            raise FileError(f"{path}, line {line}: {_WANTED}")
        if not isinstance(token["id"], int):
            continue
        word, label = token.get(form), token.get(tag)
        if not word or label in (None, "", "_"):
            raise FileError(
                f"{path}, line {line}: the word {shown(str(word))} has no {tag}; take another "
                f"column with --label-column ({', '.join(LABEL_COLUMNS)})"
            )
        words.append(word)
        tags.append(str(label))
    written = (line.strip().removeprefix(_TEXT) for _at, line in block if line.startswith(_TEXT))
    return [Row(lines[0][0], tuple(words), tuple(tags), next(written, ""))] if words else []


def _tokens(written: str) -> list[Any] | None:
    """What the package conllu reads in the lines of one sentence; None if they are not CoNLL-U."""
    conllu = _package()
    unread = dict.fromkeys(_UNUSED, lambda cells, at: cells[at])
    try:
        sentences = conllu.parse(written, field_parsers=unread)
    except (conllu.exceptions.ParseException, ValueError):
        return None
    return list(sentences[0]) if len(sentences) == 1 else None


def _package() -> ModuleType:
    try:
        return import_module("conllu")
    except ImportError:
        raise FileError(
            "reading CoNLL-U needs the package conllu: pip install 'rnn-tracer[corpora]'"
        ) from None
