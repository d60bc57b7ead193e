"""A disk behind a network whose server is gone: what lies there is neither gone nor to do, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import Lab
from mounts import Server, mounted_over_sshfs

UNCACHED = "dir_cache=no,attr_timeout=0,entry_timeout=0,negative_timeout=0"
PATIENCE = {"REMOTE_TRACKER_PATIENCE": "1"}
NO_ANSWER = "its disk does not answer (asked for 1 s)"


@pytest.fixture(params=["link", "mount"])
def far(request: pytest.FixtureRequest, lab: Lab, tmp_path: Path) -> Iterator[Server]:
    """Put the videos of d2 and the results of d3 onto a disk of a server, by links or by mounts in their places."""
    there = tmp_path / "server" / "files"
    for name in ("d2", "d3"):
        (there / name).mkdir(parents=True)
    places = {"d2": lab.root / "RawVideos/d2", "d3": lab.root / "Results/d3"}
    if request.param == "link":
        with mounted_over_sshfs(there, tmp_path / "far", UNCACHED) as server:
            for name, place in places.items():
                place.symlink_to(tmp_path / "far" / name)
            yield server
        return
    with mounted_over_sshfs(there / "d2", places["d2"], UNCACHED) as server:
        places["d3"].symlink_to(places["d2"] / ".d3")
        (there / "d2/.d3").mkdir()
        yield server


def stage_of(lab: Lab) -> dict[str, Any]:
    """Return what a status says of the only stage, asked with little patience."""
    stage: dict[str, Any] = json.loads(lab.rt("status", "--json", **PATIENCE).out)["stages"][0]
    return stage


def test_a_dead_server(lab: Lab, far: Server) -> None:
    """While a server is gone a scan ends, lists what is new elsewhere, and takes nothing there for gone or to do."""
    for day in ("d1", "d2", "d3"):
        for name in ("a", "b"):
            lab.video(f"{day}/{name}.avi", f"{day} {name}")
    lab.tracker()
    lab.go()
    assert stage_of(lab)["counts"] == {"finished": 6}

    far.halt()
    lab.video("d1/new.avi", "new")
    ran = lab.scan(**PATIENCE)
    assert f"Not looked into: RawVideos/d2/: {NO_ANSWER}." in ran.out
    assert "Not ready: d3/a.avi: not looked at: Results/d3/ cannot be read (its disk does not answer" in ran.out
    assert "2\tNot ready: a folder cannot be looked into." in ran.out
    assert "1\tUnprocessed files." in ran.out
    stage = stage_of(lab)
    assert stage["counts"] == {"finished": 2, "unprocessed": 1, "not ready": 2}
    assert "archived" not in stage

    far.go_on()
    assert stage_of(lab)["counts"] == {"finished": 6, "unprocessed": 1}
