"""``tracer grade``: a class, from what was handed in to a table of points."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

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
)
from tracer.cli._options import not_empty
from tracer.cli._output import beside, write_screen, written
from tracer.cli._processors import processors
from tracer.errors import InputError
from tracer.language import _, plural, quoted_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.gradebook.grading import Alone
    from tracer.gradebook.handed import LeftOut
    from tracer.gradebook.rules import Rules
    from tracer.gradebook.store import Store


@click.command(
    help=_(
        """Grade a class: each submission once, into the folder RESULTS.

        PATH is a folder, a zip archive, or a download of Moodle, Canvas or Gradescope as it came.
        It is only read. Stopped in the middle, the same command goes on; given a newer download, it
        grades what is new. Without PATH, the table is made again from what is there, with the
        exercises that were graded last.

        The exit code is 0 if all that was handed in is graded, 1 if something is left out or
        nothing was found, 2 if the input cannot be used, and 70 if the grader failed somewhere.

        \b
        Examples:
          tracer grade submissions.zip --out results
          tracer grade class/ --out results --rules course.toml --csv grades.csv
          tracer grade --out results --rules course.toml
        """
    )
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--out", "results", required=True, metavar="RESULTS", callback=not_empty,
    help=_("The folder of the results; it is made if it is not there."),
)  # fmt: skip
@click.option(
    "--exercise", "named", callback=not_empty,
    help=_("Grade this exercise alone; files whose names mean none are answers to it."),
)  # fmt: skip
@exercises_option
@rules_option
@click.option(
    "--csv", "table", metavar="FILE", callback=not_empty,
    help=_("Write what each student has earned to FILE; - is standard output."),
)  # fmt: skip
@click.option(
    "--parquet", metavar="FILE", callback=not_empty,
    help=_("Write a row for each student and exercise to FILE, as Parquet (with pyarrow)."),
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0, max=2**32 - 1),
    help=_("The same numbers for the whole class; by default each submission has its own."),
)  # fmt: skip
@running_options
@cluster_option
@layout_option
def command(
    paths: tuple[Path, ...],
    results: str,
    named: str | None,
    folder: str | None,
    rules: str | None,
    table: str | None,
    parquet: str | None,
    jobs: int | None,
    seed: int | None,
    time_limit: float | None,
    wall_name: str | None,
    trusted: bool,
    address: str | None,
    layout: str,
) -> int:
    """Take in, grade, and show what it comes to."""
    from tracer.exercises.discovery import find
    from tracer.gradebook import records
    from tracer.gradebook.grading import check_apart, settle_seed, take_in
    from tracer.gradebook.store import FILE, open_store

    out = Path(results)
    for_grading = {
        "--exercise": named, "--jobs": jobs, "--seed": seed, "--wall": wall_name,
        "--time-limit": time_limit,
        "--trust-submissions": trusted or None, "--cluster": address,
    }  # fmt: skip
    for option, value in for_grading.items():
        if value is not None and not paths:
            raise InputError(_("{option}: without PATH nothing is graded").format(option=option))
    check_jobs(jobs, address)
    if not paths and not out.is_dir():
        said = _("there are no results in {folder} yet; say what is graded, as in: {command}")
        command = f"tracer grade PATH --out {quoted_file(results)}"
        raise InputError(said.format(folder=results, command=command))
    check_apart(paths, out)
    if parquet is not None:
        from tracer.view.export.gradebook_parquet import writer

        writer()  # before anything is graded
    left_out: tuple[LeftOut, ...] = ()
    nothing = False
    with ExitStack() as opened:
        there = not paths or (out / FILE).exists()
        store = opened.enter_context(open_store(out)) if there else None
        exercises = exercises_of(store, folder)
        only = None if named is None else find(named, exercises)
        settled = rules_in(rules, exercises)
        at_once = jobs or processors()
        where = grading_on(address, at_once, wall_name, trusted=trusted)
        on = opened.enter_context(where) if paths else None
        if store is None:  # what cannot be is told before anything is written
            store = opened.enter_context(open_store(out))
        records.write_missing(out, store)
        if on is not None:
            one_seed = settle_seed(store, seed)
            taken = take_in(store, paths, exercises, only, one_seed)
            left_out, nothing = taken.left_out, not taken.handed
            _say_left_out(left_out)
            _say_alone(taken.alone)
            say_once_more(taken.once_more)
            if nothing:
                warn(_("nothing that can be graded was found"))
            if folder is not None:
                store.remember("exercises", str(Path(folder).resolve()))
            grader = grader_behind(on.wall, settle_limit(store, time_limit))
            asked = exercises if only is None else [only]
            grade_pending(store, out, asked, grader, on.wall, at_once, on.by)
            _settle(store, results, exercises, settled, layout, beside(table))
        old = on is not None and say_ungraded(store, exercises if only is None else [only])
        failed = _show(store, exercises, settled, table, parquet, layout)
    if failed or old:
        return BUG
    return NOT_PASSED if nothing or any(not one.foreign for one in left_out) else PASSED


def _say_left_out(left_out: Sequence[LeftOut]) -> None:
    from tracer.view.parts.gradebook import left_out as said

    for one in said(left_out):
        warn(one.text)


def _say_alone(found: Sequence[Alone]) -> None:
    """That a folder counts as a student's, which may be the one around all of them."""
    for one in found:
        said = _(
            "{path} has one folder, {folder}, which counts as one student's; if it is the folder "
            "around all students, give that one"
        )
        warn(said.format(path=quoted_file(one.path), folder=quoted_file(one.folder)))


