"""What the cluster's verbs print: a pilot's forecast, what was used, what the queue is like, what was submitted."""

from __future__ import annotations

import re

import pytest
from cluster_lab import GATE, ClusterLab
from lab import wait_for

USE = "python3 -c \"import time; held = b'x' * (60 << 20); time.sleep(3)\""


def test_pilot(lab: ClusterLab) -> None:
    """The video of median size goes first; what it took is told, and what all will take."""
    lab.work(USE)
    for number in range(1, 6):
        lab.video(f"d1/v{number}.avi", "x" * 1000 * number)
    ran = lab.rt("submit", "--pilot")
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    assert re.fullmatch(rf"Submitted batch 0001 \(copy, 1 task\) as job {lab.EXAMPLE_JOB}\.", lines[0]), lines
    assert lines[1] == "Waiting for it (d1/v3.avi). Ctrl-C stops the waiting, not the job."
    took = re.fullmatch(r"The pilot \(d1/v3\.avi\) took (\d+) s, (\d+) MB of memory, wrote 0\.0 MB\.", lines[2])
    assert took, lines
    assert int(took[1]) >= 3
    assert 60 <= int(took[2]) <= 256
    assert lines[3] == f"All 5: about {int(took[1]) * 5} s of one task's time, 0.0 MB."
    assert lines[4] == f"With 5 at once: about {int(took[1])} s."
    assert lines[5] == "Next:  ./rt submit"
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1, "unprocessed": 4}


def test_a_pilot_that_fails(lab: ClusterLab) -> None:
    """A pilot that fails says why and where to look; nothing else was submitted."""
    lab.work("echo no light >&2; exit 3")
    lab.videos(3)
    ran = lab.rt("submit", "--pilot")
    assert ran.code == 1
    assert ran.out.endswith("Failed (exit code 3): no light. Next:  ./rt logs d1/v2.avi\n"), ran.out
    lab.wait_until_empty()
    assert lab.started_tasks(1) == 1
    assert lab.counts() == {"incomplete": 1, "unprocessed": 2}


def test_usage(lab: ClusterLab) -> None:
    """After a run, status --usage tells how long tasks took and how much memory of what was asked for."""
    lab.work(USE, resources={"memory": "200M"})
    lab.videos(2)
    lab.scan()
    lab.process_and_wait()
    form = r"^copy, batch 0001: 2 tasks ended; time \d+ s \(median\), \d+ s \(longest\); "
    form += r"memory at most (\d+) of 200 MB; \d+% of their cores busy$"

    def used() -> re.Match[str] | None:
        found = re.search(form, lab.rt("status", "--usage").out, re.MULTILINE)
        return found if found and int(found[1]) else None

    most = int(wait_for(used, "accounting to know both", 60)[1])
    assert 60 <= most <= 200


def test_usage_before_anything_ran(lab: ClusterLab) -> None:
    """Where nothing was submitted yet, status --usage has nothing to tell and does not fail."""
    lab.videos(1)
    lab.scan()
    ran = lab.rt("status", "--usage")
    assert ran.code == 0, ran
    assert "batch" not in ran.out


QUEUES = {
    "slurm": (
        r"main\* up 2-00:00:00 4 \d+\+? .*",
        r"short up 10:00 4 \d+\+? .*",
        r"gpu up 2-00:00:00 4 \d+\+? gpu:1 1",
    ),
    "pbs": (r"workq\* up infinite .*", r"short up 00:10:00 .*"),
    "sge": (r"all\.q up infinite .*", r"short up 00:10:00 .*"),
}
MOST = {"slurm": "1000 tasks now (MaxArraySize 1001)", "pbs": "1000 tasks now (max_tasks of pbs)"}
MOST["sge"] = "1000 tasks now (max_tasks of sge)"


def test_doctor(lab: ClusterLab) -> None:
    """Doctor shows this machine, the partitions with their limits and how long a list may be; nothing is wrong."""
    ran = lab.rt("doctor")
    assert ran.code == 0, ran
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert re.fullmatch(rf"tiny_project on {lab.SCHEDULER} \(\S+, {lab.SCHEDULER}\)", lines[0])
    assert re.fullmatch(r"On \S+ \(bash \S+\), with workspace/activate\.sh:", lines[1])
    assert "partition state walltime cpus memory gpus nodes" in lines
    for queue in QUEUES[lab.SCHEDULER]:
        assert any(re.fullmatch(queue, line) for line in lines), lines
    assert lines[-2:] == [
        f"A new list may hold {MOST[lab.SCHEDULER]}.",
        "Nothing is wrong that can be seen from here.",
    ]


@pytest.mark.parametrize(("cluster", "line", "why"), [
    ("slurm", "#SBATCH --time=1:00:00", "it stands behind the first command, where sbatch ignores it without a word."),
    ("pbs", "#PBS -l walltime=1:00:00", "it stands behind the first command, where qsub ignores it without a word."),
    ("sge", "#$this is no option", "qsub takes a line that begins with #$ for an option, and this is none."),
], indirect=["cluster"])  # fmt: skip
def test_a_line_that_is_no_option(lab: ClusterLab, line: str, why: str) -> None:
    """What is ignored without a word, or taken for an option and is none, stops the scan and doctor alike."""
    lab.videos(1)
    lab.scan()
    with (lab.workspace / lab.script).open("a") as script:
        script.write(f"{line}\n")
    number = (lab.workspace / lab.script).read_text().count("\n")
    ran, doctor = lab.scan(), lab.rt("doctor")
    assert (ran.code, doctor.code) == (1, 1)
    assert f"{lab.script} line {number}: {why}" in ran.err, ran
    assert f"{lab.script} line {number}: {why}" in doctor.out, doctor


def test_submit_says_what_it_did(lab: ClusterLab) -> None:
    """./rt submit scans, submits with what was asked for, names the job, and says what to type next."""
    lab.work(GATE)
    lab.videos(3)
    ran = lab.rt("submit", "--throttle", "2", "--walltime", "0:05:00", "--memory", "100M", "--partition", "short")
    assert ran.code == 0
    said = rf"^Submitted batch 0001 \(copy, 3 tasks\) as job ({lab.EXAMPLE_JOB})\.\nNext:  \./rt status$"
    found = re.search(said, ran.out, re.MULTILINE)
    assert found, ran.out
    walltime = "300" if lab.SCHEDULER == "sge" else "00:05:00"
    assert lab.asked_of(found[1]) == {"partition": "short", "walltime": walltime}
    lab.wait_for_running(2)
    assert lab.counts() == {"running": 2, "queued": 1}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}
    again = lab.rt("submit")
    assert again.code == 0
    assert again.out.endswith("All 3 videos are finished. Next:  look at Results\n"), again.out


def test_throttle(lab: ClusterLab) -> None:
    """With --throttle 1 never more than one task runs at a time."""
    lab.work("mkdir alone || exit 3; sleep 0.3; rmdir alone")
    lab.videos(4)
    lab.submitted("submit", "--throttle", "1")
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 4}
