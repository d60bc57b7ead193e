"""Every draft is read, in each of its dialects, and each command and check of it can be written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from bench import DRAFTS, Bench
from conftest import Make
from remote_tracker.config import load_tracker
from remote_tracker.render import compile_stage, render_settings

NAMES = ("chosen_names", "targets_alone", "folder_results", "regions_of_files")
DIALECTS = [
    ("regions_of_files", {}, "tessellate infer"),
    ("regions_of_files", {"rois": [1]}, "tessellate infer region merge"),
    ("regions_of_files", {"roi_file": "lines"}, "tessellate infer region merge"),
    ("regions_of_files", {"roi_file": "json"}, "tessellate infer region merge"),
    ("targets_alone", {}, "run"),
    ("chosen_names", {}, "analyze summarize"),
    ("folder_results", {}, "track"),
]


def test_there_is_a_draft_of_every_tracker() -> None:
    """No draft is left out of these tests."""
    assert {path.parent.name for path in DRAFTS.glob("*/tracker.yml")} == set(NAMES)
    assert {name for name, _, _ in DIALECTS} == set(NAMES)


@pytest.mark.parametrize(("name", "params", "stages"), DIALECTS)
def test_a_dialect_has_its_stages(make: Make, name: str, params: dict[str, object], stages: str) -> None:
    """Of the stages with `when`, those for the project's parameters are there, in order, and can be written as bash."""
    bench: Bench = make(name, params=params)
    assert " ".join(s.name for s in bench.project.tracker.stages) == stages
    for stage in bench.project.tracker.stages:
        assert compile_stage(bench.project, stage).command.text
        assert "set_environment()" in render_settings(bench.project, compile_stage(bench.project, stage), {})


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_explains_itself(name: str) -> None:
    """A draft has a description, an address, a help for each parameter and stage, and comments for its users."""
    path: Path = DRAFTS / name / "tracker.yml"
    tracker = load_tracker(path)
    assert tracker.description
    assert tracker.url.startswith("https://")
    assert all(param.help for param in tracker.declared)
    assert all(stage.help for stage in tracker.stages)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert max(map(len, text.splitlines())) <= 120
    assert len(text.splitlines()) <= 20 * len(yaml.safe_load(text)["stages"]) + 10


def test_drafts_are_not_offered_to_users() -> None:
    """A draft is not among the trackers that a project can choose."""
    built_in = Path(load_tracker.__code__.co_filename).parents[1] / "trackers"
    assert not {p.name for p in built_in.iterdir()} & set(NAMES)
