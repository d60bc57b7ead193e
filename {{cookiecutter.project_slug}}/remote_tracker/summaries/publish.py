"""Publish all new tables or none: write them whole into a new folder, then move them to their place together."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from ..errors import FULL, NoSpace, RemoteTrackerError

READY = ".ready"
_NEW = ".new-"
_FULL = (*FULL, errno.EFBIG)  # a limit on the size of files is one on space, too
_DEAD_AFTER_S = 3600
TRIES = 100  # how often another join may be ready first; each time its tables are moved, which takes a millisecond


@contextmanager
def new_tables(into: Path, names: tuple[str, ...]) -> Iterator[list[TextIO]]:
    """Give an open text file for each name; when the block ends well, all replace the old files, else nothing changes.

    The folder of whole new files is renamed to ``.ready``: this single step decides between old and new. The next
    run finishes a run that was killed while it moved the files out. Raises NoSpace on a full disk, and
    RemoteTrackerError where the folder cannot be written.
    """
    fresh = into / f"{_NEW}{socket.gethostname()}-{os.getpid()}"
    made = not into.exists()
    try:
        into.mkdir(parents=True, exist_ok=True)
        _refuse_folders(into, names)
        _move_out(into)
        _sweep(into)
        fresh.mkdir()
        with ExitStack() as stack:
            streams = [stack.enter_context(_new_file(fresh / name)) for name in names]
            yield streams
            for stream in streams:
                stream.flush()
                os.fsync(stream.fileno())
        _sync_folder(fresh)
        _turn(fresh, into)
        _move_out(into)
    except OSError as error:
        raise _refusal(into, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if made:
            with suppress(OSError):  # a folder that holds something stays
                into.rmdir()


@contextmanager
def passing_file(beside: TextIO, name: str) -> Iterator[BinaryIO]:
    """Give a file beside a new table, to write and to read; it goes when the block ends, before the table is moved."""
    path = Path(beside.name).with_name(f".{name}")
    try:
        with open(path, "x+b") as file:
            yield file
    finally:
        path.unlink(missing_ok=True)


def _turn(fresh: Path, into: Path) -> None:
    """Rename the folder of whole new files to READY, behind what other joins, ended or killed, have ready there."""
    for left in reversed(range(TRIES)):
        _move_out(into)
        try:
            fresh.rename(into / READY)
            return
        except OSError as error:  # another join made its files ready since the line before
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or not left:
                raise


def _move_out(into: Path) -> None:
    ready = into / READY
    with suppress(FileNotFoundError):  # nothing to do, or another join is doing it now
        for name in sorted(os.listdir(ready)):
            with suppress(FileNotFoundError):
                os.replace(ready / name, into / name)
        _sync_folder(into)
        with suppress(OSError):
            ready.rmdir()


def _new_file(path: Path) -> TextIO:
    # open() alone gives the mode that the umask, or the folder's own rules, ask for
    return open(path, "x", encoding="utf-8", errors="surrogateescape", newline="\n")


def _refuse_folders(into: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (into / name).is_dir():
            raise RemoteTrackerError(f"{into / name}: a folder stands where the table belongs; move it away.")


def _sweep(into: Path) -> None:
    """Remove the folders of killed joins: folders in which nothing was written for an hour."""
    for folder in into.glob(f"{_NEW}*"):
        with suppress(OSError):
            newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            if time.time() - newest > _DEAD_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some file systems cannot flush folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refusal(into: Path, error: OSError) -> RemoteTrackerError:
    if error.errno in _FULL:
        return NoSpace(f"{into}: the disk or your quota is full ({error.strerror}); the old tables stand. Make room.")
    return RemoteTrackerError(f"{into}: cannot be written ({error.strerror}); the old tables stand.")
