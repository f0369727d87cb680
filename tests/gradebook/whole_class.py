"""Grades a class of any size: killed at random moments, it is as if it had not been.

    python -m tests.gradebook.whole_class --students 1000 --kills 20

Every student hands in an answer to every exercise, drawn: a right one in one of many styles, one
that imports what the same student has handed in to an exercise before, one with a mistake of the
list, one of `tests/walls` that is handed in to do harm or only unusual, or the file as it was given
out. An exercise that asks for no quantity of the equations has its solution and its mistakes; those
that learn or compile are left out, for one answer takes seconds. The class is graded once
undisturbed, and once killed with SIGKILL at random moments; then all records, the gradebook and the
summary must be the same, and again when some have handed in other answers to what is imported. At
last it is graded anew with nothing changed, and every byte must stay.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from tests.gradebook.handing import SOLUTIONS, UNROLL
from tests.walls.attacked import entries
from tracer.corpus.variants import catalogue, right_variants, single_variants
from tracer.exercises.discovery import discover
from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise

STYLES, MISTAKES = 12, 24
"""Of each exercise, so many right answers and so many mistakes to draw from."""

SHARES = {"right": 30, "imports": 15, "wrong": 40, "as given out": 5, "of tests/walls": 10}
"""How often each kind of answer is handed in, of a hundred."""

SETTLED = (("wrong",), ("forbidden",), ("passed",))
"""What is taken of tests/walls: where time or memory ran out, no two runs end at the same place."""

BY_CHANCE = (b"import random", b"perf_counter", b"disk_usage")
"""What an answer draws, or prints of the clock and the disk: no two runs agree on that."""

TABLES = {
    "settings": "SELECT * FROM settings",
    "sources": "SELECT * FROM sources",
    "submissions": "SELECT number, student, name, email, exercise, attempt, digest, file, place, "
    "time, late, seed, base, looked, seen = (SELECT max(seen) FROM submissions) FROM submissions",
    "earlier": "SELECT * FROM earlier",
    "grades": "SELECT submission, grader, verdict, points, out_of, record FROM grades",
    "faults": "SELECT * FROM faults",
    "standing": "SELECT standing.submission, grader, settled FROM standing "
    "JOIN grades ON grades.number = standing.grade",
}
"""The gradebook. Grades are numbered in the order in which they were ready, which is no fact."""


LEFT_OUT = {"44_train_tagger", "50_lstm_step_jitted", "51_lstm_step_on_cuda"}
"""Exercises of which one answer takes seconds."""


def known_answers(exercise: Exercise) -> dict[str, list[bytes]]:
    """The right ones and the wrong ones."""
    if exercise.asks_for_quantities:
        known = catalogue(exercise, MISTAKES)
        return {
            "right": [variant.source.encode() for variant in right_variants(exercise, STYLES)],
            "wrong": [variant.source.encode() for variant in single_variants(exercise, known, 1)],
        }
    solution = SOLUTIONS / exercise.name
    return {
        "right": [(solution / exercise.file).read_bytes()],
        "wrong": [path.read_bytes() for path in sorted((solution / "mistakes").glob("*.py"))],
    }


def answers(exercise: Exercise) -> dict[str, list[bytes]]:
    """All that may be handed in to an exercise, by what kind of answer it is."""
    harm = [
        entry.source
        for entry in (*entries("attacks"), *entries("unusual"))
        if entry.exercise == exercise.name and entry.verdicts in SETTLED
    ]
    harm = [source for source in harm if not any(word in source for word in BY_CHANCE)]
    return {
        **known_answers(exercise),
        "imports": importing(exercise),
        "as given out": [exercise.stub.read_bytes()],
        "of tests/walls": harm,
    }


def importing(exercise: Exercise) -> list[bytes]:
    """The solution, without the functions of exercises before it, which it imports."""
    if exercise.number == "13":  # whose solution has no function of exercise 10
        return [UNROLL.encode()]
    module = ast.parse((SOLUTIONS / exercise.name / exercise.file).read_bytes())
    there = {name: one.module for one in all_used(exercise) for name in one.called_names}
    theirs = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name in there]
    module.body = [node for node in module.body if node not in theirs]
    imports = "".join(f"from {there[node.name]} import {node.name}\n" for node in theirs)
    return [f"{imports}{ast.unparse(module)}\n".encode()] if theirs else []


def handed_in_anew(folder: Path) -> None:
    """Every third student hands in another answer to each exercise that others import."""
    imported = {one.name: one for exercise in discover().good for one in all_used(exercise)}
    for name, exercise in sorted(imported.items()):
        right = known_answers(exercise)["right"][-1]
        for student in sorted(folder.iterdir())[::3]:
            (student / name / exercise.file).write_bytes(right + b"# anew\n")


def handed_in(folder: Path, students: int, seed: int) -> Counter[str]:
    """Write the class; how many answers there are of each kind."""
    chance, kinds = random.Random(seed), Counter[str]()  # noqa: S311 - no secret
    for exercise in [e for e in discover().good if e.name not in LEFT_OUT]:
        there = answers(exercise)
        for number in range(students):
            (kind,) = chance.choices(list(SHARES), list(SHARES.values()))
            kind = kind if there[kind] else "right"
            kinds[kind] += 1
            place = folder / f"student{number:04}" / exercise.name / exercise.file
            place.parent.mkdir(parents=True)
            place.write_bytes(chance.choice(there[kind]))
    return kinds


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tracer(*words: str | Path) -> list[str]:
    """The command."""
    return [sys.executable, "-m", "tracer", *map(str, words)]


def graded(command: list[str]) -> str:
    """Run it to its end; what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def graded_by_fits(
    command: list[str], results: Path, kills: int, all_of_it: int, there: int = 0
) -> None:
    """Run it, and kill it when a random part more of the class is graded, so many times."""
    left = range(there + 1, all_of_it)
    ends = sorted(random.sample(left, min(kills, len(left))))
    for end in ends:
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as grader:
            while grader.poll() is None and how_many(results) < end:
                with suppress(subprocess.TimeoutExpired):
                    grader.wait(random.uniform(0, 0.05))  # noqa: S311
            grader.send_signal(signal.SIGKILL)


