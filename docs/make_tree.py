"""Write the tree of the package into README.md, one line a file, from the files' own first lines.

Run by ``make docs``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "README.md"
BEGIN, END = "<!-- tree: written by make docs -->\n", "<!-- end of tree -->\n"

# In the order of reading; what is not listed follows by the alphabet.
ORDER = (
    "errors.py", "language.py", "storage", "equations", "cells", "kernels", "text", "trace",
    "model", "data", "training", "exercises", "sandbox", "grading", "course", "view", "cli",
)  # fmt: skip

FOLDERS = {
    "tracer/model/shipped": "Small trained networks, one file each.",
    "exercises": "What students write: one folder an exercise.",
    "solutions": "Answers, and known wrong answers with the check that catches them.",
    "tests": "Examples that are checked: one folder for each part.",
    "benchmarks": "Scripts that measure; each says in its first lines what it needs.",
    "docs": "Pages, and the scripts that write some of them.",
    ".ci": "What runs before a change is taken.",
}


def render() -> str:
    """Text of the tree, between its two marks."""
    lines = list(_folder(ROOT / "tracer", ""))
    lines += [_line(name, "", FOLDERS[name]) for name in FOLDERS if name.count("/") == 0]
    return BEGIN + "```\n" + "\n".join(lines) + "\n```\n" + END


def page() -> str:
    """Text of README.md with the tree as it is now."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return before + render() + rest.partition(END)[2]


def _folder(folder: Path, indent: str) -> Iterator[str]:
    name = folder.relative_to(ROOT).as_posix()
    if name in FOLDERS:
        yield _line(folder.name, indent, FOLDERS[name])
        return
    yield _line(folder.name, indent, _first_line(folder / "__init__.py"))
    for path in sorted(folder.iterdir(), key=_place):
        if (path / "__init__.py").exists() or path.relative_to(ROOT).as_posix() in FOLDERS:
            yield from _folder(path, indent + "  ")
        elif path.suffix == ".py" and path.name != "__init__.py":
            yield _line(path.name, indent + "  ", _first_line(path))


def _place(path: Path) -> tuple[int, str]:
    name = path.relative_to(ROOT / "tracer").as_posix()
    return ORDER.index(name) if name in ORDER else len(ORDER), name


def _line(name: str, indent: str, words: str) -> str:
    folder = "" if name.endswith(".py") else "/"
    return f"{indent + name + folder:<24} {words}"


def _first_line(path: Path) -> str:
    """What the file says about itself, without quotation marks for code."""
    says = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return says.partition("\n")[0].replace("``", "").replace("`", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
