"""Every verb is in the help, in a newcomer's order, and shows one command line that works."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import tracer
from tracer.cli import BUG, NOT_PASSED, PASSED, SECTIONS, WRONG_INPUT, Verbs, command_line


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Path of `command` and of every command inside it: ("dev",), ("dev", "check"), ..."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from walk(inner, (*path, name))


PATHS = list(walk(command_line, ()))


def help_of(*path: str) -> str:
    """The help screen of a command."""
    result = CliRunner().invoke(command_line, [*path, "--help"], prog_name="tracer")
    assert result.exit_code == 0, result.output
    return result.output


def test_verbs_stand_in_sections() -> None:
    """The help of `tracer` groups its verbs; each is listed once, with one line about it."""
    screen = help_of()
    context = click.Context(command_line)
    verbs = command_line.list_commands(context)

    listed = re.findall(r"^  ([a-z]+)  +\S", screen, flags=re.MULTILINE)

    assert listed == verbs
    assert "..." not in screen.partition("[ARGS]...")[2]


def test_unlisted_verb_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verb that is in no section needs no other change: it comes last, under its own title."""
    monkeypatch.setattr("tracer.cli.SECTIONS", SECTIONS[:1])

    verbs = command_line.list_commands(click.Context(command_line))

    assert verbs[-1] == "doctor" or verbs[-2:] == sorted(verbs[-2:])
    assert "More:" in help_of()


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_has_a_real_example(path: tuple[str, ...]) -> None:
    """The help of each command shows an example, and its options and arguments are understood.

    The first is of the command itself; others may show what to do with what it made.
    """
    screen = help_of(*path)
    said = re.search(r"^ *Examples?:\n((?: +tracer .*\n)+)", screen, flags=re.MULTILINE)
    assert said, f"tracer {' '.join(path)} --help shows no example"

    examples = [shlex.split(line.split("|")[0], comments=True)[1:] for line in said[1].splitlines()]
    assert tuple(examples[0][: len(path)]) == path
    for words in examples:
        parse(command_line, words)


def parse(command: click.Command, words: list[str]) -> None:
    """Let click read the words of a command line without running it."""
    while isinstance(command, click.Group):
        inner = command.get_command(click.Context(command), words.pop(0))
        assert inner is not None
        command = inner
    command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_option_explains_itself(path: tuple[str, ...]) -> None:
    """No option is left without a word about it."""
    command: click.Command = command_line
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name) or command
    params = command.get_params(click.Context(command))
    options = [p for p in params if isinstance(p, click.Option) and not p.hidden]

    assert [option.name for option in options if not option.help] == []
    assert "None" not in help_of(*path)


def test_help_of_check() -> None:
    """What may be written stands in the usage and is explained; every exit code is told."""
    screen = " ".join(help_of("check").split())

    assert "Usage: tracer check [OPTIONS] [EXERCISE|FILE] Check an answer" in screen
    assert "EXERCISE is a name" in screen
    assert "FILE is an answer" in screen
    assert "WHAT" not in screen
    for code in (PASSED, NOT_PASSED, WRONG_INPUT, BUG):
        assert re.search(rf"\b{code} if ", screen)
    assert "Seconds of processor time for loading your file, and for each call" in screen


def test_verbs_that_belong_together() -> None:
    """No verb stands alone under "More"; `show`, `gradients` and `diff` look inside a network."""
    screen = help_of()

    assert "More:" not in screen
    inside = screen.partition("Look inside a network:")[2].partition("Train a network")[0]
    assert re.findall(r"^  ([a-z]+)  ", inside, flags=re.MULTILINE) == [
        "demo", "show", "gradients", "diff",
    ]  # fmt: skip


def test_version() -> None:
    """`tracer --version` says one line."""
    result = CliRunner().invoke(command_line, ["--version"], prog_name="tracer")

    assert re.fullmatch(r"tracer \d+\.\d+\.\d+\n", result.output)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    """The line that the README gives for a shell's start file prints a completion script."""
    variables = {"_TRACER_COMPLETE": f"{shell}_source"}

    result = CliRunner().invoke(command_line, prog_name="tracer", env=variables)

    assert result.exit_code == 0
    assert "_TRACER_COMPLETE" in result.output


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("do", ["doctor"]), ("doctor --format ", ["rich", "plain", "json"]), ("shw -", [])],
)
def test_what_is_completed(typed: str, offered: list[str]) -> None:
    """The tab key offers verbs, options and choices, and nothing after a verb that is not there."""
    words = f"tracer {typed}"
    variables = {
        "_TRACER_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }

    result = CliRunner().invoke(command_line, prog_name="tracer", env=variables)

    assert result.stderr == ""
    assert [line.split(",")[1] for line in result.stdout.splitlines()] == offered or not offered


def test_no_verb() -> None:
    """`tracer` alone shows the help, and is no success."""
    result = CliRunner().invoke(command_line, [], prog_name="tracer")

    assert result.exit_code == 2
    assert result.stderr == help_of()


def test_unknown_verb() -> None:
    """A verb with a slip of the finger is answered with the one that was meant."""
    result = CliRunner().invoke(command_line, ["doctr"], prog_name="tracer")

    assert result.exit_code == 2
    assert "there is no command 'doctr'; did you mean 'doctor'?" in result.output
    assert isinstance(command_line, Verbs)


def test_docstring_of_the_package() -> None:
    """The example that `help(tracer)` shows gives what it says."""
    assert doctest.testmod(tracer) == (0, 3)
