"""Paths name the same file wherever a table was written, and each video that is not in the table is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_of_days import (
    joined,
    make_day,
    make_files,
    run_join,
)
from remote_tracker.summaries.missing import ExpectedVideo


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{root}/Results/d1/x/a.hdf5", "Results/d1/x/a.hdf5"),
        ("{root}/MaskedVideos/d1/a.hdf5", "MaskedVideos/d1/a.hdf5"),
        ("{root}/Results/d1/Results/a.hdf5", "Results/d1/Results/a.hdf5"),
        ("/mnt/home/lab/p/Results/d1/a.hdf5", "Results/d1/a.hdf5"),
        ("/mnt/Results/p/Results/d1/a.hdf5", "Results/d1/a.hdf5"),
        ("/mnt/home/lab/p/MaskedVideos/d1/a.hdf5", "MaskedVideos/d1/a.hdf5"),
        ("C:\\lab\\p\\Results\\d1\\a.hdf5", "Results/d1/a.hdf5"),
        ("/elsewhere/Results/then/d1/a.hdf5", "Results/d1/a.hdf5"),
        ("Results/d1/a.hdf5", "Results/d1/a.hdf5"),
        ("./Results//d1/a.hdf5", "Results/d1/a.hdf5"),
        ("sub/a.hdf5", "Results/d1/sub/a.hdf5"),
        ("/quite/elsewhere/a.hdf5", "/quite/elsewhere/a.hdf5"),
    ],
)
def test_paths_become_relative_to_the_project(tmp_path: Path, written: str, meant: str) -> None:
    """Whatever machine wrote it, a path in a table names the same file of this project."""
    comment = "# FEATURE SUMMARIES FILE,/elsewhere/Results/then/d1/features_summary.csv\n"
    files = f"{comment}file_id,filename,is_good\n0,{written.format(root=tmp_path)},True\n"
    make_day(tmp_path, "d1", files, "file_id,x\n0,1\n")
    run_join(tmp_path)
    assert joined(tmp_path, "filenames_summary")[0]["filename"] == meant


def test_a_project_reached_through_a_link_knows_its_paths(tmp_path: Path) -> None:
    """A table written under the real folder's name joins where the project is reached by a link."""
    real = tmp_path / "Results" / "deep"
    make_day(real, "d1", f"file_id,filename,is_good\n0,{real}/Results/d1/Results/a,True\n", "file_id,x\n0,1\n")
    (tmp_path / "link").symlink_to(real)
    run_join(tmp_path / "link")
    assert joined(real, "filenames_summary")[0]["filename"] == "Results/d1/Results/a"


