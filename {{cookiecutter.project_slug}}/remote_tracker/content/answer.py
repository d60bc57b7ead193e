"""Serve a process of several tasks: say what files hold, make folders, remove files; run_task.sh starts it once.

    python -I answer.py --root PROJECT [--sampled]

Reads questions on stdin: words that end with a NUL byte. The first word of a question says how many follow it; the
second names the question, and the answer repeats it; the third says what is asked: a word of ASKED, below. An answer is
a number of 8 digits, and so many bytes: the name, with ``!`` before it where it could not be done, and lines, each
behind a line end. Bash reads a pipe byte by byte unless it knows how many to ask for. Ends with its stdin.
"""

from __future__ import annotations

import os
import shutil
import sys
from os.path import abspath, dirname
from typing import TYPE_CHECKING, BinaryIO

if __name__ == "__main__":  # -I: the tracker's PYTHONPATH is for its own programs
    sys.path.insert(0, dirname(dirname(dirname(abspath(__file__)))))

from remote_tracker.content.entry import entry_of, render_entry, seconds_of
from remote_tracker.content.find import find_files_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def main(argv: list[str]) -> int:
    """Answer until there are no more questions; returns the exit code."""
    root, whole = argv[argv.index("--root") + 1].rstrip("/") + "/", "--sampled" not in argv
    for name, asked, *words in read_questions(sys.stdin.buffer):
        try:
            lines = [name, *ASKED[asked](words, root, whole)]
        except OSError:
            lines = ["!" + name]
        answer = "\n".join(lines).encode("utf-8", "surrogateescape")
        sys.stdout.buffer.write(b"%08d" % len(answer) + answer)
        sys.stdout.buffer.flush()
    return 0


def read_questions(stream: BinaryIO) -> Iterator[list[str]]:
    """Yield each question's words; ends where the stream ends."""
    while count := _read_word(stream):
        yield [_read_word(stream) for _ in range(int(count))]


def stat_lines(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Return device, size and mtime of each path that is there, as ``stat -L -c '%d size=%s mtime=%.9Y'`` does."""
    lines = []
    for path in paths:
        try:
            found = os.stat(path)
        except OSError:
            continue
        lines.append(f"{found.st_dev} size={found.st_size} mtime={seconds_of(found.st_mtime_ns)}")
    return lines


def note_lines(words: list[str], root: str, whole: bool) -> list[str]:
    """Return the lines of ``in=PATH`` and ``out=PATH``, a folder's files in its place. Raises OSError."""
    lines = []
    for word in words:
        role, _, path = word.partition("=")
        for place in find_files_in(path.rstrip("/")):
            lines.append(render_entry(entry_of(role, place.removeprefix(root), place, whole)))
    return lines


def make_folders(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Make folders as ``mkdir -p`` does. Raises OSError."""
    for path in paths:
        os.makedirs(path, exist_ok=True)
    return []


def remove(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Remove files and folders in their order, as ``rm -rf`` does. Raises OSError."""
    for path in paths:
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            pass
    return []


ASKED = {"stat": stat_lines, "note": note_lines, "make": make_folders, "remove": remove}


def _read_word(stream: BinaryIO) -> str:
    raw = bytearray()
    while (byte := stream.read(1)) and byte != b"\0":
        raw += byte
    return raw.decode("utf-8", "surrogateescape")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
