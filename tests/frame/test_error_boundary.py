"""Every way a command can end becomes an exit code and, at most, one sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tracer.cli import Verbs, command_line
from tracer.errors import FileError, InputError


def ending_with(end: Callable[[], object], **variables: str) -> Result:
    """Run a verb that ends the way `end` does."""
    group = Verbs("tracer")
    verb = click.Command("verb", callback=end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group, "get_command", lambda _context, _name: verb)
        return CliRunner().invoke(group, ["verb"], prog_name="tracer", env=variables)


def raising(error: BaseException) -> Callable[[], None]:
    """Make a function that raises `error`."""

    def function() -> None:
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("h_0 has shape (3,)"), 2, "error: h_0 has shape (3,)\n"),
        (FileError("x.safetensors is cut off"), 2, "error: x.safetensors is cut off\n"),
        (FileNotFoundError(2, "No such file", "a.txt"), 2, "error: a.txt: No such file\n"),
        (OSError(28, "No space left on device"), 2, "error: No space left on device\n"),
        (click.BadParameter("7 is too many"), 2, "error: Invalid value: 7 is too many\n"),
        (click.ClickException("no"), 2, "error: no\n"),
        (click.ClickException("Choose from:\n\ta,\n\tb"), 2, "error: Choose from: a, b\n"),
        (FileError("x is a \x1b]0;pwn\x07\x1b[31m"), 2, r"error: x is a \x1b]0;pwn\x07\x1b[31m"),
        (InputError("'\u202ebad\nerror: no'"), 2, r"error: '\u202ebad\nerror: no'"),
        (FileNotFoundError(2, "No such file", "\x9b2J"), 2, r"error: \x9b2J: No such file"),
        (
            ValueError("\x1b[2J"),
            70,
            r"error: This is a bug in tracer (ValueError: \x1b",
        ),
        # A file that was cut off, for which click has no word and 130.
        (EOFError("Ran out of input"), 70, "error: This is a bug in tracer (EOFError: Ran out"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (SystemExit(1), 1, ""),
        (click.exceptions.Exit(1), 1, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_errors(error: BaseException, code: int, said: str) -> None:
    """An error on purpose is one line on stderr; nothing goes to stdout, and no traceback."""
    result = ending_with(raising(error))

    assert result.exit_code == code
    assert result.stderr.startswith(said)
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_error_on_an_old_terminal() -> None:
    """What a terminal cannot write is written out, and signs keep their meaning."""
    ended = subprocess.run(
        [sys.executable, "-m", "tracer", "show", "a", "--model", "水≥1"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
        capture_output=True, encoding="ascii", check=False,
    )  # fmt: skip

    assert r"'\u6c34>=1'" in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("check --time-limit nan", "'--time-limit': nan is not a finite number."),
        ("check --time-limit inf", "'--time-limit': inf is not in the range"),
        ("diff a b --rtol nan", "'--rtol': nan is not a finite number."),
        ("diff a b --atol inf", "'--atol': inf is not a finite number."),
        ("gradients bad --forget-bias nan", "'--forget-bias': nan is not a finite number."),
        ("check ", "there is no exercise ''."),
        ("show bad --steps " + "9" * 5000, "--steps " + "9" * 40 + ": expected one step like 4"),
        ("show bad --steps 1:" + "9" * 5000, ": expected one step like 4, or a range like 2:5"),
    ],
)
def test_numbers_that_are_none(words: str, said: str) -> None:
    """Not-a-number, infinity and digits without end are mistakes of the caller, not of tracer."""
    result = CliRunner().invoke(command_line, words.split(" "), prog_name="tracer")

    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ("show you >&-", 0),
        ("show you 2>&-", 0),
        ("show you <&- >&- 2>&-", 0),
        ("show - <&-", 2),  # no sentence was given
        ("doctr >&- 2>&-", 2),
    ],
)
def test_streams_that_are_closed(order: str, code: int) -> None:
    """`tracer show you >&-` does its work, and says it to nobody."""
    line = f'"{sys.executable}" -m tracer {order}'

    ended = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)

    assert ended.returncode == code
    assert "is a bug in tracer" not in ended.stderr


def test_interrupt() -> None:
    """Ctrl-C ends with 130, as shells expect, and without a word."""
    result = ending_with(raising(KeyboardInterrupt()))

    assert (result.exit_code, result.output.strip()) == (130, "")


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_polite_kill(number: signal.Signals, tmp_path: Path) -> None:
    """`kill`, or a window that is closed, leaves neither a folder nor a child behind."""
    answer, folders = tmp_path / "rnn_step.py", tmp_path / "folders"
    folders.mkdir()
    answer.write_text("import time\n\ntime.sleep(600)\n", encoding="utf-8")
    order = ["check", str(answer), "--exercise", "10_rnn_step", "--time-limit", "600"]

    with subprocess.Popen(
        [sys.executable, "-m", "tracer", *order], env={**os.environ, "TMPDIR": str(folders)},
    ) as started:  # fmt: skip
        while not list(folders.glob("*/*.py")) and started.poll() is None:
            time.sleep(0.05)
        begun = list(folders.iterdir())
        started.send_signal(number)
        code = started.wait()

    assert begun
    assert (code, list(folders.iterdir())) == (128 + number, [])


STOPPED_TWICE = """
import os, signal
from tracer.cli._stopping import in_order

