"""The table of videos: a row for each, what made its result, what it holds, and why it is missing elsewhere."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import datetime

import pytest
from lab import Lab
from lab_of_days import DEFINED, by_video, declare, load
from remote_tracker.content.entry import Entry
from remote_tracker.tables.made_by import digest_of
from rewinding import rewound


@rewound
def joined(lab: Lab) -> None:
    """A project of three videos in two days, all joined."""
    declare(lab)
    for name in ("d1/v1.avi", "d1/deep/v2.avi", "sub-01/ses-2/v3.avi"):
        lab.video(name, name)
    assert lab.rt("run").code == 0


def test_a_finished_video(joined: Lab) -> None:
    """Its row says what made the result and where, what it holds, and what its files hold."""
    row = by_video(joined)["d1/v1.avi"]
    results = ["Results/d1/v1.csv", "Results/d1/v1.json"]
    sums = subprocess.run(["sha256sum", *results], cwd=joined.root, capture_output=True, check=True).stdout
    expected = {
        "file_id": "0" if row["file_id"] == "0" else "1",
        "day": "d1",
        "state": "finished",
        "reason": "",
        "raw": str(joined.root / "RawVideos/d1/v1.avi"),
        "result": str(joined.root / "Results/d1/v1.json"),
        "fps": "29.97",
        "frames": "300",
        "frames_tracked": "2",
        "animals": "2",
        "tracker": "tiny",
        "version": "1.2",
        "batch": "0001",
        "sha256_video": hashlib.sha256(b"d1/v1.avi").hexdigest(),
        "sha256_result": hashlib.sha256(sums).hexdigest(),
        "changed_since": "",
        "reviewed": "",
    }
    assert {name: row[name] for name in expected} == expected
    log = joined.log(1, int(row["task"]))
    day, colon, minutes = row["proven_at"].rpartition(":")
    assert (colon, datetime.fromisoformat(row["proven_at"]).utcoffset() is None) == (":", False)
    assert f"# end {day}{minutes} " in log
    assert f" host={row['node']} " in log
    assert f" params={row['parameters']} " in log


def test_the_ids_are_those_of_the_joined_tables(joined: Lab) -> None:
    """The file_id of each video is the number of its own result in the table of file names."""
    names = {row["file_id"]: row["filename"] for row in load(joined, "filenames_summary")}
    found = {video: names[row["file_id"]] for video, row in by_video(joined).items()}
    assert found == {
        "d1/v1.avi": "Results/d1/v1.json",
        "d1/deep/v2.avi": "Results/d1/deep/v2.json",
        "sub-01/ses-2/v3.avi": "Results/sub-01/ses-2/v3.json",
    }


def test_days_subjects_and_sessions(joined: Lab) -> None:
    """A day is the one whose table holds the video; folders of NeuroBlueprint name the subject and the session."""
    found = {v: (row["day"], row["sub"], row["ses"]) for v, row in by_video(joined).items()}
    assert found == {
        "d1/v1.avi": ("d1", "", ""),
        "d1/deep/v2.avi": ("d1", "", ""),
        "sub-01/ses-2/v3.avi": ("sub-01", "sub-01", "ses-2"),
    }


def test_a_video_that_failed(lab: Lab) -> None:
    """It has a row with its state, the reason and the task, and nothing of a result."""
    command = (
        "case {{ input.video }} in *bad*) echo broken >&2; exit 3;; esac; echo frame > {{ output.table }};"
        " printf '%s' '{\"fps\": 25}' > {{ output.info }}"
    )
    declare(lab, command=command)
    lab.settings(attempts=1)
    lab.video("d1/good.avi")
    lab.video("d1/bad.avi")
    lab.go()
    lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    lab.run("bash", "process_all.sh", folder="summarizer")
    assert lab.rt("join").code == 1
    rows = by_video(lab)
    bad = rows["d1/bad.avi"]
    assert (bad["state"], bad["batch"], bad["node"] != "") == ("set aside", "0001", True)
    assert "broken" in bad["reason"]
    assert {bad[name] for name in ("file_id", "result", "fps", "animals", "sha256_result", "proven_at")} == {""}
    assert (rows["d1/good.avi"]["animals"], rows["d1/good.avi"]["fps"]) == ("", "25")


def test_a_finished_video_in_no_table(joined: Lab) -> None:
    """Its row says that its day has no table yet."""
    joined.video("d9/late.avi")
    joined.go()
    joined.rt("join")
    row = by_video(joined)["d9/late.avi"]
    assert (row["state"], row["file_id"], row["reason"]) == ("finished", "", "its day has no table: run the summarizer")


def test_a_result_without_a_video(joined: Lab) -> None:
    """A result in a day's table that is of no video here has a row, too, and the screen counts it."""
    table = joined.root / "Results/d1/filenames_summary.csv"
    table.write_text(table.read_text() + "7,Results/d1/foreign.json,False\n")
    said = joined.rt("join").out
    assert "1 result in the tables of the days: of no video here, see Results/joined/videos.csv.\n" in said
    (row,) = [row for row in load(joined, "videos") if not row["video"]]
    assert (row["day"], row["state"]) == ("d1", "no video")
    assert row["result"] == str(joined.root / "Results/d1/foreign.json")


