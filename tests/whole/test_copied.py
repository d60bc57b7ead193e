"""A finished project that was copied, in any way: nothing is to be done again, and what the copy broke is seen."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab import Lab, copy_tree, own_package
from mounts import mounted_over_sshfs
from remote_tracker.content.digest import PIECE, PIECES, SMALL, sample_of

MANY_TIMES = 50  # a video is so many times as large as what is sampled of it: a changed byte is hardly ever in a sample
BYTES, DEEP_BYTES = MANY_TIMES * PIECE * PIECES, 200_000_000
BLOCK = 4096
SHELL_WAYS = {
    "cp -r": 'cp -r "$1" "$2"',
    "cp -a": 'cp -a "$1" "$2"',
    "tar": 'mkdir "$2" && tar cf - -C "$1" . | tar xf - -C "$2"',
    "tar posix": 'mkdir "$2" && tar cf - --format=posix -C "$1" . | tar xf - -C "$2"',
    "rsync -r": 'rsync -r "$1/" "$2"',
}
PLACES = ("near its beginning", "near its end", "anywhere")
VIDEOS = len(PLACES) + 1  # one stays as it is


@contextmanager
def copied(way: str, source: Path, target: Path) -> Iterator[Path]:
    """Yield a folder with a copy of the project; skips the test where a program for it is missing."""
    if way == "sshfs":
        there = copy_tree(source, target.with_name("there"))
        own_package(there)  # links into another project lead nowhere on another machine
        with mounted_over_sshfs(there, target):
            yield target
        return
    program = way.split()[0]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    argv = ["bash", "-c", f"set -euo pipefail; {SHELL_WAYS[way]}", "bash", str(source), str(target)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield target


@pytest.fixture(params=[*SHELL_WAYS, "sshfs"])
def way(request: pytest.FixtureRequest) -> str:
    """Each way to copy a project."""
    return str(request.param)


def make_finished(top: Path, blank: Path, size: int) -> Lab:
    """Return a finished project with VIDEOS videos of ``size`` bytes."""
    lab = Lab(copy_tree(blank, top / "project"), top)
    own_package(lab.root)  # tar sees a file change whose links other tests make
    lab.settings()
    lab.tracker(command="cksum <{{ input.video }} >{{ output.copy }}")
    chance = random.Random(1)
    for number in range(VIDEOS):
        lab.video(f"d1/v{number}.avi").write_bytes(chance.randbytes(size))
    lab.go()
    assert lab.counts() == {"finished": VIDEOS}
    return lab


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, blank: Path) -> Lab:
    """A finished project with its videos, not to be changed; they are too large to be read whole by a scan."""
    return make_finished(tmp_path_factory.mktemp("finished"), blank, 2 * SMALL)


@pytest.fixture(scope="module")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, blank: Path) -> Lab:
    """The same with large videos."""
    size = DEEP_BYTES if request.config.getoption("--deep") else BYTES
    return make_finished(tmp_path_factory.mktemp("large"), blank, size)


def change(video: Path, where: str, chance: random.Random) -> bool:
    """Change one byte of a video, its time left as it was; returns whether a sample of it is another now."""
    before, stamp = sample_of(str(video)), video.stat()
    position = chance.randrange(stamp.st_size if where == "anywhere" else BLOCK)
    if where == "near its end":
        position += stamp.st_size - BLOCK
    with open(video, "r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 1 + chance.randrange(255)]))
    os.utime(video, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    return sample_of(str(video)) != before


@pytest.mark.drawn(3)
def test_a_copy_is_as_finished_as_its_original(finished: Lab, way: str, tmp_path: Path) -> None:
    """However a finished project was copied, a scan of the copy lists nothing, the second scan neither."""
    with copied(way, finished.root, tmp_path / "copy") as root:
        lab = Lab(root, finished.home)
        for _ in range(2):
            assert "0\tTotal files to be processed." in lab.scan().out
            assert lab.counts() == {"finished": VIDEOS}


def named_in(text: str) -> set[str]:
    """Return the videos that a text names."""
    return {name for name in (f"d1/v{number}.avi" for number in range(VIDEOS)) if name in text}


@pytest.mark.drawn(2)
def test_a_byte_that_the_copy_changed_is_seen(large: Lab, way: str, tmp_path: Path) -> None:
    """Of a copy's videos with one other byte a scan lists those whose sample differs; verify names the others, too."""
    chance = random.Random(f"{way} 1")
    with copied(way, large.root, tmp_path / "copy") as root:
        lab = Lab(root, large.home)
        changed = {f"d1/v{n}.avi": change(root / f"RawVideos/d1/v{n}.avi", w, chance) for n, w in enumerate(PLACES)}
        sampled = {name for name, is_sampled in changed.items() if is_sampled}
        assert sampled, "the ends of a file are in its sample"
        assert lab.look()["listed"] == len(sampled)
        assert named_in((lab.workspace / "files2process.txt").read_text()) == sampled
        ran = lab.rt("verify")
        assert ran.code == 1
        assert named_in(ran.out) == changed.keys()
