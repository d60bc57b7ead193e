"""Name the files that results grow in, drop them where Ctrl-C ends the program, and tell what a file holds."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

_ENDS = 64 * 1024  # bytes
_named: list[Path] = []  # each part so far; a name is used once, so a file that still has it is left over


def part_of(path: Path) -> Path:
    """Return a temporary name beside ``path``, short enough where its name has 250 letters already.

    The ending stays: it tells OpenCV which format to write.
    """
    part = path.with_name(f".part-{token_hex(4)}{path.suffix}")
    _named.append(part)
    return part


def end_by_ctrl_c() -> None:
    """Remove the parts that are left, and end this process as Ctrl-C ends a program, without a traceback.

    An interrupt may come between the moment a file is made and the moment its owner is there to drop it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not stop this
    for part in _named:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


def describe_file(path: Path) -> dict[str, Any]:
    """Return a file's size in bytes and its SHA-256, of all of it and of its first and last 64 KiB. Raises OSError."""
    whole = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            whole.update(block)
    return {"size": path.stat().st_size, "sha256": whole.hexdigest(), "sha256_ends": digest_ends(path)}


def digest_ends(path: Path) -> str:
    """Return the SHA-256 of a file's first and last 64 KiB, which overlap in a small file. Raises OSError."""
    ends = sha256()
    with path.open("rb") as file:
        ends.update(file.read(_ENDS))
        file.seek(max(0, path.stat().st_size - _ENDS))
        ends.update(file.read(_ENDS))
    return ends.hexdigest()
