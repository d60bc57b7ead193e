"""What Slurm does not take or does not answer: said in its own words, and nothing is submitted or listed twice."""

from __future__ import annotations

import re

import pytest
from cluster_lab import ClusterLab, on, told
from lab import wait_for


def test_more_videos_than_an_array_may_have(lab: ClusterLab) -> None:
    """Of half as many again only what an array may have is listed, with who says so; the next scan lists the rest."""
    most, who = lab.limit_arrays(100)
    lab.own_cluster("many", max_tasks=10000, tasks_per_job=10)
    lab.tracker()
    lab.videos(most * 3 // 2)
    said = lab.scan().out
    assert f"{most * 3 // 2}\tTotal files to be processed." in said
    listed = f"Listed now: {most}, the most that one list may hold here ({who})."
    assert f"{listed} The next scan lists the other {most // 2}.\n" in said
    lab.submit()
    second = lab.look()
    assert (second["to_process"], second["listed"]) == (most // 2, most // 2)
    lab.submit()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": most * 3 // 2}
    assert "0\tTotal files to be processed." in lab.scan().out


@on("slurm", "pbs")
def test_more_videos_than_the_user_may_submit(lab: ClusterLab) -> None:
    """A list never holds more tasks than the user may still submit; the next scan lists the rest."""
    who = lab.limit_user(3)
    lab.videos(5)
    said = lab.scan().out
    assert f"Listed now: 3, the most that one list may hold here (your limit of {who})." in said
    lab.process_and_wait()
    assert lab.look()["listed"] == 2
    lab.process_and_wait()
    assert lab.counts() == {"finished": 5}


@on("slurm")
def test_more_videos_than_the_qos_lets_the_user_submit(lab: ClusterLab) -> None:
    """A list for a QOS that is typed with it holds what that QOS lets this user submit, which Slurm then takes."""
    modify = ("sacctmgr", "-i", "modify", "qos", "quick", "set")
    lab.command(*modify, "MaxSubmitJobsPerUser=2")
    try:
        lab.videos(3)
        ran = lab.rt("submit", "--qos", "quick")
        assert ran.code == 0, ran
        most = "Listed now: 2, the most that one list may hold here (your limit of submitted jobs of QOS quick)."
        assert most in ran.out
        lab.wait_until_empty()
    finally:
        lab.command(*modify, "MaxSubmitJobsPerUser=-1")
    assert lab.counts() == {"finished": 2, "unprocessed": 1}


def test_fewer_than_the_scheduler_takes(lab: ClusterLab) -> None:
    """Where the cluster's file says less than the scheduler does, that holds, and its name is told."""
    lab.own_cluster("few", max_tasks=2)
    lab.videos(3)
    assert "Listed now: 2, the most that one list may hold here (max_tasks of few)." in lab.scan().out


@pytest.mark.parametrize(("cluster", "words", "says", "ours"), [
    ("slurm", "--partition nosuch", "invalid partition specified: nosuch", 'You asked for partition "nosuch". Name a'),
    ("slurm", "--memory 900G", "Memory specification can not be satisfied", 'You asked for memory "900G". No node is'),
    ("slurm", "--qos nosuch", "Invalid qos specification", 'You asked for qos "nosuch". Name a QOS you may use'),
    ("slurm", "--account nosuch", "Invalid account or account/partition", 'You asked for account "nosuch". Name an'),
    ("slurm", "--walltime soon", "Invalid --time specification", 'You asked for walltime "soon". Write the time as'),
    ("slurm", "--scheduler-option --gres=nosuch:1", "Invalid generic resource (gres)", "No such GPU here"),
    ("slurm", "--scheduler-option --constraint=nosuch", "Invalid feature specification", "No node has that feature"),
    ("slurm", "--scheduler-option --nosuch", "unrecognized option", "sbatch does not know that option."),
    ("pbs", "--partition nosuch", "Unknown queue", 'You asked for partition "nosuch". Name a'),
    ("pbs", "--partition short --walltime 4:00:00", "violates queue", 'You asked for walltime "4:00:00". Ask'),
    ("pbs", "--scheduler-option -lnosuch=1", "Unknown resource", "This cluster has no such resource"),
    ("pbs", "--scheduler-option -Z", "invalid option", "qsub does not know that option."),
    ("sge", "--partition nosuch", 'unknown queue "nosuch"', 'You asked for partition "nosuch". Name a'),
    ("sge", "--account nosuch", 'project "nosuch" does not exist', 'You asked for account "nosuch". Name'),
    ("sge", "--scheduler-option -l --scheduler-option nosuch=1", "unknown resource", "This cluster has no such"),
    ("sge", "--scheduler-option -nosuch", "invalid option argument", "qsub does not know that option"),
], indirect=["cluster"])  # fmt: skip
def test_refused(lab: ClusterLab, words: str, says: str, ours: str) -> None:
    """What the scheduler refuses is told in one line: its own words, what was asked for, what to do."""
    lab.videos(1)
    ran = lab.rt("submit", *words.split())
    assert ran.code == 1
    assert ran.err.count("\n") == 1, ran.err
    refused = rf'{lab.SUBMIT} refused: "[^\n]*{re.escape(says)}[^\n]*"\. {re.escape(ours)}'
    assert re.search(refused, told(ran)), ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")
    assert not lab.queue()
    assert lab.counts() == {"unprocessed": 1}


@on("slurm")
@pytest.mark.parametrize("gpus", ["nosuch:1", "9"])
def test_a_gpu_that_no_node_has(lab: ClusterLab, gpus: str) -> None:
    """Slurm does not say what it lacks; what was asked for is told, and no size is blamed alone."""
    lab.videos(1)
    ran = lab.rt("submit", "--gpus", gpus)
    assert ran.code == 1
    assert f'gpus "{gpus}"' in ran.err, ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")


@pytest.mark.parametrize(("cluster", "line", "asks"), [
    ("slurm", "#SBATCH --qos=nosuch", 'qos "nosuch"'),
    ("slurm", "#SBATCH -p nosuch", 'partition "nosuch"'),
    ("slurm", "#SBATCH --mem 900G", 'memory "900G"'),
    ("pbs", "#PBS -q nosuch", 'partition "nosuch"'),
    ("pbs", "#PBS -q short -l walltime=04:00:00", 'walltime "04:00:00"'),
    ("sge", "#$ -q nosuch", 'partition "nosuch"'),
    ("sge", "#$ -P nosuch", 'account "nosuch"'),
    ("sge", "#$ -pe nosuch 2", 'cpus "2"'),
], indirect=["cluster"])  # fmt: skip
def test_a_refused_line_of_the_script(lab: ClusterLab, line: str, asks: str) -> None:
    """What the job script asks for and the scheduler refuses is told with the script's line."""
    lab.videos(1)
    lab.scan()
    number = lab.ask_for(line)
    ran = lab.rt("submit")
    assert ran.code == 1
    assert f"{lab.script} line {number} asks for {asks}." in ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")


@on("slurm")
def test_more_time_than_the_partition_gives(lab: ClusterLab) -> None:
    """Slurm takes such a job and never runs it: doctor says it before, status that it needs you after."""
    lab.videos(1)
    lab.scan()
    lab.ask_for("#SBATCH --partition=short", "#SBATCH --time=4:00:00")
    doctor = lab.rt("doctor")
    assert doctor.code == 1
    wrong = r"^workspace/process_all\.slurm line \d+: asks for walltime 4:00:00; short gives at most 10:00\.$"
    assert re.search(wrong, doctor.out, re.MULTILINE), doctor.out
    job = lab.rt("submit")
    assert job.code == 0, job
    never = "pending: asks for more time than the partition gives: it will never run  <- needs you"
    told_so = re.compile(rf"^  copy, batch 0001, job \d+: 1 {never}$", re.MULTILINE)
    wait_for(lambda: told_so.search(lab.rt("status").out), never, 60)


@pytest.mark.parametrize(("cluster", "line", "known"), [
    ("slurm", "#SBATCH --partition=nosuch", "main, short, gpu, urgent"),
    ("pbs", "#PBS -q nosuch", "workq, short"),
    ("sge", "#$ -q nosuch", "all.q, short"),
], indirect=["cluster"])  # fmt: skip
def test_a_missing_partition_is_seen_before(lab: ClusterLab, line: str, known: str) -> None:
    """Doctor names a partition that the job script asks for and that is not there, and those there are."""
    lab.videos(1)
    lab.scan()
    number = lab.ask_for(line)
    doctor = lab.rt("doctor")
    assert doctor.code == 1
    assert f'line {number}: there is no partition "nosuch". Known: {known}.' in doctor.out


def test_the_queue_does_not_answer(lab: ClusterLab) -> None:
    """Then what may still run is not listed, and the scan says why; --assume-gone lets it go, and it stays gone."""
    lab.videos(3)
    lab.scan()
    job = lab.submit(hold=True)
    lab.video("d2/new.avi")
    deaf = lab.deaf()
    said = lab.scan(**deaf)
    assert said.code == 0, said
    assert "1\tTotal files to be processed." in said.out
    why = rf"^The queue could not be asked \(.*({lab.UNREACHABLE}).*\): whatever has no end counts as running\.$"
    assert re.search(why, said.out, re.MULTILINE), said.out
    assert "Where you know that nothing of a batch runs any more:  ./rt scan --assume-gone BATCH" in said.out
    released = lab.rt("scan", "--assume-gone", "0001", **deaf)
    assert "3\tTotal files to be processed." in released.out, released
    lab.release(job)
    lab.wait_until_empty()
    assert lab.log(1, 1) == "Batch 0001 was given up. Nothing was done: scan again.\n"
    assert not lab.ledger()
    lab.scan()
    lab.process_and_wait()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 4}


def test_cancel_while_the_queue_does_not_answer(lab: ClusterLab) -> None:
    """Then nothing is cancelled, and it is said."""
    lab.videos(1)
    lab.scan()
    lab.submit(hold=True)
    ran = lab.rt("cancel", **lab.deaf())
    assert ran.code == 1
    assert ran.err.startswith("The queue could not be asked: ")
    assert ran.err.endswith(" Nothing was cancelled.\n")
    assert len(lab.queue()) == 1
