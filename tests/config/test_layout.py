"""``layout: neuroblueprint`` in project.yml: where it looks for videos, and where the project must lie."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from remote_tracker.config import load_project
from remote_tracker.errors import ConfigError
from remote_tracker.model import Input, Project

HEAD = "name: lab\ntracker: opencv\ncluster: local\nlayout: neuroblueprint\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project inside a project of NeuroBlueprint, with a Results of its own."""
    (tmp_path / "mice/rawdata").mkdir(parents=True)
    root = tmp_path / "mice/code/our flies"
    for name in ("Results", "RawVideos"):
        (root / name).mkdir(parents=True)
    (root / "project.yml").write_text(f"{HEAD}videos: ../../rawdata\n")
    return root


def refusal(root: Path) -> str:
    """Return why the project is refused: one line that names the file and the key's line."""
    with pytest.raises(ConfigError) as refused:
        load_project(root)
    said = str(refused.value)
    assert "\n" not in said
    assert said.startswith(f"{root}/project.yml line 4: ")
    return said


def read(root: Path) -> tuple[Project, Input]:
    """Return the project, and the input of its first step."""
    project = load_project(root)
    return project, project.tracker.stages[0].inputs[0]


def test_results_must_be_the_derivatives_and_the_line_makes_them_so(root: Path) -> None:
    """Results of its own are refused with a line to type; typed, the project is read."""
    said = refusal(root)
    assert f"Results must be a link to {root.parents[1]}/derivatives." in said
    line = said.partition("type: ")[2].removesuffix(" Nothing was changed.").removesuffix(".")
    subprocess.run(["bash", "-c", line], cwd=root, check=True)
    assert os.readlink(root / "Results") == "../../derivatives"
    assert load_project(root).day.text == "sub-{sub}/ses-{ses}"


def test_a_link_to_rawdata_is_looked_at_as_videos_is(root: Path) -> None:
    """It is the same whether RawVideos is a link or ``videos`` names the folder."""
    (root / "project.yml").write_text(HEAD)
    (root / "RawVideos").rmdir()
    (root / "RawVideos").symlink_to("../../rawdata")
    assert "Results must be a link to" in refusal(root)


def test_another_folder_than_rawdata_is_refused(root: Path) -> None:
    """A standard's folder has the standard's name."""
    (root / "../../raw").mkdir()
    (root / "project.yml").write_text(f"{HEAD}videos: ../../raw\n")
    assert f'keeps videos in a folder called rawdata, and "videos" names {root.parents[1]}/raw.' in refusal(root)


def test_an_unknown_layout_is_refused_with_the_known(root: Path) -> None:
    """A typing error is named with what was meant."""
    (root / "project.yml").write_text("name: lab\ntracker: opencv\ncluster: local\nlayout: neuroblueprnt\n")
    assert "Did you mean neuroblueprint?" in refusal(root)


def test_a_project_on_a_cluster_has_the_same_folders_in_a_place_of_its_own(root: Path) -> None:
    """Where videos are sent into RawVideos, as to the other side, nothing is asked of the folders' places."""
    (root / "project.yml").write_text(HEAD)
    assert load_project(root).day.text == "sub-{sub}/ses-{ses}"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("sub-001/ses-001_date-20260101/behav/a.mp4", True),
        ("sub-001_id-7/ses-001/behav/cam 1/a.mp4", True),
        ("sub-001/ses-001/funcimg/a.avi", False),
        ("sub-001/ses-001/a.mp4", False),
        ("sub-001/behav/a.mp4", False),
        ("behav/a.mp4", False),
        ("a.mp4", False),
        ("x/sub-001/ses-001/behav/a.mp4", False),
    ],
)
def test_only_behaviour_is_taken_for_videos(root: Path, path: str, found: bool) -> None:
    """A video lies in behav of a session, as deep below as one likes; an image stack beside it is none."""
    (root / "project.yml").write_text(HEAD)
    _, videos = read(root)
    assert (videos.pattern.match(f"RawVideos/{path}") is not None) is found


def test_another_day_may_be_said(root: Path) -> None:
    """``day`` counts before the layout's own: a table a subject."""
    (root / "project.yml").write_text(f'{HEAD}day: "{{sub}}"\n')
    project, videos = read(root)
    assert project.day.text == "{sub}"
    assert videos.pattern.match("RawVideos/sub-1/ses-1/funcimg/a.avi") is None
