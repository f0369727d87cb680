"""A course: a student's folder of exercises, and what checks that the exercises fit together."""
