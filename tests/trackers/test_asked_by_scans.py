"""What proves a result is asked by a task and by every scan alike; what only a task can ask stands in a table here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE, Lab
from remote_tracker.config.document import load_document
from remote_tracker.config.tracker import load_tracker
from remote_tracker.model import Stage, Tracker
from remote_tracker.survey.unit_files import is_asked_by_scan

TRACKERS = json.loads((REPOSITORY / "cookiecutter.json").read_text())["tracker"]
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "antrax": ({"colonies": [1, 2], "untagged": True, "dlc_config": "config.yaml"},),
    "sleap": ({"frames": "0-9"}, {"dialect": "legacy"}),
    "tierpsy": ({"pattern_include": "metadata.yaml"}, {"start_from": "masked"}, {"end_point": "COMPRESS"}),
    "tramway": ({"rois": {"left": [[0, 0], [1, 1]]}}, {"rois_beside": True}, {"roi_lists": "-roi.txt"}),
}
# To count the frames of a video takes minutes; a workflow is asked in its own environment, and may take as long; TRex's
# last words stand in the task's log alone, and its tables are read by the Python of the task.
# These are results that a task made aside and moved into their place, or that Snakemake alone knows: a scan says of
# others that they were made elsewhere.
ONLY_BY_TASKS = {
    ("deeplabcut", "analyze", "frames"),
    ("dynvision", "run", "command"),
    ("idtrackerai", "track", "frames"),
    ("sleap", "infer", "frames"),
    ("snakemake", "run", "command"),
    ("tierpsy", "track", "frames"),
    ("trex", "track", "command"),
    ("trex", "track", "log"),
}


def load(tracker: str, folder: Path, params: dict[str, Any]) -> Tracker:
    """Return a tracker as a project with these parameters has it."""
    path = folder / "project.yml"
    path.write_text(yaml.safe_dump({"params": params}))
    place = TEMPLATE / "remote_tracker/trackers" / tracker
    place = place / "site/trackers/custom" if tracker == "custom" else place
    return load_tracker(place / "tracker.yml", load_document(path).section("params"))


def stages_of(tracker: str, folder: Path) -> list[Stage]:
    """Return a tracker's stages in all of its variants."""
    variants = ({}, *VARIANTS.get(tracker, ()))
    return [stage for params in variants for stage in load(tracker, folder, params).stages]


@pytest.mark.parametrize("tracker", TRACKERS)
def test_what_only_a_task_asks(tmp_path: Path, tracker: str) -> None:
    """Each check of each step is asked by a scan, too, but for those in the table."""
    found = {
        (tracker, stage.name, check.kind)
        for stage in stages_of(tracker, tmp_path)
        for check in stage.checks
        if not is_asked_by_scan(stage, check)
    }
    assert found == {row for row in ONLY_BY_TASKS if row[0] == tracker}


@pytest.mark.parametrize("tracker", TRACKERS)
def test_what_is_made_in_its_place_is_asked_whole(tmp_path: Path, tracker: str) -> None:
    """A step that writes where the results belong, as people do by hand, leaves nothing that a scan does not ask."""
    for stage in stages_of(tracker, tmp_path):
        if stage.work == "in-place" and stage.outputs:
            assert all(is_asked_by_scan(stage, check) for check in stage.checks), stage.name


def test_a_line_of_bash_that_a_scan_asks(lab: Lab) -> None:
    """A line that needs files alone is run by a scan and by ./rt why as by the task, odd names and all."""
    line = "grep -q 'a video' {{ output.copy }} || { echo cut short; false; }"
    lab.tracker(check=[{"command": line, "anywhere": True}])
    lab.video("d 1's $(x)/v1.avi")
    lab.go()
    assert lab.counts() == {"finished": 1}
    assert "holds  command: grep -q 'a video' \"$out\"/" in lab.rt("why", "v1.avi").out
    lab.video("d2/v2.avi")
    lab.result("d2").mkdir()
    lab.result("d2/v2.txt").write_text("half")
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert "it said: cut short" in lab.rt("why", "v2.avi").out


def test_a_line_of_bash_that_needs_a_task(lab: Lab) -> None:
    """A line that only a task can run is not asked by a scan, which says so; to ask it anywhere is refused by name."""
    lab.tracker(check=[{"command": "false"}])
    lab.videos(1)
    lab.result("d1").mkdir()
    lab.result("d1/v1.txt").write_text("elsewhere")
    assert lab.counts() == {"finished": 1}
    assert "in job command: false" in lab.rt("why", "v1.avi").out
    lab.tracker(check=[{"command": "test -d {{ work }}", "anywhere": True}])
    assert '"anywhere": only a task has {{ work }}, a scan has none' in lab.scan().err
