"""What Slurm does not take or does not answer: said in its own words, and nothing is submitted or listed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from getpass import getuser

import pytest
from cluster_lab import ClusterLab, told
from lab import wait_for

MANY = "description: x\nscheduler: slurm\nmax_tasks: 10000\ntasks_per_job: 10\n"


def test_more_videos_than_an_array_may_have(lab: ClusterLab) -> None:
    """Of 1,500 videos 1,000 are listed, with who says so and how many are left; the next scan lists those."""
    (lab.root / "site/clusters").mkdir(parents=True, exist_ok=True)
    (lab.root / "site/clusters/many.yml").write_text(MANY)
    lab.settings(cluster="many")
    lab.tracker()
    lab.videos(1500)
    said = lab.scan().out
    assert "1500\tTotal files to be processed." in said
    listed = "Listed now: 1000, the most that one list may hold here (MaxArraySize 1001)."
    assert f"{listed} The next scan lists the other 500.\n" in said
    lab.submit()
    second = lab.look()
    assert (second["to_process"], second["listed"]) == (500, 500)
    lab.submit()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1500}
    assert "0\tTotal files to be processed." in lab.scan().out


@pytest.fixture
def three_jobs(lab: ClusterLab) -> Iterator[None]:
    """The user may have three jobs more than there are now."""
    me = getuser()
    held = len(lab.command("squeue", "--noheader", "--array", f"--user={me}").split("\n")) - 1
    lab.command("sacctmgr", "-i", "modify", "user", me, "set", f"MaxSubmitJobs={held + 3}")
    yield
    lab.command("sacctmgr", "-i", "modify", "user", me, "set", "MaxSubmitJobs=-1")


def test_more_videos_than_the_user_may_submit(lab: ClusterLab, three_jobs: None) -> None:
    """A list never holds more tasks than the user may still submit; the next scan lists the rest."""
    lab.videos(5)
    said = lab.scan().out
    assert "Listed now: 3, the most that one list may hold here (your limit of submitted jobs)." in said
    lab.process_and_wait()
    assert lab.look()["listed"] == 2
    lab.process_and_wait()
    assert lab.counts() == {"finished": 5}


def test_fewer_than_slurm_takes(lab: ClusterLab) -> None:
    """Where the cluster's file says less than Slurm does, that holds, and its name is told."""
    (lab.root / "site/clusters").mkdir(parents=True, exist_ok=True)
    (lab.root / "site/clusters/few.yml").write_text("description: x\nscheduler: slurm\nmax_tasks: 2\n")
    lab.settings(cluster="few")
    lab.videos(3)
    assert "Listed now: 2, the most that one list may hold here (max_tasks of few)." in lab.scan().out


@pytest.mark.parametrize(("words", "slurm_says", "ours"), [
    (["--partition", "nosuch"], "invalid partition specified: nosuch", 'You asked for partition "nosuch". Name a'),
    (["--memory", "900G"], "Memory specification can not be satisfied", 'You asked for memory "900G". No node is'),
    (["--qos", "nosuch"], "Invalid qos specification", 'You asked for qos "nosuch". Name a QOS you may use'),
    (["--account", "nosuch"], "Invalid account or account/partition", 'You asked for account "nosuch". Name an'),
    (["--walltime", "soon"], "Invalid --time specification", 'You asked for walltime "soon". Write the time as'),
    (["--scheduler-option", "--gres=nosuch:1"], "Invalid generic resource (gres) specification", "No such GPU here"),
    (["--scheduler-option", "--constraint=nosuch"], "Invalid feature specification", "No node has that feature"),
    (["--scheduler-option", "--nosuch"], "unrecognized option", "sbatch does not know that option."),
])  # fmt: skip
def test_refused(lab: ClusterLab, words: list[str], slurm_says: str, ours: str) -> None:
    """What Slurm refuses is told in one line: its own words, what was asked for, what to do."""
    lab.videos(1)
    ran = lab.rt("submit", *words)
    assert ran.code == 1
    assert ran.err.count("\n") == 1, ran.err
    assert re.search(rf'sbatch refused: "[^\n]*{re.escape(slurm_says)}[^\n]*"\. {re.escape(ours)}', told(ran)), ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")
    assert not lab.queue()
    assert lab.counts() == {"unprocessed": 1}


@pytest.mark.parametrize("gpus", ["nosuch:1", "9"])
def test_a_gpu_that_no_node_has(lab: ClusterLab, gpus: str) -> None:
    """Slurm does not say what it lacks; what was asked for is told, and no size is blamed alone."""
    lab.videos(1)
    ran = lab.rt("submit", "--gpus", gpus)
    assert ran.code == 1
    assert f'gpus "{gpus}"' in ran.err, ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")


