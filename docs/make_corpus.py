"""Write docs/corpus.md by counting what is in the built-in corpus: ``make docs``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tracer.data.corpus import corpus
from tracer.text.codes import ARTICLE_CODES
from tracer.text.labelled import Labelled

PAGE = Path(__file__).with_name("corpus.md")
LANGUAGES = {"en": "English", "zh-TW": "Traditional Chinese"}
TASKS = ("tag", "classify", "generate")
BANDS = ((0, 1), (2, 5), (6, 10), (11, 15), (16, 20), (21, 25))

HEAD = """\
# The built-in corpus

<!-- Counted by docs/make_corpus.py. Change that file or tracer/data/grammars/: make docs -->

`tracer.data.corpus.corpus(task, language, count=10_000, seed=0)` draws labelled sentences from a
grammar, in English (`"en"`) and Traditional Chinese (`"zh-TW"`), no two alike. It needs no
network, and the same seed gives the same sentences on every machine and under every version of
Python. The article's own sentences come first.

The grammars are text files to read and to change, one folder a language:
[English](../tracer/data/grammars/en), [Chinese](../tracer/data/grammars/zh-TW). How they are
written is told at the top of [grammar.py](../tracer/data/grammar.py). They have small vocabularies
and a handful of sentence patterns: enough to watch a network remember, not enough to learn a
language.
"""

CLASSIFY = """\
## classify: praise or insult

A word of praise is not a praise: *not bad at all* praises, and so does *nobody says that you are
bad*. What counts is the meaning of the verdict, with its negations, double negations and
intensifiers; *they say that you are bad but you are kind* is settled by the part after *but* (and
can be guessed at *but*, where the opposite must follow).
After the word that settles it, clauses follow that change nothing, some with negations of their
own (*said the man who does not drink tea*), so that this word lies 0 to 25 words before the last
one. The network must carry it that far. `corpus("classify", farthest=6)` draws sentences in which
at most six words follow.

Nothing but the meaning tells the label. The words of praise and of insult come in lists of equal
weight, and each pattern is used for both labels alike, with the lists swapped. A test holds the
corpus to it: with those words hidden, no pair of words and no length is found more often with one
label than a fair coin would allow.

How well simple readers do, by logistic regression on 9,000 sentences, measured on the 1,000 others:

| what the reader sees | English | Chinese |
|---|---|---|
| the length | 47.6 % | 50.8 % |
| length and pairs of words, praise and insult hidden | 51.0 % | 50.3 % |
| the last word of praise or insult alone | 50.7 % | 57.0 % |
| all words, in no order | 54.3 % | 54.3 % |
| all words and pairs of words | 71.8 % | 82.2 % |

Only a reader that keeps the order gets near 100 %: see [models](models.md).
"""

TAG = """\
## tag: parts of speech

Some words have two parts of speech (*i water the flowers*, *the water is hot*; 我畫一張畫). An RNN
has not read on when it must answer, so the grammar only has sentences in which the words *before*
settle the tag. Counted over the corpus: how often the most frequent tag is right, which no reader
with that knowledge can beat.
"""

GENERATE = """\
## generate: a word, and how it goes on

Short sentences; the label of each word is the next one, and `<end>` after the last.
"""

CODES = """\
## The article's codes

`Encoder.with_codes` gives every word eight digits, each digit one input (D = 8). Four codes are the
article's; the others are counted up in the digits 0, 1, 2 in the order of the vocabulary, and the
unknown word is 00000000.
"""

UNKNOWN = """\
## Words

