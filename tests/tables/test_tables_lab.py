"""The lab's own table: joined by itself, however a spreadsheet wrote it; nothing in it gets lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import Lab
from lab_of_days import by_video, declare, load, write_lab_table
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.tables.lab_table import LabTable, load_lab_table
from remote_tracker.tables.write_tables import names_of_ours

WANTED = LabTable("video", ("genotype", "dose"), {"d1/v1.avi": ("+/-", "1,5"), "d1/ü 2.avi": ("", "")})


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('video,genotype,dose\nd1/v1.avi,+/-,"1,5"\nd1/ü 2.avi,,\n', "utf-8"),
        ('video,genotype,dose\r\nd1/v1.avi,+/-,"1,5"\r\nd1/ü 2.avi\r\n', "utf-8-sig"),
        ("video;genotype;dose\r\nd1/v1.avi;+/-;1,5\r\n;;\r\nd1/ü 2.avi;;\r\n", "utf-8-sig"),
        ("sep=;\r\nvideo;genotype;dose\r\nd1/v1.avi;+/-;1,5\r\nd1/ü 2.avi;;;\r\n", "utf-8"),
        ("video\tgenotype\tdose\t\r\nd1/v1.avi\t+/-\t1,5\t\r\nd1/ü 2.avi\t\t\t\r\n", "utf-16"),
        ("video;genotype;dose\nRawVideos/d1/v1.avi; +/- ;1,5\nd1\\ü 2.avi;;", "utf-8"),
    ],
)
def test_as_spreadsheets_write_it(tmp_path: Path, text: str, encoding: str) -> None:
    """Commas, semicolons and tabs, a byte order mark, UTF-16, Windows' line ends: the same table."""
    write_lab_table(tmp_path, text, encoding)
    assert load_lab_table(tmp_path, ()) == WANTED


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("video,dose\nd1/a.avi,1\n\nRawVideos/d1/a.avi,2\n", 4, "d1/a.avi stands in line 2 already."),
        ("day,dose\nd1,1\nd1/,2\n", 3, "d1 stands in line 2 already."),
        ("name,dose\n", 1, 'its first column is "name": call it video'),
        ("", 1, "its first column is nothing"),
        ("video,FPS\n", 1, 'the joined tables have a column "FPS" of their own'),
        ("video,speed\n", 1, 'the joined tables have a column "speed" of their own'),
        ("video,dose,Dose\n", 1, 'two columns are called "Dose".'),
        ("video,dose,,sex\n", 1, "its column 3 has no name."),
        ("video,dose\nd1/a.avi,1,2\n", 2, "has 3 cells, the header names 2."),
        ("video,dose\n,1\n", 2, "has no video."),
        ('video,dose\nd1/a.avi,"1"2\n', 2, "cannot be read as CSV"),
    ],
)
def test_refused_by_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    """What cannot be joined is refused with its line, before anything is joined."""
    write_lab_table(tmp_path, text)
    with pytest.raises(RemoteTrackerError) as refused:
        load_lab_table(tmp_path, {*names_of_ours(), "speed"})
    assert str(refused.value).startswith(f"AuxiliaryFiles/videos.csv, line {line}: {what}")
    assert str(refused.value).endswith("Nothing was joined.")


def test_what_was_not_done(tmp_path: Path) -> None:
    """An export says of its own work what a join says of the joined tables."""
    write_lab_table(tmp_path, "name,dose\n")
    with pytest.raises(RemoteTrackerError, match=r"or day\. Nothing was written\.$"):
        load_lab_table(tmp_path, (), "Nothing was written.")
    (tmp_path / "AuxiliaryFiles/videos.csv").unlink()
    (tmp_path / "AuxiliaryFiles/videos.csv").mkdir()
    with pytest.raises(RemoteTrackerError, match=r"cannot be read \(Is a directory\)\. Nothing was written\.$"):
        load_lab_table(tmp_path, (), "Nothing was written.")


def test_another_encoding(tmp_path: Path) -> None:
    """A table that is no UTF-8 is refused with the line, and with how to save it."""
    write_lab_table(tmp_path, "video,note\na.avi,x\nb.avi,Käfig\n", "latin-1")
    with pytest.raises(RemoteTrackerError, match=r'line 3: is not UTF-8. Save it as "CSV UTF-8"'):
        load_lab_table(tmp_path, ())


def test_joined_by_video(lab: Lab) -> None:
    """Its cells stand in the tables of videos and animals as they are; keys that match nothing are named, both ways."""
    declare(lab)
    lab.videos(3)
    write_lab_table(lab.root, "video;genotype\nd1/v1.avi;+/-\nd1/v2.avi;=wt\nd1/gone.avi;x\n")
    said = lab.rt("run").out
    assert "1 row of AuxiliaryFiles/videos.csv matches nothing here: d1/gone.avi\n" in said
    assert "1 video is not in AuxiliaryFiles/videos.csv: d1/v3.avi\n" in said
    assert [row["genotype"] for row in by_video(lab).values()] == ["+/-", "=wt", ""]
    assert [row["genotype"] for row in load(lab, "animals")] == ["+/-", "+/-", "=wt", "=wt", "", ""]
    told = {(row["table"], row["column"]): row["meaning"] for row in load(lab, "columns")}
    assert (
        told["videos", "genotype"]
        == told["animals", "genotype"]
        == ("column of the lab's table, AuxiliaryFiles/videos.csv")
    )


def test_joined_by_day(lab: Lab) -> None:
    """With days as keys each video and animal of the day has the day's cells."""
    declare(lab)
    for name in ("d1/a.avi", "d1/deep/b.avi", "d2/c.avi"):
        lab.video(name, name)
    write_lab_table(lab.root, "day,temperature\nd1,21\n")
    assert "1 day is not in AuxiliaryFiles/videos.csv: d2\n" in lab.rt("run").out
    found = {video: row["temperature"] for video, row in by_video(lab).items()}
    assert found == {"d1/a.avi": "21", "d1/deep/b.avi": "21", "d2/c.avi": ""}


def test_an_edit_outdates_nothing(lab: Lab) -> None:
    """It is no parameter: after an edit all results are what they were, and the next step is a join."""
    declare(lab)
    lab.videos(2)
    write_lab_table(lab.root, "video,dose\nd1/v1.avi,1\n")
    lab.rt("run")
    write_lab_table(lab.root, "video,dose\nd1/v1.avi,2\nd1/v2.avi,3\n")
    assert lab.counts() == {"finished": 2}
    said = lab.scan().out
    assert "other parameters" not in said
    assert said.rstrip().endswith("./rt join")
    lab.rt("join")
    assert [row["dose"] for row in by_video(lab).values()] == ["2", "3"]


def test_a_refusal_leaves_the_old_tables(lab: Lab) -> None:
    """A table that is refused changes nothing, and its line is what the user reads."""
    declare(lab)
    lab.videos(1)
    lab.rt("run")
    before = {path.name: path.read_bytes() for path in (lab.root / "Results/joined").iterdir()}
    write_lab_table(lab.root, "video,speed_px_per_s_mean\n")
    ran = lab.rt("join")
    assert ran.code == 1
    assert ran.err.startswith("AuxiliaryFiles/videos.csv, line 1: the joined tables have a column")
    assert before == {path.name: path.read_bytes() for path in (lab.root / "Results/joined").iterdir()}
