"""Grades for the systems of others: what a class has earned, in the form that each reads."""
