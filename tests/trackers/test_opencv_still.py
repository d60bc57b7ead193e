"""Videos of which OpenCV gives the same picture again and again, or none: no result is made of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from sprites import HEIGHT, WIDTH, draw, run_tracker, straight


def draw_still(path: Path, frames: int) -> Path:
    """Draw a video whose pictures are the same to the last bit."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 25, (WIDTH, HEIGHT))
    for _ in range(frames):
        writer.write(np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("parameters", ["", "mode: threshold\nthreshold: 100\n"], ids=["moving", "threshold"])
def test_the_same_picture_again_and_again(tmp_path: Path, parameters: str) -> None:
    """A video that never changes is refused by name, with what to do, and nothing is left."""
    done = run_tracker(draw_still(tmp_path / "a.avi", 30), tmp_path / "out", parameters)
    assert done.code == 1
    assert "a.avi: all 30 pictures are the same" in done.err
    assert "opencv-python-headless<4.13" in done.err
    assert not done.tracks.exists()
    assert not done.masked.exists()


def test_a_still_beginning(tmp_path: Path) -> None:
    """A video that changes in its last picture alone is tracked."""
    writer = cv2.VideoWriter(
        str(tmp_path / "a.avi"), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 25, (WIDTH, HEIGHT)
    )
    for level in [90] * 29 + [140]:
        writer.write(np.full((HEIGHT, WIDTH, 3), level, np.uint8))
    writer.release()
    done = run_tracker(tmp_path / "a.avi", tmp_path / "out", "mode: threshold\nthreshold: 100\n")
    assert done.code == 0, done.err


@pytest.mark.parametrize("options", ["-c:v mpeg4 -flags +ildct+ilme", "-vf setfield=tff -c:v ffv1"])
def test_an_interlaced_video(tmp_path: Path, options: str) -> None:
    """An interlaced video is tracked, or refused where this OpenCV cannot read it: never a finished nothing."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    plain, woven = draw(tmp_path / "a.avi", [straight(30, 60, 1.0)]), tmp_path / "b.mkv"
    subprocess.run(["ffmpeg", "-v", "error", "-i", plain, *options.split(), woven], check=True)
    done = run_tracker(woven, tmp_path / "out")
    assert (done.code, "pictures are the same" in done.err) in [(0, False), (1, True)]
    if not done.code:
        assert len(done.rows) == 60
