"""The opencv tracker's results, damaged after they were finished: a scan or ./rt verify says so, in words."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

from lab import Lab, copy_tree
from remote_tracker.batches.verify import verify_project
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.run.join import join_project
from remote_tracker.survey import ScanOptions, survey_stage
from remote_tracker.survey.verdict import Verdict
from sprites import draw, straight
from trackers.conftest import PYTHONS

Bake = Callable[[str], Path]
Damage = Callable[[Path, Path], object]
WAYS = {"a": (straight(20, 40, 1.5), straight(130, 90, -1.5, -0.5)), "b": (straight(30, 30, 1.0), straight(90, 100))}
HEAD = "frame,time_s,animal,x_px,y_px,area_px,major_px,minor_px,angle_deg,touching"
RECORDED = ("source", "tracks", "masked")
LARGE = 1000  # bytes: with so little to read, the small files of these tests are as large ones are to a scan


class Results:
    """The three results of a video in a project."""

    def __init__(self, root: Path, name: str) -> None:
        self.tracks = root / f"Results/d1/{name}_tracks.csv"
        self.info = root / f"Results/d1/{name}_tracks.json"
        self.masked = root / f"MaskedVideos/d1/{name}.avi"


def lines(path: Path) -> list[str]:
    """Return a file's lines, with their ends."""
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def within(path: Path, place: int, raw: bytes) -> None:
    """Overwrite bytes of a file where it lies."""
    with path.open("r+b") as file:
        file.seek(place)
        file.write(raw)


def replace_by(path: Path, other: Path, how: Callable[[Path, Path], object]) -> None:
    """Put another file in the place of a result."""
    path.unlink()
    how(other, path)


def say(path: Path, **values: object) -> None:
    """Change keys of a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def make_sparse(path: Path) -> None:
    """Leave a file its length, and nothing in it."""
    size = path.stat().st_size
    path.write_bytes(b"")
    os.truncate(path, size)


def give_all(mine: Results, other: Results) -> None:
    """Put the results of another video in the place of all three."""
    for path, source in zip(vars(mine).values(), vars(other).values(), strict=True):
        replace_by(path, source, shutil.copy2)


def nan(line: str) -> str:
    """Return a row of which only frame, time and animal are left."""
    return ",".join([*line.split(",")[:3], *["nan"] * 7]) + "\n"


# name -> (what is done to the results of a, in the presence of those of b; what the reason must hold)
DAMAGES: dict[str, tuple[Callable[[Results, Results], object], str]] = {
    "rows gone": (
        lambda a, b: a.tracks.write_text("".join(lines(a.tracks)[:-100])),
        "a_tracks.csv has 20 rows, 120 were recorded",
    ),
    "header only": (
        lambda a, b: a.tracks.write_text(lines(a.tracks)[0]),
        "a_tracks.csv has 0 rows, 120 were recorded",
    ),
    "cut in a row": (lambda a, b: os.truncate(a.tracks, a.tracks.stat().st_size - 5), "the last line is not whole"),
    "empty": (lambda a, b: os.truncate(a.tracks, 0), "is empty"),
    "zeros within": (lambda a, b: within(a.tracks, 500, bytes(4096)), "holds zero bytes, from line"),
    "all NaN": (
        lambda a, b: a.tracks.write_text("".join([HEAD + "\n", *map(nan, lines(a.tracks)[1:])])),
        "a_tracks.csv has",
    ),
    "three cells": (
        lambda a, b: a.tracks.write_text(HEAD + "\n" + "1,2,3\n" * 120),
        "line 2 has 3 cells, its header 10",
    ),
    "random bytes": (
        lambda a, b: a.tracks.write_bytes(HEAD.encode() + b"\n" + bytes(range(255, 0, -1)) * 20 + b"\n"),
        "is not UTF-8 text",
    ),
    "table copied": (lambda a, b: replace_by(a.tracks, b.tracks, shutil.copy2), "a_tracks.csv "),
    "table linked": (lambda a, b: replace_by(a.tracks, b.tracks, os.link), "a_tracks.csv "),
    "all copied": (give_all, 'video is "b.avi", expected "a.avi": the name of its own video'),
    "masked cut": (lambda a, b: os.truncate(a.masked, 1000), "a.avi has 1000 bytes, "),
    "masked zeros": (
        lambda a, b: within(a.masked, 0, bytes(a.masked.stat().st_size)),
        "a.avi is not the file that was recorded",
    ),
    "masked sparse": (lambda a, b: make_sparse(a.masked), "a.avi is not the file that was recorded"),
    "json copied": (lambda a, b: replace_by(a.info, b.info, shutil.copy2), 'video is "b.avi", expected "a.avi"'),
    "no frames": (lambda a, b: say(a.info, frames_read=0, frames_claimed=0), "frames_read is 0, expected at least 1"),
}


@pytest.fixture(scope="module")
def finished(baked_with: Bake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project in which two videos are finished, as it ran; not to be changed."""
    place = tmp_path_factory.mktemp("finished")
    copy_tree(baked_with("opencv"), place / "lab")
    lab = Lab(place / "lab", place)
    lab.activate(f"export PATH={PYTHONS}:$PATH PYTHONDONTWRITEBYTECODE=1\n")
    (lab.root / "RawVideos/d1").mkdir()
    for name, ways in WAYS.items():
        draw(lab.root / f"RawVideos/d1/{name}.avi", ways)
        os.utime(lab.root / f"RawVideos/d1/{name}.avi", (1_700_000_000, 1_700_000_000))
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 2}
    for script in ("get_cmd2process.sh", "process_all.sh"):
        assert lab.run("bash", script, folder="summarizer").code == 0
    yield lab.root
    lab.clear()


