"""Archives that students hand in, and that a course's system makes of them: none does harm."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gradebook.intake import intake, packed, told, whatever
from tracer.gradebook.naming import as_text


def test_names_that_lead_out_of_an_archive(tmp_path: Path) -> None:
    """They are left out, and nothing of the archive is written anywhere."""
    names = ("../up/lstm_step.py", "/etc/lstm_step.py", "a/../../lstm_step.py", "C:/lstm_step.py")
    archive = packed(tmp_path / "class.zip", dict.fromkeys(names, b"1"))

    handed, left = intake(archive)

    assert handed == []
    assert [one.why for one in left] == ["its name leads out of the archive"] * 4
    assert list(tmp_path.iterdir()) == [archive]


def test_links_and_locks_in_an_archive(tmp_path: Path) -> None:
    """A link, an entry with a password, an unusual packing, an archive too deep inside."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as deep:
        deep.writestr("deep.zip", b"PK")
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("ada/lstm_step.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bob/lstm_step.py", b"1", zipfile.ZIP_LZMA)
        archive.writestr("eve/work.zip", inner.getvalue())
        archive.writestr("jo/lstm_step.py", b"22", zipfile.ZIP_STORED)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02", data.rindex(b"22"))
    for _entry in range(3):
        at = data.index(b"PK\x01\x02", at + 1)
    path.write_bytes(data[: at + 8] + b"\x01" + data[at + 9 :])  # the flag of a password

    handed, left = intake(path)

    assert handed == []
    why = {one.where.partition("/")[0]: one.why for one in left}
    assert "a link" in why["ada"]
    assert "unusual way" in why["bob"]
    assert "an archive in an archive" in why["eve"]
    assert "password" in why["jo"]


def test_a_student_may_pack_the_work(tmp_path: Path) -> None:
    """An archive in a student's folder is opened, in a folder and in an archive of the class."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("homework/lstm_step.py", b"1")
        archive.writestr("__MACOSX/homework/._lstm_step.py", b"2")
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "homework.zip").write_bytes(inner.getvalue())
    both = packed(tmp_path / "class.zip", {"ada/homework.zip": inner.getvalue()})

    assert told(tmp_path / "class") == told(both) == [("ada", "22_lstm_step", "1")]


def test_a_bomb(tmp_path: Path) -> None:
    """What unpacks to a gigabyte is left out, and no more of it than an answer has is unpacked."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for k in range(5):
            archive.writestr(f"{k}/lstm_step.ipynb", b"{" + bytes(2**26))
    files = {"eve/bomb.zip": inner.getvalue(), "jo/lstm_step.py": bytes(2**27), "ada/22.py": b"1"}

    handed, left = intake(packed(tmp_path / "class.zip", files))

    assert [h.student.key for h in handed] == ["ada"]
    assert "it unpacks to 5 programs of 335544325 bytes" in left[0].why
    assert "more than 1048576 bytes" in left[1].why


def test_an_archive_is_opened_once_for_all_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once more for each of its answers; and one of countless names is left out."""
    inner = {"work.zip": {f"{k}/22.py": b"1" for k in range(200)}, "all.zip": {"22.py": b"2"}}
    inner["names.zip"] = {f"{k}.txt": b"" for k in range(20_001)}
    files = {}
    for name, below in inner.items():
        files[f"{name[0]}/{name}"] = packed(tmp_path / name, below).read_bytes()
    path = packed(tmp_path / "class.zip", files)
    opened = []

    def opening(file: IO[bytes]) -> zipfile.ZipFile:
        opened.append(file)
        return ZipFile(file)

    ZipFile = zipfile.ZipFile
    monkeypatch.setattr("tracer.gradebook.archive.zipfile.ZipFile", opening)

    handed, left = intake(path)

    assert len(handed) == 201
    assert ["it holds 20001 files; expected at most 20000" in one.why for one in left] == [True]
    assert len(opened) == 1 + 3 + 2  # the class; what each holds; for all that is read


def test_a_size_that_is_not_so(tmp_path: Path) -> None:
    """An entry that says it is larger or smaller than it is is damaged, and the rest goes on."""
    path = packed(tmp_path / "class.zip", {"ada/lstm_step.py": b"1" * 90, "bob/lstm_step.py": b"2"})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (50).to_bytes(4, "little")
    path.write_bytes(data)

    handed, left = intake(path)

    assert [h.student.key for h in handed] == ["bob"]
    assert "damaged" in left[0].why


def test_capital_letters_tell_students_apart(tmp_path: Path) -> None:
    """Two names that a Mac or Windows would unpack into one folder are two students."""
    files = {"Ada/lstm_step.py": b"1", "ada/lstm_step.py": b"2"}

    assert [one[0] for one in told(packed(tmp_path / "class.zip", files))] == ["Ada", "ada"]


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_archive_ends_the_intake(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, cut: int
) -> None:
    """Whatever is written into an archive, there is a list or a sentence, never another error."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/lstm_step.py", b"1" * 50)
        archive.writestr("bob/work.zip", b"PK\x05\x06" + bytes(18))
    data = whole.getvalue()
    data = data[:at] + noise + data[at + cut :]
    path = tmp_path_factory.mktemp("intake") / "class.zip"
    path.write_bytes(data)

    found = whatever(path)

    if isinstance(found, str):
        assert "class.zip" in found
    else:
        assert all(one.student.key for one in found[0])
        assert all(one.why for one in found[1])
    assert path.read_bytes() == data


NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
).filter(lambda name: not name.startswith(".") and name not in ("venv", "__pycache__"))


@given(st.dictionaries(NAMES, st.binary(max_size=20), min_size=1, max_size=5))
def test_any_names(tmp_path_factory: pytest.TempPathFactory, students: dict[str, bytes]) -> None:
    """Whatever students are called, each file is handed in once, or left out with a reason."""
    path = tmp_path_factory.mktemp("intake") / "class.zip"
    packed(path, {f"{name}/lstm_step.py": source for name, source in students.items()})

    handed, left = intake(path)

    missing = {one.where.removesuffix("/lstm_step.py") for one in left}
    there = [source for name, source in students.items() if as_text(name) not in missing]
    assert sorted(one.source for one in handed) == sorted(there)
    assert all(one.why == "its name leads out of the archive" for one in left)
    assert all(json.loads(json.dumps(one.student.key)) == one.student.key for one in handed)