@pytest.mark.parametrize(("line", "ours"), [
    ("#SBATCH --qos=nosuch", 'process_all.slurm line 8 asks for qos "nosuch".'),
    ("#SBATCH -p nosuch", 'process_all.slurm line 8 asks for partition "nosuch".'),
    ("#SBATCH --mem 900G", 'process_all.slurm line 8 asks for memory "900G".'),
])  # fmt: skip
def test_a_refused_line_of_the_script(lab: ClusterLab, line: str, ours: str) -> None:
    """What the job script asks for and Slurm refuses is told with the script's line."""
    lab.videos(1)
    lab.scan()
    lab.edit_script("#SBATCH --requeue", f"{line}\n#SBATCH --requeue")
    text = (lab.workspace / "process_all.slurm").read_text().split("\n")
    ran = lab.rt("submit")
    assert ran.code == 1
    assert ours.replace("line 8", f"line {text.index(line) + 1}") in ran.err
    assert ran.err.endswith(" Nothing was submitted.\n")


def test_more_time_than_the_partition_gives(lab: ClusterLab) -> None:
    """Slurm takes such a job and never runs it: doctor says it before, status that it needs you after."""
    lab.videos(1)
    lab.scan()
    lab.edit_script("#SBATCH --requeue", "#SBATCH --partition=short\n#SBATCH --time=4:00:00\n#SBATCH --requeue")
    doctor = lab.rt("doctor")
    assert doctor.code == 1
    wrong = r"^workspace/process_all\.slurm line \d+: asks for walltime 4:00:00; short gives at most 10:00\.$"
    assert re.search(wrong, doctor.out, re.MULTILINE), doctor.out
    job = lab.rt("submit")
    assert job.code == 0, job
    never = "pending: asks for more time than the partition gives: it will never run  <- needs you"
    told_so = re.compile(rf"^  copy, batch 0001, job \d+: 1 {never}$", re.MULTILINE)
    wait_for(lambda: told_so.search(lab.rt("status").out), never, 60)


def test_a_missing_partition_is_seen_before(lab: ClusterLab) -> None:
    """Doctor names a partition that the job script asks for and that is not there, and those there are."""
    lab.videos(1)
    lab.scan()
    lab.edit_script("#SBATCH --requeue", "#SBATCH --partition=nosuch\n#SBATCH --requeue")
    doctor = lab.rt("doctor")
    assert doctor.code == 1
    assert re.search(r'line \d+: there is no partition "nosuch"\. Known: main, short, gpu, urgent\.', doctor.out), (
        doctor.out
    )


def deaf_slurm(lab: ClusterLab) -> str:
    """Return the SLURM_CONF of a Slurm that does not answer."""
    text = (lab.slurm / "slurm.conf").read_text()
    path = lab.root.parent / "deaf.conf"
    path.write_text(re.sub(r"^SlurmctldPort=.*$", "SlurmctldPort=1\nMessageTimeout=2", text, flags=re.MULTILINE))
    return str(path)


def test_squeue_does_not_answer(lab: ClusterLab) -> None:
    """Then what may still run is not listed, and the scan says why; --assume-gone lets it go, and it stays gone."""
    lab.videos(3)
    lab.scan()
    job = lab.submit(hold=True)
    lab.video("d2/new.avi")
    deaf = deaf_slurm(lab)
    said = lab.scan(SLURM_CONF=deaf)
    assert said.code == 0, said
    assert "1\tTotal files to be processed." in said.out
    why = r"^The queue could not be asked \(.*[Uu]nable to contact.*\): whatever has no end counts as running\.$"
    assert re.search(why, said.out, re.MULTILINE), said.out
    assert "Where you know that nothing of a batch runs any more:  ./rt scan --assume-gone BATCH" in said.out
    released = lab.rt("scan", "--assume-gone", "0001", SLURM_CONF=deaf)
    assert "3\tTotal files to be processed." in released.out, released
    lab.release(job)
    lab.wait_until_empty()
    assert lab.log(1, 1) == "Batch 0001 was given up. Nothing was done: scan again.\n"
    assert not lab.ledger()
    lab.scan()
    lab.process_and_wait()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 4}


def test_cancel_while_squeue_does_not_answer(lab: ClusterLab) -> None:
    """Then nothing is cancelled, and it is said."""
    lab.videos(1)
    lab.scan()
    lab.submit(hold=True)
    ran = lab.rt("cancel", SLURM_CONF=deaf_slurm(lab))
    assert ran.code == 1
    assert ran.err.startswith("The queue could not be asked: ")
    assert ran.err.endswith(" Nothing was cancelled.\n")
    assert len(lab.queue()) == 1
