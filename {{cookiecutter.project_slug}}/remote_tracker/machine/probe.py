"""Look around on this machine, and remember that all needs are met while nothing that matters changes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from .. import shell
from ..disk.derived import write_derived
from ..disk.files import make_folder, write_file
from ..errors import NotWritten, RemoteTrackerError
from ..model import Need, Project
from ..model.scheduling import BATCHES
from ..parameters.digest import mark_files
from ..parameters.files import find_files_at
from ..parameters.fingerprint import ACTIVATE
from ..quick_dataclass import replace
from ..render import render_needs, render_questions

if TYPE_CHECKING:
    from .answers import Surroundings

PROBE = Path(__file__).with_name("probe.sh")
HERE = f"workspace/{BATCHES}/surroundings"  # derived: may be deleted at any time
_PARAMETER = re.compile(r"\bparams\.(\w+)")
SHOWN = 3  # lines that activate.sh printed, at most
PROBE_TIMEOUT_S = 300.0  # a conda on a busy network file system takes minutes
ANSWER_TIMEOUT_S = 180  # for each question: to import torch takes 10 s from a local disk, minutes from busy storage


def needs_here(project: Project) -> tuple[Need, ...]:
    """Return the needs, rendered, that this machine must meet: all of them only where tasks run here."""
    return tuple(need for need in render_needs(project.tracker) if _concerns_here(project, need))


def _concerns_here(project: Project, need: Need) -> bool:
    return project.cluster.scheduler.is_local or not need.on_node


def look_here(project: Project) -> Surroundings:
    """Return what this machine has; programs start as in a task, after activate.sh."""
    try:
        return _ask(project, project.root / HERE)
    except NotWritten:  # who may only read the project may look around, too
        from tempfile import TemporaryDirectory  # 38 ms of a scan, for a rare case

        with TemporaryDirectory() as folder:
            return _ask(project, Path(folder))


def find_activate_fault(root: Path) -> str:
    """Return what is wrong with the lines of the project's activate.sh, with what to type; "" where nothing is."""
    try:
        text = (root / ACTIVATE).read_bytes()
    except OSError:
        return ""
    return f"its lines end as on Windows (CR LF): sed -i 's/\\r$//' {ACTIVATE}" if b"\r\n" in text else ""


def _ask(project: Project, folder: Path) -> Surroundings:
    from .answers import read_surroundings  # 2 ms of a scan, which seldom asks

    needs = needs_here(project)
    write_questions(project, needs, folder)
    most = PROBE_TIMEOUT_S + ANSWER_TIMEOUT_S * (len(needs) + 1)
    ran = shell.run(["bash", str(folder / PROBE.name)], timeout=most)
    found = read_surroundings(ran.out, needs)
    fault = find_activate_fault(project.root)
    return replace(found, activate=fault, printed=()) if fault else found


def write_questions(project: Project, needs: Sequence[Need], folder: Path, name: str = PROBE.name) -> None:
    """Write probe.sh, as ``name``, and its questions.sh, with these rendered needs, into a folder."""
    make_folder(folder)
    text = render_questions(project, needs, ["Results", "RawVideos"], ANSWER_TIMEOUT_S)
    write_file(folder / "questions.sh", text)
    write_file(folder / name, PROBE.read_bytes(), mode=0o755)


def require_needs(project: Project) -> tuple[str, ...]:
    """Return what activate.sh printed as errors; () where the machine was not asked now.

    Raises RemoteTrackerError, which names what is wrong with activate.sh, or the first need that is not met.
    The machine is asked once, and again when tracker.yml, the parameters, a file that a need is about, activate.sh, the
    container, its image or the place of the videos, which it shows, change; and where tasks start to run on it.
    """
    if fault := find_activate_fault(project.root):
        raise RemoteTrackerError(f"{ACTIVATE}: {fault}   Nothing was listed.")
    if not project.tracker.needs or _digest(project) == _load_digest(project):
        return ()
    found = look_here(project)
    if found.activate:
        raise RemoteTrackerError(f"{ACTIVATE}: {found.activate}.{_printed_too(found)} Mend it. Nothing was listed.")
    for answer in found.missing:
        said = (f' It says: "{answer.said}".' if answer.said else "") + _printed_too(found)
        raise RemoteTrackerError(
            f"{project.tracker.name} cannot run on {found.host} with workspace/activate.sh as it is.{said} "
            f"{answer.need.help}. {_hint(project)} Nothing was listed."
        )
    remember(project, found)
    return found.printed


def _printed_too(found: Surroundings) -> str:
    return f" {ACTIVATE} printed: {'; '.join(found.printed[:SHOWN])}." if found.printed else ""


def _hint(project: Project) -> str:
    if project.cluster.scheduler.is_local:
        return "./rt doctor shows all that it needs."
    return "(If the nodes have it and this machine has not: ./rt doctor --on-node.)"


def remember(project: Project, found: Surroundings) -> None:
    """Record that the machine in ``found`` meets all needs, with a digest of everything that they depend on."""
    write_derived(project.root / HERE / "met.json", json.dumps({"digest": _digest(project), "host": found.host}))


def _digest(project: Project) -> str:
    activate = project.root / "workspace" / "activate.sh"
    text = activate.read_bytes() if activate.exists() else b""
    tracker = project.tracker
    needs = [need for need in tracker.needs if _concerns_here(project, need)]
    files = find_files_at(project, [name for need in needs for name in _PARAMETER.findall(need.command)])
    asked = repr([needs, tracker.version, tracker.params, str(tracker.folder), str(project.root)])
    asked += mark_files(project.root, files) if files else ""
    if project.container.image:
        asked += repr([project.container, _mark_image(project), project.videos])
    return f"{crc32(asked.encode('utf-8', 'surrogateescape') + text):08x}"


def _mark_image(project: Project) -> tuple[int, int]:
    """Return size and mtime of the image where it is a file here: another image may lie under the same name."""
    try:
        entry = (project.root / project.container.image).stat()
        return entry.st_size, entry.st_mtime_ns
    except OSError:
        return 0, 0


def _load_digest(project: Project) -> str:
    try:
        return str(json.loads((project.root / HERE / "met.json").read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
