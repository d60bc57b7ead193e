"""Copy it again: the lists of what failed, and rsync's line that takes such a list and believes no size and time."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lab import LIST_DAY, Lab

NAMES = ["d1/fine.avi", "d1/#a b.avi", "#d 2/;c.avi", "d1/two $(x) 'q.avi"]
CHECKED = {"ready": [{"video": "video"}]}


@pytest.fixture
def spoilt(lab: Lab, tmp_path: Path) -> Lab:
    """A project in which all videos but the first are zeros, of the size and time of the good ones in tmp_path/pc."""
    lab.tracker(LIST_DAY, **CHECKED)
    for name in NAMES:
        lab.video(name, "RIFF\x04\0\0\0AVI x")
    shutil.copytree(lab.root / "RawVideos", tmp_path / "pc")
    for name in NAMES[1:]:
        path = lab.root / "RawVideos" / name
        found = path.stat()
        path.write_bytes(bytes(found.st_size))
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    lab.go()
    return lab


def test_the_line_of_rsync_copies_all_again(spoilt: Lab, tmp_path: Path) -> None:
    """The two lines that are printed copy what cannot be read, whatever its name, though size and time are the same."""
    text = spoilt.rt("status", "--failures").out
    assert "3 x the video cannot be read" in text
    assert "When that is done:  bash workspace/get_files2process.sh" in text
    lines = [line.strip() for line in text.splitlines() if " > copy_again" in line or line.startswith("    rsync ")]
    assert len(lines) == 2
    script = "\n".join(lines).replace(" FROM/", f" {tmp_path}/pc/")
    if shutil.which("rsync") is None:
        pytest.skip("there is no rsync here")
    done = spoilt.run("bash", "-ec", script, folder="")
    assert done.code == 0, done
    for name in NAMES:
        assert (spoilt.root / "RawVideos" / name).read_bytes() == (tmp_path / "pc" / name).read_bytes()
    assert spoilt.look()["to_process"] == 3


def test_lists_of_what_failed(spoilt: Lab) -> None:
    """--names has a path a line, ./ before it; --names0 is for any name; --cause takes of them what failed for it."""
    names = spoilt.rt("status", "--failures", "--names")
    assert sorted(names.out.splitlines()) == sorted(f"./{name}" for name in NAMES[1:])
    assert spoilt.rt("status", "--failures", "--names0").out == names.out.replace("\n", "\0")
    same = spoilt.rt("status", "--failures", "--names", "--cause", "the video cannot be read")
    assert (same.code, same.out) == (0, names.out)
    none = spoilt.rt("status", "--failures", "--names", "--cause", "nonsense")
    assert (none.code, none.out, "Nothing failed of the cause nonsense." in none.err) == (2, "", True)
    assert spoilt.rt("status", "--cause", "x").code == 2


def test_a_link_that_leads_elsewhere(lab: Lab, tmp_path: Path) -> None:
    """Where a day is a link to another disk, it is said that rsync does not go through it."""
    lab.tracker(LIST_DAY, **CHECKED)
    (tmp_path / "disk").mkdir()
    (lab.root / "RawVideos").mkdir(exist_ok=True)
    (lab.root / "RawVideos/d 9").symlink_to(tmp_path / "disk")
    lab.video("d 9/a.avi", "\0" * 50)
    lab.scan()
    text = lab.rt("status", "--failures").out
    assert "rsync goes through no link that leads elsewhere: copy what lies in d 9 there." in text


@pytest.mark.parametrize("columns", [60, 200])
def test_lines_break_at_words(spoilt: Lab, columns: int) -> None:
    """In a terminal a line that is longer than the window breaks at words; no path and no command is cut."""
    ours, theirs = os.openpty()
    subprocess.run(["stty", "cols", str(columns), "rows", "50"], stdin=theirs, check=True)
    environment = {**spoilt.environment(), "COLUMNS": str(columns)}
    argv = ["./rt", "status", "--failures"]
    process = subprocess.Popen(argv, cwd=spoilt.root, env=environment, stdin=theirs, stdout=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        said += part
    assert process.wait() == 0
    os.close(ours)
    lines = said.decode().replace("\r", "").split("\n")
    reason = "d1/#a b.avi: invalid: cannot be opened: it begins with zeros; copied only in part? Copy it again"
    assert reason in " ".join(line.strip() for line in lines)
    assert any(line.strip() == reason for line in lines) == (columns == 200)
    assert any(line.startswith("    rsync -t --ignore-times") and line.endswith("/RawVideos/") for line in lines)
