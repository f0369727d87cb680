"""``tracer export``: the grades of a class in the form that the course's system reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import PASSED, warn
from tracer.cli._exercises import exercises_option, usable
from tracer.cli._options import not_empty
from tracer.cli._output import written
from tracer.errors import InputError
from tracer.exports.registry import format_named, names
from tracer.language import _, quoted_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.exports.format import ClassFormat, Wish


class _Listing(click.Command):
    """A command whose help lists the formats, each as its own file describes it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each format."""
        with formatter.section(_("Formats")):
            formatter.write_dl([(name, format_named(name).what) for name in names()])
        super().format_epilog(ctx, formatter)


@click.command(
    cls=_Listing,
    help=_(
        """Write the grades in the folder RESULTS in the form that your course's system reads.

        RESULTS is what tracer grade has made; it is only read. The rules are applied anew, so that
        a due date or a mark by hand holds for what was graded before.

        \b
        Examples:
          tracer export results --to csv --out grades.csv
          tracer export results --to canvas --into gradebook.csv --out upload.csv
          tracer export results --to moodle --exercise 22 --into worksheet.csv --out upload.csv
        """
    ),
)
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@click.option(
    "--to", "name", required=True, type=click.Choice(names()),
    help=_("The format; each is described below."),
)  # fmt: skip
@click.option(
    "--out", "output", metavar="FILE", callback=not_empty,
    help=_("Write to FILE, whole or not at all; by default to standard output."),
)  # fmt: skip
@click.option(
    "--into", metavar="FILE", callback=not_empty,
    help=_("What you have downloaded from the course's system: the points are put into it."),
)  # fmt: skip
@click.option(
    "--exercise", "chosen", multiple=True, callback=not_empty,
    help=_("Only this exercise; may be given several times. By default all."),
)  # fmt: skip
@click.option(
    "--column", metavar="TITLE", callback=not_empty,
    help=_("The column of --into that the points belong in; with several exercises, their sum."),
)  # fmt: skip
@click.option(
    "--scale", is_flag=True,
    help=_("If that column gives another number of points, give the same share of it."),
)  # fmt: skip
@click.option(
    "--rules", metavar="FILE", callback=not_empty,
    help=_("The rules of the course: due dates, late penalties, which attempt counts."),
)  # fmt: skip
@exercises_option
def command(
    results: Path,
    name: str,
    output: str | None,
    into: str | None,
    chosen: tuple[str, ...],
    column: str | None,
    scale: bool,
    rules: str | None,
    folder: str | None,
) -> int:
    """Read the facts, apply the rules, write."""
    from tracer.exercises.discovery import find
    from tracer.exports.format import Wish

    form = format_named(name)
    for option, value in (("--into", into), ("--column", column), ("--scale", scale or None)):
        if value is not None and not form.merges:
            said = _("{option}: --to {name} puts nothing into another file")
            raise InputError(said.format(option=option, name=name))
    for option, value in (("--column", column), ("--scale", scale or None)):
        if value is not None and into is None:
            raise InputError(_("{option}: add --into FILE").format(option=option))
    exercises = usable(folder).good
    only = [find(one, exercises) for one in dict.fromkeys(chosen)]
    wish = Wish(None if into is None else Path(into), column, scale)
    for remark in _written(form, wish, results, exercises, only, rules, output):
        warn(remark)
    return PASSED


def _written(
    form: ClassFormat, wish: Wish, results: Path, exercises: Sequence[Exercise],
    only: Sequence[Exercise], rules: str | None, output: str | None,
) -> Sequence[str]:  # fmt: skip
    """Write a class, and give back what is to be said."""
    from tracer.exports.course import course
    from tracer.gradebook.reading import read_store
    from tracer.gradebook.rules import Rules, read

    settled = Rules() if rules is None else read(Path(rules), [e.name for e in exercises])
    with read_store(results) as store:
        found = course(store, exercises, settled, only)
        if not found.items:
            said = _("there is nothing to export: no submission in {folder} is graded")
            raise InputError(said.format(folder=quoted_file(results)))
        unknown = [e.name for e in only if e.name not in {item.name for item in found.items}]
        for missing in unknown:
            warn(_("nobody has handed in exercise {name}").format(name=missing))
        for student in sorted(settled.students - found.students.keys()):
            warn(_("the rules name {student}, who has handed in nothing").format(student=student))
        with written(output) as stream:
            return form.write(found, wish, stream)
