"""What an instructor has, folders, archives, a download as it came, and who handed in what."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gradebook.intake import in_archives, intake, laid, packed, told, whatever
from tracer.errors import FileError
from tracer.exercises.discovery import discover
from tracer.exercises.submission import LARGEST_FILE
from tracer.gradebook.grading import take_in
from tracer.gradebook.handed import LeftOut
from tracer.gradebook.naming import as_text
from tracer.gradebook.store import open_store
from tracer.view.parts.gradebook import left_out


def test_a_folder_a_student(tmp_path: Path) -> None:
    """The first folder is the student, the name of the file the exercise."""
    laid(tmp_path, {"ada/lstm_step": "1", "ada/13_rnn_unroll": "2", "bob/sub/lstm_step": "3"})

    assert told(tmp_path) == [
        ("ada", "13_rnn_unroll", "2"),
        ("ada", "22_lstm_step", "1"),
        ("bob", "22_lstm_step", "3"),
    ]


def test_a_folder_an_exercise(tmp_path: Path) -> None:
    """Where the folder names the exercise, the file names the student; or the other way round."""
    laid(tmp_path, {"22_lstm_step/ada": "1", "22_lstm_step/bob": "2", "eve/22_lstm_step/x": "3"})

    assert told(tmp_path) == [
        ("ada", "22_lstm_step", "1"),
        ("bob", "22_lstm_step", "2"),
        ("eve", "22_lstm_step", "3"),
    ]


def test_all_in_one_folder(tmp_path: Path) -> None:
    """Both may stand in the name of the file; and names are in any script."""
    laid(tmp_path, {"ada_lstm_step": "1", "doe_jo_22_lstm_step": "2", "李雷_lstm_step": "3"})

    assert told(tmp_path) == [
        ("ada", "22_lstm_step", "1"),
        ("doe_jo", "22_lstm_step", "2"),
        ("李雷", "22_lstm_step", "3"),
    ]


def test_a_folder_around_the_students_is_none_of_them(tmp_path: Path) -> None:
    """Who packs the folder of the class packs a folder around all students."""
    for root in ("homework", "homework_2026_11_20"):  # not Canvas's user 2026
        laid(tmp_path / root, {f"{root}/ada/lstm_step": "1", f"{root}/bob/lstm_step": "2"})

        assert [one[0] for one in told(tmp_path / root)] == ["ada", "bob"]


def test_one_student(tmp_path: Path) -> None:
    """One student's folder, or one file in it, has the folder's name."""
    laid(tmp_path, {"ada/lstm_step": "1"})

    assert told(tmp_path / "ada") == [("ada", "22_lstm_step", "1")]
    assert told(tmp_path / "ada" / "lstm_step.py") == [("ada", "22_lstm_step", "1")]


def test_a_name_that_means_no_exercise(tmp_path: Path) -> None:
    """--exercise says which is meant; without it, the sentence says that it could."""
    laid(tmp_path, {"ada": "def lstm_step(): 1", "bob": "2"})

    handed, left = intake(tmp_path)
    assert handed == []
    assert "--exercise" in left[0].why
    assert told(tmp_path, only=True) == [
        ("ada", "22_lstm_step", "def lstm_step(): 1"),
        ("bob", "22_lstm_step", "2"),
    ]


def test_helpers_are_no_answer(tmp_path: Path) -> None:
    """Of one student's files that mean nothing, the one that has the function is the answer."""
    laid(
        tmp_path,
        {"ada/main": "def lstm_step(): 1", "ada/helpers": "2", "bob/lstm_step": "3", "bob/x": "4"},
    )

    handed, left = intake(tmp_path, only=True)

    assert [h.where for h in handed] == ["ada/main.py", "bob/lstm_step.py"]
    assert [(one.where, one.foreign) for one in left] == [
        ("ada/helpers.py", True),
        ("bob/x.py", False),
    ]


@pytest.mark.parametrize(
    "files", [("ada/22.py", "ada/homework.py"), ("ada_11_101_22.py", "ada_11_102_homework.ipynb")]
)
def test_an_answer_whose_name_means_nothing(tmp_path: Path, files: tuple[str, str]) -> None:
    """It may be a whole answer, so it is named, also beside another one of the same student."""
    packed(tmp_path / "all.zip", dict.fromkeys(files, b"1"))

    _handed, left = intake(tmp_path / "all.zip")

    assert [(one.where, one.foreign) for one in left] == [(files[1], False)]
    assert left[0].why.startswith("its name means none of the exercises")


