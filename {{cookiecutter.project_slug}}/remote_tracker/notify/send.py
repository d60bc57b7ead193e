"""Send a message by all ways of a project at once, within a time that hanging servers cannot stretch."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from functools import partial

from ..errors import RemoteTrackerError
from ..model import Project
from . import ways
from .addresses import load_addresses
from .ways import Message, NotSent, Send, find_mailer, run_command, send_ntfy, send_slack

STOPPING_S = 2.0


def find_ways(project: Project) -> Mapping[str, Send]:
    """Return what sends by each way of the project, by the way's name; raises RemoteTrackerError, as load_addresses."""
    if project.notify is None:
        return {}
    addresses = load_addresses(project, project.notify)
    found: dict[str, Send] = {way: way_of(way, told) for way, told in addresses.ways.items()}
    if project.notify.command:
        found["command"] = partial(run_command, project.notify.command, str(project.root))
    return found


def way_of(way: str, told: Mapping[str, str]) -> Send:
    """Return what sends a message by a way (mail, ntfy, slack) to the address that ``told`` holds."""
    if way == "mail":
        from .mail import send_mail  # with email 12 ms of each scan that tells people otherwise

        return partial(send_mail, told)
    return partial({"ntfy": send_ntfy, "slack": send_slack}[way], told)


def send(sends: Mapping[str, Send], message: Message, without: Collection[str] = ()) -> dict[str, str]:
    """Send a message by each way but those ``without``; return by the way's name why it was not sent ("": it was).

    All are tried side by side. What has not answered in time counts as not sent, whatever becomes of it.
    """
    ended: dict[str, str] = {}

    def attempt(name: str, call: Send) -> None:
        try:
            call(message)
            ended[name] = ""
        except NotSent as error:
            ended[name] = str(error)
        except Exception as error:  # whatever a library raises: no message is worth a traceback
            ended[name] = f"it failed: {type(error).__name__}"

    # What takes too long is stopped by its own thread, soon after the limit: this program ends only then, or it would
    # leave a command that hangs behind.
    until = time.monotonic() + ways.LIMIT_S + STOPPING_S
    threads = {  # daemons: a server that hangs keeps no program from its end
        name: threading.Thread(target=attempt, args=(name, call), daemon=True)
        for name, call in sends.items()
        if name not in without
    }
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, until - time.monotonic()))
    return {name: ended.get(name, f"no answer in {ways.LIMIT_S:g} s") for name in threads}


def describe_ways(project: Project) -> tuple[list[str], list[str]]:
    """Return (lines to show, troubles) on whether messages can be sent; none without ``notify``. Sends none."""
    if project.notify is None:
        return [], []
    try:
        addresses = load_addresses(project, project.notify).ways
    except RemoteTrackerError as error:
        return [], [str(error)]
    mailer = find_mailer()
    by_program = "mail" in addresses and not addresses["mail"].get("server")
    told = [f"mail ({mailer})" if way == "mail" and by_program and mailer else way for way in addresses]
    told += ["a command"] if project.notify.command else []
    shown = [f"A message by {' and '.join(told)} when a batch is done or halts. To try it:  ./rt doctor --notify"]
    if by_program and not mailer:
        return [], ["notify asks for mail, and there is no program sendmail or mail here: name a server in its file."]
    return shown, []
