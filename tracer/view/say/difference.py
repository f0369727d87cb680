"""Where a wrong number is, how much around it is right, and what the expected one comes from."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.grading.report import Difference
from tracer.language import _, plural

LISTED = 4
"""Groups of steps or rows that are named one by one."""


def place(d: Difference, calls: int, *, launched: bool = False) -> str:
    """``c at t = 2, row 1, unit 3``: where the student finds that number.

    Where the exercise has other arrays: ``next_c[1, 3] (t = 2, sentence 1, unit 3)``. `launched` is
    whether a last call is a launch of the kernel.
    """
    parts = [] if d.step is None else [_("t = {t}").format(t=d.step + 1)]
    if d.returned is None:
        parts += [along(d.axes, n, index) for n, index in enumerate(d.at)]
    elif of_samples(d):
        parts += [_("sentence {n}").format(n=d.at[0])]
        parts += [along(d.axes, n, index) for n, index in enumerate(d.at) if n]
    said = d.quantity if d.returned is None else d.returned
    if parts and d.returned is None:
        said = _("{name} at {place}").format(name=said, place=", ".join(parts))
    elif parts:
        said = _("{own} ({place})").format(own=said, place=", ".join(parts))
    if launched and d.call == calls:
        return _("{place}, where tracer launched your kernel").format(place=said)
    if calls > 1:
        said = _("{place}, in call {call}").format(call=d.call + 1, place=said)
    return said


def of_samples(d: Difference) -> bool:
    """Whether each row of the quantity is of one sentence."""
    return d.axes[:1] == ("N",)


def along(axes: Sequence[str], n: int, index: int) -> str:
    """A place on the n-th axis: ``row 1``, ``unit 3``."""
    match axes[n]:
        case "N":
            return _("row {n}").format(n=index)
        case "H" if axes[:n] in (("N",), ()) and len(axes) == n + 1:
            return _("unit {n}").format(n=index)
        case "D" if axes[0] == "N":
            return _("input {n}").format(n=index)
        case "K" if axes[0] == "N":
            return _("class {n}").format(n=index)
    if n == len(axes) - 2:
        return _("row {n}").format(n=index)
    if n == len(axes) - 1 > 0:
        return _("column {n}").format(n=index)
    return _("place {n}").format(n=index)


def how_much(d: Difference) -> list[str]:
    """How much is right: which steps, which rows; nothing where one number is all there is."""
    said = []
    if d.step is not None and d.steps > 1:
        right = [step + 1 for step in d.right_steps]
        follows = [step + 1 for step in d.following_steps]
        wrong = [step + 1 for step in range(d.steps) if step + 1 not in (*right, *follows)]
        told = _("{name} is wrong at every t.")
        if right and follows:
            told = _(
                "{name} is right at t = {right}; at t = {follows} it follows from your own "
                "numbers; at t = {wrong} it is wrong."
            )
        elif follows:
            told = _(
                "At t = {follows} {name} follows from your own numbers; at t = {wrong} it is wrong."
            )
        elif right:
            told = _("{name} is right at t = {right}, and wrong at t = {wrong}.")
        said.append(
            told.format(
                name=d.quantity,
                right=listed(right),
                follows=listed(follows),
                wrong=listed(wrong),
            )
        )
    by_row = d.returned is None or of_samples(d)
    rows = [bool(row.any()) for row in d.wrong] if d.wrong.ndim > 1 and by_row else []
    if len(rows) > 1:
        right = [row for row, bad in enumerate(rows) if not bad]
        wrong = [row for row, bad in enumerate(rows) if bad]
        if right:
            first, then = _rows(d, len(right), len(wrong))
            told = _("{right}; {wrong}.").format(
                right=first.format(rows=listed(right)), wrong=then.format(rows=listed(wrong))
            )
        else:
            told = _every_row(d)
        if said and d.step is not None:  # of this step alone
            told = _("t = {t}: {said}").format(t=d.step + 1, said=told)
        said.append(told)
    return said


def _rows(d: Difference, right: int, wrong: int) -> tuple[str, str]:
    """What is right and what is wrong, of the rows; in an array of another layout, of sentences."""
    if d.returned is not None:
        return (
            plural("Sentence {rows} is right", "Sentences {rows} are right", right),
            plural("sentence {rows} is wrong", "sentences {rows} are wrong", wrong),
        )
    return (
        plural("Row {rows} is right", "Rows {rows} are right", right),
        plural("row {rows} is wrong", "rows {rows} are wrong", wrong),
    )


def _every_row(d: Difference) -> str:
    if d.returned is not None:
        return _("Every sentence has wrong numbers.")
    return _("Every row has wrong numbers.")


def from_own(d: Difference) -> str:
    """From what the expected number is computed, where that is not right itself."""
    if not d.own:
        return ""
    said = plural(
        "“expected” is computed from your own {names}, which is not right itself.",
        "“expected” is computed from your own {names}, which are not right themselves.",
        len(d.own),
    )
    return said.format(names=listed(d.own))


def listed(things: Sequence[object]) -> str:
    """``1``, ``1 and 2``, ``1, 2 and 5``; whole numbers in a row as ``1 to 4``."""
    words = _runs(things) if all(isinstance(n, int) for n in things) else list(map(str, things))
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])


def _runs(numbers: Sequence[object]) -> list[str]:
    """Whole numbers in order, those that follow each other together."""
    runs: list[list[int]] = []
    for n in numbers:
        assert isinstance(n, int)
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    words = []
    for run in runs:
        if len(run) > 2:
            words.append(_("{first} to {last}").format(first=run[0], last=run[-1]))
        else:
            words += [str(n) for n in run]
    return words
