"""A pull brings home what is proven there; what lies here and differs is kept, what arrives otherwise is not taken."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from lab import LIST_DAY
from two_sides import Home


def processed(home: Home, names: tuple[str, ...] = ("d1/v1.avi", "d1/v2.avi")) -> Home:
    """Return the two sides after videos were sent there and processed there."""
    for name in names:
        home.video(name, f"video {name}")
        home.far.video(name, f"video {name}", age=100)
    assert home.far.go().code == 0
    home.login()
    return home


def test_what_is_proven_there_is_finished_here_without_the_cluster(home: Home) -> None:
    """After a pull status, why, verify and join work at home without a connection; a second pull brings nothing."""
    for lab in (home, home.far):
        lab.tracker(LIST_DAY)
    processed(home)
    assert home.far.run("bash", "get_cmd2process.sh", folder="summarizer").code == 0
    assert home.far.run("bash", "process_all.sh", folder="summarizer").code == 0
    ran = home.rt("pull")
    assert (ran.code, ran.err) == (0, ""), ran
    assert "3 files " in ran.out
    assert "3 finished there are proven here." in ran.out
    home.sshds.close()
    assert home.counts() == {"finished": 2}
    assert home.rt("verify").code == 0
    assert "finished on the cluster, and brought home, from batch 0001 on swc" in home.rt("why", "v1.avi").out
    assert home.result("d1/list_summary.csv").read_bytes() == home.far.result("d1/list_summary.csv").read_bytes()
    assert not list(home.root.glob("Results/.rt-incoming"))
    home.login()
    ran = home.rt("pull")
    assert "0 files " in ran.out
    assert "3 finished there are proven here." in ran.out
    assert len(home.batches()) == 1


@pytest.mark.parametrize("was_pulled", [False, True])
def test_a_result_that_was_changed_here_is_kept(home: Home, was_pulled: bool) -> None:
    """It is never overwritten: it is named, and the other one stays there."""
    processed(home)
    if was_pulled:
        home.rt("pull")
    result = home.result("d1/v1.txt")
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text("corrected by hand")
    ran = home.rt("pull")
    assert ran.code == 1
    assert "  Results/d1/v1.txt: changed here, or made here: kept as it is" in ran.out
    assert result.read_text() == "corrected by hand"
    assert home.far.result("d1/v1.txt").exists()
    assert home.result("d1/v2.txt").read_text() == "video d1/v2.avi"


def test_a_result_that_was_made_again_there_replaces_what_was_pulled(home: Home) -> None:
    """A copy that nobody changed here goes along with a redo there."""
    processed(home)
    home.rt("pull")
    home.far.tracker(command="tr a-z A-Z <{{ input.video }} >{{ output.copy }}")
    assert home.far.rt("redo", "--yes", "d1").code == 0
    home.far.go()
    assert home.rt("pull").code == 0
    assert home.result("d1/v1.txt").read_text() == "VIDEO D1/V1.AVI"


def test_a_result_of_another_video_than_the_one_here_is_left_out(home: Home) -> None:
    """The video there has the same name, size and time, and other bytes: its result is not this video's."""
    home.video("d1/v1.avi", "video A")
    home.far.video("d1/v1.avi", "video B")
    home.far.go()
    home.login()
    ran = home.rt("pull")
    assert ran.code == 1
    assert "made from another RawVideos/d1/v1.avi than the one here" in ran.out
    assert home.results() == []


def test_a_result_that_is_damaged_there_is_not_taken(home: Home) -> None:
    """A file whose bytes changed under its size and times is not what its record says: it is not put in place."""
    home.far.tracker(command="head -c 3000000 /dev/zero >{{ output.copy }}")
    processed(home)
    result = home.far.result("d1/v1.txt")
    before = result.stat()
    with open(result, "r+b") as file:
        file.seek(1_500_007)
        file.write(b"x")
    os.utime(result, ns=(before.st_atime_ns, before.st_mtime_ns))
    ran = home.rt("pull")
    assert ran.code == 1
    assert "Results/d1/v1.txt: what arrived is not what its record says" in ran.out
    assert home.results() == ["d1/v2.txt"]


