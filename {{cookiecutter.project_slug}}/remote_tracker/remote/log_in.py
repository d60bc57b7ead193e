"""Open the connection that all commands share, on the user's terminal, where ssh asks for what it needs."""

from __future__ import annotations

import os
import select
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
    login = _Login(host, ["ssh", "-S", socket, "-o", "ControlMaster=yes", *ALIVE, "-fN", host])
    if code := login.wait():
        why = login.words.reason(host) or f"ssh ended with {code}. ssh {host} shows more"
        raise RemoteTrackerError(f"{host}: no connection: {why}. Nothing was done.")


class _Login:
    """An ssh that opens a connection and goes into the background; what it left there may keep its stderr."""

    def __init__(self, host: str, argv: list[str]) -> None:
        self._host, self.words = host, LoginWords(_say)
        try:
            self._process = shell.open_talk(argv)
        except OSError as error:
            raise RemoteTrackerError(f"ssh cannot be started here: {error.strerror}. Nothing was done.") from None
        self._stderr = self._process.stderr.fileno()  # type: ignore[union-attr]  # it is a pipe

    def wait(self) -> int:
        """Hand on what ssh says until it ends, and return its exit code; raises RemoteTrackerError after LOGIN_S."""
        began, is_told = time.monotonic(), False
        with self._process:
            try:
                while self._process.poll() is None:
                    self._hand_on(LOOK_S)
                    is_told = self._look_at(time.monotonic() - began, is_told)
            except BaseException:
                self._process.terminate()
                raise
            self._hand_on(0)
        return self._process.returncode if self._process.returncode >= 0 else 128 - self._process.returncode

    def _look_at(self, waited: float, is_told: bool) -> bool:
        """Say once, where somebody sits at a terminal, that it takes long; else end it after LOGIN_S seconds."""
        if waited > LOGIN_S and not _has_terminal():
            told = f"no answer in {LOGIN_S:g} s. A password is asked for where nobody can type it"
            raise RemoteTrackerError(f"{self._host}: no connection: {told}. Type in a terminal: ./rt remote login")
        if waited > LONG_S and not is_told and _has_terminal():
            _say(f"{self._host}: still waiting for the connection. Ctrl-C ends it.\n".encode())
            return True
        return is_told

    def _hand_on(self, seconds: float) -> None:
        """Hand on what ssh says, and wait for it so many seconds."""
        while select.select([self._stderr], [], [], seconds)[0]:
            piece = os.read(self._stderr, 1 << 16)
            if not piece:
                time.sleep(seconds)
                return
            self.words.take(piece)


def _say(piece: bytes) -> None:
    os.write(2, piece)


def _has_terminal() -> bool:
    """Return whether somebody can be asked: ssh asks on the terminal, whatever its streams are."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