English is parted at spaces and punctuation, Chinese at the longest word that the vocabulary has;
a Chinese character that begins no known word stands alone. Case, full width and the shape of an
apostrophe do not matter. Invisible characters are dropped. A word that the vocabulary has not is
kept as typed and read as `<unk>`.
"""


def render() -> str:
    """The whole page."""
    drawn = {(task, name): corpus(task, name) for task in TASKS for name in LANGUAGES}
    classify = {LANGUAGES[name]: drawn["classify", name] for name in LANGUAGES}
    parts = [
        HEAD,
        "\n".join(_sizes(drawn)),
        CLASSIFY,
        "\n".join(_distances(classify)),
        *("\n".join(_samples(drawn["classify", name])) for name in LANGUAGES),
        TAG,
        "\n".join(_tag_limits({LANGUAGES[name]: drawn["tag", name] for name in LANGUAGES})),
        *("\n".join(_samples(drawn["tag", name])) for name in LANGUAGES),
        GENERATE,
        *("\n".join(_samples(drawn["generate", name])) for name in LANGUAGES),
        CODES,
        "\n".join(f"* {word} `{code}`" for word, code in ARTICLE_CODES.items()) + "\n",
        UNKNOWN,
    ]
    return "\n".join(parts)


def _sizes(drawn: dict[tuple[str, str], tuple[Labelled, ...]]) -> Iterator[str]:
    yield "| task | language | sentences | different words | words a sentence | labels |"
    yield "|---|---|---|---|---|---|"
    for (task, name), sentences in drawn.items():
        lengths = [len(sentence.words) for sentence in sentences]
        words = {word for sentence in sentences for word in sentence.words}
        if task == "generate":
            labels = "next word"
        else:
            counted = Counter(label for sentence in sentences for label in sentence.labels)
            labels = ", ".join(f"{label} {n:,}" for label, n in sorted(counted.items()))
        mean = sum(lengths) / len(lengths)
        span = f"{min(lengths)} to {max(lengths)}, on average {mean:.1f}"
        counts = f"{len(sentences):,} | {len(words)}"
        yield f"| {task} | {LANGUAGES[name]} | {counts} | {span} | {labels} |"
    yield ""


def _distances(classify: dict[str, tuple[Labelled, ...]]) -> Iterator[str]:
    yield "Words after the one that settles the label:"
    yield ""
    yield "| words after it | " + " | ".join(f"{a} to {b}" for a, b in BANDS) + " |"
    yield "|---|" + "---|" * len(BANDS)
    for title, sentences in classify.items():
        counts = [sum(a <= (s.distance or 0) <= b for s in sentences) for a, b in BANDS]
        yield f"| {title} | " + " | ".join(f"{n:,}" for n in counts) + " |"
    yield ""


def _samples(sentences: tuple[Labelled, ...]) -> Iterator[str]:
    for sentence in (*sentences[:3], *sentences[1000:10_000:1801]):
        if len(sentence.labels) == 1:
            yield f"* {sentence.labels[0]}: {' '.join(sentence.words)}"
        elif sentence.labels[:-1] == sentence.words[1:]:
            yield f"* {' '.join(sentence.words)}"
        else:
            pairs = zip(sentence.words, sentence.labels, strict=True)
            yield "* " + " ".join(f"{word}/{label}" for word, label in pairs)
    yield ""


def _tag_limits(tagged: dict[str, tuple[Labelled, ...]]) -> Iterator[str]:
    yield "| what is known | " + " | ".join(tagged) + " |"
    yield "|---|" + "---|" * len(tagged)
    for what, with_left in (("the word alone", False), ("the word, and the word before it", True)):
        limits = [
            f"{100 * _limit(sentences, with_left=with_left):.2f} %" for sentences in tagged.values()
        ]
        yield f"| {what} | " + " | ".join(limits) + " |"
    yield ""
    for title, sentences in tagged.items():
        tags: dict[str, set[str]] = defaultdict(set)
        for sentence in sentences:
            for word, tag in zip(sentence.words, sentence.labels, strict=True):
                tags[word].add(tag)
        several = sorted(
            f"{word} ({', '.join(sorted(t))})" for word, t in tags.items() if len(t) > 1
        )
        yield f"{title}: {', '.join(several)}."
        yield ""


def _limit(sentences: tuple[Labelled, ...], *, with_left: bool) -> float:
    """How often the most frequent tag in this context is right."""
    counted: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        left = ("", "")
        for word, tag in zip(sentence.words, sentence.labels, strict=True):
            counted[(*left, word) if with_left else ("", "", word)][tag] += 1
            left = (word, tag)
    right = sum(max(tags.values()) for tags in counted.values())
    return right / sum(tags.total() for tags in counted.values())


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
