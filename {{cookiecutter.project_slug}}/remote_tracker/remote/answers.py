"""The questions that home asks, and what answers each of them on the other side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..model import Project
from .ask import Answer
from .far_counts import tell_counts
from .far_files import doubt, look
from .far_free import delete, move_aside
from .far_logs import tell_logs
from .far_units import tell_finished

ANSWERS: Mapping[str, Callable[[Project, Answer], Answer]] = {
    "look": look,
    "doubt": doubt,
    "counts": tell_counts,
    "finished": tell_finished,
    "logs": tell_logs,
    "move-aside": move_aside,
    "delete": delete,
}
