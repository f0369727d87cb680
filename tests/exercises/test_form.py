"""The form of a file, before it runs: encodings, line ends, where a function stands."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.exercises.decoding import Odd, Problem, decoded
from tracer.exercises.form import Form, Place, look
from tracer.exercises.notebook import Line

PROGRAM = "# água\ndef step(x):\n    return x\n"


@pytest.mark.parametrize(
    "data",
    [
        PROGRAM.encode(),
        PROGRAM.encode("utf-8-sig"),
        PROGRAM.encode("utf-16"),
        PROGRAM.encode("utf-32"),
        codecs.BOM_UTF16_BE + PROGRAM.encode("utf-16-be"),
        codecs.BOM_UTF32_BE + PROGRAM.encode("utf-32-be"),
        *(PROGRAM.encode(f"utf-{n}-{order}") for n in (16, 32) for order in ("le", "be")),
        PROGRAM.replace("\n", "\r\n").encode(),
        PROGRAM.replace("\n", "\r").encode(),
        PROGRAM.replace("\n", "\r\n").encode("utf-16"),
    ],
)
def test_the_text_whatever_it_is_written_in(data: bytes) -> None:
    """Every encoding with its own mark, UTF-16 and UTF-32 without it, and three kinds of line."""
    assert decoded(data) == PROGRAM


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "mac-roman"])
@pytest.mark.parametrize("lines", ["# coding: {}\n", "#!/usr/bin/python\n# vim: coding={}\n"])
def test_an_encoding_that_the_file_names(encoding: str, lines: str) -> None:
    """It is read in that encoding; the program that runs is UTF-8, and says so."""
    text = lines.format(encoding) + PROGRAM

    form = look("step.py", text.encode(encoding), ["step"])

    assert form.program.decode() == lines.format("utf-8") + PROGRAM
    assert form.line(len(text.splitlines()) - 1) is not None
    compile(form.program, "step.py", "exec")


@pytest.mark.parametrize("text", ["x = '# coding: latin-1'\n", "x = 1\n# coding: latin-1\n"])
def test_what_only_looks_like_an_encoding(text: str) -> None:
    """Text in quotation marks, or a second line after code, names none."""
    assert look("step.py", text.encode(), ["step"]).problem is None
    assert decoded(text.encode()) == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a = 1\nb = '\0'\n", Problem(Odd.NULL, {"line": 2})),
        (b"a = 1\nb = '\xe1'\n", Problem(Odd.UNDECODABLE, {"encoding": "utf-8", "line": 2})),
        (b"a = 1\r\rb = '\xe1'", Problem(Odd.UNDECODABLE, {"encoding": "utf-8", "line": 3})),
        (b"# coding: none-such\n", Problem(Odd.UNKNOWN_ENCODING, {"encoding": "none-such"})),
        (b"# coding: rot13\n", Problem(Odd.UNKNOWN_ENCODING, {"encoding": "rot13"})),
        (b"%PDF-1.4\n%\xe2\xe3", Problem(Odd.OTHER, {"kind": "PDF"})),
        (b"PK\x03\x04\x14", Problem(Odd.OTHER, {"kind": "ZIP"})),
        (b"\n<!DOCTYPE html>", Problem(Odd.OTHER, {"kind": "HTML"})),
        (b"\xff\xfea", Problem(Odd.UNDECODABLE, {"encoding": "utf-16", "line": 1})),
    ],
)
def test_bytes_that_are_no_text(data: bytes, problem: Problem) -> None:
    """What is the matter, and on which line."""
    assert decoded(data) == problem


def test_signs_that_end_no_line() -> None:
    """A form feed, or a line separator in a text, shifts no line that is quoted."""
    text = "a = 1\n\x0c\nb = '\u2028\x85'\ndef step(x): return y\n"

    line = look("step.py", text.encode(), ["step"]).line(4)

    assert line is not None
    assert (line.number, line.text) == (4, "def step(x): return y")


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_bytes(data: bytes) -> None:
    """Nothing that is in a file raises: there is a program of UTF-8, or a problem."""
    for name in ("step.py", "step.ipynb"):
        form = look(name, data, ["step"])
        assert form.problem is not None or form.program.decode() is not None


def where(text: str) -> tuple[Place, str, int] | None:
    """Where `step` stands in a file that does not define it."""
    found = look("step.py", text.encode(), ["step"]).elsewhere.get("step")
    return None if found is None else (found.place, found.within or found.name, found.line.number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def step(x): ...", None),
        ("try:\n  import step\nexcept ImportError:\n  step = None", None),
        ("from steps import step", None),
        ("def other(x): ...", None),
        ("if __name__ == '__main__':\n  def step(x): ...", (Place.GUARD, "step", 2)),
        ("if '__main__' == __name__:\n  pass\nelse:\n  def step(x): ...", None),
        ("class Cell:\n  def step(self, x): ...", (Place.METHOD, "Cell", 2)),
        ("def all(x):\n  if x:\n    def step(x): ...", (Place.NESTED, "all", 3)),
        ("x = 1\ndef Step(x): ...", (Place.NEAR, "Step", 2)),
        ("def st_ep(x): ...", (Place.NEAR, "st_ep", 1)),
        ("stepp = 1", None),
        ("def step(", None),
    ],
)
def test_where_a_function_stands_that_is_missed(
    text: str, found: tuple[Place, str, int] | None
) -> None:
    """In a guard, in a class, in a function, or under nearly that name."""
    assert where(text) == found


def test_names_that_only_a_guard_defines() -> None:
    """An import or a helper that whoever imports the file does not get."""
    text = (
        "import a\nif __name__ == '__main__':\n  import a, b\n  def c():\n    d = 1\n  e = f = 2\n"
        "  f = 3\n"
    )

    guarded = look("step.py", text.encode(), ["step"]).guarded

    assert {name: line.number for name, line in guarded.items()} == {"b": 3, "c": 4, "e": 6, "f": 6}


@pytest.mark.parametrize(
    "text",
    [
        "if x: pass\n" + "elif x: pass\n" * 2500,
        "y = " + "(" * 5000,
        "y = x" + "+x" * 100_000,
        "y = " + "lambda: " * 3000 + "x",
    ],
)
def test_programs_that_are_nested_too_deeply(text: str) -> None:
    """Whether Python can read them or not, they are looked at without an error."""
    for name in ("step.py", "step.ipynb"):
        cell = {"cell_type": "code", "source": text}
        data = text if name.endswith(".py") else json.dumps({"cells": [cell]})
        assert look(name, data.encode(), ["step"]).problem is None


def test_arguments_as_the_student_names_them() -> None:
    """Those of the last definition; none where anything may come."""
    twice = look("a.py", b"def step(x): ...\ndef step(x, /, y, z=1): ...", ["step"])
    anything = look("a.py", b"def step(x, *more): ...", ["step"])

    assert twice.arguments == {"step": ("x", "y", "z")}
    assert anything.arguments == {}


def test_a_file_pasted_from_a_notebook() -> None:
    """Its magics become `pass`; a file that Python can read stays as it is."""
    pasted = look("a.py", b"%matplotlib inline\n!pip install x\ndef step(x): ...\n", ["step"])
    plain = look("a.py", b"x = (7\n% 2)\n", ["step"])

    assert pasted.program == b"# coding: utf-8\npass\npass\ndef step(x): ...\n\n"
    assert pasted.line(2) == Line("%matplotlib inline", 1)
    assert plain.program == b"x = (7\n% 2)\n"


@pytest.mark.parametrize(
    "mark",
    [
        "#!/usr/bin/env python\n# In[ ]:\n",
        '"""Week 3\n\nAutomatically generated by Colab.\n"""\n',
        "get_ipython().run_line_magic('matplotlib', 'inline')\n",
    ],
)
def test_a_notebook_that_was_exported_as_a_file(mark: str) -> None:
    """What holds for a notebook holds for it too: only what the function needs is run."""
    form = look("a.py", f"{mark}import torch\nk = 1\ndef step(x): return k\n".encode(), ["step"])
    number = mark.count("\n") + 2

    assert b"torch" not in form.program
    assert b"k = 1\ndef step(x): return k\n" in form.program
    assert form.line(number + 1) == Line("k = 1", number)


def test_a_script_of_countless_lines() -> None:
    """It runs as it stands; a shorter one runs like a notebook, without what is not needed."""
    end = "def step(x):\n    return x\n"

    few = look("a.py", ("%a\n" * 100 + "print(1)\n" + end).encode(), ["step"])
    many = ("%a\n" * 6000 + "print(1)\n" + end).encode()

    assert b"print" not in few.program
    assert look("a.py", many, ["step"]).program == many


def test_a_name_that_is_no_file() -> None:
    """What runs has a name of its own then."""
    assert [look(name, b"", []).file for name in ("", ".", "..", "a/..")] == ["answer.py"] * 4


def test_a_line_that_there_is_not() -> None:
    """Nothing is quoted where a program has no such line."""
    form: Form = look("a.py", b"x = 1", [])

    assert [form.line(n) for n in (None, 0, 2)] == [None, None, None]