@pytest.fixture
def lab(finished: Path, tmp_path: Path) -> Path:
    """A copy of that project, to be damaged."""
    shutil.copytree(finished, tmp_path / "lab", symlinks=True)
    return tmp_path / "lab"


def scanned(root: Path, stage: int = 0, **options: int) -> dict[str, str]:
    """Return name -> reason of the videos (stage 1: the days) that a scan does not find finished."""
    project = load_project(root)
    survey = survey_stage(project, project.tracker.stages[stage], ScanOptions(**options))  # type: ignore[arg-type]
    return {seen.unit.key: seen.decision.reason for seen in [*survey.to_do, *survey.odd]}


def verified(root: Path) -> dict[str, str]:
    """Return name -> reason of the videos whose results ./rt verify finds bad."""
    found, *_ = verify_project(load_project(root)).stages
    return {one.unit.key: one.decision.reason for one in found.odd if one.verdict is Verdict.BAD}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_scan_finds_the_damage(lab: Path, name: str) -> None:
    """Each damage to a small result is named by the next scan and by verify, and the other video stays finished."""
    damage, reason = DAMAGES[name]
    damage(Results(lab, "a"), Results(lab, "b"))
    found = scanned(lab)
    assert list(found) == ["d1/a.avi"]
    assert reason in found["d1/a.avi"]
    assert reason in verified(lab)["d1/a.avi"]


@pytest.mark.parametrize("name", DAMAGES)
def test_verify_finds_it_in_large_results(lab: Path, name: str) -> None:
    """Of results too large for a scan to read whole, verify names each damage, and the scans after it do so, too."""
    damage, _ = DAMAGES[name]
    damage(Results(lab, "a"), Results(lab, "b"))
    assert set(scanned(lab, depth=LARGE)) <= {"d1/a.avi"}
    found = verified(lab)
    assert list(found) == ["d1/a.avi"]
    assert scanned(lab, depth=LARGE) == found


