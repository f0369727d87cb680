"""Grading: a student's file is run in a process of its own, and its numbers are judged outside.

Reading order: `exercise` (what is asked), `cases` (with which numbers), `session` (the way of a
submission), `process` (where it runs), `supervise`, `runner` and `frames` (what happens in there,
and how numbers cross), `answer` (what came back), `judge` and `comparing` (what is right), `report`
(what is said about it). Around them: `workbook`, `choosing`, `hints`, `authoring`. Nothing here
prints.
"""

from tracer.grading.exercise import Check, Exercise, discover, find
from tracer.grading.process import Limits, PlainProcess
from tracer.grading.report import CheckReport, Report, Verdict
from tracer.grading.session import grade
from tracer.grading.submission import Submission

__all__ = [
    "Check",
    "CheckReport",
    "Exercise",
    "Limits",
    "PlainProcess",
    "Report",
    "Submission",
    "Verdict",
    "discover",
    "find",
    "grade",
]
