"""What is being copied is not ready: by the temporary names that programs give their files."""

from __future__ import annotations

import os
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from remote_tracker.model import State, Unit
from remote_tracker.partial_copies import PartialCopy, describe_copy, final_name, is_surely_temporary
from remote_tracker.scan import Tree, find_units, look_inside
from remote_tracker.survey import Survey, examine_stage, parallel, survey_stage

from scan.trees import keys_of, make_project, make_stage, put, units_of

TEMPORARY = [
    ".a.avi.RZxPvV",
    ".a.avi.gSY2ck",
    ".a.avi.2iLeg0",
    ".~tmp~/a.avi",
    ".rsync-partial/a.avi",
    "a.avi.filepart",
    "a.avi.part",
    "a.avi.crdownload",
]


def put_now(root: Path, path: str, content: str = "x", hours_ago: float = 0) -> Path:
    """Put a file, last written a while ago."""
    put(root, path, content=content)
    when = time.time() - hours_ago * 3600
    os.utime(root / path, (when, when))
    return root / path


def told(copy: PartialCopy | None) -> str:
    """Return what people are told of an unfinished copy."""
    return describe_copy(copy) if copy else ""


def only(units: list[Unit]) -> Unit:
    """Return the one unit that there is."""
    (unit,) = units
    return unit


@pytest.mark.parametrize(
    ("name", "final"),
    [
        (".a.avi.RZxPvV", "a.avi"),
        (".a b'$(x).avi.000000", "a b'$(x).avi"),
        (".ü.avi.abcDEF", "ü.avi"),
        (".n\nl.avi.abcDEF", "n\nl.avi"),
        ("a.avi.filepart", "a.avi"),
        ("a.avi.part.crdownload", "a.avi.part"),
        ("..a.avi.RZxPvV", ""),
        ("._a.avi", ""),
        (".a.avi.short", ""),
        (".a.avi.sevenxx", ""),
        (".a.avi.Ab3-E9", ""),
        ("a.avi.RZxPvV", ""),
        (".filepart", ""),
        (".part", ""),
        ("a.avi", ""),
        (".", ""),
    ],
)
def test_temporary_names(name: str, final: str) -> None:
    """A temporary name says what the file will be called; other names say nothing."""
    assert final_name(name) == final


def test_a_hidden_file_with_a_word_behind_its_dot_may_be_one_for_good() -> None:
    """Where no pattern says what is meant, .index.sqlite (an imgstore's own) is no copy; six random letters are."""
    assert not is_surely_temporary(".index.sqlite")
    assert is_surely_temporary(".000003.mp4.gSY2ck")
    assert is_surely_temporary(".000003.mp4.RZxPvV")
    assert is_surely_temporary("000003.mp4.filepart")


@pytest.mark.parametrize("path", TEMPORARY)
def test_a_video_that_is_being_copied_is_there_and_not_ready(tmp_path: Path, path: str) -> None:
    """It is one piece of work, under the name it will have, and is not ready; its temporary file is none."""
    put_now(tmp_path, f"RawVideos/d/{path}")
    unit = only(units_of(tmp_path, make_stage()))
    assert (unit.key, told(unit.unready), unit.problem) == ("d/a.avi", f"being copied: {path}", "")
    assert unit.inputs == (("RawVideos/d/a.avi",),)


@pytest.mark.parametrize("path", TEMPORARY)
def test_a_broken_copy_says_so(tmp_path: Path, path: str) -> None:
    """A temporary file that nobody wrote to for a day was left by a copy that was broken off."""
    put_now(tmp_path, f"RawVideos/{path}", hours_ago=25)
    copy = only(units_of(tmp_path, make_stage())).unready
    assert copy
    assert copy.broken_off
    unready = told(copy)
    assert unready.startswith(f"a copy of it was broken off ({path}, 20")
    assert unready.endswith("): copy it again, then remove that")


@pytest.mark.parametrize("path", TEMPORARY)
def test_what_is_copied_over_is_not_ready(tmp_path: Path, path: str) -> None:
    """A file that is there already, of whatever age, is not ready while another is copied over it."""
    put(tmp_path, "RawVideos/a.avi")
    wait_a_tick(tmp_path / "RawVideos/a.avi")
    put_now(tmp_path, f"RawVideos/{path}")
    unit = only(units_of(tmp_path, make_stage()))
    assert (told(unit.unready), unit.problem) == (f"being copied: {path}", "")


