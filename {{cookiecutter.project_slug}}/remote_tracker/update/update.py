"""Do an update, from finding the new version to the line that says what changed."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..disk.files import clear_temporaries
from ..errors import FULL, NoSpace, RemoteTrackerError
from .changelog import read_changes
from .links import links_hold
from .origin import find_version, load_origin, read_version, write_origin
from .release import NOTHING_CHANGED, Release, find_files, open_release
from .swap import BACKUPS, WORK, Plan, clear, finish, repair, stage


@dataclass(frozen=True)
class Updated:
    """What an update did; ``str`` gives the text that people read."""

    old: str  # the version before
    new: str  # the version now
    backup: Path | None  # where the old files are; None: there was nothing to do
    changes: str  # the part of the changelog

    def __str__(self) -> str:
        """Return a line on what was done, then the changes if any."""
        if self.backup is None:
            return f"This is remote-tracker {self.new} already. {NOTHING_CHANGED}"
        kept = f"The old one is kept in {BACKUPS}/{self.backup.name}."
        return f"remote-tracker {self.old} -> {self.new}. {kept}\n{self.changes}".rstrip()


def update(root: Path, source: str = "") -> Updated:
    """Swap OURS for the version in ``source``; without a source, in the template that made the project.

    YOURS is not touched. After a kill at any point the project has the old or the new version, or the next
    update finishes the swap. Raises RemoteTrackerError, and NoSpace where the disk is full.
    """
    with _alone(root):
        try:
            done = repair(root)
            return _update(root, source or _find_source(root), done)
        except OSError as error:
            raise _told(root, error) from None
        finally:
            _leave_tidy(root)


def _update(root: Path, source: str, done: Plan | None) -> Updated:
    old = find_version(root)
    release = open_release(source, root / WORK / "source")
    if _is_same(root, release):
        write_origin(root, {**load_origin(root), "version": old})
        return _describe(root, done) if done else Updated(old, old, None, "")
    if read_version(release.version) < read_version(old) and not release.is_backup:
        raise RemoteTrackerError(_refuse_older(root, source, release, old))
    plan = Plan(old, release.version, _name_backup(root, old), read_changes(release.changelog, old, release.version))
    stage(root, release.files(), plan)
    finish(root)
    write_origin(root, {**load_origin(root), "version": release.version})
    return _describe(root, plan)


def _find_source(root: Path) -> str:
    template = load_origin(root).get("template", "")
    if not template or (template.startswith("/") and not Path(template).exists()):
        known = f"{template}, from which this project was made, is not there" if template else "no template is known"
        raise RemoteTrackerError(
            f"{known}. {NOTHING_CHANGED} Type: ./rt update --from FILE.zip (or a folder, or a git address)"
        )
    return template


def _is_same(root: Path, release: Release) -> bool:
    files = release.files()
    extra = {name for name in find_files(root) if name.parts[0] == "remote_tracker"} - files.keys()
    same = ((root / name).is_file() and (root / name).read_bytes() == it.read_bytes() for name, it in files.items())
    return not extra and all(same) and links_hold(root, release.root)


def _refuse_older(root: Path, source: str, release: Release, old: str) -> str:
    backups = sorted((root / BACKUPS).glob(f"{release.version}-*"))
    way = f"To go back: ./rt update --from {BACKUPS}/{backups[-1].name}" if backups else "Make a new project from it."
    return f"{source}: holds {release.version}, older than {old}, which this project has. {NOTHING_CHANGED} {way}"


def _name_backup(root: Path, old: str) -> str:
    name = f"{old}-{datetime.now():%Y%m%d-%H%M%S}"
    while (root / BACKUPS / name).exists():
        name += "a"
    return name


def _describe(root: Path, plan: Plan) -> Updated:
    return Updated(plan.old, plan.new, root / BACKUPS / plan.backup, plan.changes)


def _leave_tidy(root: Path) -> None:
    clear_temporaries(root)
    if not (root / WORK / "ready").exists():
        clear(root)


def _told(root: Path, error: OSError) -> RemoteTrackerError:
    half = (root / WORK / "ready").exists()
    rest = "The swap is half done: mend that, then type ./rt update again." if half else NOTHING_CHANGED
    if error.errno in FULL:
        return NoSpace(f"{root}: no space is left for the new version (disk or quota full). {rest}")
    return RemoteTrackerError(f"{error.filename or root}: {error.strerror or error}. {rest}")


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Lock the project's folder for the block; go on without a lock where the file system has none."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            os.close(handle)
            raise RemoteTrackerError(f"{root}: another ./rt update is at work here. {NOTHING_CHANGED}") from None
    try:
        yield
    finally:
        os.close(handle)
