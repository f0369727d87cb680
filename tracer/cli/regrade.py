"""``tracer regrade``: a class once more, under an exercise or a tracer that has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import BUG, NOT_PASSED, PASSED, warn
from tracer.cli._changing import settle_all
from tracer.cli._exercises import exercises_option
from tracer.cli._grading import (
    check_jobs,
    cluster_option,
    exercises_of,
    grade_pending,
    grader_behind,
    grading_on,
    layout_option,
    rules_in,
    rules_option,
    running_options,
    say_once_more,
    say_ungraded,
    settle_limit,
    under_a_bar,
    without_grade,
)
from tracer.cli._options import not_empty
from tracer.cli._output import beside
from tracer.cli._processors import processors
from tracer.language import _, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.cli._grading import On
    from tracer.exercises.exercise import Exercise
    from tracer.gradebook.regrading import Change
    from tracer.gradebook.store import Store
    from tracer.gradebook.workers import Grader

PREFERRED = ("new", "old", "higher")


@click.command(
    help=_(
        """Grade again what was graded into RESULTS, if an exercise or tracer has changed.

        What was handed in is kept in RESULTS, with its seed. A table says who changes, by how much
        and through which checks; those who lose points come first. Both grades are kept, and
        --counts says which one counts. Marks that were set by hand stay.

        With --all, what has not changed runs again too, and must come out the same; nothing of
        that is kept.

        The exit code is 0 if all is graded, 1 if something that runs again comes out differently,
        2 if the input cannot be used, and 70 if the grader failed somewhere.

        \b
        Examples:
          tracer regrade results
          tracer regrade results --exercises mine/ --rules course.toml --csv changes.csv
          tracer regrade results --counts higher
        """
    )
)
@click.argument("results", metavar="RESULTS", callback=not_empty)
@exercises_option
@rules_option
@click.option(
    "--exercise", "named", callback=not_empty,
    help=_("Only this exercise."),
)  # fmt: skip
@click.option(
    "--counts", type=click.Choice(PREFERRED),
    help=_("Which grade counts, also where that was settled before; by default the new one."),
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help=_("Run also what has not changed."))
@click.option(
    "--csv", "table", metavar="FILE", callback=not_empty,
    help=_("Write who changes to FILE; - is standard output."),
)  # fmt: skip
@running_options
@cluster_option
@layout_option
def command(
    results: str,
    folder: str | None,
    rules: str | None,
    named: str | None,
    counts: str | None,
    everything: bool,
    table: str | None,
    jobs: int | None,
    time_limit: float | None,
    wall_name: str | None,
    trusted: bool,
    address: str | None,
    layout: str,
) -> int:
    """Grade what has changed, show it, and say which grade counts."""
    from tracer.exercises.discovery import find
    from tracer.gradebook import records
    from tracer.gradebook.grading import work
    from tracer.gradebook.regrading import Prefer, changes
    from tracer.gradebook.store import open_results

    check_jobs(jobs, address)
    out, at_once = Path(results), jobs or processors()
    with open_results(out) as store:
        exercises = exercises_of(store, folder)
        settled = rules_in(rules, exercises)
        if named is not None:
            exercises = (find(named, exercises),)
        else:
            _say_unknown(store, exercises)
        records.write_missing(out, store)
        uneven: list[Change | None] = []
        if folder is not None:
            store.remember("exercises", str(Path(folder).resolve()))
        say_once_more(store.bring_together(exercises))
        if everything or work(store, exercises).pending:
            with grading_on(address, at_once, wall_name, trusted=trusted) as on:
                grader = grader_behind(on.wall, settle_limit(store, time_limit))
                if everything:
                    uneven = _again(store, exercises, grader, on, at_once)
                grade_pending(store, out, exercises, grader, on.wall, at_once, on.by)
        found = changes(store, exercises, every=counts is not None)
        prefer = Prefer(counts or Prefer.NEW)
        settle_all(store, results, exercises, settled, found, prefer, layout, beside(table), table)
        differ = [one for one in uneven if one is not None]
        failed = say_ungraded(store, exercises, len(uneven) - len(differ))
        nothing = without_grade(store, exercises)
    for one in differ:
        _say_uneven(one)
    if nothing:
        said = plural(
            "the grader failed at {count} submission, which has no points: a bug in tracer",
            "the grader failed at {count} submissions, which have no points: a bug in tracer",
            nothing,
        )
        warn(said.format(count=nothing))
    if failed or nothing:
        return BUG
    return NOT_PASSED if differ else PASSED


def _say_unknown(store: Store, exercises: Sequence[Exercise]) -> None:
    """What was graded under other exercises stays as it is, and that is said."""
    known = {e.name for e in exercises}
    for name, count in store.exercises().items():
        if name not in known:
            said = plural(
                "{exercise} is none of these exercises: its {count} submission stays as it is "
                "(--exercises DIR says where it is)",
                "{exercise} is none of these exercises: its {count} submissions stay as they are "
                "(--exercises DIR says where it is)",
                count,
            )
            warn(said.format(exercise=name, count=count))


def _again(
    store: Store, exercises: Sequence[Exercise], grader: Grader, on: On, jobs: int
) -> list[Change | None]:
    """Run what is graded already; what does not come out the same, None where the grader fails."""
    from tracer.gradebook.regrading import all_of, run_again

    todo = all_of(store, exercises)
    count = len(todo.pending)
    with under_a_bar(count, lambda: count) as tell:
        return list(run_again(store, todo, grader, min(jobs, max(count, 1)), on.wall, tell, on.by))


def _say_uneven(change: Change) -> None:
    """That a submission comes out differently, of the same exercise and the same tracer."""
    who = f"{change.student}, {change.exercise}, {change.attempt}"
    if change.differs:
        said = _(
            "{who}: {before:g} points before and {after:g} now, though neither the exercise nor "
            "tracer's code that grades has changed; the grade of before stands. It may draw "
            "numbers of its own, come near the time limit, or depend on Python, NumPy or the "
            "machine"
        )
    else:
        said = _("{who}: as many points as before, and other words in its report")
    warn(said.format(who=who, before=change.before.points, after=change.after.points))
