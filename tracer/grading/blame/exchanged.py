"""Values that one statement gives to each other's names: ``i, f, o, g = np.split(z, 4)``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.grading.blame.among import Quantities, plain
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records


def exchanged(
    records: Records, found: int, right: Sequence[bool], quantities: Quantities
) -> tuple[int, str] | None:
    """The first record of such a statement on the way to a wrong one, and whose numbers it has.

    Each of its values is a quantity after which another of its variables is called, or the part of
    z of one, or the state before it; and no name is left over.
    """
    on_the_way = _on_the_way(records, found)
    for made in _at_once(records, found):
        if on_the_way.isdisjoint(made):
            continue
        meant = {k: meant_by(records.name(k), quantities) for k in made}
        called = set(meant.values())
        if len(called) < max(2, len(made)) or not called <= set(quantities):
            continue
        for form in ("{}", "z_{}", "{}_prev"):
            has = {k: _has(records, k, form, called, quantities) for k in made}
            if "" not in has.values() and set(has.values()) == called and has != meant:
                others = [k for k in made if has[k] != meant[k]]
                if not any(_used_rightly(records, k, right, quantities) for k in others):
                    return others[0], form.format(has[others[0]])
    return None


def _used_rightly(
    records: Records, record: int, right: Sequence[bool], quantities: Quantities
) -> bool:
    """Whether a quantity is right that was computed of it: then its name means something else."""
    uses = [use for use, _sure in records.used_by.get(record, ())]
    return any(right[use] and meant_by(records.name(use), quantities) in quantities for use in uses)


def _on_the_way(records: Records, found: int) -> set[int]:
    """What a record was computed of, and itself."""
    seen, at = {found}, {found}
    while at:
        at = {e for k in at for e in records.read.get(k, ())} - seen
        seen |= at
    return seen


def _at_once(records: Records, found: int) -> Iterator[Sequence[int]]:
    """The records that one run of a statement made, those before `found` and beside it."""
    made: list[int] = []
    last: tuple[int, ...] = ()
    for k, row in enumerate(records.rows.tolist()):
        place = (row[0], row[1], row[7])
        name = records.name(k)
        if place != last or name in map(records.name, made):
            if len(made) > 1:
                yield made
            if k > found:
                return
            made = []
        last = place
        made += [k] if name and not name.startswith("return") else []
    if len(made) > 1:
        yield made


def _has(records: Records, record: int, form: str, called: set[str], quantities: Quantities) -> str:
    """Which of these quantities, or of others by that form, it has the numbers of; or empty."""
    numbers = records.of(record)
    if plain(numbers):
        return ""
    found = [q for q in called if quantities.has_at_once(form.format(q), numbers)]
    return found[0] if len(found) == 1 else ""
