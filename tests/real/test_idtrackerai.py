"""A real idtracker.ai on its CPU: drawn videos from RawVideos to the joined table, and one that is killed half-way."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from baking import bake
from lab import LONG_AGO, Lab, kill, wait_for

cv2 = pytest.importorskip("cv2")
np = pytest.importorskip("numpy")

SECONDS = 1800
FRAMES, FPS, WIDTH, HEIGHT = 120, 30, 480, 360
HOMES = np.array([[100.0, 100.0], [380.0, 120.0], [240.0, 280.0]])  # px: each animal stays near its own
STEP = 2.5  # px a frame
SETTINGS = """number_of_animals = 3
intensity_ths = [0, 130]
area_ths = [60.0, inf]
use_bkg = false
disable_contrastive = true
"""


def draw(path: Path, frames: int, seed: int) -> None:
    """Draw three dark ellipses of different sizes that walk about on a light, noisy ground and never meet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    chance = np.random.default_rng(seed)
    places, angles = HOMES.copy(), chance.uniform(0, 2 * np.pi, len(HOMES))
    for _ in range(frames):
        picture = np.clip(200 + chance.normal(0, 2, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
        angles += chance.normal(0, 0.15, len(HOMES))
        for i, home in enumerate(HOMES):
            to_home = home - places[i]
            if np.hypot(*to_home) > 60:
                angles[i] = np.arctan2(to_home[1], to_home[0])
            places[i] += STEP * np.array([np.cos(angles[i]), np.sin(angles[i])])
            centre = (round(places[i][0]), round(places[i][1]))
            cv2.ellipse(picture, centre, (14 + i, 6), np.degrees(angles[i]), 0, 360, 40 + 8 * i, -1)
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def lab(idtrackerai: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project for idtracker.ai on this machine, made by cookiecutter; its tasks find the real one first."""
    home = tmp_path / "home"
    home.mkdir()
    made = Lab(bake(tmp_path, tracker="idtrackerai", cluster="local", project_name="real"), home)
    made.activate(f"export PATH={shlex.quote(str(idtrackerai))}:$PATH OMP_NUM_THREADS=1\n")
    (made.root / "AuxiliaryFiles/idtrackerai.toml").write_text(SETTINGS)
    yield made
    made.clear()


def choose(lab: Lab, **params: str) -> None:
    """Say in project.yml what its user says there."""
    text = "\n".join(line for line in (lab.root / "project.yml").read_text().splitlines() if line[:7] != "params:")
    (lab.root / "project.yml").write_text(f"{text}\nparams: {json.dumps({'device': 'cpu', **params})}\n")


def process(lab: Lab, folder: str = "workspace") -> None:
    """Run what was listed, to its end."""
    ran = lab.run("bash", "process_all.sh", "-j", "1", folder=folder, seconds=SECONDS)
    assert ran.code == 0, (ran, lab.log(lab.batches()[-1], 1)[-3000:])


def kill_main(lab: Lab) -> subprocess.Popen[bytes]:
    """Start what was listed, and kill -9 the main process once its workers are at work."""
    process = lab.start("bash", "process_all.sh", "-j", "1")
    number = lab.batches()[-1]
    wait_for(lambda: "Entering the training loop" in lab.log(number, 1), "it learns who is who", SECONDS)
    main = wait_for(lambda: lab.living("bin/idtrackerai", "--load"), "its main process lives")[0]
    wait_for(lambda: len(lab.living("python")) > 3, "its workers live", 60)
    kill(main, signal.SIGKILL)
    return process


def test_killed_and_gone_on_to_the_joined_table(lab: Lab) -> None:
    """Killed half-way nothing of it goes on and the signal is the reason; run again each animal has a row."""
    choose(lab)
    draw(lab.root / "RawVideos/20260101/tank1.avi", FRAMES, seed=1)
    (lab.root / "idtrackerai.log").write_text("mine\n")
    assert "1\tTotal files to be processed." in lab.scan(seconds=120).out
    process_killed = kill_main(lab)
    assert process_killed.wait(60) == 1
    assert lab.living() == []
    last = lab.log(1, 1).splitlines()[-1]
    assert " exit=137 " in last
    assert "result=failed why=" in last
    assert lab.counts() == {"incomplete": 1}
    process(lab)
    assert lab.counts() == {"finished": 1}
    assert "program=1" in lab.log(2, 1).splitlines()[-1]  # its exit code for success
    assert (lab.root / "idtrackerai.log").read_text() == "mine\n"
    rows = summarize_and_join(lab)
    told = lab.rt("methods").out
    assert "with idtracker.ai (Torrents et al., 2025)." in told
    assert "say how they were made: idtracker.ai 6." in told
    assert len(rows) == 3
    for row in rows:
        assert float(row["frames_tracked_fraction"]) > 0.9
        assert float(row["speed_px_per_s_mean"]) == pytest.approx(STEP * FPS, rel=0.2)


def test_a_recording_in_two_files(lab: Lab) -> None:
    """Two numbered files are one session with the frames of both, in their order."""
    choose(lab, parts=r"_\d+")
    for number in (9, 10):
        draw(lab.root / f"RawVideos/20260101/tank_{number}.avi", FRAMES, seed=1)
    lab.scan(seconds=120)
    process(lab)
    session = json.loads((lab.root / "Results/20260101/session_tank/session.json").read_text())
    assert [Path(path).name for path in session["video_paths"]] == ["tank_9.avi", "tank_10.avi"]
    assert session["number_of_frames"] == 2 * FRAMES
    assert lab.counts() == {"finished": 1}


def summarize_and_join(lab: Lab) -> list[dict[str, str]]:
    """Summarize the day and join; returns the joined rows."""
    assert lab.run("bash", "get_cmd2process.sh", folder="summarizer", seconds=120).code == 0
    process(lab, "summarizer")
    assert lab.rt("join").code == 0
    with (lab.root / "Results/joined/features_summary.csv").open(newline="") as file:
        return list(csv.DictReader(file))
