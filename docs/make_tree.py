"""Write the tree of the package: two levels into README.md, every file into docs/tree.md.

Each line is the first line of what the file or folder says about itself. Run by ``make docs``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README, PAGE = ROOT / "README.md", ROOT / "docs" / "tree.md"
BEGIN, END = "<!-- tree: written by make docs -->\n", "<!-- end of tree -->\n"
HEAD = """\
# The tree

<!-- Written by docs/make_tree.py from the first line of each file: make docs -->

Each room needs only the rooms above it, and each file only files above its own room's door:
`make lint` holds the imports to that.

"""

# In the order of reading; what is not listed follows by the alphabet.
ORDER = (
    "errors.py", "language.py", "storage", "equations", "cells", "kernels", "text", "trace",
    "model", "data", "training", "program", "mistakes", "exercises", "sandbox", "grading",
    "gradebook", "corpus", "course", "view", "exports", "cli",
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


def readme() -> str:
    """Text of README.md with the rooms as they are now."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    return before + BEGIN + _block(levels=1) + END + rest.partition(END)[2]


def page() -> str:
    """Text of docs/tree.md: every file."""
    return HEAD + _block(levels=9)


def _block(levels: int) -> str:
    lines = list(_folder(ROOT / "tracer", levels))
    lines += [_line(name, "", FOLDERS[name]) for name in FOLDERS if "/" not in name]
    return "```\n" + "\n".join(lines) + "\n```\n"


def _folder(folder: Path, levels: int, indent: str = "") -> Iterator[str]:
    """The folder's own line, and so many levels of what it holds."""
    name = folder.relative_to(ROOT).as_posix()
    if name in FOLDERS:
        yield _line(folder.name, indent, FOLDERS[name])
        return
    yield _line(folder.name, indent, _first_line(folder / "__init__.py"))
    if levels == 0:
        return
    for path in sorted(folder.iterdir(), key=_place):
        if (path / "__init__.py").exists() or path.relative_to(ROOT).as_posix() in FOLDERS:
            yield from _folder(path, levels - 1, indent + "  ")
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
    for place, text in ((README, readme()), (PAGE, page())):
        place.write_text(text, encoding="utf-8")
