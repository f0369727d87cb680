"""The variables of a function under other names, or as entries of a dict."""

from __future__ import annotations

import ast
from collections.abc import Collection

from tracer.corpus.style import Style

_OWN = {
    "i": "input_gate", "f": "forget_gate", "g": "candidate", "o": "output_gate",
    "c": "cell", "h": "hidden", "h_prev": "last_hidden", "c_prev": "last_cell",
    "z": "pre", "z_all": "zs", "z_i": "zi", "z_f": "zf", "z_g": "zg", "z_o": "zo",
    "d_z_all": "dzs", "d_h": "dh", "d_c": "dc", "tanh_c": "ct", "probs": "p", "logits": "scores",
}  # fmt: skip


def renamed(
    text: str, style: Style, arguments: Collection[str], names: Collection[str]
) -> ast.FunctionDef:
    """A function, read from its text, with the style's variables."""
    tree = ast.parse(text)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    _drop_unread(function)
    if not style.renamed and style.gates == "variables":
        return function
    assigned = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - set(arguments)
    if style.renamed:
        taken = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        called = {}
        for name in sorted(assigned):
            own = _OWN.get(name) or (
                f"d{name[2:]}" if name.startswith("d_") else f"my{name.replace('_', '')}"
            )
            called[name] = own if own not in taken else f"{own}_1"
            taken.add(called[name])
        _Renaming(called).visit(function)
    else:
        inside = {name for name in assigned if name in names}
        _Entries(inside).visit(function)
        function.body.insert(0, ast.parse("q = {}").body[0])
    ast.fix_missing_locations(tree)
    return function


def _drop_unread(function: ast.FunctionDef) -> None:
    """Leave out the sizes that nothing reads."""
    read = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    function.body = [line for line in function.body if not _unread(line, read)]


def _unread(line: ast.stmt, read: Collection[str]) -> bool:
    match line:
        case ast.Assign([ast.Name("T" | "N" | "D" | "H" | "K" | "t" | "dtype" | "every" as name)]):
            return name not in read
    return False


class _Renaming(ast.NodeTransformer):
    def __init__(self, called: dict[str, str]) -> None:
        self.called = called

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.called.get(node.id, node.id), node.ctx)


class _Entries(ast.NodeTransformer):
    def __init__(self, inside: set[str]) -> None:
        self.inside = inside

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.inside:
            return node
        return ast.Subscript(ast.Name("q", ast.Load()), ast.Constant(node.id), node.ctx)


_IN_TORCH = {"take_along_axis": "take_along_dim", "asarray": "as_tensor"}


def in_torch(module: ast.Module) -> ast.Module:
    """The same with PyTorch's functions in the place of NumPy's; most have the same names."""
    _InTorch().visit(module)
    return ast.fix_missing_locations(module)


class _InTorch(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id != "np":
            return node
        if node.attr == "newaxis":
            return ast.Constant(None)
        name = _IN_TORCH.get(node.attr, node.attr)
        return ast.Attribute(ast.Name("torch", ast.Load()), name, node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """The smaller of two is taken of tensors only."""
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(ast.Name("torch"), "minimum" | "maximum"):
                tensor = ast.Attribute(ast.Name("torch", ast.Load()), "as_tensor", ast.Load())
                node.args = [ast.Call(tensor, [argument], []) for argument in node.args]
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        """``axis=`` is ``dim=`` where PyTorch knows no other word for it."""
        self.generic_visit(node)
        return ast.keyword("dim" if node.arg == "axis" else node.arg, node.value)
