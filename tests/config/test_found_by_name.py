"""The files of trackers and clusters are found by their names, the nearest to the user first."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config.places import find_entries, find_entry
from remote_tracker.errors import ConfigError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with trackers and clusters of its own, some of which its lab or the package has, too."""
    lab = tmp_path / "lab"
    monkeypatch.setenv("REMOTE_TRACKER_SITE", str(lab))
    for place, names in ((tmp_path / "site", ("own", "opencv")), (lab, ("own", "theirs", "sleap", ".hidden"))):
        for name in names:
            (place / "trackers" / name).mkdir(parents=True)
            (place / "trackers" / name / "tracker.yml").touch()
    (tmp_path / "site/trackers/none").mkdir()
    (tmp_path / "site/trackers/sleap").mkdir()  # it has no tracker.yml
    (tmp_path / "site/clusters").mkdir()
    for name in ("slurm.yml", "a.b.yml", "ours.yml", "ours"):
        (tmp_path / "site/clusters" / name).touch()
    return tmp_path


@pytest.mark.parametrize(("kind", "least"), [("trackers", 13), ("clusters", 8)])
def test_one_is_found_where_the_list_says(root: Path, kind: str, least: int) -> None:
    """Each name that is known leads to the file that a list of all names tells."""
    entries = find_entries(root, kind)
    assert len(entries) >= least
    assert {name: find_entry(root, kind, name, "") for name in entries} == entries


@pytest.mark.parametrize("name", ["none", "", ".", "..", "own/../own", "Own", "own ", "ours.yml", "*"])
def test_no_other_name_is_known(root: Path, name: str) -> None:
    """What is not in the list is unknown, though a path of that kind leads to a file."""
    for kind in ("trackers", "clusters"):
        with pytest.raises(ConfigError, match=f'^here: unknown {kind[:-1]} ".*Known: .*Nothing was changed'):
            find_entry(root, kind, name, "here")
