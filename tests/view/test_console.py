"""What the terminal can do, and what is written to it."""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.text import Text

import tracer
from tracer.cli import command_line
from tracer.trace.trace import Trace
from tracer.view.terminal.console import abilities, ascii_line, folded, rows

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Yes."""
        return True


class Pipe(Screen):
    """A stream that says it is not."""

    def isatty(self) -> bool:
        """No."""
        return False


@pytest.mark.parametrize(
    ("stream", "environ", "colours", "width"),
    [
        (Screen(), {"TERM": "xterm-256color"}, "256", 80),
        (Screen(), {"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor", 80),
        (Screen(), {"TERM": "xterm"}, "standard", 80),
        (Screen(), {"TERM": "xterm", "NO_COLOR": "1"}, None, 80),
        (Screen(), {"TERM": "xterm", "NO_COLOR": ""}, "standard", 80),
        (Screen(), {"TERM": "dumb"}, None, 80),
        (Screen(), {"TERM": "dumb", "FORCE_COLOR": "1"}, None, 80),
        (Screen(), {"TERM": "xterm", "COLUMNS": "140"}, "standard", 140),
        (Screen(), {"TERM": "xterm", "COLUMNS": "20"}, "standard", 40),
        (Screen(), {"TERM": "xterm", "COLUMNS": "999"}, "standard", 200),
        (Screen(), {"TERM": "xterm", "COLUMNS": "wide"}, "standard", 80),
        (Screen(), {"TERM": "xterm", "COLUMNS": "9" * 5000}, "standard", 80),
        (Pipe(), {"TERM": "xterm", "FORCE_COLOR": "9" * 5000}, "256", 80),
        (Pipe(), {"TERM": "xterm-256color", "COLORTERM": "truecolor"}, None, 80),
        (Pipe(), {"TERM": "xterm", "FORCE_COLOR": "1"}, "standard", 80),
        (Pipe(), {"TERM": "xterm", "FORCE_COLOR": "3"}, "truecolor", 80),
        (Pipe(), {"TERM": "xterm", "FORCE_COLOR": "0"}, None, 80),
        (Pipe(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, None, 80),
    ],
)
def test_the_environment_is_heard(
    stream: Screen, environ: dict[str, str], colours: str | None, width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The table of `tracer.view.terminal.console`, line by line."""
    monkeypatch.setattr("tracer.view.terminal.console._size_beside", lambda: None)
    able = abilities(stream, environ)

    assert (colours, width) == (able.colours, able.width)


def test_ascii_where_unicode_cannot_be_written() -> None:
    """A dumb terminal, and a stream with an old encoding."""
    old = Screen()
    old.encoding = "latin-1"

    assert abilities(Screen(), {"TERM": "xterm"}).unicode
    assert not abilities(Screen(), {"TERM": "dumb"}).unicode
    assert not abilities(old, {"TERM": "xterm"}).unicode


def test_the_background_is_heard_or_chosen() -> None:
    """``COLORFGBG`` where a terminal sets it; ``--theme`` wins."""
    assert abilities(Screen(), {"COLORFGBG": "0;15"}).theme == "light"
    assert abilities(Screen(), {"COLORFGBG": "15;0"}).theme == "dark"
    assert abilities(Screen(), {"COLORFGBG": "0;15"}, theme="dark").theme == "dark"


@pytest.fixture
def trace_file(lstm_trace: Trace, tmp_path: Path) -> str:
    """A saved trace."""
    tracer.save(lstm_trace, tmp_path / "a.safetensors")
    return str(tmp_path / "a.safetensors")


def test_a_pipe_without_a_terminal_gets_plain_text_of_80_columns(trace_file: str) -> None:
    """No control codes, and nothing wider than most terminals."""
    shown = _piped(["show", trace_file], {"TERM": "xterm-256color"})

    assert not CONTROL.search(shown)
    assert 70 < max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("errors", ["", "2>/dev/null"])