def test_a_changed_result_and_one_that_was_accepted(joined: Lab) -> None:
    """A result that changed says so until a person takes it; then the row says when, and what it holds now."""
    joined.result("d1/v1.csv").write_text("frame,x\n1,1\n")
    joined.scan()
    joined.rt("join")
    before = by_video(joined)["d1/v1.avi"]
    assert (before["changed_since"], before["reviewed"]) == ("yes", "")
    joined.rt("accept", "d1/v1.avi")
    joined.rt("join")
    row = by_video(joined)["d1/v1.avi"]
    assert (row["changed_since"], row["reviewed"]) == ("", row["proven_at"])
    assert row["reviewed"] > before["proven_at"][:10]
    assert row["sha256_result"] != before["sha256_result"]
    assert (row["batch"], row["task"], row["node"]) == (before["batch"], before["task"], before["node"])


def test_paths_for_another_machine(joined: Lab) -> None:
    """With --paths-for videos and results lie below the folder of the machine that reads the table."""
    joined.rt("join", "--paths-for", "/Volumes/lab/p")
    row = by_video(joined)["d1/v1.avi"]
    assert (row["raw"], row["result"]) == ("/Volumes/lab/p/RawVideos/d1/v1.avi", "/Volumes/lab/p/Results/d1/v1.json")


def test_a_sealed_batch_tells_as_much(joined: Lab) -> None:
    """What a batch's own logs told its sealed file tells, too, once they are gone."""
    joined.rt("join")
    before = load(joined, "videos")
    joined.scan()
    assert (joined.batch(1) / "records.tsv").exists()
    for log in joined.batch(1).glob("output.*"):
        log.unlink()
    joined.rt("join")
    assert load(joined, "videos") == before


def test_animals(joined: Lab) -> None:
    """Each row of features stands there with its day and video, and the screen names the table."""
    rows = load(joined, "animals")
    assert len(rows) == 6
    assert rows[0] == {"day": "d1", "video": rows[0]["video"], "animal": "0", "speed_px_per_s_mean": "1.5"}
    assert {(row["day"], row["video"]) for row in rows} == {
        (row["day"], row["video"]) for row in load(joined, "videos")
    }
    said = joined.rt("join").out.splitlines()
    assert said[1] == "3 videos with 6 rows are joined in Results/joined/animals.csv"
    assert said[-1] == "Next:  look at Results/joined/animals.csv"


def test_a_column_without_a_definition_is_named(joined: Lab) -> None:
    """The screen names it, until the tracker's columns.yml or the user's own defines it."""
    definitions = joined.root / "site/trackers/tiny/columns.yml"
    definitions.write_text(DEFINED.replace("speed_{unit}", "pace_{unit}"))
    line = "1 column has no definition in summarizer/columns.yml: speed_px_per_s_mean\n"
    assert line in joined.rt("join").out
    (joined.root / "summarizer/columns.yml").write_text(DEFINED)
    assert "definition" not in joined.rt("join").out
    (row,) = [r for r in load(joined, "columns") if r["table"] == "animals" and r["column"] == "speed_px_per_s_mean"]
    assert (row["unit"], row["meaning"]) == ("px/s", "the speed")


@pytest.mark.parametrize("digests", [(), ("",), ("a", "")])
def test_a_digest_that_was_not_taken(digests: tuple[str, ...]) -> None:
    """Without the digest of each file there is none of all."""
    entries = [Entry("out", 1, 0, 0, 0, digest, "", -1, f"f{at}") for at, digest in enumerate(digests)]
    assert digest_of(entries, "out") == ""


def test_a_day_of_other_folders(lab: Lab) -> None:
    """Where project.yml says what a day is, the tables say the same."""
    declare(lab)
    lab.settings(day="{sub}/{ses}")
    for name in ("sub-01/ses-1/a.avi", "sub-01/ses-2/b.avi"):
        lab.video(name, name)
    assert lab.rt("run").code == 0
    found = {video: (row["day"], row["file_id"] != "") for video, row in by_video(lab).items()}
    assert found == {"sub-01/ses-1/a.avi": ("sub-01/ses-1", True), "sub-01/ses-2/b.avi": ("sub-01/ses-2", True)}
    assert {row["day"] for row in load(lab, "animals")} == {"sub-01/ses-1", "sub-01/ses-2"}


@pytest.mark.parametrize("name", ["=cmd().avi", 'a, "b" #1.avi', "ü ; x.avi"])
def test_hostile_names(lab: Lab, name: str) -> None:
    """Any name is one cell, the same in the tables of videos and of animals, and no formula for a spreadsheet."""
    declare(lab)
    lab.video(f"d1/{name}")
    lab.video(name, "other")
    lab.rt("run")
    shown = f"'{name}" if name.startswith("=") else name
    assert set(by_video(lab)) == {f"d1/{name}", shown}
    assert {row["video"] for row in load(lab, "animals")} == {f"d1/{name}", shown}
