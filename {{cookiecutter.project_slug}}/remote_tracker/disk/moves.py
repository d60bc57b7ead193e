"""Move a file, a link or a folder to another place, also on another disk: at each moment it lies whole in one place.

Between disks a copy beside the target is flushed and renamed, then the source goes. A killed move may be done again.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from filecmp import cmp
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from ..named_tuple import NamedTuple

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)  # the disk makes no second names


class Identity(NamedTuple):
    """What tells a file, a link or a folder from another that stands at its place later."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    def is_same(self, other: Identity) -> bool:
        """Return whether both are of one file; a network disk has another device number each time it is mounted."""
        return self[1:] == other[1:]


def identify(path: Path) -> Identity | None:
    """Return the identity of the file, link or folder at ``path``; None where nothing stands there."""
    try:
        entry = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Identity(entry.st_dev, entry.st_ino, entry.st_size, entry.st_mtime_ns)


def take(source: Path, target: Path, meant: Identity) -> bool:
    """Move what stands at ``source`` to ``target``, a place that nobody else writes to, if it is what was ``meant``.

    Returns False, with nothing moved, where something else stands at ``source``, or nothing. Raises OSError.
    """
    found = identify(source)
    if found is None or not meant.is_same(found):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        _require_same(source, target)
    elif _rename(source, target):
        now = identify(target)
        if now and now.inode != found.inode:  # somebody put another file at the source at this very moment
            put(target, source)
            return False
        return True
    else:
        _copy_to(source, target, os.rename)
    if not _drop(source, found):  # it was changed meanwhile, and stays
        remove(target)
        return False
    return True


def put(source: Path, target: Path) -> None:
    """Move ``source``, which nobody else writes to, to ``target``; never over what stands there.

    Raises FileExistsError where something else stands at ``target``, OSError where the move fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        _require_same(source, target)
    else:
        try:
            _rename_to_free(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_to(source, target, _rename_to_free)
    if os.path.lexists(source):
        _discard(source, _temporary_beside(source))


def replace(source: Path, target: Path) -> None:
    """Move ``source`` over what stands at ``target``: old or new stands there at each moment; raises OSError.

    A folder that is not empty is not replaced: raises OSError with ENOTEMPTY.
    """
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_to(source, target, os.replace)
        _discard(source, _temporary_beside(source))


def copy(source: Path, target: Path) -> None:
    """Copy a file over what stands at ``target``, whole at once; raises OSError."""
    _copy_to(source, target, os.replace)


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that it holds; raises OSError."""
    if S_ISDIR(os.lstat(path).st_mode):
        from shutil import rmtree  # with zlib and its like 3 ms of a scan, which seldom moves anything

        rmtree(path)
    else:
        path.unlink()


def _rename(source: Path, target: Path) -> bool:
    """Rename, and return whether both places lie on one disk."""
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _rename_to_free(source: Path, target: Path) -> None:
    """Rename on one disk; raises FileExistsError where another file came to stand at ``target`` meanwhile.

    A second name is given and the first taken away: a rename would replace that file. A folder needs no such care.
    """
    if S_ISREG(os.lstat(source).st_mode) and _link(source, target):
        source.unlink()
    else:
        os.rename(source, target)


def _link(source: Path, target: Path) -> bool:
    """Give a file a second name on one disk, and return whether the disk makes second names."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return False
    return True


def _drop(source: Path, meant: Identity) -> bool:
    """Remove what stands at ``source``, which lies whole elsewhere by now. Returns False where it changed: it stays."""
    hidden = source.with_name(f".taken.{os.urandom(6).hex()}")  # no temporary name: it may turn out to be another file
    if not _rename(source, hidden):  # a file system of layers renames no folder of a lower layer
        remove(source)
        return True
    found = identify(hidden)
    if found and not meant.is_same(found):
        _rename_to_free(hidden, source)
        return False
    remove(hidden)
    return True


def _discard(source: Path, hidden: Path) -> None:
    """Remove a file or folder under another name: half of a folder has never the name of the whole."""
    remove(hidden if _rename(source, hidden) else source)


def _require_same(source: Path, target: Path) -> None:
    """Raise FileExistsError unless both hold the same: then a move was killed before its source went."""
    if not _holds_same(source, target):
        raise FileExistsError(errno.EEXIST, "another file stands there", str(target))


def _holds_same(one: Path, other: Path) -> bool:
    first, second = os.lstat(one), os.lstat(other)
    if os.path.samestat(first, second):
        return True
    if S_ISREG(first.st_mode) and S_ISREG(second.st_mode):
        return first.st_size == second.st_size and cmp(one, other, shallow=False)
    if S_ISLNK(first.st_mode) and S_ISLNK(second.st_mode):
        return os.readlink(one) == os.readlink(other)
    if S_ISDIR(first.st_mode) and S_ISDIR(second.st_mode):
        names = sorted(os.listdir(one))
        return names == sorted(os.listdir(other)) and all(_holds_same(one / name, other / name) for name in names)
    return False


def _copy_to(source: Path, target: Path, rename: Callable[[Path, Path], None]) -> None:
    """Copy ``source`` under a temporary name beside ``target``, flush the copy to the disk, and rename it."""
    copy = _temporary_beside(target)
    try:
        _copy_whole(source, copy)
        rename(copy, target)
    except BaseException:  # Ctrl-C too
        with suppress(OSError):
            remove(copy)
        raise
    _flush(target.parent)


def _temporary_beside(path: Path) -> Path:
    """Return a name that nobody can foresee, as short beside a long name, in the form of our temporary names."""
    return path.with_name(f".moved.{os.urandom(6).hex()}.{os.uname().nodename}.{os.getpid()}.tmp")


def _copy_whole(source: Path, copy: Path) -> None:
    mode = os.lstat(source).st_mode
    if S_ISLNK(mode):
        os.symlink(os.readlink(source), copy)
        _copy_marks(source, copy)
    elif S_ISDIR(mode):
        os.mkdir(copy, 0o700)
        for name in os.listdir(source):
            _copy_whole(source / name, copy / name)
        _flush(copy)
        _copy_marks(source, copy)
    elif S_ISREG(mode):
        _copy_file(source, copy)
    else:
        raise OSError(errno.EINVAL, "neither a file nor a link nor a folder", str(source))


def _copy_file(source: Path, copy: Path) -> None:
    handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as written, open(source, "rb") as read:
        while block := read.read(1024 * 1024):
            written.write(block)
        written.flush()
        _copy_marks(source, copy)
        os.fsync(written.fileno())


def _copy_marks(source: Path, copy: Path) -> None:
    """Give a copy the owner, mode and times of its source, as far as the disk and the user's rights allow."""
    from shutil import copystat  # 3 ms, as above

    entry = os.lstat(source)
    with suppress(OSError):
        os.chown(copy, entry.st_uid, entry.st_gid, follow_symlinks=False)
    with suppress(OSError):
        copystat(source, copy, follow_symlinks=False)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network disks flush no folder
            os.fsync(handle)
    finally:
        os.close(handle)
