"""Look at files on the other side, where nothing is read whole: sizes, times, samples, and where folders really lie."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize

from ..content.digest import sample_of
from ..disk.case import folds_case
from ..disk.files import is_old, make_folder
from ..model import Project
from ..partial_copies import COPY_FOLDERS
from ..scan import Tree
from .answers import Answer

PARTIAL = COPY_FOLDERS[1]  # where rsync keeps a part of a file; scans know this folder
OPEN_FILES = "/proc"


def numbers_of(found: os.stat_result) -> list[int]:
    """Return size, mtime, inode and ctime of a file: as a record notes them."""
    return [found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns]


def look(project: Project, question: Answer) -> Answer:
    """Say which of the files are there, and what they hold by a sample; clear what a killed copy left of them.

    ``files`` holds [path, size, numbers] of each: a sample is read only where the size is the same and the numbers are
    others. With ``make`` the folder of the videos is made where it is missing.
    """
    tree, found = Tree(project.root, project.videos), {}
    root = tree.place("RawVideos/")
    if question.get("make") and not os.path.isdir(root):
        make_folder(Path(root))
    paths = [path for path, *_ in question["files"]]
    for path, size, known in question["files"]:
        if (seen := _look_at(tree.place(path), size, known)) is not None:
            found[path] = seen
    missing = [path for path in paths if path not in found and not path.isascii()]
    return {
        "files": found,
        "alike": {path: other for path in missing if (other := _find_alike(tree, path))},
        "parents": find_parents(tree, paths),
        "cleared": clear_leftovers(map(tree.place, paths)),
        "folds_case": folds_case(root, may_write=bool(question.get("make"))),
        "self": {str(path): numbers_of(path.stat()) for path in find_own_files(project)},
    }


def _find_alike(tree: Tree, path: str) -> str:
    """Return the path that lies there and has the same name with letters composed otherwise; "" where none does.

    A folder of that name on the way counts, too: else a day would be there twice.
    """
    above, *parts = path.split("/")
    for part in parts:
        here = f"{above}/{part}"
        if not os.path.lexists(tree.place(here)):
            others = {f"{above}/{normalize(form, part)}" for form in ("NFC", "NFD")} - {here}
            return next((other for other in sorted(others) if os.path.lexists(tree.place(other))), "")
        above = here
    return ""


def find_own_files(project: Project) -> list[Path]:
    """Return the files by which this is the project and the version that it is."""
    return [project.root / "project.yml", Path(__file__).parents[1] / "__init__.py"]


def _look_at(place: str, size: int, known: Sequence[int] | None) -> list[object] | None:
    try:
        seen = os.stat(place)
        numbers = numbers_of(seen)
        is_asked = stat.S_ISREG(seen.st_mode) and seen.st_size == size and numbers != known
        return [numbers, sample_of(place) if is_asked else ""]
    except FileNotFoundError:
        return None
    except OSError as error:
        return [[-1, 0, 0, 0], error.strerror or "it cannot be read"]


def find_parents(tree: Tree, paths: Iterable[str]) -> dict[str, str]:
    """Return, by its path below the project, where each folder of the files really lies, links followed."""
    parents = {path.rpartition("/")[0] for path in paths}
    return {parent: os.path.realpath(tree.place(f"{parent}/")) for parent in parents}


def clear_leftovers(places: Iterable[str]) -> int:
    """Remove what killed copies left of these files, and return how many files that were.

    A receiver that is killed leaves ``.NAME.XXXXXX``, from which nothing goes on. A file that somebody writes just now
    stays: another laptop may send the same video.
    """
    by_folder: dict[str, set[str]] = {}
    for place in places:
        folder, _, name = place.rpartition("/")
        by_folder.setdefault(folder, set()).add(name)
    left = [path for folder, names in by_folder.items() for path in _find_left(folder, names)]
    held = _find_open() if left else frozenset()
    count = 0
    for path in left:
        with suppress(OSError):
            if (os.path.realpath(path) not in held) if held is not None else is_old(Path(path)):
                os.unlink(path)
                count += 1
    return count


def _find_left(folder: str, names: set[str]) -> list[str]:
    found = []
    with suppress(OSError):
        for entry in os.scandir(folder):
            temporary = re.fullmatch(r"\.(.+)\.[A-Za-z0-9]{6}", entry.name, re.DOTALL)
            if temporary and temporary[1] in names and entry.is_file(follow_symlinks=False):
                made = entry.stat(follow_symlinks=False)
                if made.st_uid == os.geteuid() and stat.S_IMODE(made.st_mode) == 0o600:
                    found.append(entry.path)
    return found


def _find_open() -> frozenset[str] | None:
    """Return the paths of the files that the user's processes hold open here; None where that cannot be seen."""
    try:
        pids = [name for name in os.listdir(OPEN_FILES) if name.isdecimal()]
    except OSError:
        return None
    found = set()
    for pid in pids:
        with suppress(OSError):
            for number in os.listdir(f"{OPEN_FILES}/{pid}/fd"):
                with suppress(OSError):
                    found.add(os.readlink(f"{OPEN_FILES}/{pid}/fd/{number}"))
    return frozenset(found)


def doubt(project: Project, question: Answer) -> Answer:
    """Put files that arrived otherwise than they were sent where rsync keeps unfinished copies: no scan takes them."""
    tree, count = Tree(project.root, project.videos), 0
    for path, numbers in question["files"]:
        place = tree.place(path)
        with suppress(OSError):
            if numbers_of(os.stat(place)) == numbers:
                folder, _, name = place.rpartition("/")
                os.makedirs(f"{folder}/{PARTIAL}", mode=0o700, exist_ok=True)
                os.replace(place, f"{folder}/{PARTIAL}/{name}")
                count += 1
    return {"count": count}
