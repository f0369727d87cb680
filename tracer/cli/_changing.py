"""Which of two grades counts: who changes is shown first, and only then it is settled."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from tracer.cli._output import write_screen, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracer.exercises.exercise import Exercise
    from tracer.gradebook.regrading import Change, Prefer
    from tracer.gradebook.rules import Rules
    from tracer.gradebook.store import Store


def settle_all(
    store: Store, results: str, exercises: Sequence[Exercise], rules: Rules,
    found: Sequence[Change], prefer: Prefer, layout: str, to: TextIO, table: str | None = None,
) -> None:  # fmt: skip
    """Show who changes, by how much and why; then the grades that are preferred count.

    In this order: where the screen was not reached, nothing has changed, and the next command
    shows it again.
    """
    from tracer.gradebook.regrading import as_settled, changes, settle
    from tracer.gradebook.settling import settled
    from tracer.view.export.changes_csv import write_changes
    from tracer.view.parts.changes import changes as part_of
    from tracer.view.terminal.changes import changes as screen
    from tracer.view.terminal.console import abilities

    before = store.facts()
    after = as_settled(before, found, prefer)
    part = part_of((), {}, (), (), prefer, results)
    if found:
        # An exercise of which nothing was settled yet gave what it gave when it was graded.
        fresh = {change.exercise for change in changes(store, exercises)}
        known = [one for one in exercises if one.name not in fresh]
        was, becomes = (
            settled(store, known, rules, before), settled(store, exercises, rules, after),
        )  # fmt: skip
        part = part_of(found, was.students, was.rows, becomes.rows, prefer, results)
    if table is not None:
        with written(table) as stream:
            write_changes(part, stream)
    able = abilities(to, plain=layout == "plain")
    write_screen(screen(part, able, in_file=table is not None), able, to=to)
    sys.stdout.flush()
    settle(store, found, prefer)