def test_programs_are_named_and_notes_are_counted() -> None:
    """Also those that need not be answers; what must be one comes first."""
    found = [
        LeftOut("ada/notes.txt", "no program", foreign=True),
        LeftOut("ada/helpers.py", "another file has lstm_step", foreign=True),
        LeftOut("bob/x.py", "it means nothing"),
    ]

    assert [one.text for one in left_out(found)] == [
        "bob/x.py is left out: it means nothing",
        "ada/helpers.py is left out: another file has lstm_step",
        "1 other file was not looked at",
    ]


@pytest.mark.parametrize(
    ("files", "alone"),
    [
        (("Ada_1_assignsubmission_file/22.py", "Bob_2_assignsubmission_file/22.pdf"), True),
        (("Ada_1_assignsubmission_file/22.py", "Ada_1_assignsubmission_file/22.pdf"), False),
        (("ada_11_101_22.py", "bob_12_102_22.pdf"), True),
        (("ada_11_101_22.py", "ada_11_102_22.pdf"), False),
        (("ada/22.py", "ada_11_102_22.pdf"), False),
    ],
)
def test_no_program_at_all(tmp_path: Path, files: tuple[str, str], alone: bool) -> None:
    """Who hands in a PDF alone is named, and not one of a number; a note beside an answer is."""
    packed(tmp_path / "all.zip", dict.fromkeys(files, b"1"))

    _handed, left = intake(tmp_path / "all.zip")

    assert [(one.where, one.foreign) for one in left] == [(files[1], not alone)]


def test_two_attempts_are_both_kept(tmp_path: Path) -> None:
    """A browser writes (1) behind the name of the second."""
    (tmp_path / "ada").mkdir()
    for name, text in (("lstm_step.py", "1"), ("lstm_step (1).py", "2"), ("lstm_step-2.py", "3")):
        (tmp_path / "ada" / name).write_text(text, "utf-8")

    handed, _left = intake(tmp_path)

    assert {(h.attempt, h.source) for h in handed} == {
        ("ada/lstm_step.py", b"1"), ("ada/lstm_step (1).py", b"2"), ("ada/lstm_step-2.py", b"3"),
    }  # fmt: skip


def test_accents_that_macos_takes_apart(tmp_path: Path) -> None:
    """``é`` in one character or in two is the same student."""
    one, two = tmp_path / "one", tmp_path / "two"
    laid(one, {"Zoe\u0301/lstm_step": "1"})
    laid(two, {"Zo\u00e9/lstm_step": "2"})

    assert told(one)[0][0] == told(two)[0][0] == "Zo\u00e9"


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A byte that is no UTF-8 is written out; the name can be kept, and shown."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102 - in bytes
    with open(folder + b"/lstm_step.py", "w") as file:  # noqa: PTH123
        file.write("1")

    assert told(tmp_path) == [(r"caf\xe9", "22_lstm_step", "1")]


def test_moodle(tmp_path: Path) -> None:
    """A folder a participant, as from 3.1 on, with an underscore or not; or none, as before."""
    archive = packed(
        tmp_path / "course-lstm-12.zip",
        {
            "Ada Lovelace_1234_assignsubmission_file/lstm_step.py": b"1",
            "Jean-Luc O'Neil_77_assignsubmission_file_/lstm_step.py": b"2",
            "李雷_8_assignsubmission_file_22_lstm_step.ipynb": b"3",
            "Participant_9_assignsubmission_file/homework/lstm_step.py": b"4",
            "Ada Lovelace_1234_assignsubmission_onlinetext/onlinetext.html": b"5",
        },
    )

    handed, left = intake(archive)

    assert sorted((h.student.key, h.student.name, h.source, h.time) for h in handed) == [
        ("1234", "Ada Lovelace", b"1", None),
        ("77", "Jean-Luc O'Neil", b"2", None),
        ("8", "李雷", b"3", None),
        ("9", "Participant", b"4", None),
    ]
    assert [one.foreign for one in left] == [True]


