"""A project in NeuroBlueprint's folders: videos from rawdata, results in derivatives, datashuttle's word on both."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from baking import bake
from lab import LONG_AGO, REPOSITORY, Lab

SESSIONS = (
    "sub-001_id-m7/ses-001_date-20260101",
    "sub-001_id-m7/ses-002_date-20260102",
    "sub-002_id-m9/ses-001_date-20260101",
)
VALIDATE = """
import json, sys
from datashuttle import validate_project_from_path
folder, kind, strict = sys.argv[1:]
print(json.dumps(validate_project_from_path(folder, kind, "print", strict_mode=bool(strict))))
"""


def complaints(datashuttle: Path, folder: Path, kind: str, strict: bool = False) -> list[str]:
    """Return what datashuttle finds wrong in rawdata or derivatives of a project."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    ran = subprocess.run(
        [datashuttle / "python", "-c", VALIDATE, folder, kind, "strict" if strict else ""],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.fixture
def mice(tmp_path: Path) -> Path:
    """A project of NeuroBlueprint: three sessions with a drawn video each, and an image stack beside one."""
    mice = tmp_path / "mice"
    drawn = tmp_path / "drawn"
    subprocess.run(["python", REPOSITORY / "demo/draw_videos.py", drawn], check=True, capture_output=True)
    videos = sorted(path for path in drawn.rglob("*") if path.suffix in (".avi", ".mp4"))
    for session, video in zip(SESSIONS, videos, strict=False):
        behav = mice / "rawdata" / session / "behav"
        behav.mkdir(parents=True)
        os.utime(video, (LONG_AGO, LONG_AGO))
        video.rename(behav / video.name)
    stack = mice / "rawdata" / SESSIONS[0] / "funcimg/stack.avi"
    stack.parent.mkdir()
    videos[3].rename(stack)
    return mice


def test_videos_of_rawdata_become_derivatives_that_datashuttle_accepts(datashuttle: Path, mice: Path) -> None:
    """Sessions in, results and a table a session out; datashuttle complains of neither rawdata nor derivatives."""
    assert complaints(datashuttle, mice, "rawdata", strict=True) == []
    root = bake(mice.parent, tracker="opencv", cluster="local", project_name="mice", email="")
    root = root.rename(mice / "opencv_mice")
    with (root / "project.yml").open("a") as file:
        file.write("videos: ../rawdata\nlayout: neuroblueprint\n")
    home = mice.parent / "lab_home"
    home.mkdir()
    lab = Lab(root, home)
    lab.activate(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n")
    refused = lab.rt("status")
    assert refused.code != 0
    line = refused.err.partition("type: ")[2].partition(" Nothing was changed")[0].rstrip(".")
    assert lab.run("bash", "-c", line, folder="").code == 0
    ran = lab.run("./rt", "run", folder="", seconds=300)
    assert ran.code == 0, ran
    assert "3 videos found." in ran.out
    assert "All 3 days are finished." in ran.out
    made = sorted(path.relative_to(mice).as_posix() for path in (mice / "derivatives").rglob("*_tracks.csv"))
    assert [path.rpartition("/")[0] for path in made] == [f"derivatives/{session}/behav" for session in SESSIONS]
    for session in SESSIONS:
        assert (mice / "derivatives" / session / "features_summary.csv").is_file()
    assert (mice / "derivatives/joined/features_summary.csv").is_file()
    assert complaints(datashuttle, mice, "derivatives") == []
    assert complaints(datashuttle, mice, "rawdata", strict=True) == []
    strict = complaints(datashuttle, mice, "derivatives", strict=True)
    assert sorted(line.rpartition("/")[2] for line in strict) == ["joined", "report"]  # of all subjects
    ignored = lab.rt("status", "--ignored").out
    assert "funcimg/stack.avi" in ignored
