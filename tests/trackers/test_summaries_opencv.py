"""The summaries of one day: the user's file calculate_feat_summaries.py on tables whose features are known."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")

REPO = Path(__file__).resolve().parents[2]
PROGRAM = (
    REPO / "{{cookiecutter.project_slug}}" / "remote_tracker" / "trackers" / "opencv" / "calculate_feat_summaries.py"
)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROGRAM.parents[2] / "day_tables"), "PYTHONDONTWRITEBYTECODE": "1"}
HEADER = "frame,time_s,animal,x_px,y_px,area_px,major_px,minor_px,angle_deg,touching"
FPS = 10
Table = list[dict[str, str]]


@dataclass
class Day:
    """A project with results that a test makes, and its own copy of the program."""

    project: Path

    def edit(self, old: str, new: str) -> None:
        """Change a setting, as its user would with an editor."""
        text = self.program.read_text(encoding="utf-8")
        assert old in text
        self.program.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def program(self) -> Path:
        """Return the project's copy of the program."""
        return self.project / "calculate_feat_summaries.py"

    def add(self, name: str, rows: list[str] | str, frames: int = 100, finished: bool = True, fps: float = FPS) -> Path:
        """Add the table Results/<name>_tracks.csv and the JSON file beside it."""
        tracks = self.project / "Results" / f"{name}_tracks.csv"
        tracks.parent.mkdir(parents=True, exist_ok=True)
        text = rows if isinstance(rows, str) else "".join(f"{row}\n" for row in [HEADER, *rows])
        tracks.write_text(text, encoding="utf-8")
        said = {"finished": finished, "frames_read": frames, "fps": fps}
        tracks.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
        return tracks

    def summarize(self, day: str) -> subprocess.CompletedProcess[str]:
        """Run the program on a day."""
        argv = [sys.executable, str(self.program), day, "--results", str(self.project / "Results")]
        argv += ["--filenames", str(self.filenames), "--features", str(self.features)]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)

    @property
    def filenames(self) -> Path:
        """Return where the first table goes."""
        return self.project / "filenames_summary.csv"

    @property
    def features(self) -> Path:
        """Return where the second table goes."""
        return self.project / "features_summary.csv"

    def tables(self, day: str) -> tuple[Table, Table]:
        """Return both tables of a day, after a run that must succeed."""
        done = self.summarize(day)
        assert done.returncode == 0, done.stderr
        return read(self.filenames), read(self.features)


def read(path: Path) -> Table:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(
    animal: int, x: Callable[[int], float] = float, frames: range = range(100), area: int = 50, touching: int = 0
) -> list[str]:
    """Return an animal's rows; x(frame) in px, y stays."""
    return [f"{f},{f / FPS:.4f},{animal},{x(f):.2f},7.00,{area},12.00,5.00,0.0,{touching}" for f in frames]


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """An empty project."""
    shutil.copy(PROGRAM, tmp_path)
    (tmp_path / "Results").mkdir()
    return Day(tmp_path)


def test_features_of_a_straight_walk(day: Day) -> None:
    """One px a frame at 10 frames a second is 10 px/s, 99 px long, over 9.9 s."""
    day.add("d1/a", rows(0))
    files, features = day.tables("d1")
    (file,) = files
    assert file == {"file_id": "0", "filename": "Results/d1/a_tracks.csv", "is_good": "True", "feature_rows": "1"}
    (row,) = features
    expected = {
        "file_id": 0,
        "animal": 0,
        "frames_tracked_fraction": 1,
        "duration_s": 9.9,
        "path_length_px": 99,
        "net_displacement_px": 99,
        "speed_px_per_s_mean": 10,
        "speed_px_per_s_p10": 10,
        "speed_px_per_s_p90": 10,
        "area_px_mean": 50,
        "length_px_p50": 12,
        "fraction_touching": 0,
    }
    assert {name: float(row[name]) for name in expected} == pytest.approx(expected)


