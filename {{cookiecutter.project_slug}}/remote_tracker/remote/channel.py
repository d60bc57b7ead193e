"""Speak with the other side by the user's own ssh, through the connection that the user opened (log_in.py).

No command opens a connection of its own: a dead connection makes ssh open another, where it may ask for a second
factor. So ssh is started with a way to connect that fails; why it failed is asked then, and costs nothing else.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import shell
from ..errors import RemoteTrackerError, in_one_line
from .answer_lines import MISSING, AnswerLines
from .far_command import run_in_folder, wrap

CHECK_S = 15.0
SESSION_S = 5.0  # where a host allows a single session, a session that ended counts for some moments more
LONGEST_SOCKET = 108 - 17 - 1  # bytes; ssh makes the socket under a longer name first
QUIET = (
    "Pseudo-terminal",
    "Warning: Permanently",
    "mux_client_request_session",
    "kex_exchange",
    "Connection closed by UNKNOWN",
)


@dataclass(frozen=True)
class Channel:
    """A connection that the user opened: to run programs there, one at a time."""

    host: str
    for_files: bool = False  # not the host where commands go; it may have no shell

    @property
    def ssh(self) -> list[str]:
        """Return the ssh that goes through the connection, and never beside it."""
        alone = ("ControlMaster=no", "ProxyCommand=false", "BatchMode=yes", "LogLevel=ERROR")
        return ["ssh", *(word for option in alone for word in ("-o", option)), "-T"]


@dataclass(frozen=True)
class FarRun:
    """How a program on the other side ended, and what it printed."""

    code: int
    out: str = ""
    told: dict[str, Any] | None = None
    is_chatty: bool = False  # the login shell prints something before each command


def find_socket(host: str) -> str:
    """Return the path of the shared connection's socket as ~/.ssh/config names it; raises RemoteTrackerError."""
    asked = shell.ask(["ssh", "-G", host], timeout=CHECK_S)
    if asked.code:
        raise RemoteTrackerError(f"ssh cannot read its settings for {host}: {_first(asked.err)}. Nothing was done.")
    found = re.search(r"^controlpath (.+)$", asked.out, re.MULTILINE)
    if not found or found[1] == "none":
        raise RemoteTrackerError(
            f"~/.ssh/config has no ControlPath for {host}, so no connection can be shared. "
            "./rt remote setup prints what to write there. Nothing was done."
        )
    if len(os.fsencode(found[1])) > LONGEST_SOCKET:
        raise RemoteTrackerError(
            f"the ControlPath of {host} is too long for a socket ({found[1]}). Write a shorter one into ~/.ssh/config, "
            "as  ControlPath ~/.ssh/%C  or  /tmp/%C. Nothing was done."
        )
    return found[1]


def is_open(host: str, socket: str) -> bool:
    """Return whether the shared connection lives."""
    return not shell.run(["ssh", "-S", socket, "-O", "check", host], timeout=CHECK_S).code


def open_channel(host: str) -> Channel:
    """Return the connection to a host that the user opened; raises RemoteTrackerError where there is none."""
    if not is_open(host, find_socket(host)):
        raise RemoteTrackerError(f"There is no connection to {host}. Type: ./rt remote login")
    return Channel(host)


def log_out(host: str) -> bool:
    """Close the shared connection; return whether it was open."""
    socket = find_socket(host)
    if shell.run(["ssh", "-S", socket, "-O", "exit", host], timeout=CHECK_S).code:
        return False
    for _ in range(100):  # it answers for some moments more
        if not os.path.exists(socket):
            break
        time.sleep(0.05)
    return True


def ask_far(
    channel: Channel,
    folder: str,
    argv: Sequence[str],
    text: str = "",
    timeout: float = 3600.0,
    settings: Sequence[str] = (),
) -> FarRun:
    """Run a program in a folder on the other side, with ``text`` on its stdin, and return its end and its output.

    Raises RemoteTrackerError where it does not end in ``timeout`` seconds, the folder is not there, or no end was told.
    """
    word = make_word()
    line = wrap(run_in_folder(word, folder, argv, settings))
    lines, out = AnswerLines(word), ""

    def ask() -> shell.Result:
        nonlocal out
        ran = shell.run([*channel.ssh, channel.host, line], input=text, timeout=timeout)
        out = lines.take(ran.out.encode()).decode()
        return ran

    ran = _in_a_session(channel, lines, ask)
    if ran.code == shell.TIMED_OUT:
        raise RemoteTrackerError(f"{channel.host} gave no answer in {timeout:g} s. Try again, or: ./rt remote login")
    return FarRun(code_of(channel, folder, lines, ran.err), out or ran.err, lines.told, lines.is_chatty)


def watch_far(
    channel: Channel, folder: str, argv: Sequence[str], show: Callable[[bytes], None], settings: Sequence[str] = ()
) -> FarRun:
    """Run a program on the other side on this terminal: what it prints is shown as it comes. Raises as ask_far does.

    In ``settings``, {word} stands for the word of the lines by which the program may tell something beside its output.
    """
    word = make_word()
    lines = AnswerLines(word)
    script = run_in_folder(word, folder, argv, [setting.replace("{word}", word) for setting in settings])
    silent = ["ssh", "-o", "LogLevel=QUIET", *channel.ssh[1:]]  # the first setting counts: we tell what went wrong
    argv = [*silent, channel.host, wrap(script)]
    ran = _in_a_session(channel, lines, lambda: shell.stream(argv, lambda piece: show(lines.take(piece))))
    return FarRun(code_of(channel, folder, lines, ran.err), "", lines.told, lines.is_chatty)


def _in_a_session(channel: Channel, lines: AnswerLines, start: Callable[[], shell.Result]) -> shell.Result:
    """Return what ``start`` came to; it is called again, for SESSION_S, while the host opens no session for it."""
    until = time.monotonic() + SESSION_S
    while True:
        ran = start()
        if lines.has_begun or ran.code == shell.TIMED_OUT or time.monotonic() > until:
            return ran
        open_channel(channel.host)  # it must be the session that is refused
        time.sleep(0.2)


def make_word() -> str:
    """Return a word that nothing else prints."""
    return f"rt-{os.urandom(8).hex()}"


def code_of(channel: Channel, folder: str, lines: AnswerLines, err: str) -> int:
    """Return the program's own exit code: ssh's is the same for a lost connection and for a killed program."""
    if lines.end == MISSING:
        raise RemoteTrackerError(f"{channel.host} has no folder {folder}. ./rt remote setup makes the project there.")
    if lines.end:
        return int(lines.end)
    if not lines.has_begun:
        raise RemoteTrackerError(_explain_refusal(channel, err))
    raise RemoteTrackerError(
        f"The connection to {channel.host} was lost before the end was told. What was submitted there goes on. "
        "Type: ./rt remote login, then ./rt remote status"
    )


def _explain_refusal(channel: Channel, err: str) -> str:
    """Return why no program could be started through the connection, and what to do."""
    open_channel(channel.host)
    said = _first(err)
    more = f" It said: {said}" if said else ""
    return (
        f"{channel.host} opened no session: some hosts allow one at a time (MaxSessions). "
        f"Is another ./rt, or a shell, at work through this connection?{more}"
    )


def _first(err: str) -> str:
    lines = (line.strip() for line in err.splitlines())
    return in_one_line(next((line for line in lines if line and not line.startswith(QUIET)), "")).rstrip(".")
