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
grammar, in English (`"en"`) and Traditional Chinese (`"zh-TW"`), without duplicates. It needs no
internet, and the same seed gives the same sentences on every machine and Python version. The
article's own sentences come first.

The grammars are text files, to be read and changed, one folder per language:
[English](../tracer/data/grammars/en), [Chinese](../tracer/data/grammars/zh-TW). The top of
[grammar.py](../tracer/data/grammar.py) explains how they are written. They have small vocabularies
and few sentence patterns: enough to watch a network remember, not enough to learn a language.
"""

CLASSIFY = """\
## classify: praise or insult

A positive word does not make praise: *not bad at all* is praise, and so is *nobody says that you
are bad*. The label is the meaning of the whole statement, with its negations, double negations and
intensifiers; *they say that you are bad but you are kind* is decided by the part after *but* (and
can be guessed at *but*, where the opposite must follow).
After the deciding word come clauses that change nothing, some with negations of their own (*said
the man who does not drink tea*), so that it stands 0 to 25 words before the end. The network must
remember it that long. `corpus("classify", farthest=6)` draws sentences in which
at most six words follow.

Only the meaning determines the label. Positive and negative words come in lists of equal weight,
and each pattern is used equally for both labels, with the lists swapped. A test checks this: with
those words hidden, no pair of words and no length is more frequent with one label than chance
allows.

The accuracy of simple models: logistic regression on 9,000 sentences, measured on the other 1,000:

| features | English | Chinese |
|---|---|---|
| the length | 47.6 % | 50.8 % |
| length and pairs of words, positive and negative words hidden | 51.0 % | 50.3 % |
| the last positive or negative word alone | 50.7 % | 57.0 % |
| all words, without their order | 54.3 % | 54.3 % |
| all words and pairs of words | 71.8 % | 82.2 % |

Only a model that uses the order gets near 100 %: see [models](models.md).
"""

TAG = """\
## tag: parts of speech

Some words have two parts of speech (*i water the flowers*, *the water is hot*; 我畫一張畫). An RNN
cannot look ahead when it must answer, so the grammar only has sentences in which the words *before*
determine the tag. Counted over the corpus: how often the most frequent tag is right, the best that
is possible with this knowledge.
"""

GENERATE = """\
## generate: the next word

Short sentences; the label of each word is the next one, and `<end>` after the last.
"""

CODES = """\
## The article's codes

`Encoder.with_codes` gives every word eight digits, each digit one input (D = 8). Four codes are the
article's; the others count up in the digits 0, 1, 2 in the order of the vocabulary, and the unknown
word is 00000000.
"""

UNKNOWN = """\
## Words

English is split at spaces and punctuation, Chinese into the longest words of the vocabulary; a
Chinese character that begins no known word stands alone. Case, full-width forms and the shape of an
apostrophe do not matter. Invisible characters are removed. A word that is not in the vocabulary is
shown as typed and read as `<unk>`.
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
    yield "| task | language | sentences | different words | words per sentence | labels |"
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
    yield "Words after the deciding one:"
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
