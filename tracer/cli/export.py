"""``tracer export``: what the systems of others read, or run: grades of a class, an autograder."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli import PASSED, warn
from tracer.cli._exercises import exercises_option, usable
from tracer.cli._grading import exercises_of, rules_in, rules_option, trusted_option
from tracer.cli._options import not_empty, time_limit_option
from tracer.cli._output import written
from tracer.errors import InputError
from tracer.exports.registry import format_named, names
from tracer.exports.settings import VISIBLE
from tracer.language import _, plural, quoted_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.exports.format import BoxFormat, ClassFormat, Wish
    from tracer.exports.settings import Settings


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
        """Write grades in the form that your course's system reads, or an autograder that it runs.

        RESULTS is the folder that tracer grade has made; it is only read. The rules are applied
        anew, so that a due date or a mark by hand holds for what was graded before. An autograder
        is made of exercises, without RESULTS: an archive that you upload.

        \b
        Examples:
          tracer export results --to csv --out grades.csv
          tracer export results --to canvas --into gradebook.csv --out upload.csv
          tracer export results --to moodle --exercise 22 --into worksheet.csv --out upload.csv
          tracer export --to gradescope --exercise 22 --out autograder.zip
        """
    ),
)
@click.argument("results", required=False, metavar="[RESULTS]", type=click.Path(path_type=Path))
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
@rules_option
@exercises_option
@time_limit_option(
    _("Of an autograder: seconds of processor time for loading a file, and for each call.")
)
@click.option(
    "--visible", type=click.Choice(VISIBLE), default=VISIBLE[0], show_default=True,
    help=_("Of an autograder for Gradescope: when students see what is said of each check."),
)  # fmt: skip
@trusted_option(
    _("Of an autograder: run also behind the wall plain, which keeps nobody from doing harm.")
)
def command(
    results: Path | None,
    name: str,
    output: str | None,
    into: str | None,
    chosen: tuple[str, ...],
    column: str | None,
    scale: bool,
    rules: str | None,
    folder: str | None,
    time_limit: float,
    visible: str,
    trusted: bool,
) -> int:
    """Read the facts, apply the rules, write; or pack an autograder."""
    from tracer.exports.format import BoxFormat, Wish
    from tracer.exports.packing import are_own
    from tracer.exports.settings import Settings, with_rules

    form = format_named(name)
    of_class = {"--into": into, "--column": column, "--scale": scale or None, "--rules": rules}
    if isinstance(form, BoxFormat):
        del of_class["--rules"]  # they say what students are shown
        _refuse({"RESULTS": results, **of_class}, _("--to {name} makes an autograder"), name)
        if not chosen or output is None:
            said = _("--to {name}: add --exercise (for each exercise) and --out FILE.zip")
            raise InputError(said.format(name=name))
    else:
        typed = click.get_current_context().get_parameter_source
        of_box = {
            option: None if typed(key) is click.core.ParameterSource.DEFAULT else True
            for option, key in (
                ("--time-limit", "time_limit"), ("--visible", "visible"),
                ("--trust-submissions", "trusted"),
            )
        }  # fmt: skip
        _refuse(of_box, _("--to {name} runs nothing"), name)
        if results is None:
            raise InputError(_("--to {name}: say which RESULTS of tracer grade").format(name=name))
        if not form.merges:
            del of_class["--rules"]
            _refuse(of_class, _("--to {name} puts nothing into another file"), name)
        elif into is None:
            _refuse({"--column": column, "--scale": scale or None}, _("add --into FILE"), name)
    if isinstance(form, BoxFormat):
        exercises = usable(folder).good
        only = _chosen(chosen, exercises)
        settings = Settings(
            name, tuple(e.name for e in only), are_own(only), time_limit, trusted, visible
        )
        _pack(form, with_rules(settings, rules_in(rules, exercises)), only, str(output))
        return PASSED
    assert results is not None
    wish = Wish(None if into is None else Path(into), column, scale)
    for remark in _written(form, wish, results, folder, chosen, rules, output):
        warn(remark)
    return PASSED


def _chosen(named: Sequence[str], exercises: Sequence[Exercise]) -> list[Exercise]:
    """The exercises that were named, in their order."""
    from tracer.exercises.discovery import find

    wanted = {find(one, exercises).name for one in named}
    return [e for e in exercises if e.name in wanted]


def _refuse(given: Mapping[str, object], why: str, name: str) -> None:
    """Refuse what was typed and would have no effect."""
    for option, value in given.items():
        if value is not None:
            said = _("{option}: {why}")
            raise InputError(said.format(option=option, why=why.format(name=name)))


def _pack(form: BoxFormat, settings: Settings, exercises: Sequence[Exercise], output: str) -> None:
    """Write an autograder, and say what is in it."""
    from tracer.exports.packing import packed
    from tracer.storage.whole import replacing

    contents = packed(form, settings, exercises)
    with replacing(output) as temporary:
        temporary.write_bytes(contents)
    points = sum(one.points for one in exercises)
    said = plural(
        "{file}: {count} exercise, {points} points", "{file}: {count} exercises, {points} points",
        len(exercises),
    )  # fmt: skip
    click.echo(said.format(file=quoted_file(output), count=len(exercises), points=points))


def _written(
    form: ClassFormat, wish: Wish, results: Path, folder: str | None, chosen: Sequence[str],
    rules: str | None, output: str | None,
) -> Sequence[str]:  # fmt: skip
    """Write a class, and give back what is to be said."""
    from tracer.exports.course import course
    from tracer.gradebook.reading import read_store

    with read_store(results) as store:
        exercises = exercises_of(store, folder)
        settled, only = rules_in(rules, exercises), _chosen(chosen, exercises)
        found = course(store, exercises, settled, only)
        if not found.items:
            said = _("there is nothing to export: no submission in {folder} is graded")
            raise InputError(said.format(folder=quoted_file(results)))
        unknown = [e.name for e in only if e.name not in {item.name for item in found.items}]
        for missing in unknown:
            warn(_("nobody has handed in exercise {name}").format(name=missing))
        for doubt in found.doubts:
            warn(doubt)
        text = StringIO()  # what cannot be is told before anything is written
        remarks = form.write(found, wish, text)
    with written(output) as stream:
        stream.write(text.getvalue())
    return remarks
