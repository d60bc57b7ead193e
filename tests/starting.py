"""Calls of a project's own scripts as forks of a process that has loaded its package: a tenth of the CPU of a start.

A call is forked only where the start adds nothing of its own: the scripts are those of the template, the package's
modules have the template's bytes, and the environment holds nothing that Python or bash itself would obey. All other
calls, and all that a test starts to go on beside it, are real starts. tests/test_starting.py holds both to be alike.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

TEMPLATE = Path(__file__).parents[1] / "{{cookiecutter.project_slug}}"
FORKING = Path(__file__).with_name("forking.py")
SCANS = {"workspace": "get_files2process.sh", "summarizer": "get_cmd2process.sh"}
OBEYED = ("PYTHON", "LC_", "LANG", "LD_", "BASH", "SHELL", "TZ", "MALLOC", "POSIX", "CDPATH", "ENV", "IFS", "PWD")
CHOSEN = "REMOTE_TRACKER_PYTHON"
ARRAY = re.compile(
    r'set -euo pipefail unset CDPATH cd "\$\(dirname "\$\{BASH_SOURCE\[0\]\}"\)" batch=(\d+) tasks=(\d+) '
    r'exec \.\./rt process --folder (workspace|summarizer) --batch "\$batch" --tasks "\$tasks" "\$@"'
)


class Call(NamedTuple):
    """What ./rt starts Python with."""

    project: str  # the project's folder, no link in its path
    folder: str  # the current folder
    words: list[str]
    environment: dict[str, str]
    umask: int


def read_call(root: Path, folder: str, argv: Sequence[str], environment: Mapping[str, str]) -> Call | None:
    """Return what one of the project's scripts would start; None where only the script itself can tell."""
    obeyed = [name for name in environment if name.startswith(OBEYED)]
    if obeyed or environment.get(CHOSEN) != sys.executable or not all(isinstance(word, str) for word in argv):
        return None
    project = os.path.realpath(root)
    place = os.path.join(project, folder) if folder else project
    words = _words(root, folder, list(argv))
    if words is None or not os.path.isdir(place) or not _is_template(root, "rt") or (root / ".update").exists():
        return None
    added = {"PWD": place, "SHLVL": "0", "_": sys.executable, "RT_PROJECT": project, "PYTHONPATH": ""}
    added["LC_CTYPE"] = "C.UTF-8"  # Python itself sets it where the locale is C (PEP 538)
    if folder and argv[1] != SCANS[folder]:  # a job script goes to its folder first
        added["OLDPWD"] = place
    return Call(project, place, words, {**environment, **added}, _umask())


def _words(root: Path, folder: str, argv: list[str]) -> list[str] | None:
    if not folder:
        return argv[1:] if argv[0] == "./rt" else None
    if argv[0] != "bash" or len(argv) < 2 or folder not in SCANS:
        return None
    script, words = argv[1], argv[2:]
    if script == SCANS[folder] and words[:1] not in (["-h"], ["--help"], ["help"]):
        return ["scan", "--folder", folder, *words] if _is_template(root, f"{folder}/{script}") else None
    if re.fullmatch(r"process_\w+\.sh", script) and (found := ARRAY.fullmatch(_commands(root / folder / script))):
        batch, tasks, told = found.groups()
        return ["process", "--folder", told, "--batch", batch, "--tasks", tasks, *words]
    return None


def _commands(script: Path) -> str:
    try:
        lines = script.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return ""
    return " ".join(line for line in lines if line and not line.startswith("#"))


def _is_template(root: Path, name: str) -> bool:
    script = root / name
    try:
        return (
            not script.is_symlink() and script.read_bytes() == (TEMPLATE / name).read_bytes() and os.access(script, 5)
        )
    except OSError:
        return False


def _umask() -> int:
    text = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"^Umask:\s*(\d+)$", text, re.M)[0], 8)


class Copy(NamedTuple):
    """A package whose rooms are links: the inode and the time of each of its folders when it was made."""

    folders: dict[str, tuple[int, int]]
    is_template: bool


