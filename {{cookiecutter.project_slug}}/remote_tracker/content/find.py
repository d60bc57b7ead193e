"""Find the files that a result consists of: the file itself, or all files in a folder."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # see noted.py
if TYPE_CHECKING:
    from collections.abc import Iterator


def find_files_in(place: str) -> Iterator[str]:
    """Yield the path of each file at ``place``: ``place`` itself, or the files in that folder and below, sorted.

    Links to files are followed, links to folders are not; what is neither file nor folder is left out.
    """
    if not os.path.isdir(place):
        yield place
        return
    for folder, folders, names in os.walk(place):
        folders.sort()
        yield from (path for name in sorted(names) if os.path.isfile(path := os.path.join(folder, name)))
