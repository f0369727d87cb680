"""The pieces of text, words or characters, and the vocabulary of those that occur most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from tracer.errors import InputError, UnknownNameError
from tracer.language import _
from tracer.text.labelled import Labelled
from tracer.text.splitting import characters, is_chinese, spelling, split
from tracer.text.vocabulary import PIECES, UNKNOWN, Vocabulary


def cutter(
    pieces: str | None = None, lexicon: Collection[str] = ()
) -> Callable[[str], tuple[str, ...]]:
    """How a text is cut into pieces, before there is a vocabulary.

    Parameters
    ----------
    pieces : str or None
        ``"characters"``: each character is a piece, in every writing. ``"words"``: Chinese is cut
        at the longest words of `lexicon`. None: Chinese by those, or by characters where there is
        no lexicon; what has spaces around it (an English word, a number) stays whole.
    lexicon : collection of str
        Chinese words. Text written with spaces needs none.

    Returns
    -------
    callable
        From a text to the tuple of its pieces, without punctuation. With ``"words"`` and no
        lexicon it raises an `InputError` for Chinese text: nothing says where its words end.

    Raises
    ------
    UnknownNameError
        If `pieces` is not in `PIECES`.
    """
    if pieces is not None and pieces not in PIECES:
        raise UnknownNameError("kind of piece", pieces, PIECES)
    if pieces == "characters":
        return characters
    by_characters = pieces is None and not lexicon
    spelled = () if by_characters else map(spelling, lexicon)
    words = frozenset(word for word in spelled if all(map(is_chinese, word)))
    longest = max(map(len, words), default=1)

    def cut(text: str) -> tuple[str, ...]:
        if not (words or by_characters) and any(map(is_chinese, text)):
            raise InputError(
                "this is Chinese, which has no spaces between words; read it by characters "
                "(--pieces characters)"
            )
        return split(text, lambda piece: spelling(piece) in words, longest)

    return cut


def vocabulary_of(
    sentences: Iterable[Labelled],
    *,
    most: int | None = None,
    least: int = 2,
    pieces: str = "words",
) -> Vocabulary:
    """The words of these sentences that occur most often, the most frequent first.

    Make it from the sentences to train with, never from the held-out ones.

    Parameters
    ----------
    sentences : iterable of Labelled
    most : int or None
        How many words at most, ``<unk>`` not counted.
    least : int
        How often a word must occur. With 1 every word is known, and training never sees ``<unk>``:
        its row keeps its initial numbers, whatever they are.
    pieces : str
        What the words of the sentences are: ``"words"`` or ``"characters"``.

    Returns
    -------
    Vocabulary
        The same on every machine: words that occur equally often are in the order of their text.

    Raises
    ------
    InputError
        If `most` or `least` is below 1, or no word occurs that often.
    """
    for name, number in (("most", most), ("least", least)):
        if number is not None and number < 1:
            raise InputError(f"{name} is {number}; expected 1 or more")
    counts = Counter(word for sentence in sentences for word in map(spelling, sentence.words))
    # a few rare signs have no settled spelling: they can be looked up under none
    frequent = [
        (-count, word)
        for word, count in counts.items()
        if count >= least and word and word != UNKNOWN and spelling(word) == word
    ]
    if not frequent:
        raise InputError(f"no word occurs {least} times or more; take a smaller 'least'")
    return Vocabulary((UNKNOWN, *(word for _count, word in sorted(frequent)[:most])), pieces)


def recut(
    sentences: Iterable[Labelled], cut: Callable[[str], tuple[str, ...]]
) -> tuple[Labelled, ...]:
    """The sentences of task ``classify`` as a model's encoder will cut them: ``encoder.split``.

    A Chinese word that is not in the vocabulary is cut into shorter ones that are. Sentences that
    did not come from a text (`Labelled.text` is "") stay as they are.
    """
    return tuple(
        sentence._replace(words=cut(sentence.text)) if sentence.text else sentence
        for sentence in sentences
    )


def unknown_share(sentences: Iterable[Labelled], known: Vocabulary) -> float:
    """Which share of the words, 0 to 1, the vocabulary does not have."""
    unknown = [word not in known for sentence in sentences for word in sentence.words]
    return sum(unknown) / len(unknown) if unknown else 0.0


def typed_report(
    sentences: Iterable[Labelled], cut: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    """Which share of the words no typed text becomes: a file may cut words as nobody types them.

    Sentences without a text (`Labelled.text` is "") are not looked at. `cut` is ``encoder.split``.
    """
    lost: Counter[str] = Counter()
    total, found_apart = 0, True
    for sentence in sentences:
        if sentence.text:
            missing = _not_found(sentence.words, sentence.text, cut)
            lost += missing
            total += len(sentence.words)
            if missing and _not_found(sentence.words, " ".join(sentence.words), cut):
                found_apart = False
    if not lost:
        return ()
    said = _("typed text is cut otherwise than this file for {share:.1%} of its words ({words})")
    advice = (
        _("when you type them, put a space between two words")
        if found_apart
        else _("tracer show --words takes words as they are cut")
    )
    words = ", ".join(word for word, _n in lost.most_common(3))
    return (f"{said.format(share=lost.total() / total, words=words)}; {advice}",)


def _not_found(
    words: Sequence[str], text: str, cut: Callable[[str], tuple[str, ...]]
) -> Counter[str]:
    """The words that a text does not become, each as often as it is missing."""
    try:
        typed = cut(text)
    except InputError:  # a file may call anything the text of these words
        typed = ()
    return Counter(map(spelling, words)) - Counter(map(spelling, typed))


def vocabulary_report(
    training: Sequence[Labelled], validation: Sequence[Labelled], known: Vocabulary
) -> tuple[str, ...]:
    """How many words are known, of how many, and how much of the text is unknown."""
    kinds = {spelling(word) for sentence in training for word in sentence.words}
    return (
        _("vocabulary: {known:,} of the {all:,} different pieces in the training data").format(
            known=len(known) - 1, all=len(kinds)
        ),
        _("unknown: {train:.1%} of the training text, {held:.1%} of the held-out text").format(
            train=unknown_share(training, known), held=unknown_share(validation, known)
        ),
    )