def test_a_pipe_is_as_wide_as_the_terminal_it_was_typed_at(trace_file: str, errors: str) -> None:
    """``| less -R``, also where the errors go somewhere else; without control codes."""
    line = f"{shlex.quote(sys.executable)} -m tracer show {shlex.quote(trace_file)} {errors} | cat"

    shown = _in_a_terminal(["sh", "-c", line], {}, columns=97)

    assert "\x1b" not in shown
    assert 90 < max(map(len, shown.splitlines())) <= 97


def test_a_line_in_the_rows_of_a_terminal() -> None:
    """Nothing of it is lost, and a sign of two columns is not halved."""
    assert [row.plain for row in rows(Text("you 你好 ok"), 5)] == ["you ", "你好 ", "ok"]
    assert [row.plain for row in rows(Text("you"), 3)] == ["you"]


def test_what_is_longer_than_the_screen_goes_through_a_pager(trace_file: str) -> None:
    """The one that PAGER names, and only on a terminal; --no-pager and a high screen need none."""
    pager = {"PAGER": "sh -c 'echo PAGED; cat'"}
    show = [sys.executable, "-m", "tracer", "show", trace_file]

    assert _in_a_terminal(show, pager, lines=24).startswith("PAGED\n")
    assert _in_a_terminal([*show, "--format", "plain"], pager, lines=24).startswith("PAGED\n")
    for arguments, lines in (([*show, "--no-pager"], 24), (show, 300)):
        shown = _in_a_terminal(arguments, pager, lines=lines)
        assert "PAGED" not in shown
        assert "\x1b[" in shown
    assert "PAGED" not in _piped(["show", trace_file], pager)


def test_a_report_goes_through_a_pager_with_its_verdict_first(tmp_path: Path) -> None:
    """As every screen that is too long; not what an editor reads, and the exit code stays."""
    answer = tmp_path / "rnn_step.py"
    answer.write_text("def rnn_step(x, h_prev, U, W, a):\n    return h_prev\n")
    pager = {"PAGER": "sh -c 'echo PAGED; cat'"}
    check = shlex.join([sys.executable, "-m", "tracer", "check", str(answer)])
    again = f"{check} --problems"

    shown = _in_a_terminal(["sh", "-c", f"{check}; echo ended $?; {again}"], pager, lines=9)
    first, second = _plain(shown).split("ended 1\n")

    _waited, report = first.split("PAGED\n")
    assert "✗ wrong" in report.splitlines()[2]
    assert "PAGED" not in second
    assert re.search(r"\n\S+rnn_step.py:\d+:\d+: error: ", second)


def test_a_pager_that_is_not_there(trace_file: str) -> None:
    """Then the screen is printed, with its colours; so it is where no key can be pressed.

    An empty PAGER means that none is wanted, and so does a program that shows nothing.
    """
    show = [sys.executable, "-m", "tracer", "show", trace_file]

    for pager in ("no-such-program", "cat", "'", "", "false"):
        assert "\x1b[" in _in_a_terminal(show, {"PAGER": pager}, lines=24)
    assert "\x1b[" in _on_a_terminal(["show", trace_file], {"TERM": "xterm", "PAGER": "head"})


