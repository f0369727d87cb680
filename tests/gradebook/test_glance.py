"""A class at a glance: what is counted, and that the table and the page say the same of it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.gradebook.handing import STEP
from tests.grading.typed import tracer
from tracer.gradebook.glance import (
    Group,
    Item,
    Kind,
    Mistake,
    Scores,
    answer_of,
    comparable,
    groups,
    items,
    mistakes,
    scores,
)
from tracer.gradebook.handed import HandedIn, Student, digest_of
from tracer.gradebook.store import open_store
from tracer.view.export.glance_html import page
from tracer.view.parts.glance import glance_at, percent
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.glance import glance as screen

SQUEEZED: dict[str, Any] = {
    "said": ["Your numbers are those of h = o * c."],
    "mistakes": [["c"]],
    "changes": [],
}
UNKNOWN: dict[str, Any] = {"said": [], "mistakes": [], "changes": []}


def check(name: str, got: float | None = None, t: int = 1, **more: Any) -> dict[str, Any]:
    """A check that passes, or whose first wrong number is this one."""
    first = None if got is None else {
        "call": 1, "t": t, "quantity": "h", "at": [0, 0], "got": got, "place": "h",
    }  # fmt: skip
    verdict = "passed" if got is None else "wrong"
    return {
        "name": name, "title": f"about {name}", "verdict": verdict, "first": first, "also": [],
        "diagnosis": None, "trouble": None, "remarks": [], "run": True, **more,
    }  # fmt: skip


def record(
    student: str, points: int, *checks: dict[str, Any], seed: int = 7, verdict: str = "wrong",
    diagnosis: dict[str, Any] | None = None, source: bytes | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A record of an answer; each student's file is another one."""
    digest = digest_of(student.encode() if source is None else source)
    return {
        "student": {"key": student}, "exercise": STEP, "seed": seed, "digest": digest,
        "verdict": verdict, "points": points, "out_of": 4,
        "report": {"verdict": verdict, "diagnosis": diagnosis, "checks": list(checks)},
    }  # fmt: skip


RAISED: dict[str, Any] = {
    "verdict": "crashed", "trouble": {"kind": "raised", "said": ["Your code raised KeyError: 1"]},
}  # fmt: skip
CLASS = [
    record("ada", 4, check("one"), check("two"), verdict="passed"),
    record("bob", 4, check("one"), check("two"), verdict="passed", source=b"shared"),
    record("cho", 4, check("one"), check("two"), verdict="passed", source=b"shared"),
    record("dan", 2, check("one"), check("two", 0.125), diagnosis=SQUEEZED),
    record("eva", 2, check("one"), check("two", 0.125), diagnosis=SQUEEZED),
    record("fay", 3, check("one"), check("two", 0.375, 2), diagnosis=SQUEEZED),
    record("gus", 1, check("one"), check("two", 0.625), diagnosis=UNKNOWN),
    record("hal", 1, check("one"), check("two", 0.625), diagnosis=UNKNOWN),
    record("ina", 0, check("one", **RAISED), check("two", **RAISED), verdict="crashed"),
    record("<b>", 0, check("one", verdict="not_started"), verdict="not_started"),
]
ANSWERS = [answer_of(one) for one in CLASS]


def test_scores() -> None:
    """None of the points, up to a quarter, a half, three quarters, more, and all of them."""
    assert scores(ANSWERS) == [Scores(STEP, 10, 0.525, 0.5, (2, 2, 2, 1, 0, 3))]


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_per_cent(share: float, said: str) -> None:
    """Only all is 100, and only nothing is 0."""
    assert percent(share) == said


def test_items() -> None:
    """Of those who have begun; what was not started is no try."""
    assert items(ANSWERS) == [
        Item(STEP, "one", "about one", 8, 9), Item(STEP, "two", "about two", 3, 9),
    ]  # fmt: skip


def test_mistakes() -> None:
    """Each with how many, and where it shows first in how many; the most frequent first."""
    said = tuple(SQUEEZED["said"])
    assert mistakes(ANSWERS) == [
        Mistake(STEP, Kind.NAMED, said, 3, 10, (("h", 1, 2), ("h", 2, 1))),
        Mistake(STEP, Kind.UNNAMED, (), 2, 10, (("h", 1, 2),)),
        Mistake(STEP, Kind.TROUBLE, ("raised",), 1, 10, (("one", None, 1),)),
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"got": 0.5, "remarks": [{"kind": "remembers"}]},
         "The function remembers the call before: called alone, its numbers are right."),
        ({"verdict": "crashed", "run": False, "trouble": {"kind": "raised",
          "said": ["Your file is not valid Python: SyntaxError: invalid syntax"]}},
         "No wrong number: the file is not valid Python"),
        ({"verdict": "crashed", "run": False, "trouble": {"kind": "raised",
          "said": ["Your file cannot be loaded: ValueError: no"]}},
         "No wrong number: the file cannot be loaded"),
        (RAISED, "No wrong number: an exception"),
    ],
)  # fmt: skip
def test_what_no_mistake_is_named_for(found: dict[str, Any], said: str) -> None:
    """What its record says of it is said, and what does not run is told apart."""
    part = glance_at([answer_of(record("ada", 0, check("one", **found)))], {})

    assert [row.said for row in part.mistakes] == [said]
    (row,) = part.mistakes
    assert (row.where == "in the file") == ("the file" in said)


