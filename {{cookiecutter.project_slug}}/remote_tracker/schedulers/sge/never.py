"""Whether a job that waits will ever run: GridEngine tells it when it is asked (qalter -w v), and never by itself.

It looks at the cluster as if nothing ran there: full, disabled, suspended, loaded and silent queues all count, and so
do quotas. Measured on GridEngine 8.1.9, where a call takes 10 ms.
"""

from __future__ import annotations

from ... import shell
from ..snapshot import TIMEOUT_S
from .words import LOAD_VALUE, NO_QUEUE


def fits_nowhere(job: str, requests: str, slots: str) -> bool:
    """Return whether GridEngine says that a waiting job suits no queue; False where that is not sure.

    ``requests`` is what each slot must have ("h_rt=60,gpu=1"). For a job of several ``slots`` GridEngine tells only
    that its parallel environment has too few: the requests alone are asked about then.
    """
    told = shell.ask(["qalter", "-w", "v", job], timeout=TIMEOUT_S)
    if not says_never(told.out):
        return False
    if not slots or not requests:
        return True
    alone = shell.ask(["qsub", "-w", "v", "-l", requests, "-b", "y", "true"], timeout=TIMEOUT_S)  # submits nothing
    return "verification: " in alone.out + alone.err and LOAD_VALUE not in alone.out + alone.err


def says_never(text: str) -> bool:
    """Return whether an answer of qalter -w v says that no queue suits, and no load value is the reason for it."""
    return NO_QUEUE in text and LOAD_VALUE not in text
