"""Tell people by mail, ntfy, Slack or a command that a batch is done or has halted: one message for each batch.

Nothing here runs on a compute node, and nothing here can make the work fail: what cannot be sent is a line on stderr.
"""

from __future__ import annotations

from ..model import Project, Stage
from ..model.scheduling import Queue


def tell_news(project: Project, stage: Stage, queue: Queue | None = None) -> None:
    """Send a message for each batch of a stage that is over or has halted, and that nobody was told of.

    Does nothing without ``notify`` in project.yml, nor within a job. ``queue`` is what the queue said just now (None:
    it is asked). Raises nothing: what cannot be sent is told on stderr.
    """
    if project.notify:
        from .tell import tell  # 8 modules, 5 ms: most projects tell nobody

        tell(project, stage, queue)
