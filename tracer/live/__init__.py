"""A check of functions that are there already, in a notebook or a script: ``tracer.check``.

Reading order: `chosen` (which functions), `reached` (what they call), `sources` (where their lines
stand), `earlier` (a student's earlier answers that they call), `here` (how they are called),
`result` (what is shown), `checking` (all of it); `named` (which exercise), `importing` (how earlier
answers are imported).
"""
