"""Look at the other side, and make or update the project there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from .. import __version__
from ..config.cluster import load_cluster
from ..config.places import find_entry
from ..disk.files import make_folder
from ..errors import RemoteTrackerError
from ..model import Project, Remote
from ..update.release import find_files
from .ask import open_data_channel, require_remote
from .channel import Channel, FarRun, ask_far, open_channel
from .copying import Folders, Way, describe_end, put, require_rsync
from .lock import alone
from .other_side import ACTIVATE, adapt_settings, find_trouble, looks_lines, read_looks

STAGING, THERE = ".remote/side", ".from-home"
YOURS = ("AuxiliaryFiles", "site")
Say = Callable[[str], None]


def set_up(project: Project, python: str, say: Say) -> None:
    """Look at the other side, say what is there, and make or update the project there.

    Raises RemoteTrackerError, with nothing changed there, where no project can be there.
    """
    remote = require_remote(project)
    channel = open_channel(remote.login)
    data = open_data_channel(project)
    require_rsync()
    looks = read_looks(_run(channel, "look_around.sh", "", [remote.folder, python]).out)
    for line in [f"{remote.login}:{remote.folder}", *looks_lines(looks, time.time())]:
        say(line)
    if trouble := find_trouble(looks, remote.folder, __version__, needs_rsync=remote.data_host == remote.login):
        raise RemoteTrackerError(f"{remote.login}: {trouble} Nothing was changed there.")
    if looks.get("project") == "yes":
        _require_same(project, channel, remote)
    with alone(project):
        staging = _stage(project, remote)
        _send(channel, data, remote, staging)
        ran = _run(channel, "settle.sh", remote.folder, [looks["python"]])
        shutil.rmtree(staging, ignore_errors=True)
    say(ran.out.rstrip())
    if ran.code:
        raise RemoteTrackerError(f"{remote.login}: it ended with {ran.code}. Mend that, then ./rt remote setup again.")


def _run(channel: Channel, script: str, folder: str, words: list[str]) -> FarRun:
    text = Path(__file__).with_name(script).read_text(encoding="utf-8")
    return ask_far(channel, folder, ["sh", "-c", text, script, *words])


def _require_same(project: Project, channel: Channel, remote: Remote) -> None:
    """Raise RemoteTrackerError where the project there has another name."""
    try:
        told = yaml.safe_load(ask_far(channel, remote.folder, ["cat", "project.yml"]).out)
        name = str(told.get("name"))
    except (yaml.YAMLError, AttributeError, RecursionError):
        raise RemoteTrackerError(f"{remote.login}: project.yml there cannot be read. Nothing was changed.") from None
    if name != project.name:
        told = f'is the project "{name}", this one is "{project.name}"'
        raise RemoteTrackerError(f"{remote.login}:{remote.folder} {told}: name another folder. Nothing was changed.")


def _stage(project: Project, remote: Remote) -> Path:
    """Lay out OURS and YOURS for the other side in a folder here, and return it."""
    staging = project.root / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    for name in find_files(project.root):
        _copy(project.root / name, staging / "ours" / name)
    for path in _yours(project.root):
        _copy(path, staging / "yours" / path.relative_to(project.root))
    make_folder(staging / "yours" / "workspace")
    settings = (project.root / "project.yml").read_text(encoding="utf-8")
    (staging / "yours" / "project.yml").write_text(adapt_settings(settings, remote.cluster), encoding="utf-8")
    cluster = remote.cluster or project.cluster.name
    there = load_cluster(find_entry(project.root, "clusters", cluster, "project.yml (remote: cluster)"))
    lines = [*(f"module load {module}" for module in there.modules), *there.activate, ""]
    (staging / "yours" / "workspace" / "activate.sh").write_text(ACTIVATE + "\n".join(lines), encoding="utf-8")
    return staging


def _yours(root: Path) -> Iterator[Path]:
    for folder in YOURS:
        yield from (path for path in sorted((root / folder).rglob("*")) if path.is_file() and path.name != ".gitkeep")
    yield from (
        path for path in (root / "summarizer" / "calculate_feat_summaries.py", root / "README.md") if path.is_file()
    )


def _copy(source: Path, target: Path) -> None:
    make_folder(target.parent)
    shutil.copy2(source, target)


def _send(channel: Channel, data: Channel, remote: Remote, staging: Path) -> None:
    made = ask_far(
        channel, "", ["sh", "-c", 'mkdir -p -- "$1" && cd -- "$1" && pwd -P', "sh", f"{remote.folder}/{THERE}"]
    )
    if made.code:
        raise RemoteTrackerError(f"{remote.login}: {remote.folder} cannot be made there. Nothing was changed.")
    names = [str(path.relative_to(staging)) for path in sorted(staging.rglob("*")) if path.is_file()]
    folders = Folders(str(staging.resolve()), made.out.strip().splitlines()[-1])
    copied = put(Way(data, made.is_chatty), folders, names)
    if copied.code:
        raise RemoteTrackerError(describe_end(copied, remote.data_host, "remote setup"))
