"""Labelled sentences from files, in every format that is understood."""

from __future__ import annotations

from typing import Any

import pytest

from tracer.text.labelled import Labelled

TWO = "text,label\nyou are kind,praise\nyou are rude,insult\n"
KIND = Labelled(("you", "are", "kind"), ("praise",), text="you are kind")
RUDE = Labelled(("you", "are", "rude"), ("insult",), text="you are rude")
WATER = Labelled(("water", "is", "hot"), ("noun", "verb", "adjective"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("my.csv", TWO),
        ("my.csv", "you are kind,praise\nyou are rude,insult"),
        ("my.csv", "text;label\r\nyou are kind;praise\r\n\r\nyou are rude;insult\r\n"),
        ("my.csv", 'id,Label,Sentence\n1,praise,"you, are\nkind"\n2,insult,you are rude\n'),
        ("my.tsv", "you are kind\tpraise\nyou are rude\tinsult\n"),
        ("my.jsonl", ('{"text": "you are kind", "label": "praise"}\n'
                     '{"label": "insult", "text": ["you", "are", "rude"]}\n')),
    ],
)  # fmt: skip
def test_classes(made: Any, name: str, content: str) -> None:
    """The same two sentences, written in every way there is."""
    corpus = made(content, name)

    assert [sentence.words for sentence in corpus.sentences] == [KIND.words, RUDE.words]
    assert [sentence.labels for sentence in corpus.sentences] == [KIND.labels, RUDE.labels]
    assert corpus.labels == ("insult", "praise")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("my.csv", "words,tags\nwater is hot,noun verb adjective\n"),
        ("my.tsv", "water is hot !\tnoun verb adjective mark\n"),
        ("my.jsonl", '{"words": ["water","is","hot"], "tags": ["noun","verb","adjective"]}'),
        ("my.conllu", ("# text = water is hot.\n"
                      "1-2\twater's\t_\t_\t_\t_\t_\t_\t_\t_\n"
                      "1\twater\twater\tnoun\tNN\t_\t3\tnsubj\t_\t_\n"
                      "2\tis\tbe\tverb\tVBZ\t_\t3\tcop\t_\t_\n"
                      "2.1\tvery\tvery\tadverb\tRB\t_\t_\t_\t_\t_\n"
                      "3\thot\thot\tadjective\tJJ\t_\t0\troot\t_\tSpaceAfter=No\n"
                      "4\t.\t.\tmark\t.\t_\t3\tpunct\t_\t_\n\n")),
    ],
)  # fmt: skip
def test_tags(made: Any, name: str, content: str) -> None:
    """A tag for each word, in every format; punctuation is no word."""
    (sentence,) = made(content, name, task="tag").sentences

    assert sentence._replace(text="") == WATER
    assert sentence.text in ("water is hot", "water is hot !", "water is hot.")


def test_report(made: Any) -> None:
    """Everything that was done is said: columns, empty lines, repetitions, quarrels."""
    content = TWO + "\n,\n?!,praise\nYou are kind!,praise\nyou are rude,praise\n"

    assert made(content).report == (
        "my.csv: 5 rows",
        "columns: 'text' is the text, 'label' the label",
        "empty lines skipped: 2",
        "rows without a word, skipped: 1 (line 6)",
        "4 sentences with 2 different labels: insult 1, praise 3",
        "duplicate sentences: 2",
        "the same words with another label: 1 (no network can get both right)",
    )


def test_report_without_header(made: Any) -> None:
    """If a header was taken for a sentence, the log shows it."""
    report = made("what,stars\nkind,praise\nrude,insult\n").report

    assert report[1] == "no header row: line 1 is a sentence, 'what', with the label 'stars'"


def test_columns_by_name_and_number(made: Any) -> None:
    """Columns with names of their own; and numbers, where there is no header row."""
    named = made("stars,what\n5,kind\n1,rude\n", text_column="what", label_column="stars")
    numbered = made("5,kind\n1,rude\n", text_column="2", label_column="1")

    assert named.sentences == numbered.sentences
    assert numbered.labels == ("1", "5")


def test_labels_of_json_are_written_as_text(made: Any) -> None:
    """0 and 1, true and false are labels, too."""
    corpus = made('{"text": "rude", "label": 0}\n\n{"text": "kind", "label": true}\n', "my.jsonl")

    assert corpus.labels == ("0", "true")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5"])
def test_encodings(made: Any, encoding: str) -> None:
    """Chinese text in the encodings that it is found in; a mark at the beginning is no letter."""
    content = "text,label\n你好,praise\n壞人,insult\n".encode(encoding)
    option = {} if encoding.startswith("utf") else {"encoding": encoding}

    corpus = made(content, **option)

    assert [sentence.words for sentence in corpus.sentences] == [("你", "好"), ("壞", "人")]
    assert "Chinese text is read character by character" in corpus.report


def test_units(made: Any) -> None:
    """Chinese by characters, or by the words of a lexicon."""
    content = "你是好人,praise\n你是壞人,insult\n"

    by_characters = made(content).sentences[0].words
    by_words = made(content, pieces="words", lexicon={"好人", "壞人"}).sentences[0].words

    assert by_characters == ("你", "是", "好", "人")
    assert by_words == ("你", "是", "好人")


def test_very_long_sentence(made: Any) -> None:
    """A sentence of 100,000 words is read like any other, and csv's own limit stays as it was."""
    content = f"{'very ' * 100_000}kind,praise\nrude,insult\n"

    assert [len(sentence.words) for sentence in made(content).sentences] == [100_001, 1]
