"""Write files under a temporary name, flush and rename them: the old file stands until the new file is whole."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from ..errors import FULL, NoSpace, NotWritten

DEAD_AFTER_S = 3600.0  # no file of ours takes so long to be written
_TEMPORARY = re.compile(r"\..+\.(\d+)(?:\.[0-9a-f]{16})?\.tmp")  # without the random part: an older version's


def write_file(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Replace the file at ``path`` by ``content``, with ``mode``, else with its old mode, else as umask or folder say.

    Raises NoSpace where the disk or a quota is full, NotWritten where it cannot be written for another
    reason; the old file then stands unchanged.
    """
    raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    temporary = _temporary_for(path)
    try:
        if mode is None and path.exists():
            mode = path.stat().st_mode & 0o7777
        write_new(temporary, raw, mode)
        os.replace(temporary, path)
    except BaseException as error:  # Ctrl-C too
        with suppress(OSError):
            temporary.unlink()
        if not isinstance(error, OSError):
            raise
        raise cannot_write(path, error) from None


def write_link(path: Path, target: str) -> None:
    """Make ``path`` a link to ``target`` in one step; leave a file that is no link alone. Raises as write_file does."""
    if path.exists() and not path.is_symlink():
        return
    temporary = _temporary_for(path)
    try:
        temporary.symlink_to(target)
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise cannot_write(path, error) from None


def write_changed(path: Path, text: str) -> None:
    """Write the text as write_file does where the file does not hold it yet: most scans list what was listed before.

    Raises as write_file does.
    """
    with suppress(OSError):
        if path.read_bytes() == text.encode("utf-8", "surrogateescape"):
            return
    write_file(path, text)


def set_link(path: Path, target: str) -> None:
    """Make ``path`` a link to ``target`` as write_link does where it is none yet; raises as write_file does."""
    with suppress(OSError):  # nothing is there, or no link
        if os.readlink(path) == target:
            return
    write_link(path, target)


def make_folder(path: Path) -> None:
    """Make the folder and the folders above it where they are missing; raises as write_file does."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None


def clear_temporaries(folder: Path) -> None:
    """Remove half written files from a folder: their command was killed on this machine, or they are an hour old."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.endswith(".tmp") and is_temporary_left(folder / name):  # a Path for each of 2,000 names takes 5 ms
                (folder / name).unlink(missing_ok=True)


def is_temporary_left(path: Path) -> bool:
    """Return whether a half written file has this name: its command was killed here, or it is an hour old."""
    found = _TEMPORARY.fullmatch(path.name)
    return found is not None and (_is_orphan(path.name, found[1]) or is_old(path))


def _temporary_for(path: Path) -> Path:
    """Return a hidden name beside ``path`` that nobody can guess, and so have made a link of."""
    random = os.urandom(8).hex()
    return path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.{random}.tmp")


def _is_orphan(name: str, pid: str) -> bool:
    return f".{os.uname().nodename}.{pid}." in name and not os.path.exists(f"/proc/{pid}")


def is_old(path: Path) -> bool:
    """Return whether a half written file has not changed for DEAD_AFTER_S: its command must be dead."""
    return time.time() - path.lstat().st_mtime > DEAD_AFTER_S


def write_new(path: Path, raw: bytes, mode: int | None = None) -> None:
    """Write a file that must not be there yet, not even as a link, to the disk; raises OSError, as open does."""
    with open(path, "xb", opener=_open_new) as file:
        file.write(raw)
        file.flush()
        if mode is not None:
            os.chmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _open_new(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def cannot_write(path: Path, error: OSError) -> NotWritten:
    """Return the error for the user where the system refused to write ``path``, which is still unchanged."""
    if error.errno in FULL:
        full = f"{path}: no space is left for it (disk or quota full)"
        return NoSpace(full, ". Nothing was changed. Free some, try again.")
    return NotWritten(f"{path}: cannot be written: {error.strerror}", ". Nothing was changed.")
