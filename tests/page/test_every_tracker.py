"""The page of a project of each tracker that is shipped, and of each draft: it is made, with or without tables."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker.config import load_project
from remote_tracker.page.write import report_data, write_report

SHIPPED = sorted(path.parent.name for path in (TEMPLATE / "remote_tracker/trackers").glob("*/tracker.yml"))
DRAFTS = REPOSITORY / "tests/trackers/drafts/trackers"
PLACES = ("d1/v1.avi", "d1/v2.mp4", "d2/exp/videos/1_10/exp_1.mp4", "d2/x.txt")


def make(root: Path, tracker: str, folder: Path) -> None:
    """Make a project of a tracker with videos in two days, none of which was processed."""
    (root / "project.yml").write_text(yaml.safe_dump({"name": "lab", "tracker": tracker, "cluster": "local"}))
    if (folder / "AuxiliaryFiles").is_dir():
        shutil.copytree(folder / "AuxiliaryFiles", root / "AuxiliaryFiles", dirs_exist_ok=True)
    for place in PLACES:
        path = root / "RawVideos" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a video")


def check(root: Path) -> None:
    """Write the page twice, and hold its parts to each other."""
    project = load_project(root)
    done = write_report(project)
    data = report_data(project)
    lengths = {len(one.get("values", one.get("at"))) for one in data["columns"]}
    assert lengths == {done.videos}
    assert sum(sum(day["counts"]) for day in data["days"]) == done.videos
    assert {day["day"] for day in data["days"]} == set(data["day_files"])
    assert all((root / "Results" / f"{file}.js").exists() for file in data["day_files"].values())
    assert all((root / "Results" / day["file"]).exists() for day in data["days"])
    assert data["next"][0]
    json.dumps(data, allow_nan=False)
    assert write_report(project) == done


@pytest.mark.parametrize("tracker", SHIPPED)
def test_a_shipped_tracker(tmp_path: Path, tracker: str) -> None:
    """The page of a project that was not processed yet holds a row for each of its units."""
    make(tmp_path, tracker, TEMPLATE / "remote_tracker/trackers" / tracker)
    check(tmp_path)


@pytest.mark.parametrize("tracker", sorted(path.name for path in DRAFTS.iterdir()))
def test_a_draft(tmp_path: Path, tracker: str) -> None:
    """So it is for trackers with folders as results, regions of videos, and targets that no file names."""
    shutil.copytree(DRAFTS / tracker, tmp_path / "site/trackers" / tracker)
    make(tmp_path, tracker, DRAFTS / tracker)
    check(tmp_path)
