"""What a student must know of an exception, or of a function without a body; runs in the child.

Everything that is looked at here belongs to the student, so it may be anything: an exception whose
words cannot be read, a class whose name is no text. Like `runner`, this file is copied beside the
student's and imports the standard library only.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

LONGEST_TEXT = 600

_SPREAD = re.compile(
    r"operands could not be broadcast together with shapes (\([\d,]*\)) (\([\d,]*\)) ?"
)

_OF_SHAPES = re.compile(
    r"shape|dimension|broadcast|\bax[ei]s|\bsize|array split|sections|more than one element"
    r"|to unpack|with a sequence|too deep|longer than|shorter than",
    re.IGNORECASE,
)
"""The words in which NumPy and Python say that something is too long, too short or apart."""

_OF_ROWS = re.compile("inhomogeneous shape|all input arrays must have the same shape")
"""How NumPy says that rows differ in length."""

_CHANGES_NOTHING = frozenset(
    {"float", "int", "str", "len", "list", "tuple", "range", "zip", "enumerate", "reversed"}
    | {"get", "split", "strip", "lower", "upper", "ljust", "rjust", "zfill"}
    | {"array", "asarray", "zeros", "ones", "full"}
)
"""What may be called once more, of Python's and NumPy's own."""

_PATH = re.compile(r" \([^()]*[/\\][^()]*\)$")
"""Where a package lies from which a name cannot be imported: a path of the grader's machine."""

ENDLESS = 100
"""Calls inside each other, from which on it is no recursion that would have ended."""


def shortened(text: str) -> str:
    """At most `LONGEST_TEXT` characters."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def words(value: object) -> str:
    """`value` as plain text, shortened; empty if its own ``__str__`` gives none."""
    try:  # str.encode, for str() may give a subclass with methods of its own
        return shortened(str.encode(str(value), "utf-8", "backslashreplace").decode())
    except BaseException:  # noqa: BLE001 - a __str__ of the student's may do anything
        return ""


def unplaced(text: str, file: Path) -> str:
    """`text` without the folders in which all this runs; the student's file keeps its name."""
    for folder in (file.parent, file.parent.parent, *_libraries()):
        if folder != folder.parent:  # "/" stands in a text for other things as well
            within = rf"(?<![\w.-]){re.escape(str(folder))}"
            text = re.sub(rf"{within}(?![\w/-]|\.\w)", ".", re.sub(f"{within}/", "", text))
    return text


def _libraries() -> list[Path]:
    """Where packages really are: a path of the grader's machine, which tells a student nothing."""
    found = (getattr(sys.modules.get(name), "__file__", None) for name in ("numpy", "numba"))
    return [Path(path).parent.parent.resolve() for path in found if isinstance(path, str)]


def own_line(file: Path, filename: str, number: int | None) -> int | None:
    """The line of the student's own file; None of any other."""
    return number if filename == str(file) else None


def named_line(file: Path, named: str, number: int) -> int | None:
    """The line of the student's own file, as Numba names it: by a path from where it runs."""
    return number if Path(named).name == file.name else None


def describe(error: BaseException, file: Path, function: str) -> dict[str, Any]:
    """Type, words, and the line of the student's own file; `function` is what was called."""
    said, line, within = words(error), None, ""
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    for frame in own:
        line, within = frame.lineno, frame.name
    again = isinstance(error, RecursionError) and len(own) > ENDLESS
    if again:  # where it ran out is anywhere; the call that is made over and over is the cause
        line = Counter(frame.lineno for frame in own).most_common(1)[0][0]
    if isinstance(error, ImportError):
        said = _PATH.sub("", said)
    if isinstance(error, SyntaxError) and error.filename == str(file):
        said, line = words(error.msg), error.lineno
    return {
        "event": "raised",
        "type": words(type(error).__name__),
        "message": unplaced(said, file),
        "line": line if type(line) is int else None,
        # Only where the function itself says so; a helper that is missing is another matter.
        "not_implemented": isinstance(error, NotImplementedError)
        and within == function.rpartition(".")[2],
        "memory": isinstance(error, MemoryError),
        "again": again,
        "product": product(error, lambda filename: filename == str(file)),
        "apart": spread(error, lambda filename: filename == str(file)),
        "shapes": shapes(error, lambda filename: filename == str(file)),
    }


def product(error: BaseException, own: Callable[[str], bool]) -> list[Any] | None:
    """The matrix product of the student's own in which shapes did not fit; None of all else.

    Returns
    -------
    list or None
        What stands there, and each side with its shape:
        ``["x @ U", ["x", [1, 4]], ["U", [12, 4]]]``.
    """
    if type(error) is not ValueError:
        return None
    try:
        if not words(error).startswith(("matmul: ", "shapes ")):
            return None
        text, frame = _where(error, own)
        sides = _sides(ast.parse(f"({text})", mode="eval").body, frame)
        return [text, *([ast.unparse(side), _extent(side, frame)] for side in sides)]
    except BaseException:  # noqa: BLE001 - whatever the student's own values did when looked at
        return None


