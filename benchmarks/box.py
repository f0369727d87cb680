"""How long an autograder for Gradescope takes in a box like Gradescope's, and what memory.

Needs nothing beside tracer, a checkout with its ``solutions/``, and root on a Linux whose control
groups it may write::

    sudo .venv/bin/python benchmarks/box.py [--mistakes 3]

`tracer export` packs all exercises. The archive is unpacked, and its ``run_autograder`` run in a
group with half a processor and 768 MB: for the solutions of all exercises handed in at once, for
their stubs, and for wrong answers, the first known mistake of each exercise, then the second, and
so on. bubblewrap is not found there, as in a box without it, so the wall is that of Landlock.
Printed are seconds on the clock and of the processor, and the most memory that all processes had
together (pages that they share are counted for each).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zipfile import ZipFile

import psutil

from tracer.exercises.discovery import discover

SOLUTIONS = Path(__file__).parents[1] / "solutions"
GROUPS = Path("/sys/fs/cgroup")
NAME = f"tracer-box-{os.getpid()}"
MEMORY = 768 * 2**20
EVERY = 0.02


@contextmanager
def group() -> Iterator[list[Path]]:
    """A control group of half a processor and 768 MB; where a process has to be written to."""
    if (GROUPS / "cgroup.controllers").exists():
        limits = {GROUPS / NAME: {"cpu.max": "50000 100000", "memory.max": str(MEMORY)}}
        tasks = "cgroup.procs"
    else:
        limits = {
            GROUPS / "cpu" / NAME: {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000"},
            GROUPS / "memory" / NAME: {"memory.limit_in_bytes": str(MEMORY)},
            GROUPS / "cpuacct" / NAME: {},
        }
        tasks = "tasks"
    try:
        for folder, values in limits.items():
            folder.mkdir(exist_ok=True)
            for name, value in values.items():
                (folder / name).write_text(value)
        yield [folder / tasks for folder in limits]
    finally:
        for folder in limits:
            with suppress(OSError):
                folder.rmdir()


def processor() -> float:
    """Seconds of the processor that all in the group have used, those that were killed too."""
    of_second = GROUPS / NAME / "cpu.stat"
    if of_second.exists():
        return int(of_second.read_text().split()[1]) / 1e6  # usage_usec
    return int((GROUPS / "cpuacct" / NAME / "cpuacct.usage").read_text()) / 1e9


def run(box: Path, tasks: list[Path]) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of the processor, and the most bytes."""
    tools = box / "bin"
    tools.mkdir(exist_ok=True)
    for name in ("bash", "env"):
        if not (tools / name).exists():
            (tools / name).symlink_to(str(shutil.which(name)))
    inside = " && ".join(f"echo $$ > {path}" for path in tasks)
    environment = {
        "PATH": str(tools), "AUTOGRADER_ROOT": str(box), "TRACER_PYTHON": sys.executable,
    }  # fmt: skip
    before, start, most = processor(), time.perf_counter(), 0
    command = ["/bin/bash", "-c", f"{inside} && exec {box}/run_autograder"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    while process.poll() is None:
        with suppress(psutil.Error):
            top = psutil.Process(process.pid)
            all_of_it = [top, *top.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in all_of_it))
        time.sleep(EVERY)
    return time.perf_counter() - start, processor() - before, most


def main() -> None:
    """Pack, unpack, and run it for each class of answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mistakes", type=int, default=3)
    count = parser.parse_args().mistakes
    exercises = discover().good
    kinds: dict[str, dict[str, Path]] = {
        "right": {e.file: SOLUTIONS / e.name / e.file for e in exercises},
        "stubs": {e.file: e.stub for e in exercises},
    }
    for number in range(count):
        wrong = {e.file: sorted((SOLUTIONS / e.name / "mistakes").glob("*.py")) for e in exercises}
        kinds[f"wrong {number + 1}"] = {f: known[number % len(known)] for f, known in wrong.items()}
    with tempfile.TemporaryDirectory() as folder, group() as tasks:
        box = Path(folder)
        box.chmod(0o755)
        chosen = [word for e in exercises for word in ("--exercise", e.name)]
        command = [sys.executable, "-m", "tracer", "export", "--to", "gradescope", *chosen]
        subprocess.run([*command, "--out", f"{box}/autograder.zip"], check=True)  # noqa: S603
        with ZipFile(box / "autograder.zip") as archive:
            archive.extractall(box / "source")
        shutil.copy(box / "source" / "run_autograder", box)
        (box / "run_autograder").chmod(0o755)
        for kind, answers in kinds.items():
            shutil.rmtree(box / "submission", ignore_errors=True)
            (box / "submission").mkdir()
            for name, path in answers.items():
                shutil.copy(path, box / "submission" / name)
            clock, used, most = run(box, tasks)
            result = json.loads((box / "results" / "results.json").read_text("utf-8"))
            wall, score = result["extra_data"]["wall"], result["score"]
            print(
                f"{kind:8} {score:6.1f} points  {clock:5.1f} s on the clock  {used:5.1f} s of the "
                f"processor  {most / 1e6:4.0f} MB  {wall}"
            )


if __name__ == "__main__":
    main()
