"""How a client speaks to the server: one JSON line there, one back, over a socket in the stand-in's folder."""

from __future__ import annotations

import json
import os
import pwd
import socket
import sys
import time
from typing import Any

from pbs.settings import Settings, load_settings

SERVER = "pbs1"
Reply = dict[str, Any]


class DownError(Exception):
    """No server answers: refused (it is not there), or unconfigured (there is no pbs.conf)."""

    def __init__(self, configured: bool) -> None:
        super().__init__()
        self.configured = configured

    def tell(self, program: str) -> int:
        """Print what the program says then; returns its exit code (measured for qsub, qstat, qdel, qselect)."""
        if not self.configured:
            tell("pbsconf error: pbs conf variables not found: PBS_HOME PBS_EXEC PBS_SERVER")
            tell("No such file or directory", f"{program}: cannot connect to server  (errno=0)")
            return 255
        tell("Connection refused")
        if program == "qdel":
            tell(f"Couldn't connect to cluster: {SERVER}")
        else:
            tell(f"{program}: cannot connect to server {SERVER} (errno=15010)")
        return 255 if program == "qstat" else 162


def tell(*lines: str) -> None:
    """Print to stderr."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def find_folder() -> str:
    """Return the stand-in's folder, which pbs.conf names as PBS_HOME."""
    try:
        with open(os.environ.get("PBS_CONF_FILE", "/etc/pbs.conf"), encoding="utf-8") as file:
            lines = dict(line.rstrip("\n").partition("=")[::2] for line in file)
            return lines["PBS_HOME"]
    except (OSError, KeyError):
        raise DownError(configured=False) from None


def user() -> str:
    """Return who asks: PBS_STANDIN_USER stands for another user in a test."""
    return os.environ.get("PBS_STANDIN_USER") or pwd.getpwuid(os.getuid()).pw_name


def connect(folder: str) -> socket.socket:
    """Return a connection; the folder's name may be longer than a socket's may be."""
    place = os.open(folder, os.O_PATH)
    speaker = socket.socket(socket.AF_UNIX)
    try:
        speaker.connect(f"/proc/self/fd/{place}/socket")
    except OSError:
        speaker.close()
        raise DownError(configured=True) from None
    finally:
        os.close(place)
    return speaker


def send(speaker: socket.socket, message: Reply) -> None:
    """Send one message and close this side's half."""
    speaker.sendall(json.dumps(message).encode() + b"\n")
    speaker.shutdown(socket.SHUT_WR)


def receive(speaker: socket.socket) -> Reply:
    """Return one message; {} where the other side closed without one."""
    with speaker.makefile("rb") as file:
        line = file.readline()
    found: Reply = json.loads(line) if line else {}
    return found


def ask_folder(folder: str, operation: str, **more: Any) -> Reply:
    """Return the server's answer, whatever the settings say of its health."""
    with connect(folder) as speaker:
        send(speaker, {"operation": operation, "user": user(), **more})
        if not (answer := receive(speaker)):
            raise DownError(configured=True)
        return answer


def settings() -> Settings:
    """Return the settings that a client heeds."""
    return load_settings(find_folder())


def ask(operation: str, **more: Any) -> Reply:
    """Return the server's answer; DownError where it is down. {"error": code, "text": ...} is a refusal.

    A slow server has done what was asked before the client hears of it.
    """
    folder = find_folder()
    known = load_settings(folder)
    if known["server_down"]:
        raise DownError(configured=True)
    answer = ask_folder(folder, operation, **more)
    if known["slow"]:
        time.sleep(known["slow"])
    return answer
