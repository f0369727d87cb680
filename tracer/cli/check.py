"""``tracer check``: runs an answer, and shows the first place where its numbers part."""

from __future__ import annotations

import json
import threading
from contextlib import closing, suppress
from importlib import import_module
from typing import TYPE_CHECKING

import click

from tracer.cli import BUG, NOT_PASSED, PASSED, warn
from tracer.cli._exercises import exercises_option, same_exercises, usable
from tracer.cli._options import time_limit_option
from tracer.cli._output import (
    check_output,
    for_file,
    output_option,
    pager_option,
    write_screen,
    written,
)
from tracer.cli._waiting import announced
from tracer.errors import InputError
from tracer.language import _, quoted, quoted_file
from tracer.sandbox.walls import WALLS
from tracer.sandbox.walls import wall as raised

if TYPE_CHECKING:
    from pathlib import Path

    from tracer.course.choosing import Choice
    from tracer.exercises.exercise import Exercise
    from tracer.grading.report import Report
    from tracer.sandbox.process import Wall
    from tracer.view.parts.said import Said


@click.command(
    help=_(
        """Check an answer: by default the next exercise that you have not passed.

        EXERCISE is a name, a number, or the start of either; FILE is an answer anywhere. The exit
        code is 0 if every check passes, 1 if not, 2 if there was nothing to check (an unknown
        name, a missing file), and 70 if tracer has a bug.

        With --all, every exercise is checked, and a table shows the first thing that is wrong with
        each.

        \b
        Examples:
          tracer check
          tracer check 22
          tracer check --all
          tracer check 22_lstm_step/lstm_step.py
        """
    )
)
@click.argument("what", required=False, metavar="[EXERCISE|FILE]")
@click.option(
    "--exercise", "named", help=_("The exercise that FILE answers, if its name does not say.")
)
@click.option("--all", "every", is_flag=True, help=_("Check every exercise, and show a table."))
@click.option(
    "--seed", type=click.IntRange(min=0), help=_("Repeat an earlier check with the same numbers.")
)
@time_limit_option(
    _("Seconds of processor time for loading your file, and for each call to your function.")
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["rich", "plain", "json"]),
    default="rich",
    show_default=True,
    help=_("For people: rich, plain. For programs: json."),
)
@click.option(
    "--wall",
    "wall_name",
    type=click.Choice(list(WALLS)),
    default="plain",
    show_default=True,
    help=_("What your code runs behind; tracer doctor says which can stand on this machine."),
)
@click.option(
    "--problems",
    is_flag=True,
    help=_("After the report, print FILE:LINE:COLUMN: error: MESSAGE lines, for an editor."),
)
@exercises_option
@output_option
@pager_option
def command(
    what: str | None,
    named: str | None,
    every: bool,
    seed: int | None,
    time_limit: float,
    layout: str,
    wall_name: str,
    folder: str | None,
    output: str | None,
    *,
    problems: bool,
    no_pager: bool,
) -> int:
    """Choose, run, show, remember."""
    if problems and layout == "json":
        raise InputError(_("--problems: --format json has the line of each problem itself"))
    if every and problems:
        raise InputError(_("--problems: --all has no report on a single exercise; leave it out"))
    check_output(output, layout, no_pager=no_pager)
    if every:
        return _all(what or named, seed, time_limit, layout, wall_name, folder, output, no_pager)
    with closing(raised(wall_name)) as wall:
        wall.prepare()  # Python starts for the answer while all that is below is loaded
        return _checked(
            wall, what, named, seed, time_limit, layout, folder, output, problems, no_pager
        )


def _all(
    said: str | None, seed: int | None, time_limit: float, layout: str, wall_name: str,
    folder: str | None, output: str | None, no_pager: bool,
) -> int:  # fmt: skip
    from functools import partial

    from tracer.cli._all import check_all
    from tracer.sandbox.process import Limits
    from tracer.sandbox.ready import Ready

    if said is not None:
        raise InputError(_("--all checks every exercise; leave out {said}").format(said=said))
    wall = Ready if wall_name == "plain" else partial(raised, wall_name)
    return check_all(wall, seed, Limits(seconds=time_limit), layout, folder, output, no_pager)


