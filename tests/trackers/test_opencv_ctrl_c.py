"""Ctrl-C at the moments of the opencv tracker at which a file is there and its owner is not yet, or no more."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

from sprites import TRACKER, draw, name_results, straight

sys.path.insert(0, str(TRACKER))
from parameters import Parameters
from read_video import Span
from track_video import Job, track

# Runs a program of the tracker; a function of a module of it interrupts the process as soon as it has done its work.
INTERRUPT = """
import functools, importlib, os, runpy, signal, sys
module, _, name = sys.argv[1].partition(":")
owner = importlib.import_module(module)
*within, last = name.split(".")
for word in within:
    owner = getattr(owner, word)
work = getattr(owner, last)
@functools.wraps(work)  # keeps what hangs on it, as VideoWriter.fourcc
def interrupted(*args, **named):
    result = work(*args, **named)
    os.kill(os.getpid(), signal.SIGINT)
    return result
setattr(owner, last, interrupted)
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
MOMENTS = ("cv2:VideoWriter", "write_masked:Masked.open", "write_table:Table.__init__", "write_masked:_say_rate")


def interrupt(moment: str, program: str, *words: object) -> tuple[int, str]:
    """Run a program of the tracker, interrupted at a moment; return its exit code and what it said."""
    told = [sys.executable, "-c", INTERRUPT, moment, str(TRACKER / program), *map(str, words)]
    ended = subprocess.run(told, cwd=TRACKER, capture_output=True, text=True, timeout=60)
    return ended.returncode, ended.stdout + ended.stderr


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("moment", [*MOMENTS, "write_results:part_of"])
def test_a_whole_video(tmp_path: Path, moment: str) -> None:
    """No part of a file is left, and no traceback is printed, whichever file was being made."""
    video = draw(tmp_path / "a.avi", [straight(20, 40, 1.5)], 60)
    said, masked, tracks, info = name_results(tmp_path / "out", "mode: threshold\nthreshold: 130")
    words = ["--parameters", said, "--masked", masked, "--tracks", tracks, "--info", info]
    assert interrupt(moment, "track.py", video, *words) == (-signal.SIGINT, "")
    assert not [name for name in names_in(masked.parent) if name.startswith(".part")]


@pytest.mark.parametrize("moment", ["cv2:VideoWriter", "write_masked:_say_rate", "spots_file:SpotsFile.__init__"])
def test_a_piece(tmp_path: Path, moment: str) -> None:
    """The same where only the spots of some frames are found."""
    video = draw(tmp_path / "a.avi", [straight(20, 40, 1.5)], 60)
    said, masked, spots, info = name_results(tmp_path / "out", "mode: threshold\nthreshold: 130")
    words = ["--parameters", said, "--masked", masked, "--spots", spots, "--info", info, "--frames", "0-29"]
    assert interrupt(moment, "track.py", video, *words) == (-signal.SIGINT, "")
    assert names_in(masked.parent) == ["parameters.yml"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_pieces_together(tmp_path: Path, moment: str) -> None:
    """The same where the pieces of a video are linked."""
    video = draw(tmp_path / "a.avi", [straight(20, 40, 1.5)], 60)
    said, masked, tracks, info = name_results(tmp_path / "out", "mode: threshold\nthreshold: 130")
    places = tmp_path / "0.part.avi", tmp_path / "0.spots", tmp_path / "0.spots.json"
    track(Job(video, *places, Span(0, 59), only_spots=True), Parameters(mode="threshold", threshold=130))
    words = ["--parameters", said, "--masked", masked, "--tracks", tracks, "--info", info, "--pieces", places[1]]
    assert interrupt(moment, "join_pieces.py", video, *words) == (-signal.SIGINT, "")
    assert names_in(masked.parent) == ["parameters.yml"]