def test_order_of_columns_is_fixed(day: Day) -> None:
    """The columns are always the same, in one order: a join by position would be right too."""
    day.add("d1/a", rows(0))
    day.tables("d1")
    spread = ("mean", "p10", "p50", "p90")
    names = ["frames_tracked_fraction", "duration_s", "path_length_px", "net_displacement_px"]
    names += [f"speed_px_per_s_{s}" for s in spread] + ["fraction_resting"]
    names += [f"area_px_{s}" for s in spread] + [f"length_px_{s}" for s in spread] + ["fraction_touching"]
    assert day.features.read_text().split("\n")[0] == ",".join(["file_id", "animal", *names])


def test_resting_half_of_the_time(day: Day) -> None:
    """The fraction of frames slower than the limit is the fraction that rests."""
    day.add("d1/a", rows(0, lambda f: 3.0 * max(0, f - 50)))
    assert float(day.tables("d1")[1][0]["fraction_resting"]) == pytest.approx(0.5, abs=0.03)


def test_unseen_stretch_is_a_line_and_no_speed(day: Day) -> None:
    """While an animal is unseen its path goes on as a straight line; its speed there is not made up."""
    day.add("d1/a", rows(0, frames=range(40)) + rows(0, lambda f: f + 200, range(60, 100)))
    row = day.tables("d1")[1][0]
    assert float(row["frames_tracked_fraction"]) == pytest.approx(0.8)
    assert float(row["path_length_px"]) == pytest.approx(299, abs=1)
    assert float(row["speed_px_per_s_mean"]) == pytest.approx(10)


def timed(times: Sequence[float], x: Callable[[float], float], decimals: int = 4) -> list[str]:
    """Return an animal's rows, a frame after the other, at these times in s; x(time) in px."""
    return [f"{f},{t:.{decimals}f},0,{x(t):.4f},7.00,50,12.00,5.00,0.0,0" for f, t in enumerate(times)]


def test_hole_in_the_video_is_a_gap(day: Day) -> None:
    """Where frames are missing between two that follow each other there is no speed, and nothing is averaged."""
    times = [*(f / 10 for f in range(50)), *(8 + f / 10 for f in range(50))]
    day.edit("SMOOTH_SECONDS = 0.2", "SMOOTH_SECONDS = 2.0")
    day.add("d1/a", timed(times, lambda t: 10 * t if t < 5 else 10 * t + 300))
    row = day.tables("d1")[1][0]
    for part in ("mean", "p10", "p90"):
        assert float(row[f"speed_px_per_s_{part}"]) == pytest.approx(10)
    assert float(row["path_length_px"]) == pytest.approx(10 * 12.9 + 300)


def test_averages_are_over_time(day: Day) -> None:
    """After frames become rare each counts for longer: half a minute at rest is half of a minute."""
    times = [*(f / 10 for f in range(300)), *(30 + f / 2 for f in range(60))]
    walk = timed(times, lambda t: 20 * min(t, 30))
    walk = [row.replace(",50,12.00", ",80,12.00") if f >= 300 else row for f, row in enumerate(walk)]
    day.add("d1/a", walk, frames=360, fps=6)
    row = day.tables("d1")[1][0]
    assert float(row["fraction_resting"]) == pytest.approx(0.5, abs=0.01)
    assert float(row["speed_px_per_s_mean"]) == pytest.approx(10, abs=0.2)
    assert float(row["area_px_mean"]) == pytest.approx(65, abs=0.3)
    assert (row["frames_tracked_fraction"], float(row["duration_s"])) == ("1", 59.5)


def test_frames_of_a_window_are_those_in_it(day: Day) -> None:
    """Where frames become rare, an animal seen in each frame of a window is seen in all of them."""
    day.edit('TIME_WINDOWS = ["0:end"]', 'TIME_WINDOWS = ["0:30", "30:end"]')
    times = [*(f / 10 for f in range(300)), *(30 + f / 2 for f in range(60))]
    day.add("d1/a", timed(times, float)[:330], frames=360, fps=6)
    features = day.tables("d1")[1]
    assert [(r["time_end_s"], r["frames_tracked_fraction"]) for r in features] == [("30", "1"), ("60", "0.5")]