def test_canvas(tmp_path: Path) -> None:
    """Name, LATE, user, attachment, file; who handed in twice has two attachments."""
    archive = packed(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_1234_56789_lstm_step.py": b"1",
            "lovelaceada_LATE_1234_9_lstm_step-1.py": b"2",
            "anon_xYz12_4_22.ipynb": b"3",
            "LATE_anon_aB3_5_lstm_step.py": b"4",
        },
    )

    handed, _left = intake(archive)

    assert [(h.student.key, h.student.name, h.attempt, h.late) for h in handed] == [
        ("1234", "lovelaceada", "9", True),
        ("1234", "lovelaceada", "56789", False),
        ("anon_aB3", "", "5", True),
        ("anon_xYz12", "", "4", False),
    ]
    assert handed[0].file == "lstm_step-1.py"


METADATA = """\
---
submission_345:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.org
  - :name: 李雷
    :sid:
    :email: li@example.org
  :created_at: 2026-11-20 18:22:11.123456000 Z
  :score: 3.0
  :history: []
submission_346:
  :submitters:
  - :name: Bob
    :sid: '7'
    :email: bob@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-21 08:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
    time: 2026-11-21 00:00:00.000000000 Z
submission_347:
  :submitters: []
  :created_at: soon
"""


def test_gradescope(tmp_path: Path) -> None:
    """The list beside the folders says who and when; who worked together has one file each."""
    root = "assignment_12_export"
    archive = packed(
        tmp_path / "submissions.zip",
        {
            f"{root}/submission_metadata.yml": METADATA.encode(),
            f"{root}/submission_345/lstm_step.py": b"1",
            f"{root}/submission_346/src/lstm_step.py": b"2",
            f"{root}/submission_347/lstm_step.py": b"3",
        },
    )

    handed, left = intake(archive)

    assert [(h.student.key, h.student.name, h.source, str(h.time)) for h in handed] == [
        ("0042", "Ada Lovelace", b"1", "2026-11-20 18:22:11.123456+00:00"),
        ("li@example.org", "李雷", b"1", "2026-11-20 18:22:11.123456+00:00"),
        ("7", "Bob", b"2", "2026-11-21 08:00:00+00:00"),
    ]
    assert [one.where for one in left] == [f"{root}/submission_347/lstm_step.py"]


@pytest.mark.parametrize(
    "text", ["[", "- 1\n", "a: !!python/object:os.system {}\n", "", "a: &a [*a]"]
)
def test_a_list_of_gradescope_that_is_none(tmp_path: Path, text: str) -> None:
    """It is refused with a sentence, or names nobody; no object of Python's is made from it."""
    laid(tmp_path, {"submission_1/lstm_step": "1"})
    (tmp_path / "submission_metadata.yml").write_text(text, "utf-8")

    found = whatever(tmp_path)

    assert "submission_metadata.yml" in found if isinstance(found, str) else found[0] == []


LIST = b"s1: {':submitters': [{':name': Ada, ':sid': '1'}]}\nBob_2_assignsubmission_file: {}\n"
MOODLE = ("Ada_1_assignsubmission_file", "Bob_2_assignsubmission_file")


@pytest.mark.parametrize(
    ("given", "eve"),
    [
        (("ada/22.py", "bob/22.py"), "eve"),
        (("ada/22.pdf", "bob/22.txt"), "eve"),  # nobody else has handed in a program
        (("class/ada/22.py", "class/bob/22.py"), "class/eve"),
        (("22_lstm_step/ada.py", "22_lstm_step/bob.py"), "22_lstm_step/eve"),
        (("ada_22.py", "bob_22.py", "submission_metadata.yml"), "eve"),
        ([f"{one}/22.py" for one in MOODLE], "Eve_3_assignsubmission_file"),
        ([f"{one}/22.pdf" for one in MOODLE], "Eve_3_assignsubmission_file"),
        ([f"all/{one}/22.py" for one in MOODLE], "all/Eve_3_assignsubmission_file"),
        ((), "Eve_3_assignsubmission_file"),  # nobody else has handed in anything
        (("ada_1_10_22.py", "bob_2_11_22.py"), "eve_3_12_work.zip"),
        (("ada_1_10_22.pdf",), "eve_3_12_work.zip"),
        ((), "eve_3_12_work.zip"),
        ((), "eve.zip"),
        (("x/s1/22.py", "x/s2/22.py", "x/submission_metadata.yml"), "x/eve"),
    ],
)
@pytest.mark.parametrize(
    "inside",
    ["", "mine/", "mine.zip/", "eve.zip/mine/"],
)
def test_nobody_hands_in_for_others(
    tmp_path: Path, given: tuple[str, ...], eve: str, inside: str
) -> None:
    """Whatever Eve puts into her folder or archive, the others keep their files and names."""
    hers = {
        "submission_metadata.yml": LIST,
        "s1/22.py": b"eve",
        "ada/22.py": b"eve",
        "bob/22.py": b"eve",
        "ada_1_10_22.py": b"eve",
        "ada_assignsubmission_file/22.py": b"eve",
        "Ada Evil_1_assignsubmission_file/22.py": b"eve",
        "Bob Evil_2_assignsubmission_file_22.py": b"eve",
    }
    files = {name: LIST if name.endswith("yml") else b"own" for name in given}
    alone = intake(packed(tmp_path / "before.zip", files))[0] if given else []
    files |= in_archives({f"{eve}/{inside}{name}": data for name, data in hers.items()})

    handed, _left = intake(packed(tmp_path / "class.zip", files))

    own = [(h.student, h.where) for h in handed if h.source == b"own"]
    assert own == [(h.student, h.where) for h in alone]
    others = {student.key for student, _where in own} | {"1", "2", "ada", "bob", "Ada", "Bob"}
    assert not others & {h.student.key for h in handed if h.source == b"eve"}
    assert len({h.student.key for h in handed if h.source == b"eve"}) <= 1


