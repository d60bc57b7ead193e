"""The swap itself, by renames: killed at any point it is undone or finished by the next update.

In the project's .update/: new/ (OURS, staged), ready (what is being done; from here on it is finished, never
undone), old/ (what was taken out; becomes the backup).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from ..files import write_file
from .links import link_scripts
from .release import find_files, find_parts, make_executable

WORK = ".update"
BACKUPS = ".backups"


@dataclass(frozen=True)
class Plan:
    """A swap from one version to another, and the name of its backup in .backups/."""

    old: str
    new: str
    backup: str
    changes: str


def stage(root: Path, release: Path, plan: Plan) -> None:
    """Copy the release's OURS beside the project's, whole and on disk, and mark the swap as ready; raises OSError."""
    new = root / WORK / "new"
    for name in find_files(release):
        _copy_through(release / name, new / name)
    link_scripts(new)
    make_executable(new)
    write_file(root / WORK / "ready", json.dumps(asdict(plan)))


def finish(root: Path) -> Plan:
    """Do what is left of the swap that is ready, and keep what it took out as the backup; raises OSError."""
    work = root / WORK
    plan = Plan(**json.loads((work / "ready").read_text(encoding="utf-8")))
    for name in find_parts(work / "new"):
        _swap_one(work / "new" / name, root / name, work / "old" / name)
    if (work / "old").is_dir():
        (root / BACKUPS).mkdir(exist_ok=True)
        os.replace(work / "old", root / BACKUPS / plan.backup)
    clear(root)
    return plan


def repair(root: Path) -> Plan | None:
    """Finish a swap that was killed half way and return it; take away one that had not begun."""
    if (root / WORK / "ready").is_file():
        return finish(root)
    clear(root)
    return None


def clear(root: Path) -> None:
    """Take away .update/; what was taken out of the project is in the backup by then."""
    if (root / WORK).exists():
        (root / WORK / "ready").unlink(missing_ok=True)
        shutil.rmtree(root / WORK)


def _swap_one(new: Path, target: Path, old: Path) -> None:
    old.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    while True:
        if target.is_dir():
            # A folder cannot be renamed over one that is not empty: the old one goes aside first. Killed between
            # the two, remote_tracker/ is missing; ./rt puts old/remote_tracker back, and the next update goes on.
            os.replace(target, _free(old))
        elif target.is_file() and not (target.is_symlink() and new.is_symlink()):
            shutil.copy2(target, old)
        try:
            return os.replace(new, target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # ./rt, typed between the two, put it back
                raise


def _free(path: Path) -> Path:
    return path if not path.exists() else _free(path.with_name(path.name + ".earlier"))


def _copy_through(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
