"""Videos that were renamed, or moved to another day: their results are recognised by content, and taken along."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

from lab import Lab

PAIR: dict[str, Any] = {
    "name": "table",
    "help": "make a day's table",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"copy": "Results/{day}/{subdir}/{name}.txt"},
    "output": {"files": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"},
    "command": (
        "{ echo file_id,filename,is_good; i=0; for f in {{ input.copy }}; do echo $i,$f,True; i=$((i+1)); done; }"
        " > {{ output.files }}; { echo file_id,size; i=0; for f in {{ input.copy }};"
        " do echo $i,$(stat -c %s $f); i=$((i+1)); done; } > {{ output.features }}"
    ),
}


def rename(lab: Lab, old: str, new: str) -> Path:
    """Give a video another name; return its place."""
    place = lab.root / "RawVideos" / new
    place.parent.mkdir(parents=True, exist_ok=True)
    (lab.root / "RawVideos" / old).rename(place)
    return place


def test_moved_to_another_day(lab: Lab) -> None:
    """Each verb says that a video was moved; its results are taken along, and it stands once in the joined table."""
    lab.tracker(PAIR)
    lab.videos(2)
    assert lab.rt("run").code == 0
    rename(lab, "d1/v1.avi", "d2/b.avi")
    assert "1\tMoved or renamed: their results lie under the old names.   ./rt moved" in lab.scan().out
    assert lab.counts() == {"finished": 1, "moved": 1}
    assert lab.rt("join").code == 1
    reasons = list(csv.reader((lab.root / "Results/joined/missing.csv").open()))
    assert reasons[1] == [
        "d2/b.avi",
        "Results/d2/b.txt",
        "it was d1/v1.avi: ./rt moved takes its results along, where they fit",
    ]
    ran = lab.rt("moved")
    assert (ran.code, lab.counts()) == (0, {"finished": 2}), ran
    assert "d1/v1.avi -> d2/b.avi" in ran.out
    assert lab.started_tasks(1) == 2
    assert [name for name in lab.results() if name.endswith(".txt")] == ["d1/v2.txt", "d2/b.txt"]
    assert "no longer here" not in lab.scan().out
    assert lab.rt("run").code == 0
    joined = list(csv.DictReader((lab.root / "Results/joined/filenames_summary.csv").open()))
    assert [row["filename"] for row in joined] == ["Results/d1/v2.txt", "Results/d2/b.txt"]
    assert len(lab.batches()) == 2  # the run, and the note
    assert "taken along, when its name was changed, from d1/v1.avi" in lab.rt("why", "b").out


def test_the_last_video_of_a_day_renamed_day_and_all(lab: Lab) -> None:
    """The table of a day that has no video any more is moved aside: no video stands twice in the joined table."""
    lab.tracker(PAIR)
    lab.videos(2)
    lab.rt("run")
    (lab.root / "RawVideos/d1").rename(lab.root / "RawVideos/d9")
    assert lab.rt("moved").code == 0
    assert lab.rt("run").code == 0
    joined = list(csv.DictReader((lab.root / "Results/joined/filenames_summary.csv").open()))
    assert [row["filename"] for row in joined] == ["Results/d9/v1.txt", "Results/d9/v2.txt"]
    assert lab.started_tasks(1) == 2


def test_renamed_within_a_day(lab: Lab) -> None:
    """The table of the day names the video anew."""
    lab.tracker(PAIR)
    lab.videos(2)
    lab.rt("run")
    rename(lab, "d1/v1.avi", "d1/new.avi")
    assert lab.rt("moved", "--yes").code == 0
    assert lab.rt("run").code == 0
    joined = list(csv.DictReader((lab.root / "Results/joined/filenames_summary.csv").open()))
    assert [row["filename"] for row in joined] == ["Results/d1/new.txt", "Results/d1/v2.txt"]


def test_two_stages(lab: Lab) -> None:
    """What a later stage made of the results follows them, without another question."""
    lab.tracker(
        {
            "name": "second",
            "help": "copy the copy",
            "input": {"copy": "Results/{subdir}/{name}.txt"},
            "output": {"more": "Results/{subdir}/{name}.more"},
            "command": "cp {{ input.copy }} {{ output.more }}",
        }
    )
    lab.videos(2)
    assert lab.rt("run").code == 0
    rename(lab, "d1/v1.avi", "d2/b.avi")
    assert (lab.counts("copy"), lab.counts("second")) == ({"finished": 1, "moved": 1}, {"finished": 2, "waiting": 1})
    told = json.loads(lab.rt("moved", "--json").out)
    assert [(one["stage"], one["to"]) for one in told["moved"]] == [("copy", "d2/b.avi"), ("second", "d2/b.txt")]
    assert lab.results() == ["d1/v2.more", "d1/v2.txt", "d2/b.more", "d2/b.txt"]
    assert lab.counts("copy") == lab.counts("second") == {"finished": 2}


def test_as_new(lab: Lab) -> None:
    """A scan lists a moved video as a new one where that is asked for."""
    lab.videos(1)
    lab.go()
    rename(lab, "d1/v1.avi", "d1/b.avi")
    assert lab.counts("--as-new") == {"unprocessed": 1}
    assert lab.process().code == 0
    assert lab.results() == ["d1/b.txt", "d1/v1.txt"]


def test_results_that_name_their_video(lab: Lab) -> None:
    """Results that hold the name of their video stay where they are; the other videos' results are taken along."""
    lab.tracker(
        output={"info": "Results/{subdir}/{name}.json"},
        command="echo '{\"video\": \"'$(basename {{ input.video }})'\"}' > {{ output.info }}",
        check=[{"json": "info", "key": "video", "equals_name": "video"}],
    )
    lab.videos(1)
    lab.go()
    rename(lab, "d1/v1.avi", "d1/b.avi")
    ran = lab.rt("moved")
    assert ran.code == 1
    assert "./rt scan --as-new" in ran.out
    assert lab.results() == ["d1/v1.json"]
    assert lab.counts() == {"moved": 1}
    (lab.root / "RawVideos/d2").mkdir()
    rename(lab, "d1/b.avi", "d2/v1.avi")
    assert lab.rt("moved").code == 0
    assert lab.results() == ["d2/v1.json"]


