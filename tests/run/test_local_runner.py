"""How many tasks each process of a run on this machine takes."""

from __future__ import annotations

import pytest
from remote_tracker.run.local_runner import GROUP_MOST, GROUP_S, LEAST_S, group_size


@pytest.mark.parametrize("seconds", [0.9, 1.0, 60.0])
@pytest.mark.parametrize("left", [1, 2, 1000])
def test_long_tasks_are_run_singly(left: int, seconds: float) -> None:
    """A process takes one task where a task lasts about as long as a process of several should."""
    assert group_size(left, 2, seconds) == 1


@pytest.mark.parametrize("seconds", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("jobs", [1, 2, 64])
@pytest.mark.parametrize("tasks", [1, 7, 1000])
def test_every_task_is_taken_once(tasks: int, jobs: int, seconds: float) -> None:
    """Processes take tasks until none is left, at least one task each, and none too many."""
    left, most = tasks, min(GROUP_MOST, int(GROUP_S / seconds))
    while left:
        size = group_size(left, jobs, seconds)
        assert 1 <= size <= min(left, most)
        left -= size


@pytest.mark.parametrize("seconds", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("jobs", [2, 64])
def test_no_process_for_hardly_any_work(jobs: int, seconds: float) -> None:
    """The last processes take no less than what lasts LEAST_S, as long as so much is left."""
    least = min(GROUP_MOST, int(LEAST_S / seconds))
    assert [group_size(left, jobs, seconds) for left in (least, 2 * least)] == [least] * 2
    assert group_size(least - 1, jobs, seconds) == least - 1


@pytest.mark.parametrize("jobs", [2, 4])
def test_the_last_ones_share_what_is_left(jobs: int) -> None:
    """No process takes more than its share of what is left, so that all end at about the same time."""
    assert group_size(80, jobs, 0.01) == 80 // jobs
