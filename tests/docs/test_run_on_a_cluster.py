"""docs/run-on-a-cluster.md without a cluster: its sentences are those of the code; tests/cluster holds its screens."""

from __future__ import annotations

import re

from lab import REPOSITORY
from remote_tracker.run.project import QUEUE_S
from remote_tracker.run.wait_for_queue import ONLY_WAITING

TEXT = (REPOSITORY / "docs" / "run-on-a-cluster.md").read_text(encoding="utf-8")


def test_what_it_says_while_it_waits() -> None:
    """Each line of a screen that says that it waits is said so by the code."""
    lines = re.findall(r"^Waiting for .*$", TEXT, re.MULTILINE)
    begins = {"Waiting for job N. ", "Waiting for what is queued or running already. "}
    assert {re.sub(r"job \d+", "job N", line).removesuffix(ONLY_WAITING) for line in lines} == begins


def test_how_often_it_asks() -> None:
    """The page names the seconds between two questions to the queue."""
    assert f"Every {QUEUE_S:.0f} seconds it asks the queue one question" in TEXT
