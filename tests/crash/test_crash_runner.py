"""The local scheduler killed with -9: what it had started goes on or vanishes with it, and nothing is done twice."""

from __future__ import annotations

import pytest
from crashes import (
    CrashLab,
    Prepared,
    assert_no_half_result,
    assert_remains_go,
    assert_whole,
    bring_to_zero,
    hashes,
    prepare,
)
from lab import wait_for


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project with one finished video and five that are listed."""
    fresh.video("d1/v0.avi", "a video that is finished")
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    for number in range(1, 6):
        fresh.video(f"d{number % 2}/v{number}.avi", f"the content of video {number}")
    fresh.scan()
    return prepare(fresh, "bash", "process_all.sh", "-j", "2")


def test_runner_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """Killed alone or with all its tasks: every video is done, and only those that lost their task twice."""
    lab, power = crash_lab, seed % 4 > 1
    script, before = (lab.workspace / "process_all.sh").read_text(), hashes(lab)
    lab.shoot(prepared, seed)
    if power:
        lab.kill_all()
    assert_no_half_result(lab)
    ran = lab.scan()
    assert (ran.code, ran.err) == (0, "")
    assert_whole(lab, script)
    assert lab.process("-j", "2").code == 0
    wait_for(lambda: not lab.living(), "what was started has ended")
    lab.scan()
    bring_to_zero(lab, rounds=1)
    assert before.items() <= hashes(lab).items()
    runs = lab.executions()
    assert sorted(runs) == [f"v{number}.avi" for number in range(6)]
    assert all(len(notes) <= (2 if power else 1) for notes in runs.values()), runs
    assert sum(len(notes) for notes in runs.values()) <= len(runs) + 2
    assert_remains_go(lab)
