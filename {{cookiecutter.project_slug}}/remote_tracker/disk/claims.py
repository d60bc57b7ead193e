"""Claim a file or hold a lock, so that exactly one of several processes goes on; not every storage can do both.

Bash claims alike in task/task_claim.sh (claim_file), on the nodes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from ..errors import RemoteTrackerError
from .files import cannot_write, write_new

ATTEMPTS = 10  # at a lock that a scan may be asking for
# What the system says where a storage has no locks: Lustre without -o flock, NFS without its lock service, some FUSE.
NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


def claim_file(path: Path, line: str) -> bool:
    """Write a file of one line unless it is there; return whether this process wrote it.

    Where the storage knows hard links, the file is whole as soon as it is there. Raises NotWritten.
    """
    mine = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        write_new(mine, f"{line}\n".encode())
        try:
            os.link(mine, path)
        except FileExistsError:
            return False
        except OSError:  # no hard links here; os.link tells that in many ways
            write_new(path, f"{line}\n".encode())
        return True
    except FileExistsError:
        return False
    except OSError as error:
        raise cannot_write(path, error) from None
    finally:
        mine.unlink(missing_ok=True)


def take_lock(path: Path, inherit: bool) -> int | None:
    """Return the file descriptor of the lock on ``path``; None where another process holds the lock.

    The file is made where it is not there. With ``inherit``, every process started from now on holds the lock, too.
    Raises RemoteTrackerError where the file cannot be written, or its storage knows no locks.
    """
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise cannot_write(path, error) from None
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # a scan may be asking just now
            time.sleep(0.05 if attempt < ATTEMPTS - 1 else 0)
        except OSError as error:
            os.close(lock)
            raise _no_lock(path, error) from None
        else:
            os.set_inheritable(lock, inherit)
            return lock
    os.close(lock)
    return None


def is_held(path: Path) -> bool:
    """Return whether a living process holds the lock on this file; several processes may ask at once.

    Raises RemoteTrackerError where its storage knows no locks, as another machine may see that otherwise.
    """
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise _no_lock(path, error) from None
    finally:
        os.close(lock)


def _no_lock(path: Path, error: OSError) -> RemoteTrackerError:
    if error.errno not in NO_LOCKS:
        return RemoteTrackerError(f"{path}: cannot be locked: {error.strerror}. Nothing was changed.")
    advice = "Put the project on another disk, or have this one mounted with locks (Lustre: -o flock)"
    return RemoteTrackerError(f"{path}: its storage knows no locks ({error.strerror}). {advice}. Nothing was changed.")


def find_lacks(folder: Path) -> tuple[bool, str]:
    """Return whether the storage of a folder lacks hard links, and what people are told where it lacks locks, else "".

    Raises NotWritten where nothing can be written there.
    """
    asked = folder / f".asked.{os.urandom(8).hex()}"
    linked = asked.with_name(f"{asked.name}.link")
    try:
        write_new(asked, b"")
    except OSError as error:
        raise cannot_write(folder, error) from None
    try:
        with suppress(OSError):
            os.link(asked, linked)
        lock = take_lock(asked, inherit=False)
        if lock is not None:
            os.close(lock)
    except RemoteTrackerError as error:
        return not linked.exists(), str(error).replace(str(asked), str(folder))
    else:
        return not linked.exists(), ""
    finally:
        for path in (asked, linked):
            path.unlink(missing_ok=True)