class Packages:
    """Tells whether a project's package has, file by file, the modules of the template."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], bool] = {}
        self._copies: dict[str, Copy] = {}
        self._digest = ""

    def note_copy(self, *roots: Path) -> None:
        """Remember that the packages of these projects share their files: no test changes them from now on.

        As long as no folder of such a package changes, its modules need not be looked at for each call.
        """
        first = str(roots[0])
        same = self.is_template(roots[0])
        known = self._copies.get(first)
        if not known or known.folders != _look_again(known.folders):
            known = self._copies[first] = Copy(_look_at(_package(first)), same)
        rooms = {folder: at for folder, at in known.folders.items() if folder != _package(first)}
        for root in map(str, roots[1:]):  # it has links to the same rooms
            self._copies[root] = Copy({**_look_again([_package(root)]), **rooms}, same)

    def is_template(self, root: Path) -> bool:
        """Return whether the modules that ./rt may load are those of the template, byte by byte."""
        try:
            if (copy := self._copies.get(str(root))) and copy.folders == _look_again(copy.folders):
                return copy.is_template
            seen = tuple(_look(str(root / "remote_tracker")))
            if seen not in self._known:
                self._digest = self._digest or _digest(str(TEMPLATE / "remote_tracker"))
                self._known[seen] = _digest(str(root / "remote_tracker")) == self._digest
        except OSError:
            return False
        return self._known[seen]


def _look(folder: str, within: str = "") -> list[tuple[str, int, int, int]]:
    """Return each module's path in the package, inode, time and size."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__" and within + entry.name not in ("trackers", "day_tables"):
                    found += _look(entry.path, f"{within}{entry.name}/")
            elif entry.name.endswith(".py"):
                at = entry.stat(follow_symlinks=False)
                found.append((within + entry.name, at.st_ino, at.st_mtime_ns, at.st_size))
    return sorted(found)


def _package(root: str) -> str:
    return os.path.realpath(f"{root}/remote_tracker")


def _look_at(package: str) -> dict[str, tuple[int, int]]:
    """Return the inode and the time of each folder, which changes when a file in it is made, renamed or removed.

    Rooms that are links to those of another copy are named by where they lie: to go through links takes longest.
    """
    found = []
    for folder, folders, _ in os.walk(package, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found.append(os.path.realpath(folder))
    return _look_again(found)


def _look_again(folders: Iterable[str]) -> dict[str, tuple[int, int]]:
    seen = ((folder, os.stat(folder)) for folder in folders)
    return {folder: (at.st_ino, at.st_mtime_ns) for folder, at in seen}


def _digest(package: str) -> str:
    digest = sha256()
    for name, *_ in _look(package):
        digest.update(name.encode() + b"\0" + sha256(Path(package, name).read_bytes()).digest())
    return digest.hexdigest()


class Forks:
    """The process that forks, started with the first call's project; ended with the tests."""

    def __init__(self) -> None:
        self.packages = Packages()
        self.done = 0  # how many calls were forked
        self.process: subprocess.Popen[bytes] | None = None
        self._calls: socket.socket | None = None

    def run(self, call: Call, seconds: float) -> tuple[int, bytes, bytes] | None:
        """Return the exit code and the two streams of a call; None where its package is not the template's."""
        if not self.packages.is_template(Path(call.project)):
            return None
        calls = self._calls or self._start(call)
        self.done += 1
        pipes = [os.pipe2(os.O_CLOEXEC) for _ in range(3)]
        try:
            socket.send_fds(calls, [json.dumps(call._asdict()).encode()], [write for _, write in pipes])
        finally:
            for _, write in pipes:
                os.close(write)
        out, err, told = _read_all([read for read, _ in pipes], seconds, call)
        assert told, "tests/forking.py has ended: see its error"
        return int(told.split()[1]), out, err

    def _start(self, call: Call) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [sys.executable, "-s", "-X", "utf8", str(FORKING), call.project]
        plain = {"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(argv, stdin=its, env=plain, stdout=subprocess.DEVNULL)
        its.close()
        self._calls = ours
        atexit.register(self.end)
        return ours

    def end(self) -> None:
        """End the process that forks."""
        if self._calls and self.process:
            self._calls.close()
            self.process.wait()
        self._calls = self.process = None


def _read_all(files: list[int], seconds: float, call: Call) -> list[bytes]:
    """Return what is written into the files up to their ends; the third begins with the process that writes."""
    read = dict.fromkeys(files, b"")
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        for file in files:
            waiting.register(file, selectors.EVENT_READ)
        try:
            while waiting.get_map():
                ready = waiting.select(end - time.monotonic())
                if not ready and time.monotonic() >= end:
                    raise subprocess.TimeoutExpired(call.words, seconds, read[files[0]], read[files[1]])
                for key, _ in ready:
                    if more := os.read(key.fd, 1 << 16):
                        read[key.fd] += more
                    else:
                        waiting.unregister(key.fd)
        except BaseException:
            with suppress(ProcessLookupError, IndexError, ValueError):
                os.kill(int(read[files[2]].split()[0]), signal.SIGKILL)
            raise
        finally:
            for file in files:
                os.close(file)
    return [read[file] for file in files]


FORKS = Forks()
