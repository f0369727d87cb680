"""What a worker of a cluster is asked to do: to say which wall holds there, and to grade.

Plain values go in, and text comes out. A process grades one submission at a time, however many
threads it has: what stands around the student's process belongs to the whole process.
"""

from __future__ import annotations

import json
import tempfile
import threading
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from tracer.errors import TracerError
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Folder
from tracer.gradebook.behind import standing
from tracer.gradebook.identity import grader_of
from tracer.gradebook.workers import Grader, Job, outcome
from tracer.sandbox import leftovers, place

_ONE = threading.Lock()


def wall_there(named: str | None, *, trusted: bool) -> tuple[str, str]:
    """The wall that holds on this worker, or why none does: one of the two is empty."""
    try:
        with _ONE:
            leftovers.removed()  # before this process has a room of its own
            _room()
            return standing(named, trusted=trusted), ""
    except TracerError as error:
        return "", str(error)


def graded_there(job: Job, grader: Grader, wanted: str) -> str:
    """Grade one submission; the grade and the fault as JSON, one of them empty.

    Parameters
    ----------
    job : Job
        Its exercise is a path that is there too, or a mere name for one of tracer's own.
    grader : Grader
    wanted : str
        What the grade is to hang on (`grader_of`); where this worker has another tracer, or
        another exercise, it grades nothing.
    """
    here = job._replace(exercise=folder_there(job.exercise))
    known = _known(here.exercise)
    if known != wanted:
        return json.dumps([None, f"this worker grades by {known or 'nothing'}, not by {wanted}"])
    with _ONE:
        _room()
        found = outcome(here, grader)
    return json.dumps([found.grade, found.fault], allow_nan=False)


def folder_there(exercise: Path) -> Path:
    """The folder of an exercise on this machine."""
    return exercise if exercise.is_absolute() else home() / exercise


@cache
def _room() -> None:
    """From now on, all that grading makes lies in one folder, which goes with this process.

    A process of Dask's ends like one of `multiprocessing`: nothing that `atexit` knows is called.
    """
    folder = place.folder()
    tempfile.tempdir = str(folder.__enter__())
    Finalize(None, folder.__exit__, args=(None, None, None), exitpriority=1)


@cache
def _known(folder: Path) -> str:
    return grader_of(Folder(folder)) if folder.is_dir() else ""
