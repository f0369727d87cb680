"""What gives a student's wrong numbers: the well-known mistakes, and the search among them.

A mistake is an edit of the program of the equations, kept as data in ``catalogue.toml``. It is
named only if it gives every number that came back and nothing else does as well.
"""

from __future__ import annotations

from tracer.mistakes.catalogue import mistakes_of
from tracer.mistakes.diagnosis import diagnose
from tracer.mistakes.records import Diagnosis, JudgedEquation, Mistake, Run
from tracer.mistakes.task import InVain

__all__ = ["Diagnosis", "InVain", "JudgedEquation", "Mistake", "Run", "diagnose", "mistakes_of"]
