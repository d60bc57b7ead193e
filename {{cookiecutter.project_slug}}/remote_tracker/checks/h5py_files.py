"""Open HDF5 files with h5py, which may be missing, and tell what it finds wrong with them."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import RemoteTrackerError
from .clause import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator


# The releases of HDF5 that brought a new version of a message in a file: HDF5 File Format Specification 4.0, IV.A.2.
_BROUGHT = {"layout": ((1, 10), (2, 0)), "datatype": ((1, 12), (2, 0))}
_TOO_NEW = "bad version number"  # what HDF5 says of a message that a later HDF5 wrote


@contextmanager
def damage(path: str) -> Iterator[None]:
    """Turn the errors that h5py raises for the damaged file at ``path``, on opening or later, into a Fault.

    Raises RemoteTrackerError, which blames no result, where this h5py is too old for the file.
    """
    try:
        yield
    except (RuntimeError, KeyError, ValueError, TypeError) as error:
        if is_too_new(error):
            raise RemoteTrackerError(_name_newer(path, str(error))) from None
        raise Fault(f"cannot be read as HDF5: {error}") from None


def is_too_new(error: Exception) -> bool:
    """Return whether h5py raised the error for a part of a file that a later HDF5 wrote."""
    return _TOO_NEW in str(error)


def _name_newer(path: str, said: str) -> str:
    """Return a line that names the file, the HDF5 that it needs, and what to install."""
    h5py = load_h5py()
    found = re.search(rf"{_TOO_NEW} for (\w+) message", said)
    ours = tuple(map(int, h5py.version.hdf5_version_tuple[:2]))
    needed = [release for release in _BROUGHT.get(found[1] if found else "", ()) if release > ours]
    wanted = f"HDF5 {needed[0][0]}.{needed[0][1]} or later" if needed else "a later HDF5"
    return (
        f"{path} can be read by {wanted} only; h5py {h5py.__version__} here has HDF5 {h5py.version.hdf5_version}. "
        "Install a newer h5py (3.16 has HDF5 2.0) for the Python that runs ./rt. Nothing was judged."
    )


# numpy, which h5py brings, starts a thread for each core when it is loaded, on a large node too, for nothing.
THREADS = "OPENBLAS_NUM_THREADS"


def open_hdf5(path: str) -> Any:
    """Return the file at ``path``, opened by h5py's low-level interface; raises what h5py raises."""
    h5py = load_h5py()
    return h5py.h5f.open(os.fsencode(path), h5py.h5f.ACC_RDONLY, _access(h5py))


@cache
def _access(h5py: Any) -> Any:
    """Return the properties that files are opened with; made once: to make them takes a sixth of a look's time."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
    # We only read: a lock fails on many NFS mounts and would block a program that writes.
    with suppress(AttributeError):  # h5py built with an HDF5 before 1.12.1 lacks this option
        access.set_file_locking(False, False)
    return access


def load_h5py() -> Any:
    """Return the module h5py; raises RemoteTrackerError, which says what to install, where it is missing."""
    ours = THREADS not in os.environ
    os.environ.setdefault(THREADS, "1")
    try:
        import h5py  # 85 to 103 ms, and a library that may be missing
    except ImportError:
        raise RemoteTrackerError(
            "h5py is missing: without it no HDF5 result can be checked. Nothing was judged. "
            f"Type: {shlex.quote(sys.executable)} -m pip install h5py"
        ) from None
    finally:
        if ours:  # a program that a check starts has its own
            del os.environ[THREADS]
    return h5py
