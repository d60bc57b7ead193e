"""Locales that write 1,5: made in a folder of their own, since few machines have them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

COMMA = ("de_DE.UTF-8", "de_DE.ISO-8859-1")  # the second knows no UTF-8, as LANG=de_DE means it
SYSTEM = "/usr/lib/locale"  # so that those of the machine are still found


def make_locale(name: str) -> str:
    """Make a locale where there is none of ours yet; returns its folder, empty where it cannot be made here."""
    folder = Path.home() / ".cache" / "remote-tracker" / "locales"  # below /tmp anybody could have put it there
    if (folder / name).is_dir():
        return str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder))
    language, _, charset = name.partition(".")
    try:
        subprocess.run(["localedef", "-i", language, "-f", charset, made / name], check=True, capture_output=True)
        (made / name).rename(folder / name)
    except (OSError, subprocess.CalledProcessError):
        pass  # no localedef, no package "locales"; or another process was first
    shutil.rmtree(made)
    return str(folder) if (folder / name).is_dir() else ""


def environment_of(name: str) -> dict[str, str]:
    """Return what makes programs write as the locale does, nothing where it cannot be had."""
    folder = make_locale(name) if name in COMMA else SYSTEM
    return {"LANG": name, "LOCPATH": f"{folder}:{SYSTEM}"} if folder else {}
