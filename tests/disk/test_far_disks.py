"""Which places lie on a disk behind a network is told by the kernel's list of mounts, and by links on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_tracker.disk import far_disks
from remote_tracker.disk.far_disks import far_mount_of, find_far

MOUNTINFO = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /ceph/lab\040of\040flies rw master:7 - ceph 10.0.0.1:6789:/ rw
41 22 0:41 /home /home rw shared:2 propagate_from:1 - nfs4 server:/home rw
42 22 0:42 / /media/stick rw - vfat /dev/sdb1 rw
43 22 0:43 / /mnt/share\011\134x rw - cifs //server/share rw
44 22 0:44 / /far rw - fuse.sshfs there:/ rw
45 22 0:45 / /run rw - tmpfs tmpfs rw
a line cut sh"""


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Take a folder for the mount point of a disk behind a network."""
    mount = tmp_path / "far"
    mount.mkdir()
    monkeypatch.setattr(far_disks, "far_mounts", lambda: frozenset({str(mount)}))
    far_disks._mount_of.cache_clear()
    yield mount
    far_disks._mount_of.cache_clear()


def test_mounts_that_are_not_local_are_far() -> None:
    """All file systems but the local ones are far; the spaces and backslashes in their mount points are read."""
    assert find_far(MOUNTINFO) == ["/ceph/lab of flies", "/home", "/mnt/share\t\\x", "/far"]


@pytest.mark.parametrize("text", ["", "\n\n", "no mounts at all", "1 2 3 - nfs", "- nfs4 x y"])
def test_a_list_that_is_no_list_names_none(text: str) -> None:
    """Lines that are cut short, or none of the kernel's, name no mount."""
    assert find_far(text) == []


@pytest.mark.parametrize("name", ["", "/d1", "/a b/c", "/far", "/."])
def test_what_lies_there_is_far(far: Path, name: str) -> None:
    """The mount point and all below it lie on the disk, there or not; with a slash at the end, too."""
    assert far_mount_of(f"{far}{name}") == str(far)
    assert far_mount_of(f"{far}{name}/") == str(far)


@pytest.mark.parametrize("name", ["", "/near", "/farther", "/near/far"])
def test_what_lies_elsewhere_is_not(far: Path, name: str) -> None:
    """A folder whose name begins alike, or one above, is none."""
    assert far_mount_of(f"{far.parent}{name}") == ""


def test_links_are_followed(far: Path) -> None:
    """A link to the disk, by a relative path or over other links, lies on it; a circle of links ends."""
    (far.parent / "by").symlink_to("far/d1")
    (far.parent / "over").symlink_to(far.parent / "by")
    (far.parent / "round").symlink_to("round")
    assert far_mount_of(str(far.parent / "over/video.avi")) == str(far)
    assert far_mount_of(str(far.parent / "round/x")) == ""


def test_the_whole_machine_may_be_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that booted from a server has its root on it."""
    monkeypatch.setattr(far_disks, "far_mounts", lambda: frozenset({"/"}))
    far_disks._mount_of.cache_clear()
    assert far_mount_of("/somewhere/else") == "/"
    far_disks._mount_of.cache_clear()
