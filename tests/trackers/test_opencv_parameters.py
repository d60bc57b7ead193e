"""The parameter file of the opencv tracker: checked whole, and every complaint is one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

from sprites import TRACKER, run_tracker

sys.path.insert(0, str(TRACKER))
from errors import BadParameter
from parameters import Parameters, load_parameters, load_rules, read_parameters
from remote_tracker.parameters.judge_values import describe, find_faults
from remote_tracker.parameters.known_keys import load_known_keys

SHIPPED = TRACKER / "AuxiliaryFiles" / "opencv.yml"


def test_shipped_file_says_the_defaults() -> None:
    """The file that each project gets holds the values that hold without it."""
    assert load_parameters(SHIPPED) == Parameters()


def test_shipped_file_explains_every_parameter() -> None:
    """Each parameter stands in the shipped file, with a comment on its line."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    for name in Parameters().as_dict():
        assert [line for line in lines if line.startswith(f"{name}:") and "#" in line], name


def test_empty_file_means_the_defaults() -> None:
    """Every key may be left out."""
    assert read_parameters("# nothing\n", "x.yml") == Parameters()


def test_unknown_key_names_file_key_and_known_ones() -> None:
    """A misspelt key is refused with the likely one and all valid ones."""
    with pytest.raises(BadParameter) as refusal:
        read_parameters("area_mni: 3", "x.yml")
    said = str(refusal.value)
    assert said.startswith('x.yml: unknown key "area_mni". Did you mean area_min? Known: foreground, mode, ')
    assert "\n" not in said


@pytest.mark.parametrize(
    "line",
    [
        "foreground: black",
        "foreground: [dark]",
        "mode: null",
        "threshold: 300",
        "threshold: yes",
        "area_min: lots",
        "area_min: 0",
        "area_min: -3",
        "area_max: 29",
        "background_frames: 2.5",
        "background_quantile: 0.2",
        "animals: 0",
        "animals: 2.0",
        "animals: true",
        "max_jump: .nan",
        "lost_frames: -1",
        "fps: 0",
        "fps: '25'",
        "frames_missing: -1",
        "frames_missing: 0.5",
    ],
)
def test_bad_value_names_file_and_key(line: str) -> None:
    """A value that cannot be is refused in one line with the key and what it may be."""
    with pytest.raises(BadParameter) as refusal:
        read_parameters(line, "x.yml")
    said = str(refusal.value)
    assert said.startswith("x.yml: ")
    assert line.split(":")[0] in said
    assert "\n" not in said


@pytest.mark.parametrize("text", ["area_min: [", "- a\n- b", "just words", "a: b: c", "\tx: 1"])
def test_no_mapping_is_one_line(text: str) -> None:
    """YAML that does not parse, or is no list of keys, is refused in one line."""
    with pytest.raises(BadParameter) as refusal:
        read_parameters(text, "x.yml")
    assert "\n" not in str(refusal.value)


def test_parameters_are_checked_before_the_video(tmp_path: Path) -> None:
    """With a bad parameter the exit code is 2, whatever the video is, and nothing is written."""
    run = run_tracker(tmp_path / "no such.avi", tmp_path / "out", "aera_min: 3")
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert "aera_min" in run.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["parameters.yml"]


VALUES = [
    None,
    True,
    0,
    1,
    2.0,
    2.5,
    254,
    255,
    501,
    1e9,
    float("inf"),
    float("nan"),
    "",
    "dark",
    "Dark",
    "25",
    "40,5",
    [1],
]


@pytest.mark.parametrize("name", Parameters().as_dict())
def test_the_scan_and_the_tracker_judge_alike(name: str) -> None:
    """What a scan refuses the tracker refuses, and no more: both read the rules, words and limits from one file."""
    known, own = load_known_keys(TRACKER / "known_keys.yml"), load_rules()[name]
    assert set(known.rules) == set(Parameters().as_dict())
    assert describe(known.rules[name]) == own.words
    for value in VALUES:
        assert (not list(find_faults(known, [(name, value)]))) == own.holds(value), value