@pytest.mark.parametrize("smooth", [0.0, 0.2])
def test_time_given_twice_is_no_infinite_speed(day: Day, smooth: float) -> None:
    """In a table with the same time for two frames, also for the last, the steps between have the speed around them."""
    day.edit("SMOOTH_SECONDS = 0.2", f"SMOOTH_SECONDS = {smooth}")
    doubled = [(f - (f % 10 == 5 or f == 99)) / 10 for f in range(100)]
    day.add("d1/a", [f"{f},{t:.4f},0,{f:.2f},7.00,50,12.00,5.00,0.0,0" for f, t in enumerate(doubled)])
    done = day.summarize("d1")
    assert (done.returncode, done.stderr) == (0, "")
    row = read(day.features)[0]
    for part in ("mean", "p10", "p50", "p90"):
        assert float(row[f"speed_px_per_s_{part}"]) == pytest.approx(10)


def test_rounded_times_do_not_spoil_speeds(day: Day) -> None:
    """Times of evenly spaced frames that a table holds to 0.1 ms give the true speed, at 3,000 frames a second too."""
    day.edit("SMOOTH_SECONDS = 0.2", "SMOOTH_SECONDS = 0")
    day.edit("MIN_SECONDS_TRACKED = 1.0", "MIN_SECONDS_TRACKED = 0")
    day.add("d1/a", timed([f / 3000 for f in range(100)], lambda t: 900 * t), fps=3000)
    row = day.tables("d1")[1][0]
    assert float(row["speed_px_per_s_p10"]) == pytest.approx(900, rel=1e-3)
    assert float(row["speed_px_per_s_p90"]) == pytest.approx(900, rel=1e-3)


def test_days_do_not_mix(day: Day) -> None:
    """A day's videos are found at any depth, hidden folders and files left out; no day means right in Results."""
    for name in ("d1/b", "d1/deep/er/a", "d1/.hidden/x", "d1/.x", "d2/c", "top"):
        day.add(name, rows(0))
    assert [f["filename"] for f in day.tables("d1")[0]] == [
        "Results/d1/b_tracks.csv",
        "Results/d1/deep/er/a_tracks.csv",
    ]
    assert [f["filename"] for f in day.tables("")[0]] == ["Results/top_tracks.csv"]


@pytest.mark.parametrize("name", ["-day", 'a "b", c', "größe 測試", "$(touch oops)", "--results"])
def test_hostile_names(day: Day, name: str) -> None:
    """Days and videos may be called anything; the table is quoted as CSV wants it."""
    day.add(f"{name}/{name}", rows(0))
    if name == "--results":
        assert day.summarize(name).returncode == 2
        return
    assert [f["filename"] for f in day.tables(name)[0]] == [f"Results/{name}/{name}_tracks.csv"]


