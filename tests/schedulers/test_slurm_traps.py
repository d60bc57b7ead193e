"""Traps that Slurm's side once fell into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.cancel import ProjectJob, cancel
from remote_tracker.batches.job_script import make_script
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.submit import ResourceRequest
from remote_tracker.doctor import examine_queue as examine
from remote_tracker.doctor import hold_against
from remote_tracker.model import State
from remote_tracker.model.scheduling import BatchRef, Job
from remote_tracker.records import Batch
from remote_tracker.render import ScriptError
from remote_tracker.run.submit import send
from remote_tracker.schedulers import slurm
from remote_tracker.survey import survey_stage
from scan.trees import put

from schedulers.fakes import COPY, MEASURE, Programs, make_programs, make_slurm, pin_all, queue_line


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Programs of a scheduler that say what a test wants."""
    return make_programs(tmp_path / "bin", monkeypatch)


def test_other_stage_same_folder(tmp_path: Path, programs: Programs) -> None:
    """A job of another stage in the same folder is not taken for a list that was never submitted."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=2)
    prepare(project, [COPY])  # 0001 listed, not submitted
    programs.say(
        "squeue",
        queue_line(
            project.root / "workspace",
            name="flies.measure.0002",
            index="1-2",
            command=f"{project.root}/workspace/process_2_measure.slurm",
        ),
    )
    assert survey_stage(project, COPY).counts[State.UNPROCESSED] == 2


def test_given_up_job(tmp_path: Path, programs: Programs) -> None:
    """A job of a list that was given up is not taken for the next one."""
    project = make_slurm(tmp_path / "lab", videos=2)
    b = pin_all(project)
    (b / "owner").write_text("slurm.7\n")
    (b / "gone").touch()
    prepare(project, [COPY])  # 0002
    programs.say("squeue", queue_line(project.root / "workspace", job="7", name="flies.track.0001", index="1-2"))
    assert survey_stage(project, COPY).counts[State.UNPROCESSED] == 2


@pytest.mark.parametrize("ch", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_splitlines(tmp_path: Path, ch: str) -> None:
    """A folder whose name holds what some call a line break is still found in the queue."""
    folder = tmp_path / f"a{ch}b" / "workspace"
    (folder / "batches" / "0001").mkdir(parents=True)
    assert [j.batch for j in slurm.queue.find_jobs(queue_line(folder), [BatchRef(folder / "batches" / "0001")])] == [
        "0001"
    ]


def test_name_with_space(tmp_path: Path, programs: Programs) -> None:
    """A project whose name holds a space gets a job name that sbatch takes."""
    project = replace(make_slurm(tmp_path / "lab", videos=1), name="My flies")
    assert "--job-name=My flies." not in prepare(project, [COPY]).script.path.read_text()


def test_backslash() -> None:
    """A backslash in a folder reaches sbatch whole."""
    assert slurm.script._quote("/t/a\\b") == '"/t/a\\\\b"'


def test_cancel_uses_cluster_not_batch(tmp_path: Path, programs: Programs) -> None:
    """What is cancelled follows from how the list was packed, not from what the cluster says by now."""
    project = make_slurm(tmp_path / "lab", videos=12, tasks_per_job=10)
    pin_all(project)
    now = replace(project, cluster=project.cluster._replace(tasks_per_job=1))
    cancel(now, [ProjectJob(COPY, Job("0001", "39", "ann", frozenset(range(1, 13)), True), (5,))])
    assert programs.calls("scancel") == [["39_[1]"]]


def test_cancel_count_packed(tmp_path: Path, programs: Programs) -> None:
    """Cancelling one task of a packed job says how many tasks that job had."""
    project = make_slurm(tmp_path / "lab", videos=12, tasks_per_job=10)
    pin_all(project)
    assert (
        cancel(project, [ProjectJob(COPY, Job("0001", "39", "ann", frozenset(range(1, 11)), True), (5,))]).tasks == 10
    )


def test_chain_onto_running(tmp_path: Path, programs: Programs) -> None:
    """A stage chained behind one that is in the queue already waits for that job."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=2)
    send(project, "workspace", "track", None, ResourceRequest(), print)
    programs.say("squeue", queue_line(project.root / "workspace", job="39", index="1-2"))
    send(project, "workspace", None, "measure", ResourceRequest(), print)
    assert "--dependency=afterany:39" in programs.calls("sbatch")[-1], programs.calls("sbatch")


