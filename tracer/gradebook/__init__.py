"""A class: what was handed in, one record a submission, and the rules that make grades of them."""
