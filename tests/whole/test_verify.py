"""./rt verify and ./rt accept: every byte is read, what changed is told, what is taken as it is stays quiet."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lab import LIST_DAY, Lab, wait_for
from remote_tracker.content.digest import SMALL

from whole.test_process import in_terminal
from whole.test_verbs import assert_golden

ODD_NAMES = ["plain", "a b", "-x", "it's $(touch x)", 'q"q', "back\\slash", "\\n", "semi;colon", "ümläut", "%s{}"]
TABLE: dict[str, Any] = {
    "output": {"table": "Results/{subdir}/{name}_tracks.csv"},
    "command": "cp {{ input.video }} {{ output.table }}",
}
LARGE = 50 * SMALL + 12_345


def rewrite(path: Path, raw: bytes) -> None:
    """Give a file other bytes, and the times that it had."""
    found = path.stat()
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(raw)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def verified(lab: Lab, *words: str) -> dict[str, Any]:
    """Verify; return what programs are told of the first stage."""
    ran = lab.rt("verify", "--json", *words)
    found: dict[str, Any] = json.loads(ran.out)
    assert ran.code == int(any(stage["odd"] for stage in found["stages"]) or bool(found["refused"])), ran
    return found


def odd_of(found: dict[str, Any]) -> dict[str, str]:
    """Return, by name, the verdict on each unit that is not fine."""
    return {one["name"]: one["verdict"] for stage in found["stages"] for one in stage["odd"]}


def test_all_as_made(lab: Lab) -> None:
    """Where nothing changed it says so, with exit code 0."""
    lab.tracker(LIST_DAY)
    lab.videos(2)
    lab.go()
    ran = lab.rt("verify")
    assert ran.code == 0
    assert "copy: 2 of 2 videos have whole results, as they were made.\n" in ran.out
    assert "SHA256SUMS names 2 results, SHA256SUMS.videos 2 inputs.\n" in ran.out
    assert "No result is bad." in ran.out


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"x,y\n1,2\n", "4 lines then, 2 now"),
        (b"x,y\n1,2\n3,4\n5,6.00\n", "18 bytes then, 19 now"),
        (b"x,y\n1,2\n3,4\n9,8.0\n", "other bytes, same size"),
    ],
)
def test_it_tells_how_results_changed(lab: Lab, raw: bytes, words: str) -> None:
    """A result with other lines, another size or other bytes is named with what it held then; its day has others."""
    lab.tracker(**TABLE)
    lab.video("d1/v1.avi", "x,y\n1,2\n3,4\n5,6.0\n")
    lab.video("d1/v2.avi", "x,y\n")
    lab.go()
    rewrite(lab.result("d1/v1_tracks.csv"), raw)
    ran = lab.rt("verify")
    assert ran.code == 1
    assert f"      Results/d1/v1_tracks.csv: {words}\n" in ran.out
    assert "1 of 2 videos has whole results" in ran.out
    assert "v2" not in ran.out


@pytest.mark.parametrize("toss", range(4))
@pytest.mark.drawn(2)
def test_one_byte_anywhere(lab: Lab, toss: int) -> None:
    """In a file 50 times as large as its sample, another byte is found wherever it lies, with all times as before."""
    dice = random.Random(toss)
    lab.video("d1/v1.avi")
    with (lab.root / "RawVideos/d1/v1.avi").open("r+b") as file:
        file.truncate(LARGE)
    lab.go()
    result, at = lab.result("d1/v1.txt"), dice.randrange(LARGE)
    found = result.stat()
    with result.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << dice.randrange(8))]))
    os.utime(result, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert odd_of(verified(lab)) == {"d1/v1.avi": "changed"}


def test_a_folder_is_all_its_files(lab: Lab) -> None:
    """Of a result that is a folder each file is read: one that changed, that is gone and that came are named."""
    command = "mkdir {{ output.poses }}; for n in a b c; do cp {{ input.video }} {{ output.poses }}/$n; done"
    lab.tracker(output={"poses": "Results/{subdir}/{name}_out/"}, command=command)
    lab.videos(2)
    lab.go()
    folder = lab.result("d1/v1_out")
    rewrite(folder / "a", b"video X")
    (folder / "b").unlink()
    (folder / "new\nline").write_text("x")
    (folder / ".nfs01").write_text("x")
    said = lab.rt("verify").out
    assert "      Results/d1/v1_out/a: other bytes, same size\n" in said
    assert "      Results/d1/v1_out/b: is not there now\n" in said
    assert "      Results/d1/v1_out/new\\x0aline: was not there then\n" in said
    assert "nfs" not in said
    lab.rt("accept", "--changed")
    assert odd_of(verified(lab)) == {}
    ran = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=lab.root, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout.count(b": OK")) == (0, 7), ran


def test_its_video_changed(lab: Lab) -> None:
    """A video that holds other bytes at the same size and time is told, by its name."""
    lab.videos(2)
    lab.go()
    rewrite(lab.root / "RawVideos/d1/v1.avi", b"video X")
    ran = lab.rt("verify")
    assert ran.code == 1
    assert (
        "1 was made from an input that changed since:\n    d1/v1.avi\n      RawVideos/d1/v1.avi: other bytes" in ran.out
    )


def test_bad_and_gone(lab: Lab) -> None:
    """Each bad result and each that is gone is named, however many there are."""
    lab.tracker(check=[{"csv": "copy", "header": ["x"]}])
    lab.video("d1/w.avi", "x\n1\n")
    lab.go()
    lab.result("d1/w.txt").unlink()
    names = [f"d1/v{number:02d}" for number in range(25)]
    for name in names:  # a program that somebody ran by hand left them
        lab.video(f"{name}.avi", "x\n1\n")
        lab.result(f"{name}.txt").write_text("y\n1\n")
    assert odd_of(verified(lab)) == {**{f"{name}.avi": "bad" for name in names}, "d1/w.avi": "gone"}
    said = lab.rt("verify").out
    assert all(f"    {name}.avi: bad result: " in said for name in names)


def test_only_what_is_named(lab: Lab) -> None:
    """With a video or a day only that is read, and the lists for sha256sum stay as they are."""
    lab.video("d1/v1.avi")
    lab.video("d2/v2.avi")
    lab.go()
    rewrite(lab.result("d1/v1.txt"), b"a v1deo")
    assert odd_of(verified(lab, "d2")) == {}
    assert odd_of(verified(lab, "v1.avi")) == {"d1/v1.avi": "changed"}
    assert not (lab.root / "SHA256SUMS").exists()
    assert lab.rt("verify", "nothing").code == 2


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.drawn(4)
def test_sha256sum_takes_the_lists(lab: Lab, name: str) -> None:
    """The lists hold each result and video, and sha256sum itself says that all are fine, of a copy, too."""
    lab.video(f"d1/{name}.avi", name)
    lab.go()
    assert lab.rt("verify").code == 0
    copy = lab.root.with_name("copy")
    shutil.copytree(lab.root, copy, symlinks=True)
    for root in (lab.root, copy):
        for sums in ("SHA256SUMS", "SHA256SUMS.videos"):
            ran = subprocess.run(["sha256sum", "--strict", "-c", sums], cwd=root, capture_output=True, check=False)
            assert (ran.returncode, ran.stdout.count(b": OK")) == (0, 1), ran
    (copy / f"Results/d1/{name}.txt").write_text("other")
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=copy, capture_output=True, check=False).returncode == 1


def test_videos_elsewhere(lab: Lab, tmp_path: Path) -> None:
    """Videos on another disk stand in their list by their whole path, which any folder can check."""
    elsewhere = tmp_path / "disk 2"
    lab.video("d1/v1.avi")
    shutil.move(lab.root / "RawVideos", elsewhere)
    lab.settings(videos=str(elsewhere))
    lab.go()
    assert lab.rt("verify").code == 0
    assert (lab.root / "SHA256SUMS.videos").read_text().endswith(f"  {elsewhere}/d1/v1.avi\n")
    sums = str(lab.root / "SHA256SUMS.videos")
    assert subprocess.run(["sha256sum", "-c", sums], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_only_what_is_sure_is_listed(lab: Lab) -> None:
    """A result that changed or is bad is not in the list: sha256sum would call it fine for ever."""
    lab.videos(3)
    lab.go()
    rewrite(lab.result("d1/v1.txt"), b"video X")
    lab.result("d1/v2.txt").write_text("")
    lab.rt("verify")
    assert [line[66:] for line in (lab.root / "SHA256SUMS").read_text().splitlines()] == ["Results/d1/v3.txt"]


def test_what_has_no_digest_gets_one(lab: Lab) -> None:
    """Results made elsewhere are noted by a verify, which says so once; from then on a change is seen."""
    lab.videos(2)
    lab.go()
    shutil.rmtree(lab.workspace / "batches")
    assert "2 had no digests (made elsewhere, or by an older version): they are noted now.\n" in lab.rt("verify").out
    assert "no digests" not in lab.rt("verify").out
    assert lab.counts() == {"finished": 2}
    lab.result("d1/v1.txt").write_text("another text")
    assert odd_of(verified(lab)) == {"d1/v1.avi": "changed"}
    assert "1 of 2 finished changed since it was made" in lab.scan().out


def test_samples_become_digests(lab: Lab) -> None:
    """Where tasks noted samples alone a verify compares those, says so once, and from then on compares every byte."""
    lab.settings(content="sampled")
    with lab.video("d1/v1.avi").open("r+b") as file:
        file.truncate(LARGE)
    lab.go()
    said = "1 was compared in samples: no more was noted. All of its bytes are noted now.\n"
    assert said in lab.rt("verify").out
    assert "in samples" not in lab.rt("verify").out
    result = lab.result("d1/v1.txt")
    found = result.stat()
    with result.open("r+b") as file:
        file.seek(LARGE // 2 - 100_000)
        file.write(b"x")
    os.utime(result, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert lab.counts() == {"finished": 1}
    assert odd_of(verified(lab)) == {"d1/v1.avi": "changed"}


def test_results_without_videos(lab: Lab) -> None:
    """Where a video was deleted after its result was made, the result is read all the same."""
    lab.videos(2)
    lab.go()
    (lab.root / "RawVideos/d1/v1.avi").unlink()
    assert verified(lab)["stages"][0]["fine"] == 2
    rewrite(lab.result("d1/v1.txt"), b"video X")
    assert odd_of(verified(lab)) == {"d1/v1.avi": "changed"}


def start_and_stop(lab: Lab, number: signal.Signals) -> None:
    """Verify three files and a large one, the last in order, and send a signal once the three were read."""
    lab.videos(2)
    lab.tracker(command="echo x > {{ output.copy }}; [ {{ wildcards.name }} = v1 ] || truncate -s 1G {{ output.copy }}")
    lab.go()
    memory = lab.workspace / "batches/verified.copy"
    process = lab.start("./rt", "verify", folder="")
    small = (b" RawVideos/d1/v1.avi", b" RawVideos/d1/v2.avi", b" Results/d1/v1.txt")
    wait_for(lambda: memory.exists() and all(name in memory.read_bytes() for name in small), "the small are read", 60)
    os.kill(process.pid, number)
    process.communicate(timeout=30)
    assert process.returncode in (130, -number), process.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_it_goes_on_where_it_was_stopped(lab: Lab, number: signal.Signals) -> None:
    """What was read before Ctrl-C or a kill is not read again, and it says so; after its end it begins anew."""
    start_and_stop(lab, number)
    assert not (lab.root / "SHA256SUMS").exists()
    with (lab.workspace / "batches/verified.copy").open("ab") as file:
        file.write(b"open 17 in 5 broken\nopen x held y\nopen 1 in \xff\n\n\0")
    assert "3 of 4 files were read before the last ./rt verify was stopped: not read again.\n" in lab.rt("verify").out
    assert "not read again" not in lab.rt("verify").out


def test_stopped_and_changed(lab: Lab) -> None:
    """A file that changed after it was read and before the verify goes on is read again."""
    start_and_stop(lab, signal.SIGKILL)
    lab.result("d1/v1.txt").write_text("y\n")
    assert odd_of(verified(lab)) == {"d1/v1.avi": "changed"}


def test_since(lab: Lab) -> None:
    """What was verified at a time or later is not read again, what was verified before it is."""
    lab.videos(2)
    lab.go()
    lab.rt("verify")
    assert (
        "4 of 4 files were read at 2020-01-01 00:00:00 or later: not read again.\n"
        in lab.rt("verify", "--since", "2020-01-01").out
    )
    assert verified(lab, "--since", "2020-01-01T10:00:00")["read_before"] == 4
    assert verified(lab, "--since", "2999-01-01")["read_before"] == 0
    assert lab.rt("verify", "--since", "yesterday").code == 2


def test_a_bar_in_a_terminal(lab: Lab) -> None:
    """A person at a terminal sees a bar with rate and rest, which is gone afterwards; a program or a pipe gets none."""
    with lab.video("d1/v1.avi").open("r+b") as file:
        file.truncate(300_000_000)
    lab.go()
    for words, is_there in (("verify",), True), (("verify", "--json"), False):
        code, text = in_terminal(lab, ["../rt", *words])
        assert code == 0
        assert (re.search(r"reading 2 files .*/600\.0 MB (\?|[\d.]+ [MG]B/s) [\d:-]+", text) is not None) is is_there
        assert "\\x1b" not in text
    ran = lab.rt("verify")
    assert "reading" not in ran.out + ran.err


def test_a_disk_that_cannot_be_written(lab: Lab) -> None:
    """Where the lists cannot be written, all is verified all the same, and the reason is told."""
    lab.videos(1)
    lab.go()
    (lab.root / "SHA256SUMS").mkdir()
    ran = lab.rt("verify")
    assert ran.code == 1
    assert "1 of 1 video has whole results" in ran.out
    assert "SHA256SUMS" in ran.out


def changed_lab(lab: Lab) -> Lab:
    """Change the result of the first of three videos."""
    lab.tracker(**TABLE)
    for number in (1, 2, 3):
        lab.video(f"d1/v{number}.avi", f"x,y\n{number},2\n3,4\n")
    lab.go()
    lab.result("d1/v1_tracks.csv").write_text("x,y\n1,2\n")
    assert "1 of 3 finished changed since it was made" in lab.scan().out
    return lab


@pytest.mark.parametrize("words", [("--changed",), ("v1.avi",), ("d1",)], ids=" ".join)
def test_accept(lab: Lab, words: tuple[str, ...]) -> None:
    """What was accepted is as it was made from then on: neither a scan nor a verify says more about it."""
    changed_lab(lab)
    ran = lab.rt("accept", *words)
    count = 3 if words == ("d1",) else 1
    assert (ran.code, ran.out.splitlines()[0].partition(". ")[0]) == (
        0,
        "3 videos accepted as they are now" if count == 3 else "1 video accepted as it is now",
    )
    assert "changed since" not in lab.scan().out
    assert lab.counts() == {"finished": 3}
    assert odd_of(verified(lab)) == {}
    lab.result("d1/v1_tracks.csv").write_text("x,y\n")
    assert "1 of 3 finished changed since it was made" in lab.scan().out


def test_accept_refuses(lab: Lab) -> None:
    """A result whose checks fail is refused by name, others are accepted; what has no result is counted."""
    lab.tracker(check=[{"csv": "copy", "header": ["x"]}])
    for name in "abc":
        lab.video(f"d1/{name}.avi", "x\n1\n")
    lab.go()
    lab.result("d1/a.txt").write_text("y\n1\n")
    lab.result("d1/b.txt").write_text("x\n2\n")
    lab.video("d1/new.avi")
    ran = lab.rt("accept", "d1")
    assert ran.code == 1
    assert ran.out.startswith("d1/a.avi was not accepted: bad result: ")
    assert "1 video has no whole results: nothing to accept.\n2 videos accepted as they are now." in ran.out
    assert lab.rt("accept").code == 2


def test_an_accepted_result_is_forgotten_by_redo(lab: Lab) -> None:
    """What was accepted and then made again is as its task made it."""
    changed_lab(lab)
    lab.rt("accept", "v1.avi")
    assert lab.rt("redo", "v1.avi").code == 0
    lab.go()
    assert lab.counts() == {"finished": 3}
    assert odd_of(verified(lab)) == {}


def test_redo_changed(lab: Lab) -> None:
    """What changed since it was made is made again, and nothing else."""
    changed_lab(lab)
    ran = lab.rt("redo", "--changed")
    assert ran.code == 0
    assert "1 will be listed again." in ran.out
    assert lab.counts() == {"finished": 2, "unprocessed": 1}
    lab.go()
    assert "changed since" not in lab.scan().out


def test_why_tells_what_changed(lab: Lab) -> None:
    """The story of a video names the remark, and each file that is not as it was, with then and now."""
    changed_lab(lab)
    said = lab.rt("why", "v1.avi").out
    assert "d1/v1.avi (copy): finished: changed since it was made; its checks hold\n" in said
    assert "  differs from what was noted\n    Results/d1/v1_tracks.csv: 3 lines then, 2 now\n" in said
    lab.rt("accept", "v1.avi")
    said = lab.rt("why", "v1.avi").out
    assert "noted\n" not in said
    assert "    batch 0002, task 1: accepted as it was then\n" in said


def test_the_screens(lab: Lab) -> None:
    """What people read where results changed, are bad or gone, and where they accept them."""
    lab.tracker(**TABLE, check=[{"csv": "table", "header": ["x", "y"]}])
    for number in range(1, 6):
        lab.video(f"d1/v{number}.avi", f"x,y\n{number},2\n3,4\n")
    lab.go()
    lab.result("d1/v1_tracks.csv").write_text("x,y\n1,2\n")
    lab.result("d1/v2_tracks.csv").write_text("y,y\n")
    lab.result("d1/v3_tracks.csv").unlink()
    rewrite(lab.root / "RawVideos/d1/v4.avi", b"x,y\n4,2\n3,X\n")
    assert_golden("verify_changed", lab.rt("verify").out, lab)
    assert_golden("accept", lab.rt("accept", "d1").out, lab)
