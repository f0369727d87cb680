"""Grading: what an answer's numbers should be, and the first place where they are not.

Reading order: `session` (the way of a submission), `answer` (what came back), `judge` and
`comparing` (what is right), `causes` and `blocks` (which known mistake it is), `undecided`,
`report` (what is said about it). Nothing here prints.
"""