def _settle(
    store: Store, results: str, exercises: Sequence[Exercise], rules: Rules, layout: str,
    to: TextIO,
) -> None:  # fmt: skip
    """The new grades count where there were others; who changes by that is shown."""
    from tracer.gradebook.regrading import Prefer, changes

    found = changes(store, exercises)
    if not found:
        return
    said = plural(
        "{count} submission was graded anew, for tracer or its exercise has changed ({names}); "
        "{lower} with fewer points. The table says who, as tracer regrade does",
        "{count} submissions were graded anew, for tracer or their exercise has changed ({names}); "
        "{lower} with fewer points. The table says who, as tracer regrade does",
        len(found),
    )
    names = ", ".join(dict.fromkeys(change.exercise for change in found))
    lower = sum(change.by < 0 for change in found)
    warn(said.format(count=len(found), names=names, lower=lower))
    settle_all(store, results, exercises, rules, found, Prefer.NEW, layout, to)


def _show(
    store: Store, exercises: Sequence[Exercise], rules: Rules, table: str | None,
    parquet: str | None, layout: str,
) -> bool:  # fmt: skip
    """Show what everybody has earned, and write it; whether the grader failed somewhere."""
    from tracer.gradebook.settling import doubts, settled
    from tracer.view.export.gradebook_csv import write_class
    from tracer.view.parts.gradebook import class_summary
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.gradebook import MOST_STUDENTS
    from tracer.view.terminal.gradebook import class_summary as screen

    found = settled(store, exercises, rules)
    students = found.students
    for doubt in doubts(found, rules):
        warn(doubt)
    to = beside(table)
    able = abilities(to, plain=layout == "plain")
    write_screen(screen(class_summary(found.rows, students, found.facts), able), able, to=to)
    if table is not None:
        with written(table) as stream:
            write_class(found.rows, students, stream)
    if parquet is not None:
        from tracer.view.export.gradebook_parquet import write_parquet

        write_parquet(found.rows, students, Path(parquet))
    if table is None and parquet is None and len(students) > MOST_STUDENTS:
        click.echo("  " + _("For a row a student: --csv FILE"))
    return any(fact.points is None for fact in found.facts)
