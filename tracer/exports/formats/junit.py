"""JUnit's XML, as servers that run tests show it: a suite a student, a case a check.

The library for it, junitparser, would bring nothing that is not in Python's own: it escapes no
more, and leaves out no characters that XML cannot hold, which a name may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TextIO
from xml.etree import ElementTree as ET

from tracer.exports.course import Course, Item, there
from tracer.exports.format import ClassFormat, Wish
from tracer.exports.telling import as_text, whole
from tracer.gradebook.counting import Result
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.export.feedback_text import of_check
from tracer.view.say.words import clean

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped."""


def _write(course: Course, _wish: Wish, stream: TextIO) -> Sequence[str]:
    top = ET.Element("testsuites", name="tracer")
    for row in course.rows:
        student = course.students[row.student]
        suite = ET.SubElement(top, "testsuite", name=_text(student.name or student.key))
        if student.name and student.name != student.key:
            kept = ET.SubElement(suite, "properties")
            ET.SubElement(kept, "property", name="key", value=_text(student.key))
        for item, result in zip(course.items, row.results, strict=True):
            for case in _cases(course, item, result):
                suite.append(case)
        _count(suite)
    _count(top)
    ET.indent(top)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(ET.tostring(top, encoding="unicode") + "\n")
    return ()


def _cases(course: Course, item: Item, result: Result) -> Iterator[ET.Element]:
    """A case a check; one for the whole exercise where no check is known."""
    if not there(result):
        case = _case(item, item.title)
        ET.SubElement(case, "skipped", message=_("nothing was handed in"))
        yield case
    elif result.counted is None or result.points is None:
        case = _case(item, item.title)
        if result.counted is None:
            ET.SubElement(case, "skipped", message=_("nothing of what was handed in counts"))
        else:
            ET.SubElement(case, "error", message=_("the grader failed: no points yet, and not 0"))
        yield case
    else:
        report = course.report(result.counted.number)
        for place, check in enumerate(report["checks"]):
            case = _case(item, check["title"])
            if check["verdict"] != Verdict.PASSED:
                said = [*of_check(check), *(whole(report) if place == 0 else ())]
                wrong = ET.SubElement(
                    case, "failure", message=_text(check["verdict_said"]), type=check["verdict"]
                )
                wrong.text = _text(as_text(iter(said)))
            yield case


def _case(item: Item, title: str) -> ET.Element:
    return ET.Element("testcase", classname=item.name, name=_text(title), time="0")


def _count(suite: ET.Element) -> None:
    """Write how many cases there are, and how they ended."""
    suite.set("tests", str(len(list(suite.iter("testcase")))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(list(suite.iter(tag)))))


def _text(text: str) -> str:
    """`text` as XML can hold it, and a terminal can show it."""
    shown = "\n".join(clean(line) for line in text.split("\n"))
    return _NOT_XML.sub("\ufffd", shown)


FORMAT = ClassFormat(_("JUnit's XML: a suite a student, a case a check"), _write)
