"""Stages submitted one behind the other: the second waits for the first, and each of its tasks looks for itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cluster_lab import GATE, PENDING, RUNNING, ClusterLab, told
from lab import LIST_DAY, wait_for

SECOND: dict[str, Any] = {
    "name": "second",
    "help": "copy it again",
    "input": {"copy": "Results/{subdir}/{name}.txt"},
    "output": {"again": "Results/{subdir}/{name}.again"},
    "command": "cat {{ input.copy }} {{ input.copy }} > {{ output.again }}",
}
THIRD: dict[str, Any] = {
    "name": "third",
    "help": "and again",
    "input": {"again": "Results/{subdir}/{name}.again"},
    "output": {"thrice": "Results/{subdir}/{name}.thrice"},
    "command": "cat {{ input.again }} {{ input.again }} > {{ output.thrice }}",
}


def chain(lab: ClusterLab, middle: str, *others: dict[str, Any]) -> None:
    """Declare a tracker whose first stage does ``middle`` and copies, with other stages behind it."""
    lab.work(middle)
    lab.tracker(*others, command="bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}")


def test_two_stages_in_one_go(lab: ClusterLab) -> None:
    """Both batches are queued at once, the second waits for the first, and in the end all is finished."""
    chain(lab, GATE, SECOND)
    lab.videos(5)
    first, second = lab.submitted("submit", "--through", "second")
    lab.wait_for_running(5)
    pending = f"second, batch 0002, job {second}: 5 pending: waits for an earlier job"
    wait_for(lambda: pending in lab.rt("status").out, pending, 60)  # a scheduler needs a moment for the reason
    assert {task.job: task.state for task in lab.queue()} == {first: RUNNING, second: PENDING}
    assert lab.counts("copy") == {"running": 5}
    assert lab.counts("second") == {"queued": 5}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.counts("copy") == {"finished": 5}
    assert lab.counts("second") == {"finished": 5}
    assert lab.result("d1/v5.again").read_text() == "video 5" * 2


def test_three_stages_in_one_go(lab: ClusterLab) -> None:
    """Each of three stages waits for those before it; all three finish without another scan."""
    chain(lab, ":", SECOND, THIRD)
    lab.videos(3)
    assert len(lab.submitted("submit", "--through", "third")) == 3
    lab.wait_until_empty()
    assert [lab.counts(stage) for stage in ("copy", "second", "third")] == [{"finished": 3}] * 3
    assert lab.result("d1/v1.thrice").read_text() == "video 1" * 4


def test_the_first_stage_fails_for_one(lab: ClusterLab) -> None:
    """The second stage's task of a video that failed says that its input is missing; those of others finish."""
    chain(lab, "[ $unit != v2.avi ] || { echo no light >&2; exit 3; }", SECOND)
    lab.videos(4)
    jobs = lab.submitted("submit", "--through", "second")
    lab.wait_until_empty()
    assert lab.counts("copy") == {"finished": 3, "incomplete": 1}
    assert lab.counts("second") == {"finished": 3, "waiting": 1}
    why = "the input is missing or may not be read: Results/d1/v2.txt"
    said = re.compile(rf"exit=66 seconds=\d+ result=failed cause=input-missing why={re.escape(why)}$", re.MULTILINE)
    logs = [lab.log(2, task) for task in range(1, 5)]
    assert sum(bool(said.search(log)) for log in logs) == 1, logs
    assert sorted(lab.wait_for_codes(jobs[1], 4).values(), key=str) == [0, 0, 0, 66]


def test_a_chain_goes_on_where_it_failed(lab: ClusterLab) -> None:
    """Once the reason is mended, the same line submits only what is left of both stages."""
    chain(lab, "[ $unit != v2.avi ] || [ -e go ] || exit 3", SECOND)
    lab.videos(3)
    lab.submitted("submit", "--through", "second")
    lab.wait_until_empty()
    lab.open_gate()
    ran = lab.rt("submit", "--through", "second")
    assert "Submitted batch 0003 (copy, 1 task)" in ran.out, ran
    assert "Submitted batch 0004 (second, 1 task)" in ran.out, ran
    lab.wait_until_empty()
    assert [lab.counts(stage) for stage in ("copy", "second")] == [{"finished": 3}] * 2


def test_a_dry_chain(lab: ClusterLab) -> None:
    """With --dry both commands are shown, and nothing is in the queue."""
    chain(lab, ":", SECOND)
    lab.videos(2)
    ran = lab.rt("submit", "--through", "second", "--dry")
    assert ran.code == 0
    commands = (f"process_1_copy.{lab.SCHEDULER}", f"{lab.AFTER} process_2_second.{lab.SCHEDULER}")
    assert [ran.out.count(f"{lab.SUBMITS} {command}\n") for command in commands] == [1, 1], ran.out
    assert ran.out.count("Not submitted (--dry).") == 2, ran.out
    assert not lab.queue()


@pytest.mark.parametrize(("words", "said"), [
    (["--through", "thirdd"], 'thirdd'),
    (["second", "--through", "copy"], '"copy" comes before "second". The stages are: copy, second.'),
])  # fmt: skip
def test_a_chain_that_is_none(lab: ClusterLab, words: list[str], said: str) -> None:
    """A stage that is not there, or comes before the first, is refused before anything is submitted."""
    chain(lab, ":", SECOND)
    lab.videos(1)
    ran = lab.rt("submit", *words)
    assert ran.code == 2
    assert said in told(ran)
    assert not lab.queue()


def test_a_day_on_the_cluster(lab: ClusterLab) -> None:
    """The days are scanned and submitted in summarizer/, as the videos are in workspace/."""
    lab.tracker(LIST_DAY)
    lab.videos(2)
    lab.video("d2/v.avi")
    lab.scan()
    lab.process_and_wait()
    said = lab.run("bash", "get_cmd2process.sh", folder="summarizer").out
    assert said.endswith(f"2 days found. Next:  {lab.SUBMIT} {lab.script}\n"), said
    lab.submit(folder="summarizer")
    lab.wait_until_empty()
    assert "All 2 days are finished." in lab.run("bash", "get_cmd2process.sh", folder="summarizer").out
