"""A file that a library writes takes its name when it is whole: the old or the new is there, never a half."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.disk.files import clear_temporaries
from remote_tracker.errors import NoSpace, NotWritten
from remote_tracker.exports.replacing import replacing


def test_the_new_file_takes_the_name(tmp_path: Path) -> None:
    """Behind the block the new file has the name, and no other file is left; folders are made."""
    place = tmp_path / "new folder" / "a ; b.nc"
    with replacing(place) as temporary:
        temporary.write_text("new")
        assert not place.exists()
    assert [path.name for path in place.parent.iterdir()] == ["a ; b.nc"]
    assert place.read_text() == "new"


def write_half(place: Path, error: BaseException) -> None:
    """Write a part of a file, then raise the error."""
    with replacing(place) as temporary:
        temporary.write_text("half")
        raise error


@pytest.mark.parametrize(
    ("error", "raised", "why"),
    [
        (OSError(errno.ENOSPC, "No space left"), NoSpace, "no space is left for it"),
        (OSError(errno.EIO, "Input/output error"), NotWritten, "cannot be written: Input/output error"),
        (RuntimeError("NetCDF: HDF\nerror"), NotWritten, r"cannot be written \(NetCDF: HDF error\); is the disk"),
        (KeyboardInterrupt("stop"), KeyboardInterrupt, "stop"),
    ],
)
def test_the_old_file_stands(tmp_path: Path, error: BaseException, raised: type[BaseException], why: str) -> None:
    """Where writing fails or is stopped, the old file stands alone, and the error is a line that names it."""
    place = tmp_path / "a.nc"
    place.write_text("old")
    with pytest.raises(raised, match=why):
        write_half(place, error)
    assert place.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]


def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    """A process that is killed while the library writes leaves the old file; its half is cleared by the next export."""
    place = tmp_path / "a.nc"
    place.write_text("old")
    program = f"""
import os, signal
from pathlib import Path
from remote_tracker.exports.replacing import replacing
with replacing(Path({str(place)!r})) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATE), "PYTHONDONTWRITEBYTECODE": "1"}
    assert subprocess.run([sys.executable, "-c", program], env=environment).returncode == -signal.SIGKILL
    assert place.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
    clear_temporaries(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]
