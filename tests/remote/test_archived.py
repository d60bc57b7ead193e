"""Results there whose videos were archived since: they come home with their proof, and can be freed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import LIST_DAY
from remote_tracker.records.freed import read_ledger
from test_free import files_of
from two_sides import Home


@pytest.fixture
def archived(home: Home, tmp_path: Path) -> Home:
    """Two videos that were processed there; the first is gone from RawVideos there since, and lies in an archive."""
    for number in (1, 2):
        home.far.video(f"d1/v{number}.avi", f"video {number}")
    home.far.go()
    (tmp_path / "archive").mkdir()
    (home.far.root / "RawVideos/d1/v1.avi").rename(tmp_path / "archive" / "kept.avi")
    home.login()
    return home


@pytest.mark.parametrize("words", [[], ["v1"]])
def test_a_result_whose_video_is_archived_there_is_pulled(archived: Home, words: list[str]) -> None:
    """It comes with its record and its log, and is finished here, too: the archive at home or none."""
    ran = archived.rt("pull", *words)
    assert (ran.code, ran.err) == (0, ""), ran
    assert archived.result("d1/v1.txt").read_text() == "video 1"
    assert archived.rt("verify").code == 0
    assert "brought home, from batch 0001 on swc" in archived.rt("why", "d1/v1.avi").out
    assert "result=finished" in archived.rt("logs", "d1/v1.avi").out
    assert "0 files " in archived.rt("pull").out or words


def test_it_counts_only_for_the_video_that_it_was_made_from(archived: Home) -> None:
    """Where another video lies here under its name the result is named, and left out."""
    archived.video("d1/v1.avi", "video X")
    ran = archived.rt("pull")
    assert ran.code == 1
    assert "made from another RawVideos/d1/v1.avi than the one here" in ran.out
    assert archived.results() == ["d1/v2.txt"]


def test_a_result_that_was_changed_there_does_not_come(archived: Home) -> None:
    """No video, and a result that is not the noted one: it is named."""
    archived.far.result("d1/v1.txt").write_text("changed")
    ran = archived.rt("pull")
    assert ran.code == 1
    assert "  d1/v1.avi (copy): changed there since it was made" in ran.out
    assert archived.results() == ["d1/v2.txt"]


def test_what_was_pulled_is_freed_and_the_rest_needs_its_archive(archived: Home, tmp_path: Path) -> None:
    """The result goes without its video; the video that is still there goes where an archive holds it."""
    assert archived.rt("pull").code == 0
    ran = archived.rt("free", "--yes")
    assert "RawVideos/d1/v1.avi" not in ran.out
    assert files_of(archived.far) == ["RawVideos/d1/v2.avi"]
    (tmp_path / "archive" / "other.avi").write_text("video 2")
    assert archived.rt("free", "--yes", "--archive", str(tmp_path / "archive")).code == 0
    assert files_of(archived.far) == []
    assert "2 more finished, and were freed with their videos: proven at home." in archived.far.scan().out
    assert len(list(read_ledger(archived.far.root))) == 3


def test_a_day_that_was_made_from_it_goes_with_it(home: Home) -> None:
    """A day's table, its results and what is left of its videos go together; a copy that differs here keeps all."""
    for lab in (home, home.far):
        lab.tracker(LIST_DAY)
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", f"video {number}")
        home.far.video(f"d1/v{number}.avi", f"video {number}")
    home.far.go()
    for script in ("get_cmd2process.sh", "process_all.sh"):
        assert home.far.run("bash", script, folder="summarizer").code == 0
    (home.far.root / "RawVideos/d1/v1.avi").unlink()
    home.login()
    assert home.rt("pull").code == 0
    kept = home.result("d1/v1.txt").read_text()
    home.result("d1/v1.txt").write_text("changed")
    before = files_of(home.far)
    home.rt("free", "--yes")
    assert files_of(home.far) == before
    home.result("d1/v1.txt").write_text(kept)
    assert home.rt("free", "--yes").code == 0
    assert files_of(home.far) == []
