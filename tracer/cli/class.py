# ruff: noqa: N999 - the verb has the name of its file, and only `import_module` imports it
"""``tracer class``: a class at a glance: scores, mistakes, checks, and answers that are alike."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli import PASSED
from tracer.cli._exercises import exercises_option
from tracer.cli._grading import exercises_of, layout_option, rules_in, rules_option
from tracer.cli._options import not_empty
from tracer.cli._output import pager_option, write_screen, written
from tracer.errors import InputError
from tracer.language import _


@click.command(
    help=_(
        """See a class at a glance: what goes wrong, where, and how often.

        RESULTS is what tracer grade has made; it is only read. Of each student and exercise it is
        the attempt that counts under the rules. The page has all that the table has, and more rows.

        \b
        Examples:
          tracer class results
          tracer class results --rules course.toml --html class.html
        """
    )
)
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@rules_option
@exercises_option
@click.option(
    "--html", "html_file", metavar="FILE", callback=not_empty,
    help=_("Write a page of HTML to FILE."),
)  # fmt: skip
@layout_option
@pager_option
def command(
    results: Path,
    rules: str | None,
    folder: str | None,
    html_file: str | None,
    layout: str,
    no_pager: bool,
) -> int:
    """Read, count, show."""
    from tracer.gradebook.glance import answer_of
    from tracer.gradebook.reading import read_store
    from tracer.gradebook.settling import settled
    from tracer.view.export.glance_html import page
    from tracer.view.parts.glance import glance_at
    from tracer.view.terminal.console import abilities
    from tracer.view.terminal.glance import glance as screen

    with read_store(results) as store:
        exercises = exercises_of(store, folder)
        found = settled(store, exercises, rules_in(rules, exercises))
        counted = [r.counted for row in found.rows for r in row.results if r.counted is not None]
        answers = [
            answer_of(store.standing_record(one.number))
            for one in counted
            if one.points is not None
        ]
    if not answers:
        raise InputError(_("no submission in {folder} is graded").format(folder=results))
    part = glance_at(answers, found.students)
    if html_file is not None:
        with written(html_file) as stream:
            stream.write(page(part, results.resolve().name))
    able = abilities(plain=layout == "plain")
    write_screen(screen(part, able), able, no_pager=no_pager)
    return PASSED
