"""A check of functions that are there already, in a notebook or a script: ``tracer.check``.

Reading order: `chosen` (which functions), `sources` (where their lines stand), `here` (how they are
called), `result` (what is shown), `checking` (all of it); `named` (which exercise), `importing` (a
student's earlier answers).
"""
