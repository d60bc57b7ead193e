"""Tell people what became of their batches, once; what cannot be sent is a line on stderr, and is tried again later."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ..errors import RemoteTrackerError
from ..model import Project, Stage
from ..model.scheduling import Queue
from ..records import find_batches
from ..survey import load_queue
from ..text.visible import shown
from .news import News, find_news
from .send import find_ways, send
from .told import MOST_TRIES, Told, telling
from .ways import Message, Send

IN_A_JOB = ("SLURM_JOB_ID", "PBS_JOBID", "SGE_TASK_ID", "LSB_JOBID")  # set where a scheduler started this process


def tell(project: Project, stage: Stage, queue: Queue | None) -> None:
    """Send a message for each batch of a stage that is news, as ``tell_news`` promises; nothing within a job."""
    if any(name in os.environ for name in IN_A_JOB):
        return
    try:
        queue = queue or load_queue(project.cluster.scheduler, find_batches(project, stage))
        if news := list(find_news(project, stage, queue)):
            sys.stdout.flush()  # what a person reads here comes first: a server may take its time
            sends = find_ways(project)
            for one in news:
                _tell(one, sends)
    except (RemoteTrackerError, OSError) as error:
        print(f"notify: {error}", file=sys.stderr)


def _tell(news: News, sends: Mapping[str, Send]) -> None:
    with telling(news.batch) as note:
        before = note.load() if note else Told(done=True)
        if note is None or before.is_over:
            return
        now = before._replace(tries=before.tries + 1)
        note.write(now)  # first: who is killed while sending has tried
        failed = {}
        for way, why in send(sends, news.message, before.sent).items():
            if why:
                failed[way] = why
            else:
                now = now._replace(sent=(*now.sent, way))
        note.write(now._replace(done=not failed))
    for way, why in failed.items():
        again = "the next scan tries again" if now.tries < MOST_TRIES else "it is not tried again"
        print(f"notify: {way}: {shown(why)}. Tried {now.tries} of {MOST_TRIES} times; {again}.", file=sys.stderr)


def try_ways(project: Project) -> tuple[list[str], list[str]]:
    """Send a message that only tries whether it arrives, by all ways; return (what was sent, troubles), a line each."""
    if project.notify is None:
        return [], ["project.yml has no notify: nobody is told when a batch is done. Its options stand there."]
    try:
        sends = find_ways(project)
    except RemoteTrackerError as error:
        return [], [str(error)]
    name, host = shown(project.root.name), os.uname().nodename
    message = Message(f"{name}: a try", f"./rt doctor --notify was typed on {host}: messages on batches arrive so.\n")
    ended = send(sends, message)
    sent = [f"{way}: sent. Did it arrive?" for way, why in ended.items() if not why]
    return sent, [f"{way}: {shown(why)}. Nobody would be told by it." for way, why in ended.items() if why]
