"""The same with an older rsync on both sides, and where the other side's disk is mounted at home."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sshds import Sshds
from two_sides import Home

OLD = "3.2.7-1+deb12u6"  # follows links that 3.5.0 refuses, and refuses others


@pytest.fixture(scope="session")
def old_rsync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an rsync 3.2.7, unpacked from Debian's package."""
    folder = tmp_path_factory.mktemp("rsync")
    got = subprocess.run(["apt-get", "download", f"rsync={OLD}"], cwd=folder, capture_output=True)
    packages = list(folder.glob("rsync_*.deb"))
    if got.returncode or not packages:
        pytest.skip(f"rsync {OLD} cannot be had here")
    subprocess.run(["dpkg", "-x", packages[0], folder], check=True)
    return folder / "usr" / "bin"


@pytest.fixture
def older(home: Home, sshds: Sshds, old_rsync: Path) -> Iterator[Home]:
    """Both sides with the older rsync."""
    sshds.down()
    sshds.up(f"SetEnv PATH={old_rsync}:/usr/bin:/bin")
    (sshds.programs / "rsync").symlink_to(old_rsync / "rsync")
    yield home
    (sshds.programs / "rsync").unlink()
    sshds.down()
    sshds.up()


@pytest.mark.parametrize("owner", [0, 12345])
def test_an_older_rsync_does_the_same(older: Home, tmp_path: Path, owner: int) -> None:
    """With 3.2.7 on both sides videos go through links, a colleague's too, links stay, and results come home."""
    home = older
    for lab in (home, home.far):
        store = tmp_path / f"store{lab is home}"
        store.mkdir()
        shutil.rmtree(lab.root / "RawVideos", ignore_errors=True)
        (lab.root / "RawVideos").symlink_to(store)
        os.chown(lab.root / "RawVideos", owner, owner, follow_symlinks=False)
    for name in ("#begins", ";begins", "it's", "-v"):
        home.video(f"{name}/{name}.avi", name)
    home.login()
    version = subprocess.run([home.sshds.programs / "ssh", "swc", "rsync --version"], capture_output=True, text=True)
    assert "version 3.2.7" in version.stdout
    assert home.rt("push").code == 0
    assert home.far.go().code == 0
    assert home.rt("pull").code == 0
    assert home.counts() == {"finished": 4}
    assert (home.root / "RawVideos").is_symlink()
    assert (home.far.root / "RawVideos").is_symlink()


@pytest.fixture
def mounted(home: Home, tmp_path: Path) -> Iterator[Home]:
    """Videos and results at home are those of the other side, mounted by sshfs; one video was processed there."""
    if not shutil.which("sshfs") or not os.path.exists("/dev/fuse"):
        pytest.skip("sshfs is not installed, or there is no /dev/fuse")
    home.far.video("d1/v1.avi", "video 1")
    home.far.go()
    home.login()
    places = []
    for name in ("RawVideos", "Results"):
        place = home.root / name
        place.mkdir(exist_ok=True)
        argv = ["sshfs", "-o", f"ssh_command={home.sshds.programs}/ssh", f"swc:{home.far.root}/{name}", place]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"sshfs cannot mount here: {done.stderr}")
        places.append(place)
    yield home
    for place in places:
        subprocess.run(["fusermount", "-uz", place], check=False, capture_output=True)


def test_where_the_disk_is_mounted_nothing_is_copied_and_nothing_freed(mounted: Home) -> None:
    """A push finds all there, a pull notes what lies there, and a mounted copy proves nothing to a free."""
    ran = mounted.rt("push")
    assert ran.code == 0, ran
    assert "arrived" not in ran.out
    ran = mounted.rt("pull")
    assert ran.code == 0, ran
    assert "0 files" in ran.out
    assert "1 finished there are proven here." in ran.out
    assert mounted.counts() == {"finished": 1}
    ran = mounted.rt("free", "--yes")
    assert "the copy here lies on a mounted disk (fuse.sshfs), which proves nothing" in ran.out
    assert mounted.far.result("d1/v1.txt").read_text() == "video 1"
    assert (mounted.far.root / "RawVideos/d1/v1.avi").exists()
