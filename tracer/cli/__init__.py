"""The command line: one file a verb, found by its name, and the one place where errors end.

A verb is a module of this package with a `click.Command` named ``command``; adding a file adds the
verb. Heavy imports (numpy, numba, rich) stand inside its functions, so that ``tracer --help`` is
quick. Its help ends with ``Example:`` and a command line that really works.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from io import TextIOWrapper
from pkgutil import iter_modules
from typing import Any, NoReturn, TextIO

import click

import tracer
from tracer.cli._stopping import in_order
from tracer.errors import TracerError, TracerWarning, UnknownNameError
from tracer.language import _

# Exit codes, the same for every verb. A shell says 128 + signal for what a signal ended.
PASSED, NOT_PASSED, WRONG_INPUT, BUG, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 70, 130, 141

SMALL = ("check", "hint", "watch", "grade", "regrade", "replay", "show")
"""Verbs that compute with small arrays, if any."""

# The order in which a newcomer meets the verbs; those that are not listed come last.
SECTIONS = (
    (_("Look inside a network"), ("demo", "show", "gradients", "diff")),
    (_("Train a network of your own"), ("train",)),
    (
        _("Write it yourself"),
        ("init", "watch", "read", "check", "hint", "list", "progress", "reset"),
    ),
    (_("Grade a class"), ("grade", "regrade", "replay", "feedback", "class", "export")),
    (_("Installation and exercise authoring"), ("doctor", "warmup", "dev")),
)


class Verbs(click.Group):
    """The group of all verbs, with the error boundary around it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Every module of this package, in the order of `SECTIONS`, others by the alphabet."""
        found = {module.name for module in iter_modules(__path__) if module.name[0] != "_"}
        known = [verb for _title, verbs in SECTIONS for verb in verbs]
        return [verb for verb in known if verb in found] + sorted(found.difference(known))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module, only now."""
        if cmd_name not in self.list_commands(ctx):
            if ctx.resilient_parsing:  # a shell asks how to complete what is typed so far
                return None
            raise UnknownNameError("command", cmd_name, self.list_commands(ctx))
        command = import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs under their section's title."""
        for title, verbs in self._sections(ctx):
            commands = [(verb, self.get_command(ctx, verb)) for verb in verbs]
            with formatter.section(click.style(title, bold=True)):
                formatter.write_dl(
                    [
                        (verb, command.get_short_help_str(200))
                        for verb, command in commands
                        if command
                    ]
                )

    def _sections(self, ctx: click.Context) -> Iterator[tuple[str, list[str]]]:
        rest = self.list_commands(ctx)
        for title, verbs in SECTIONS:
            here = [verb for verb in rest if verb in verbs]
            rest = [verb for verb in rest if verb not in verbs]
            if here:
                yield title, here
        if rest:
            yield _("More"), rest

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        """Read the command line; ``--help`` and ``--version`` write their answer here."""
        with _past_click():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        with _past_click():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result

    def _typed(self) -> str:
        """The command that was typed, for an error that click raises without saying of which."""
        verb = next(iter(sys.argv[1:]), "")
        return f"tracer {verb}" if verb in self.list_commands(click.Context(self)) else "tracer"

    def main(self, *args: Any, **settings: Any) -> NoReturn:
        """Run the command line; every way it can end becomes an exit code here, and only here."""
        settings["standalone_mode"] = False
        try:
            status = super().main(*args, **settings)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True, color=_colour_choice())
            sys.exit(WRONG_INPUT)
        except click.UsageError as error:
            _say_error(_in_one_line(error.format_message()))
            path = error.ctx.command_path if error.ctx else self._typed()
            click.echo(_("See: {command}").format(command=f"{path} --help"), err=True)
            sys.exit(WRONG_INPUT)
        except click.ClickException as error:
            _say_error(_in_one_line(error.format_message()))
            sys.exit(WRONG_INPUT)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        except _PipeClosedError:
            _settle(sys.stdout)
            sys.exit(PIPE_CLOSED)
        except TracerError as error:
            _say_error(str(error), getattr(error, "__notes__", ()))
            sys.exit(WRONG_INPUT)
        except MemoryError:
            _say_error(
                _(
                    "this machine has not enough memory for that; take shorter or fewer sentences, "
                    "or a smaller network"
                )
            )
            sys.exit(WRONG_INPUT)
        except OSError as error:
            _settle(sys.stdout)
            reason = error.strerror or str(error)
            if not error.filename and _folder_is_gone():
                reason = _("the folder that you are in is not there any more; go to another: cd ~")
            _say_error(f"{error.filename}: {reason}" if error.filename else reason)
            sys.exit(WRONG_INPUT)
        except Exception as error:
            if os.environ.get("TRACER_DEBUG"):
                raise
            what = error.__cause__ if isinstance(error, _EndedTooEarlyError) else error
            _say_bug(what or error)
            sys.exit(BUG)
        sys.exit(status if type(status) is int else PASSED)


