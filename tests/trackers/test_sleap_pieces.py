"""SLEAP on pieces of a video: each a task, joined, every frame once; stand-ins for its programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY

pytest.importorskip("h5py", reason="h5py is not installed")
pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

import h5py
import numpy as np
import test_sleap
from test_sleap import FRAMES, STANDIN, SleapLab, table

blank_sleap, clip, lab = test_sleap.blank_sleap, test_sleap.clip, test_sleap.lab  # fixtures
JOIN = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/sleap/join_poses.py"
TABLES = ("frames", "instances", "points", "pred_points")


def process(lab: SleapLab, stage: str) -> int:
    """List a stage, and run what was listed."""
    lab.scan(stage)
    number = {"infer": 2, "merge": 3}[stage]
    return lab.run("bash", f"process_{number}_{stage}.sh", seconds=120).code


def tables(path: Path) -> dict[str, list[Any]]:
    """Return the rows of each table of a .slp."""
    with h5py.File(path) as file:
        return {name: file[name][()].tolist() for name in TABLES}


@pytest.mark.parametrize("params", [{"pieces": 5}, {"piece_frames": 5}])
@pytest.mark.drawn(1)
def test_from_videos_to_the_table(lab: SleapLab, params: dict[str, int]) -> None:
    """Pieces are tasks; what is joined is what a single run makes, and the day's table is made from it alone."""
    lab.model("night")
    lab.choose(model="night")
    lab.go_infer()
    whole = tables(lab.result("20260101/a.night.slp"))
    lab.choose(model="night", **params)
    for video in ("a", "b c"):
        lab.result(f"20260101/{video}.night.slp").unlink()
    names = ["000000-000002", "000003-000005", "000006-000008", "000009-000011"]
    names = names if "pieces" in params else ["000000-000004", "000005-000009", "000010-000011"]
    assert lab.counts("infer") == {"unprocessed": 2 * len(names)}
    assert lab.counts("merge") == {"waiting": 2}
    assert process(lab, "infer") == 0, lab.log(1, 1)
    assert process(lab, "merge") == 0
    assert lab.counts("merge") == {"finished": 2}
    assert sorted(path.name for path in lab.result("20260101/a_pieces").iterdir()) == [
        f"{name}.night.part.slp" for name in names
    ]
    joined = tables(lab.result("20260101/a.night.slp"))
    assert np.array_equal(joined["frames"], whole["frames"])
    assert repr(joined) == repr(whole)  # repr: an unknown tracking score is no number, and equals none
    for line in ("get_cmd2process.sh", "process_all.sh"):
        assert lab.run("bash", line, folder="summarizer").code == 0
    assert lab.rt("join").code == 0
    assert lab.result("joined/filenames_summary.csv").read_text().count("\n") == 3
    videos = table(lab.result("joined/videos.csv"))
    told = [(row["video"], row["state"], row["frames"]) for row in videos]
    assert told == [(f"20260101/{video}.avi", "finished", str(FRAMES)) for video in ("a", "b c")]


def test_frames_and_legacy_are_refused(lab: SleapLab) -> None:
    """Pieces are cut by frames, so that frames cannot be said beside; and 1.3 and 1.4 were never tried."""
    lab.model("night")
    lab.choose(model="night", pieces=2, frames="0-5")
    assert "take pieces and piece_frames out of project.yml" in lab.refused()


@pytest.fixture(scope="module")
def made(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pieces of one video; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    model = folder / "model"
    model.mkdir()
    (model / "training_config.yaml").write_text("{}")
    (model / "best.ckpt").write_bytes(b"weights")
    for name in ("000000-000003", "000004-000007", "000008-000011"):
        argv = [
            sys.executable,
            str(STANDIN / "sleap-nn"),
            "predict",
            "-i",
            str(clip),
            "-m",
            str(model),
            "--device",
            "cpu",
        ]
        asked = [
            "--frames",
            "-".join(str(int(end)) for end in name.split("-")),
            "-o",
            str(folder / f"{name}.x.part.slp"),
        ]
        subprocess.run([*argv, *asked], check=True, timeout=60)
    return folder


@pytest.fixture
def parts(made: Path, tmp_path: Path) -> list[Path]:
    """The pieces of one video, as tasks made them."""
    return [Path(shutil.copy(path, tmp_path)) for path in sorted(made.glob("*.slp"))]


class Joiner:
    """The program that joins pieces, in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.syspath_prepend(str(JOIN.parent))
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *words: Path | str) -> tuple[int, str]:
        """Return its exit code, and what it says."""
        import join_poses

        self._monkeypatch.setattr(sys, "argv", ["join_poses.py", *map(str, words)])
        code, said = join_poses.main(), self._capsys.readouterr()
        assert said.err.count("\n") <= 1
        return code, said.out + said.err


@pytest.fixture
def join(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Joiner:
    """What joins pieces."""
    return Joiner(monkeypatch, capsys)


def test_what_is_no_whole_video(join: Joiner, parts: list[Path], tmp_path: Path) -> None:
    """A piece that is missing, there twice or called by other frames than it holds is named; nothing is written."""
    first, second, third = parts
    out = tmp_path / "out.slp"
    assert join(out, first, second, third) == (0, f"{FRAMES} frames from 3 pieces\n")
    out.unlink()
    for given, why in (
        ([first, third], "begins with frame 8, the frames before it end with 3"),
        ([second, third], "begins with frame 4, the frames before it end with -1"),
        ([first, first, second, third], "begins with frame 0, the frames before it end with 3"),
    ):
        code, said = join(out, *given)
        assert (code, why in said) == (1, True), said
        assert not out.exists()
    for name, why in (
        ("000000-000004.x.slp", "lacks frame 4"),
        ("000000-000002.x.slp", "holds frame 3, which is not its own"),
        ("first.x.slp", "is not called by its frames"),
    ):
        other = tmp_path / name
        other.write_bytes(first.read_bytes())
        code, said = join("--look", other)
        assert (code, why in said) == (1, True), said


def _twice(file: Any) -> None:
    rows = file["frames"][()]
    rows["frame_idx"][1] = rows["frame_idx"][0]
    file["frames"][...] = rows


def _tracks(file: Any) -> None:
    rows = file["instances"][()]
    rows["track"][0] = 0
    file["instances"][...] = rows


def _more(file: Any) -> None:
    file["masks"] = np.zeros(3)


def _version(file: Any) -> None:
    told = json.loads(bytes(file["provenance_json"][()]))
    del file["provenance_json"]
    file["provenance_json"] = np.bytes_(json.dumps({**told, "sleap_nn_version": "9.9.9"}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_twice, "holds frame 4 more than once"),
        (_tracks, "has tracks of its own"),
        (_more, "holds masks, which is not joined"),
        (_version, "its version of sleap-nn is not that of the first piece"),
    ],
)
def test_pieces_that_cannot_be_joined(join: Joiner, parts: list[Path], tmp_path: Path, change: Any, why: str) -> None:
    """What would be lost or mixed up in one file is refused, with the piece's name."""
    with h5py.File(parts[1], "r+") as file:
        change(file)
    code, said = join(tmp_path / "out.slp", *parts)
    assert (code, why in said, parts[1].name in said) == (1, True, True), said


def test_a_piece_that_is_no_hdf5(join: Joiner, parts: list[Path], tmp_path: Path) -> None:
    """A piece that was cut short says so in a line."""
    parts[1].write_bytes(parts[1].read_bytes()[:100])
    code, said = join(tmp_path / "out.slp", *parts)
    assert (code, parts[1].name in said) == (1, True)
