"""An export has a file for each finished video, and says which video has none, and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError, WrongUse
from remote_tracker.exports.each_video import Exported, NotExported, export_videos, exported_text
from remote_tracker.report.next_step import JOINED
from remote_tracker.tables.video_row import VideoRow
from remote_tracker.tracks.tracks import Tracks
from rewinding import rewound

from exports.tidy_lab import TRACKS, configure, put


def write(row: VideoRow, tracks: Tracks, place: Path) -> None:
    """Write the names of the animals; a video called "no" has no file."""
    if "no" in row.video:
        raise NotExported("the lab says nothing about it")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(" ".join(tracks.individuals))


def export(lab: Lab, *names: str, into: Path | None = None) -> tuple[Exported, str]:
    """Return what an export came to, and what people read."""
    project = load_project(lab.root)
    place = into or lab.root / JOINED / "form"
    done = export_videos(project, names, place, ".txt", 30.0, write)
    return done, exported_text(project, done, place)


@rewound
def tracked(lab: Lab) -> None:
    """Two days of finished videos, with names from hell, one without an animal."""
    configure(lab)
    for name in ("d1/a.avi", "d1/b $(x) 'ü'.avi", "d2/a.avi"):
        put(lab, name)
    put(lab, "d2/none.avi", [])
    lab.go()


def test_a_file_for_each_finished_video(tracked: Lab) -> None:
    """A finished video with an animal has a file at its day and name; an empty or unfinished video has none."""
    put(tracked, "d2/new.avi")
    done, text = export(tracked)
    into = tracked.root / JOINED / "form"
    names = {path.relative_to(into).as_posix() for path in done.written}
    assert names == {"d1/a.avi.txt", "d1/b $(x) 'ü'.avi.txt", "d2/a.avi.txt"}
    assert (into / "d1/a.avi.txt").read_text() == "0 1"
    assert done.whole
    assert text.splitlines() == [
        "3 files written into Results/joined/form/, one a video.",
        "No file: d2/none.avi: no animal was found",
    ]


def test_names_that_differ_in_a_backslash(lab: Lab) -> None:
    """A backslash, which netCDF takes for a folder, becomes _; of two videos with one name, none is lost."""
    configure(lab)
    put(lab, "d1/a\\b.avi")
    put(lab, "d1/a_b.avi")
    lab.go()
    done, text = export(lab)
    assert [path.name for path in done.written] == ["a_b.avi.txt"]
    assert "another video has the file a_b.avi.txt: rename one of the two" in text


@pytest.mark.parametrize(
    ("names", "expected"),
    [(("d1",), 2), (("d2/a",), 1), (("d1/a.avi", "d2"), 2), (("b $(x) 'ü'",), 1)],
)
def test_names_choose(tracked: Lab, names: tuple[str, ...], expected: int) -> None:
    """A name means a video, a day its videos, as for every verb."""
    done, _ = export(tracked, *names)
    assert len(done.written) == expected


def test_a_name_that_means_nothing(tracked: Lab) -> None:
    """A name that means no video is wrong use, and nothing is written."""
    with pytest.raises(WrongUse, match='called "d3"'):
        export(tracked, "d3")
    assert not (tracked.root / JOINED / "form").exists()


def test_what_cannot_be_read_stops_no_other(tracked: Lab) -> None:
    """A video that the form refuses, or whose result is damaged, is named with the reason; the others are written."""
    put(tracked, "d1/no.avi")
    put(tracked, "d1/twice.avi", ["0,0,1,1", "0,0,2,2"])
    tracked.go()
    done, text = export(tracked)
    assert (len(done.written), done.whole) == (3, False)
    lines = text.splitlines()
    assert "No file: d1/no.avi: the lab says nothing about it" in lines
    assert "No file: d1/twice.avi: Results/d1/twice.csv has the animal 0 twice in frame 0" in lines


def test_files_of_an_earlier_export(tracked: Lab) -> None:
    """A file whose video is finished no more is named, since whoever loads the folder would load it; only ours are."""
    export(tracked)
    (tracked.root / "RawVideos/d1/a.avi").rename(tracked.root / "RawVideos/d1/c.avi")
    tracked.result("d1/a.csv").rename(tracked.result("d1/c.csv"))
    done, text = export(tracked)
    assert not done.whole
    assert "d1/a.avi.txt: of an earlier export, and of no finished video now: remove them." in text
    elsewhere = tracked.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").touch()
    assert "mine.txt" not in export(tracked, into=elsewhere)[1]


def test_what_a_killed_export_left(tracked: Lab) -> None:
    """Half a file of an export that was killed is removed by the next."""
    half = tracked.root / JOINED / f"form/d1/.a.avi.txt.{os.uname().nodename}.999999999.0123456789abcdef.tmp"
    half.parent.mkdir(parents=True)
    half.touch()
    export(tracked)
    assert not half.exists()


def test_a_tracker_that_says_nothing_of_animals(lab: Lab) -> None:
    """Where no step says where its animals are, the tracker.yml is named, and what to write into it."""
    configure(lab, tracks=None)
    put(lab, "d1/a.avi")
    lab.go()
    with pytest.raises(RemoteTrackerError, match=r'the step "copy" does not say where animals were\. Write "tracks"'):
        export(lab)


def test_each_export_names_what_to_install(lab: Lab) -> None:
    """In a Python without the package, the export says in one line what to type."""
    configure(lab, tracks=TRACKS)
    for form, package in (("movement", "movement"), ("nwb", "pynwb")):
        ran = lab.rt("export", form)
        assert (ran.code, ran.out) == (1, "")
        assert f"export {form} needs {package} " in ran.err
        assert ran.err.strip().endswith(f"remote_tracker/exports/{form}.requirements.txt")
