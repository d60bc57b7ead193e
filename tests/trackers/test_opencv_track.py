"""The opencv tracker run as a project runs it, on small videos and on files that are none."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

import cv2
import numpy as np
from sprites import HEIGHT, REPO, TRACKER, WIDTH, Run, draw, name_results, run_tracker, straight

sys.path.insert(0, str(REPO / "demo"))
sys.path.insert(0, str(TRACKER))
from errors import TrackError
from parameters import load_parameters
from score import score
from track_video import Job, track

CLIP = REPO.parent / "shared" / "data" / "videos"
HOSTILE = ["a b.avi", "-x.avi", "größe 測試.avi", "a%02d.avi", "http:x.avi", ";|&.avi"]
WORST = "-x $(touch oops) 'q\".avi"
TWO = (straight(20, 40, 1.5), straight(130, 90, -1.5, -0.5))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of two animals, 60 frames."""
    return draw(tmp_path_factory.mktemp("raw") / "two.avi", TWO)


@pytest.fixture(scope="module")
def run(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The tracker's run on it, with nothing said."""
    return run_tracker(video, tmp_path_factory.mktemp("out"))


def track_here(video: Path, results: Path, parameters: str = "") -> Run:
    """Track as ``run_tracker`` does, in this process: to start the program takes longer than to track such a video."""
    said, *places = name_results(results, parameters)
    out = track(Job(video, *places), load_parameters(said))
    return Run(0, f"{out}\n", "", *places)


def assert_refused(run: Run, *words: str) -> None:
    """Assert that a run failed as every failure should: one line, nothing finished, nothing left."""
    assert run.code == 1
    assert run.err.count("\n") == 1, run.err
    for word in words:
        assert word in run.err
    assert not run.tracks.exists()
    assert not run.masked.exists()
    assert not [path for path in run.tracks.parent.iterdir() if path.name.startswith(".part")]


def test_rows_hold_the_true_places(run: Run) -> None:
    """Each animal has a row a frame, its centre true to half a pixel, its area to a tenth."""
    assert run.code == 0, run.err
    assert len(run.rows) == 120
    for row in run.rows:
        frame = int(row["frame"])
        x, y = min((way(frame) for way in TWO), key=lambda p: abs(p[0] - float(row["x_px"])))
        assert (float(row["x_px"]), float(row["y_px"])) == pytest.approx((x, y), abs=0.5)
        assert float(row["time_s"]) == pytest.approx(frame / 25)
        assert float(row["area_px"]) == pytest.approx(113, rel=0.15)


def test_table_has_its_columns(run: Run) -> None:
    """The first six columns are those that the stage's check demands."""
    first = run.tracks.read_text(encoding="utf-8").split("\n")[0]
    assert first == "frame,time_s,animal,x_px,y_px,area_px,major_px,minor_px,angle_deg,touching"


def test_info_says_how_it_was_made(run: Run) -> None:
    """The JSON file holds versions, parameters as used, and the frames promised and read."""
    info = run.info
    assert info["finished"] is True
    assert info["frames_claimed"] == info["frames_read"] == info["frames_in_header"] == 60
    assert (info["fps"], info["width"], info["height"], info["animals"]) == (25, WIDTH, HEIGHT, 2)
    assert set(info["versions"]) == {"tracker", "opencv", "scipy", "numpy", "python"}
    assert info["parameters"]["area_min"] == 30
    assert 10 <= info["threshold_used"] < 140


def test_masked_video_is_black_but_for_the_animals(run: Run, video: Path) -> None:
    """The masked video has every frame; the animals are as they were, all else is black."""
    masked, raw = (cv2.VideoCapture(str(path)) for path in (run.masked, video))
    frames = 0
    while (pair := (masked.read(), raw.read())) and pair[0][0]:
        grey_masked, grey_raw = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(int) for _, picture in pair)
        assert (grey_masked < 20).mean() > 0.9
        x, y = (round(v) for v in TWO[0](frames))
        assert abs(grey_masked[y, x] - grey_raw[y, x]) < 12
        frames += 1
    assert frames == 60


