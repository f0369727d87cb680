"""``tracer grade``: a class, from what was handed in to a table of points."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import BUG, INTERRUPTED, NOT_PASSED, PASSED, warn
from tracer.cli._exercises import exercises_option, usable
from tracer.cli._options import not_empty, time_limit_option
from tracer.cli._output import write_screen, written
from tracer.cli._processors import processors
from tracer.errors import InputError
from tracer.language import _, plural, quoted_file
from tracer.sandbox.walls import WALLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.gradebook.grading import Work
    from tracer.gradebook.handed import LeftOut
    from tracer.gradebook.rules import Rules
    from tracer.gradebook.store import Store
    from tracer.sandbox.process import Limits

PLAIN = "plain"
"""The wall that protects against accidents, and against nobody who wants to do harm."""


@click.command(
    help=_(
        """Grade a class: each submission once, into the folder RESULTS.

        PATH is a folder, a zip archive, or a download of Moodle, Canvas or Gradescope as it came.
        It is only read. Stopped in the middle, the same command goes on; given a newer download, it
        grades what is new. Without PATH, the table is made again from what is there.

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
    help=_("The exercise that those files answer whose names do not say."),
)  # fmt: skip
@exercises_option
@click.option(
    "--rules", metavar="FILE", callback=not_empty,
    help=_("The rules of the course: due dates, late penalties, which attempt counts."),
)  # fmt: skip
@click.option(
    "--csv", "table", metavar="FILE", callback=not_empty,
    help=_("Write what each student has earned to FILE."),
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1, max=512),
    help=_("Submissions that run at once; by default one for each processor."),
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0, max=2**32 - 1),
    help=_("The same numbers for the whole class; by default each submission has its own."),
)  # fmt: skip
@time_limit_option(
    _("Seconds of processor time for loading a file, and for each call to a function.")
)
@click.option(
    "--wall", "wall_name", type=click.Choice(list(WALLS)),
    help=_("What submissions run behind; by default the strongest that can stand here."),
)  # fmt: skip
@click.option(
    "--trust-submissions", "trusted", is_flag=True,
    help=_("Run them also behind the wall plain, which keeps nobody from doing harm."),
)  # fmt: skip
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain"]),
    default="rich",
    show_default=True,
    help=_("With colours, or without."),
)
def command(
    paths: tuple[Path, ...],
    results: str,
    named: str | None,
    folder: str | None,
    rules: str | None,
    table: str | None,
    jobs: int | None,
    seed: int | None,
    time_limit: float,
    wall_name: str | None,
    trusted: bool,
    layout: str,
) -> int:
    """Take in, grade, and show what it comes to."""
    from tracer.exercises.discovery import find
    from tracer.gradebook import records
    from tracer.gradebook.grading import check_apart, settle_seed, take_in, work
    from tracer.gradebook.store import open_store
    from tracer.sandbox.process import Limits

    out = Path(results)
    for_grading = {
        "--exercise": named, "--jobs": jobs, "--seed": seed, "--wall": wall_name,
        "--trust-submissions": trusted or None,
    }  # fmt: skip
    for option, value in for_grading.items():
        if value is not None and not paths:
            raise InputError(_("{option}: without PATH nothing is graded").format(option=option))
    if not paths and not out.is_dir():
        said = _("there are no results in {folder} yet; say what is graded, as in: {command}")
        command = f"tracer grade PATH --out {quoted_file(results)}"
        raise InputError(said.format(folder=results, command=command))
    check_apart(paths, out)
    standing = _standing(wall_name, trusted=trusted) if paths else ""
    exercises = usable(folder).good
    only = None if named is None else find(named, exercises)
    settled = _rules(rules, exercises)
    left_out: tuple[LeftOut, ...] = ()
    nothing = False
    with open_store(out) as store:
        records.write_missing(out, store)
        if paths:
            one_seed = settle_seed(store, seed)
            taken = take_in(store, paths, exercises, only, one_seed)
            left_out, nothing = taken.left_out, not taken.handed
            _say_left_out(left_out)
            if nothing:
                warn(_("nothing that can be graded was found"))
            todo = work(store, exercises)
            _grade(store, out, todo, standing, jobs or processors(), Limits(seconds=time_limit))
        failed = _show(store, exercises, settled, table, layout)
    if failed:
        return BUG
    return NOT_PASSED if nothing or any(not one.foreign for one in left_out) else PASSED


