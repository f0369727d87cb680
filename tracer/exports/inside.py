"""What runs in somebody's box: ``python -I -m tracer.exports.inside BOX.json``.

Nothing that a student has written goes to standard output, which may be the log of a build. Where
the grader fails, no result is written and the exit code is not 0: that is no grade.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

DONE, FAILED = 0, 70


def main(arguments: Sequence[str]) -> int:
    """Grade what lies in the box, and write the result."""
    # It starts threads when it is loaded, and a box has half a processor.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tracer.errors import TracerError
    from tracer.view.say.words import clean

    try:
        (file,) = arguments
        return _grade(Path(file))
    except TracerError as error:
        sys.stdout.write(f"not graded: {clean(str(error))}\n")
        return FAILED


def _grade(box: Path) -> int:
    from tracer.errors import FileError
    from tracer.exercises.discovery import discover
    from tracer.exports.format import BoxFormat
    from tracer.exports.graded import graded
    from tracer.exports.registry import format_named
    from tracer.exports.settings import OWN, read
    from tracer.gradebook.behind import standing
    from tracer.storage.whole import replacing

    settings = read(box)
    form = format_named(settings.to)
    assert isinstance(form, BoxFormat)
    places = form.places(os.environ)
    places.result.unlink(missing_ok=True)  # no other result stands where the grader fails
    found = discover(box.parent / OWN if settings.own else None).good
    exercises = [one for one in found if one.name in settings.exercises]
    if len(exercises) != len(settings.exercises):
        raise FileError(f"not all of {', '.join(settings.exercises)} can be used")
    behind = standing(None, trusted=settings.trusted)
    done = []
    for one in graded(places, exercises, behind, settings):
        if one.fault:
            raise FileError(f"the grader failed at {one.exercise.name}: {one.fault}")
        done.append(one)
        sys.stdout.write(f"{one.exercise.name}: {one.points:g} of {one.exercise.points}\n")
    result, beside = form.written(done, settings, os.environ)
    places.result.parent.mkdir(parents=True, exist_ok=True)
    texts = {places.result.name: json.dumps(result, indent=1, allow_nan=False) + "\n", **beside}
    for name, text in texts.items():
        path = places.result.with_name(name)
        if path.is_symlink():  # of the student's: it would lead elsewhere
            path.unlink()
        with replacing(path) as temporary:
            temporary.write_text(text, "utf-8")
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
