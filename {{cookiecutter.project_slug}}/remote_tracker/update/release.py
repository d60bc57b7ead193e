"""Open a zip, a folder or a git address as a release: a version of OURS, laid out as in a project and checked."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .. import shell
from ..errors import RemoteTrackerError
from .origin import find_version
from .pages import FOLDER, find_pages

PACKAGE_PAGES = Path("remote_tracker") / FOLDER
NEEDED = ("rt", "remote_tracker", "workspace/get_files2process.sh", "summarizer/get_cmd2process.sh")
SCRIPTS = ("workspace/*.sh", "summarizer/*.sh")
# Names that are the user's in these folders, whatever a release holds: job scripts, and how programs are found.
YOURS = re.compile(r"[^/]+/(?:activate\.sh|process_[^/]*)")
TEMPLATE = "{{cookiecutter.project_slug}}"
HOSTS = {"gh": "https://github.com/", "gl": "https://gitlab.com/", "bb": "https://bitbucket.org/"}
NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Release:
    """A version of OURS below ``root``; ``is_backup`` is true where it came from a project, not from a template."""

    root: Path
    version: str
    changelog: str
    is_backup: bool
    pages: Path | None = None  # the template's docs/; the pages of a backup lie in its package

    def files(self) -> dict[Path, Path]:
        """Return each file of OURS as it lies in a project -> where it lies in the release."""
        found = {name: self.root / name for name in find_files(self.root)}
        if self.pages:
            found |= {PACKAGE_PAGES / page: self.pages / page for page in find_pages(self.pages)}
        return found


def open_release(source: str, scratch: Path) -> Release:
    """Return the release in ``source``; an archive is unpacked and a repository cloned into ``scratch``.

    ``source`` is a zip as a git host makes it, a template's folder, a backup's folder or a git address.
    Raises RemoteTrackerError where ``source`` is something else, lacks a part, or does not compile.
    """
    release = _find_release(_fetch(source, scratch), source)
    missing = [name for name in NEEDED if not (release.root / name).exists()]
    if missing:
        raise RemoteTrackerError(f"{source}: is not whole, {missing[0]} is missing in it. {NOTHING_CHANGED}")
    _compile_all(release.root, source)
    return release


def find_parts(root: Path) -> list[str]:
    """Return the names of the parts of OURS below ``root``, each swapped as a whole: scripts, rt, remote_tracker.

    They are looked up in the release, so that a later version may bring a script that this version does not know. A
    name of YOURS is never a part, also where a release, or what an update left half done, holds such a file.
    """
    scripts = sorted(str(path.relative_to(root)) for pattern in SCRIPTS for path in root.glob(pattern))
    ours = (name for name in scripts if not YOURS.fullmatch(name))
    return [name for name in (*ours, "rt", "remote_tracker") if (root / name).exists()]


def find_files(root: Path) -> Iterator[Path]:
    """Yield every file of the parts below ``root``, relative to ``root``, without Python's caches."""
    for name in find_parts(root):
        top = root / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)


def make_executable(root: Path) -> None:
    """Let whoever may read a file of the parts run it if it starts with #! (zip files lose that permission)."""
    for name in find_files(root):
        path = root / name
        with open(path, "rb") as file:
            is_program = file.read(2) == b"#!"
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | (mode & 0o444) >> 2
        if is_program and mode != wanted:
            path.chmod(wanted)


def _fetch(source: str, scratch: Path) -> Path:
    path = Path(source).expanduser()
    if path.is_dir() and not source.endswith(".git"):
        return path
    if path.is_file():
        return _unpack(path, scratch)
    prefix, _, rest = source.partition(":")
    address = HOSTS[prefix] + rest if prefix in HOSTS else source
    if re.match(r"https?://.*\.zip$", address):
        raise RemoteTrackerError(f"{source}: download it first, then ./rt update --from FILE.zip. {NOTHING_CHANGED}")
    if "://" in address or address.startswith("git@") or address.endswith(".git"):
        return _clone(address, scratch)
    raise RemoteTrackerError(f"{source}: is no zip, no folder and no git address. {NOTHING_CHANGED}")


def _unpack(path: Path, scratch: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            for member in members:
                parts = PurePosixPath(member.filename.replace("\\", "/"))
                if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[:1]:
                    raise RemoteTrackerError(f"{path}: {member.filename} would be written outside. {NOTHING_CHANGED}")
            archive.extractall(scratch, [m for m in members if _is_needed(m.filename)])
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise RemoteTrackerError(f"{path}: is no zip that can be read ({error}). {NOTHING_CHANGED}") from None
    return scratch


def _is_needed(member: str) -> bool:
    """Return whether an update takes this file of an archive: the template, its pages, and what lies beside them."""
    return TEMPLATE in member or f"{FOLDER}/" in member or member.count("/") <= 1


def _clone(address: str, scratch: Path) -> Path:
    result = shell.run(["git", "clone", "--quiet", "--depth", "1", "--", address, str(scratch)], timeout=600)
    if result.code != 0:
        reason = (result.err.strip().splitlines() or ["git said nothing"])[-1]
        raise RemoteTrackerError(
            f"{address}: {reason}. {NOTHING_CHANGED} "
            f"Without a network, download its zip elsewhere: ./rt update --from FILE.zip"
        )
    return scratch


def _find_release(folder: Path, source: str) -> Release:
    for top in (folder, *sorted(folder.glob("*/"))):
        if (top / "cookiecutter.json").is_file() and (top / TEMPLATE / "remote_tracker").is_dir():
            log = top / "CHANGELOG.md"
            text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
            return Release(top / TEMPLATE, find_version(top / TEMPLATE), text, False, top / FOLDER)
    if (folder / "project.yml").exists():
        raise RemoteTrackerError(f"{source}: is a project, not the template of one. {NOTHING_CHANGED}")
    if (folder / "remote_tracker").is_dir():
        return Release(folder, find_version(folder), "", is_backup=True)
    raise RemoteTrackerError(
        f"{source}: is no remote-tracker template (no cookiecutter.json beside {TEMPLATE}/remote_tracker). "
        f"{NOTHING_CHANGED}"
    )


def _compile_all(root: Path, source: str) -> None:
    for name in find_files(root):
        if name.suffix == ".py":
            try:
                compile((root / name).read_bytes(), str(name), "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                raise RemoteTrackerError(
                    f"{source}: {name} line {line} is no Python: {error}. {NOTHING_CHANGED}"
                ) from None
