"""Real tracking on a cluster: forty short clips through the tracker that comes with the template, all proven."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from cluster_lab import ClusterLab, told
from lab import LONG_AGO, REPOSITORY

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

sys.path.insert(0, str(REPOSITORY / "demo"))
import numpy as np
from draw_videos import walk, write_video

CLIPS, COPIES, FRAMES = 4, 10, 24


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return four short clips of one to four animals, drawn as the demo draws them."""
    folder = tmp_path_factory.mktemp("clips")
    drawn = []
    for number in range(1, CLIPS + 1):
        rng = np.random.default_rng((1, number))
        drawn.append(folder / f"clip{number}.avi")
        write_video(walk(number, rng, FRAMES), drawn[-1], rng)
    return drawn


def put(lab: ClusterLab, clips: list[Path]) -> None:
    """Copy each clip under ten names, two days of twenty, with parameters and a Python that can track."""
    for copy in range(COPIES):
        for clip in clips:
            target = lab.root / "RawVideos" / f"2026010{copy % 2 + 1}" / f"{clip.stem}_{copy}.avi"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(clip, target)
            os.utime(target, (LONG_AGO, LONG_AGO))
    tracker = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/opencv"
    shutil.copytree(tracker / "AuxiliaryFiles", lab.root / "AuxiliaryFiles", dirs_exist_ok=True)
    shutil.copy(tracker / "calculate_feat_summaries.py", lab.root / "summarizer")
    lab.activate(f"export PATH={Path(sys.executable).parent}:$PATH\n")


def test_forty_videos(lab: ClusterLab, clips: list[Path]) -> None:
    """Forty videos are tracked as one array, all are proven, and copies of one clip have equal tracks."""
    lab.settings(tracker="opencv")
    put(lab, clips)
    number = CLIPS * COPIES
    assert f"{number}\tTotal files to be processed." in lab.scan().out
    lab.edit_script(*lab.LESS)
    job = lab.process_and_wait()
    assert lab.counts() == {"finished": number}, told(lab.rt("status"))
    assert "0\tTotal files to be processed." in lab.scan().out
    assert set(lab.wait_for_codes(job, number).values()) == {0}
    for clip in clips:
        tracks = {path.read_bytes() for path in lab.root.glob(f"Results/*/{clip.stem}_*_tracks.csv")}
        assert len(tracks) == 1
    seen = {len({row.split(b",")[2] for row in tracks.splitlines()[1:]}) for tracks in all_tracks(lab)}
    assert seen == set(range(1, CLIPS + 1))
    assert lab.rt("verify").code == 0


def all_tracks(lab: ClusterLab) -> list[bytes]:
    """Return the tracks of all videos."""
    return [path.read_bytes() for path in lab.root.glob("Results/*/*_tracks.csv")]
