"""A scan that looks into many results shows on a terminal how far it is, and in a pipe nothing."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from contextlib import suppress

from lab import Lab, own_package
from remote_tracker.cli import looking

MANY = 150


def read_all(terminal: int) -> bytes:
    """Return what was written to a terminal whose other end is closed: it comes in pieces."""
    found = b""
    with suppress(OSError):  # EIO: the end
        while more := os.read(terminal, 1 << 16):
            found += more
    return found


def test_a_long_look_is_told_on_a_terminal(lab: Lab) -> None:
    """After a copy many results are looked into: a terminal shows how many, a pipe does not."""
    lab.videos(MANY)
    assert lab.go().code == 0
    assert lab.scan().err == ""
    for path in (lab.root / "Results/d1").iterdir():
        os.utime(path)
    module = own_package(lab.root) / "cli/looking.py"
    text = module.read_text().replace(f"QUIET_S = {looking.QUIET_S}", "QUIET_S = 0.0")
    module.write_text(text)
    ours, theirs = pty.openpty()
    ran = subprocess.run(
        ["bash", "get_files2process.sh"],
        cwd=lab.workspace,
        env=lab.environment(TERM="xterm"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    assert ran.returncode == 0
    assert b"have files with other times" in ran.stdout
    assert re.search(rb"\b150 results looked into", read_all(ours))