signal.signal(signal.SIGHUP, signal.{hangup})
with in_order(), in_order():
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        print("goes on")
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        print("cleaned up")
"""


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("hangup", "code", "said"),
    [
        ("SIG_DFL", 128 + signal.SIGHUP, "cleaned up\n"),
        ("SIG_IGN", 128 + signal.SIGTERM, "goes on\ncleaned up\n"),  # under nohup
    ],
)
def test_second_kill(hangup: str, code: int, said: str) -> None:
    """What `nohup` ignores stays ignored, and a second signal does not stop the cleaning up."""
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED_TWICE.format(hangup=hangup)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (code, said)


def test_success() -> None:
    """A verb that just returns has passed."""
    assert ending_with(lambda: None).exit_code == 0


@pytest.mark.parametrize("verb", ["list", "check", "hint"])
def test_a_folder_that_is_gone(verb: str, tmp_path: Path) -> None:
    """Somebody deleted the folder that the terminal is in."""
    order = f'rmdir "$PWD" && exec "{sys.executable}" -m tracer {verb}'

    ended = subprocess.run(["sh", "-c", order], cwd=tmp_path, capture_output=True, check=False)

    assert ended.returncode == 2
    assert b"the folder that you are in is not there any more" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_mistake_of_ours() -> None:
    """Any other exception is a bug, and is said to be ours, with the way to see more."""
    result = ending_with(raising(ZeroDivisionError("division\nby zero")))

    assert result.exit_code == 70
    assert result.stderr == (
        "error: This is a bug in tracer (ZeroDivisionError: division by zero). "
        "To see where, run the same command again with TRACER_DEBUG=1 in front of it.\n"
    )


def test_mistake_of_ours_looked_at() -> None:
    """With TRACER_DEBUG=1 the exception comes out as it is."""
    result = ending_with(raising(ZeroDivisionError("oh")), TRACER_DEBUG="1")

    assert isinstance(result.exception, ZeroDivisionError)


def test_reader_that_goes_away() -> None:
    """`tracer --help | head -0` ends quietly, also when the text was still in a buffer."""
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [sys.executable, "-m", "tracer", "--version"],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, "")


def test_output_that_cannot_be_written() -> None:
    """A full disk, or here an output that is open for reading only, is said in one line."""
    with Path(os.devnull).open() as unwritable:
        ended = subprocess.run(
            [sys.executable, "-m", "tracer", "doctor"],
            stdout=unwritable, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (2, "error: Bad file descriptor\n")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_of_errors(variables: dict[str, str], coloured: bool) -> None:
    """Into a pipe an error has colour only where it is asked for; NO_COLOR wins."""
    ended = subprocess.run(
        [sys.executable, "-m", "tracer", "doctr"],
        env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ("\x1b[" in ended.stderr) == coloured
