"""The rules of a course: which attempt counts, what lateness costs, what is left out of the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import FileError
from tracer.gradebook.counting import Result, result, rows, without_lowest
from tracer.gradebook.fact import Fact
from tracer.gradebook.feedback import Dial, Feedback, Level
from tracer.gradebook.rules import Counts, Late, Mark, Rules, read

DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)
STEP = "22_lstm_step"
TENTH = Late(share=0.1)


def fact(
    points: float | None, hours: float | None = -1, number: int = 1, *, late: bool | None = None
) -> Fact:
    """An attempt so many hours after the due date; None where nothing says when."""
    time = None if hours is None else DUE + timedelta(hours=hours)
    verdict = "grader_fault" if points is None else "wrong"
    return Fact("ada", STEP, str(number), number, time, late, verdict, points, 10)


def counted(attempts: Sequence[Fact], rules: Rules) -> Result:
    """What these attempts have earned."""
    return result("ada", STEP, attempts, 10, rules)


def test_nothing_handed_in() -> None:
    """It is 0 points of those that there are."""
    assert counted([], Rules()) == Result(STEP, 0.0, 10)


@pytest.mark.parametrize(
    ("counts", "points"),
    [(Counts.LAST, 4.0), (Counts.BEST, 8.0), (Counts.BEFORE_DUE, 6.0)],
)
def test_which_attempt_counts(counts: Counts, points: float) -> None:
    """The last, the best, or the last that was in time; all are kept."""
    attempts = [fact(8, -9, 1), fact(6, -1, 2), fact(4, 1, 3)]

    found = counted(attempts, Rules(counts=counts, due={STEP: DUE}))

    assert (found.points, found.attempts) == (points, 3)


def test_best_after_the_penalty() -> None:
    """8 points two days late are 6.4; the best is the 7 that were in time."""
    rules = Rules(counts=Counts.BEST, due={STEP: DUE}, late=TENTH)

    found = counted([fact(7, -1, 1), fact(8, 30, 2)], rules)

    assert (found.points, found.late) == (7.0, timedelta(0))


@pytest.mark.parametrize(
    ("hours", "points"),
    [(-1, 10.0), (0, 10.0), (0.2, 10.0), (0.3, 9.0), (24, 9.0), (25, 8.0), (400, 5.0)],
)
def test_a_penalty_for_each_day_that_has_begun(hours: float, points: float) -> None:
    """A tenth a day, a quarter of an hour of grace, and never more than half."""
    rules = Rules(due={STEP: DUE}, late=Late(0.1, grace=timedelta(minutes=15), most=0.5))

    assert counted([fact(10, hours)], rules).points == points


def test_an_exercise_that_gives_other_points_now() -> None:
    """6 of 10 are 12 of the 20 that it gives now, and late likewise."""
    rules = Rules(due={STEP: DUE}, late=TENTH)

    assert result("ada", STEP, [fact(6)], 20, Rules()).points == 12.0
    assert result("ada", STEP, [fact(6, 1)], 20, rules).points == 10.8


def test_late_and_nothing_says_when() -> None:
    """Canvas says LATE and no time: one day is taken. Where nothing is said, it is told."""
    rules = Rules(due={STEP: DUE}, late=TENTH)

    late, silent = counted([fact(10, None, late=True)], rules), counted([fact(10, None)], rules)

    assert (late.points, late.untold) == (9.0, False)
    assert (silent.points, silent.untold) == (10.0, True)


def test_after_the_exercise_is_closed() -> None:
    """It counts no more; an extension keeps it open for one student."""
    rules = Rules(due={STEP: DUE}, closes={STEP: DUE + timedelta(days=1)})
    attempts = [fact(6, 1, 1), fact(9, 30, 2)]

    assert counted(attempts, rules).points == 6.0
    extended = replace(rules, extensions={("ada", STEP): DUE + timedelta(days=2)})
    assert counted(attempts, extended).points == 9.0


def test_only_the_first_attempts() -> None:
    """By their times, whatever the order in which they came."""
    attempts = [fact(9, -1, 1), fact(3, -3, 2), fact(5, -2, 3)]

    assert counted(attempts, Rules(attempts=2)).points == 5.0


def test_a_fault_of_the_grader_is_not_0() -> None:
    """The last attempt is not known, so the result is not; the best of those that are is."""
    attempts = [fact(4, -2, 1), fact(None, -1, 2)]

    assert counted(attempts, Rules()).points is None
    assert counted(attempts, Rules(counts=Counts.BEST)).points == 4.0
    assert counted([fact(None)], Rules(counts=Counts.BEST)).points is None


def test_what_a_person_decided_stands() -> None:
    """Points by hand count in the place of all others; a comment alone changes none."""
    by_hand = Rules(marks={("ada", STEP): Mark(9.5, "shown at the blackboard")})
    comment = Rules(marks={("ada", STEP): Mark(comment="well written")})

    assert counted([fact(2)], by_hand).points == 9.5
    assert counted([], by_hand).points == 9.5
    assert counted([fact(None)], by_hand).points == 9.5
    assert counted([fact(2)], comment).points == 2.0


def test_the_lowest_is_left_out() -> None:
    """By its share, not by its points; one is always left, and what is not known stays."""
    results = [Result("a", 5, 10), Result("b", 3, 4), Result("c", None, 10)]

    assert [r.dropped for r in without_lowest(results, 1)] == [True, False, False]
    assert [r.dropped for r in without_lowest(results, 9)] == [True, True, False]


def test_rows() -> None:
    """A row a student, also for one who has handed in nothing of it."""
    found = rows(["ada", "bob"], [fact(4)], {STEP: 10, "23_lstm_unroll": 5}, Rules())

    assert [(row.student, row.points, row.out_of, row.complete) for row in found] == [
        ("ada", 4.0, 15, True),
        ("bob", 0.0, 15, True),
    ]


FILE = """
counts = "best"
attempts = 5
drop = 1
[late]
percent = 10
per = "hour"
grace_minutes = 15
most = 50
[exercises.22_lstm_step]
due = 2026-11-20T12:00:00Z
closes = 2026-11-27T23:59:00+01:00
[extensions.ada]
22_lstm_step = 2026-11-24T23:59:00+01:00
[marks."李雷".22_lstm_step]
points = 12
comment = "shown"
[feedback]
now = "where"
after_due = "hint"
after_tries = { 3 = "numbers" }
[exercises.22_lstm_step.feedback]
now = "verdict"
[exercises.22_lstm_step.checks.batch]
after_due = "where"
"""


def test_the_file(tmp_path: Path) -> None:
    """Each key that there is, read as it is meant."""
    (tmp_path / "course.toml").write_text(FILE, "utf-8")

    rules = read(tmp_path / "course.toml", {STEP: ["batch"]})

    assert rules == Rules(
        Counts.BEST, 5, 1,
        Late(0.1, timedelta(hours=1), timedelta(minutes=15), 0.5),
        {STEP: DUE},
        {STEP: datetime.fromisoformat("2026-11-27T23:59+01:00")},
        {("ada", STEP): datetime.fromisoformat("2026-11-24T23:59+01:00")},
        {("李雷", STEP): Mark(12, "shown")},
        Feedback(
            Dial(Level.WHERE, Level.HINT, {3: Level.NUMBERS}),
            {STEP: Dial(Level.VERDICT)}, {(STEP, "batch"): Dial(Level.VERDICT, Level.WHERE)},
        ),
    )  # fmt: skip
    assert rules.students == {"ada", "李雷"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('counts = "first"', 'counts = "first"; expected "last", "best", "last before due"'),
        ("attempts = 0", "attempts = 0; expected a whole number from 1"),
        ("drop = true", "drop = true; expected a whole number from 0"),
        ("late = 3", "late = 3; expected a table"),
        ("dorp = 1", "there is no key 'dorp'; did you mean 'drop'?"),
        ("[late]\npercent = 101", ", [late]: percent = 101; expected a number from 0 to 100"),
        ("[late]\npercent = nan", ", [late]: percent = NaN; expected a number"),
        ("[late]\nper = ['day']", 'per = ["day"]; expected "day" or "hour"'),
        ("[late]\nper = 'week'", 'per = "week"; expected "day" or "hour"'),
        ("[exercises.22_lstm]", "there is no exercise '22_lstm'; did you mean '22_lstm_step'?"),
        (
            "[exercises.22_lstm_step]\ndue = 2026-11-20T12:00:00",
            "due = 2026-11-20T12:00:00; expected a date and time with its time zone",
        ),
        ("[exercises.22_lstm_step]\ndo = 1", "there is no key 'do'"),
        ("[extensions]\nada = 1", ", [extensions]: ada = 1; expected a table"),
        ("[marks.ada.22_lstm_step]\npoints = -1", "points = -1; expected a number from 0"),
        ('[feedback]\nnow = "all"', 'now = "all"; expected "verdict", "where", "numbers", "hint"'),
        ("[feedback.after_tries]\n0 = 'hint'", "expected a whole number of attempts, from 1"),
        ("[feedback.after_tries]\n2 = 'all'", ', [feedback.after_tries]: 2 = "all"; expected'),
        ("[feedback]\nafter = 1", ", [feedback]: there is no key 'after'; did you mean"),
        ("[exercises.22_lstm_step.checks.bach]", "there is no check 'bach'; did you mean 'batch'?"),
    ],
)
def test_what_cannot_stand_in_the_file(tmp_path: Path, text: str, said: str) -> None:
    """The sentence names the file, the key, what stands there and what may."""
    path = tmp_path / "course.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(FileError) as error:
        read(path, {STEP: ["batch"]})

    assert str(path) in str(error.value)
    assert said in str(error.value)


MOMENTS = st.none() | st.floats(-100, 100)
FACTS = st.lists(
    st.builds(fact, st.none() | st.integers(0, 10), MOMENTS, late=st.none() | st.booleans()),
    max_size=6,
).map(lambda facts: [replace(one, number=k) for k, one in enumerate(facts)])
LATES = st.builds(
    Late, st.floats(0, 1), st.sampled_from([timedelta(hours=1), timedelta(days=1)]),
    st.timedeltas(timedelta(0), timedelta(days=1)), st.floats(0, 1),
)  # fmt: skip
RULES = st.builds(
    Rules,
    st.sampled_from(list(Counts)),
    st.none() | st.integers(1, 4),
    late=LATES,
    due=st.sampled_from([{}, {STEP: DUE}]),
    closes=st.sampled_from([{}, {STEP: DUE + timedelta(days=1)}]),
)


@given(FACTS, RULES)
def test_points_lie_between_none_and_all(facts: list[Fact], rules: Rules) -> None:
    """No rule gives more than the best attempt has earned, or less than nothing."""
    found = counted(facts, rules)

    best = max((f.points for f in facts if f.points is not None), default=0)
    assert found.points is None or 0 <= found.points <= best


@given(FACTS, RULES, st.randoms())
def test_their_order_makes_no_difference(facts: list[Fact], rules: Rules, chance: Random) -> None:
    """Facts come from a data base in any order."""
    mixed = list(facts)
    chance.shuffle(mixed)

    assert counted(mixed, rules) == counted(facts, rules)


@given(FACTS, RULES, st.integers(0, 10), st.floats(-100, 100))
def test_one_more_attempt_never_costs_at_best(
    facts: list[Fact], rules: Rules, points: int, hours: float
) -> None:
    """Where the best counts, who hands in once more after the others has nothing to lose."""
    rules = replace(rules, counts=Counts.BEST)
    facts = [one for one in facts if one.time is not None and one.points is not None]
    last = max([*(one.time for one in facts if one.time), DUE + timedelta(hours=hours)])
    more = replace(fact(points, number=99), time=last + timedelta(seconds=1))

    before, after = counted(facts, rules).points, counted([*facts, more], rules).points

    assert before is not None
    assert after is not None
    assert after >= before


@given(FACTS, RULES, st.floats(0, 200))
def test_an_extension_never_costs(facts: list[Fact], rules: Rules, hours: float) -> None:
    """Who has more time has at least the points of before, where the best counts."""
    rules = replace(rules, counts=Counts.BEST, due={STEP: DUE})
    extended = replace(rules, extensions={("ada", STEP): DUE + timedelta(hours=hours)})
    known = [one for one in facts if one.points is not None]

    before, after = counted(known, rules).points, counted(known, extended).points

    assert before is not None
    assert after is not None
    assert after >= before


@given(
    st.lists(st.builds(Result, st.just(STEP), st.floats(0, 10), st.integers(10, 30)), min_size=1)
)
def test_what_is_dropped_never_costs(results: list[Result]) -> None:
    """The share of the points grows, or stays, with each that is left out."""
    shares = []
    for drop in range(len(results)):
        kept = [one for one in without_lowest(results, drop) if not one.dropped]
        assert len(kept) == len(results) - drop
        shares.append(sum(one.points or 0 for one in kept) / sum(one.out_of for one in kept))

    assert all(a <= b + 1e-12 for a, b in pairwise(shares))
