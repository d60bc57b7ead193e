"""A project whose files were copied, swapped or edited: what a file holds decides, not its times."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest
from lab import LONG_AGO, Lab
from remote_tracker.content.digest import SMALL

BIG = 50 * SMALL


def finish(lab: Lab, files: int = 2) -> None:
    """Make a project whose videos are finished, and scan it."""
    lab.videos(files)
    assert lab.go().code == 0
    assert lab.counts() == {"finished": files}


def keep_times(path: Path, content: str) -> None:
    """Write a file in place, with the times that it has."""
    found = path.stat()
    with open(path, "r+") as file:
        file.write(content)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def remark(lab: Lab, name: str) -> str:
    """Return the cause that why tells."""
    told: str = json.loads(lab.rt("why", name, "--json").out)[0]["cause"]
    return told


def test_touched_files_stay_finished(lab: Lab) -> None:
    """New times on inputs and results change nothing; the scan says once that it compared samples."""
    finish(lab)
    for path in (lab.root / "RawVideos/d1/v1.avi", lab.result("d1/v2.txt")):
        os.utime(path)
    first, second = lab.scan(), lab.scan()
    assert "2 of 2 finished have files with other times" in first.out
    assert "other times" not in second.out
    assert lab.counts() == {"finished": 2}


@pytest.mark.parametrize("how", ["swap", "cp -p", "in place"])
def test_another_video_of_the_same_size_and_time(lab: Lab, how: str) -> None:
    """A video that was replaced by one of the same size and mtime is to do again."""
    finish(lab)
    a, b = (lab.root / f"RawVideos/d1/v{i}.avi" for i in (1, 2))
    if how == "swap":
        a.rename(a.with_suffix(".x"))
        b.rename(a)
        a.with_suffix(".x").rename(b)
    elif how == "cp -p":
        other = lab.root / "other"
        other.write_text("video 7")
        os.utime(other, (LONG_AGO, LONG_AGO))
        shutil.copy2(other, a)
    else:
        keep_times(a, "video 7")
    assert lab.counts() == ({"incomplete": 2} if how == "swap" else {"finished": 1, "incomplete": 1})
    assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text() == a.read_text()


@pytest.mark.parametrize("back", ["cp -p", "mv"])
def test_an_older_list_run_by_hand(lab: Lab, back: str) -> None:
    """The result of another video vouches for nothing, though a younger batch finished this one."""
    finish(lab, 1)
    video, first = lab.root / "RawVideos/d1/v1.avi", lab.root / "first.avi"
    (shutil.copy2 if back == "cp -p" else shutil.move)(str(video), str(first))
    lab.video("d1/v1.avi", "other 1", age=5)
    assert lab.go().code == 0
    second = lab.root / "second.avi"
    shutil.copy2(video, second)
    shutil.copy2(first, video)
    assert lab.task(1, 1).code == 0
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    shutil.copy2(second, video)
    assert lab.counts() == {"incomplete": 1}
    assert remark(lab, "v1") == "input-changed"
    assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text() == "other 1"


def test_an_old_result_put_back_between_list_and_run(lab: Lab) -> None:
    """A result of the old video that was put back, with new times, is not taken for that of the new video."""
    finish(lab, 1)
    old = lab.root / "old.txt"
    shutil.move(lab.result("d1/v1.txt"), old)
    lab.video("d1/v1.avi", "other 1", age=5)
    lab.scan()
    shutil.copy(old, lab.result("d1/v1.txt"))
    assert lab.process().code == 0
    assert lab.result("d1/v1.txt").read_text() == "other 1"
    assert lab.counts() == {"finished": 1}


def test_an_edited_result_is_named_and_stays(lab: Lab) -> None:
    """A result that a person changed is neither made again nor trusted in silence."""
    finish(lab)
    lab.result("d1/v1.txt").write_text("proofread")
    for _ in range(2):
        ran = lab.scan()
        assert "1 of 2 finished changed since it was made; its checks hold" in ran.out
    assert lab.counts() == {"finished": 2}
    assert remark(lab, "v1") == "changed-since"
    assert "changed since" in lab.rt("status").out
    assert lab.result("d1/v1.txt").read_text() == "proofread"


def test_an_accepted_result_and_an_older_list(lab: Lab) -> None:
    """A list that is run again by hand does not put a new result over one that a person corrected and accepted."""
    finish(lab, 1)
    lab.result("d1/v1.txt").write_text("proofread")
    assert lab.rt("accept", "v1").code == 0
    assert lab.task(1, 1).code == 0
    assert lab.result("d1/v1.txt").read_text() == "proofread"
    assert "finished already, by another batch" in lab.log(1, 1)


def test_results_of_another_video_are_named(lab: Lab) -> None:
    """The result of one video copied over that of another, times and all, is not what its task made."""
    finish(lab)
    shutil.copy2(lab.result("d1/v1.txt"), lab.result("d1/v2.txt"))
    lab.scan()
    assert remark(lab, "v2") == "changed-since"


@pytest.mark.parametrize("edit", ["rewritten", "gone", "added", "added hidden"])
def test_files_in_a_folder(lab: Lab, edit: str) -> None:
    """Each file of a result that is a folder counts; a file that was added counts, a hidden one does not."""
    command = "mkdir -p {{ output.poses }}; for i in a b; do cat {{ input.video }} > {{ output.poses }}/$i; done"
    lab.tracker(output={"poses": "Results/{subdir}/{name}_out/"}, command=command)
    finish(lab, 1)
    folder = lab.root / "Results/d1/v1_out"
    (lab.workspace / "batches" / "proven.copy").unlink()
    if edit == "rewritten":
        keep_times(folder / "b", "video 9")
    elif edit == "gone":
        (folder / "b").unlink()
    else:
        (folder / (".x" if "hidden" in edit else "c")).touch()
    lab.scan()
    assert remark(lab, "v1") == ("" if "hidden" in edit else "changed-since")


@pytest.mark.parametrize("content", ["full", "sampled"])
@pytest.mark.parametrize("number", range(2))
def test_a_large_file_moved_to_another_time(lab: Lab, content: str, number: int) -> None:
    """A large video is recognised by its sample; with another end it is another video."""
    lab.settings(content=content)
    video = lab.video("d1/v1.avi")
    video.write_bytes(random.Random(number).randbytes(BIG))
    os.utime(video, (LONG_AGO, LONG_AGO))
    assert lab.go().code == 0
    os.utime(lab.result("d1/v1.txt"))
    os.utime(video, (LONG_AGO + 9, LONG_AGO + 9))
    assert lab.counts() == {"finished": 1}
    with open(video, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    os.utime(video, (LONG_AGO, LONG_AGO))
    assert lab.counts() == {"incomplete": 1}
    noted = [line.split()[8] for line in lab.log(1, 1).splitlines() if line.startswith("# content ")]
    assert (noted[-1] == "-") is (content == "sampled")


def test_failures_stay_with_their_video(lab: Lab) -> None:
    """A copy of the project forgives no failure: the content of the video is the same."""
    lab.settings(attempts=2)
    lab.tracker(command="exit 3")
    lab.videos(1)
    for _ in range(2):
        assert lab.go().code == 1
    assert lab.counts() == {"set aside": 1}
    os.utime(lab.root / "RawVideos/d1/v1.avi", (LONG_AGO + 5, LONG_AGO + 5))
    assert lab.counts() == {"set aside": 1}
    lab.video("d1/v1.avi", "video 2")
    assert lab.counts() == {"unprocessed": 1}


@pytest.mark.parametrize("kept", ["logs", "sealed"])
def test_what_was_noted_is_found_in_logs_or_sealed(lab: Lab, kept: str) -> None:
    """What tasks noted stands in their logs, and in the batch's file of contents where the logs are gone."""
    finish(lab)
    if kept == "sealed":
        for log in lab.batch(1).glob("output.*"):
            log.unlink()
    else:
        for name in ("contents.txt", "records.tsv"):
            (lab.batch(1) / name).unlink()
    for path in (*(lab.root / "RawVideos/d1").iterdir(), *(lab.root / "Results/d1").iterdir()):
        os.utime(path, (LONG_AGO + 99, LONG_AGO + 99))
    assert lab.counts() == {"finished": 2}