def test_what_only_verify_sees_stays_seen(lab: Path) -> None:
    """Damage within a large file, which a scan does not read: verify says so, and each later scan with it."""
    mine = Results(lab, "a")
    masked = json.loads(mine.info.read_text(encoding="utf-8"))["masked"]
    say(mine.info, masked={key: value for key, value in masked.items() if key != "sha256_ends"})  # the file is small
    within(mine.masked, masked["size"] // 2, bytes(64))
    assert scanned(lab, depth=LARGE) == {}
    for _ in range(2):
        assert "a.avi is not the file that was recorded" in verified(lab)["d1/a.avi"]
        assert "a.avi is not the file that was recorded" in scanned(lab, depth=LARGE)["d1/a.avi"]
    within(mine.masked, masked["size"] // 2, b"other bytes" * 5)
    assert scanned(lab, depth=LARGE) == {}  # what was found holds for the files as they were


def test_whole_results_are_whole(lab: Path) -> None:
    """Results as the tracker made them hold, however much of them is read."""
    assert scanned(lab) == scanned(lab, depth=LARGE) == verified(lab) == scanned(lab) == {}


def test_results_of_an_older_version_stay_finished(lab: Path) -> None:
    """Results whose JSON says nothing of table, masked video and source hold, as they did."""
    info = Results(lab, "a").info
    said = json.loads(info.read_text(encoding="utf-8"))
    assert set(RECORDED) <= set(said)
    info.write_text(json.dumps({key: value for key, value in said.items() if key not in RECORDED}))
    assert scanned(lab) == verified(lab) == scanned(lab) == {}


def test_a_video_that_was_replaced_is_told_as_such(lab: Path) -> None:
    """The results of the video that lay there before are no bad result: they are out of date."""
    video = lab / "RawVideos/d1/a.avi"
    shutil.copy(lab / "RawVideos/d1/b.avi", video)
    os.utime(video, (1_700_000_001, 1_700_000_001))
    assert scanned(lab) == {"d1/a.avi": "its input changed since it was processed"}


def test_another_video_of_the_same_name_and_size(lab: Path) -> None:
    """Results that were copied from another recording of the same name and size do not hold."""
    video = lab / "RawVideos/d1/a.avi"
    times = video.stat()
    within(video, times.st_size - 20_000, b"another recording" * 1000)
    os.utime(video, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "is not the file that was recorded: its SHA-256 is not source.sha256_ends" in verified(lab)["d1/a.avi"]


DAY_DAMAGES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "last row": (lambda rows: rows[:-1], "has 0 rows of file_id 1, 1 was recorded"),
    "first row": (lambda rows: [rows[0], *rows[2:]], "has 1 row of file_id 0, 2 were recorded"),
    "header only": (lambda rows: rows[:1], "has 0 rows of file_id 0, 2 were recorded"),
    "twice": (lambda rows: [*rows, rows[-1]], "has 2 rows of file_id 1, 1 was recorded"),
}


@pytest.mark.parametrize("name", DAY_DAMAGES)
def test_a_day_whose_table_lost_rows_is_to_do_again(lab: Path, name: str) -> None:
    """A scan names the day and what it lost, and the join refuses it, with the tables of before left as they are."""
    damage, reason = DAY_DAMAGES[name]
    features = lab / "Results/d1/features_summary.csv"
    assert scanned(lab, 1) == {}
    assert join_project(load_project(lab)).joined.rows == 3
    before = (lab / "Results/joined/features_summary.csv").read_bytes()
    features.write_text("".join(damage(lines(features))), encoding="utf-8")
    assert reason in scanned(lab, 1)["d1"]
    with pytest.raises(RemoteTrackerError, match=r"^Results/d1/features_summary\.csv: .* w\w+ recorded; remove it and"):
        join_project(load_project(lab))
    assert (lab / "Results/joined/features_summary.csv").read_bytes() == before


def test_a_day_that_was_made_before_stays_finished(lab: Path) -> None:
    """The table of an older day does not count its rows: it holds, and it is joined."""
    files = lab / "Results/d1/filenames_summary.csv"
    files.write_text("".join(line.rpartition(",")[0] + "\n" for line in lines(files)), encoding="utf-8")
    assert lines(files)[0] == "file_id,filename,is_good\n"
    assert scanned(lab, 1) == {}
    assert join_project(load_project(lab)).joined.rows == 3