def spread(error: BaseException, own: Callable[[str], bool]) -> list[Any] | None:
    """The sum, or whatever it is, of the student's own in which shapes do not spread to each other.

    Returns
    -------
    list or None
        What stands there, and each side with its shape:
        ``["x @ U.T + a", ["x @ U.T", [1, 3]], ["a", [4]]]``.
    """
    try:
        said = _SPREAD.fullmatch(words(error)) if type(error) is ValueError else None
        if said is None:
            return None
        text, _frame = _where(error, own)
        node = ast.parse(f"({text})", mode="eval").body
        assert isinstance(node, ast.BinOp)
        shapes = [[int(n) for n in re.findall(r"\d+", shape)] for shape in said.groups()]
        sides = (ast.unparse(side) for side in (node.left, node.right))
        return [text, *([side, shape] for side, shape in zip(sides, shapes, strict=True))]
    except BaseException:  # noqa: BLE001 - whatever the student's own values did when looked at
        return None


def shapes(error: BaseException, own: Callable[[str], bool]) -> list[Any]:
    """The arrays that are named in the student's own statement that raised it, with their shapes.

    Returns
    -------
    list
        In the order in which they stand there: ``[["mask", [2]], ["h_new", [2, 5]]]``. Nothing
        where the exception does not say that something is too long, too short or apart.
    """
    try:
        if not isinstance(error, (ValueError, IndexError)):
            return []
        said = re.sub("'[^']*'", "", words(error))  # a value that is told says nothing of shapes
        of_shape = said == "tuple index out of range" and ".shape" in _where(error, own)[0]
        if not (of_shape or _OF_SHAPES.search(said)):
            return []
        last = _last_own(error, own)
        frame = last.tb_frame
        lines = linecache.getlines(frame.f_code.co_filename)
        names = _named_in(ast.parse("".join(lines)), last.tb_lineno or 0)
        held = {**frame.f_globals, **frame.f_locals}
        array = sys.modules["numpy"].ndarray
        found = [(name, held[name]) for name in names if type(held.get(name)) is array]
        return [[name, list(value.shape)] for name, value in found]
    except BaseException:  # noqa: BLE001 - whatever the student's own values did when looked at
        return []


def rows(
    error: BaseException, own: Callable[[str], bool], lengths: Callable[[Any], list[int]]
) -> list[Any]:
    """The list of the student's own of which NumPy can make no array: ``["rows", [7, 8, 7]]``.

    `lengths` gives those of its rows. Nothing of any other exception.
    """
    try:
        if type(error) is not ValueError or not _OF_ROWS.search(words(error)):
            return []
        text, frame = _where(error, own)
        node = ast.parse(f"({text})", mode="eval").body
        assert isinstance(node, ast.Call)
        listed = node.args[0]
        if isinstance(listed, ast.ListComp):  # too long to be named
            return [f"{ast.unparse(node.func)}(…)", lengths(_once_more(listed, frame))]
        return [ast.unparse(listed), lengths(_value(listed, frame))]
    except BaseException:  # noqa: BLE001 - whatever the student's own values did when looked at
        return []


