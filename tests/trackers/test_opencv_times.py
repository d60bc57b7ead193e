"""When frames were taken, and how fast animals were: true for videos whose frames are not evenly spaced."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

import numpy as np
from clips import HEIGHT, MOMENTS, SPEED, draw_clip, show_only, turn
from sprites import TRACKER, Run, name_results
from test_summaries_opencv import PROGRAM, Day

sys.path.insert(0, str(TRACKER))
from errors import BadVideo
from frame_times import SOON, UnusableStamps, choose_times
from parameters import load_parameters
from track_video import Job, track

FORMATS = ("mp4", "mkv", "avi")


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """An empty project."""
    shutil.copy(PROGRAM, tmp_path)
    (tmp_path / "Results/d1").mkdir(parents=True)
    return Day(tmp_path)


def track_in(day: Day, video: Path, parameters: str = "") -> Run:
    """Track a video into the day of a project, in this process."""
    said, masked, *_ = name_results(day.project / "own", parameters)
    tracks = day.project / f"Results/d1/{video.name}_tracks.csv"
    places = masked, tracks, tracks.with_suffix(".json")
    track(Job(video, *places), load_parameters(said))
    return Run(0, "", "", *places)


def test_speed_is_true_whatever_the_frames_times(day: Day) -> None:
    """A disc that goes 50 px/s has that speed, to 0.1, in each kind of video; no speed is infinite or far off."""
    for name in MOMENTS:
        for form in FORMATS:
            video = draw_clip(day.project / f"{name}.{form}", name)
            track_in(day, video, "frames_missing: 25" if form == "avi" else "")
    files, rows = day.tables("d1")
    assert [file["feature_rows"] for file in files] == ["1"] * len(MOMENTS) * len(FORMATS)
    speeds = {file["filename"]: float(row["speed_px_per_s_mean"]) for file, row in zip(files, rows, strict=True)}
    assert speeds == pytest.approx(dict.fromkeys(speeds, SPEED), abs=0.1)
    for row in rows:
        assert float(row["speed_px_per_s_p10"]) == pytest.approx(SPEED, abs=5)
        assert float(row["speed_px_per_s_p90"]) == pytest.approx(SPEED, abs=5)
        assert float(row["path_length_px"]) == pytest.approx(SPEED * float(row["duration_s"]), abs=1)
        assert float(row["frames_tracked_fraction"]) == 1


def test_times_are_those_of_the_frames(day: Day) -> None:
    """The time in each row is that at which its frame was taken, be it early or late in the file."""
    for name in ("gap", "light", "tenth"):
        for form in FORMATS:
            done = track_in(day, draw_clip(day.project / f"{name}.{form}", name), "frames_missing: 25")
            assert done.info["times"] == "stamps"
            assert [float(row["time_s"]) for row in done.rows] == [moment / 25 for moment in MOMENTS[name]]
            assert done.info["frames_read"] / done.info["fps"] == pytest.approx(4, abs=0.05)


def test_dropped_frames_are_refused_unless_said(day: Day) -> None:
    """An AVI that lacks frames is refused with how many; as many may be said to be missing, and not one less."""
    video = draw_clip(day.project / "a.avi", "gap")
    for said in ("", "frames_missing: 9"):
        with pytest.raises(
            BadVideo, match=r"promises 100 frames, 90 could be read: .*: 10 into the parameter file in AuxiliaryFiles$"
        ):
            track_in(day, video, said)
    assert track_in(day, video, "frames_missing: 10").info["finished"] is True


def test_a_file_cut_short_lacks_no_dropped_frames(day: Day) -> None:
    """What is cut short is refused, however many frames may be missing."""
    video = draw_clip(day.project / "a.avi", "gap")
    video.write_bytes(video.read_bytes()[:-30_000])
    with pytest.raises(BadVideo, match="the file is cut short"):
        track_in(day, video, "frames_missing: 99")


@pytest.mark.parametrize(("first", "last"), [(0, 100), (30, 100), (60, 100), (10, 60)])
def test_what_an_edit_list_hides_is_not_missing(day: Day, first: int, last: int) -> None:
    """Of a video of uneven frames that was cut without encoding it anew, the frames that are shown are counted."""
    video = draw_clip(day.project / "a.mp4", "light")
    show_only(video, first, last)
    shown = [moment for moment in MOMENTS["light"] if first <= moment < last]
    done = track_in(day, video)
    assert [float(row["time_s"]) for row in done.rows] == pytest.approx([(m - shown[0]) / 25 for m in shown], abs=1e-3)
    assert float(day.tables("d1")[1][0]["speed_px_per_s_mean"]) == pytest.approx(SPEED, abs=0.1)


def test_a_turned_video_is_tracked_as_it_is_shown(day: Day) -> None:
    """Where the header turns the pictures, places and the masked video are those of the turned ones."""
    video = draw_clip(day.project / "a.mp4", "constant")
    turn(video)
    done = track_in(day, video)
    assert (done.info["width"], done.info["masked"]["frames"]) == (HEIGHT, 100)
    assert float(done.rows[-1]["y_px"]) - float(done.rows[0]["y_px"]) == pytest.approx(198, abs=0.5)
    assert float(day.tables("d1")[1][0]["speed_px_per_s_mean"]) == pytest.approx(SPEED, abs=0.1)


def test_fps_in_the_parameters_overrules_the_stamps(day: Day) -> None:
    """With fps said, all frames are that far apart."""
    done = track_in(day, draw_clip(day.project / "a.mkv", "gap"), "fps: 50")
    assert float(done.rows[-1]["time_s"]) == 89 / 50
    assert (done.info["fps"], done.info["times"]) == (50, "even")


def encode(video: Path, *options: str) -> Path:
    """Encode the constant clip with ffmpeg, as OpenCV cannot."""
    source = draw_clip(video.with_name("source.avi"), "constant")
    words = ["ffmpeg", "-loglevel", "error", "-i", str(source), *options, "-pix_fmt", "yuv420p", str(video)]
    subprocess.run(words, check=True, timeout=60)
    return video


with_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
B_FRAMES = {"mp4": "libx264", "mkv": "libx264", "avi": "mpeg4"}


@with_ffmpeg
@pytest.mark.parametrize("form", B_FRAMES)
@pytest.mark.drawn(3)
def test_frames_that_are_stored_in_another_order(day: Day, form: str) -> None:
    """Videos with B-frames have the times of their frames, also where the last have no stamp."""
    done = track_in(day, encode(day.project / f"a.{form}", "-c:v", B_FRAMES[form], "-bf", "2", "-q:v", "2"))
    assert [float(row["time_s"]) for row in done.rows] == [n / 25 for n in range(100)]


@with_ffmpeg
def test_a_stream_without_stamps_needs_its_rate(day: Day) -> None:
    """Of raw H.264 nobody knows how fast it was recorded: that is one line, until the rate is said."""
    raw = encode(day.project / "a.h264", "-c:v", "libx264")
    with pytest.raises(BadVideo, match=r"a\.h264: its frames have no time stamps, .*; write the true rate as fps in"):
        track_in(day, raw)
    assert float(track_in(day, raw, "fps: 30").rows[-1]["time_s"]) == pytest.approx(99 / 30, abs=1e-6)


EVEN = [n / 25 for n in range(60)]


@pytest.mark.parametrize(
    "stamps",
    [
        EVEN,
        [7 + t for t in EVEN],  # the file begins later
        [round(t + 0.0004, 3) for t in EVEN],
        [*EVEN[:-2], 0.0, 0.0],  # the last frames have none
        [EVEN[n - (n % 10 == 5)] for n in range(60)],  # given twice
        [EVEN[n] - 0.0399 * (n % 10 == 5) for n in range(60)],  # or nearly
        [*EVEN[:-1], EVEN[-2]],
    ],
)
def test_even_frames_are_even(stamps: Sequence[float]) -> None:
    """Stamps that are rounded, missing or given twice among evenly spaced ones leave the frames evenly spaced."""
    times = choose_times(stamps, 25.0)
    assert times.even
    assert times.seconds.tolist() == pytest.approx(EVEN)


@pytest.mark.parametrize(("true", "told"), [(30000 / 1001, 30.0), (25.0, 1000.0), (120.0, 25.0), (3000.0, 3000.0)])
def test_a_wrong_rate_in_the_header_is_not_believed(true: float, told: float) -> None:
    """Rounded stamps that are evenly spaced at another rate than the header's have that rate."""
    times = choose_times([round(n / true, 3) for n in range(5000)], told)
    assert times.even
    assert times.fps == pytest.approx(true, rel=1e-5)
    assert np.diff(times.seconds) == pytest.approx(1 / times.fps)


