"""Open the one connection that all commands share, on the user's terminal, where ssh asks for what it needs."""

from __future__ import annotations

import os
import select
import subprocess
import time

from .. import shell
from ..errors import RemoteTrackerError
from .channel import find_socket, is_open
from .login_words import LoginWords

LOGIN_S = 120.0  # where nobody can be asked: as long as sshd waits for somebody to log in
LONG_S = 60.0  # where somebody can: then a line says what is waited for
LOOK_S = 0.1
# A network that is gone shows within a minute: ssh ends the connection then, and all that waits for it.
ALIVE = ("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")


def log_in(host: str) -> None:
    """Open the shared connection to a host, where it is not open; raises RemoteTrackerError, with why it is not.

    BatchMode does not reach a jump host: it may ask all the same. Without a terminal it is waited for LOGIN_S seconds.
    """
    socket = find_socket(host)
    if is_open(host, socket):
        return
    words = LoginWords(_say)
    try:
        process = shell.open_talk(["ssh", "-S", socket, "-o", "ControlMaster=yes", *ALIVE, "-fN", host])
    except OSError as error:
        raise RemoteTrackerError(f"ssh cannot be started here: {error.strerror}. Nothing was done.") from None
    with process:
        code = _attend(process, words, host)
    if code:
        why = words.reason(host) or f"ssh ended with {code}. ssh {host} shows more"
        raise RemoteTrackerError(f"{host}: no connection: {why}. Nothing was done.")


def _attend(process: subprocess.Popen[bytes], words: LoginWords, host: str) -> int:
    """Hand on what ssh says until it ends, or goes into the background; raises RemoteTrackerError after LOGIN_S."""
    began, is_told = time.monotonic(), _has_terminal()
    stderr = process.stderr.fileno()  # type: ignore[union-attr]  # it is a pipe
    try:
        while process.poll() is None:
            _hand_on(stderr, words, LOOK_S)
            if time.monotonic() - began > LOGIN_S and not _has_terminal():
                told = f"no answer in {LOGIN_S:g} s. A password is asked for where nobody can type it"
                raise RemoteTrackerError(f"{host}: no connection: {told}. Type in a terminal: ./rt remote login")
            if time.monotonic() - began > LONG_S and is_told:
                _say(f"{host}: still waiting for the connection. Ctrl-C ends it.\n".encode())
                is_told = False
    except BaseException:
        process.terminate()
        raise
    _hand_on(stderr, words, 0)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _hand_on(stderr: int, words: LoginWords, seconds: float) -> None:
    """Hand on what ssh says, and wait for it so many seconds; what it left in the background may keep its stderr."""
    while select.select([stderr], [], [], seconds)[0]:
        piece = os.read(stderr, 1 << 16)
        if not piece:
            time.sleep(seconds)
            return
        words.take(piece)


def _say(piece: bytes) -> None:
    os.write(2, piece)


def _has_terminal() -> bool:
    """Return whether somebody can be asked: ssh asks on the terminal, whatever its streams are."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
