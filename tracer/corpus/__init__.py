"""Answers written by machine: an exercise's equations, right or edited, as students write."""
