"""Files that can be read in two ways: what is asked, and what each answer gives."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tracer.errors import FileError, InputError

TEAS = "".join(f"tea {n} is good,+\ntea {n} is bad,-\n" for n in range(4))
HEADED = "drink,verdict\n" + TEAS


def asked(made: Any, content: str | bytes, name: str = "my.csv", **options: Any) -> str:
    """The question about this file."""
    with pytest.raises(FileError) as raised:
        made(content, name, **options)
    return str(raised.value)


def test_a_header_with_names_of_its_own(made: Any) -> None:
    """A label that only the first row has may be a column's name; each answer is an option."""
    question = asked(made, HEADED)

    assert question == (
        "my.csv, line 1: is this a header or a sentence? It says 'drink' with the label 'verdict', "
        "and no other row has such a label. If these are the names of the columns: --text-column "
        "drink --label-column verdict (or --header yes). If it is a sentence with its label: "
        "--header no"
    )
    assert made(HEADED, header="yes").labels == ("+", "-")
    assert made(HEADED, text_column="drink", label_column="verdict").labels == ("+", "-")
    assert made(HEADED, header="no").labels == ("+", "-", "verdict")


def test_a_header_in_the_middle(made: Any) -> None:
    """Two exports joined: the second header is no sentence."""
    content = "text,label\n" + TEAS

    assert asked(made, content + content) == (
        "my.csv, line 10 is the header of line 1 again, as where two files were joined; delete it "
        "there"
    )


def test_a_number_of_a_column_does_not_say_whether_there_is_a_header(made: Any) -> None:
    """Whoever counts columns may have looked at the header, and may not."""
    assert "is this a header or a sentence?" in asked(
        made, HEADED, text_column="1", label_column="2"
    )


@pytest.mark.parametrize("first", ["tweet,sentiment", "review,stars", "drink,label", ",text"])
def test_usual_names_of_one_column_are_enough(made: Any, first: str) -> None:
    """With two columns the other one is known, too."""
    content = f"{first}\n{TEAS}"
    if first == ",text":  # the label's column has no name, and stands first
        content = ",text\n" + "".join(f"+,tea {n}\n-,milk {n}\n" for n in range(4))

    assert made(content).labels == ("+", "-")


def test_columns_that_pandas_counted(made: Any) -> None:
    """A header of numbers is no sentence, even where its last number is a label."""
    assert "is this a header" in asked(made, "0,1\n" + TEAS.replace(",+", ",1").replace(",-", ",0"))


def test_more_than_two_columns_are_asked_for_by_name(made: Any) -> None:
    """As pandas writes them: its row numbers have no name, or are called Unnamed: 0."""
    rows = "".join(f"{n},tea {n},{n % 2},x\n" for n in range(6))

    assert asked(made, "Unnamed: 0,drink,verdict,by\n" + rows) == (
        "my.csv, line 1 has 4 columns: 1 'Unnamed: 0', 2 'drink', 3 'verdict', 4 'by'. Which one "
        "is the text and which the label? Give the names or numbers with --text-column and "
        "--label-column"
    )
    assert made(",drink,label,by\n" + rows, text_column="drink").labels == ("0", "1")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_that_gives_every_row_as_many_columns(made: Any, sign: str) -> None:
    """A comma in the first sentence, or in many, decides nothing."""
    other = ";" if sign == "," else ","
    rows = [f"well{other} tea {n}{sign}+\nmilk {n}{sign}-" for n in range(4)]

    corpus = made("\n".join(rows))

    assert corpus.labels == ("+", "-")
    assert corpus.sentences[0].words == ("well", "tea", "0")


def test_two_separators_that_both_fit(made: Any) -> None:
    """Then a person says which one is meant."""
    content = "".join(f"well, tea {n};+\nno, milk {n};-\n" for n in range(4))

    assert asked(made, content) == (
        "my.csv: more than one separator gives every row the same number of columns. Line 1 read "
        "with each: comma ('well' | ' tea 0;+'); semicolon ('well, tea 0' | '+'). Choose one: "
        "--separator comma or --separator semicolon"
    )
    assert made(content, separator="semicolon").labels == ("+", "-")


def test_the_first_line_that_names_the_separator(made: Any) -> None:
    """Excel's own: it is no row, and line numbers count it."""
    content = "sep=;\ntext;label\n" + TEAS.replace(",", ";")

    assert made(content).labels == ("+", "-")
    assert asked(made, content + "odd\n").startswith(
        "my.csv, line 11 has one column, but line 2 has 2. It is 'odd': a line break inside a text "
        "needs quotes around the text"
    )


