"""The line to look at: where a student's own variables first go wrong. Feedback, never points."""
