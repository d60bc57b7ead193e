"""What a list will take is said before it starts, from the records of the tasks that finished here."""

from __future__ import annotations

import os
import re

import pytest
from lab import LONG_AGO, Lab
from rewinding import rewound

CORES = f"{os.cpu_count()} core{'' if os.cpu_count() == 1 else 's'}"


def film(lab: Lab, name: str, codec: str, frames: int) -> int:
    """Put a real video into RawVideos, of pictures that are all alike; return its size in bytes."""
    cv2, np = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    path = lab.video(name)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 25, (64, 48))
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    for _ in range(frames):
        writer.write(picture)
    writer.release()
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path.stat().st_size


def pretend(lab: Lab, seconds: int, tasks: str = "*") -> None:
    """Let all tasks so far, or those with a number, have taken so many seconds."""
    for log in lab.workspace.glob(f"batches/*/output.{tasks}"):
        log.write_text(re.sub(r" seconds=\d+ ", f" seconds={seconds} ", log.read_text()))
    for sealed in lab.workspace.glob("batches/*/records.tsv"):
        sealed.unlink()


@rewound
def begun(lab: Lab) -> None:
    """A project with two finished videos, which took ten minutes each, and three to do."""
    lab.videos(2)
    lab.go()
    pretend(lab, 600)
    for name in ("v3", "v4", "v5"):
        lab.video(f"d1/{name}.avi", "video 1")


def test_the_scan_says_how_long(begun: Lab) -> None:
    """The line stands before the last, with the number of videos, the cores and of how many records it is made."""
    *_, line, last = begun.scan().out.splitlines()
    rounds = -(-3 // min(3, os.cpu_count() or 1))
    assert line == f"3 videos, about {10 * rounds} min on {CORES} (from 2 done)"
    assert last == "5 videos found. Next:  bash process_all.sh"


def test_submit_and_run_count_with_what_is_asked(begun: Lab) -> None:
    """With -j 1 three videos of ten minutes take half an hour; a task of another machine tells nothing."""
    assert "3 videos, about 30 min on 1 core (from 2 done)\n" in begun.rt("submit", "-j", "1").out
    begun.video("d1/v6.avi", "video 1")
    for log in begun.workspace.glob("batches/*/output.*"):
        log.write_text(log.read_text().replace(" job=local.", " job=slurm."))
    for sealed in begun.workspace.glob("batches/*/records.tsv"):
        sealed.unlink()
    assert " done)" not in begun.scan().out


def test_frames_count_more_than_bytes(lab: Lab) -> None:
    """Of real videos the headers are read: one with few bytes and many frames takes long.

    Where the old ones are gone, their bytes tell.
    """
    film(lab, "d1/v1.avi", "MJPG", 20)
    film(lab, "d1/v2.avi", "MJPG", 40)
    lab.go()
    pretend(lab, 1200, tasks="2")
    pretend(lab, 600, tasks="1")
    size = film(lab, "d1/v3.mp4", "mp4v", 60)
    assert size < film(lab, "d2/v4.avi", "MJPG", 20) / 2
    assert "2 videos, about 40 min on 1 core (from 2 done)\n" in lab.rt("submit", "-j", "1").out
    (lab.root / "RawVideos/d1/v1.avi").unlink()
    (lab.root / "RawVideos/d1/v2.avi").unlink()
    lab.video("d2/v5.avi")
    assert re.search(r"^1 video, .* \(from 4 done\)$", lab.scan().out, re.MULTILINE)


def test_nothing_is_said_where_nothing_is_known(lab: Lab) -> None:
    """A first scan, and one that lists nothing, say nothing of time; short tasks take less than a minute."""
    lab.videos(2)
    assert " done)" not in lab.scan().out
    lab.process()
    assert " done)" not in lab.scan().out
    lab.video("d1/v3.avi")
    assert f"1 video, less than a minute on {CORES} (from 2 done)\n" in lab.scan().out


def test_what_was_made_with_the_same_parameters_counts_first(begun: Lab) -> None:
    """Records with the parameters of now are gone by alone, once there are any; until then those with others."""
    begun.tracker(
        params={"level": {"default": 1, "help": "x"}},
        command="cp {{ input.video }} {{ output.copy }}; : {{ params.level }}",
    )
    assert "min on" in begun.scan().out
    begun.process()
    begun.video("d1/v7.avi", "video 1")
    assert f"1 video, less than a minute on {CORES} (from 3 done)\n" in begun.scan().out
