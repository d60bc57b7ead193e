"""./rt run on a cluster: it waits for what was submitted before it, by itself or by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.model import Project
from remote_tracker.model.scheduling import BatchRef, Queue
from remote_tracker.records import Batch
from remote_tracker.run import project as whole
from remote_tracker.run.wait_for_queue import wait_for_others
from remote_tracker.survey import Survey
from scan.trees import end_line, make_project, put, start_line
from schedulers.fakes import COPY, MEASURE, make_slurm, pin_all

FLYING = Queue({"0001": None})
SILENT = Queue(asked=False, why_not="no answer")


class Cluster:
    """A cluster whose queue answers in turn; behind its last answer the tasks of batch 0001 have ended."""

    def __init__(self, root: Path, answers: Sequence[Queue], *stages: Any) -> None:
        put(root, "RawVideos/d/a.avi", "RawVideos/d/b.avi")
        project = make_slurm(root, *stages)
        self.folder = pin_all(project)
        self.answers: Iterator[Queue] = iter(answers)
        self.asked: list[Queue] = []
        scheduler = project.cluster.scheduler._replace(read_queue=self.read_queue)
        self.project: Project = replace(project, cluster=project.cluster._replace(scheduler=scheduler))

    def read_queue(self, batches: Sequence[BatchRef], fresh: bool = False) -> Queue:
        """Return the next answer."""
        answer = next(self.answers, None)
        if answer is None:
            self.end()
            return Queue()
        self.asked.append(answer)
        return answer

    def end(self) -> None:
        """Let both tasks finish."""
        for task, name in enumerate("ab", 1):
            Batch(str(self.folder)).log(task).write_text(start_line(f"d/{name}.avi", task) + end_line())
            put(self.project.root, f"Results/d/{name}_tracks.csv")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes between two questions to the queue."""
    monkeypatch.setattr(whole, "QUEUE_S", 0)


@pytest.mark.parametrize("answers", [
    [FLYING, FLYING, FLYING, FLYING],
    [FLYING, FLYING, SILENT, SILENT, FLYING],
    [SILENT, SILENT, SILENT, FLYING, SILENT],
])  # fmt: skip
def test_what_was_submitted_before_is_waited_for(tmp_path: Path, answers: list[Queue]) -> None:
    """A run that finds its job in the queue waits until it has left, whether or not the queue answers, and goes on."""
    cluster, said = Cluster(tmp_path, answers), []
    assert whole.run_all(cluster.project, None, said.append) == 0
    assert len(cluster.asked) == len(answers)
    assert said[1] == (
        "Waiting for what is queued or running already. Ctrl-C, or logging out, ends the waiting, not the job; "
        "./rt run goes on where it was."
    )
    assert "All 2 videos are finished." in said[2]


def test_a_later_step_waits_for_the_queue_too(tmp_path: Path) -> None:
    """Where the first of two steps is in the queue and the second has nothing to do yet, the first is waited for."""
    cluster, said = Cluster(tmp_path, [FLYING] * 6, COPY, MEASURE), []
    done = whole.scan_and_run(cluster.project, "workspace", None, None, said.append, ())
    assert (done.code, done.to_do > 0) == (1, True)
    assert len(cluster.asked) == 6
    assert said[-1].startswith("Waiting for what is queued or running already.")


def test_other_peoples_hidden_jobs_are_not_waited_for(tmp_path: Path) -> None:
    """A list of another person whose jobs the queue does not show may never end for us: the run says how far it is."""
    hidden = Queue({"0001": None}, hidden=("0001",))
    cluster, said = Cluster(tmp_path, [hidden] * 1000), []
    assert whole.run_all(cluster.project, None, said.append) == 1
    assert "NOT finished: 2 queued" in said[0]


def test_without_a_queue_nothing_is_waited_for(tmp_path: Path) -> None:
    """A project on this machine asks no queue and waits for nobody."""
    cluster = Cluster(tmp_path, [])
    local = replace(cluster.project, cluster=make_project(tmp_path / "here").cluster)
    assert wait_for_others(local, [COPY], Survey(COPY), 0, print) == 0
