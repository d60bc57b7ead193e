"""Remember which results ./rt verify found bad, in a derived file that may be deleted at any time.

A scan reads less of each file than verify does, and would believe the result again. What was found holds for as long
as the files stay as they are (their digest, as in proven.py) and the checks, too.
"""

from __future__ import annotations

import json
from pathlib import Path


class Refuted:
    """The bad results of a stage, by digest, each with the reason; a file with other ``rules`` is not believed."""

    def __init__(self, path: Path, rules: str) -> None:
        self.path, self._rules = path, rules
        self._known = self._load()
        self.is_changed = False

    def _load(self) -> dict[int, str]:
        try:
            told = json.loads(self.path.read_bytes())
            return (
                {int(digest): str(why) for digest, why in told["bad"].items()} if told["rules"] == self._rules else {}
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

    def reason(self, digest: int) -> str:
        """Return why the files with this digest are no whole result, "" where nothing is known against them."""
        return self._known.get(digest, "")

    def add(self, digest: int, reason: str) -> None:
        """Remember why the result with this digest is bad."""
        self.is_changed = True
        self._known[digest] = reason

    def forget(self, digest: int) -> None:
        """Forget the finding on the result with this digest: its checks hold now."""
        self.is_changed = self._known.pop(digest, None) is not None or self.is_changed

    def content(self) -> bytes:
        """Return the bytes that the file should hold now."""
        return json.dumps({"rules": self._rules, "bad": self._known}, indent=0).encode()