def test_masked_video_of_an_older_opencv(video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenCV takes no packed pictures yet (before 4.8), its own encoder writes every frame."""
    monkeypatch.delattr(cv2, "VIDEOWRITER_PROP_RAW_VIDEO")
    done = track_here(video, tmp_path / "out")
    masked = cv2.VideoCapture(str(done.masked))
    assert masked.get(cv2.CAP_PROP_FRAME_COUNT) == done.info["masked"]["frames"] == 60
    assert masked.read()[1].max() > 30  # the animals are there


def test_masked_video_without_pictures_is_refused(video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A masked video of as many frames as there should be, none of which is a picture, is no result."""
    monkeypatch.setattr(cv2, "imencode", lambda *_: (True, np.zeros((1, 50), np.uint8)))
    with pytest.raises(TrackError, match="60 frames were written, the file holds 0"):
        track_here(video, tmp_path / "out")


def test_same_video_gives_the_same_rows(run: Run, video: Path, tmp_path: Path) -> None:
    """Tracking is deterministic."""
    assert run_tracker(video, tmp_path / "again").tracks.read_bytes() == run.tracks.read_bytes()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(video: Path, tmp_path: Path, name: str) -> None:
    """A video is tracked whatever it is called, and is called so in its info."""
    shutil.copy(video, tmp_path / name)
    assert track_here(tmp_path / name, tmp_path / "out").info["video"] == name


def test_hostile_name_as_a_word(video: Path, tmp_path: Path) -> None:
    """So is the video that the command line names."""
    shutil.copy(video, tmp_path / WORST)
    done = run_tracker(tmp_path / WORST, tmp_path / "out")
    assert done.code == 0, done.err
    assert done.info["video"] == WORST
    assert not (tmp_path / "oops").exists()


@pytest.mark.parametrize("name", ["a.avi", "a.mkv"])
def test_cut_video_is_not_finished(tmp_path: Path, name: str) -> None:
    """A video that opens and ends early is refused with both numbers, though OpenCV reports no error."""
    video = draw(tmp_path / name, TWO)
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 3])
    done = run_tracker(video, tmp_path / "out")
    assert_refused(done, f"{name}: the header promises 60 frames, ", "could be read: the file is cut short")
    info = done.info
    assert info["finished"] is False
    assert info["frames_claimed"] == 60
    assert 0 < info["frames_read"] < 40
    assert "cut short" in info["problem"]


@pytest.mark.parametrize("name", ["junk.avi", "empty.mp4", "missing.avi", "cut.mp4", "folder.avi", "text.mkv"])
@pytest.mark.drawn(3)
def test_no_video_is_one_line(tmp_path: Path, name: str) -> None:
    """What is no video is refused in one line that names it, without a traceback or FFmpeg's complaints."""
    video = tmp_path / name
    if name == "cut.mp4":
        draw(video, TWO, code="mp4v")
        video.write_bytes(video.read_bytes()[:-2000])
    elif name == "folder.avi":
        video.mkdir()
    elif name != "missing.avi":
        video.write_bytes({"junk.avi": bytes(range(256)) * 50, "empty.mp4": b""}.get(name, b"no video\n" * 99))
    done = run_tracker(video, tmp_path / "out")
    assert_refused(done, name)
    assert done.info["finished"] is False


@pytest.mark.parametrize("blocks", [8, 60])
def test_full_disk_is_one_line(video: Path, tmp_path: Path, blocks: int) -> None:
    """Where files cannot grow, as on a full disk, nothing is finished; OpenCV's writer itself says nothing."""
    done = run_tracker(video, tmp_path / "out", before=f"ulimit -f {blocks}")
    assert_refused(done, str(tmp_path / "out"))


def test_missing_folder_is_one_line(video: Path, tmp_path: Path) -> None:
    """Results that have no folder to lie in are refused by name."""
    done = run_tracker(video, tmp_path / "out", before='set -- "${@/masked.avi/nowhere/masked.avi}"')
    assert_refused(done, "nowhere/masked.avi: cannot be written")


def test_failed_run_does_not_leave_an_old_finished(video: Path, tmp_path: Path) -> None:
    """When a video that was tracked before is cut now, its info no longer says finished."""
    copy = tmp_path / "a.avi"
    shutil.copy(video, copy)
    assert track_here(copy, tmp_path / "out").info["finished"] is True
    copy.write_bytes(copy.read_bytes()[:20000])
    assert run_tracker(copy, tmp_path / "out").info["finished"] is False


def test_fps_override(video: Path, tmp_path: Path) -> None:
    """With fps given, times follow it and not the header."""
    done = track_here(video, tmp_path / "out", "fps: 50")
    assert float(done.rows[-1]["time_s"]) == pytest.approx(59 / 50)


