"""What the commands that grade a class have in common: options, the wall, the rules, the bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from tracer.cli import INTERRUPTED
from tracer.cli._exercises import usable
from tracer.cli._options import not_empty, time_limit_option
from tracer.errors import InputError
from tracer.gradebook.behind import standing
from tracer.language import _, plural
from tracer.sandbox.walls import WALLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.gradebook.grading import Grading
    from tracer.gradebook.rules import Rules
    from tracer.gradebook.store import Store
    from tracer.gradebook.together import OnceMore
    from tracer.gradebook.workers import Grader

Command = TypeVar("Command", bound=Callable[..., object])

rules_option = click.option(
    "--rules", metavar="FILE", callback=not_empty,
    help=_("The rules of the course: due dates, late penalties, which attempt counts."),
)  # fmt: skip
layout_option = click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain"]),
    default="rich",
    show_default=True,
    help=_("With colours, or without."),
)


NAMED = 10
"""So many students are named."""

TRUSTED = _("Run also behind the wall plain, which keeps nobody from doing harm.")


def trusted_option(said: str = TRUSTED) -> Callable[[Command], Command]:
    """``--trust-submissions``."""
    return click.option("--trust-submissions", "trusted", is_flag=True, help=said)


def cluster_option(command: Command) -> Command:
    """``--cluster``."""
    return click.option(
        "--cluster", "address", metavar="ADDRESS", callback=not_empty,
        help=_(
            "Grade on the workers of a Dask cluster, whose scheduler is at ADDRESS "
            "(tcp://HOST:8786); local starts one here, of --jobs processes; slurm submits an array "
            "of --jobs jobs."
        ),
    )(command)  # fmt: skip


def check_jobs(jobs: int | None, address: str | None) -> None:
    """Raise an `InputError` if ``--jobs`` would have no effect, or is missing."""
    from tracer.gradebook.cluster import LOCAL, SLURM

    if jobs is not None and address not in (None, LOCAL, SLURM):
        raise InputError(_("--jobs: a cluster has as many workers as were started for it"))
    if jobs is None and address == SLURM:
        raise InputError(_("--cluster slurm: say how many workers to submit, as in --jobs 20"))


def running_options(command: Command) -> Command:
    """How submissions are run: the options that say it."""
    for option in (
        trusted_option(),
        click.option(
            "--wall", "wall_name", type=click.Choice(list(WALLS)),
            help=_("What submissions run behind; by default the strongest that can stand here."),
        ),
        time_limit_option(
            _(
                "Seconds of processor time for loading a file, and for each call to a function; by "
                "default those of before, at first 5."
            ),
            None,
        ),
        click.option(
            "--jobs", type=click.IntRange(min=1, max=512),
            help=_("Submissions that run at once; by default one for each processor."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def exercises_of(store: Store | None, folder: str | None) -> tuple[Exercise, ...]:
    """The exercises in the folder that ``--exercises`` names; else those of before, or tracer's."""
    kept = store.setting("exercises") if store is not None and folder is None else folder
    return usable(kept).good


def rules_in(file: str | None, exercises: Sequence[Exercise]) -> Rules:
    """The rules that ``--rules`` names; without it, those of a course that says nothing."""
    from tracer.gradebook.rules import Rules, read

    return Rules() if file is None else read(Path(file), names_of(exercises))


def names_of(exercises: Sequence[Exercise]) -> dict[str, list[str]]:
    """What rules may speak of: the names of the exercises, each with those of its checks."""
    return {e.name: [check.name for check in e.checks] for e in exercises}


def settle_limit(store: Store, seconds: float | None) -> float:
    """The time limit: what is said now, else what was said before; that it is another is told."""
    from tracer.cli import warn
    from tracer.sandbox.process import Limits

    before: float | None = store.setting("time_limit")
    if seconds is None:
        seconds = Limits().seconds if before is None else before
    elif before not in (None, seconds):
        said = _(
            "--time-limit {now:g}: what was graded here before had {before:g} seconds; to grade "
            "that anew too, choose another --out"
        )
        warn(said.format(now=seconds, before=before))
    store.remember("time_limit", seconds)
    return seconds


