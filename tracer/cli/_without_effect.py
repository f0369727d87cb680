"""Options of ``tracer train`` that would change nothing beside the others: they are refused."""

from __future__ import annotations

import click

from tracer.data.source import SNOWNLP
from tracer.equations import CELLS
from tracer.errors import InputError
from tracer.language import _

FILE_OPTIONS = ("count", "most", "least", "longest")
"""Options that say something about sentences from a file or package."""

TABLE_OPTIONS = (
    "text_column", "label_column", "encoding", "separator", "header", "alike_labels",
)  # fmt: skip
"""Options that say something about a file."""


def check_effect(ctx: click.Context) -> None:
    """Raise an `InputError` for an option that would change nothing, beside the others."""
    given = ctx.params
    cell = CELLS[given["cell"]]
    reasons = {
        "forget_bias": (
            not cell.forget,
            _("--cell {cell} has no forget gate").format(cell=cell.name),
        ),
        "embedding": (given["encoder"] != "embedding", _("only --encoder embedding has that size")),
        "every_step": (given["task"] != "classify", _("only --task classify has a single answer")),
        "momentum": (given["optimiser"] == "sgd", _("--optimiser sgd has no momentum")),
        "language": (bool(given["data"]), _("it is for the built-in corpus, not for --data")),
        **{
            name: (not given["data"], _("it is for your own data; add --data FILE"))
            for name in FILE_OPTIONS
        },
        **{
            name: (
                given["data"] in ("", SNOWNLP),
                _("it is for your own data; add --data FILE"),
            )
            for name in TABLE_OPTIONS
        },
        "pieces": (
            not given["data"] or given["task"] == "tag",
            _("only a text to classify is cut, from --data"),
        ),
        "farthest": (
            given["task"] != "classify" or bool(given["data"]),
            _("only --task classify on the built-in corpus has a deciding word"),
        ),
    }
    for parameter in ctx.command.params:
        name = parameter.name or ""
        without, reason = reasons.get(name, (False, ""))
        typed = ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if typed and without:
            raise InputError(
                _("{option} has no effect: {reason}").format(
                    option=parameter.opts[0], reason=reason
                )
            )