def _folder_is_gone() -> bool:
    """Whether the current folder was deleted."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not loaded yet
    except FileNotFoundError:
        return True
    return False


class _PipeClosedError(Exception):
    """Who reads our output has read enough (``| head``)."""


class _EndedTooEarlyError(Exception):
    """A file that was cut off, read by somebody who did not expect that."""


@contextmanager
def _past_click() -> Iterator[None]:
    """Get two errors past click, which has endings of its own for them.

    For a closed pipe it is 1, our code for "checked, not passed"; an `EOFError` it takes for a
    person's Ctrl-D, and ends without a word.
    """
    try:
        yield
    except BrokenPipeError as error:
        raise _PipeClosedError from error
    except EOFError as error:
        raise _EndedTooEarlyError from error


def warn(message: str) -> None:
    """Say what went wrong beside what was asked for: one line, like an error's, and after it."""
    sys.stdout.flush()
    _say(_("warning:"), "yellow", message)


def _say_error(message: str, typed: Iterable[str] = ()) -> None:
    _say(_("error:"), "red", message, typed)


def _say_bug(error: BaseException) -> None:
    what = f"{type(error).__name__}: {error}"
    _say_error(
        _(
            "This is a bug in tracer ({what}). To see where, run the same command again "
            "with TRACER_DEBUG=1 in front of it."
        ).format(what=_in_one_line(what))
    )


def _show_warning(
    message: Warning | str, category: type[Warning], *place: Any, **options: Any
) -> None:
    """Say what tracer warns of in a line; a warning of others looks as Python shows it."""
    if issubclass(category, TracerWarning):
        warn(str(message))
    else:
        _shown_by_python(message, category, *place, **options)


_shown_by_python = warnings.showwarning


def _say(label: str, colour: str, message: str, typed: Iterable[str] = ()) -> None:
    """Write one line to standard error, with whatever a terminal would obey written out.

    A message may quote a file of anybody's, its name, or a word that somebody typed. A terminal
    gets it in several lines, broken between words. The commands that are to be `typed` stand on
    lines of their own, which are never broken, so that they can be copied.
    """
    from tracer.view.say.words import clean, in_ascii

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    unicode = encoding.lower().startswith("utf") and os.environ.get("TERM") != "dumb"
    said = f"{label} {clean(message if unicode else in_ascii(message), encoding)}"
    first, *more = _broken_at_words(said) if sys.stderr.isatty() else [said]
    more += [f"  {clean(line, encoding)}" for line in typed]
    coloured = click.style(label, fg=colour, bold=True) + first.removeprefix(label)
    click.echo("\n".join([coloured, *more]), err=True, color=_colour_choice())


def _broken_at_words(text: str) -> list[str]:
    """`text` in lines that the terminal of standard error holds; a long name is not cut."""
    from textwrap import wrap

    from tracer.view.terminal.console import abilities

    wide = abilities(sys.stderr).width
    return wrap(text, wide, break_long_words=False, break_on_hyphens=False) or [text]


def _in_one_line(message: str) -> str:
    """`message` of click, or of a bug, without the line breaks it was laid out with."""
    return " ".join(message.split())


def _settle(stream: TextIO) -> None:
    """Write what is buffered, or drop it where that fails: Python would complain at its end."""
    try:
        stream.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _colour_choice() -> bool | None:
    """What the environment asks for; None leaves it to whether this is a terminal."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _open_closed_streams() -> None:
    """Let a stream that the shell closed (``>&-``) be empty, or swallow what is written to it.

    In the order of their numbers, so that each gets its own number back.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_(
        """See every number of every step of an RNN or LSTM, and learn it by writing it yourself.

        \b
        Example:
          tracer show "you are a really bad man"
        """
    ),
    epilog=_("Help on a command: tracer show --help"),
)
@click.version_option(tracer.__version__, prog_name="tracer", message="%(prog)s %(version)s")
@click.pass_context
def command_line(context: click.Context) -> None:
    """Settle the colours for every verb."""
    context.color = _colour_choice()


def main() -> None:
    """Start ``tracer``."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not an error.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    warnings.showwarning = _show_warning
    if (
        sys.argv[1:2]
        in (["check"], ["hint"], ["watch"], ["grade"], ["regrade"], ["replay"], ["show"])
        and "numpy" not in sys.modules
    ):
        # It starts threads when it is loaded, and all is small there: our kernels have their own.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with in_order():
        command_line(prog_name="tracer")
