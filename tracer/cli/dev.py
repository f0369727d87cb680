"""``tracer dev``: for authors of exercises."""

from __future__ import annotations

import click

from tracer.cli import NOT_PASSED, PASSED
from tracer.cli._exercises import exercises_option
from tracer.cli._options import not_empty
from tracer.cli._processors import processors
from tracer.language import _, quoted_file


@click.group(
    name="dev",
    help=_(
        """For authors of exercises: begin one, check that everything fits together.

        \b
        Example:
          tracer dev check
        """
    ),
)
def command() -> None:
    """Nothing of its own."""


@command.command(
    help=_(
        """Make a folder to start an exercise of your own from, complete and right.

        NAME is a number of two digits and the name of the student's file. In DIR, exercises/NAME
        gets exercise.toml, the stub, README and hints, and solutions/NAME the solution and three
        known mistakes, all made of the equations. Then change what you like, and run tracer dev
        check.

        \b
        Examples:
          tracer dev new 60_my_step --dir our-course
          tracer dev check --exercises our-course/exercises
        """
    )
)
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    default=".",
    show_default=True,
    callback=not_empty,
    help=_("Where exercises and solutions are made, or added to."),
)
@click.option(
    "--equations",
    default="rnn",
    show_default=True,
    help=_("Whose equations: a kind of cell, clip, sgd or adam."),
)
@click.option(
    "--reference",
    is_flag=True,
    help=_("Let a reference.py in the folder say what is right; put your own functions into it."),
)
def new(name: str, folder: str, equations: str, reference: bool) -> None:
    """Write it, and say what was written."""
    from pathlib import Path

    from tracer.course.starting import start

    for path in start(name, equations, Path(folder), reference=reference):
        click.echo(path)
    where = quoted_file(Path(folder, "exercises"))
    click.echo(
        _("Check it with: {command}").format(command=f"tracer dev check --exercises {where}")
    )


@command.command(
    help=_(
        """Check the exercises: stubs, solutions, known mistakes, README, hints, stray files.

        Every stub must be not started, every solution must pass, and every known mistake must fail
        exactly the checks that its first line names. What README.md works out in lines that begin
        with >>> must be what the solution gives. The exit code is 1 if there is a problem.

        \b
        Example:
          tracer dev check
          tracer dev check --exercises our-course/exercises
          tracer dev check --report --sample 10
        """
    )
)
@exercises_option
@click.option(
    "--report",
    is_flag=True,
    help=_(
        "Also write answers to each exercise, right ones in many styles and wrong ones with "
        "well-known mistakes, and count what the grader makes of them."
    ),
)
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1),
    help=_("With --report: N right answers and N mistakes of each exercise; all take long."),
)
def check(folder: str | None, report: bool, sample: int | None) -> int:
    """Run everything, and say what to do next for each finding."""
    from pathlib import Path

    from tracer.cli._waiting import announced
    from tracer.course.authoring import findings
    from tracer.errors import InputError
    from tracer.exercises.discovery import discover, home
    from tracer.view.terminal.console import abilities, write
    from tracer.view.terminal.exercises import author_findings

    if sample is not None and not report:
        raise InputError(_("--sample goes with --report"))
    root = home() if folder is None else Path(folder)
    exercises = discover(root)
    solutions = root.resolve().parent / "solutions"
    if not solutions.is_dir():
        if folder is None:
            raise InputError(
                _(
                    "there are no solutions beside {folder}; only a clone of the repository has "
                    "them"
                ).format(folder=root)
            )
        raise InputError(
            _("there are no solutions beside {folder}; expected the folder {solutions}").format(
                folder=root, solutions=solutions
            )
        )
    unfit = list(findings(exercises, solutions))
    able = abilities()
    if report:
        from tracer.course.reporting import PAIRS, RIGHT, rows
        from tracer.view.terminal.corpus import report_heading, report_row, report_total

        write(report_heading(able), able)
        measured = []
        waiting = _("Writing answers and grading them")
        with announced(waiting) as tell:
            for row in rows(
                exercises.good, solutions, unfit, right=min(sample or RIGHT, RIGHT),
                pairs=min(sample or PAIRS, PAIRS), mistakes=sample,
                jobs=1 if sample is not None else processors(),
                said=lambda name, done, parts: tell(
                    _("{name}: {done} of {all} parts").format(name=name, done=done, all=parts)
                ),
            ):  # fmt: skip
                measured.append(row)
                tell(waiting)
                write([report_row(row, able)], able)
        write(report_total(measured, able), able)
    write(author_findings(unfit, len(exercises.good), able), able)
    return NOT_PASSED if unfit else PASSED
