"""What is said about a file that is not as wanted; and that nothing else is ever said."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracer.data.reading import READERS, TASKS, read
from tracer.errors import FileError, TracerError

TWO = "text,label\nyou are kind,praise\nyou are rude,insult\n"


WRONG: dict[str, tuple[str, str | bytes, dict[str, Any], str]] = {
    "empty": ("my.csv", "", {}, "my.csv is empty; expected labelled sentences"),
    "blank": ("my.jsonl", " \n\n", {}, "my.jsonl is empty; expected labelled sentences"),
    "only a header": (
        "my.csv", "text,label\n", {},
        "my.csv has no sentence with a word in it; expected labelled sentences",
    ),
    "one class": (
        "my.csv", "text,label\nkind,praise\nnice,praise\n", {},
        ("my.csv: every label is 'praise'; there is nothing to learn. Expected two labels or "
        "more"),
    ),
    "other encoding": (
        "my.csv", "text,label\n好,praise\n".encode("gb18030"), {},
        ("my.csv, line 2: byte 12 of the file (0xba) is not UTF-8. It could be gb18030 "
            "or big5 or cp1252: "
        "try --encoding gb18030"),
    ),
    "Western encoding": (
        "my.csv",
        "text,label\nune fête réussie,praise\n".encode("cp1252"),
        {},
        (
            "my.csv, line 2: byte 17 of the file (0xea) is not UTF-8. It could be cp1252 or "
            "gb18030 or big5: try --encoding cp1252"
        ),
    ),
    "no encoding": (
        "my.csv", TWO.encode() + b"\xff\x81", {"encoding": "utf8"},
        ("my.csv, line 4: byte 52 of the file (0xff) is not UTF-8. Save the file as UTF-8, or name "
        "its encoding with --encoding"),
    ),
    "unknown encoding": (
        "my.csv", TWO, {"encoding": "gbk2"},
        "encoding is 'gbk2': unknown encoding: gbk2; for example gb18030",
    ),
    "byte 0": (
        "my.csv", "text,label\nki\0nd,praise\n", {},
        ("my.csv, line 2: there is a zero byte, which text never has. Is this a text file? If a "
        "Windows program wrote it, try --encoding utf-16-le"),
    ),
    "no such column": (
        "my.csv", TWO, {"text_column": "review"},
        ("my.csv, line 1: no column is called 'review'; the columns are 1 'text', 2 'label'. Which "
        "one is the text? Give its name or number with --text-column"),
    ),
    "no usual column": (
        "my.csv", "id,text,stars\n1,kind,5\n", {},
        ("my.csv, line 1 has 3 columns: 1 'id', 2 'text', 3 'stars'. Which one is the label? Give "
        "the name or number with --label-column"),
    ),
    "one column twice": (
        "my.csv", TWO, {"text_column": "label"},
        "my.csv, line 1: column 'label' cannot be both text and label",
    ),
    "too many columns": (
        "my.csv", TWO + "you, my friend, are kind,praise\n", {},
        ("my.csv, line 4 has 4 columns, but line 1 has 2; if a comma belongs to the text, put the "
        "text in quotes"),
    ),
    "open quote": (
        "my.csv", TWO + '"you are kind,praise\nyou are rude,insult\n', {},
        ('my.csv, line 4: a quote is opened and never closed; a quote inside a quoted text is '
        'written ""'),
    ),
    "early quote": (
        "my.csv", TWO + '"you" are kind,praise\n', {},
        'my.csv, line 4: a quote closes too early; a quote inside a quoted text is written ""',
    ),
    "no label": (
        "my.tsv", "text\tlabel\nkind\tpraise\nrude\t \n", {},
        "my.tsv, line 3 has no label; every sentence needs one",
    ),
    "fewer tags than words": (
        "my.csv", "words,tags\nwater is hot,noun verb\n", {"task": "tag"},
        ("my.csv, line 2: 3 words, but 2 tags; expected a tag for each word. Words: "
        "'water is hot'; tags: 'noun verb'"),
    ),
    "no JSON": (
        "my.jsonl", '{"text": "kind", "label": "praise"}\n{"text": "rude" "label"}\n', {},
        ("my.jsonl, line 2 is not JSON: Expecting ',' delimiter at character 17; each line of a "
        '.jsonl file is one object, like {"text": "…", "label": "…"}'),
    ),
    "no object": (
        "my.jsonl", '["kind", "praise"]\n', {},
        ("my.jsonl, line 1 is '[\"kind\", \"praise\"]'; expected an object, like "
        '{"text": "…", "label": "…"}'),
    ),
    "JSON without the name": (
        "my.jsonl", '{"text": "kind", "label": "praise"}\n{"text": "rude"}\n', {},
        "my.jsonl, line 2 has no 'label'; it has 'text'",
    ),
    "JSON of another kind": (
        "my.jsonl", '{"text": "kind", "label": null}\n', {},
        "my.jsonl, line 1: 'label' is 'null'; expected text",
    ),
    "JSON too deep": (
        "my.jsonl", "[" * 200_000 + "\n", {},
        "my.jsonl, line 1 is JSON with a number too long or lists too deep",
    ),
    "half a character": (
        "my.jsonl", '{"text": "kind", "label": "\\ud800"}\n', {},
        "my.jsonl, line 1: the label '\\ud800' has half a character in it",
    ),
    "a list of labels": (
        "my.jsonl", '{"text": "kind", "label": ["praise"]}\n', {},
        "my.jsonl, line 1: the label is a list; the task classify needs one label, tag a list",
    ),
    "no CoNLL-U": (
        "my.conllu", "1\twater\t_\tnoun\n2 is verb\n", {"task": "tag"},
        ("my.conllu, line 2: this is not CoNLL-U; expected ten columns with tabs between them, the "
        "first a number, the second a word, the fourth its part of speech"),
    ),
    "no tag in CoNLL-U": (
        "my.conllu", "# a\n1\twater\t_\tnoun\n2\tis\t_\t_\n", {"task": "tag"},
        ("my.conllu, line 3: the word 'is' has no upos; take another column with --label-column "
        "(upos, xpos, deprel)"),
    ),
    "no column of CoNLL-U": (
        "my.conllu", "1\twater\t_\tnoun\n", {"task": "tag", "label_column": "uposs"},
        ("there is no label column of CoNLL-U 'uposs'; did you mean 'upos'? "
        "Known: upos, xpos, deprel"),
    ),
    "classes in CoNLL-U": (
        "my.conllu", "1\twater\t_\tnoun\n", {},
        "my.conllu: there is a tag for each word in it; that is the task tag",
    ),
    "another ending": (
        "my.txt", TWO, {},
        ("my.txt: the end of its name, '.txt', does not say how to read it; expected .csv, .tsv, "
        ".jsonl, .ndjson, .conllu, .conll, .iob, .bio"),
    ),
    "Chinese words": (
        "my.csv", "好,praise\n", {"pieces": "words"},
        ("my.csv, line 1: this is Chinese, which has no spaces between words; read it by "
        "characters (--pieces characters)"),
    ),
    "another unit": (
        "my.csv", TWO, {"pieces": "word"},
        "there is no kind of piece 'word'; did you mean 'words'? Known: words, characters",
    ),
    "another task": (
        "my.csv", TWO, {"task": "generate"},
        "there is no task with labelled files 'generate'. Known: tag, classify",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_errors(made: Any, case: str) -> None:
    """What is said about a file that is not as wanted: the file, the line, what to do."""
    name, content, options, message = WRONG[case]

    with pytest.raises(TracerError) as raised:
        made(content, name, **options)

    assert str(raised.value) == message


def test_files_that_are_none(tmp_path: Path) -> None:
    """Nothing there, a folder, and a pipe, which would wait for ever."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    what = {
        "missing.csv": "there is no such file",
        "folder.csv": "it is a folder; name a file in it",
        "pipe.csv": "it is not a plain file",
        f"{'long' * 100}.csv": "File name too long",
        "nul\0.csv": "there is no such file",
    }
    for name, why in what.items():
        path = tmp_path / name

        with pytest.raises(FileError) as raised:
            read(path, task="classify")

        assert str(raised.value) == f"cannot open {path}: {why}"


