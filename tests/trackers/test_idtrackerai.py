"""What is measured in idtracker.ai's tables, and how its programs are kept apart from one another."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
import yaml
from lab import Lab
from trackers.conftest import Make, lead_to_standin
from trackers.test_idtrackerai_deeplabcut_trex_custom import put_video

h5py = pytest.importorskip("h5py")

RATES = (30, 60, 120, 3000)


def write_session(folder: Path, fps: float | None, frames: int = 300) -> None:
    """Write what idtracker.ai writes for one animal that goes 100 px a second to the right."""
    (folder / "trajectories").mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({"frames_per_second": fps} if fps is not None else {}))
    rate = fps or 1
    rows = [f"{f},{f / rate:.3f},0,{100 * f / rate:.3f},20.000,nan" for f in range(frames)]
    text = "\n".join(["frame,time,individual,x,y,probability", *rows, ""])
    (folder / "trajectories/trajectories_tidy.csv").write_text(text)
    with h5py.File(folder / "trajectories/trajectories.h5", "w") as file:
        file["trajectories"] = [[[100 * f / rate, 20.0]] for f in range(frames)]


def summarize(lab: Lab, day: str) -> tuple[list[dict[str, str]], str]:
    """Run the project's own program for a day; return the rows of features and what it said on stderr."""
    program, results = lab.root / "summarizer/calculate_feat_summaries.py", lab.root / "Results"
    words = ["--results", results, "--filenames", lab.home / "files.csv", "--features", lab.home / "features.csv"]
    ran = lab.run(sys.executable, str(program), day, *map(str, words))
    assert ran.code == 0, ran
    with (lab.home / "features.csv").open(newline="") as file:
        return list(csv.DictReader(file)), ran.err


def test_speeds_at_any_frame_rate(make: Make) -> None:
    """100 px a second are 100.0 at 30, 60, 120 and 3,000 frames a second, though the table's times are rounded."""
    lab = make("idtrackerai")
    for number, fps in enumerate(RATES):
        write_session(lab.root / f"Results/d1/session_{number}", fps)
    rows, _ = summarize(lab, "d1")
    assert len(rows) == len(RATES)
    for row in rows:
        for name in ("mean", "p50", "p90"):
            assert float(row[f"speed_px_per_s_{name}"]) == pytest.approx(100, abs=0.001), row


@pytest.mark.parametrize("fps", [None, 0])
def test_a_session_without_a_frame_rate(make: Make, fps: float | None) -> None:
    """Where the session says no frame rate there is a path and no speed, and the program says what to set."""
    lab = make("idtrackerai")
    write_session(lab.root / "Results/d1/session_a", fps)
    rows, said = summarize(lab, "d1")
    assert float(rows[0]["path_length_px"]) > 0
    assert rows[0]["speed_px_per_s_mean"] == ""
    assert "says no frame rate: no speeds. Set FPS in calculate_feat_summaries.py" in said


def test_a_recording_in_several_files(make: Make) -> None:
    """With ``parts`` the numbered files of a recording are one session, whose frames are counted over all of them."""
    lab = make("idtrackerai")
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**told, "params": {"device": "cpu", "parts": r"_\d+"}}))
    for name in ("d1/tank a_9.avi", "d1/tank a_10.avi", "d1/alone.avi"):
        put_video(lab, name)
    assert "2\tTotal files to be processed." in lab.scan().out
    assert lab.process().code == 0, lab.log(1, 1) + lab.log(1, 2)
    assert lab.counts() == {"finished": 2}
    session = json.loads((lab.root / "Results/d1/session_tank a/session.json").read_text())
    assert [Path(path).name for path in session["video_paths"]] == ["tank a_9.avi", "tank a_10.avi"]
    assert session["number_of_frames"] == 24
    assert (lab.root / "Results/d1/session_alone").is_dir()


def test_nothing_of_the_project_is_taken_for_settings(make: Make) -> None:
    """A local_settings.toml in the project's folder is named before anything is listed; tasks share no log."""
    lab = make("idtrackerai")
    put_video(lab, "d1/a.avi")
    stray = lab.root / "local_settings.toml"
    stray.write_text("track_wo_identities = true\n")
    ran = lab.scan()
    assert ran.code == 1
    assert "move what local_settings.toml says into AuxiliaryFiles/idtrackerai.toml" in ran.err
    stray.unlink()
    lab.scan()
    stray.write_text("track_wo_identities = true\n")
    assert lab.process().code == 0
    assert "local_settings.toml was taken" not in lab.log(1, 1)
    assert not (lab.root / "idtrackerai.log").exists()


def test_a_killed_one_is_told_as_killed(make: Make) -> None:
    """What was killed failed by the signal, not by what its session lacks: any exit code but that may be a success."""
    lab = make("idtrackerai")
    lab.activate(lead_to_standin("idtrackerai") + "export STANDIN_DIES=early\n")
    put_video(lab, "d1/a.avi")
    lab.scan()
    assert lab.process().code == 1
    assert "result=failed why=" in lab.log(1, 1).splitlines()[-1]
