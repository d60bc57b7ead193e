"""Let one command at a time copy between the two sides of a project at home."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ..disk.files import make_folder
from ..errors import RemoteTrackerError
from ..model import Project

LOCK = ".remote/lock"


@contextmanager
def alone(project: Project) -> Iterator[int]:
    """Hold the project's lock for the block; raises RemoteTrackerError where another command holds it.

    Yields the handle that holds it: a copy that keeps it open holds the lock, too, when this process was killed. Where
    the file system has no locks the block goes on without.
    """
    path = project.root / LOCK
    make_folder(path.parent)
    with open(path, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                told = "another ./rt push, pull or free is at work in this project"
                raise RemoteTrackerError(f"{os.path.relpath(path)}: {told}. Nothing was done.") from None
        yield file.fileno()
