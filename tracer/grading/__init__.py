"""Grading: what an answer's numbers should be, and the first place where they are not.

Reading order: `session` (the way of a submission), `task` and `request` (what is asked), `answer`
(what came back), `right` and `comparing` (what is right), `judge`, `repeating` and `diagnosing`
(what it comes from), `undecided`, `report` (what is said about it). Nothing here prints.
"""
