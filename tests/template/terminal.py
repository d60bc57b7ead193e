"""A terminal of a person who answers questions: each answer is typed when the question before it stands there."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from select import select

ASKED = (b": ", b":")  # how a question ends
SECONDS = 60.0


def answer(folder: Path, command: Sequence[str], answers: Sequence[str], **more: str) -> tuple[int, str]:
    """Return how a command ended, and all that stood on the terminal; whoever asks more than is answered is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "PWD": str(folder), "LANG": "C.UTF-8"}
    env |= {"TERM": "dumb", "COLUMNS": "200", **more}
    process, terminal = pty.fork()
    if not process:
        os.chdir(folder)
        os.execvpe(command[0], list(command), env)
    shown, waiting = b"", list(answers)
    for piece in read_all(process, terminal):
        shown += piece
        if shown.endswith(ASKED) and waiting:
            os.write(terminal, waiting.pop(0).encode() + b"\n")
        elif shown.endswith(ASKED):
            os.kill(process, signal.SIGINT)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode("utf-8", "replace").replace("\r\n", "\n")


def read_all(process: int, terminal: int) -> Iterator[bytes]:
    """Yield what a process writes on its terminal until it ends; the process is ended where it is silent too long."""
    while select([terminal], [], [], SECONDS)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the last one who had the terminal has closed it
            return
        if not piece:
            return
        yield piece
    os.kill(process, signal.SIGKILL)
