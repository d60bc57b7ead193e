"""Scan, submit, scan: what is listed becomes a job array, and every task of it is proven."""

from __future__ import annotations

import pytest
from cluster_lab import ClusterLab, told

HOSTILE = [
    "a b", " lead", "trail ", "it's", '"', "'; echo foo; '", "$(touch HACKED)", "`touch HACKED`", "$HOME", "*", "[a-z]",
    "-rf", "#x", "!!", "&& false", "|", ";", "\\n", "a\\", "%a", "%A_%a", "a\tb", "\x01\x1b[31m", "日本語", "{{ 7 }}",
    "unit=x", "# end x", "n" * 240,
]  # fmt: skip


def test_from_scan_to_nothing_left(lab: ClusterLab) -> None:
    """Twelve videos are listed, submitted as people type it, and in the end none is to be processed."""
    lab.videos(12)
    said = lab.scan().out
    assert "12\tTotal files to be processed." in said
    assert said.endswith(f"12 videos found. Next:  {lab.SUBMIT} {lab.script}\n")
    job = lab.process_and_wait()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 12}
    assert "0\tTotal files to be processed." in lab.scan().out
    assert lab.wait_for_codes(job, 12) == {str(task): 0 for task in range(1, 13)}


def test_a_scan_says_what_is_queued_and_what_runs(lab: ClusterLab) -> None:
    """What is held in the queue is queued, what has begun is running; neither is listed again."""
    lab.work("until [ -e go ]; do sleep 0.1; done")
    lab.videos(3)
    lab.scan()
    job = lab.submit(hold=True)
    assert lab.counts() == {"queued": 3}
    said = lab.scan().out
    assert "3\tQueued or running: not listed again." in said
    assert "0\tTotal files to be processed." in said
    lab.release(job, at_once=1)
    lab.wait_for_running(1)
    assert lab.counts() == {"queued": 2, "running": 1}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}


@pytest.mark.parametrize(("folder", "script"), [("", "workspace/{1}"), ("Results", "{0}/{1}")])
def test_submitted_from_another_folder(lab: ClusterLab, folder: str, script: str) -> None:
    """The job script may be submitted from any folder, by a relative path or a whole one."""
    lab.videos(2)
    lab.scan()
    lab.submit(folder=folder, script=script.format(lab.workspace, lab.script))
    assert set(lab.counts()) <= {"queued", "running", "finished"}
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.log(1, 2).count("# end ") == 1


@pytest.mark.parametrize("name", ["the  lab's project", 'a "quoted" one', "both ' and \"", "(x) & ünï"])
def test_a_project_of_any_name(lab: ClusterLab, name: str) -> None:
    """A project's folder may hold spaces, quotes and what bash would run."""
    lab.rename(name)
    lab.videos(2)
    lab.scan()
    job = lab.submit(hold=True)
    assert lab.counts() == {"queued": 2}
    lab.release(job)
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.log(1, 1).count("# end ") == 1


@pytest.mark.parametrize("name", ["50%a", "back\\slash", "$(x)", "$HOME", "a^b", "d,e"])
def test_a_folder_that_may_be_misread(lab: ClusterLab, name: str) -> None:
    """Where a scheduler misreads a folder's name, the scan says so or it works: nothing fails without a word."""
    lab.rename(name)
    lab.videos(2)
    scanned = lab.scan()
    if scanned.code == 0:
        lab.process_and_wait()
        assert lab.counts() == {"finished": 2}
    else:
        assert name in scanned.err


def test_hostile_names(lab: ClusterLab) -> None:
    """Videos with every odd name come through the scheduler and bash unharmed, and none of them is run."""
    for name in HOSTILE:
        lab.video(f"{name}/{name}.avi", "|" + name)
    assert lab.counts() == {"unprocessed": len(HOSTILE)}
    lab.process_and_wait()
    assert lab.counts() == {"finished": len(HOSTILE)}, told(lab.rt("status", "--failures"))
    for name in HOSTILE:
        assert lab.result(f"{name}/{name}.txt").read_text() == f"|{name}"
    assert not list(lab.root.rglob("HACKED"))


def test_ten_tasks_a_job(lab: ClusterLab) -> None:
    """With tasks_per_job 10 the 23 videos become three jobs, and each video is still a task with a log of its own."""
    lab.own_cluster("packed", tasks_per_job=10)
    lab.videos(23)
    lab.scan()
    job = lab.submit(hold=True)
    assert [task.index for task in lab.queue()] == ["1", "11", "21"]
    assert lab.counts() == {"queued": 23}
    lab.release(job)
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 23}
    assert lab.ledger() == lab.once()
    assert [lab.log(1, task).count("# end ") for task in range(1, 24)] == [1] * 23
