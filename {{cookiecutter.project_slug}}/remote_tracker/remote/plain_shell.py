"""Stand between rsync and ssh where a login shell prints something before each command: rsync reads that as an answer.

    python -I plain_shell.py COUNT SSH... HOST COMMAND...

SSH are COUNT words. Runs the command there, and hands on what comes behind a line of ours.
"""

from __future__ import annotations

import os
import sys
from os.path import abspath, dirname

if __name__ == "__main__":
    sys.path.insert(0, dirname(dirname(dirname(abspath(__file__)))))

from remote_tracker import shell
from remote_tracker.remote.far_command import wrap


class Behind:
    """Writes to stdout what comes behind a line, at once."""

    def __init__(self, line: bytes) -> None:
        self._line, self._held, self._is_behind = line, b"\n", False

    def take(self, piece: bytes) -> None:
        """Take what was printed."""
        if not self._is_behind:
            self._held += piece
            _, found, piece = self._held.partition(self._line)
            if not found:
                return
            self._is_behind, self._held = True, b""
        while piece:
            piece = piece[os.write(1, piece) :]


def main(argv: list[str]) -> int:
    """Run the command and return its exit code."""
    count, word = int(argv[0]), f"rt-{os.urandom(8).hex()}"
    ssh, host, command = argv[1 : count + 1], argv[count + 1], " ".join(argv[count + 2 :])
    behind = Behind(f"\n{word} begin\n".encode())
    return shell.stream([*ssh, host, wrap(f"printf '\\n{word} begin\\n'; exec {command}")], behind.take).code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
