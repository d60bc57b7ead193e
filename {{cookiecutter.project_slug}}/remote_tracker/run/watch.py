"""Draws a screen on the whole terminal, again and again, until Ctrl-C: looks seldom, and follows the window's size."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple
from ..report.live import fit, fold
from ..text.tones import FAINT, STRONG, pieces, toned
from ..text.visible import visible

QUEUE_S = 30.0  # between two looks where each asks a queue
FILES_S = 5.0  # between two looks that ask no queue
SHARE = 10  # a look that takes long is followed by a pause of so many times as long
TICK_S = 0.25  # between two looks at the window's size
STYLES = {"32": "green", "31": "red", "33": "yellow", "36": "cyan", STRONG: "bold", FAINT: "dim"}
ENDS = (signal.SIGTERM, signal.SIGHUP)


class Frame(NamedTuple):
    """What is drawn: the lines of the last look, the line below them, and in its place why the last look failed."""

    lines: Sequence[str]
    footer: str
    trouble: str = ""


class Rest:
    """Notes that the user wants the program to rest (Ctrl-Z), and lets it rest between two drawings."""

    def __init__(self) -> None:
        self.is_asked = False

    def ask(self, _number: int, _frame: object) -> None:
        """Note the wish; called in the middle of anything, as of a write to the terminal."""
        self.is_asked = True

    def obey(self, live: Any) -> None:
        """Give the terminal back and stop, until the shell lets the program go on; then draw again."""
        self.is_asked = False
        live.stop()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # returns when it goes on
        signal.signal(signal.SIGTSTP, self.ask)
        live.start(refresh=True)


def watch(look: Callable[[], Sequence[str]], every_s: float) -> Sequence[str]:
    """Draw what ``look`` returns until Ctrl-C, looking again every ``every_s`` seconds; returns the last look.

    Where a look fails, the lines of the look before stay, and why it failed stands below them. At the end the terminal
    is as it was, also where a signal ends it.
    """
    from rich.console import Console  # 26 ms of each verb that runs tasks
    from rich.live import Live  # 16 ms, as above

    console = Console(file=sys.__stdout__)
    lines: Sequence[str] = [toned("Looking ...", FAINT)]
    rest = Rest()
    handlers = {**dict.fromkeys(ENDS, _leave), signal.SIGTSTP: rest.ask}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        with Live(console=console, screen=True, auto_refresh=False, redirect_stderr=False) as live:
            while True:
                began = time.monotonic()
                if len(lines) == 1:
                    _draw(live, Frame(lines, ""))
                lines, trouble = _look(look, lines)
                pause_s = max(every_s, SHARE * (time.monotonic() - began))
                _show(live, Frame(lines, _footer(pause_s), trouble), time.monotonic() + pause_s, rest)
    except KeyboardInterrupt:
        return lines
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _look(look: Callable[[], Sequence[str]], before: Sequence[str]) -> tuple[Sequence[str], str]:
    """Return the lines of a new look, else the lines ``before``; and the last complaint, "" where there is none."""
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):  # a line on stderr would stand in the middle of the screen
            lines, why = look(), ""
    except (RemoteTrackerError, OSError) as error:
        lines, why = before, str(error)
    gc.collect()  # the program as a whole runs without: its other verbs end soon
    complaints = [line for line in (told.getvalue() + why).splitlines() if line.strip()]
    return lines, complaints[-1] if complaints else ""


def _footer(pause_s: float) -> str:
    return f"Looked at {time.strftime('%H:%M:%S')}, looks again every {pause_s:.0f} s. Ctrl-C ends this."


def _show(live: Any, frame: Frame, until: float, rest: Rest) -> None:
    """Draw the frame, and draw it anew whenever the window gets another size, until that time."""
    drawn = None
    while time.monotonic() < until:
        if rest.is_asked:
            rest.obey(live)
            drawn = None
        if (size := tuple(live.console.size)) != drawn:
            drawn = size
            _draw(live, frame)
        time.sleep(TICK_S)


def _draw(live: Any, frame: Frame) -> None:
    from rich.text import Text  # 16 ms, as above

    text = Text(no_wrap=True, overflow="ellipsis")
    width, height = live.console.size
    *above, footer = fold(frame.trouble, width, height) or [frame.footer]
    lines = fit(frame.lines, toned(footer, FAINT), height - len(above))
    for line in [*lines[:-1], *(toned(line, FAINT) for line in above), lines[-1]]:
        text.append("\n" if text else "")
        for piece, tone in pieces(line):
            text.append(visible(piece).replace("\t", " "), STYLES.get(tone))
    live.update(text, refresh=True)


def is_steerable() -> bool:
    """Return whether standard output is a terminal on which a screen can be drawn."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")
