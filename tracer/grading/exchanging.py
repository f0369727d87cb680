"""An answer tried with an earlier one exchanged, to see what it does with it.

Whether a function is called, its text does not tell. So what stands at the end of the earlier
answer's own file makes another function of it: one that raises when it is called, or one that gives
other numbers. What comes back then says whether it is called, and what becomes of its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.exercises.earlier import exchanged
from tracer.exercises.form import Earlier
from tracer.grading.answer import Transcript
from tracer.grading.report import Kind
from tracer.grading.request import Plan
from tracer.grading.task import Task

if TYPE_CHECKING:
    from tracer.grading.session import Session

SECONDS = 2.0
"""For each call. Where that is too little, nothing is known of it."""

NO_CALL = -1
"""No call is recorded; but Numba compiles nothing, for it could not compile what is exchanged."""

_CALLED = """

def _exchanged(function):
    import os, sys

    class Called(BaseException):
        pass

    answer = None if {live} else os.path.join(os.path.dirname(__file__), {file!r})

    def called(*given, **named):
        frame = sys._getframe()
        while frame is not None:
            if (frame.f_code.co_name, frame.f_code.co_filename) == ("<module>", answer):
                return function(*given, **named)  # the file is only being loaded
            frame = frame.f_back
        raise Called

    return called
"""

_OTHER_NUMBERS = """

def _exchanged(function):
    import numpy

    def other(value):
        if isinstance(value, (tuple, list)):
            return type(value)([other(one) for one in value])
        array = numpy.asarray(value)
        return 0.75 * array + 0.125 if array.dtype.kind == "f" else value

    return lambda *given, **named: other(function(*given, **named))
"""


def is_called(session: Session, one: Earlier, task: Task) -> bool:
    """Whether a check calls an earlier answer that the answer imports, also by way of another."""
    # In a session nothing is loaded any more; a script of that name is the one that asks.
    code = _CALLED.format(file=session.form.file, live=session.form.live)
    tried = _session(session, one, code)
    for answer in asked(tried, [task.plan]).answers:
        facts = {} if answer.trouble is None else answer.trouble.facts
        raised = answer.trouble is not None and answer.trouble.kind is Kind.RAISED
        if raised and answer.loaded and facts["inside"] == one.exercise.module:
            return True
    return False


def with_other_numbers(session: Session, one: Earlier) -> tuple[Session, Earlier]:
    """The same, where the earlier answer gives three quarters of each number and an eighth."""
    tried = _session(session, one, _OTHER_NUMBERS)
    form = replace(one.form, program=one.form.program + _added(one, _OTHER_NUMBERS))
    return tried, one._replace(form=form)


def asked(session: Session, plans: Sequence[Plan]) -> Transcript:
    """What comes back where nothing is compiled."""
    limits = replace(session.limits, seconds=min(session.limits.seconds, SECONDS))
    _run, transcript = session.asked(plans, limits, watch=NO_CALL)
    return transcript


def _session(session: Session, one: Earlier, code: str) -> Session:
    form = exchanged(session.form, one.exercise.module, _added(one, code))
    return replace(session, form=form)


def _added(one: Earlier, code: str) -> bytes:
    """What is to stand at the end of its file."""
    functions = [f"{name} = _exchanged({name})\n" for name in one.exercise.called_names]
    return "".join(["\n", code, "\n", *functions]).encode()
