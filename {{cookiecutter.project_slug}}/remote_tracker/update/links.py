"""Make links for scripts that lie in two folders and are the same file: in the project, since no template has links.

Neither cookiecutter nor the zip of a git host keeps a link.
"""

from __future__ import annotations

import shutil
from pathlib import Path

LINKS = {"summarizer/run_task.sh": "workspace/run_task.sh"}


def link_scripts(root: Path, project: Path | None = None) -> None:
    """Make relative links to the scripts that are there, so that a project may move; raises OSError.

    A script that already has the name stays. Where the file system knows no links, the link is a copy; so it is where
    its folder in ``project`` (None: ``root``) is a link: from there the way to the other folder is another.
    """
    for name, source in LINKS.items():
        link, target = root / name, root / source
        if not target.is_file() or link.exists():
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            if ((project or root) / name).parent.is_symlink():
                shutil.copy2(target, link)
                continue
            link.symlink_to(Path("..", source))
        except OSError:
            shutil.copy2(target, link)


def links_hold(root: Path, release: Path) -> bool:
    """Return whether each link of a release leads, in the project, to the same content as the release's file."""
    files = [(root / name, release / source) for name, source in LINKS.items() if (release / source).is_file()]
    return all(link.is_file() and link.read_bytes() == file.read_bytes() for link, file in files)
