"""A path that a person types means the video whose file lies there, from wherever it is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from remote_tracker.errors import WrongUse
from remote_tracker.model import Project
from remote_tracker.survey.named import find_abbreviated, find_named
from scan.trees import make_project, make_stage, put

TRACK = make_stage(
    outputs={
        "masked": "MaskedVideos/{subdir}/{name}.{ext}",
        "tracks": "Results/{subdir}/{name}_tracks.csv",
        "plots": "Results/{subdir}/{name}_plots/",
        "parts": "Results/{subdir}/{name}.part*.npz",
    }
)
DAYS = make_stage(
    {"tracks": {"pattern": "Results/{day}/{subdir}/{name}_tracks.csv"}},
    {"table": "Results/{day}/summary.csv"},
    name="summarize",
    folder="summarizer",
    per=("day",),
    counts="days",
)


def make(root: Path, **keys: str) -> Project:
    """Return a project with three videos on two days, of two of which the tracks are there."""
    project = make_project(root, TRACK, DAYS, **keys)
    videos = root / (keys.get("videos") or "RawVideos")
    put(videos, "d1/v1.avi", "d1/v 10.avi", "d2/v1.avi")
    put(root, "Results/d1/v1_tracks.csv", "Results/d2/v1_tracks.csv")
    (root / "workspace").mkdir(exist_ok=True)
    return project


def meant(project: Project, name: str, abbreviated: bool = False) -> list[str]:
    """Return stage and name of each unit that is meant."""
    find = find_abbreviated if abbreviated else find_named
    return [f"{stage.name} {seen.unit.key}" for stage, seen in find(project, name, project.tracker.stages)]


PATHS = [
    ("Results/d1/v1_tracks.csv", ["track d1/v1.avi"]),
    ("Results/d1/v 10_tracks.csv", ["track d1/v 10.avi"]),
    ("MaskedVideos/d2/v1.avi", ["track d2/v1.avi"]),
    ("RawVideos/d2/v1.avi", ["track d2/v1.avi"]),
    ("Results/d1/v1_plots", ["track d1/v1.avi"]),
    ("Results/d1/v1_plots/", ["track d1/v1.avi"]),
    ("Results/d1/v1_plots/deep/a b.png", ["track d1/v1.avi"]),
    ("Results/d1/v 10.part07.npz", ["track d1/v 10.avi"]),
    ("Results/d1/summary.csv", ["summarize d1"]),
]


@pytest.mark.parametrize("folder", ["", "workspace", "Results/d1", "elsewhere"])
@pytest.mark.parametrize(("path", "keys"), PATHS)
def test_a_path_means_whose_file_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, keys: list[str], folder: str
) -> None:
    """A video's or a result's path, from the current folder or the project, or whole, there or not, is known."""
    project = make(tmp_path / "my Results")
    here = project.root / folder if folder != "elsewhere" else tmp_path
    monkeypatch.chdir(here)
    for typed in (path, os.path.relpath(project.root / path), str(project.root / path), f"./{path}"):
        assert meant(project, typed) == keys, typed


def test_a_path_through_a_link(tmp_path: Path) -> None:
    """A project that is reached through a link, and videos that lie elsewhere, are known by their real paths."""
    elsewhere = tmp_path / "store"
    project = make(tmp_path / "project", videos=str(elsewhere))
    (tmp_path / "link").symlink_to(project.root)
    assert meant(project, str(tmp_path / "link/Results/d1/v1_tracks.csv")) == ["track d1/v1.avi"]
    assert meant(project, str(elsewhere / "d2/v1.avi")) == ["track d2/v1.avi"]


def test_who_only_reads_a_file_is_not_meant(tmp_path: Path) -> None:
    """A result means the video that it was made of, not the day that reads it; what nobody makes means its readers."""
    project = make_project(tmp_path, make_stage(), DAYS)
    put(tmp_path, "RawVideos/d1/v1.avi", "Results/d1/v1_tracks.csv")
    assert meant(project, "Results/d1/v1_tracks.csv") == ["track d1/v1.avi"]
    alone = make_project(tmp_path, DAYS)
    assert meant(alone, "Results/d1/v1_tracks.csv") == ["summarize d1"]


@pytest.mark.parametrize(
    "path", ["Results/d1/v1_tracks.csv.old", "Results/d1/v1_tracks", "Results", "../Results/d3/v1_tracks.csv", ".", "/"]
)
def test_a_path_of_nobody(tmp_path: Path, path: str) -> None:
    """A path that nothing reads or makes is refused in a line that says where to look."""
    with pytest.raises(WrongUse, match=r"./rt status shows what there is\.$"):
        meant(make(tmp_path), path)


@pytest.mark.parametrize(("name", "keys"), [
    ("v 1", ["track d1/v 10.avi"]),
    ("d2/v", ["track d2/v1.avi"]),
    ("10", ["track d1/v 10.avi"]),
    ("V 10", ["track d1/v 10.avi"]),
    ("v1", ["track d1/v1.avi", "track d2/v1.avi"]),
    ("v", ["track d1/v1.avi", "track d1/v 10.avi", "track d2/v1.avi"]),
])  # fmt: skip
def test_an_abbreviation(tmp_path: Path, name: str, keys: list[str]) -> None:
    """Where no name is whole, those that begin so are meant, else those that hold it; a whole name means itself."""
    assert sorted(meant(make(tmp_path), name, abbreviated=True)) == sorted(keys)


@pytest.mark.parametrize("name", ["v 1", "10", "d2/v"])
def test_what_changes_something_takes_no_abbreviation(tmp_path: Path, name: str) -> None:
    """A verb that moves results takes whole names alone."""
    with pytest.raises(WrongUse):
        meant(make(tmp_path), name)


def test_a_mistyped_name(tmp_path: Path) -> None:
    """The nearest name is named, with its day."""
    with pytest.raises(WrongUse, match=r'"v 100.avi"\. Did you mean d1/v 10\.avi\? \./rt status'):
        meant(make(tmp_path), "v 100.avi")
