"""Lists of digests, as coreutils writes and takes them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from remote_tracker.content.digest import whole_of
from remote_tracker.content.sums import render_sums

NAMES = [
    "plain",
    "a b",
    "-c",
    "back\\slash",
    "line\nbreak",
    "\\n",
    "both\\\nof them",
    " lead",
    "trail ",
    "é\udcff",
    "*x",
]


@pytest.mark.parametrize("name", NAMES)
def test_as_coreutils_does(tmp_path: Path, name: str) -> None:
    """A line is the line that sha256sum itself writes, and sha256sum finds the file by it."""
    (tmp_path / name).write_text("x")
    line = render_sums({f"./{name}": whole_of(str(tmp_path / name))[0]}).encode("utf-8", "surrogateescape")
    asked = ["sha256sum", b"./" + name.encode("utf-8", "surrogateescape")]
    assert line == subprocess.run(asked, cwd=tmp_path, capture_output=True, check=True).stdout
    done = subprocess.run(["sha256sum", "--strict", "-c"], cwd=tmp_path, input=line, capture_output=True, check=False)
    assert done.returncode == 0, done
