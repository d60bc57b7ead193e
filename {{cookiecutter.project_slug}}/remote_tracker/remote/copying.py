"""Copy files from one side to the other by the user's own rsync; no other module starts it.

Each path stands behind ``./``: rsync takes a path that begins with # or ; for a comment, and leaves it out in silence.
Folders are named as they really lie: rsync replaces a link on the way by a folder, or refuses it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .. import shell
from ..errors import RemoteTrackerError, in_one_line
from ..named_tuple import NamedTuple
from .channel import Channel
from .far_files import PARTIAL

LOST = (10, 12, 30, 35, 255)  # rsync's codes for a connection that broke
SOME = (23, 24)  # some files could not be read, or went away
NO_RSYNC, NOT_WRITTEN, STOPPED = 2, 11, 20
STALLED_S = 300
_RATE = re.compile(r"\d+(\.\d+)?[KMG]?")


class Copied(NamedTuple):
    """How a copy ended."""

    code: int  # of rsync; 0: all files arrived
    complaint: str = ""  # what rsync said first

    @property
    def is_lost(self) -> bool:
        """Return whether the connection broke."""
        return self.code in LOST


class Folders(NamedTuple):
    """A folder and where its files go; both are real paths."""

    source: str
    target: str


class Way(NamedTuple):
    """How files go from one side to the other."""

    channel: Channel
    is_chatty: bool  # the login shell there prints something before each command
    rate: str = ""  # the most bytes a second, as rsync takes it
    show: Callable[[bytes], None] | None = None  # takes what rsync tells of its progress
    held: tuple[int, ...] = ()  # files that rsync keeps open: the lock, which it holds where we are killed


def check_rate(rate: str) -> str:
    """Return the most bytes a second as rsync takes it; raises RemoteTrackerError for anything else."""
    if rate and not _RATE.fullmatch(rate):
        raise RemoteTrackerError(f'--limit must be bytes a second, as 20M, not "{rate}". Nothing was copied.')
    return rate


def require_rsync() -> None:
    """Raise RemoteTrackerError where there is no rsync, or it lacks what we need (macOS's openrsync)."""
    asked = shell.ask(["rsync", "--version"], timeout=30)
    version = re.match(r"rsync +version v?(\d+)\.(\d+)", asked.out)
    if not version or (int(version[1]), int(version[2])) < (3, 1):
        said = "there is none" if asked.code == shell.NOT_FOUND else in_one_line(asked.out.partition("\n")[0])
        raise RemoteTrackerError(f"rsync 3.1 or newer is needed here; found: {said}. Install it. Nothing was copied.")


def group(paths: Iterable[str], sources: Mapping[str, str], targets: Mapping[str, str]) -> dict[Folders, list[str]]:
    """Return, for each pair of real folders, the names of the files to copy, below both.

    ``sources`` and ``targets`` hold the real place of each file's folder. Files whose folders lie alike below the
    same two folders are copied together: one start of rsync for all of a tree without links.
    """
    found: dict[Folders, list[str]] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        source, target = sources[parent], targets[parent]
        while parent and source.endswith(f"/{base(parent)}") and target.endswith(f"/{base(parent)}"):
            name = f"{base(parent)}/{name}"
            parent, source, target = parent.rpartition("/")[0], above(source), above(target)
            if "/" not in parent:  # no higher than RawVideos, Results
                break
        found.setdefault(Folders(source, target), []).append(name)
    return found


def base(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition("/")[2]


def above(path: str) -> str:
    """Return the folder of a path."""
    return path.rpartition("/")[0]


def send(way: Way, folders: Folders, names: Sequence[str]) -> Copied:
    """Send the files with these names to the other side; a file that is there already stays as it is."""
    target = f"{way.channel.host}:{folders.target}/"
    return _copy(way, ["--ignore-existing", "--copy-links"], f"{folders.source}/", target, names)


def put(way: Way, folders: Folders, names: Sequence[str]) -> Copied:
    """Send the files with these names, with their modes, over whatever is there."""
    return _copy(way, ["--perms"], f"{folders.source}/", f"{way.channel.host}:{folders.target}/", names)


def fetch(way: Way, folders: Folders, names: Sequence[str]) -> Copied:
    """Bring the files with these names here; a file that is there with the same size and time is not brought again."""
    return _copy(way, [], f"{way.channel.host}:{folders.source}/", f"{folders.target}/", names)


def _copy(way: Way, options: Sequence[str], source: str, target: str, names: Sequence[str]) -> Copied:
    rsh = _rsh(way._replace(is_chatty=way.is_chatty and not way.channel.for_files))
    argv = ["rsync", "-t", "-s", "--from0", "--files-from=-", "--no-implied-dirs", "--omit-dir-times"]
    argv += [f"--partial-dir={PARTIAL}", f"--timeout={STALLED_S}", "-e", rsh, *options]
    argv += [f"--bwlimit={way.rate}"] if way.rate else []
    argv += ["--info=progress2", "--no-inc-recursive"] if way.show else []
    listed = b"".join(b"./" + name.encode("utf-8", "surrogateescape") + b"\0" for name in names)
    show = way.show or (lambda piece: None)
    ran = shell.stream([*argv, "--", source, target], show, listed, True, *way.held)
    if ran.code == NO_RSYNC and way.channel.for_files:  # something stood before its answer: a greeting
        argv[argv.index(rsh)] = _rsh(way._replace(is_chatty=True))
        ran = shell.stream([*argv, "--", source, target], show, listed, True, *way.held)
    lines = [line.strip() for line in ran.err.splitlines() if line.strip()]
    return Copied(ran.code, in_one_line(next(iter([x for x in lines if not x.startswith("rsync error")] or lines), "")))


def _rsh(way: Way) -> str:
    """Return what rsync starts to reach the other side, as its option -e takes it."""
    words = way.channel.ssh
    if way.is_chatty:
        program = str(Path(__file__).with_name("plain_shell.py"))
        words = [sys.executable, "-I", program, str(len(words)), *words]
    return " ".join(_quoted(words))


def _quoted(words: Iterable[str]) -> Iterator[str]:
    """Yield words as rsync splits them: a quote within quotes is doubled."""
    for word in words:
        yield word if re.fullmatch(r"[\w/.,:=@%+-]+", word) else "'" + word.replace("'", "''") + "'"


def describe_end(copied: Copied, host: str, verb: str) -> str:
    """Return what a copy that did not end well means, and what to do."""
    if copied.is_lost:
        return f"The connection to {host} broke. What arrived stays; ./rt {verb} goes on. First: ./rt remote login"
    if copied.code == STOPPED:
        return f"Stopped. What arrived stays; ./rt {verb} goes on."
    if copied.code == shell.NOT_FOUND:
        return "There is no rsync here. Install it. Nothing was copied."
    if "No space left" in copied.complaint or "quota" in copied.complaint.lower():
        return f"No space is left: {copied.complaint}. What arrived stays. Free some, then: ./rt {verb}"
    if copied.code == NOT_WRITTEN and not copied.complaint:  # its receiver may end before it can say why
        told = "A file could not be written: is a disk full, or a quota reached? What arrived stays."
        return f"{told} Look, then: ./rt {verb}"
    said = f": {copied.complaint}" if copied.complaint else ""
    return f"rsync ended with {copied.code}{said}. What arrived stays; ./rt {verb} tries again."
