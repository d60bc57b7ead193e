"""Open a regular file that holds something."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from .clause import Fault


def open_file(path: str) -> BinaryIO:
    """Return the file at ``path``, opened for reading.

    Raises Fault unless it is a regular file that is not empty (a pipe would block for ever), OSError where it cannot
    be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise Fault("is a folder, expected a file")
        if not stat.S_ISREG(found.st_mode):
            raise Fault("is a pipe or a device, expected a file")
        if not found.st_size:
            raise Fault("is empty (0 bytes)")
    except BaseException:
        os.close(handle)
        raise
    return open(handle, "rb")
