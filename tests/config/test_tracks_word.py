"""``tracks`` in a tracker.yml: what it says is read, what it cannot mean is refused with the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.config import load_tracker
from remote_tracker.errors import ConfigError
from remote_tracker.model.track_source import TrackSource

TEXT = """\
description: a tracker
params: {{end: {{default: all, help: the last step}}}}
stages:
  - name: track
    input: {{video: "RawVideos/{{subdir}}/{{name}}.avi"}}
    output: {{table: "Results/{{subdir}}/{{name}}.csv"}}
    command: track
    tracks: {tracks}
"""
TIDY = "form: tidy, frame: frame, x: x_mm, y: y_mm"


def load(folder: Path, tracks: str, end: str = "") -> TrackSource | None:
    """Return what ``tracks`` of the only stage says."""
    (folder / "tracker.yml").write_text(TEXT.format(tracks=tracks) + end)
    return load_tracker(folder / "tracker.yml").stages[0].tracks


def test_a_tidy_table(tmp_path: Path) -> None:
    """The names of the columns and the unit are as written; a column that is not named is not there."""
    source = load(tmp_path, f"{{of: table, {TIDY}, unit: mm, individual: larva}}")
    columns = {"frame": "frame", "x": "x_mm", "y": "y_mm", "individual": "larva"}
    assert source == TrackSource("table", "tidy", columns=columns, unit="mm")


def test_where_its_condition_is_false(tmp_path: Path) -> None:
    """Where ``when`` is false the results hold no positions."""
    assert load(tmp_path, f"{{of: table, {TIDY}, when: params.end == 'part'}}") is None
    assert load(tmp_path, f"{{of: table, {TIDY}, when: params.end == 'all'}}") is not None


def test_it_shapes_no_result(tmp_path: Path) -> None:
    """A stage is what it was, and its results are up to date, when ``tracks`` is written into it."""
    with_tracks, without = (
        (load(tmp_path, tracks), load_tracker(tmp_path / "tracker.yml").stages[0])[1]
        for tracks in (f"{{of: table, {TIDY}, when: params.end == 'all'}}", "")
    )
    assert repr(with_tracks) == repr(without)
    assert with_tracks.params == without.params == ()


@pytest.mark.parametrize(
    ("tracks", "why"),
    [
        ("{of: tabel, form: sleap}", 'unknown output "tabel". Did you mean table?'),
        ("{of: table, form: slaep}", 'unknown form "slaep". Did you mean sleap?'),
        ("{of: table}", 'the key "form" is missing'),
        ("{of: table, form: tidy, frame: f, x: x}", 'the key "y" is missing: tidy: the column with y, from the top.'),
        ("{of: table, form: sleap, x: x_px}", '"x" names a column of a table of the form tidy; sleap has its own.'),
        ("{of: table, form: tidy, fram: frame}", 'unknown key "fram". Did you mean frame?'),
        ("sleap", '"tracks" must be a mapping'),
    ],
)
def test_what_it_cannot_mean(tmp_path: Path, tracks: str, why: str) -> None:
    """A wrong word is refused with the file, the line and the nearest word."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, tracks)
    assert str(caught.value).startswith(f"{tmp_path / 'tracker.yml'} line 8: ")
    assert why in str(caught.value)


@pytest.mark.parametrize(
    "name", ["opencv", "sleap", "deeplabcut", "idtrackerai", "trex", "tierpsy", "antrax", "tramway"]
)
def test_the_built_in_trackers_say_it(name: str) -> None:
    """Each built-in tracker of animals says where they are."""
    tracker = load_tracker(TEMPLATE / "remote_tracker/trackers" / name / "tracker.yml")
    assert [stage.name for stage in tracker.stages_in("workspace") if stage.tracks]