@pytest.mark.parametrize("entry", ["[*x29]", "{<<: [*x29, *x29]}", "*x29", "[{':sid': *x29}]"])
@pytest.mark.parametrize("each", ["[*x{0}, *x{0}]", "{{<<: [*x{0}, *x{0}]}}", "{{a: *x{0}}}"])
def test_a_list_that_unfolds(tmp_path: Path, each: str, entry: str) -> None:
    """Thirty names, each for two of the one before, are not written out to a thousand million."""
    names = [f"x{k + 1}: &x{k + 1} {each.format(k)}" for k in range(29)]
    text = "\n".join(["x0: &x0 {a: b}", *names, f"s1: {{':submitters': {entry}}}"])
    files = {"s1/22.py": b"1", "submission_metadata.yml": text.encode()}

    handed, left = intake(packed(tmp_path / "class.zip", files))

    assert handed == []
    assert "names nobody" in left[0].why


def test_a_list_that_names_one_thing_twice(tmp_path: Path) -> None:
    """Ruby writes the same object only once; and a number is kept as it is written."""
    text = (
        "s1:\n  :submitters: [&a {':name': Ada, ':sid': 0042, ':email': ~}]\n"
        "  :created_at: {utc: &t 2026-11-20 18:22:11.5 +01:00}\n"
        "s2:\n  :submitters: [*a]\n  :created_at: {utc: *t}\n"
    )
    files = {"s1/22.py": b"1", "s2/22.py": b"2", "submission_metadata.yml": text.encode()}

    handed, _left = intake(packed(tmp_path / "class.zip", files))

    assert [(h.student.key, h.student.email, str(h.time)) for h in handed] == [
        ("0042", "", "2026-11-20 18:22:11.500000+01:00"),
        ("0042", "", "2026-11-20 18:22:11.500000+01:00"),
    ]


def test_a_list_that_does_not_name_a_folder(tmp_path: Path) -> None:
    """What lies beside the folders that Gradescope lists is left out, and never lost."""
    files = {"s1/22.py": b"1", "s2/22.py": b"2", "submission_metadata.yml": LIST}

    handed, left = intake(packed(tmp_path / "class.zip", files))

    assert [h.student.key for h in handed] == ["1"]
    assert [(one.where, one.foreign) for one in left] == [("s2/22.py", False)]


def test_an_only_folder_is_told(tmp_path: Path) -> None:
    """It counts as one student's, and may be the one around all of them."""
    one, two = laid(tmp_path / "one", {"monday/ada_lstm_step": "1"}), tmp_path / "two"
    laid(two, {"ada/lstm_step": "1", "bob/lstm_step": "2"})
    exercises = discover().good

    with open_store(tmp_path / "results") as store:
        taken = take_in(store, [one, one / "monday", two], exercises, None, 1)

    assert taken.alone == ((one, "monday"),)


def test_a_folder_that_means_the_exercise(tmp_path: Path) -> None:
    """It does so also where it is the one folder around all students."""
    laid(tmp_path, {"22_lstm_step/ada": "1", "22_lstm_step/bob": "2"})

    assert told(tmp_path) == [("ada", "22_lstm_step", "1"), ("bob", "22_lstm_step", "2")]


