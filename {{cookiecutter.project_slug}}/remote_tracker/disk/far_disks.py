"""Find which places lie on a disk behind a network: the kernel's list of mounts tells it, no such disk is asked."""

from __future__ import annotations

import os
import re
from functools import lru_cache

MOUNTS = "/proc/self/mountinfo"
# File systems whose files lie on this machine. Others are taken for far: nfs4, cifs, ceph, lustre, fuse...
_LOCAL = (
    "ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs vfat exfat ntfs ntfs3 iso9660 udf squashfs erofs overlay "
    "aufs tmpfs ramfs devtmpfs proc sysfs devpts cgroup cgroup2 mqueue hugetlbfs debugfs tracefs securityfs pstore bpf "
    "configfs fusectl binfmt_misc efivarfs nsfs rootfs autofs rpc_pipefs fuseblk"
)
LOCAL = frozenset(_LOCAL.split(" "))


@lru_cache(maxsize=1)
def far_mounts() -> frozenset[str]:
    """Return the mount points of this machine's disks behind a network."""
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            return frozenset(find_far(file.read()))
    except OSError:  # no Linux, or a jail without /proc
        return frozenset()


def find_far(mounts: str) -> list[str]:
    """Return the mount points of file systems that are not LOCAL, from the text of mountinfo (see proc(5))."""
    found = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        words = before.split(" ")
        if len(words) > 4 and after and after.split(" ")[0] not in LOCAL:
            found.append(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), words[4]))
    return found


def far_mount_of(place: str) -> str:
    """Return the mount point of the disk behind a network on which the absolute path ``place`` lies, "" for none.

    Links on the way are followed, but none is looked for on such a disk.
    """
    far = far_mounts()
    return _mount_of(place.rstrip("/"), far, 40) if far else ""


@lru_cache(maxsize=4096)
def _mount_of(place: str, far: frozenset[str], links: int) -> str:
    above, _, name = place.rpartition("/")
    if not name or not links:
        return "/" if "/" in far else ""
    if place in far:
        return place
    if mount := _mount_of(above, far, links):
        return mount
    try:
        target = os.readlink(place)
    except OSError:
        return ""
    return _mount_of(os.path.normpath(os.path.join(above or "/", target)).rstrip("/"), far, links - 1)
