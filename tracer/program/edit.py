"""An edit of a program: one thing that is computed otherwise, as data.

How an edit is written in TOML, with an example of each; several keys, and several names at a key,
are several edits, one after the other:

``change = { c = "f * c_prev + g", h = "f(it)" }``
    Another right-hand side; ``it`` is what stood there. Of something given it is what is seen in
    its place. ``h_prev``, ``c_prev``, ``d_h_from_next`` and ``d_c_from_next`` are lines too, and
    ``it`` is what the step before (backward: the step after) handed over.
``each_gate = { "z_{gate}" = "z_{gate}_from_x + z_{gate}_from_h" }``
    The same for every gate; ``_{gate}`` falls away in a cell that has none.
``function = { "σ" = "1 / (1 + exp(z))", "dσ" = "σ(z)" }``
    The body of a function, of ``z``. Its slope is a function for itself.
``read = { U = "U.T", W_f = "W_i", h_0 = "c_0" }``, also ``read_forward``, ``read_backward``
    What is read in the place of something given, or of a block of it. A parameter that is only put
    in another order, in both passes, has its gradient handed back in that order.
``order = "i f o g"``, ``order = { U = "interleaved" }``
    Which gate each block of the parameters is taken for, from top to bottom; ``interleaved`` is
    unit by unit. ``"reversed"`` is the order from bottom to top.
``carry = { h = "zero" }``
    What the loop hands over: ``"zero"``, ``"zero at first"``, ``"initial"`` (h_0 at every step),
    ``"two back"``, or another name. Keys: ``h``, ``c``, and ``d_h``, ``d_c`` of the loop backward.
``past = { h_prev = "wrap", f = "last" }``
    What the backward pass reads for a forward quantity: ``"zero"``, ``"last"`` (step), ``"next"``,
    ``"before"``, or another name; for h_prev and c_prev also ``"wrap"`` (the last step's at the
    first step), ``"zero at first"``, ``"initial"``, ``"two back"``, ``"this"`` (h itself).
``loop = { backward = "reversed" }``
    A loop runs the other way round.
``padding = "runs on"``
    The state runs on past a sentence's end; ``"one step more"``: for one step;
    ``"one step less"``: it stands still from the last word on.
``steps = { d_W = "last", total_loss = "mean" }``
    How the steps are put together: ``"sum"``, ``"mean"``, ``"first"``, ``"last"``,
    ``"without first"``, ``"without last"``, ``"step D"``. Of ``d_U`` it is all its blocks.
``returned = { h = "c", c = "h", d_x = "-it" }``
    What is handed back, of all steps; nothing that is computed reads it.

An expression is what `tracer.equations.parsing` reads, of one step; in ``returned`` of all steps.
It may read every name of the program, blocks such as ``W_f`` too; the sizes ``T N D H K``;
``count``, the number of steps that count for the loss; the step ``t`` from 0, and ``first_step``
and ``last_step``, which are 1 there and else 0. It may call the cell's functions and all of
`tracer.program.functions`. What adds up over steps is written for one step:
``d_U_i = "d_z_i.T @ x"``, ``d_a_i = "sum_N(d_z_i)"``, ``total_loss = "mean_N(loss)"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tracer.equations.expression import Expression
from tracer.equations.parsing import parse
from tracer.errors import InputError, UnknownNameError
from tracer.program.edit_lines import Body, Change, EachGate, Returned, Steps
from tracer.program.edit_loops import CarryOver, RunsOn, Turned
from tracer.program.edit_reads import Order, Past, Read
from tracer.program.program import Edit

__all__ = [
    "EDIT_KEYS", "Body", "CarryOver", "Change", "EachGate", "Edit", "Order", "Past", "Read",
    "Returned", "RunsOn", "Steps", "Turned", "edits_in",
]  # fmt: skip


def _expression(value: Any) -> Expression:
    return parse(value if isinstance(value, str) else repr(value))


def _word(value: Any) -> str:
    return str(value)


def _turned(name: str, value: Any) -> Edit:
    if value != "reversed":
        raise UnknownNameError("loop order", value, ("reversed",))
    return Turned(name)


def _runs_on(name: str, value: Any) -> Edit:
    del name
    words: Mapping[str, int | None] = {"runs on": None, "one step more": 1, "one step less": -1}
    if value not in words:
        raise UnknownNameError("padding", value, words)
    return RunsOn(words[value])


_MADE: Mapping[str, Callable[[str, Any], Edit]] = {
    "change": lambda name, value: Change(name, _expression(value)),
    "each_gate": lambda name, value: EachGate(name, _word(value)),
    "function": lambda name, value: Body(name, _expression(value)),
    "read": lambda name, value: Read(name, _expression(value)),
    "read_forward": lambda name, value: Read(name, _expression(value), ("forward",)),
    "read_backward": lambda name, value: Read(name, _expression(value), ("backward",)),
    "order": lambda name, value: Order(_word(value), name),
    "carry": lambda name, value: CarryOver(name, _word(value)),
    "past": lambda name, value: Past(name, _word(value)),
    "loop": _turned,
    "padding": _runs_on,
    "steps": lambda name, value: Steps(name, _word(value)),
    "returned": lambda name, value: Returned(name, _expression(value)),
}
_ONE_WORD = frozenset({"order", "padding"})

EDIT_KEYS = tuple(_MADE)
"""The keys of an entry that are edits."""


def edits_in(table: Mapping[str, Any]) -> tuple[Edit, ...]:
    """The edits that a table of TOML writes, in its order.

    Raises
    ------
    InputError, UnknownNameError
        If a key or a word is unknown, or an expression cannot be read. Whether the names fit is
        known only when a program is edited.
    """
    return tuple(_edits(table.items()))


def _edits(items: Iterable[tuple[str, Any]]) -> Iterator[Edit]:
    for key, value in items:
        if key not in _MADE:
            raise UnknownNameError("kind of edit", key, EDIT_KEYS)
        if isinstance(value, str) and key in _ONE_WORD:
            yield _MADE[key]("", value)
        elif isinstance(value, Mapping) and value:
            for name, each in value.items():
                yield _MADE[key](name, each)
        else:
            raise InputError(f"{key} is {value!r}; expected a table of names and what they become")
