"""What the page says of machines: what tasks used, how long they waited, which were slow, by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..measures.slow import find_nodes, find_slow
from ..measures.used import Uses, read_uses
from ..measures.waits import read_waits
from ..report.usage import usage_lines
from ..text.visible import shown
from .column import NUMBER, Meaning, column_of, rounded
from .look import Seen

MEMORY = Meaning("memory", NUMBER, "MB", "the most memory that its task held, as the scheduler's accounting tells")
ASKED = Meaning("memory_asked", NUMBER, "MB", "the memory that its task asked for")


def machine_of(seen: Seen) -> dict[str, Any]:
    """Return the page's part on machines."""
    slow = find_slow(seen.rows)
    return {
        "usage": list(usage_lines(seen.project)),
        "waits": [
            {
                "batch": f"{wait.stage} {wait.batch}",
                "jobs": wait.jobs,
                "median_s": rounded(wait.median_s),
                "longest_s": rounded(wait.longest_s),
            }
            for wait in read_waits(seen.project)
        ],
        "slow": [
            {
                "video": one.video,
                "node": shown(one.node),
                "fps": rounded(one.fps),
                "median_fps": rounded(one.median_fps),
                "batch": one.batch,
                "resolution": one.resolution,
            }
            for one in slow
        ],
        "nodes": [
            {"node": shown(n.node), "videos": n.videos, "median_fps": rounded(n.median_fps), "slow": n.slow}
            for n in find_nodes(seen.rows, slow)
        ],
    }


def memory_columns(seen: Seen) -> tuple[Sequence[dict[str, Any]], list[str]]:
    """Return the columns of the memory that each video's task held and asked for, and a note where nobody knows it."""
    uses: Uses = read_uses(seen.project, seen.rows)
    told = [uses.by_video.get(row.video) for row in seen.rows]
    held = column_of(MEMORY, (None if one is None else _megabytes(one.memory_kib) for one in told))
    asked = column_of(ASKED, (None if one is None else _megabytes(one.asked_kib) for one in told))
    return (held, asked), [f"No memory of tasks: {uses.why_not}"] if uses.why_not else []


def _megabytes(kib: int | None) -> float | None:
    return None if kib is None else kib / 1024