def _checked(
    wall: Wall, what: str | None, named: str | None, seed: int | None, time_limit: float,
    layout: str, folder: str | None, output: str | None, problems: bool, no_pager: bool,
) -> int:  # fmt: skip
    from tracer.course.earlier import read_answer
    from tracer.grading.report import Verdict
    from tracer.grading.session import grade
    from tracer.sandbox.process import Limits

    choice, left_out = _meant(what, named, folder)
    if choice is None:
        from tracer.view.say.verdict import all_passed

        said = all_passed(left_out)
        if layout == "json":
            from tracer.view.export.report_json import nothing_to_check

            said = json.dumps(nothing_to_check(left_out))
        with written(output) as stream:
            stream.write(said + "\n")
        return PASSED
    submission = read_answer(choice.exercise, choice.path)
    running = _("Running {function} … each call may take {seconds:g} s").format(
        function=", ".join(f.name for f in choice.exercise.functions), seconds=time_limit
    )
    # While the answer computes, what draws the report is loaded.
    threading.Thread(target=_load_screen, args=(layout,), daemon=True).start()
    with announced(running) as say:
        report = grade(
            choice.exercise, submission, seed=seed, limits=Limits(seconds=time_limit), wall=wall,
            searching=lambda: say(_("Looking for the mistake that gives your numbers …")),
            read=True,
        )  # fmt: skip
    forgotten = _remembered(report, choice)
    advice = _advice(report, choice, folder)
    if layout == "json":
        from tracer.view.export.report_json import as_record

        with written(output) as stream:
            stream.write(json.dumps(as_record(report, advice), allow_nan=False) + "\n")
    else:
        from tracer.view.terminal.console import abilities
        from tracer.view.terminal.report import screen

        able = abilities(plain=layout == "plain")
        able = for_file(able) if output is not None else able
        # Whoever reads the lines of --problems presses no key.
        write_screen(screen(report, able, advice), able, output, no_pager=no_pager or problems)
        if problems:
            _write_problems(report, choice.path)
    if forgotten:
        warn(forgotten)
    if report.verdict is Verdict.GRADER_FAULT:
        return BUG
    return PASSED if report.verdict is Verdict.PASSED else NOT_PASSED


def _write_problems(report: Report, path: Path) -> None:
    """Lines that no screen breaks in two, with a path that is good from everywhere."""
    from tracer.view.export.problems import problems

    for line in problems(report, str(path.resolve())):
        click.echo(line)


def _load_screen(layout: str) -> None:
    import_module(f"tracer.view.{'export.report_json' if layout == 'json' else 'terminal.report'}")


def _meant(
    what: str | None, named: str | None, folder: str | None
) -> tuple[Choice[Exercise] | None, tuple[str, ...]]:
    """What is to be checked, None if all is passed; and the exercises that cannot be used.

    Mostly the names of the folders say which one is meant, and it is the only one that is read.
    """
    from pathlib import Path

    from tracer.course.choosing import Choice, choose
    from tracer.course.source import exercises_for
    from tracer.errors import TracerError
    from tracer.exercises.discovery import folders
    from tracer.exercises.reading import read

    here = Path.cwd()
    with suppress(TracerError):  # whatever it is, it is said with all exercises at hand
        choice = choose(what, folders(exercises_for(folder, what, here)), here, named)
        if choice is not None:
            return Choice(read(choice.exercise.folder), choice.path, choice.book), ()
    found = usable(folder, what)
    return choose(what, found.good, here, named), found.left_out


def _remembered(report: Report, choice: Choice[Exercise]) -> str:
    """Keep the result in the workbook; what to say where that went wrong, and nothing if not."""
    from tracer.errors import FileError
    from tracer.grading.report import Verdict

    if choice.book is None or report.verdict is Verdict.GRADER_FAULT:
        return ""
    try:
        choice.book.remember(report)
    except FileError as error:
        return _("this result could not be remembered: {why}").format(why=error)
    if choice.book.lost:
        return _("earlier results are forgotten: {why}").format(why=choice.book.lost)
    return ""