BAD = {
    "cut in a line": "\n".join([HEADER, *rows(0)]),
    "junk": "\0\1\2\n" * 9,
    "empty": "",
    "other columns": "frame,x\n1,2\n",
    "words": f"{HEADER}\n1,0,0,here,there,1,1,1,1,1\n",
    "short row": f"{HEADER}\n" + "\n".join(rows(0)) + "\n1,2\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_unusable_table_is_named_and_the_rest_goes_on(day: Day, text: str) -> None:
    """A table that is not whole is not good, is named on stderr in one line, and stops nothing."""
    day.add("d1/a", text)
    day.add("d1/b", rows(3))
    files, features = day.tables("d1")
    assert [f["is_good"] for f in files] == ["False", "True"]
    assert [(row["file_id"], row["animal"]) for row in features] == [("1", "3")]
    said = day.summarize("d1").stderr
    assert "d1/a_tracks.csv" in said
    assert said.count("\n") == 1


def test_unfinished_video_is_not_good(day: Day) -> None:
    """A table whose JSON file does not say finished, or is not there, is left out by name."""
    day.add("d1/a", rows(0), finished=False)
    day.add("d1/b", rows(0)).with_suffix(".json").unlink()
    assert [f["is_good"] for f in day.tables("d1")[0]] == ["False", "False"]
    assert day.summarize("d1").stderr.count("left out") == 2


def test_video_without_animals_is_not_good(day: Day) -> None:
    """An empty plate is in the table of files, and has no row of features."""
    day.add("d1/a", [])
    files, features = day.tables("d1")
    assert [f["is_good"] for f in files] == ["False"]
    assert features == []


@pytest.mark.parametrize(
    ("old", "new"), [("MIN_SECONDS_TRACKED = 1.0", "MIN_SECONDS_TRACKED = 5.0"), ("MIN_PATH = 0.0", "MIN_PATH = 60.0")]
)
def test_filters(day: Day, old: str, new: str) -> None:
    """Animals seen too briefly, or that walked too little, have no row."""
    day.edit(old, new)
    day.add("d1/a", rows(0) + rows(1, frames=range(40)))
    assert [row["animal"] for row in day.tables("d1")[1]] == ["0"]


def test_windows(day: Day) -> None:
    """Each window is a row of its own, with its ends; "end" is the end of the video."""
    day.edit('TIME_WINDOWS = ["0:end"]', 'TIME_WINDOWS = ["0:4", "4:end"]')
    day.add("d1/a", rows(0) + rows(1, frames=range(30)))
    features = day.tables("d1")[1]
    ends = [(r["animal"], r["time_start_s"], r["time_end_s"], r["frames_tracked_fraction"]) for r in features]
    assert ends == [("0", "0", "4", "1"), ("0", "4", "10", "1"), ("1", "0", "4", "0.75"), ("1", "4", "10", "0")]
    assert features[0]["path_length_px"] == "39"
    assert features[3]["path_length_px"] == features[3]["speed_px_per_s_mean"] == ""


def test_units(day: Day) -> None:
    """In millimetres names and numbers change together."""
    day.edit('UNIT = "px"', 'UNIT = "mm"')
    day.edit("PX_PER_UNIT = 1.0", "PX_PER_UNIT = 10.0")
    day.edit('RESTING_BELOW = 10.0, "px/s"', 'RESTING_BELOW = 2.0, "mm/s"')
    day.add("d1/a", rows(0))
    row = day.tables("d1")[1][0]
    wanted = {"path_length_mm": 9.9, "speed_mm_per_s_mean": 1, "area_mm2_mean": 0.5, "length_mm_mean": 1.2}
    assert {name: float(row[name]) for name in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("edits", "setting", "what"),
    [
        ({'UNIT = "px"': 'UNIT = "mm"'}, "PX_PER_UNIT", "is still 1.0, and UNIT is mm: write how many pixels a mm has"),
        ({"PX_PER_UNIT = 1.0": "PX_PER_UNIT = 12.5"}, "PX_PER_UNIT", "is 12.5, and UNIT is px"),
        ({"PX_PER_UNIT = 1.0": 'PX_PER_UNIT = 2.0, "px/cm"'}, "PX_PER_UNIT", "is in px/cm, and UNIT is px"),
        ({"PX_PER_UNIT = 1.0": "PX_PER_UNIT = -2.0"}, "PX_PER_UNIT", "is -2: write how many pixels a px has"),
        (
            {'UNIT = "px"': 'UNIT = "mm"', "PX_PER_UNIT = 1.0": "PX_PER_UNIT = 10"},
            "RESTING_BELOW",
            "is 10 px/s, and by UNIT it must be in mm/s: write it so",
        ),
        ({'10.0, "px/s"': "5.0"}, "RESTING_BELOW", 'does not say its unit: write RESTING_BELOW = 5, "px/s"'),
        ({'10.0, "px/s"': '"slow"'}, "RESTING_BELOW", "is 'slow': write a number, or a number and its unit"),
        (
            {'UNIT = "px"': 'UNIT = "mm"', "PX_PER_UNIT = 1.0": "PX_PER_UNIT = 10", "MIN_PATH = 0.0": "MIN_PATH = 60.0"}
            | {'10.0, "px/s"': '1.0, "mm/s"'},
            "MIN_PATH",
            "is 60 px, and by UNIT it must be in mm: write it so",
        ),
    ],
)
def test_a_setting_in_another_unit(day: Day, edits: dict[str, str], setting: str, what: str) -> None:
    """A setting that was left in another unit is refused with its line; no table is written."""
    for old, new in edits.items():
        day.edit(old, new)
    day.add("d1/a", rows(0))
    done = day.summarize("d1")
    lines = day.program.read_text(encoding="utf-8").splitlines()
    (number,) = [at for at, line in enumerate(lines, 1) if line.startswith(f"{setting} = ")]
    assert done.returncode == 2
    assert done.stderr.startswith(f"calculate_feat_summaries.py: line {number}: {setting} {what}")
    assert done.stderr.count("\n") == 1
    assert not day.features.exists()


def test_a_pixel_that_is_a_millimetre(day: Day) -> None:
    """Who says the unit of the scale may have one pixel a millimetre."""
    day.edit('UNIT = "px"', 'UNIT = "mm"')
    day.edit("PX_PER_UNIT = 1.0", 'PX_PER_UNIT = 1.0, "px/mm"')
    day.edit('RESTING_BELOW = 10.0, "px/s"', 'RESTING_BELOW = 10.0, "mm/s"')
    day.add("d1/a", rows(0))
    assert float(day.tables("d1")[1][0]["path_length_mm"]) == pytest.approx(99)


def test_selected_features_keep_their_order(day: Day) -> None:
    """Only the features asked for are written, in the order of the full table."""
    day.edit('FEATURES: str | list[str] = "all"', 'FEATURES = ["path_length_px", "duration_s"]')
    day.add("d1/a", rows(0))
    assert list(day.tables("d1")[1][0]) == ["file_id", "animal", "duration_s", "path_length_px"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["0:end"]', '["5:2"]', 'TIME_WINDOWS: "5:2"'),
        ('["0:end"]', '["all"]', 'TIME_WINDOWS: "all"'),
        ('= "all"', '= ["speeed"]', 'FEATURES: there is no "speeed"; known: frames_tracked_fraction, '),
    ],
)
def test_wrong_setting_is_one_line(day: Day, old: str, new: str, words: str) -> None:
    """A setting that cannot be is named with its value; no table is written."""
    day.edit(f"{old}\n", f"{new}\n")
    day.add("d1/a", rows(0))
    done = day.summarize("d1")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert not day.features.exists()


def test_day_without_tables_is_one_line(day: Day) -> None:
    """A day that is not there writes nothing."""
    done = day.summarize("20990101")
    assert done.returncode == 1
    assert "20990101" in done.stderr
    assert not day.filenames.exists()


def test_table_that_cannot_be_written_leaves_the_old_one(day: Day) -> None:
    """Where files cannot grow the old tables stand as they were, and no part is left."""
    day.add("d1/a", [row for animal in range(40) for row in rows(animal)])
    day.features.write_text("old")
    words = [sys.executable, str(day.program), "d1", "--results", str(day.project / "Results")]
    words += ["--filenames", str(day.filenames), "--features", str(day.features)]
    words = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", *words]
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert day.features.read_text() == "old"
    assert not list(day.project.glob(".part*"))


def test_tables_are_replaced_whole(day: Day) -> None:
    """Who reads an old table while it is made anew reads the old one to its end."""
    day.features.write_text("old")
    day.add("d1/a", rows(0))
    with day.features.open(encoding="utf-8") as reader:
        day.tables("d1")
        assert reader.read() == "old"
