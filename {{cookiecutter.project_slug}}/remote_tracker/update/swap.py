"""Swap OURS by moves: after a kill at any point the next update undoes or finishes the swap.

In the project's .update/: new/ (the new OURS), ready (the plan; once it is there, the swap is finished, never
undone), old/ (the parts taken out, which become the backup).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from filecmp import cmp
from pathlib import Path

from ..disk.files import write_file
from ..disk.moves import copy, identify, replace, take
from .links import link_scripts
from .release import find_parts, make_executable

WORK = ".update"
BACKUPS = ".backups"


@dataclass(frozen=True)
class Plan:
    """A swap from one version to another, and the name of its backup in .backups/."""

    old: str
    new: str
    backup: str
    changes: str


def stage(root: Path, files: Mapping[Path, Path], plan: Plan) -> None:
    """Copy a release's files to .update/new/, flushed to disk, and mark the swap as ready; raises OSError."""
    new = root / WORK / "new"
    for name, source in files.items():
        _copy_through(source, new / name)
    link_scripts(new, root)
    make_executable(new)
    write_file(root / WORK / "ready", json.dumps(asdict(plan)))


def finish(root: Path) -> Plan:
    """Do the rest of the swap that is ready, and keep the old parts as the backup; raises OSError."""
    work = root / WORK
    plan = Plan(**json.loads((work / "ready").read_text(encoding="utf-8")))
    for name in find_parts(work / "new"):
        _swap_one(work / "new" / name, root / name, work / "old" / name)
    if (work / "old").is_dir():
        (root / BACKUPS).mkdir(exist_ok=True)
        _move(work / "old", root / BACKUPS / plan.backup)
    clear(root)
    return plan


def repair(root: Path) -> Plan | None:
    """Finish a swap that was killed half way and return its plan; remove a swap that was not ready, return None."""
    if (root / WORK / "ready").is_file():
        return finish(root)
    clear(root)
    return None


def clear(root: Path) -> None:
    """Remove .update/; the project's old parts are in the backup by then."""
    if (root / WORK).exists():
        (root / WORK / "ready").unlink(missing_ok=True)
        shutil.rmtree(root / WORK)


def _swap_one(new: Path, target: Path, old: Path) -> None:
    old.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    while True:
        if target.is_dir():
            # A folder cannot be renamed over a folder that is not empty: the old folder goes aside first. After a
            # kill between both renames remote_tracker/ is missing; ./rt puts it back, and the next update goes on.
            _move(target, _free(old))
        elif target.is_file() and not _is_swapped(new, target, old):
            copy(target.resolve(), old)
        try:
            return replace(new, target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # ./rt, typed between both renames, put it back
                raise


def _is_swapped(new: Path, target: Path, old: Path) -> bool:
    """Return whether a killed swap put the new file in its place, and kept the old file, or both are links."""
    both_links = target.is_symlink() and new.is_symlink()
    return both_links or (old.exists() and new.is_file() and cmp(new, target, shallow=False))


def _move(source: Path, target: Path) -> None:
    """Move a part to a free place, also from one disk to another."""
    if meant := identify(source):
        take(source, target, meant)


def _free(path: Path) -> Path:
    return path if not path.exists() else _free(path.with_name(path.name + ".earlier"))


def _copy_through(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