def test_uneven_frames_have_their_stamps() -> None:
    """One frame far from its place decides for all: no file has times of both kinds."""
    stamps = [*EVEN[:30], *(t + 0.005 for t in EVEN[30:])]
    times = choose_times(stamps, 25.0)
    assert not times.even
    assert times.seconds.tolist() == pytest.approx(stamps)


@pytest.mark.parametrize("stamps", [[0.0] * SOON, [5.0] * 3, [0.0, 0.0], [*EVEN, *EVEN], [3.0, 2.9, 2.8]])
def test_stamps_that_tell_no_time(stamps: Sequence[float]) -> None:
    """No stamps, one stamp for all, and a clock that is set back are refused in words."""
    with pytest.raises(UnusableStamps):
        choose_times(stamps, 25.0)


@pytest.mark.parametrize("stamps", [[], [0.0], [4.0], [0.0, 0.04], [0.0, 1.0], [0.0, 0.04, 0.04]])
def test_short_videos(stamps: Sequence[float]) -> None:
    """Videos of no frame and of few have as many times, and each is later than the one before."""
    times = choose_times(stamps, 25.0)
    assert len(times.seconds) == len(stamps)
    assert (np.diff(times.seconds) > 0).all()


@pytest.mark.parametrize(("fps", "last"), [(25.0, "0.1600"), (30.0, "0.133333"), (10_000.0, "0.0004")])
def test_times_are_written_as_exactly_as_speeds_need(fps: float, last: str) -> None:
    """A time that 0.1 ms does not hold is written to the microsecond: a rounded one would spoil speeds."""
    assert choose_times([n / fps for n in range(5)], fps).texts()[-1] == last
