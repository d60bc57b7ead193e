"""Windows in which the commands of a page are typed, as its reader would; and the page as it should be then."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from lab import REPOSITORY
from programs import load_program

TOURS = REPOSITORY / "docs" / "tours"


class Terminal:
    """A window on one machine: it keeps the folder from command to command, and nothing else.

    ``names`` are what stands in the page for names of this machine, in commands and in what they print; ``host`` is
    what its host is called there, ``far`` the one on which ./rt remote works.
    """

    far = ""

    def __init__(self, folder: Path, environment: Mapping[str, str], names: Mapping[str, str], host: str) -> None:
        self.folder, self.environment, self.names, self.host = folder, environment, names, host
        self.typed: list[str] = []

    def type(self, command: str) -> str:
        """Return what a command prints on both streams, with the names that the page has."""
        told = self.folder.parent / f".{os.getpid()}.folder"
        typed = command
        for real, name in self.names.items():
            typed = typed.replace(name, real)
        ran = subprocess.run(
            ["bash", "-c", f"exec 2>&1\n{typed}\ncode=$?; pwd >{str(told)!r}; exit $code"],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
        )
        self.folder = Path(told.read_text(encoding="utf-8").rstrip("\n"))
        told.unlink()
        text = ran.stdout.decode("utf-8")
        for real, name in self.names.items():
            text = text.replace(real, name)
        host = self.far if self.far and command.startswith("./rt remote") else self.host
        text = re.sub(rf"\b{re.escape(os.uname().nodename)}\b", host, text)
        self.typed.append(f"$ {command}\n{text}")
        return text


def check_page(page: Path, windows: Mapping[str, Terminal], wait: Callable[[str], None]) -> None:
    """Type all commands of a page: it must tell what they print, and how many they are.

    With RT_RENEW_SCREENS set, the page is written anew instead.
    """
    screens = load_program("docs/renew_screens.py")
    old = page.read_text(encoding="utf-8")
    try:
        new = screens.retyped(old, lambda where, command: windows[where].type(command), wait)
    except AssertionError as error:
        seen = "".join(f"{name}:\n{''.join(window.typed)}" for name, window in windows.items())
        raise AssertionError(f"{error}\n{seen}") from None
    if os.environ.get("RT_RENEW_SCREENS"):
        page.write_text(new, encoding="utf-8")
    assert f"**{screens.count_commands(new)} commands**" in new
    assert new == old, "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), page.name, "typed now"))
