"""Scan, sbatch, scan: what is listed becomes a job array, and every task of it is proven."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab
from slurm_lab import SlurmLab, on_slurm, told

HOSTILE = [
    "a b", " lead", "trail ", "it's", '"', "'; echo foo; '", "$(touch HACKED)", "`touch HACKED`", "$HOME", "*", "[a-z]",
    "-rf", "#x", "!!", "&& false", "|", ";", "\\n", "a\\", "%a", "%A_%a", "a\tb", "\x01\x1b[31m", "日本語", "{{ 7 }}",
    "unit=x", "# end x", "n" * 240,
]  # fmt: skip


@pytest.fixture
def lab(slurm: Path, lab: Lab) -> Iterator[SlurmLab]:
    """A project on the Slurm of the tests."""
    yield from on_slurm(slurm, lab)


def test_from_scan_to_nothing_left(lab: SlurmLab) -> None:
    """Twelve videos are listed, submitted with plain sbatch, and in the end none is to be processed."""
    lab.videos(12)
    said = lab.scan().out
    assert "12\tTotal files to be processed." in said
    assert said.endswith("12 videos found. Next:  sbatch process_all.slurm\n")
    job = lab.process_and_wait()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 12}
    assert "0\tTotal files to be processed." in lab.scan().out
    assert lab.wait_for_states(job, 12) == {str(task): "COMPLETED 0:0" for task in range(1, 13)}


def test_a_scan_says_what_is_queued_and_what_runs(lab: SlurmLab) -> None:
    """What is held in the queue is queued, what has begun is running; neither is listed again."""
    lab.work("until [ -e go ]; do sleep 0.1; done")
    lab.videos(3)
    lab.scan()
    job = lab.sbatch("--hold")
    assert lab.counts() == {"queued": 3}
    said = lab.scan().out
    assert "3\tQueued or running: not listed again." in said
    assert "0\tTotal files to be processed." in said
    lab.command("scontrol", "release", f"{job}_1")
    lab.wait_for_running(1)
    assert lab.counts() == {"queued": 2, "running": 1}
    lab.command("scontrol", "release", job)
    (lab.root / "go").touch()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}


@pytest.mark.parametrize(("folder", "script"), [("", "workspace/process_all.slurm"), ("Results", "{}")])
def test_submitted_from_another_folder(lab: SlurmLab, folder: str, script: str) -> None:
    """The job script may be submitted from any folder, by a relative path or a whole one."""
    lab.videos(2)
    lab.scan()
    lab.sbatch(folder=folder, script=script.format(lab.workspace / "process_all.slurm"))
    assert set(lab.counts()) <= {"queued", "running", "finished"}
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.log(1, 2).count("# end ") == 1


@pytest.mark.parametrize("name", ["the  lab's project", 'a "quoted" one', "both ' and \"", "$(x) ünï"])
def test_a_project_of_any_name(lab: SlurmLab, name: str) -> None:
    """A project's folder may hold spaces, quotes and what bash would run."""
    lab.rename(name)
    lab.videos(2)
    lab.scan()
    job = lab.sbatch("--hold")
    assert lab.counts() == {"queued": 2}
    lab.command("scontrol", "release", job)
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.log(1, 1).count("# end ") == 1


@pytest.mark.parametrize("name", ["50%a", "back\\slash"])
def test_a_folder_that_slurm_misreads(lab: SlurmLab, name: str) -> None:
    """Where Slurm misreads a folder's name, the scan says so or it works: nothing fails without a word."""
    lab.rename(name)
    lab.videos(2)
    scanned = lab.scan()
    if scanned.code == 0:
        lab.process_and_wait()
        assert lab.counts() == {"finished": 2}
    else:
        assert name in scanned.err


def test_hostile_names(lab: SlurmLab) -> None:
    """Videos with every odd name come through Slurm and bash unharmed, and none of them is run."""
    for name in HOSTILE:
        lab.video(f"{name}/{name}.avi", "|" + name)
    assert lab.counts() == {"unprocessed": len(HOSTILE)}
    lab.process_and_wait()
    assert lab.counts() == {"finished": len(HOSTILE)}, told(lab.rt("status", "--failures"))
    for name in HOSTILE:
        assert lab.result(f"{name}/{name}.txt").read_text() == f"|{name}"
    assert not list(lab.root.rglob("HACKED"))


def test_ten_tasks_a_job(lab: SlurmLab) -> None:
    """With tasks_per_job 10 the 23 videos become three jobs, and each video is still a task with a log of its own."""
    (lab.root / "site/clusters").mkdir(parents=True, exist_ok=True)
    (lab.root / "site/clusters/packed.yml").write_text("description: x\nscheduler: slurm\ntasks_per_job: 10\n")
    lab.settings(cluster="packed")
    lab.videos(23)
    lab.scan()
    job = lab.sbatch("--hold")
    assert [task.index for task in lab.queue()] == ["1", "11", "21"]
    assert lab.counts() == {"queued": 23}
    lab.command("scontrol", "release", job)
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 23}
    assert lab.ledger() == lab.once()
    assert [lab.log(1, task).count("# end ") for task in range(1, 24)] == [1] * 23