def _named_in(tree: ast.Module, number: int) -> list[str]:
    """What the statement on a line reads, each name once; of one with a body, its first line."""
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    statement = max(statements, key=lambda node: node.lineno)
    if isinstance(statement, (ast.Raise, ast.FunctionDef, ast.ClassDef)):
        return []  # it says itself what is the matter
    parts: list[ast.AST] = [statement]
    if isinstance(statement, (ast.If, ast.While)):
        parts = [statement.test]
    elif isinstance(statement, ast.For):
        parts = [statement.iter]
    read = [
        node
        for part in parts
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    in_order = sorted(read, key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(node.id for node in in_order))


def _where(error: BaseException, own: Callable[[str], bool]) -> tuple[str, FrameType]:
    """The piece of the student's own code in which it was raised, and its frame."""
    last = _last_own(error, own)
    frame, code = last.tb_frame, last.tb_frame.f_code
    first, end, left, right = list(code.co_positions())[last.tb_lasti // 2]
    assert first is not None
    lines = [line.encode() for line in linecache.getlines(code.co_filename)[first - 1 : end]]
    lines[-1] = lines[-1][:right]
    lines[0] = lines[0][left:]
    return " ".join(line.decode().strip() for line in lines), frame


def _last_own(error: BaseException, own: Callable[[str], bool]) -> TracebackType:
    """The innermost place in the student's own code."""
    trace, last = error.__traceback__, None
    while trace is not None:
        last = trace if own(trace.tb_frame.f_code.co_filename) else last
        trace = trace.tb_next
    assert last is not None
    return last


def _sides(node: ast.expr, frame: FrameType) -> list[ast.expr]:
    """Both sides of a matrix product, however it is written.

    Other functions, as ``np.inner``, say the same of shapes that another rule wants.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return [node.left, node.right]
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute) and len(node.args) == 1:  # x.dot(U)
        assert node.func.attr == "dot"
        return [node.func.value, *node.args]
    function, numpy = _value(node.func, frame), sys.modules["numpy"]
    assert any(function is getattr(numpy, name) for name in ("dot", "matmul"))  # np.dot(x, U)
    left, right = node.args
    return [left, right]


def _extent(side: ast.expr, frame: FrameType) -> list[int]:
    """The shape of one side."""
    return [int(length) for length in _value(side, frame).shape]


def _value(part: ast.expr, frame: FrameType) -> Any:
    """What stands there; nothing is called for it, so that nothing happens twice."""
    assert not any(isinstance(inner, (ast.Call, ast.NamedExpr)) for inner in ast.walk(part))
    program = compile(ast.Expression(part), "", "eval")
    return eval(program, frame.f_globals, frame.f_locals)  # noqa: S307 - the student's own


def _once_more(part: ast.ListComp, frame: FrameType) -> Any:
    """The list again, which nothing keeps; only where no call in it can change anything."""
    names = {**frame.f_globals, **frame.f_locals}  # the inner parts of a list look there for both
    for inner in ast.walk(part):
        assert not isinstance(inner, ast.NamedExpr)
        if isinstance(inner, ast.Call):
            called = inner.func
            method = isinstance(called, ast.Attribute)
            name = called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
            assert name in _CHANGES_NOTHING
            assert method or name not in names
    return eval(compile(ast.Expression(part), "", "eval"), names)  # noqa: S307 - the student's own


def compiled(source: bytes, file: Path) -> CodeType:
    """The program. Brackets or signs nested too deeply end the parser's own stack, not memory."""
    try:
        return compile(source, str(file), "exec", dont_inherit=True)
    except (MemoryError, RecursionError):
        raise SyntaxError("something is nested too deeply for Python to read") from None


def unwritten(source: bytes, function: str) -> dict[str, Any]:
    """Why a function returned None: nothing is written yet, it only returns None, or neither.

    Returns
    -------
    dict
        ``what`` is ``"empty"`` where the body does nothing, ``"still none"`` where every return
        gives names that are only ever set to None, and else ``"none"``. ``line`` is that of the
        last return with a value, or None where the function has no such return.
    """
    node = _function(source, function)
    if node is None:  # it was made in some other way
        return {"what": "none", "line": None, "written": False}
    inside = list(_own(node))
    returns = [part for part in inside if isinstance(part, ast.Return)]
    valued = [part for part in returns if part.value is not None and not _is_none(part.value)]
    unset = _only_none(node, inside)
    if all(_does_nothing(line, unset) for line in node.body):
        return {"what": "still none" if valued else "empty", "line": None, "written": True}
    if valued and all(_gives_nothing(part.value, unset) for part in returns):
        return {"what": "still none", "line": valued[-1].lineno, "written": True}
    line = valued[-1].lineno if valued else None
    return {"what": "none", "line": line, "written": True}


def undecorated(source: bytes, function: str) -> bool:
    """Whether nothing stands above the function, as @njit would."""
    node = _function(source, function)
    return node is not None and not node.decorator_list


def _function(source: bytes, function: str) -> ast.FunctionDef | None:
    """The function of that name, or the method of ``Class.method``."""
    *classes, name = function.split(".")
    inside: list[ast.stmt] = ast.parse(source).body
    for wanted in classes:
        found = [n for n in inside if isinstance(n, ast.ClassDef) and n.name == wanted]
        inside = found[-1].body if found else []
    functions = [n for n in inside if isinstance(n, ast.FunctionDef) and n.name == name]
    return functions[-1] if functions else None


def _own(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """Everything in a function but what belongs to a function inside it."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        part = waiting.pop(0)
        yield part
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting[:0] = ast.iter_child_nodes(part)


def _only_none(node: ast.FunctionDef, inside: Sequence[ast.AST]) -> set[str]:
    """The names that are set in a function, and never to anything but None."""
    cleared = [
        name
        for part in inside
        if isinstance(part, ast.Assign) and _gives_nothing(part.value, set())
        for target in part.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    ]
    set_otherwise = {
        part.id
        for part in inside
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part not in cleared
    }
    given = {argument.arg for argument in node.args.args}
    return {name.id for name in cleared} - set_otherwise - given


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _gives_nothing(value: ast.expr | None, unset: Collection[str]) -> bool:
    """Whether an expression is None, or a few of them."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return all(_gives_nothing(part, unset) for part in value.elts)
    if isinstance(value, ast.Name):
        return value.id in unset
    return value is None or _is_none(value)


def _does_nothing(line: ast.stmt, unset: Collection[str]) -> bool:
    """Whether a statement computes nothing: a docstring, `pass`, `h = None`, `return h`."""
    if isinstance(line, (ast.Assign, ast.Return)):
        return _gives_nothing(line.value, unset)
    constant = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return constant or isinstance(line, ast.Pass)
