"""``day`` in project.yml on a real project: one table for each session of each subject."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from lab import Lab

TRACK: dict[str, Any] = {
    "output": {"table": "Results/{subdir}/{name}_tracks.csv"},
    "command": "echo x > {{ output.table }}",
}
SUMMARIZE: dict[str, Any] = {
    "name": "sum",
    "help": "a table a day",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"table": "Results/{day}/{subdir}/{name}_tracks.csv"},
    "output": {"files": "Results/{day}/filenames_summary.csv", "rows": "Results/{day}/features_summary.csv"},
    "command": "bash {{ tracker }}/summarize.sh {{ project }} {{ output.files }} {{ output.rows }} {{ input.table }}",
}
SUMMARIZER = """\
project=$1 files=$2 rows=$3 n=0
shift 3
echo file_id,filename,is_good >"$files"
echo file_id,x >"$rows"
for table; do
  echo "$n,${table#"$project"/},True" >>"$files"
  echo "$n,1" >>"$rows"
  n=$((n + 1))
done
"""
SESSIONS = ("sub-01/ses-1", "sub-01/ses-2", "sub-02/ses-1")


@pytest.fixture
def sessions(lab: Lab) -> Lab:
    """A project of two subjects with three sessions, each of two videos in folders below it."""
    lab.tracker(SUMMARIZE, **TRACK)
    (lab.root / "site/trackers/tiny/summarize.sh").write_text(SUMMARIZER)
    for session in SESSIONS:
        lab.video(f"{session}/behav/a.avi", f"a of {session}")
        lab.video(f"{session}/behav/cam2/b.avi", f"b of {session}")
    lab.settings(day="{sub}/{ses}")
    return lab


def joined(lab: Lab, table: str, column: str) -> list[str]:
    """Return the cells of a column of a joined table."""
    with (lab.root / f"Results/joined/{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_each_session_is_summarized_by_a_task_of_its_own(sessions: Lab) -> None:
    """A run leads to a table in each session's folder, and the joined table holds all videos of all sessions."""
    ran = sessions.rt("run")
    assert ran.code == 0, ran
    for session in SESSIONS:
        assert f"{session}/features_summary.csv" in sessions.results()
    assert not [name for name in sessions.results() if name.count("/") == 1 and name.startswith("sub")]
    assert len(joined(sessions, "features_summary", "file_id")) == 6
    paths = joined(sessions, "filenames_summary", "filename")
    assert paths == sorted(paths)
    assert paths[1] == "Results/sub-01/ses-1/behav/cam2/b_tracks.csv"
    said = sessions.rt("status").out
    assert "sum: 3 days: 3 finished" in said
    assert said.count("  sub-01/ses-2 ") == 1  # the row of its videos
    assert "2 finished" in sessions.rt("status", "sub-01/ses-2").out


def test_a_new_video_outdates_its_own_session_alone(sessions: Lab) -> None:
    """What is added to one session leaves the tables of the others as they are."""
    sessions.rt("run")
    sessions.video("sub-01/ses-2/behav/c.avi", "c")
    sessions.go()
    said = sessions.run("bash", "get_cmd2process.sh", folder="summarizer").out
    assert "1\tTotal files to be processed." in said


def test_what_lies_in_no_session_is_named(sessions: Lab) -> None:
    """A video beside the sessions is processed; the join says that it is of no day, and what a day is."""
    sessions.video("sub-01/practice.avi", "practice")
    ran = sessions.rt("run")
    assert "sub-01/practice_tracks.csv" in sessions.results()
    assert ran.code == 1, ran
    assert "sub-01/practice.avi: it lies in no day: project.yml says day: {sub}/{ses}" in ran.out
    assert joined(sessions, "missing", "reason") == ["it lies in no day: project.yml says day: {sub}/{ses}"]
    assert len(joined(sessions, "features_summary", "file_id")) == 6
    assert "(no day)" in sessions.rt("status").out
    days = dict(zip(joined(sessions, "videos", "video"), joined(sessions, "videos", "day"), strict=True))
    assert days["sub-01/practice.avi"] == ""
    assert days["sub-02/ses-1/behav/cam2/b.avi"] == "sub-02/ses-1"
    assert sorted(set(joined(sessions, "animals", "day"))) == sorted(SESSIONS)


def test_a_line_that_is_added_later_makes_other_tables_not_two_of_each(sessions: Lab) -> None:
    """Tables that were made a subject before are no days any more; no video counts twice."""
    sessions.settings()
    assert sessions.rt("run").code == 0
    assert "sub-01/features_summary.csv" in sessions.results()
    sessions.settings(day="{sub}/{ses}")
    ran = sessions.rt("run")
    assert ran.code == 0, ran
    assert len(joined(sessions, "features_summary", "file_id")) == 6
