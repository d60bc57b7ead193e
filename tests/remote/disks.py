"""Disks for tests that are not this machine's: with a quota, and one that does not tell upper from lower case."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


def require(*programs: str) -> None:
    """Skip the test where one of these programs is not here."""
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (apt-get install btrfs-progs exfat-fuse exfatprogs)")


def call(*argv: object) -> str:
    """Run a program that makes a disk and return its output; the test is skipped where that is not permitted."""
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{argv[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()


def make_image(path: Path, size: int) -> Path:
    """Return a file of zeros, as large as a disk shall be; it takes no space yet."""
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def fill(disk: Path) -> None:
    """Write to a small disk until it is full."""
    with open(disk / "fill", "wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


@contextmanager
def with_quota(folder: Path, limit: str) -> Iterator[Path]:
    """Yield a folder on a disk of its own (btrfs), whose quota is reached at ``limit``."""
    require("mkfs.btrfs", "btrfs", "mount")
    image, place = make_image(folder / "quota.img", 120 << 20), folder / "quota"
    place.mkdir()
    call("mkfs.btrfs", "-q", image)
    call("mount", "-o", "loop", image, place)
    try:
        call("btrfs", "quota", "enable", place)
        call("btrfs", "subvolume", "create", place / "mine")
        call("btrfs", "qgroup", "limit", limit, place / "mine")
        yield place / "mine"
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def without_case(folder: Path) -> Iterator[Path]:
    """Yield a disk that takes names that differ only in case for the same: exFAT, as on portable disks."""
    require("mkfs.exfat", "mount.exfat-fuse", "losetup")
    image, place = make_image(folder / "exfat.img", 20 << 20), folder / "exfat"
    place.mkdir()
    call("mkfs.exfat", image)
    device = call("losetup", "-f", "--show", image)
    try:
        call("mount.exfat-fuse", device, place)
        yield place
        subprocess.run(["umount", "-l", place], check=True)
    finally:
        subprocess.run(["losetup", "-d", device], check=True)
