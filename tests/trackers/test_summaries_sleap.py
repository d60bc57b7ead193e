"""The summaries of poses: sleap's calculate_feat_summaries.py on .slp files whose features are known."""

from __future__ import annotations

import ast
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY, TEMPLATE

pytest.importorskip("h5py", reason="h5py is not installed")
import h5py
import numpy as np

sys.path.insert(0, str(REPOSITORY / "tests" / "standins" / "trackers" / "sleap"))
from poses import FRAME, INSTANCE, POINT

TRACKER = TEMPLATE / "remote_tracker" / "trackers" / "sleap"
DATA = REPOSITORY.parent / "shared" / "data" / "sleap"
UNSEEN = float("nan")
Pose = tuple[int, int, Sequence[tuple[float, float]]]  # frame, track (-1: none), where each node is
Table = list[dict[str, str]]


class Day:
    """A project with .slp files that a test makes, and its own copy of the program."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.program = Path(shutil.copy(TRACKER / "calculate_feat_summaries.py", project))

    def edit(self, old: str, new: str) -> None:
        """Change a setting, as its user would with an editor."""
        text = self.program.read_text(encoding="utf-8")
        assert old in text
        self.program.write_text(text.replace(old, new), encoding="utf-8")

    def add(
        self,
        name: str,
        poses: Sequence[Pose],
        frames: int = 4,
        fps: float | None = 10.0,
        nodes: Sequence[str] = ("head", "tail"),
        made_with: Sequence[str] | None = None,
        **told: Any,
    ) -> Path:
        """Write Results/<name> with these poses; a node at NaN is not seen."""
        path = self.project / "Results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w") as file:
            _fill(file, sorted(poses), frames, nodes, {"model_paths": made_with} if made_with else {}, told)
            backend = {} if fps is None else {"fps": fps}
            file["videos_json"] = [json.dumps({"backend": backend}).encode()]
        return path

    def summarize(self, day: str = "d1", model: str = "m") -> subprocess.CompletedProcess[str]:
        """Run the program on a day."""
        argv = [sys.executable, str(self.program), day, "--model", model, "--results", str(self.project / "Results")]
        argv += ["--filenames", str(self.project / "f.csv"), "--features", str(self.project / "g.csv")]
        environment = {
            **os.environ,
            "PYTHONPATH": f"{TRACKER}:{TRACKER.parents[1] / 'day_tables'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, env=environment)

    def tables(self, day: str = "d1", model: str = "m") -> tuple[Table, Table]:
        """Return both tables of a day, after a run that must succeed."""
        done = self.summarize(day, model)
        assert done.returncode == 0, done.stderr
        return read(self.project / "f.csv"), read(self.project / "g.csv")


def _fill(
    file: Any,
    poses: Sequence[Pose],
    frames: int,
    nodes: Sequence[str],
    said: Mapping[str, Any],
    told: Mapping[str, Any],
) -> None:
    size = len(nodes)
    rows, instances, points = [], [], []
    for frame in range(frames):
        first = len(instances)
        for _, track, places in [pose for pose in poses if pose[0] == frame]:
            number = len(instances)
            instances.append((number, 1, frame, 0, track, -1, 0.5, number * size, (number + 1) * size, 0.0))
            points += [(x, y, x == x, False, 0.25) for x, y in places]
        rows.append((frame, 0, frame, first, len(instances)))
    about = {
        "nodes": [{"name": name} for name in nodes],
        "skeletons": [{"nodes": [{"id": number} for number in range(size)]}],
        "provenance": said,
        **told,
    }
    file.create_group("metadata").attrs["json"] = np.bytes_(json.dumps(about))
    file["frames"], file["instances"] = np.array(rows, FRAME), np.array(instances, INSTANCE)
    file["pred_points"] = np.array(points, POINT)
    names = [json.dumps([0, f"track_{number}"]).encode() for number in range(3)]
    file.create_dataset("tracks_json", data=names, dtype=h5py.string_dtype())


def read(path: Path) -> Table:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def walk(track: int = -1, step: float = 3.0, frames: Sequence[int] = range(4), y: float = 0.0) -> list[Pose]:
    """Return an animal that walks to the right, its tail 10 behind its head."""
    return [(frame, track, [(step * frame + 10, y), (step * frame, y)]) for frame in frames]


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """An empty project."""
    (tmp_path / "Results").mkdir()
    return Day(tmp_path)


def test_features_of_a_straight_walk(day: Day) -> None:
    """3 px a frame at 10 frames a second is 30 px/s, 9 px long in 0.3 s."""
    day.add("d1/a.m.slp", walk())
    files, features = day.tables()
    (file,) = files
    assert file.pop("feature_rows") == "1"
    unsaid = {"made_by": "", "models": "", "inference_ended": ""}
    assert file == {"file_id": "0", "filename": "Results/d1/a.m.slp", "is_good": "True", "model": "m", **unsaid}
    (row,) = features
    assert (row.pop("model"), row.pop("track")) == ("m", "0")
    assert {name: float(value) for name, value in row.items()} == pytest.approx(
        {
            "file_id": 0,
            "frames": 4,
            "frames_with_pose": 4,
            "fraction_with_pose": 1,
            "duration_s": 0.3,
            "score_mean": 0.5,
            "node_score_mean": 0.25,
            "path_length_px": 9,
            "net_displacement_px": 9,
            "speed_px_per_s_mean": 30,
            "speed_px_per_s_p10": 30,
            "speed_px_per_s_p50": 30,
            "speed_px_per_s_p90": 30,
            "visible_head": 1,
            "visible_tail": 1,
        }
    )


def test_a_gap_is_a_straight_line_and_no_speed(day: Day) -> None:
    """Seen in frames 0, 1 and 3: 9 px long, and one step to take the speed from."""
    day.add("d1/a.m.slp", walk(frames=(0, 1, 3)))
    (row,) = day.tables()[1]
    assert (row["frames_with_pose"], row["fraction_with_pose"]) == ("3", "0.75")
    assert (row["path_length_px"], row["speed_px_per_s_mean"]) == ("9", "30")


def test_a_node_that_goes_moves_nothing(day: Day) -> None:
    """An animal that stands, whose tail is not seen in half of the frames, has walked 0 px."""
    poses = [(frame, -1, [(10.0, 0.0), (UNSEEN if frame % 2 else 0.0, 0.0)]) for frame in range(4)]
    day.add("d1/a.m.slp", poses)
    (row,) = day.tables()[1]
    assert (row["path_length_px"], row["visible_head"], row["visible_tail"]) == ("0", "1", "0.5")


def test_an_animal_of_which_nothing_is_seen(day: Day) -> None:
    """Poses without a single node give empty cells, no error and no warning."""
    day.add("d1/a.m.slp", [(frame, -1, [(UNSEEN, UNSEEN)] * 2) for frame in range(4)])
    done = day.summarize()
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = read(day.project / "g.csv")
    assert (row["path_length_px"], row["speed_px_per_s_p50"], row["visible_head"]) == ("", "", "0")


def test_tracks_are_told_apart_by_name(day: Day) -> None:
    """Each track is a row with its own path, however the instances lie in the file."""
    day.add("d1/a.m.slp", walk(1, 2) + walk(0, 5, y=50))
    rows = day.tables()[1]
    assert [(row["track"], row["path_length_px"]) for row in rows] == [("track_0", "15"), ("track_1", "6")]


def test_untracked_animals_have_no_path(day: Day) -> None:
    """Two animals without tracks are two rows, by their place in each frame; who is who is not known, so no path."""
    day.add("d1/a.m.slp", walk() + walk(y=50))
    rows = day.tables()[1]
    assert [(row["track"], row["frames_with_pose"]) for row in rows] == [("0", "4"), ("1", "4")]
    assert {row["path_length_px"] + row["speed_px_per_s_mean"] + row["net_displacement_px"] for row in rows} == {""}


def test_without_a_frame_rate_there_are_no_times(day: Day) -> None:
    """SLEAP 1.3 writes no frame rate: lengths stand, times and speeds are empty, a line says what to set."""
    day.add("d1/a.m.slp", walk(), fps=None)
    done = day.summarize()
    assert "Set FPS in calculate_feat_summaries.py" in done.stderr
    (row,) = read(day.project / "g.csv")
    assert (row["path_length_px"], row["duration_s"], row["speed_px_per_s_mean"]) == ("9", "", "")
    day.edit("FPS = 0.0", "FPS = 20.0")
    assert day.tables()[1][0]["speed_px_per_s_mean"] == "60"


def test_settings(day: Day) -> None:
    """Millimetres, one node for the position, a least number of frames, and chosen features."""
    day.add("d1/a.m.slp", [*walk(0), (0, 1, [(0.0, 0.0), (0.0, 0.0)])])
    day.edit('UNIT = "px"', 'UNIT = "mm"')
    day.edit("PX_PER_UNIT = 1.0", "PX_PER_UNIT = 3.0")
    day.edit("MIN_FRAMES = 1", "MIN_FRAMES = 2")
    day.edit('POSITION_NODES = "all"', 'POSITION_NODES = ["tail"]')
    day.edit('FEATURES = "all"', 'FEATURES = ["path_length_mm"]')
    assert day.tables()[1] == [{"file_id": "0", "model": "m", "track": "track_0", "path_length_mm": "3"}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('FEATURES = "all"', 'FEATURES = ["sped"]', 'FEATURES: there is no "sped"; known: frames, '),
        ('POSITION_NODES = "all"', 'POSITION_NODES = ["nose"]', 'no node "nose"; there are: head, tail'),
    ],
)
def test_wrong_settings_are_named(day: Day, old: str, new: str, said: str) -> None:
    """A name that is none ends the program with the names there are, and writes no table."""
    day.add("d1/a.m.slp", walk())
    day.edit(old, new)
    done = day.summarize()
    assert done.returncode == 2
    assert said in done.stderr
    assert not (day.project / "g.csv").exists()


def test_only_the_model_asked_for(day: Day) -> None:
    """Files of other models are not in the tables, also where one model's name ends as the other's."""
    day.add("d1/a.m.slp", walk(), made_with=["/x/models/m"])
    day.add("d1/a.n.slp", walk(), made_with=["/x/models/n"])
    day.add("d1/a.old.m.slp", walk(), made_with=[r"C:\x\models\old.m\centroid"])
    files, features = day.tables()
    assert [(row["filename"], row["is_good"]) for row in files] == [
        ("Results/d1/a.m.slp", "True"),
        ("Results/d1/a.old.m.slp", "False"),
    ]
    assert {row["file_id"] for row in features} == {"0"}
    assert "was made with another model" in day.summarize().stderr


def test_what_cannot_be_read_is_left_out_and_named(day: Day) -> None:
    """Half a file, one that is no HDF5 and one whose numbers contradict each other are is_good False; others go on."""
    whole = day.add("d1/a.m.slp", walk())
    (day.project / "Results/d1/b.m.slp").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (day.project / "Results/d1/c.m.slp").write_text("no")
    day.add("d1/d.m.slp", walk(7))
    day.add("d1/e.m.slp", walk(), skeletons=[{"nodes": [{"id": 0}]}])
    files, features = day.tables()
    assert [row["is_good"] for row in files] == ["True", "False", "False", "False", "False"]
    assert len(features) == 1
    told = day.summarize().stderr
    assert all(f"{name}.m.slp: " in told for name in "bcde")
    assert "Traceback" not in told


def test_days_and_subfolders(day: Day) -> None:
    """A day takes its files at any depth; the day without a name those right in Results; an empty day is refused."""
    for name in ("d1/deep/er/a.m.slp", "b.m.slp"):
        day.add(name, walk())
    assert [row["filename"] for row in day.tables("d1")[0]] == ["Results/d1/deep/er/a.m.slp"]
    assert [row["filename"] for row in day.tables("")[0]] == ["Results/b.m.slp"]
    assert "no *.m.slp in" in day.summarize("d2").stderr


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"sleap_version": "1.3.1", "model_paths": ["x/m/a.centroid/best_model.h5", "C:\\x\\m\\a.ci\\best_model.h5"],
             "finish_timestamp": "2026-01-01 00:00:01"},
            ("SLEAP 1.3.1", "a.centroid + a.ci", "2026-01-01 00:00:01"),
        ),
        ({"sleap_nn_version": "0.3.5", "model_paths": ["/x/m"]}, ("sleap-nn 0.3.5", "m", "")),
        ({"model_paths": None}, ("", "", "")),
    ],
)  # fmt: skip
def test_what_made_a_slp(day: Day, said: dict[str, Any], told: tuple[str, str, str]) -> None:
    """The program, the models and the end of inference stand in the table of files as the .slp says them."""
    day.add("d1/a.m.slp", walk(), provenance=said)
    (file,), _ = day.tables()
    assert (file["made_by"], file["models"], file["inference_ended"]) == told


def test_a_real_slp(day: Day) -> None:
    """A .slp of a real sleap-nn 0.3.5: the path is what its points say, computed here another way."""
    if not DATA.is_dir():
        pytest.skip("shared/data/sleap lies not beside this folder: no .slp of a real SLEAP to summarize")
    (day.project / "Results/d1").mkdir()
    shutil.copy(DATA / "v1.12.slp", day.project / "Results/d1/v1.blob_si12.slp")
    shutil.copy(DATA / "flies_trunc.slp", day.project / "Results/d1/v2.blob_si12.slp")
    files, (row,) = day.tables("d1", "blob_si12")
    assert [one["is_good"] for one in files] == ["True", "False"]
    told = [(one["made_by"], one["models"], one["inference_ended"]) for one in files]
    assert told == [("sleap-nn 0.3.5", "blob_si12", "2026-11-20T16:00:04.412173"), ("", "", "")]
    with h5py.File(DATA / "v1.12.slp") as file:
        x, y = (file["pred_points"][name].reshape(120, 2).mean(axis=1) for name in "xy")
    path = sum(((x[n + 1] - x[n]) ** 2 + (y[n + 1] - y[n]) ** 2) ** 0.5 for n in range(119))
    assert float(row["path_length_px"]) == pytest.approx(path, rel=1e-4)
    assert float(row["speed_px_per_s_mean"]) == pytest.approx(path / 119 * 30, rel=1e-4)
    assert (row["frames"], row["fraction_with_pose"]) == ("120", "1")


@pytest.mark.parametrize("program", sorted(path.name for path in TRACKER.glob("*.py")))
def test_programs_are_python_37(program: str) -> None:
    """What runs in SLEAP's own environment can be read by the Python 3.7 of SLEAP 1.3."""
    ast.parse((TRACKER / program).read_text(encoding="utf-8"), feature_version=(3, 7))
