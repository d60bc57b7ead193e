"""A disk behind a network whose server is gone: what lies there is neither gone nor to do, and the rest goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, wait_for

from .test_copied import SFTP_SERVER

UNCACHED = "dir_cache=no,attr_timeout=0,entry_timeout=0,negative_timeout=0"
PATIENCE = {"REMOTE_TRACKER_PATIENCE": "1"}
NO_ANSWER = "its disk does not answer (asked for 1 s)"


class Server:
    """The server of a mounted folder, which can be halted and let go on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def halt(self) -> None:
        """Let the server answer nothing more."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the server answer again."""
        os.kill(self._pid, signal.SIGCONT)


@contextmanager
def mounted(there: Path, here: Path) -> Iterator[Server]:
    """Mount a folder as of another machine, through sshfs; an SFTP server is started in place of ssh."""
    for needed in ("sshfs", "fusermount3"):
        if not shutil.which(needed):
            pytest.skip(f"{needed} is not installed")
    if not SFTP_SERVER or not os.access("/dev/fuse", os.W_OK):
        pytest.skip("there is no SFTP server, or no /dev/fuse for this user")
    ssh = there.with_name("ssh")
    ssh.write_text(f"#!/bin/sh\necho $$ >{there.with_name('pid')}\nexec {SFTP_SERVER}\n")
    ssh.chmod(0o755)
    here.mkdir(parents=True)
    argv = ["sshfs", "-f", "-o", f"ssh_command={ssh}", "-o", UNCACHED, f"there:{there}", str(here)]
    mount = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: os.path.ismount(here) or mount.poll() is not None, "the mount")
        if mount.poll() is not None:
            pytest.skip(f"sshfs cannot be mounted here: {mount.communicate()[0].strip()}")
        server = Server(int(there.with_name("pid").read_text()))
        yield server
        server.go_on()
    finally:
        mount.kill()
        subprocess.run(["fusermount3", "-u", "-z", str(here)], capture_output=True)
        mount.communicate(timeout=20)


@pytest.fixture(params=["link", "mount"])
def far(request: pytest.FixtureRequest, lab: Lab, tmp_path: Path) -> Iterator[Server]:
    """Put the videos of d2 and the results of d3 onto a disk of a server, by links or by mounts in their places."""
    there = tmp_path / "server" / "files"
    for name in ("d2", "d3"):
        (there / name).mkdir(parents=True)
    places = {"d2": lab.root / "RawVideos/d2", "d3": lab.root / "Results/d3"}
    if request.param == "link":
        with mounted(there, tmp_path / "far") as server:
            for name, place in places.items():
                place.symlink_to(tmp_path / "far" / name)
            yield server
        return
    with mounted(there / "d2", places["d2"]) as server:
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