def test_conllu_is_not_installed(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the message is the command that brings it."""
    monkeypatch.setitem(sys.modules, "conllu", None)

    with pytest.raises(FileError) as raised:
        made("1\twater\t_\tnoun\n", "my.conllu", task="tag")

    assert str(raised.value) == (
        "reading CoNLL-U needs the package conllu: pip install 'rnn-tracer[corpora]'"
    )


_PIECES = st.sampled_from(
    ["text,label\n", "words\ttags\n", '"', ",", ";", "\t", "\n", "\r", " ", "1\twater\t_\tnoun\n",
     "#", '{"text": "a", "label": ', "[", "}", "0", "1-2", "好", "ab", "\0", "\ufeff", "\u200b",
     "\ud800", "9" * 5000, "# global.columns = ID\n", "NaN", "  "]
)  # fmt: skip
_BYTES = st.one_of(
    st.binary(max_size=80),
    st.lists(_PIECES, max_size=12).map(lambda some: "".join(some).encode("utf-8", "surrogatepass")),
)


@given(
    data=_BYTES,
    ending=st.sampled_from(sorted(READERS)),
    task=st.sampled_from(TASKS),
    encoding=st.sampled_from([None, "utf-8", "utf-16", "gb18030", "utf-7", "idna", "hex", "a\0"]),
    column=st.sampled_from([None, "text", "1", "٣", "form", ""]),
)
@example(b",", ".csv", "tag", None, None)
@example(
    b'{"text": "a", "label": "1"}\n{"text": "\\ud800", "label": "2"}', ".jsonl", "tag", None, None
)
@example(("9" * 5000 + "\twater\t_\tnoun").encode(), ".conllu", "tag", None, None)
def test_any_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    data: bytes,
    ending: str,
    task: str,
    encoding: str | None,
    column: str | None,
) -> None:
    """Whatever is in a file, the answer is a corpus that holds together, or one of our errors."""
    path = tmp_path_factory.getbasetemp() / f"any{ending}"
    path.write_bytes(data)
    try:
        corpus = read(path, task=task, encoding=encoding, text_column=column)
    except TracerError as error:
        assert str(error)  # noqa: PT017 - any of our errors is a right answer
    else:
        assert len(corpus.labels) > 1
        for sentence in corpus.sentences:
            assert len(sentence.labels) == (len(sentence.words) if task == "tag" else 1)
            assert all(sentence.words)
            assert all(sentence.labels)