def how_many(results: Path) -> int:
    """How many submissions have a grade by now."""
    return sum(1 for _path in results.glob("records/*/*.json"))


def contents(results: Path) -> Iterator[tuple[str, str]]:
    """Each record by its path, with a digest; and what is in the gradebook, table by table."""
    for path in sorted(results.rglob("*.json")):
        yield str(path.relative_to(results)), hashlib.sha256(path.read_bytes()).hexdigest()
    with closing(sqlite3.connect(next(results.glob("*.sqlite")))) as store:
        for table, question in TABLES.items():
            rows = sorted(map(repr, store.execute(question)))
            yield table, hashlib.sha256("\n".join(rows).encode()).hexdigest()


def differing(one: Path, other: Path) -> list[str]:
    """What is not the same in both."""
    mine, theirs = dict(contents(one)), dict(contents(other))
    return sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k))


def main() -> None:
    """Make the class, grade it three times, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20, help="[20]")
    parser.add_argument("--kills", type=int, default=20, help="[20]")
    parser.add_argument("--seed", type=int, default=0, help="which class it is [0]")
    parser.add_argument("--wall", default="landlock", help="[landlock]")
    parser.add_argument("--jobs", type=int, default=2, help="[2]")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        kinds = handed_in(root / "class", given.students, given.seed)
        more = ("--wall", given.wall, "--jobs", str(given.jobs), "--format", "plain")
        say(f"{given.students} students: {dict(kinds)}")

        def grading(out: str) -> list[str]:
            return tracer("grade", root / "class", "--out", root / out, "--seed", "7", *more)

        start = time.perf_counter()
        undisturbed = graded(grading("undisturbed"))
        seconds = time.perf_counter() - start
        count = how_many(root / "undisturbed")
        say(f"graded {count} in {seconds:.0f} s: {count / seconds:.1f} a second")

        graded_by_fits(grading("killed"), root / "killed", given.kills, count)
        again = graded(grading("killed"))
        changed = differing(root / "undisturbed", root / "killed")
        same = "the same" if again == undisturbed else "another summary"
        say(f"killed {given.kills} times: {same}, {len(changed)} differ {changed[:5]}")

        handed_in_anew(root / "class")
        undisturbed = graded(grading("undisturbed"))
        added = how_many(root / "undisturbed") - count
        graded_by_fits(grading("killed"), root / "killed", given.kills, count + added, count)
        again = graded(grading("killed"))
        changed += differing(root / "undisturbed", root / "killed")
        same = "the same" if again == undisturbed else "another summary"
        say(f"and again, with {added} more: {same}, {len(changed)} differ {changed[:5]}")

        before = dict(contents(root / "killed"))
        start = time.perf_counter()
        graded(tracer("regrade", root / "killed", "--all", *more))
        moved = [name for name, digest in contents(root / "killed") if before.get(name) != digest]
        taken = time.perf_counter() - start
        say(f"regraded in {taken:.0f} s: {len(moved)} changed {moved[:5]}")
        raise SystemExit(int(bool(changed or moved or again != undisturbed)))


if __name__ == "__main__":
    main()