def _standing(named: str | None, *, trusted: bool) -> str:
    """The wall that is asked for, or the strongest; each is tried from inside before it is used.

    Raises
    ------
    InputError
        If it does not hold, or it is the one that keeps nobody from doing harm.
    """
    from tracer.sandbox.walls import gaps

    troubles = []
    for name in [named] if named is not None else reversed(WALLS):
        if name == PLAIN:
            if trusted:
                return name
            continue
        why = WALLS[name].trouble() or "; ".join(gaps(name))
        if not why:
            return name
        troubles.append(_("{wall}: {why}").format(wall=name, why=why))
    if named is not None and named != PLAIN:
        said = _("the wall {trouble} (tracer doctor names those that can stand)")
        raise InputError(said.format(trouble=troubles[0]))
    said = _(
        "behind the wall plain a submission runs as you: it can read the solutions and the other "
        "submissions, change the results, and use the network. If nothing on this machine can be "
        "harmed, or read that should not be, add --trust-submissions"
    )
    if troubles:
        others = _("no other wall can stand here ({troubles}), and")
        said = f"{others.format(troubles=', '.join(troubles))} {said}"
    raise InputError(said)


def _rules(file: str | None, exercises: Sequence[Exercise]) -> Rules:
    from tracer.gradebook.rules import Rules, read

    return Rules() if file is None else read(Path(file), [e.name for e in exercises])


def _say_left_out(left_out: Sequence[LeftOut]) -> None:
    from tracer.view.parts.gradebook import left_out as said

    for one in said(left_out):
        warn(one.text)


def _grade(store: Store, out: Path, todo: Work, standing: str, jobs: int, limits: Limits) -> None:
    """Grade what is to be graded, under a bar; Ctrl-C keeps what is done."""
    from tracer.gradebook.grading import grade_all
    from tracer.gradebook.workers import Grader
    from tracer.sandbox.walls import wall
    from tracer.view.export.report_json import as_record
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.gradebook import grading

    before, count = store.last_grade(), len(todo.pending)
    grader = Grader(partial(wall, standing), as_record, limits)
    try:
        with grading(count, abilities(sys.stderr)) as tell:
            grade_all(store, out, todo, grader, min(jobs, max(count, 1)), standing, tell)
    except KeyboardInterrupt:
        left = len(todo.pending) - (store.last_grade() - before)
        said = _("stopped; {count} left to grade: give the same command again")
        click.echo("\n" + said.format(count=left), err=True)
        sys.exit(INTERRUPTED)
    again, lower = store.changed_since(before)
    if again:
        said = plural(
            "{count} submission was graded anew, for tracer or its exercise has changed; {lower} "
            "with fewer points",
            "{count} submissions were graded anew, for tracer or their exercise has changed; "
            "{lower} with fewer points",
            again,
        )
        warn(said.format(count=again, lower=lower))


def _show(
    store: Store, exercises: Sequence[Exercise], rules: Rules, table: str | None, layout: str
) -> bool:
    """Show what everybody has earned, and write it; whether the grader failed somewhere."""
    from tracer.gradebook.settling import settled
    from tracer.view.export.gradebook_csv import write_class
    from tracer.view.parts.gradebook import class_summary
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.gradebook import MOST_STUDENTS
    from tracer.view.terminal.gradebook import class_summary as screen

    found = settled(store, exercises, rules)
    students = found.students
    for unknown in sorted(rules.students - students.keys()):
        warn(_("the rules name {student}, who has handed in nothing").format(student=unknown))
    able = abilities(plain=layout == "plain")
    write_screen(screen(class_summary(found.rows, students, found.facts), able), able)
    if table is not None:
        with written(table) as stream:
            write_class(found.rows, students, stream)
    elif len(students) > MOST_STUDENTS:
        click.echo("  " + _("For a row a student: --csv FILE"))
    return any(fact.points is None for fact in found.facts)
