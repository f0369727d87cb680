"""Write docs/report-json.md from tracer/view/export/report.schema.json: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracer.view.export.report_json import SCHEMA, schema

PAGE = Path(__file__).with_name("report-json.md")

HEAD = f"""\
# The report for programs

<!-- Written from tracer/view/export/report.schema.json by docs/make_report_json.py: make docs -->

`tracer check --format json` writes one JSON object, in one line: all that the screen says, and the
numbers behind it. `tracer.check(…).record` is the same in Python.

    tracer check answers/one.py --exercise 22 --format json
    tracer check answers/one.py --exercise 22 --format json --output report.json

| exit code | means | JSON |
|---|---|---|
| 0 | every check passes, or every exercise is passed already | yes |
| 1 | not every check passes | yes |
| 2 | nothing was checked (no such exercise or file); standard error says why | no |
| 70 | a bug in tracer: `verdict` is `grader_fault`; what it says is not to be scored | as a rule |
| 130 | ended by Ctrl-C | no |

Its schema is a file of the package, `tracer/view/export/report.schema.json` (JSON Schema, draft
2020-12). Every key is always there, and no other one is. `"schema": "{SCHEMA}"` names it; the
number is another one as soon as a key comes, goes or means something else.

```python
import json
from importlib.resources import files

schema = json.loads((files("tracer.view.export") / "report.schema.json").read_text("utf-8"))
```

Places in arrays count from 0, calls and steps from 1. All texts are in the language of the screen
and safe to show: what would move a cursor or turn text round is written out (`\\x1b`). They may
still hold `<` and `&`: escape them where they become HTML.
"""

TITLES = {
    "check": "A check",
    "diagnosis": "A diagnosis",
    "line": "A line",
    "right_before": "A variable that is right",
    "equation": "An equation",
    "quantity": "A quantity",
    "wrong_number": "A wrong number",
    "beside": "A number of a row",
    "states": "A sentence step by step",
    "state": "A state after a step",
    "reading": "A sentence that is read",
    "word": "A word that is read",
    "trouble": "Trouble, and remarks",
}


def render() -> str:
    """The page."""
    whole = schema()
    parts = [HEAD, "## The record\n", *_table(whole, whole)]
    for name, title in TITLES.items():
        found = whole["$defs"][name]
        parts += [f"\n## {title}\n", f"{found['description']}\n", *_table(found, whole)]
    verdicts = ", ".join(f"`{verdict}`" for verdict in whole["$defs"]["verdict"]["enum"])
    kinds = ", ".join(
        f"`{kind}`" for kind in whole["$defs"]["trouble"]["properties"]["kind"]["enum"]
    )
    parts += ["\n## Words that stand for one of a few\n", f"Verdicts: {verdicts}.\n"]
    parts += [f"Kinds of trouble: {kinds}."]
    return "\n".join(parts) + "\n"


def _table(part: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    yield "| key | is | says |"
    yield "|---|---|---|"
    for name, found in part["properties"].items():
        said = found.get("description") or whole["$defs"][_named(found)]["description"]
        yield f"| `{name}` | {_type(found)} | {said} |"


def _type(found: Mapping[str, Any]) -> str:
    """What may stand there, in a few words."""
    if "const" in found:
        return f"`{found['const']}`"
    if "anyOf" in found:
        return " or ".join(_type(one) for one in found["anyOf"])
    if "$ref" in found:
        name = _named(found)
        if name in TITLES:
            title = TITLES[name]
            return f"[object](#{title.lower().replace(' ', '-').replace(',', '')})"
        return {"verdict": "a verdict", "real": "number, or text"}[name]
    if "enum" in found:
        return "one of a few words" + (" or null" if None in found["enum"] else "")
    if found["type"] == "array":
        of = found["items"]
        return "list of lists of text" if of.get("type") == "array" else f"list of {_type(of)}"
    types = [found["type"]] if isinstance(found["type"], str) else found["type"]
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return " or ".join(words.get(one, one) for one in types)


def _named(found: Mapping[str, Any]) -> str:
    return str(found["$ref"]).rpartition("/")[2]


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
