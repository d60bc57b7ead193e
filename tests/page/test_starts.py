"""What a report loads: no library that reads tracks or draws, where nothing is to be read or drawn anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE, Lab

LIBRARIES = ("numpy", "cv2", "h5py", "scipy", "rich")
REPORT = """
import sys
from pathlib import Path
from remote_tracker.config import load_project
from remote_tracker.page.write import write_report
write_report(load_project(Path(sys.argv[1])))
print(*sys.modules)
"""
TABLE = "frame,animal,x,y\n" + "".join(f"{frame},a,{frame % 7},{frame % 5}\n" for frame in range(50))
TRACKS = {"of": "copy", "form": "tidy", "frame": "frame", "individual": "animal", "x": "x", "y": "y"}


def loaded(root: Path) -> set[str]:
    """Write a project's page in a process of its own; return the modules that it loaded."""
    argv = [sys.executable, "-c", REPORT, str(root)]
    done = subprocess.run(argv, env={"PYTHONPATH": str(TEMPLATE)}, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


def test_a_report_without_tracks_loads_no_library(lab: Lab) -> None:
    """Where a tracker says nothing of tracks, none of the libraries that read them is loaded."""
    lab.videos(2)
    lab.go()
    assert loaded(lab.root).isdisjoint(LIBRARIES)


def test_tracks_that_are_known_are_not_read_again(lab: Lab) -> None:
    """The first report reads the tracks; the next one knows their numbers, and loads no library for them."""
    pytest.importorskip("numpy")
    lab.tracker(output={"copy": "Results/{subdir}/{name}.csv"}, tracks=TRACKS)
    lab.video("d1/v1.avi", TABLE)
    lab.go()
    assert "numpy" in loaded(lab.root)
    assert loaded(lab.root).isdisjoint(LIBRARIES)
