"""Videos of high-speed cameras, thousands of frames a second, and of growth, a frame every five minutes."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from remote_tracker.checks.claimed_frames import read_claim
from sprites import draw, run_tracker, straight


@pytest.mark.parametrize("fps", [1 / 300, 29.97, 1000.0, 1200.0, 3000.0, 12000.5])
def test_each_frame_is_in_the_masked_video(tmp_path: Path, fps: float) -> None:
    """A video of any rate is tracked to its end; its masked video has all frames, and says their rate."""
    video = draw(tmp_path / "a.mp4", [straight(30, 60, 1.0)], frames=40, code="mp4v", fps=fps)
    is_camera = 1 < fps < 10_000  # else it must be said
    done = run_tracker(video, tmp_path / "out", "" if is_camera else f"fps: {fps!r}\n")
    assert done.code == 0, done.err
    assert done.info["masked"]["frames"] == 40
    claim = read_claim(str(done.masked), done.masked.stat().st_size)
    assert (claim.frames, claim.fps) == (40, pytest.approx(fps, rel=1e-4))
    reader = cv2.VideoCapture(str(done.masked), cv2.CAP_FFMPEG)
    assert sum(reader.grab() for _ in range(50)) == 40
    assert reader.get(cv2.CAP_PROP_FPS) == pytest.approx(fps, rel=1e-4)
    times = sorted({float(row["time_s"]) for row in done.rows})
    assert times[-1] == pytest.approx(39 / fps, rel=1e-3)