@pytest.mark.parametrize("path", TEMPORARY)
def test_what_a_killed_copy_left_does_not_hold_up_the_whole_file(tmp_path: Path, path: str) -> None:
    """A temporary file that is older than the file's arrival in its place is a leftover, whatever their mtimes say."""
    left = put_now(tmp_path, f"RawVideos/{path}")
    wait_a_tick(left)
    put(tmp_path, "RawVideos/a.avi")
    assert only(units_of(tmp_path, make_stage())).unready is None


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("hours_ago", [1, 25])
def test_a_day_waits_for_a_copy_that_arrives_alone(tmp_path: Path, hours_ago: int, exists: bool) -> None:
    """A group waits for a copy that is arriving; without one that was broken off it goes on, and names that.

    What was there before such a copy is among its files.
    """
    stage = make_stage("Results/{day}/{name}.csv", {"list": "Results/{day}/list.txt"}, per=("day",))
    put(tmp_path, "Results/d/b.csv", *(["Results/d/a.csv"] if exists else []))
    wait_a_tick(tmp_path / "Results/d/b.csv")
    put_now(tmp_path, "Results/d/a.csv.part", hours_ago=hours_ago)
    unit = only(units_of(tmp_path, stage))
    if hours_ago == 1:
        assert told(unit.unready) == "being copied: a.csv.part"
    else:
        assert (unit.unready, unit.problem) == (None, "")
        assert unit.inputs == ((*(["Results/d/a.csv"] if exists else []), "Results/d/b.csv"),)
        assert unit.left_out == "what a.csv.part is a copy of: it was broken off"


def test_a_day_of_a_broken_copy_alone(tmp_path: Path) -> None:
    """Where a group has nothing but a copy that was broken off, it is not ready and says so; so is a whole series."""
    put_now(tmp_path, "Results/d/a_1.csv.part", hours_ago=25)
    stage = make_stage("Results/{day}/{name}.csv", {"list": "Results/{day}/list.txt"}, per=("day",))
    assert told(only(units_of(tmp_path, stage)).unready).startswith("a copy of it was broken off")
    put(tmp_path, "Results/d/a_2.csv")
    series = {"per": ("day", "name"), "numbered": "part"}
    stage = make_stage("Results/{day}/{name}_{part}.csv", {"list": "Results/{day}/{name}.txt"}, **series)
    assert told(only(units_of(tmp_path, stage)).unready).startswith("a copy of it was broken off")


def wait_a_tick(path: Path) -> None:
    """Wait until the file system's clock, which ticks every few ms, gives another time than that of the file."""
    other = path.with_name("clock")
    while True:
        other.write_text("")
        if other.stat().st_ctime_ns > path.stat().st_ctime_ns:
            other.unlink()
            return


@pytest.mark.parametrize("name", [".b.txt.RZxPvV", "b.txt.part", ".Thumbs.db.RZxPvV", ".x_mask.avi.RZxPvV"])
def test_copies_of_what_is_not_meant_are_nothing(tmp_path: Path, name: str) -> None:
    """A copy of a file that is no input, or is excluded, makes no work and holds up none."""
    put(tmp_path, "RawVideos/a.avi")
    put_now(tmp_path, f"RawVideos/{name}")
    stage = make_stage({"video": {"pattern": "RawVideos/{subdir}/{name}.{ext,avi|mp4}", "exclude": ("*_mask.*",)}})
    unit = only(units_of(tmp_path, stage))
    assert (unit.key, unit.unready) == ("a.avi", None)


def test_a_pattern_of_any_name_takes_no_temporary_ones(tmp_path: Path) -> None:
    """Where each name is meant, the half of a download is still not an input of its own."""
    put_now(tmp_path, "RawVideos/a.dat.crdownload")
    assert keys_of(tmp_path, make_stage("RawVideos/{subdir}/{name}")) == ["a.dat"]


def test_an_input_may_end_as_a_temporary_name_does(tmp_path: Path) -> None:
    """A file that a pattern means by its own name is an input, also one that ends in .part."""
    put(tmp_path, "RawVideos/a.part")
    assert keys_of(tmp_path, make_stage("RawVideos/{name}.part")) == ["a.part"]