def test_what_is_no_plain_file_is_left_out(tmp_path: Path) -> None:
    """A link, a pipe, a socket, something too large: each with its reason, and the rest goes on."""
    secret = tmp_path / "secret.py"
    secret.write_text("secret", "utf-8")
    root = laid(tmp_path / "class", {"ada/lstm_step": "1"})
    for name in ("link", "folder", "pipe", "socket", "large", "cut"):
        (root / name).mkdir()
    (root / "link" / "lstm_step.py").symlink_to(secret)
    (root / "folder" / "22_lstm_step").symlink_to(tmp_path)
    os.mkfifo(root / "pipe" / "lstm_step.py")
    (root / "large" / "lstm_step.py").write_bytes(b"#" * (LARGEST_FILE + 1))
    (root / "cut" / "lstm_step.zip").write_bytes(b"PK\x03\x04 and no more")
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(root / "socket")  # the name of a socket has to be short
        bound.bind("lstm_step.py")
        os.chdir(here)
        handed, left = intake(root)

    assert [h.source for h in handed] == [b"1"]
    why = {one.where.partition("/")[0]: one.why for one in left}
    assert "a link" in why["link"]
    assert "a link" in why["folder"]
    assert "not a plain file" in why["pipe"]
    assert "not a plain file" in why["socket"]
    assert "more than 1048576 bytes" in why["large"]
    assert "no zip archive" in why["cut"]
    assert not any(one.foreign for one in left)


def test_times_that_are_believed(tmp_path: Path) -> None:
    """That of a file, and of a student's archive as a file; never one that stands in an archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(zipfile.ZipInfo("lstm_step.py", (1999, 1, 1, 0, 0, 0)), b"1")
    folder = laid(tmp_path / "class", {"ada/lstm_step": "1"})
    (folder / "bob").mkdir()
    (folder / "bob" / "work.zip").write_bytes(inner.getvalue())
    for number, name in enumerate(("ada/lstm_step.py", "bob/work.zip")):
        os.utime(folder / name, (10**9 + number, 10**9 + number))
    both = packed(tmp_path / "class.zip", {"ada/22.py": b"1", "bob/work.zip": inner.getvalue()})

    assert [h.time.timestamp() for h in intake(folder)[0] if h.time] == [10**9, 10**9 + 1]
    assert [h.time for h in intake(both)[0]] == [None, None]


def test_names_in_other_encodings(tmp_path: Path) -> None:
    """macOS packs UTF-8 and does not say so; old Windows packs folders with a backslash."""
    path = packed(tmp_path / "class.zip", {"李雷/lstm_step.py": b"1"})
    data = bytearray(path.read_bytes())
    for at in (6, data.index(b"PK\x01\x02") + 8):
        assert data[at + 1] & 8  # it says that it is UTF-8
        data[at + 1] &= ~8
    path.write_bytes(data)
    windows = packed(tmp_path / "windows.zip", {"ada\\lstm_step.py": b"2"})

    assert told(path) == [("李雷", "22_lstm_step", "1")]
    assert told(windows) == [("ada", "22_lstm_step", "2")]


def test_a_name_longer_than_any_folder_takes(tmp_path: Path) -> None:
    """Its end is kept; it is written into a folder when it runs."""
    archive = packed(tmp_path / "class.zip", {f"ada/{'long_' * 1000}7_lstm_step.py": b"1"})

    (handed,) = intake(archive)[0]

    assert handed.file.endswith("_7_lstm_step.py")
    assert len(handed.file) == 60


def test_nothing_there(tmp_path: Path) -> None:
    """A path that is not there is said, and so is an archive that is none."""
    with pytest.raises(FileError, match="there is no such file or folder"):
        told(tmp_path / "gone")
    (tmp_path / "class.zip").write_text("no", "utf-8")
    with pytest.raises(FileError, match="no zip archive"):
        told(tmp_path / "class.zip")


@given(st.text(max_size=20))
def test_a_name_is_text_that_can_be_kept(name: str) -> None:
    """Every name has a form that UTF-8 holds, and that form is its own."""
    kept = as_text(name)

    assert as_text(kept) == kept
    assert kept.encode("utf-8").decode("utf-8") == kept
