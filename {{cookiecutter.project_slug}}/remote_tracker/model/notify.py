"""Who is told when a batch is done or has halted, as project.yml declares it."""

from __future__ import annotations

from ..named_tuple import NamedTuple


class Notify(NamedTuple):
    """The ways by which a message goes out for each batch that is over or has halted itself."""

    by: tuple[str, ...] = ()  # mail, ntfy, slack: their addresses stand in ``file``
    command: str = ""  # a line of bash that gets the message on its standard input; "": none
    file: str = ""  # as project.yml names it; "": the user's own, see notify/addresses.py