@pytest.mark.parametrize(
    ("paths_for", "meant"),
    [
        ("/Volumes/lab/p", "/Volumes/lab/p/Results/d1/a_featuresN.hdf5"),
        ("/Volumes/lab/p/", "/Volumes/lab/p/Results/d1/a_featuresN.hdf5"),
        ("/", "/Results/d1/a_featuresN.hdf5"),
        ("Z:\\lab\\p", "Z:\\lab\\p\\Results\\d1\\a_featuresN.hdf5"),
    ],
)
def test_paths_for_another_place(tmp_path: Path, paths_for: str, meant: str) -> None:
    """Paths can be written for the machine that will read them, and missing.csv still knows each result."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n0,1\n")
    done = run_join(
        tmp_path, ExpectedVideo("RawVideos/d1/a.mp4", "Results/d1/a_featuresN.hdf5", ""), paths_for=paths_for
    )
    assert joined(tmp_path, "filenames_summary")[0]["filename"] == meant
    assert done.missing == 0


@pytest.mark.parametrize(
    ("result", "reason", "written"),
    [
        ("Results/d1/new_featuresN.hdf5", "", "its day's table is older: run the summarizer again"),
        ("Results/d1/new_featuresN.hdf5", "failed: no space", "failed: no space"),
        ("Results/d9/a_featuresN.hdf5", "", "its day has no table: run the summarizer"),
        ("Results/a_featuresN.hdf5", "", "its day has no table: run the summarizer"),
        ("Results/d1/b_featuresN.hdf5", "", "is_good is False: the summarizer made no features of it"),
    ],
)
def test_each_video_that_is_missing_is_named(tmp_path: Path, result: str, reason: str, written: str) -> None:
    """A video without features in the table stands in missing.csv with the reason; one with features does not."""
    files = make_files("d1", "a", "b", "c").replace("b_featuresN.hdf5,True", "b_featuresN.hdf5,False")
    make_day(tmp_path, "d1", files, "file_id,x\n0,1\n")
    there = ExpectedVideo("RawVideos/d1/a.mp4", "Results/d1/a_featuresN.hdf5", "")
    done = run_join(tmp_path, there, ExpectedVideo("RawVideos/d1/v, w.mp4", result, reason))
    assert joined(tmp_path, "missing") == [{"video": "RawVideos/d1/v, w.mp4", "result": result, "reason": written}]
    assert (done.missing, dict(done.reasons)) == (1, {written: ["RawVideos/d1/v, w.mp4"]})


@pytest.mark.parametrize(
    ("name", "empty", "remark"),
    [
        ("c", "", "nothing passed the summarizer's filters"),
        ("b", "no animal was found", "no animal was found"),
        ("c", "no animal was found", "no animal was found"),
    ],
)
def test_where_nothing_was_found_nothing_is_missing(tmp_path: Path, name: str, empty: str, remark: str) -> None:
    """A video in which nothing was found, or nothing passed the filters, is named with the reason, and not missing."""
    files = make_files("d1", "a", "b", "c").replace("b_featuresN.hdf5,True", "b_featuresN.hdf5,False")
    make_day(tmp_path, "d1", files, "file_id,x\n0,1\n")
    done = run_join(tmp_path, ExpectedVideo("RawVideos/d1/v.mp4", f"Results/d1/{name}_featuresN.hdf5", "", empty))
    assert [row["reason"] for row in joined(tmp_path, "missing")] == [remark]
    assert (done.missing, dict(done.reasons), dict(done.remarks), done.unexplained) == (0, {}, {remark: 1}, 0)


def test_finished_videos_in_no_table_are_counted(tmp_path: Path) -> None:
    """A finished video that is in no table, or was not good, is missing without a reason of its own."""
    files = make_files("d1", "a", "b").replace("b_featuresN.hdf5,True", "b_featuresN.hdf5,False")
    make_day(tmp_path, "d1", files, "file_id,x\n0,1\n")
    videos = [("b", ""), ("new", ""), ("late", "queued")]
    results = [ExpectedVideo(name, f"Results/d1/{name}_featuresN.hdf5", reason) for name, reason in videos]
    done = run_join(tmp_path, *results)
    assert (done.missing, done.unexplained) == (3, 2)


def test_videos_right_under_the_folder_are_a_day_too(tmp_path: Path) -> None:
    """A result right under Results belongs to the table there, which is older than it."""
    make_day(tmp_path, "", "file_id,filename,is_good\n0,Results/a.csv,True\n", "file_id,x\n0,1\n")
    run_join(tmp_path, ExpectedVideo("RawVideos/b.mp4", "Results/b.csv", ""))
    assert joined(tmp_path, "missing")[0]["reason"] == "its day's table is older: run the summarizer again"


FORMULAS = ["=HYPERLINK(1)", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-1+1", "-2*x", "\t=1", "=", "@", "-abc", "+a,b"]
TOLD_AS_IT_IS = ["-1.5", "+3", "-.5", "-1e-05", "-inf", "-nan", "-", "+", "", "a=b", "x@y.org", "1-2", "'=1", "a b"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    """In each joined table a cell that a spreadsheet would run begins with a ', and the rest of it is as it was."""
    cell = f'"{text}"' if "," in text else text
    files = f"file_id,filename,is_good,model\n0,Results/d1/a.csv,True,{cell}\n"
    make_day(tmp_path, "d1", files, f"file_id,x,track\n0,-1.5,{cell}\n0,2,b\n")
    run_join(tmp_path, ExpectedVideo(f"{text}.avi", "Results/d1/b.csv", text))
    assert joined(tmp_path, "filenames_summary")[0]["model"] == f"'{text}"
    assert [row["track"] for row in joined(tmp_path, "features_summary")] == [f"'{text}", "b"]
    assert [row["x"] for row in joined(tmp_path, "features_summary")] == ["-1.5", "2"]
    assert joined(tmp_path, "missing")[0]["video"] == f"'{text}.avi"
    assert joined(tmp_path, "missing")[0]["reason"] == f"'{text}"


@pytest.mark.parametrize("text", TOLD_AS_IT_IS)
def test_numbers_and_plain_words_stay_as_they_are(tmp_path: Path, text: str) -> None:
    """A negative number, a dash and a word with such a character inside are copied letter by letter."""
    make_day(tmp_path, "d1", "file_id,filename,is_good\n0,Results/d1/a.csv,True\n", f"file_id,x,y\n0,{text},1\n")
    run_join(tmp_path)
    assert (tmp_path / "Results/joined/features_summary.csv").read_text().endswith(f"\n0,{text},1\n")
