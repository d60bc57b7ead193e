"""A wrong parameter is found by the scan and the doctor, before the first video, with what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lab import Lab
from trackers.conftest import Make
from trackers.idle import bring_files

OPENCV = "AuxiliaryFiles/opencv.yml"
SLIPS = [
    ("area_min: 30 ", "area_Min: 30 ", 'unknown key "area_Min". Did you mean area_min? Known: '),
    ("max_jump: 40 ", "max_jump: 40,5 ", "max_jump: 40,5 cannot be (write 40.5)."),
    ("fps: null ", "fps: 29,97 ", "fps: 29,97 cannot be (write 29.97)."),
    ("animals: null ", "animals: 3.0 ", "animals: 3.0 cannot be (write 3)."),
    ("foreground: dark ", "foreground: Dark ", "foreground: Dark cannot be (write dark)."),
    ("threshold: null ", "threshold: 300 ", "threshold: 300 cannot be; it is a number from 1 to 254, or null."),
    ("area_max: null ", "area_max: 29 ", "area_max: 29 is less than area_min, which is 30."),
]


@pytest.fixture
def opencv(make: Make) -> Lab:
    """A project of the built-in tracker with a video, listed once."""
    lab = make("opencv")
    lab.activate("python() { :; }\n")  # the tracker's own Python is not needed for this
    bring_files(lab, "opencv")
    assert lab.scan().code == 0
    return lab


def looked(lab: Lab) -> Path:
    """Return the file in which it is remembered what was looked at."""
    return lab.workspace / "batches/looked.json"


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS)
def test_a_slip_lists_nothing(opencv: Lab, right: str, wrong: str, said: str) -> None:
    """The scan refuses in one line with file, key and what to write; the list from before stays as it was."""
    path = opencv.root / OPENCV
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    before = sorted((p.name, p.stat().st_mtime_ns) for p in opencv.workspace.iterdir() if p.is_file())
    ran = opencv.scan("--all")
    assert (ran.code, ran.out, opencv.batches()) == (1, "", ["0001"])
    assert ran.err.startswith(f"{OPENCV}: {said}")
    assert ran.err.endswith(" Nothing was listed.\n")
    assert ran.err.count("\n") == 1
    assert sorted((p.name, p.stat().st_mtime_ns) for p in opencv.workspace.iterdir() if p.is_file()) == before
    assert f"{OPENCV}: {said}" in opencv.rt("doctor").out


def test_nothing_is_moved_for_a_slip(lab: Lab) -> None:
    """Results are not moved aside as stale for parameters that no scan takes; the line says what to write."""
    params = {"settings": {"default": "my.yml", "file": True, "keys": "known.yml", "help": "settings"}}
    lab.tracker(params=params, command="cp {{ input.video }} {{ output.copy }} # {{ params.settings }}")
    (lab.root / "site/trackers/tiny/known.yml").write_text("speed: {type: number, minimum: 1}\n")
    (lab.root / "my.yml").write_text("speed: 3\n")
    lab.videos(1)
    assert lab.go().code == 0
    (lab.root / "my.yml").write_text("sped: 3\n")
    ran = lab.rt("redo", "--stale", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == 'my.yml: unknown key "sped". Did you mean speed? Known: speed. Nothing was moved.\n'
    assert lab.results() == ["d1/v1.txt"]
    (lab.root / "my.yml").write_text("speed: 4\n")
    assert lab.rt("redo", "--stale", "--yes").code == 0
    assert lab.results() == []


def test_it_is_looked_at_where_it_changed(lab: Lab) -> None:
    """What was found is remembered, good or bad; the file is read again where it, its rules or the tracker changed."""
    params = {"settings": {"default": "my.yml", "file": True, "keys": "known.yml", "help": "settings"}}
    lab.tracker(params=params, command="cp {{ input.video }} {{ output.copy }} # {{ params.settings }}")
    known = lab.root / "site/trackers/tiny/known.yml"
    known.write_text("speed: {type: number, minimum: 1}\n")
    (lab.root / "my.yml").write_text("speed: 3\n")
    lab.videos(1)
    assert lab.counts() == {"unprocessed": 1}
    found = json.loads(looked(lab).read_text())
    assert list(found.values()) == [[]]
    looked(lab).write_text(json.dumps({mark: [": it was remembered"] for mark in found}))
    assert lab.scan().err == "my.yml: it was remembered Nothing was listed.\n"
    known.write_text("speed: {type: number, minimum: 10}\n")
    assert lab.scan().err == "my.yml: speed: 3 cannot be; it is a number of 10 or more. Nothing was listed.\n"
    (lab.root / "my.yml").write_text("speed: 12\n")
    assert lab.counts() == {"unprocessed": 1}


def test_keys_that_are_not_there(lab: Lab) -> None:
    """A tracker.yml that names a file of keys which is not beside it is refused by name."""
    params = {"settings": {"default": "my.yml", "file": True, "keys": "known.yml", "help": "settings"}}
    lab.tracker(params=params)
    assert '"keys": there is no known.yml beside tracker.yml.' in lab.scan().err
