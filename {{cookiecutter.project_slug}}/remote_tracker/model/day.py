"""What a day is: with which folders below RawVideos, and so below Results, the path of a video's day begins."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple


class DayFolders(NamedTuple):
    """The folders that make a day."""

    rule: str  # the regular expression that the path of a day's folder, below RawVideos, must match
    text: str = ""  # as project.yml says it, as {sub}/{ses}; "": the first folder, whatever its name

    @property
    def depth(self) -> int:
        """Return how many folders a day's path has."""
        return self.text.count("/") + 1

    def day_of(self, folders: str) -> str:
        """Return the day to which a path of folders belongs, "" where it belongs to none."""
        found = re.match(rf"(?s:{self.rule})(?=/|\Z)", folders)
        return found[0] if found else ""


FIRST_FOLDER = DayFolders("[^/]+")
