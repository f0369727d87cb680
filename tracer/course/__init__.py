"""A course: a student's folder of exercises, and what holds the exercises against themselves."""
