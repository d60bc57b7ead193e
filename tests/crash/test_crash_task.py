"""run_task.sh killed with -9, alone or with all that it started: results are old or new, never half."""

from __future__ import annotations

import pytest
from crashes import CrashLab, Prepared, assert_remains_go, assert_whole, bring_to_zero, expected, hashes, prepare

OLD, NEW = "the old content", "the new content, which is longer"


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project whose second video was finished, then replaced by another, and is listed again."""
    fresh.video("d1/v1.avi", "a video that stays")
    fresh.video("d1/v2.avi", OLD)
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    fresh.video("d1/v2.avi", NEW, age=60)
    fresh.scan()
    assert fresh.batches() == ["0001", "0002"]
    return prepare(fresh, "bash", "run_task.sh", "2", "1")


def is_new(lab: CrashLab) -> bool:
    """Check that each result is the old one or the new one, whole; return whether both are new."""
    new, made = expected(lab), hashes(lab)
    old = {**new, "Results/d1/v2.txt": OLD.encode(), "MaskedVideos/d1/v2.json": b'{"size": %d}\n' % len(OLD)}
    assert made.keys() == new.keys()
    assert all(raw in (old[name], new[name]) for name, raw in made.items())
    return made == new


def test_task_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """By hand or in a job, killed alone or with its program: the video is done at most once more, and well."""
    lab = crash_lab
    script = (lab.workspace / "process_all.sh").read_text()
    as_job = {"RT_JOB": "local.here.1.1"} if seed % 4 > 1 else {}
    lab.shoot(prepared, seed, **as_job)
    if seed % 8 > 3:
        lab.kill_all()
        finished = "result=finished" in lab.log(2, 1)
        assert is_new(lab) or not finished
        assert lab.count() == ({"finished": 2} if finished else {"finished": 1, "incomplete": 1})
    ran = lab.scan()
    assert (ran.code, ran.err) == (0, "")
    assert_whole(lab, script)
    is_new(lab)
    again = lab.process()
    assert again.code == 0, again
    assert is_new(lab)
    bring_to_zero(lab, rounds=0)
    runs = lab.executions()
    assert runs["v1.avi"] == ["begun done"]
    assert 2 <= len(runs["v2.avi"]) <= 3
    assert_remains_go(lab)
    if [*lab.root.glob("*/.work/*")]:
        assert lab.rt("redo", "v2").code == 0
        bring_to_zero(lab, rounds=1)
        assert [*lab.root.glob("*/.work/*")] == []