def test_copied_with_a_rename(lab: Lab, tmp_path: Path) -> None:
    """In a copy without its times a renamed video is recognised, and its results are taken along."""
    lab.videos(2)
    lab.go()
    shutil.copytree(lab.root, tmp_path / "copy", symlinks=True, copy_function=shutil.copy)
    there = Lab(tmp_path / "copy", lab.home)
    rename(there, "d1/v1.avi", "d1/b.avi")
    assert there.counts() == {"finished": 1, "moved": 1}
    assert there.rt("moved").code == 0
    assert there.counts() == {"finished": 2}
    assert lab.counts() == {"finished": 2}
    assert there.rt("verify").code == 0


def test_a_new_video_under_the_old_name(lab: Lab) -> None:
    """An old name is free again: a new video of that name is to do, and its results are made."""
    lab.videos(1)
    lab.go()
    rename(lab, "d1/v1.avi", "d1/b.avi")
    lab.rt("moved")
    lab.video("d1/v1.avi", "another video")
    assert lab.counts() == {"finished": 1, "unprocessed": 1}
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 2}
    assert os.listdir(lab.workspace / "batches/redo")


def test_undone_redo_of_a_table(lab: Lab) -> None:
    """A table that names a video by its old name is not up to date, also where a person brings it back."""
    lab.tracker(PAIR)
    lab.videos(2)
    lab.rt("run")
    rename(lab, "d1/v1.avi", "d1/new.avi")
    lab.rt("moved")
    assert lab.rt("undo", "--yes").code == 0
    assert "d1 (its input changed since it was processed)" in lab.rt("join").out
    assert lab.rt("run").code == 0
    joined = list(csv.DictReader((lab.root / "Results/joined/filenames_summary.csv").open()))
    assert [row["filename"] for row in joined] == ["Results/d1/new.txt", "Results/d1/v2.txt"]


def test_an_older_list_after_all(lab: Lab) -> None:
    """A list that holds a moved video as new makes nothing again, once its results were taken along."""
    lab.videos(1)
    lab.go()
    rename(lab, "d1/v1.avi", "d1/b.avi")
    lab.scan("--as-new")
    assert lab.rt("moved").code == 0
    assert "compared in samples" not in lab.scan().out
    assert lab.task(2, 1).code == 0
    assert "finished already, by another batch" in lab.log(2, 1)


def test_deleted_videos_whose_results_name_them(lab: Lab) -> None:
    """Results of a video that was deleted are whole, also where a check compares them with the video."""
    lab.tracker(
        output={"info": "Results/{subdir}/{name}.json"},
        command="echo '{\"video\": \"'$(basename {{ input.video }})'\"}' > {{ output.info }}",
        check=[{"json": "info", "key": "video", "equals_name": "video"}],
    )
    lab.videos(2)
    lab.go()
    (lab.root / "RawVideos/d1/v1.avi").unlink()
    assert "1 archived: finished, and its video is no longer here; its results are whole." in lab.scan().out