def _advice(report: Report, choice: Choice[Exercise], folder: str | None) -> list[Said]:
    """What to do next."""
    from tracer.cli._earlier import restoring
    from tracer.grading.earlier import at_fault
    from tracer.grading.report import Kind, Verdict
    from tracer.view.parts.said import Said

    if report.verdict is Verdict.PASSED:
        return _what_follows(choice, folder)
    failing = report.first_failing
    assert failing is not None
    trouble = failing.trouble
    kind = trouble.kind if trouble else None
    advice = _notebook_beside(choice, folder)
    if gone := restoring(report, choice.book):
        return [*advice, *gone]
    before = at_fault(report)
    if before is not None and choice.book is not None:
        command = f"tracer check {before.number}{same_exercises(folder)}"
        said = _("To check the earlier answer by itself: {command}").format(command=command)
        return [*advice, Said(said, typed=command)]
    if trouble is not None and not trouble.facts.get("loaded", True):
        return advice
    if trouble is not None and kind is Kind.TIME and trouble.facts["how"] in ("time", "spent"):
        said = _("If it only needs more time, add: --time-limit {seconds:g}")
        advice.append(Said(said.format(seconds=max(30, 4 * trouble.facts["limit"]))))
    if report.hinted:
        command = _hint(report, choice, folder)
        advice.append(Said(_("For a hint: {command}").format(command=command), typed=command))
    if kind in (None, Kind.RAISED) and report.verdict is not Verdict.NOT_STARTED:
        said = _("To repeat with the same numbers, add: --seed {seed}")
        advice.append(Said(said.format(seed=report.seed)))
    return advice


def _notebook_beside(choice: Choice[Exercise], folder: str | None) -> list[Said]:
    """That a notebook lies beside the file that was checked, which may be the answer meant."""
    from tracer.view.parts.said import Said

    notebook = choice.path.with_suffix(".ipynb")
    if choice.path.suffix != ".py" or not notebook.is_file():
        return []
    command = f"tracer check {quoted_file(notebook)}{same_exercises(folder)}"
    said = _("{file} was checked; {notebook} lies beside it. To check that: {command}")
    whole = said.format(file=choice.path.name, notebook=notebook.name, command=command)
    return [Said(whole, typed=command)]


def _what_follows(choice: Choice[Exercise], folder: str | None) -> list[Said]:
    """The next exercise after this one, and those that were skipped."""
    from tracer.errors import TracerError
    from tracer.exercises.discovery import folders
    from tracer.exercises.reading import read
    from tracer.view.parts.said import Said
    from tracer.view.say.verdict import all_passed

    if choice.book is None:
        return []
    skipped, after, left_out = [], [], []
    for one in folders(choice.exercise.folder.parent):
        if one.name == choice.exercise.name or choice.book.passed(one):
            continue
        try:
            read(one.folder)
        except TracerError:
            left_out.append(one.name)
            continue
        if one.name > choice.exercise.name:
            after.append(one)
            break
        skipped.append(one)
    if not skipped and not after:
        return [Said(all_passed(left_out))]
    names = ", ".join(e.name for e in skipped)
    following = (after or skipped)[0]
    command = f"tracer check {following.number}{same_exercises(folder)}"
    if not after:
        said = _("Not passed yet: {names}. Continue with: {command}")
        return [Said(said.format(names=names, command=command), typed=command)]
    said = _("Next: {name}. Read its README.md, then run: {command}")
    advice = [Said(said.format(name=following.name, command=command), typed=command)]
    if skipped:
        advice.append(Said(_("Before it, not passed: {names}").format(names=names)))
    return advice


def _hint(report: Report, choice: Choice[Exercise], folder: str | None) -> str:
    """The command that gives a hint for the first check that is not passed."""
    from pathlib import Path

    from tracer.course.workbook import Workbook

    # `tracer hint` remembers this check if it looks into the workbook that remembers it.
    here = Workbook.find(Path.cwd())
    own = choice.book is not None and here is not None and here.root == choice.book.root
    what = report.exercise.number
    if choice.book is not None and not own:
        what = str(choice.path)
    command = f"tracer hint {quoted_file(what)}{same_exercises(folder)}"
    failing = report.first_failing
    if choice.book is None and failing is not None:
        command += f" --check {quoted(failing.check.name)}"
    return command
