"""Two laptops work with one project on a cluster; and a cluster that allows one session, greets, and has tcsh."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from two_sides import Home


def test_two_laptops_push_and_pull_at_once(home: Home, tmp_path: Path) -> None:
    """All end well: each has what is proven there, as its own records tell, and each video is there whole."""
    for number in range(4):
        home.far.video(f"d1/v{number}.avi", f"{number}" * 300_000)
    home.far.go()
    other = Home(tmp_path / "second", home.home, home.far, home.sshds)
    subprocess.run(["cp", "-a", home.root, other.root], check=True)
    for lab, name in ((home, "mine"), (other, "yours")):
        lab.video(f"d2/{name}.avi", name * 100_000)
        lab.video("d2/ours.avi", "ours" * 100_000)
    home.login()
    pulls = [lab.start("./rt", "pull", folder="") for lab in (home, other)]
    said = [process.communicate(timeout=60)[0].decode() for process in pulls]
    assert [process.returncode for process in pulls] == [0, 0], said
    for verbs in (("push", "pull"), ("push", "push")):
        started = [lab.start("./rt", verb, folder="") for lab, verb in zip((home, other), verbs, strict=True)]
        for process in started:
            process.communicate(timeout=60)
    for lab in (home, other):
        assert lab.results() == [f"d1/v{number}.txt" for number in range(4)]
        assert lab.rt("verify").code == 0
        assert lab.rt("push").code == 0
    there = {path.name: path.read_text() for path in (home.far.root / "RawVideos/d2").iterdir()}
    assert there == {name + ".avi": name * 100_000 for name in ("mine", "yours", "ours")}


def test_what_one_laptop_freed_is_kept_by_the_other(home: Home, tmp_path: Path) -> None:
    """After one has pulled and freed, the other's pull brings nothing and loses nothing, and says nothing is wrong."""
    home.video("d1/v1.avi", "video 1")
    home.login()
    home.rt("push")
    home.far.go()
    other = Home(tmp_path / "second", home.home, home.far, home.sshds)
    subprocess.run(["cp", "-a", home.root, other.root], check=True)
    assert home.rt("pull").code == 0
    assert home.rt("free", "--yes").code == 0
    ran = other.rt("pull")
    assert (ran.code, ran.err) == (0, ""), ran
    assert other.results() == []
    assert home.result("d1/v1.txt").read_text() == "video 1"


@pytest.mark.parametrize("login", ["swc", "swc-csh"])
def test_one_session_a_banner_and_a_shell_that_greets(home: Home, login: str) -> None:
    """With MaxSessions 1 push, submit, pull and free work, in bash and in tcsh."""
    if login == "swc-csh" and home.sshds.csh_user not in home.sshds.users:
        pytest.skip("tcsh is not installed")
    for name in (".bashrc", ".cshrc"):
        (home.sshds.far_home / name).write_text("echo 'Welcome!'\n")
    banner = home.root / "banner"
    banner.write_text("Only for those who may!\n")
    home.settings(remote={"login": login, "folder": str(home.far.root)})
    for number in (1, 2):
        home.video(f"d 'x/v{number}.avi", f"video {number}")
    home.sshds.down()
    home.sshds.up("MaxSessions 1", f"Banner {banner}")
    try:
        home.login()
        for words in (["push"], ["remote", "submit"], ["pull"], ["free", "--yes"], ["remote", "scan"]):
            ran = home.rt(*words)
            assert (ran.code, ran.err) == (0, ""), ran
        assert home.counts() == {"finished": 2}
        assert home.far.results() == []
    finally:
        for name in (".bashrc", ".cshrc"):
            (home.sshds.far_home / name).unlink()
        home.sshds.down()
        home.sshds.up()
