"""Tasks of one job side by side, as on one GPU: each with a log, a result and a proof of its own."""

from __future__ import annotations

import os
import signal
import subprocess

from lab import Lab, wait_for

# Each waits until all three have begun: one after the other would never end.
TOGETHER = (
    "touch {{ project }}/begun.{{ wildcards.name }};"
    " until [ $(ls {{ project }}/begun.v[123] | wc -l) = 3 ]; do sleep 0.05; done;"
    " test ! -e {{ project }}/broken.{{ wildcards.name }} || { echo CUDA out of memory >&2; exit 4; };"
    ' echo "$CUDA_VISIBLE_DEVICES $RT_JOB" > {{ output.copy }}'
)
WAITING = "touch {{ project }}/begun.{{ wildcards.name }}; exec sleep 600"
JOB = {"RT_JOB": "slurm.77", "RT_BESIDE": "yes", "CUDA_VISIBLE_DEVICES": "5"}


def start_job(lab: Lab, command: str, tasks: str, videos: int = 3) -> subprocess.Popen[bytes]:
    """Scan, then start the tasks as one job does."""
    lab.tracker(command=command)
    lab.videos(videos)
    lab.scan()
    words = [f"{name}={value}" for name, value in JOB.items()]
    return lab.start("env", *words, "bash", "batches/0001/run_task.sh", "1", tasks)


def end_of(job: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a job that ends by itself."""
    job.communicate(timeout=60)
    return job.returncode


def test_three_at_once(lab: Lab) -> None:
    """Three tasks run at the same time in one job, see the same GPU, and each is proven by itself."""
    assert end_of(start_job(lab, TOGETHER, "1+3")) == 0
    for number in (1, 2, 3):
        assert lab.result(f"d1/v{number}.txt").read_text() == "5 slurm.77\n"
        log = lab.log(1, number)
        assert log.count("# start ") == log.count(" result=finished ") == 1
        assert f"unit=d1/v{number}.avi" in log
    assert lab.counts() == {"finished": 3}


def test_the_last_job_has_fewer(lab: Lab) -> None:
    """A list whose length is no multiple ends with a job of what is left; a single task runs as ever."""
    for name in ("v2", "v3"):
        (lab.root / f"begun.{name}").touch()
    assert end_of(start_job(lab, TOGETHER, "1+3", videos=1)) == 0
    assert lab.counts() == {"finished": 1}


def test_one_fails_the_others_finish(lab: Lab) -> None:
    """A failure is its own task's alone, told in its own log, and is the job's exit code."""
    (lab.root / "broken.v2").touch()
    assert end_of(start_job(lab, TOGETHER, "1+3")) == 4
    assert lab.counts() == {"finished": 2, "incomplete": 1}
    assert "CUDA out of memory" in lab.log(1, 2)
    assert "CUDA out of memory" not in lab.log(1, 1) + lab.log(1, 3)


def test_what_stops_the_job_stops_all(lab: Lab) -> None:
    """A signal to the job ends each task with an end in its log, and nothing runs on."""
    job = start_job(lab, WAITING, "1+3")
    wait_for(lambda: len(list(lab.root.glob("begun.*"))) == 3, "three that run")
    os.kill(job.pid, signal.SIGTERM)
    assert end_of(job) != 0
    for number in (1, 2, 3):
        assert "result=cancelled" in lab.log(1, number)
    assert not lab.running("sleep")