def test_an_error_is_broken_between_words_on_a_terminal(tmp_path: Path) -> None:
    """The commands below it are not broken, for they are to be copied."""
    name = tmp_path / ("a name with blanks in it, " * 5)
    name.write_text("you are bad")
    show = [sys.executable, "-m", "tracer", "show", str(name)]

    first, *more = _plain(_in_a_terminal(show, {}, columns=60)).splitlines()

    quoted = shlex.quote(str(name))
    assert first.startswith("error:")
    assert all(len(line) <= 60 for line in more[1:-2])
    assert more[-2:] == [f"  tracer show - < {quoted}", f"  echo {quoted} | tracer show -"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_what_is_for_programs_is_utf_8_whatever_the_locale(encoding: str) -> None:
    """CSV and SVG have the words themselves, whatever standard output writes."""
    show = ["show", "你", "--what", "states", "--format"]
    csv, svg = (
        CliRunner(charset=encoding).invoke(command_line, [*show, layout]).stdout_bytes.decode()
        for layout in ("csv", "svg")
    )

    assert "1,1,你,c,0," in csv
    assert "你" in svg


def test_what_is_for_programs_is_utf_8_in_a_pipe(tmp_path: Path, lstm_trace: Trace) -> None:
    """The same in a process whose standard output is not."""
    trace = replace(lstm_trace, tokens=(("你",) * lstm_trace.T,))
    tracer.save(trace, tmp_path / "a.safetensors")

    shown = _piped(
        ["show", str(tmp_path / "a.safetensors"), "--what", "states", "--format", "csv"],
        {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "TERM": "xterm"},
    )

    assert "1,1,你,c,0," in shown


def test_force_color_colours_a_pipe(trace_file: str) -> None:
    """For a pager, or a log that keeps colours."""
    shown = _piped(["show", trace_file], {"TERM": "xterm", "FORCE_COLOR": "3"})

    assert "\x1b[" in shown
    assert "38;2;" in shown


def test_a_terminal_gets_colour_and_its_own_width(trace_file: str) -> None:
    """Through a real pseudo-terminal of 80 columns."""
    shown = _on_a_terminal(["show", trace_file], {"TERM": "xterm-256color", "COLUMNS": "80"})

    assert "\x1b[" in shown
    assert max(len(_plain(line)) for line in shown.splitlines()) <= 80


def test_no_color_on_a_terminal(trace_file: str) -> None:
    """Not one escape sequence; the glyphs say it all."""
    shown = _on_a_terminal(["show", trace_file], {"TERM": "xterm-256color", "NO_COLOR": "1"})

    assert "\x1b" not in shown
    assert "██" in shown


def test_a_dumb_terminal_gets_ascii(trace_file: str) -> None:
    """Digits stand in for the bars."""
    shown = _on_a_terminal(["show", trace_file], {"TERM": "dumb"})

    assert shown.isascii()
    assert "\x1b" not in shown
    assert "-9" in shown


def test_mathematics_in_ascii() -> None:
    """``≥`` is not ``>``: it takes the room it needs, before lines are broken, with its style."""
    text = Text("gets σ, where z ≥ 0").append(" or z ≤ 1", "bold")

    lines = folded(text, 20, "  ", unicode=False)

    assert [line.plain for line in lines] == ["  gets sigmoid,", "  where z >= 0 or z", "  <= 1"]
    assert [line.plain[span.start : span.end] for line in lines for span in line.spans] == [
        " or z", "<= 1",
    ]  # fmt: skip
    assert ascii_line(Text("│ σ → ≤ h² │")).plain == "| sigmoid > <= h**2 |"


def test_both_ways_say_the_same(trace_file: str) -> None:
    """Colour adds nothing that the plain text does not have."""
    wide = {"TERM": "xterm-256color", "COLUMNS": "100"}

    assert _plain(_on_a_terminal(["show", trace_file], wide)) == _piped(["show", trace_file], wide)


def _environ(extra: dict[str, str]) -> dict[str, str]:
    dropped = ("COLORTERM", "COLORFGBG", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTHONUTF8": "1"} | extra


def _piped(arguments: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tracer", *arguments],
        capture_output=True,
        check=True,
        env=_environ(environ),
        start_new_session=True,  # without the terminal of whoever runs this
    )
    return done.stdout.decode()


def _on_a_terminal(arguments: list[str], environ: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tracer", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=_environ(environ),
    ):
        os.close(theirs)
        return _read(ours)


def _in_a_terminal(
    arguments: list[str], environ: dict[str, str], *, columns: int = 80, lines: int = 24
) -> str:
    """All that a terminal of this size shows which controls a command and has its three streams."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (lines, columns))
    become = "import os, sys; os.login_tty(0); os.execvp(sys.argv[1], sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", become, *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs,
        env=_environ({"TERM": "xterm-256color"} | environ),
    ):  # fmt: skip
        os.close(theirs)
        return _read(ours)


def _read(ours: int) -> str:
    """What comes from a terminal until its other end is closed."""
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says the other end is closed by an error
            part = b""
        if not part:
            break
        shown += part
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