def test_quotes_in_a_table_with_tabs(made: Any) -> None:
    """As pandas writes it: text over several lines, with quotes in it."""
    letter = '"From: me\nSubject: ""good"" tea\n\nit is"'
    rows = "".join(f"{letter}\t+\nmilk {n}\t-\n" for n in range(2))

    words = made("text\tlabel\n" + rows, "my.tsv").sentences[0].words

    assert words == ("From", "me", "Subject", "good", "tea", "it", "is")


def test_a_table_with_tabs_and_quotes_that_are_only_signs(made: Any) -> None:
    """Without a partner a quote is a quotation mark; the row ends where the line ends."""
    content = '"so good\t+\n12" pizza\t-\nhe said "no" to it\t-\n"quite" good\t+\n'

    assert len(made(content, "my.tsv").sentences) == 4


def test_a_quotation_mark_swallows_no_line_of_a_table_with_tabs(made: Any) -> None:
    """Two rows that begin and end with one are two rows, though a reader of quotes sees one."""
    content = 'text\tlabel\n"good\t1\nbad"\t2\nfine\t1\npoor\t2\n'

    assert len(made(content, "my.tsv").sentences) == 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(TEAS.encode()), "it is packed with gzip; unpack it first: gunzip"),
        (b"PK\x03\x04" + bytes(40), "it is a zip archive, as .zip, .xlsx and .ods are"),
        (b"<!DOCTYPE html>\n<html>", "it is a web page; was the file itself meant"),
        (b"version https://git-lfs.github.com/spec/v1\n", "fetch it: git lfs pull"),
    ],
    ids=["gzip", "zip", "html", "lfs"],  # the first has the time of day in it
)
def test_what_is_no_plain_text(made: Any, data: bytes, message: str) -> None:
    """Its first bytes say what it is, whatever its name says."""
    assert message in asked(made, data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(made: Any, encoding: str) -> None:
    """The place of the zero bytes tells the order; the answer works as it is given."""
    data = ("text,label\n" + TEAS).encode(encoding)

    assert asked(made, data).endswith(f"try --encoding {encoding}")
    assert made(data, encoding=encoding).labels == ("+", "-")


def test_line_ends_of_old_macs(made: Any) -> None:
    """Lines that end with CR alone; a CR inside a line is a space."""
    assert len(made(TEAS.replace("\n", "\r")).sentences) == 8
    assert made("it is\rgood,+\nit is bad,-\n").sentences[0].words == ("it", "is", "good")


def test_two_kinds_of_line_ends(made: Any) -> None:
    """Half of the lines seem to be one: the message names the cause."""
    assert asked(made, TEAS + "tea,+\rmilk,-\n").endswith(
        "In line 9 there is a lone carriage return (CR), which some programs write at the end of a "
        "line: save the file with one kind of line end"
    )


def test_the_same_number_written_in_two_ways(made: Any) -> None:
    """One label or two? Merged, the more frequent spelling stays."""
    content = "text,label\n" + "".join(f"tea {n},{label}\n" for n, label in enumerate("1001101"))
    content += "milk,1.0\nwine,0.0\n"

    assert asked(made, content) == (
        "my.csv: the labels '1' (line 2) and '1.0' (line 9) are the same number, written "
        "differently. One label or 2? For one: --alike-labels merge. To keep them apart: "
        "--alike-labels keep"
    )
    assert made(content, alike_labels="merge").labels == ("0", "1")
    assert made(content, alike_labels="keep").labels == ("0", "0.0", "1", "1.0")


def test_labels_that_differ_in_capitals(made: Any) -> None:
    """Classes may; tags are left alone, for there a capital may mean something."""
    content = "text,label\n" + "".join(f"tea {n},{'Good' if n % 3 else 'bad'}\n" for n in range(6))

    assert "'Good' (line 3) and 'good' (line 8) differ only in capitals" in asked(
        made, content + "milk,good\n"
    )
    assert made("it is,N n\nhe,N\n", task="tag").labels == ("N", "n")


def test_nothing_is_alike(made: Any) -> None:
    """An option without effect is refused."""
    with pytest.raises(InputError, match="--alike-labels has no effect: no two labels"):
        made(TEAS, alike_labels="merge")


def test_nearly_as_many_labels_as_rows(made: Any) -> None:
    """A column of texts or of measured numbers is no label; whoever names it means it."""
    content = "text,label\n" + "".join(f"tea {n},0.{n}1\n" for n in range(6))

    assert asked(made, content) == (
        "my.csv: 6 rows have 6 different labels (in line 2 '0.01'). Numbers that measure "
        "something are no classes: group them into a few, like low and high; or name the label "
        "column with --label-column (this very column, if it is meant)"
    )
    assert len(made(content, label_column="label").labels) == 6


def test_a_table_of_numbers_and_labels(made: Any) -> None:
    """Two columns, one of them called label: the other one may be an id, and the text missing."""
    content = "id,label\n" + "".join(f"doc{n},+\nx{n}7,-\n" for n in range(4))

    assert asked(made, content) == (
        "my.csv: no row has a text, only a number or a code (line 2 has 'doc0'). Is the column of "
        "the text missing? If these are the texts, name their column with --text-column"
    )
    assert len(made(content, text_column="id").sentences) == 8


def test_a_label_that_may_mean_none(made: Any) -> None:
    """NA is what R and pandas write where nothing is; as a tag or a class it may be meant."""
    content = "text,label\n" + TEAS + "tea,NA\nmilk,NA\n"

    assert asked(made, content) == (
        "my.csv: the label of 2 rows is 'NA' (first in line 10). If that means no label, delete "
        "these rows. If it is a class, name the label column with --label-column (this very "
        "column, if it is meant)"
    )
    assert made(content, label_column="label").labels == ("+", "-", "NA")


def test_columns_the_other_way_round(made: Any) -> None:
    """Labels longer than the texts."""
    content = "".join(f"+,tea {n} is good\n-,tea {n} is bad\n" for n in range(4))

    assert asked(made, content).startswith(
        "my.csv: the labels are longer than the texts, 4.0 words beside 1.0 (in line 1 "
        "'tea 0 is good'). Are text and label swapped? If so, name the label column with"
    )
    assert made(content, label_column="1").labels == ("+", "-")


LINES = "Anna\tNNP\tB-PER\nlives\tVBZ\tO\n\nOslo\tNNP\tB-LOC\nis\tVBZ\tO\ncold\tJJ\tO\n\n"


@pytest.mark.parametrize(
    ("name", "sign"), [("my.tsv", "\t"), ("my.conll", " "), ("my.csv", ","), ("my.bio", "\t")]
)
def test_a_word_and_its_tag_on_each_line(made: Any, name: str, sign: str) -> None:
    """Sentences with an empty line after each, as CoNLL-2003 has them; never a sentence a word."""
    content = "-DOCSTART- -X- O\n\n".replace(" ", sign) + LINES.replace("\t", sign)

    corpus = made(content, name, task="tag", label_column="3")

    assert [one.words for one in corpus.sentences] == [("Anna", "lives"), ("Oslo", "is", "cold")]
    assert [one.labels for one in corpus.sentences] == [("B-PER", "O"), ("B-LOC", "O", "O")]
    assert "document markers skipped: 1" in corpus.report[1]


def test_which_of_several_tags_is_meant(made: Any) -> None:
    """The columns of the first line, with their numbers."""
    assert asked(made, LINES, "my.conll", task="tag") == (
        "my.conll, line 1 has 3 columns, a word and more than one tag: 1 'Anna', 2 'NNP', 3 "
        "'B-PER'. Which one is the tag? Name it with --label-column 3, or another number"
    )


def test_tagged_words_are_no_texts_to_classify(made: Any) -> None:
    """The other task is named; whoever means it names the column."""
    content = LINES.replace("\tNNP", "").replace("\tVBZ", "").replace("\tJJ", "")

    assert asked(made, content, "my.tsv") == (
        "my.tsv looks like tagged sentences: a word and its tag on each line ('Anna' and 'B-PER' "
        "in line 1), and an empty line after each sentence. To learn these tags: --task tag. If "
        "each line is a text with its class: --label-column 2"
    )
    assert len(made(content, "my.tsv", label_column="2", header="no").sentences) == 5
    assert len(made(content, "my.tsv", task="tag").sentences) == 2


def test_names_with_an_empty_line_between_languages_stay_names(made: Any) -> None:
    """Single words, each with its class, in blocks of one class."""
    content = "Rossi\tit\nBianchi\tit\n\nSchmidt\tde\nMaier\tde\n"

    assert len(made(content, "my.tsv").sentences) == 4


def test_words_without_sentences(made: Any) -> None:
    """A word a line and no empty line anywhere: nothing says where a sentence ends."""
    content = LINES.replace("\n\n", "\n")

    assert "put an empty line after each sentence" in asked(
        made, content, "my.tsv", task="tag", text_column="1", label_column="2"
    )


def test_a_json_array(made: Any) -> None:
    """One array of objects is read as well; lines are those of the file."""
    content = '[\n {"text": "good tea",\n  "label": 1},\n {"text": "bad tea", "label": 0}\n]\n'

    assert made(content, "my.jsonl").labels == ("0", "1")
    assert "my.jsonl, line 4 has no 'label'" in asked(
        made, content.replace('"label": 0', '"stars": 0'), "my.jsonl"
    )


def test_what_says_something_of_a_table_is_refused_where_there_is_none(made: Any) -> None:
    """A line of JSON names its own columns."""
    with pytest.raises(
        InputError, match=r"--header has no effect: it is for tables .* my\.jsonl is not"
    ):
        made('{"text": "a", "label": "b"}', "my.jsonl", header="yes")
