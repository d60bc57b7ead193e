"""./rt free deletes on the other side what lies here, proven, and nothing else; nothing is ever lost."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest
from lab import LIST_DAY, Lab, wait_for
from two_sides import Home


@pytest.fixture
def done(home: Home) -> Home:
    """Two videos that were sent, processed there and pulled."""
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", f"video {number}")
    home.login()
    assert home.rt("push").code == 0
    assert home.far.go().code == 0
    assert home.rt("pull").code == 0
    return home


def files_of(lab: Lab) -> list[str]:
    """Return the videos and results of a side, what is set aside included."""
    tops = [lab.root / "RawVideos", lab.root / "Results"]
    return sorted(str(p.relative_to(lab.root)) for top in tops for p in top.rglob("*") if p.is_file())


def test_what_is_proven_here_is_deleted_there_and_a_scan_says_so(done: Home) -> None:
    """Without --yes nothing is deleted; afterwards a scan there says freed, lists nothing, and home has all."""
    before = files_of(done.far)
    ran = done.rt("free")
    assert ran.code == 0
    assert "4 files (28 bytes) on swc lie here, each read just now and as its record says." in ran.out
    assert files_of(done.far) == before
    ran = done.rt("free", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "4 files (28 bytes) were deleted on swc." in ran.out
    assert files_of(done.far) == []
    ledger = [json.loads(line) for line in (done.far.root / ".freed/ledger.jsonl").read_text().splitlines()]
    assert {line["path"] for line in ledger} == set(before)
    assert [p.name for p in (done.far.root / ".freed").iterdir()] == ["ledger.jsonl"]
    assert "2 more finished, and were freed with their videos: proven at home." in done.far.scan().out
    assert done.counts() == {"finished": 2}
    assert "4 files" not in done.rt("free", "--yes").out


def test_results_whose_video_stays_are_freed_not_gone(done: Home) -> None:
    """Where the video is not here it stays there; its result goes, and is neither gone nor made again."""
    (done.root / "RawVideos/d1/v1.avi").unlink()
    assert done.rt("free", "--yes").code == 0
    assert files_of(done.far) == ["RawVideos/d1/v1.avi"]
    assert done.far.counts() == {"finished": 1}
    assert "1 of 1 finished was freed: proven at home." in done.far.scan().out
    assert done.far.rt("redo", "--gone", "--yes").code == 0
    assert done.far.counts() == {"finished": 1}


def test_an_archive_proves_videos_under_any_name(done: Home, tmp_path: Path) -> None:
    """A video that is not here goes where the archive holds its content; one of the same size does not prove it."""
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "other name").write_text("video 1")
    (archive / "v2.avi").write_text("video X")
    shutil.rmtree(done.root / "RawVideos/d1")
    ran = done.rt("free", "--yes", "--archive", str(archive))
    assert files_of(done.far) == ["RawVideos/d1/v2.avi"]
    assert "RawVideos/d1/v2.avi is neither here nor in" in ran.out


def cut(home: Home) -> None:
    """Cut the copy here."""
    home.result("d1/v1.txt").write_text("vid")


def flip(home: Home) -> None:
    """Flip a bit of the copy here, under its size and times."""
    result = home.result("d1/v1.txt")
    before = result.stat()
    with open(result, "r+b") as file:
        file.write(b"w")
    os.utime(result, ns=(before.st_atime_ns, before.st_mtime_ns))


def link(home: Home) -> None:
    """Leave here only a link to the file there."""
    home.result("d1/v1.txt").unlink()
    home.result("d1/v1.txt").symlink_to(home.far.result("d1/v1.txt"))


def redo(home: Home) -> None:
    """Make the result again there since it was pulled."""
    home.far.tracker(command="tr a-z A-Z <{{ input.video }} >{{ output.copy }}")
    home.far.rt("redo", "--yes", "d1/v1.avi")
    home.far.go()


def replace(home: Home) -> None:
    """Replace the file there by another of the same size and time."""
    result = home.far.result("d1/v1.txt")
    before = result.stat()
    result.rename(result.with_name("old"))
    result.write_text("VIDEO 1")
    os.utime(result, ns=(before.st_atime_ns, before.st_mtime_ns))


def link_there(home: Home) -> None:
    """Put a link to it in the place of the file there."""
    result = home.far.result("d1/v1.txt")
    result.rename(result.with_name("real"))
    result.symlink_to("real")


@pytest.mark.parametrize("trick", [cut, flip, link, redo, replace, link_there])
def test_what_is_not_proven_stays(done: Home, trick: object) -> None:
    """A copy that is cut, changed or only a link, and a file there that is another by now, keep the file there."""
    trick(done)  # type: ignore[operator]
    there = done.far.result("d1/v1.txt").read_bytes()
    ran = done.rt("free", "--yes")
    assert done.far.result("d1/v1.txt").read_bytes() == there
    assert (done.far.root / "RawVideos/d1/v1.avi").exists()
    assert "  d1/v1.avi (copy): " in ran.out
    assert not done.far.result("d1/v2.txt").exists()


def test_a_day_goes_as_a_whole(home: Home) -> None:
    """A result stays while another of its day stays: else a day's table would be made anew from fewer."""
    for lab in (home, home.far):
        lab.tracker(LIST_DAY)
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", f"video {number}")
    home.login()
    home.rt("push")
    home.far.go()
    for script in ("get_cmd2process.sh", "process_all.sh"):
        assert home.far.run("bash", script, folder="summarizer").code == 0
    assert home.rt("pull").code == 0
    kept = home.result("d1/v1.txt").read_text()
    home.result("d1/v1.txt").write_text("changed")
    before = files_of(home.far)
    ran = home.rt("free", "--yes")
    assert files_of(home.far) == before
    assert "d1 (listing): d1/v1.avi (copy), from which it was made, stays there" in ran.out
    home.result("d1/v1.txt").write_text(kept)
    assert home.rt("free", "--yes").code == 0
    assert files_of(home.far) == []
    ran = home.far.run("bash", "get_cmd2process.sh", folder="summarizer")
    assert "0\tTotal files to be processed." in ran.out


def test_a_kill_between_the_steps_loses_nothing(done: Home) -> None:
    """What was moved aside and is not in the ledger comes back with the next free; what the ledger tells of goes."""
    aside = done.far.root / "Results/.freed/token/d1/v1.txt"
    aside.parent.mkdir(parents=True)
    result = done.far.result("d1/v1.txt")
    result.rename(aside)
    (done.far.root / ".freed").mkdir()
    note = done.far.root / ".freed/moving.token.json"
    note.write_text(json.dumps([[str(result), str(aside)]]))
    done.result("d1/v2.txt").write_text("changed here")
    done.result("d1/v1.txt").write_text("changed here")
    (done.root / "RawVideos/d1/v1.avi").unlink()
    done.rt("free", "--yes")
    done.rt("remote", "scan")
    assert result.read_text() == "video 1" or aside.exists()


def test_two_frees_do_not_meet_there(done: Home) -> None:
    """While another moves or deletes there, whose home may have been killed, a free waits for its end."""
    aside = done.far.root / ".freed"
    aside.mkdir()
    before = files_of(done.far)
    handle = os.open(aside, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    mark = f":{aside.stat().st_ino} "
    running = done.start("./rt", "free", "--yes", folder="")
    wait_for(
        lambda: [x for x in Path("/proc/locks").read_text().splitlines() if " -> FLOCK" in x and mark in x], "it waits"
    )
    assert files_of(done.far) == before
    os.close(handle)
    said, _ = running.communicate(timeout=60)
    done.started.clear()
    assert running.returncode == 0, said
    assert files_of(done.far) == []
