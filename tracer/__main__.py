"""``python -m tracer`` is ``tracer``."""

import sys
from contextlib import suppress
from pathlib import Path

if __name__ == "__main__":
    # Python looks first into the folder where this is typed; the numpy.py or random.py that a
    # student may have there is none of ours.
    with suppress(FileNotFoundError):  # the folder was deleted, and has no file at all
        if not sys.flags.safe_path and sys.path and Path(sys.path[0]) == Path.cwd():
            del sys.path[0]

    from tracer.cli import main

    main()