def test_groups() -> None:
    """Numbers that no known mistake gives come first; then files and numbers, large ones first."""
    assert groups(ANSWERS) == [
        Group(STEP, ("bob", "cho"), same_file=True),
        Group(STEP, ("gus", "hal"), same_file=False, numbers=1),
        Group(STEP, ("dan", "eva"), same_file=False, said=tuple(SQUEEZED["said"]), numbers=1),
    ]


@pytest.mark.parametrize(
    "pair",
    [
        (record("a", 1, check("one", 0.125)), record("b", 1, check("one", 0.125), seed=8)),
        (record("a", 1, check("one", 0.0)), record("b", 1, check("one", 0.0))),
        (record("a", 1, check("one", 1.0)), record("b", 1, check("one", 1.0))),
        (record("a", 1, check("one", 0.125)), record("a", 1, check("one", 0.125), source=b"2")),
        (record("a", 1, check("one", 0.125)), record("b", 1, check("one", 0.125000001))),
    ],
    ids=["other numbers drawn", "zeros", "ones", "one student", "nearly"],
)
def test_not_alike(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Numbers that many come by, or that are not the same, say nothing."""
    assert groups([answer_of(one) for one in pair]) == []


def test_numbers_of_each_ones_own() -> None:
    """Where nobody has the same numbers, it is said that they cannot be held against each other."""
    own = [answer_of(record(name, 1, check("one", 0.5), seed=k)) for k, name in enumerate("ab")]

    part = glance_at(own, {})

    assert not comparable(own)
    assert comparable(ANSWERS)
    assert "cannot be held against each other" in part.about_groups[0].text


SCREEN = """

  10 answers that count of 10 students

                                        students by per cent of the points
  exercise      students  mean  median  0  1–25  26–50  51–75  76–99  100
  22_lstm_step        10  52 %    50 %  2     2      2      1      ·    3

  Mistakes, and where they show first
    3 of 10  22_lstm_step  h at t = 1 (2); h at t = 2 (1)
      Your numbers are those of h = o * c.
    2 of 10  22_lstm_step  h at t = 1
      No mistake is known that gives these numbers.
    1 of 10  22_lstm_step  in “one”
      No wrong number: an exception

  Checks that everybody passes
    none

  Checks that nobody passes
    none

  Answers that are alike
    A place to look, and no verdict: who makes the same mistake has the same
    numbers, and people who worked together, as they may, have the same file.
    22_lstm_step: bob, cho
      the same file, byte by byte
    22_lstm_step: gus, hal
      the same wrong number
    22_lstm_step: dan, eva
      the same wrong number: Your numbers are those of h = o * c.

"""


def test_the_screen() -> None:
    """Sections under each other; on a narrow terminal the spread of the scores is left out."""
    part = glance_at(ANSWERS, {})

    wide, narrow = (screen(part, Abilities(width=width)) for width in (80, 40))

    assert "\n" + "".join(f"{line.plain}\n" for line in wide) == SCREEN
    assert all(line.cell_len <= 40 for line in narrow)


class Structure(HTMLParser):
    """Which elements a page has, in order, with the text of each cell and heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.append((tag, dict(attrs)))


def test_the_page() -> None:
    """It says what the screen says, loads and runs nothing, and names its headings as such."""
    shared = [answer_of(record(name, 1, check("one"), source=b"s")) for name in ("<b>x", "y")]
    part = glance_at([*ANSWERS, *shared], {"y": Student("y", '"Y" & Co')})

    text = page(part, "<class>")

    tags = Structure(text).tags
    names = [tag for tag, _attributes in tags]
    assert {"script", "img", "link", "iframe", "form", "b"}.isdisjoint(names)
    assert not re.search(r"https?:|url\(|@import| on\w+=", text)
    assert tags[0] == ("html", {"lang": "en"})
    assert names.count("h1") == 1
    assert names.count("table") == names.count("caption") == 4
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")
    assert "prefers-color-scheme: dark" in text
    assert "&lt;b&gt;x, &quot;Y&quot; &amp; Co (y)" in text
    seen = " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
    for row in part.mistakes:
        assert f"{row.exercise} {row.share} {row.where} {row.said}" in seen
    for item in part.items:
        assert f"{item.check} {item.passed} of {item.students} {item.title}" in seen
    for one in part.scores:
        assert f"{one.students} {percent(one.mean)} {percent(one.median)} " in seen
        assert " ".join(map(str, one.counts)) in seen


def test_the_command(tmp_path: Path) -> None:
    """Only what counts under the rules; both media from one and the same."""
    with open_store(tmp_path / "out") as store:
        for number, one in enumerate([*CLASS, CLASS[-1]], start=1):
            key = one["student"]["key"]
            given = HandedIn(Student(key), STEP, str(number), "x.py", "w", bytes([number]))
            store.take_in([(given, 7)])
            store.keep(number, "g", one)
    words = ["class", str(tmp_path / "out"), "--html", str(tmp_path / "page.html")]

    ended = tracer(*words)

    assert ended.exit_code == 0
    assert "  10 answers that count of 10 students\n" in ended.stdout
    assert "3 of 10  22_lstm_step  h at t = 1 (2); h at t = 2 (1)\n" in ended.stdout
    assert "A class at a glance: out" in (tmp_path / "page.html").read_text("utf-8")


def test_nothing_is_graded(tmp_path: Path) -> None:
    """It is said."""
    with open_store(tmp_path):
        pass

    ended = tracer("class", str(tmp_path))

    assert ended.exit_code == 2
    assert f"no submission in {tmp_path} is graded" in ended.stderr
