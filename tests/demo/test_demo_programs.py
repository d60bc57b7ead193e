"""The demo's programs: the videos they draw, the truth beside them, and the score."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "demo"))
import draw_videos
import score

DEMO = Path(draw_videos.__file__).parent


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two short videos, whose tracks are the truth."""
    project = tmp_path_factory.mktemp("project")
    for name in ("a.avi", "b.mp4"):
        rng = np.random.default_rng(7)
        video = project / "RawVideos" / "20260101" / name
        video.parent.mkdir(parents=True, exist_ok=True)
        draw_videos.write_video(draw_videos.walk(3, rng, 30), video, rng)
        tracks = project / "Results" / "20260101" / f"{video.stem}_tracks.csv"
        tracks.parent.mkdir(parents=True, exist_ok=True)
        tracks.write_bytes(video.with_suffix(".gt.csv").read_bytes())
    return project


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the demo's programs."""
    argv = [sys.executable, str(DEMO / f"{program}.py"), *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120)


def test_plan_is_two_days_of_three_videos() -> None:
    """The demo has 2 days of 3 videos, of two kinds."""
    assert len(draw_videos.PLAN) == 6
    assert len({day for day, _, _ in draw_videos.PLAN}) == 2
    assert {Path(name).suffix for _, name, _ in draw_videos.PLAN} == {".avi", ".mp4"}


def test_drawing_writes_video_and_truth(project: Path) -> None:
    """Each video has all its frames, and a truth of a row an animal and frame beside it."""
    for name in ("a.avi", "b.mp4"):
        video = project / "RawVideos" / "20260101" / name
        capture = cv2.VideoCapture(str(video))
        assert sum(capture.grab() for _ in range(40)) == 30
        truth = score.load_places(video.with_suffix(".gt.csv"))
        assert sorted(truth) == list(range(30))
        assert all(len(animals) == 3 for animals in truth.values())


def test_animals_are_where_the_truth_says(project: Path) -> None:
    """The dark spot that is an animal is centred on the truth's position, to less than half a pixel."""
    video = project / "RawVideos" / "20260101" / "a.avi"
    truth = score.load_places(video.with_suffix(".gt.csv"))
    _, frame = cv2.VideoCapture(str(video)).read()
    for x, y in truth[0].values():
        left, top = round(x) - 16, round(y) - 16
        near = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)[top : top + 33, left : left + 33].astype(float)
        dark = np.clip(np.median(near) - near - 50, 0, None)  # animals; dust is smaller than what it weighs
        ys, xs = np.mgrid[top : top + 33, left : left + 33]
        assert (xs * dark).sum() / dark.sum() == pytest.approx(x, abs=0.5)
        assert (ys * dark).sum() / dark.sum() == pytest.approx(y, abs=0.5)


def test_same_seed_draws_the_same() -> None:
    """The walk depends on its seed alone."""
    one, two, other = (draw_videos.walk(4, np.random.default_rng(seed), 50) for seed in (3, 3, 4))
    assert (one == two).all()
    assert not (one == other).all()


def test_nothing_stays_of_animals_that_have_gone() -> None:
    """Where animals lay over each other, the next animal is drawn as if none had been there."""
    over_each_other = [[100.3, 100.0, 0.3], [110.0, 105.6, 1.2]]
    elsewhere, there_again = [[300.0, 300.0, 0.3], [500.0, 300.0, 1.2]], [[112.0, 96.0, 2.0], [500.0, 300.0, 1.2]]
    paths = (np.array([before] * 20 + [there_again] * 20) for before in (over_each_other, elsewhere))
    came, never = (list(draw_videos.draw_frames(path, np.random.default_rng(5))) for path in paths)
    assert [np.array_equal(*pair) for pair in zip(came, never, strict=True)] == [False] * 20 + [True] * 20


def test_one_animal_rests_and_none_touch() -> None:
    """The first animal rests for a third of the time; animals keep more than their length apart, within the plate."""
    for number, (_, _, animals) in enumerate(draw_videos.PLAN):
        path = draw_videos.walk(animals, np.random.default_rng((1, number)))[:, :, :2]
        moves = np.linalg.norm(np.diff(path[:, 0], axis=0), axis=1)
        assert (moves == 0).mean() > 0.3
        assert path.min() > 20
        assert (path.max(axis=(0, 1)) < np.array(draw_videos.SIZE) - 20).all()
        for one in range(animals):
            for two in range(one):
                assert np.linalg.norm(path[:, one] - path[:, two], axis=1).min() > 2 * draw_videos.BODY[0] + 10


def write_places(path: Path, rows: list[tuple[int, int, float, float]]) -> Path:
    """Write a table of positions."""
    path.write_text("frame,animal,x_px,y_px\n" + "".join(f"{f},{a},{x},{y}\n" for f, a, x, y in rows))
    return path


TRUTH = [(f, a, 10.0 + f, 100.0 * a) for f in range(20) for a in (0, 1)]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([(f, a + 5, x + 3, y + 4) for f, a, x, y in TRUTH], score.Score(2, 2, 1.0, 0, 0, 5.0)),
        ([(f, a if f < 10 else 1 - a, x, y) for f, a, x, y in TRUTH], score.Score(2, 2, 1.0, 0, 2, 0.0)),
        ([(f, a if f < 10 or a else 7, x, y) for f, a, x, y in TRUTH], score.Score(2, 3, 1.0, 0, 1, 0.0)),
        ([row for row in TRUTH if row[1] == 0], score.Score(2, 1, 0.5, 0, 0, 0.0)),
        ([*TRUTH, (3, 9, 500.0, 500.0)], score.Score(2, 3, 1.0, 1, 0, 0.0)),
    ],
    ids=["off by 5 px", "exchanged", "renumbered", "one missing", "one too many"],
)
def test_score(tmp_path: Path, tracks: list[tuple[int, int, float, float]], expected: score.Score) -> None:
    """Error, animals, switches, what was missed and what was invented are each counted."""
    found = score.score(write_places(tmp_path / "t.csv", tracks), write_places(tmp_path / "g.csv", TRUTH))
    assert found == expected


def test_score_prints_a_line_a_video(project: Path) -> None:
    """The table names each video with its figures."""
    done = run("score", str(project))
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        [f"20260101/{name}", "3", "3", "100.0%", "0", "0.00", "px"] for name in "ab"
    ]


def test_score_of_a_video_without_tracks(project: Path, tmp_path: Path) -> None:
    """A video that was not tracked is named, and the exit code is 1."""
    (tmp_path / "RawVideos").mkdir()
    write_places(tmp_path / "RawVideos" / "x.gt.csv", TRUTH)
    done = run("score", str(tmp_path))
    assert (done.returncode, "x" in done.stdout, "no tracks" in done.stdout) == (1, True, True)


def test_drawing_needs_a_folder() -> None:
    """Without a folder the program says how it is used."""
    done = run("draw_videos")
    assert done.returncode == 2
    assert "usage" in done.stderr
