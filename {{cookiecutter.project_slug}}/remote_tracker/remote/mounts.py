"""Tell whether a file lies on a disk of this machine or on a disk that is mounted from elsewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
ELSEWHERE = re.compile(
    r"fuse(\..*)?|nfs\d*|cifs|smb\d*|smbfs|9p|ceph|lustre|gpfs|beegfs|afs|glusterfs|virtiofs|unknown"
)


def find_kind(place: str) -> str:
    """Return the kind of file system on which a file really lies, as ext4; "unknown" where that cannot be told."""
    real, best, kind = os.path.realpath(place), "", "unknown"
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return kind
    for line in lines:
        words, _, rest = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), words.split(" ")[4])
        if len(point) >= len(best) and (real == point or real.startswith(f"{point.rstrip('/')}/")):
            best, kind = point, rest.split(" ")[0]
    return kind


def is_elsewhere(place: str) -> bool:
    """Return whether a file lies on another machine's disk: there it may be the very file whose copy it seems."""
    return ELSEWHERE.fullmatch(find_kind(place)) is not None