def test_animal_that_rests_a_third_of_the_time_is_seen(tmp_path: Path) -> None:
    """Against the median background one that rests for less than half of the video is in every frame."""
    video = draw(tmp_path / "a.avi", [lambda f: (20 + 2 * (f if f < 20 else max(20, f - 20)), 60.0)])
    assert track_here(video, tmp_path / "out").frames_of(0) == list(range(60))


REST = [lambda f: (20.0 + 3 * max(0, f - 45), 60.0)]  # rests for three quarters of the time


@pytest.mark.parametrize(
    ("parameters", "seen"),
    [
        ("", False),
        ("background_quantile: 0.9", True),
        ("mode: threshold\nthreshold: 130", True),
        ("mode: threshold", True),
    ],
)
def test_animal_that_rests_most_of_the_time(tmp_path: Path, parameters: str, seen: bool) -> None:
    """The median background loses it, as the parameter file says; a higher quantile or a threshold does not."""
    done = track_here(draw(tmp_path / "a.avi", REST), tmp_path / "out", parameters)
    assert (len(done.frames_of(0)) == 60) is seen
    assert {row["animal"] for row in done.rows} == {"0"}  # nor does the place that it left become an animal


def test_threshold_is_a_grey_level(tmp_path: Path) -> None:
    """In mode threshold, dark animals are those below the level: none of grey level 60 below 40."""
    video = draw(tmp_path / "a.avi", TWO)
    assert not track_here(video, tmp_path / "40", "mode: threshold\nthreshold: 40").rows
    done = track_here(video, tmp_path / "100", "mode: threshold\nthreshold: 100")
    assert (len(done.rows), done.info["threshold_used"]) == (120, 100)


def test_light_animals(tmp_path: Path) -> None:
    """With foreground: light, animals brighter than what is behind them are found."""
    video = draw(tmp_path / "a.avi", TWO, back=10)
    assert len(track_here(video, tmp_path / "light", "foreground: light").rows) == 120
    assert not track_here(video, tmp_path / "dark", "foreground: dark").rows


def test_video_without_animals_is_finished(tmp_path: Path) -> None:
    """An empty plate gives an empty table, and that is a result."""
    done = track_here(draw(tmp_path / "a.avi", []), tmp_path / "out")
    assert (done.rows, done.info["finished"], done.info["animals"]) == ([], True, 0)


def test_area_limits(tmp_path: Path) -> None:
    """Spots outside the limits are not animals."""
    video = draw(tmp_path / "a.avi", TWO)
    assert not track_here(video, tmp_path / "small", "area_min: 150").rows
    assert not track_here(video, tmp_path / "large", "area_max: 80").rows


def test_crossing_animals_are_both_there(tmp_path: Path) -> None:
    """Through a crossing no animal is lost or invented; which is which afterwards is not promised."""
    video = draw(tmp_path / "a.avi", [straight(20, 40, 2, 0.5), straight(140, 60, -2)])
    done = track_here(video, tmp_path / "out")
    assert {row["animal"] for row in done.rows} == {"0", "1"}
    assert len(done.rows) >= 118
    assert any(row["touching"] == "1" for row in done.rows)


def test_missing_library_says_what_to_install(video: Path, tmp_path: Path) -> None:
    """A Python without OpenCV is told what to install, in one line."""
    (tmp_path / "cv2.py").write_text("raise ImportError('No module named cv2')\n")
    done = run_tracker(video, tmp_path / "out", before=f'export PYTHONPATH="{tmp_path}"')
    assert_refused(done, "pip install opencv-python-headless scipy PyYAML", "workspace/activate.sh")


@pytest.mark.skipif(not CLIP.is_dir(), reason="the clip of two real flies is not here (../shared/data/videos)")
def test_two_real_flies(tmp_path: Path) -> None:
    """On 1500 frames of two flies by threshold: 2 animals, no identity switch, median error below 8 px."""
    lines = "mode: threshold\nforeground: light\nthreshold: 70\narea_min: 300\nanimals: 2\n"
    done = track_here(CLIP / "sleap_tracks_clip.mp4", tmp_path / "out", lines)
    found = score(done.tracks, CLIP / "sleap_tracks_clip.gt.csv")
    assert (found.animals_found, found.switches) == (2, 0)
    assert found.seen > 0.99
    assert found.median_error_px < 8