def test_what_failed_or_changed_there_does_not_come(home: Home) -> None:
    """A failed video and a result that was changed there stay there; the latter is named."""
    home.far.tracker(command="grep -v v3 {{ input.video }} >{{ output.copy }}")
    for name in ("v1", "v2", "v3"):
        home.video(f"d1/{name}.avi", f"video {name}")
        home.far.video(f"d1/{name}.avi", f"video {name}")
    home.far.go()
    home.far.result("d1/v2.txt").write_text("changed there")
    home.login()
    ran = home.rt("pull")
    assert "d1/v2.avi (copy): changed there since it was made" in ran.out
    assert home.results() == ["d1/v1.txt"]
    assert "v3" not in ran.out


@pytest.mark.parametrize("only", ["masked", "results", "tables"])
def test_only_some_kinds_come(home: Home, only: str) -> None:
    """--only brings what it names; a video of which a part came does not count as finished."""
    keys = {
        "output": {"masked": "MaskedVideos/{subdir}/{name}.hdf5", "copy": "Results/{subdir}/{name}.txt"},
        "command": "cp {{ input.video }} {{ output.copy }}; cp {{ input.video }} {{ output.masked }}",
    }
    home.tracker(**keys)
    home.far.tracker(**keys)
    processed(home, ("d1/v1.avi",))
    ran = home.rt("pull", "--only", only)
    assert (home.root / "MaskedVideos/d1/v1.hdf5").exists() == (only == "masked")
    assert home.result("d1/v1.txt").exists() == (only == "results")
    assert ("came in part" in ran.out) == (only != "tables")
    assert home.rt("pull", "--only", "rows").code == 2


@pytest.mark.parametrize("side", ["here", "there"])
def test_results_may_be_a_link(home: Home, tmp_path: Path, side: str) -> None:
    """The link stays; a link of a colleague's, too."""
    lab = home if side == "here" else home.far
    processed(home)
    store = tmp_path / "store"
    shutil.move(lab.root / "Results", store)
    (lab.root / "Results").symlink_to(store)
    os.chown(lab.root / "Results", 12345, 12345, follow_symlinks=False)
    ran = home.rt("pull")
    assert (ran.code, ran.err) == (0, ""), ran
    assert (lab.root / "Results").is_symlink()
    assert home.result("d1/v1.txt").read_text() == "video d1/v1.avi"


def test_a_day_that_was_made_there_from_fewer_videos_is_left_out(home: Home) -> None:
    """A day's table comes only if it was made from the results that the day has here."""
    for lab in (home, home.far):
        lab.tracker(LIST_DAY)
    processed(home, ("d1/v1.avi",))
    home.far.run("bash", "get_cmd2process.sh", folder="summarizer")
    home.far.run("bash", "process_all.sh", folder="summarizer")
    assert home.rt("pull").code == 0
    home.video("d1/v2.avi", "second")
    assert home.rt("submit", "--here").code == 0
    ran = home.rt("pull")
    assert "  d1 (listing): made from 1 file there; here it is made from 2" in ran.out


def test_records_keep_what_the_task_told(home: Home) -> None:
    """Host, seconds and parameters of the task come along with the result."""
    processed(home, ("d1/v1.avi",))
    home.rt("pull")
    there = json.loads(home.far.rt("why", "--json", "v1.avi").out)
    here = json.loads(home.rt("why", "--json", "v1.avi").out)
    assert here[0]["state"] == there[0]["state"] == "finished"


def test_a_full_disk_here_is_told(home: Home, other_disk: Path) -> None:
    """The line says that no space is left; nothing half lies among the results, and what fits comes later."""
    home.far.tracker(command="head -c 3000000 /dev/zero >{{ output.copy }}")
    processed(home, ("d1/v1.avi",))
    shutil.rmtree(home.root / "Results")
    (home.root / "Results").symlink_to(other_disk)
    ran = home.rt("pull")
    assert ran.code == 1
    assert "No space is left" in ran.out
    assert not home.result("d1/v1.txt").exists()
    (home.root / "Results").unlink()
    assert home.rt("pull").code == 0
    assert home.result("d1/v1.txt").stat().st_size == 3_000_000
