"""Standard output and error as every program of ours writes them: nothing steers a terminal, and no write fails.

What cannot be written (a closed window, ``| head``, a full disk) is dropped; the work goes on, and its end tells it.
"""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress
from io import TextIOWrapper

from .text.tones import coloured, use_tones, wants_tones
from .text.visible import visible

NOBODY_READS = 141  # as bash tells a program that died of SIGPIPE


class Screen(TextIOWrapper):
    """A text stream that shows control characters; ``failure`` is its first error in writing, or None."""

    failure: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write the text, without what steers a terminal but our own colours; return its length."""
        try:
            return super().write(coloured(text, visible))
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            super().flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Note the error, and drop what was not written yet and all that follows."""
        self.failure = self.failure or error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        with suppress(OSError):
            super().flush()


def guard_streams() -> None:
    """Put a Screen in the place of standard output and of standard error; give it colours where it is to have any."""
    for name in ("stdout", "stderr"):
        plain = getattr(sys, name)
        if plain is None:  # it was closed when we were started
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        elif type(plain) is TextIOWrapper:
            plain.reconfigure(errors="backslashreplace")  # the bars of a terminal still write there
            buffered = plain.line_buffering  # standard error, and a terminal
            screen = Screen(plain.buffer, plain.encoding, "backslashreplace", line_buffering=buffered)
            setattr(sys, name, screen)
    use_tones(isinstance(sys.stdout, Screen) and wants_tones(os.environ, sys.stdout.isatty()))


def is_read() -> bool:
    """Return whether standard output could be written so far and is not closed; what nobody sees need not go on."""
    if not isinstance(sys.stdout, Screen) or sys.stdout.failure:
        return not isinstance(sys.stdout, Screen)
    looking = select.poll()  # whoever types a verb through ssh closes it while there is nothing to write
    looking.register(sys.stdout.fileno(), 0)
    return not looking.poll(0)


def close_streams(code: int) -> int:
    """Flush both streams, say on standard error where standard output failed, and return the exit code.

    That is ``code``, or where it only says that the screen ended early: 1 where the screen could not be written, and
    141 where nobody read any more.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    failure = sys.stdout.failure if isinstance(sys.stdout, Screen) else None
    if failure is None:
        return code
    if isinstance(failure, BrokenPipeError):
        return code or NOBODY_READS
    print(f"standard output: cannot be written: {failure.strerror}. What was to be done is done.", file=sys.stderr)
    return 1 if code == NOBODY_READS else code or 1
