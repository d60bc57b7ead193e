"""Serve a process of several tasks: say what files hold, make, move and remove; run_task.sh starts it once.

    python -I -S answer.py --root PROJECT [--sampled]

Reads messages on stdin: words that end with a NUL byte. The first word of a message says how many follow it; the second
names the message, and the answer repeats it. Behind them stand one or several questions: what is asked, a word of
ASKED, below; how many words follow; these words. The questions are done in their order, up to the first that cannot be
done. An answer is a number of 8 digits, and so many bytes: the name, how many questions were not done, and their lines,
each behind a line end. Bash reads a pipe byte by byte unless it knows how many to ask for, and counts in characters: a
"b" in the place of the first digit says that the bytes are not all ASCII. Ends with its stdin.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # -I: the tracker's PYTHONPATH is for its own programs
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from remote_tracker.content.find import find_files_in
from remote_tracker.content.noted import fields_of, render_entry, seconds_of

TYPE_CHECKING = False  # see noted.py
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 65536  # bytes; a pipe holds no more


def main(argv: list[str]) -> int:
    """Answer until there are no more messages; returns the exit code."""
    root, whole = argv[argv.index("--root") + 1].rstrip("/") + "/", "--sampled" not in argv
    for name, *words in read_messages(0):
        left, lines = answer(words, root, whole)
        raw = os.fsencode("\n".join([name, str(left), *lines]))
        write_all(1, (b"%08d" if raw.isascii() else b"b%07d") % len(raw) + raw)
    return 0


def read_messages(handle: int) -> Iterator[list[str]]:
    """Yield each message's words; ends where the stream ends."""
    rest: list[bytes] = [b""]  # words, and the beginning of a word
    while True:
        while len(rest) > 1 and len(rest) > int(rest[0]) + 1:
            count = int(rest[0]) + 1
            yield [os.fsdecode(word) for word in rest[1:count]]
            del rest[:count]
        raw = os.read(handle, MOST)
        if not raw:
            return
        rest[-1:] = (rest[-1] + raw).split(b"\0")


def answer(words: list[str], root: str, whole: bool) -> tuple[int, list[str]]:
    """Return how many of the questions were not done, and the lines of the others."""
    questions, lines, at = [], [], 0
    while at < len(words):
        end = at + 2 + int(words[at + 1])
        questions.append((ASKED[words[at]], words[at + 2 : end]))
        at = end
    for done, (ask, about) in enumerate(questions):
        try:
            lines += ask(about, root, whole)
        except OSError:
            return len(questions) - done, lines
    return 0, lines


def write_all(handle: int, raw: bytes) -> None:
    """Write all of ``raw``: a pipe may take less at once."""
    while raw:
        raw = raw[os.write(handle, raw) :]


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
            lines.append(render_entry(fields_of(role, place.removeprefix(root), place, whole)))
    return lines


def make_folders(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Make folders as ``mkdir -p`` does. Raises OSError."""
    for path in paths:
        try:
            os.mkdir(path)
        except OSError:  # most often the folder above it is missing
            os.makedirs(path, exist_ok=True)
    return []


def move(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Rename one path to the other, as ``mv -f -T`` does on one disk where no folder stands. Raises OSError."""
    place, target = paths
    os.rename(place, target)
    return []


def remove(paths: list[str], _root: str, _whole: bool) -> list[str]:
    """Remove files and folders in their order, as ``rm -rf`` does. Raises OSError."""
    for path in paths:
        _remove(path, os.path.isdir(path) and not os.path.islink(path))
    return []


def forget(words: list[str], _root: str, _whole: bool) -> list[str]:
    """Remove the file at a path if it holds a text: else another task has written it since. Raises OSError."""
    path, text = words
    with open(path, "rb") as file:
        mine = os.fsencode(text) in file.read()
    if mine:
        os.unlink(path)
    return []


def _remove(path: str, is_folder: bool) -> None:
    try:
        if not is_folder:
            os.unlink(path)
            return
        with os.scandir(path) as found:
            inner = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in found]
        for each in inner:
            _remove(*each)
        os.rmdir(path)
    except FileNotFoundError:  # a program that goes on may remove its own files
        pass


ASKED = {
    "stat": stat_lines,
    "note": note_lines,
    "make": make_folders,
    "move": move,
    "remove": remove,
    "forget": forget,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
