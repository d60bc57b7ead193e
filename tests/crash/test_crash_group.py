"""A process of several tasks killed with -9, with the helper that they share: results are old or new, never half."""

from __future__ import annotations

import pytest
from crashes import CrashLab, Prepared, assert_remains_go, assert_whole, bring_to_zero, expected, hashes, prepare

VIDEOS = range(1, 6)


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project whose five videos were finished, then replaced by others, and are listed again."""
    for number in VIDEOS:
        fresh.video(f"d1/v{number}.avi", "the old content")
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    for number in VIDEOS:
        fresh.video(f"d1/v{number}.avi", f"the new content of video {number}", age=60)
    fresh.scan()
    return prepare(fresh, "bash", "run_task.sh", "2", "1+5")


def count_new(lab: CrashLab) -> int:
    """Check that each result is the old one or the new one, whole; return of how many videos both are new."""
    new, made = expected(lab), hashes(lab)
    assert made.keys() == new.keys()
    for name, raw in made.items():
        assert raw in (new[name], b"the old content", b'{"size": 15}\n'), name
    results = ((f"Results/d1/v{number}.txt", f"MaskedVideos/d1/v{number}.json") for number in VIDEOS)
    return sum(made[text] == new[text] and made[size] == new[size] for text, size in results)


def test_tasks_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """Only what ended counts as finished; each other video is done once more, and well."""
    lab = crash_lab
    script = (lab.workspace / "process_all.sh").read_text()
    lab.shoot(prepared, seed)
    lab.kill_all()
    finished = sum("result=finished" in lab.log(2, task) for task in VIDEOS)
    assert count_new(lab) - finished in (0, 1)
    states = {"finished": finished, "incomplete": len(VIDEOS) - finished}
    assert lab.count() == {state: number for state, number in states.items() if number}
    ran = lab.scan()
    assert (ran.code, ran.err) == (0, "")
    assert_whole(lab, script)
    assert lab.process().code == 0
    bring_to_zero(lab, rounds=0)
    assert all(len(runs) <= 3 for runs in lab.executions().values())
    assert_remains_go(lab)