def grader_behind(wall_name: str, seconds: float) -> Grader:
    """Who grades, behind this wall and with this time limit."""
    from tracer.gradebook.workers import Grader
    from tracer.sandbox.process import Limits
    from tracer.sandbox.walls import wall
    from tracer.view.export.report_json import as_record

    return Grader(partial(wall, wall_name), as_record, Limits(seconds=seconds))


class On(NamedTuple):
    """Where submissions are graded: the wall that holds there, and what grades them."""

    wall: str
    by: Grading | None = None


@contextmanager
def grading_on(
    address: str | None, jobs: int, wall_name: str | None, *, trusted: bool
) -> Iterator[On]:
    """The processes of this machine, or the workers of a cluster; the wall is tried there."""
    if address is None:
        yield On(standing(wall_name, trusted=trusted))
        return
    from tracer.cli import warn
    from tracer.gradebook import slurm
    from tracer.gradebook.cluster import SLURM, connected

    if address == SLURM:
        slurm.check()
        said = plural(
            "waiting for Slurm to start the first of {count} worker (Ctrl-C takes it back)",
            "waiting for Slurm to start the first of {count} workers (Ctrl-C takes them back)",
            jobs,
        )
        click.echo(said.format(count=jobs), err=True)
    with connected(address, jobs, warn) as cluster:
        yield On(cluster.standing(wall_name, trusted=trusted), cluster.graded)


@contextmanager
def under_a_bar(count: int, left: Callable[[], int]) -> Iterator[Callable[[str], None]]:
    """A bar while so many are graded; Ctrl-C ends the command, and it is said how many are left."""
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.gradebook import grading

    try:
        with grading(count, abilities(sys.stderr)) as tell:
            yield tell
    except KeyboardInterrupt:
        said = _("stopped; {count} left to grade: give the same command again")
        click.echo("\n" + said.format(count=left()), err=True)
        sys.exit(INTERRUPTED)


def say_ungraded(store: Store, exercises: Sequence[Exercise], again: int = 0) -> bool:
    """Say at how many submissions the grader failed that keep an older grade; whether at any.

    `again` is how many more there are: those at which it failed when it graded them once more.
    """
    from tracer.cli import warn
    from tracer.gradebook.identity import grader_of

    ungraded = sum(store.ungraded(grader_of(one), one.name) for one in exercises)
    count = ungraded - without_grade(store, exercises) + again
    if count:
        said = plural(
            "the grader failed at {count} submission, which keeps the grade that it had: a bug in "
            "tracer",
            "the grader failed at {count} submissions, which keep the grades that they had: a bug "
            "in tracer",
            count,
        )
        warn(said.format(count=count))
    return count > 0


def say_once_more(found: Sequence[OnceMore]) -> None:
    """Whose answers are graded once more, for they import earlier ones that are others by now."""
    from tracer.cli import warn
    from tracer.view.say.words import clean

    students: dict[str, dict[str, None]] = {}
    for one in found:
        students.setdefault(one.exercise, {})[one.student] = None
    for exercise, theirs in students.items():
        said = plural(
            "{exercise}: the answer of {count} student is graded once more, for an earlier answer "
            "that it imports has come or changed; the better grade counts ({students})",
            "{exercise}: the answers of {count} students are graded once more, for earlier answers "
            "that they import have come or changed; the better grade counts ({students})",
            len(theirs),
        )
        named = [clean(student) for student in [*theirs][:NAMED]]
        if len(theirs) > NAMED:
            named.append(_("and {count} more").format(count=len(theirs) - NAMED))
        warn(said.format(exercise=exercise, count=len(theirs), students=", ".join(named)))


def without_grade(store: Store, exercises: Sequence[Exercise]) -> int:
    """At how many submissions the grader has failed so far that have no grade at all."""
    names = {one.name for one in exercises}
    return len({f.number for f in store.facts() if f.points is None and f.exercise in names})


def grade_pending(
    store: Store, out: Path, exercises: Sequence[Exercise], grader: Grader, wall: str, jobs: int,
    by: Grading | None = None,
) -> None:  # fmt: skip
    """Grade, under a bar, what has no grade under these exercises as they are now."""
    from tracer.gradebook.grading import grade_all, work

    todo = work(store, exercises)
    count = len(todo.pending)
    with under_a_bar(count, lambda: len(work(store, exercises).pending)) as tell:
        grade_all(store, out, todo, grader, min(jobs, max(count, 1)), wall, tell, by)
