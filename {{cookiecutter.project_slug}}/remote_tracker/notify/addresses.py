"""Read the file that holds a person's addresses and hooks: nobody else may read it, and no repository may hold it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ..config.document import Section, load_document
from ..config.notify import WAYS
from ..errors import RemoteTrackerError
from ..model import Project
from ..model.notify import Notify
from ..named_tuple import NamedTuple

FILE = "~/.config/remote-tracker/notify.yml"
KEYS: Mapping[str, Mapping[str, str]] = {
    "mail": {
        "to": "who gets it: an address, or a list of them",
        "from": "the sender's address, where a server wants to know it",
        "server": "the server that takes it, as smtp.lab.org:587; without it the program sendmail or mail here",
        "user": "the name to log in with there",
        "password": "the password to log in with there",
    },
    "ntfy": {"url": "the topic's address, as https://ntfy.sh/our-lab-7f3a", "token": "where the topic needs one"},
    "slack": {"url": "the incoming webhook's address"},
}
MAIN = {"mail": "to", "ntfy": "url", "slack": "url"}  # the key that is meant where a way has a single value


class Addresses(NamedTuple):
    """Where messages go: way -> key -> value, as the file has them; for mail ``to`` holds all, with commas between."""

    ways: Mapping[str, Mapping[str, str]]


def load_addresses(project: Project, notify: Notify) -> Addresses:
    """Return where messages of a project go; raises RemoteTrackerError with the file and what to do.

    Where mail alone is asked for and there is no file, project.yml's ``email`` gets it.
    """
    path = Path(os.path.join(project.root, os.path.expanduser(notify.file or FILE)))
    if not notify.by or (notify.by == ("mail",) and project.email and not notify.file and not path.exists()):
        return Addresses({way: {"to": project.email} for way in notify.by})
    _require_private(path, project.root)
    top = load_document(path).only(WAYS)
    return Addresses({way: _read_way(top, way, project.email) for way in notify.by})


def _require_private(path: Path, root: Path) -> None:
    """Raise RemoteTrackerError unless the file is the user's alone, and outside of the project and of repositories."""
    try:
        found = path.stat()
    except OSError as error:
        raise RemoteTrackerError(
            f"{path}: cannot be read: {error.strerror}. Write the addresses of notify into it; its mode must be 600."
        ) from None
    real = path.resolve()
    if root.resolve() in real.parents:
        raise RemoteTrackerError(f"{path}: lies in the project, which others get with it. Move it, as to {FILE}.")
    if repository := next((str(folder) for folder in real.parents if (folder / ".git").exists()), ""):
        raise RemoteTrackerError(f"{path}: lies in a repository of git, {repository}. Move it out of there.")
    if found.st_uid not in (os.getuid(), 0):
        raise RemoteTrackerError(f"{path}: is another person's. Name a file of yours in notify of project.yml.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        told = f"{stat.S_IMODE(found.st_mode):03o}"
        raise RemoteTrackerError(f"{path}: others may use it (mode {told}). Type: chmod 600 {path}")


def _read_way(top: Section, way: str, email: str) -> Mapping[str, str]:
    if way not in top.data and not (way == "mail" and email):
        top.fail(None, f'the key "{way}" is missing, which notify of project.yml asks for.')
    if isinstance(top.data.get(way), (str, list)):
        top.data[way] = {MAIN[way]: top.data[way]}
    section = top.section(way).only(KEYS[way])
    found = {key: ", ".join(section.texts(key)) for key in KEYS[way] if section.data.get(key) is not None}
    section.require_lines(*KEYS[way])
    if way == "mail":
        found.setdefault("to", email)
        _require_address(section, "to", found["to"])
    else:
        _require_url(section, found.get("url", ""))
    if way == "ntfy" and not urlsplit(found["url"]).path.strip("/"):
        section.fail("url", '"url" must end with a topic, as https://ntfy.sh/our-lab-7f3a.')
    return found


def _require_address(section: Section, key: str, addresses: str) -> None:
    for address in addresses.split(","):
        if not address.strip() or address.strip().startswith("-") or " " in address.strip():
            section.fail(key, f'"{key}" must be addresses, as ada@lab.org.')


def _require_url(section: Section, url: str) -> None:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("https", "http") and parts.hostname and url.isascii() and " " not in url
    except ValueError:
        fine = False
    if not fine:
        section.fail("url", '"url" must be an address that begins with https://.')  # the address itself is a secret
