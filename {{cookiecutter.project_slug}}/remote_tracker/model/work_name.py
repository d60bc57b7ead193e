"""The names of the folders in which tasks work, below .work beside a stage's results (task/task_work.sh)."""

from __future__ import annotations

import re
from hashlib import blake2b

STARTED_IN = ".current"  # in a work folder: where its command started
_ODD = re.compile(r"[^A-Za-z0-9._-]")


def name_work(stage: str, key: str) -> str:
    """Return with what the names of the work folders of a stage's unit begin."""
    stem = _ODD.sub("_", key.rpartition("/")[2])[:40]
    named = f"{stage}\0{key}".encode("utf-8", "surrogateescape")
    return f"{stem}-{blake2b(named, digest_size=5).hexdigest()}"
