"""Where two traces part, for programs: JSON."""

from __future__ import annotations

from tracer.trace.compare import Divergence
from tracer.view.export.to_json import json_number


def as_record(found: Divergence | None, first_step: int = 0) -> dict[str, object]:
    """The divergence for JSON: ``t`` as screens count it, everything else from 0."""
    if found is None:
        return {"equal": True}
    return {
        "equal": False,
        "t": found.step + first_step + 1,
        "batch": found.batch,
        "quantity": found.quantity,
        "unit": found.unit,
        "got": json_number(found.got),
        "expected": json_number(found.expected),
        "beside": found.beside,
        "consequences": found.consequences,
        "again": found.again,
        "also": [as_record(other, first_step) for other in found.also],
    }
