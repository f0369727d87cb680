"""Prints and raises what a terminal, Rich, a CI service, a spreadsheet or XML takes for commands."""
import sys
import warnings

TEXT = (
    "\x1b[2J\x1b]0;mine\x07\x1b[6n\x9b31m[bold red]passed[/] \r13/13 passed\r\n"
    "::error::hacked\n  ::set-output name=x::y\n##[group]z\n##vso[task.complete]\n"
    "=cmd|' /C calc'!A0\n+1\n@SUM(1)\n\x00\x01\x08\x0b\x0c\x7f\ud800\uffff\ufffe\u202e\u2066"
    "]]><script>alert(1)</script>&bad;\f\x85\u2028::warning::late\n"
)


class Odd(Exception):
    __qualname__ = "::error::\x1b[31m"

    def __str__(self):
        return TEXT


Odd.__name__ = "=1+1\n::error::"


def rnn_step(x, h_prev, U, W, a):
    sys.stdout.buffer.write(TEXT.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()
    print(TEXT.encode("utf-8", "replace").decode(), file=sys.stderr)
    warnings.warn(TEXT.encode("utf-8", "replace").decode(), RuntimeWarning, 1)
    raise Odd
