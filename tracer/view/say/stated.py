"""What is said of a value that is not as its check states it: learned too little, or refused."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.exercises.planting import EPS, TINY, Planted, Slope
from tracer.grading.report import Trouble
from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.learned import learned_too_little
from tracer.view.say.numbers import number


def not_as_stated(trouble: Trouble, function: str) -> list[str]:
    """That a value does not hold what the check states of it."""
    facts = trouble.facts
    if facts["how"] == "accuracy":
        return learned_too_little(facts, function)
    said = {
        "is": _("{function} returned {got}; here the right answer is {wanted}."),
        "at least": _("{function} returned {got}; at least {wanted} is asked for."),
        "at most": _("{function} returned {got}; at most {wanted} is asked for."),
    }[facts["how"]]
    told = [said.format(function=function, got=facts["got"], wanted=facts["wanted"])]
    if trouble.call:
        told.append(_("That was call {n}; before it, all was right.").format(n=trouble.call + 1))
    if facts["slope"] is not None:
        told += _measured(facts["slope"])
    return told if facts["planted"] is None else [*told, *_given_wrong(facts["planted"])]


def _measured(slope: Slope) -> Iterator[str]:
    """That one of the gradients is right, by the slope of the loss."""
    said = _("With {eps} more in {parameter} the loss is {up:.10f}, with {eps} less {down:.10f}.")
    yield said.format(eps=f"{EPS:.4f}", parameter=slope.parameter, up=slope.up, down=slope.down)
    said = _("So numeric is {numeric:.7f} there, and {gradient} is {right:.7f}: it is right.")
    yield said.format(numeric=slope.numeric, gradient=slope.gradient, right=slope.right)
    if slope.zero:
        said = plural(
            "{names} is 0 everywhere, and so is numeric there: they agree.",
            "{names} are 0 everywhere, and so is numeric there: they agree.",
            len(slope.zero),
        )
        yield said.format(names=listed(slope.zero))
    yield _("Print your own numeric beside it: they must agree to about six digits.")
    both, *others = (number(error, digits=1) for error in slope.errors)
    said = _(
        "The error ‖numeric - gradient‖ / (‖numeric‖ + ‖gradient‖) of all of {array} is then about "
        "{error}. Print yours; it would be about"
    )
    yield said.format(array=slope.array, error=both)
    mistaken = (
        _("– {error} from one side only, (loss at p + eps - loss at p) / eps"),
        _("– {error} if divided by eps and not by 2 * eps"),
        _("– {error} with / 2 * eps, without brackets"),
        _("– {error} with an eps of {eps}"),
    )
    for said, error in zip(mistaken, others, strict=True):
        yield said.format(error=error, eps=number(TINY, 1))


def _given_wrong(planted: Planted) -> Iterator[str]:
    """Which of the arguments were wrong, which were right, and where the wrong ones come from."""
    if planted.wrong:
        yield plural(
            "Of what it was given, {names} is wrong.",
            "Of what it was given, {names} are wrong.",
            len(planted.wrong),
        ).format(names=listed(planted.wrong))
    if planted.right:
        yield plural("{names} is right.", "{names} are right.", len(planted.right)).format(
            names=listed(planted.right)
        )
    what = "; ".join(planted.edits)
    if len(planted.instead) == len(planted.edits):
        said = _("The wrong numbers were computed with {what}; right is {right}.")
        yield said.format(what=what, right="; ".join(planted.instead))
    else:
        yield _("The wrong numbers come from this change: {what}.").format(what=what)
