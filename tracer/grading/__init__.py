"""Grading: a student's file is run in a process of its own, and its numbers are judged outside.

Reading order: `exercise` (what is asked), `cases` (with which numbers), `process` (where the file
runs), `runner` and `frames` (what happens in there, and what comes back), `judge` (what is right),
`report` (what is said about it). Nothing here prints.
"""

from tracer.grading.exercise import Check, Exercise, discover, find
from tracer.grading.judge import grade
from tracer.grading.process import Limits, PlainProcess, Submission
from tracer.grading.report import CheckReport, Report, Verdict

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
