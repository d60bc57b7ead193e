"""Remember what results said of frames and animals, in a derived file that may be deleted at any time.

To read it from 10,000 HDF5 files takes minutes. A result counts as the same as long as the sizes, times and inodes of
its files are; a result that is a folder is read each time, since a file in it may change without the folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..disk.derived import write_derived
from ..model import Stage
from ..survey.proven import stat_digest
from .told_facts import Facts


class ToldBefore:
    """What the results of a stage said when they were read last; what was said by other ``tells`` is not believed."""

    def __init__(self, path: Path, stage: Stage) -> None:
        places = [*stage.tells.items(), *stage.made_by.items()]
        self.path, self._tells = path, repr(sorted(places))
        self._known, self._kept = self._load("facts"), dict[str, list[float | None]]()
        self._known_says, self._kept_says = self._load("says"), dict[str, Mapping[str, str]]()
        outputs = {output.name: output for output in stage.outputs}
        told_by = {tell.output for _, tell in places}
        self._is_used = bool(told_by) and not any(outputs[name].pattern.is_folder for name in told_by)

    def _load(self, what: str) -> dict[str, Any]:
        try:
            told = json.loads(self.path.read_bytes())
            return dict(told[what]) if told["tells"] == self._tells else {}
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return {}

    def facts(self, results: Iterable[os.stat_result], load: Callable[[], Facts]) -> Facts:
        """Return what a result's files said, loaded anew where they are others; ``results`` are their stats."""
        if not self._is_used:
            return load()
        digest = f"{stat_digest((), results):x}"
        known = self._known.get(digest)
        found = _facts_of(known) if known and len(known) == len(Facts._fields) else load()
        self._kept[digest] = list(found)
        return found

    def says(self, results: Iterable[os.stat_result], load: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """Return how a result's files say that they were made, loaded anew where they are others."""
        if not self._is_used:
            return load()
        digest = f"{stat_digest((), results):x}"
        known = self._known_says.get(digest)
        self._kept_says[digest] = found = load() if known is None else known
        return found

    def write(self) -> None:
        """Write what the results of now said, where that is news."""
        if (self._kept, self._kept_says) != (self._known, self._known_says):
            told = {"tells": self._tells, "facts": self._kept, "says": self._kept_says}
            write_derived(self.path, json.dumps(told))


def _facts_of(told: list[float | None]) -> Facts:
    fps, *counts = told
    return Facts(fps, *(None if count is None else int(count) for count in counts))
