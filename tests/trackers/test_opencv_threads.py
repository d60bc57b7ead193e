"""The opencv tracker on several cores: the same results as on one, errors told alike, and an end at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

from sprites import TRACKER, draw, name_results, straight

sys.path.insert(0, str(TRACKER))
import follow
from errors import TrackError
from parameters import Parameters
from side_by_side import count_cores, read_ahead, write_behind
from track_video import Job, track

TWO = (straight(20, 40, 1.5), straight(130, 90, -1.5, -0.5))
BOTH = pytest.mark.parametrize("cores", [1, 2])
Set = Callable[[int], None]


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Set:
    """A function that gives the tracker so many cores."""
    return lambda cores: monkeypatch.setattr(follow, "count_cores", lambda: cores)


def no_threads_left() -> bool:
    """Return whether only the test's own thread is there."""
    return threading.active_count() == 1


def test_cores_change_no_result(tmp_path: Path, allow: Set) -> None:
    """Table and masked video are the same, byte for byte, on one core and on several."""
    video = draw(tmp_path / "a.avi", TWO)
    made = []
    for cores in (1, 2):
        allow(cores)
        _, *places = name_results(tmp_path / f"out{cores}", "")
        track(Job(video, *places), Parameters())
        made.append([places[0].read_bytes(), places[1].read_bytes()])
    assert made[0] == made[1]
    assert no_threads_left()


@BOTH
@pytest.mark.parametrize("part", ["read_frames", "blank", "find"])
def test_an_error_anywhere_is_one_line(
    tmp_path: Path, allow: Set, monkeypatch: pytest.MonkeyPatch, cores: int, part: str
) -> None:
    """What goes wrong in reading, in finding or in writing is told with the video's name; no part of a file is left."""
    read = follow.read_frames

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    def break_off(video: object, span: object) -> Iterator[object]:
        for number, frame in enumerate(read(video, span)):  # type: ignore[arg-type]
            if number == 20:
                fail()
            yield frame

    if part == "read_frames":
        monkeypatch.setattr(follow, "read_frames", break_off)
    else:
        owner, name = (follow.Blank, "draw") if part == "blank" else (follow.Detector, "find_patches")
        monkeypatch.setattr(owner, name, fail)
    allow(cores)
    video = draw(tmp_path / "a.avi", TWO)
    _, *places = name_results(tmp_path / "out", "")
    with pytest.raises(TrackError, match=r"a\.avi: .*Input/output error$"):
        track(Job(video, *places), Parameters())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a_tracks.json", "parameters.yml"]
    assert no_threads_left()


@pytest.mark.parametrize("cores", ["0", "0,1"])
def test_ctrl_c_ends_it_at_once(tmp_path: Path, cores: str) -> None:
    """Ctrl-C in the middle leaves no part of a file, and prints no traceback."""
    video = draw(tmp_path / "a.avi", TWO, 3000)
    said, masked, tracks, info = name_results(tmp_path / "out", "mode: threshold\nthreshold: 130")
    words = [sys.executable, str(TRACKER / "track.py"), str(video), "--parameters", str(said)]
    words += ["--masked", str(masked), "--tracks", str(tracks), "--info", str(info)]
    allowed = os.sched_getaffinity(0) & {int(core) for core in cores.split(",")} or os.sched_getaffinity(0)
    process = subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, allowed)
    )
    until = time.monotonic() + 60
    while not any(masked.parent.glob(".part*.avi")) and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1] == ""
    assert process.returncode == -signal.SIGINT
    assert sorted(path.name for path in masked.parent.iterdir()) == ["parameters.yml"]


def test_items_keep_their_order_and_few_wait() -> None:
    """All items come through both threads, in order, and only a few are made ahead of their use."""
    made: list[int] = []

    def make() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    done: list[int] = []
    with read_ahead(make()) as items, write_behind(done.append) as give:
        for item in items:
            assert len(made) <= item + 7
            give(item)
    assert done == list(range(100))
    assert no_threads_left()


def test_leaving_early_ends_the_threads() -> None:
    """An error of the program's own is raised, and ends both threads after what they have in hand."""
    begun, go_on = threading.Event(), threading.Event()
    timer = threading.Timer(0.3, go_on.set)  # by then the program is leaving
    done = []

    def write(item: int) -> None:
        begun.set()
        go_on.wait(30)
        done.append(item)

    def work() -> None:
        with read_ahead(iter(range(10**9))) as items, write_behind(write) as give:
            for item in items:
                give(item)
                if item == 3:
                    begun.wait(30)
                    timer.start()
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert done == [0]
    timer.join()


def test_an_error_of_the_last_item_is_raised() -> None:
    """What goes wrong with the very last item is not lost."""

    def work() -> None:
        with write_behind(lambda number: 1 / number) as give:
            for number in (1, 0):
                give(number)

    with pytest.raises(ZeroDivisionError):
        work()
    assert no_threads_left()


@pytest.mark.parametrize(
    ("told", "here", "cores"),
    [
        ({}, 8, 8),
        ({"SLURM_CPUS_PER_TASK": "2"}, 8, 2),
        ({"SLURM_CPUS_ON_NODE": "1"}, 8, 1),
        ({"SLURM_CPUS_PER_TASK": "4"}, 2, 2),
        ({"NCPUS": "1"}, 8, 1),
        ({"NSLOTS": "3"}, 8, 3),
        ({"LSB_DJOB_NUMPROC": "2"}, 8, 2),
        ({"NSLOTS": "undefined"}, 8, 8),
        ({"NSLOTS": "0"}, 8, 1),
    ],
)
def test_cores_are_those_that_were_given(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], here: int, cores: int
) -> None:
    """A task uses the cores that its scheduler gave it, and no more than it may run on."""
    for name in ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "NCPUS", "NSLOTS", "LSB_DJOB_NUMPROC"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(here)))
    assert count_cores() == cores
