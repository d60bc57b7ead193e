"""Read ``notify`` of a project: by which ways it is told that a batch is done or has halted."""

from __future__ import annotations

from ..errors import unknown_word
from ..model.notify import Notify
from .document import Section

WAYS = ("mail", "ntfy", "slack")
KEYS = {
    "by": "the ways, as [mail, slack]: mail, ntfy, slack; their addresses stand in the file",
    "command": "a line of bash that gets the message on its standard input, and its subject as RT_SUBJECT",
    "file": "where addresses and hooks stand, if not in ~/.config/remote-tracker/notify.yml; its mode must be 600",
}


def read_notify(top: Section) -> Notify | None:
    """Return by which ways a project is told of its batches, None where none is named; raises ConfigError."""
    if top.data.get("notify") is None:
        return None
    section = top.section("notify").only(KEYS)
    section.require_lines("command", "file")
    found = Notify(section.texts("by"), section.text("command", "").strip(), section.text("file", ""))
    for way in found.by:
        if way not in WAYS:
            section.fail("by", unknown_word("way", way, WAYS))
    if not (found.by or found.command):
        section.fail(None, '"notify" needs by, as [mail], or command.')
    return found