def test_the_newest_waits_for_what_is_being_copied(tmp_path: Path) -> None:
    """Where the newest is picked, an older one is not taken while another is on its way."""
    put(tmp_path, "RawVideos/e/s1/settings.json")
    put_now(tmp_path, "RawVideos/e/s2/.settings.json.RZxPvV")
    stage = make_stage(
        {"session": {"pattern": "RawVideos/{exp}/{session}/settings.json", "pick": "newest"}}, outputs={}
    )
    assert told(only(units_of(tmp_path, stage)).unready) == "being copied: .settings.json.RZxPvV"


def test_a_partner_that_is_being_copied(tmp_path: Path) -> None:
    """A video whose second file is on its way is not ready; before, it had no partner at all."""
    put(tmp_path, "RawVideos/a.avi")
    put_now(tmp_path, "RawVideos/.a.json.RZxPvV")
    stage = make_stage({"video": "RawVideos/{name}.avi", "info": "RawVideos/{name}.json"}, outputs={})
    unit = only(units_of(tmp_path, stage))
    assert (told(unit.unready), unit.problem) == ("being copied: .a.json.RZxPvV", "")


def test_a_day_waits_for_the_last_video(tmp_path: Path) -> None:
    """A group of files is not ready while one of them is being copied."""
    put(tmp_path, "RawVideos/d/a.avi")
    put_now(tmp_path, "RawVideos/d/.b.avi.RZxPvV")
    unit = only(
        units_of(tmp_path, make_stage("RawVideos/{day}/{name}.avi", {"t": "Results/{day}/t.csv"}, per=("day",)))
    )
    assert (unit.inputs, told(unit.unready)) == ((("RawVideos/d/a.avi",),), "being copied: .b.avi.RZxPvV")


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("path", TEMPORARY)
def test_a_scan_counts_it(tmp_path: Path, path: str, finished: bool) -> None:
    """The fast way counts what the slow one does: not ready, unless its result is there and proven."""
    stage = make_stage()
    project = make_project(tmp_path, stage)
    put(tmp_path, "RawVideos/d/b.avi", *(["RawVideos/d/a.avi", "Results/d/a_tracks.csv"] if finished else []))
    survey_stage(project, stage)
    wait_a_tick(tmp_path / "RawVideos/d/b.avi")
    put_now(tmp_path, f"RawVideos/d/{path}")
    slow = {s.unit.key: s.decision.state for s in examine_stage(project, stage, Survey(stage))}
    assert slow == {"d/a.avi": State.FINISHED if finished else State.NOT_READY, "d/b.avi": State.UNPROCESSED}
    assert survey_stage(project, stage, most=1).counts == survey_stage(project, stage).counts
    assert survey_stage(project, stage).counts[State.NOT_READY] == (not finished)


@pytest.mark.parametrize("path", TEMPORARY)
def test_a_scan_side_by_side_counts_it(tmp_path: Path, path: str) -> None:
    """What lies in no folder is seen also where several processes look at the folders."""
    stage = make_stage()
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{i}/a.avi" for i in range(4)))
    put_now(tmp_path, f"RawVideos/{path}")
    with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda: 2):
        counts = survey_stage(project, stage, most=1).counts
    assert (counts[State.NOT_READY], counts[State.UNPROCESSED]) == (1, 4)


def test_a_folder_without_odd_names_is_not_looked_at_closer(tmp_path: Path) -> None:
    """The regular expressions for temporary names are asked only where a listing holds something unusual."""
    put(tmp_path, *(f"RawVideos/d/{i}.avi" for i in range(9)))
    with patch("remote_tracker.scan.walk.find_copies", side_effect=AssertionError):
        assert len(list(find_units(make_stage(), Tree(tmp_path)))) == 9


@pytest.mark.parametrize("path", ["000001.mp4", "deep/er/000001.mp4"])
def test_inside_a_folder(tmp_path: Path, path: str) -> None:
    """Of a folder that is an input, a file on its way is seen at any depth; what a killed copy left is not."""
    folder, _, name = f"store/{path}".rpartition("/")
    put(tmp_path, "store/metadata.yaml", "store/.index.sqlite")
    left = put_now(tmp_path, f"{folder}/.{name}.abcDE1")
    unready = look_inside(str(tmp_path / "store")).unready
    assert told(unready) == f"being copied: {os.path.relpath(left, tmp_path / 'store')}"
    wait_a_tick(left)
    put(tmp_path, f"store/{path}", content="four")
    inside = look_inside(str(tmp_path / "store"))
    assert (inside.unready, inside.files, inside.size) == (None, 4, 7)