def test_doctor_infinite_and_limited() -> None:
    """Of several partitions the most generous one counts."""
    names = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    ps = [
        dict(zip(names, text.split("|"), strict=True)) for text in ("a|up|10:00|8|4000||1", "b|up|infinite|8|4000||1")
    ]
    assert (
        list(hold_against({"partition": "a,b", "partition line": "1", "walltime": "1:00:00", "walltime line": "2"}, ps))
        == []
    )


@pytest.mark.parametrize("line", ["--time=banana", "--cpus-per-task=two", "--time=UNLIMITED\n#SBATCH --mem=lots"])
def test_doctor_nonsense(tmp_path: Path, programs: Programs, line: str) -> None:
    """A value that cannot be read is named with its script and line."""
    programs.say("sinfo", "cpu*|up|2-00:00:00|8|4000|(null)|2\n")
    project = make_slurm(tmp_path / "lab")
    s = make_script(project, COPY)
    s.write_text(s.read_text().replace("#SBATCH --requeue", f"#SBATCH {line}"))
    assert examine(project)[1][0].startswith("workspace/process_all.slurm line ")


def test_doctor_unlimited_asked() -> None:
    """Asking for no limit where the partition has one is said."""
    names = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    ps = [dict(zip(names, ["a*", "up", "10:00", "8", "4000", "", "1"], strict=False))]
    assert list(hold_against({"walltime": "UNLIMITED", "walltime line": "2"}, ps))


def test_doctor_one_bad_of_two_partitions() -> None:
    """One unknown partition among several is said."""
    names = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    ps = [dict(zip(names, ["a*", "up", "10:00", "8", "4000", "", "1"], strict=False))]
    assert list(hold_against({"partition": "a,nosuch", "partition line": "1"}, ps))


def test_squeue_environment(tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that a user set for squeue hides no job from a scan."""
    monkeypatch.setenv("SQUEUE_STATES", "RUNNING")
    monkeypatch.setenv("SQUEUE_PARTITION", "gpu")
    seen = tmp_path / "env"
    (programs.folder / "squeue").write_text(f"#!/bin/bash\nenv > {seen}\n")
    project = make_slurm(tmp_path / "lab", videos=1)
    b = pin_all(project)
    slurm.queue.read_queue([Batch(str(b)).ref(slurm.SCHEDULER)])
    assert "SQUEUE_" not in seen.read_text()


def test_owner_of_another_scheduler(tmp_path: Path, programs: Programs) -> None:
    """A list that ran without a scheduler is nobody's job there."""
    project = make_slurm(tmp_path / "lab", videos=1)
    b = pin_all(project)
    (b / "owner").write_text("local.77\n")
    assert Batch(str(b)).ref(slurm.SCHEDULER).jobs == frozenset()


def test_two_options_one_line() -> None:
    """Several options on one line of the script are all read."""
    assert slurm.script.read_asked("#SBATCH --mem=1G --time=1:00:00\n").get("walltime") == "1:00:00"


def test_glued_short() -> None:
    """A short option with its value glued to it is read."""
    assert slurm.script.read_asked("#SBATCH -c4\n").get("cpus") == "4"


def test_command_above_block(tmp_path: Path, programs: Programs) -> None:
    """With a command above the block the message says to move the command."""
    project = make_slurm(tmp_path / "lab", videos=1)
    s = prepare(project, [COPY]).script.path
    s.write_text(s.read_text().replace("#SBATCH --requeue\n", "#SBATCH --requeue\nmodule load x\n"))
    put(project.root, "RawVideos/d/z.avi")
    with pytest.raises(ScriptError) as e:
        prepare(project, [COPY])
    assert "Move it above the marked block" not in str(e.value), e.value


def test_unlucky_dry_chain(tmp_path: Path, programs: Programs) -> None:
    """A chain that is only printed shows that the second waits for the first."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=1)
    said = []
    send(project, "workspace", None, "measure", ResourceRequest(dry=True), said.append)
    assert any("--dependency" in line for line in said), said
