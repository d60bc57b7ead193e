"""Ask a disk behind a network with a patience that ends.

A server that is gone lets each look at its files wait, for ever where the share is mounted "hard", as NFS is by default
(nfs(5)), and a process that waits so cannot even be killed. So a fork of this process asks, and is left behind where
no answer comes.
"""

from __future__ import annotations

import errno
import os
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

from ..shell.copies import start_copy
from .far_disks import far_mount_of

PATIENCE = "REMOTE_TRACKER_PATIENCE"  # the environment's word for how many seconds
PATIENCE_S = 30.0
Answer = Callable[[str], Any]  # of a path
_SIZE = struct.Struct("!Q")
silent: set[str] = set()  # mount points that did not answer this process in time: it asks them nothing more


class NoAnswer(OSError):
    """A disk behind a network did not answer in time."""


def is_silent(place: str) -> bool:
    """Return whether the absolute path ``place`` lies on a disk that did not answer this process in time."""
    return bool(silent) and far_mount_of(place) in silent


def patience() -> float:
    """Return for how many seconds a disk behind a network is waited for."""
    told = os.environ.get(PATIENCE, "")
    return float(told) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", told) else PATIENCE_S


class FarAsker:
    """Asks far disks by a fork of this process, which is made when it is needed first.

    ``answers`` are the functions of a path that can be asked for, by name; what they return must be fit for pickle.
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        self._pipes: tuple[int, int] | None = None
        self._owner = 0  # the process that made the fork: forks of that process make their own

    def ask(self, mount: str, what: str, path: str) -> Any:
        """Return ``answers[what](path)``, where ``path`` lies on the disk mounted at ``mount``.

        Raises the OSError that it raises, and NoAnswer where the disk does not answer in time, now or before.
        """
        if mount in silent:
            raise NoAnswer(errno.ETIMEDOUT, "its disk does not answer", path)
        import pickle  # 1.5 ms of a scan on a disk of this machine

        if self._pipes is None or self._owner != os.getpid():
            self._pipes, self._owner = start_copy(self._serve), os.getpid()
        asks, answers = self._pipes
        _write(asks, pickle.dumps((what, path)))
        try:
            answer = pickle.loads(_read(answers, patience()))
        except TimeoutError:
            silent.add(mount)
            self._leave()
            told = f"its disk does not answer (asked for {patience():g} s)"
            raise NoAnswer(errno.ETIMEDOUT, told, path) from None
        except EOFError:
            self._leave()
            raise OSError(errno.EIO, "the process that looked there was killed", path) from None
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _leave(self) -> None:
        for pipe in self._pipes or ():
            os.close(pipe)
        self._pipes = None

    def _serve(self, asks: int, answers: int) -> None:
        """Answer what is asked for, in the fork, up to the end of this process."""
        import pickle  # 1.5 ms, as above

        while True:
            what, path = pickle.loads(_read(asks))
            try:
                told = self._answers[what](path)
            except OSError as error:
                told = OSError(error.errno, error.strerror, path)
            _write(answers, pickle.dumps(told, pickle.HIGHEST_PROTOCOL))


def _write(pipe: int, data: bytes) -> None:
    data = _SIZE.pack(len(data)) + data
    while data:
        data = data[os.write(pipe, data) :]


def _read(pipe: int, seconds: float | None = None) -> bytes:
    """Return what was written at once; raises TimeoutError where it does not begin in time, EOFError at the end."""
    from select import select  # 0.3 ms of a scan on a disk of this machine

    if not select([pipe], [], [], seconds)[0]:
        raise TimeoutError
    size = _SIZE.unpack(_read_whole(pipe, _SIZE.size))[0]
    return _read_whole(pipe, size)


def _read_whole(pipe: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(pipe, size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
