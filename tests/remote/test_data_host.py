"""Where files go through a host of their own, that is for rsync alone: commands never go there, files only there."""

from __future__ import annotations

import shutil
import sys

import pytest
from lab import own_package
from sshds import NODE
from two_sides import Home


@pytest.fixture
def apart(home: Home) -> Home:
    """A project whose files go through the data node; nothing was asked of it yet."""
    home.settings(remote={"login": "swc", "data": "swc-data", "folder": str(home.far.root)})
    home.sshds.copies.unlink(missing_ok=True)
    home.sshds.greeting.unlink(missing_ok=True)
    return home


def asked(home: Home) -> list[str]:
    """Return the commands that came to the data node."""
    return home.sshds.copies.read_text().splitlines() if home.sshds.copies.exists() else []


@pytest.mark.parametrize("is_chatty", [False, True], ids=["silent", "chatty"])
def test_files_go_through_the_data_node_and_commands_do_not(apart: Home, is_chatty: bool) -> None:
    """Push, submit, pull and free: rsync runs on the data node alone, and all else on the login node.

    A login shell that greets, and a data node that greets, are survived.
    """
    if is_chatty:
        (apart.sshds.far_home / ".bashrc").write_text("echo 'Welcome!'\n")
        apart.sshds.greeting.write_text("For files alone!\n")
    for number in (1, 2):
        apart.video(f"d1/v{number}.avi", f"video {number}")
    try:
        apart.login()
        assert apart.rt("push").code == 0
        assert apart.rt("remote", "submit").code == 0
        assert apart.rt("pull").code == 0
        assert apart.counts() == {"finished": 2}
        assert "4 files " in apart.rt("free", "--yes").out
    finally:
        (apart.sshds.far_home / ".bashrc").unlink(missing_ok=True)
        apart.sshds.greeting.unlink(missing_ok=True)
    assert asked(apart)
    assert all("rsync" in line for line in asked(apart))


def test_a_login_node_without_rsync_is_enough(apart: Home) -> None:
    """A project is made there, and updated, through the data node; rsync is asked for on neither by setup."""
    own_package(apart.root)  # links into another project lead nowhere there
    folder = apart.sshds.far_home / "through data"
    apart.settings(remote={"login": "swc", "data": "swc-data", "folder": str(folder), "cluster": "local"})
    empty = apart.sshds.folder / "rsync_missing"
    empty.mkdir(exist_ok=True)
    (empty / "rsync").write_text("#!/bin/sh\nexit 127\n")
    (empty / "rsync").chmod(0o755)
    apart.sshds.down()
    apart.sshds.up(f"SetEnv PATH={empty}:/usr/bin:/bin")
    try:
        apart.login()
        ran = apart.rt("remote", "setup", "--python", sys.executable)
        assert (ran.code, ran.err) == (0, ""), ran
        assert (folder / "rt").exists()
    finally:
        apart.sshds.down()
        apart.sshds.up()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("verb", ["push", "pull"])
def test_without_a_connection_to_the_data_node_nothing_is_done(apart: Home, verb: str) -> None:
    """The line names the host that lacks one; commands go on, and a login opens what is missing."""
    apart.video("d1/v1.avi")
    apart.login()
    apart.run(str(apart.sshds.programs / "ssh"), "-O", "exit", "swc-data", folder="")
    ran = apart.rt(verb)
    assert (ran.code, ran.err) == (1, "There is no connection to swc-data. Type: ./rt remote login\n")
    assert apart.rt("remote", "status").code == 0
    log = apart.sshds.folder / f"sshd_{NODE}.log"
    before = log.read_text().count("Accepted")
    apart.login()
    assert apart.rt(verb).code == 0
    assert log.read_text().count("Accepted") == before
