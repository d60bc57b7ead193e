"""Scripts that lie in two folders and are one file: the second is a link, made in the project, in no template.

Neither cookiecutter nor the zip of a git host keeps a link as one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

LINKS = {"summarizer/run_task.sh": "workspace/run_task.sh"}


def link_scripts(root: Path) -> None:
    """Make the links whose file is there, relative ones, so that a project may move; raises OSError.

    A script that already has the name stays. Where the file system knows no links, the link is a copy.
    """
    for name, source in LINKS.items():
        link, target = root / name, root / source
        if not target.is_file() or link.exists():
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            link.symlink_to(Path("..", source))
        except OSError:
            shutil.copy2(target, link)


def links_hold(root: Path, release: Path) -> bool:
    """Return whether each link of a release leads, in the project, to what the release has in its place."""
    files = [(root / name, release / source) for name, source in LINKS.items() if (release / source).is_file()]
    return all(link.is_file() and link.read_bytes() == file.read_bytes() for link, file in files)
