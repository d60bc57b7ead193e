"""Read ``remote:`` of a project as a Remote."""

from __future__ import annotations

import re

from ..model import Remote
from .document import Section

KEYS = {
    "login": "the host where commands are typed, by its name in ~/.ssh/config",
    "data": "the host through which files go, where it is another than login",
    "folder": "the project's folder there, as /ceph/lab/flies; a relative path starts at your home there",
    "cluster": "the cluster's file there, as slurm",
}
_HOST = re.compile(r"[\w.@%+-]+")


def read_remote(top: Section) -> Remote | None:
    """Return the other side that a project names, None where it names none; raises ConfigError."""
    if top.data.get("remote") is None:
        return None
    section = top.section("remote").only(KEYS)
    section.require_lines(*KEYS)
    for key in ("login", "data"):
        name = section.text(key, None if key == "login" else "")
        if name and (name.startswith("-") or not _HOST.fullmatch(name)):
            section.fail(key, f'"{key}" must be a name from ~/.ssh/config, as swc, not {name!r}.')
    folder = section.text("folder").removeprefix("~/").rstrip("/")
    if not folder or folder == "~" or folder.startswith(("-", "~")):
        section.fail("folder", f'"folder" must be a folder of its own there, as /ceph/lab/flies, not {folder!r}.')
    return Remote(section.text("login"), folder, section.text("data", ""), section.text("cluster", ""))
