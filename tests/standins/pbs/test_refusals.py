"""What a real OpenPBS refuses, or shows late, where a lenient one would hide a fault of the scripts that use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbs.clients.qsub import USAGE
from pbs.stand import Stand

SLEEP = "#!/bin/bash\nsleep 300\n"
TWICE = "qsub: multiple max_run_subjobs values found\n"
FIRST_ENDS = "#!/bin/bash\n[ $PBS_ARRAY_INDEX = 1 ] && { echo $PPID >$PBS_O_WORKDIR/shell; exit; }\nsleep 300\n"


@pytest.fixture
def ready(stand: Stand) -> Stand:
    """A stand-in with a script to submit."""
    stand.script("s.sh", SLEEP)
    return stand


@pytest.mark.parametrize(
    ("directives", "typed", "at_fault"),
    [
        ("#PBS -J 1-4\n#PBS -W max_run_subjobs=2\n", "-W max_run_subjobs=3", "-W max_run_subjobs=2"),
        ("#PBS -J 1-4%2\n", "-W max_run_subjobs=3", "-J 1-4%2"),
        ("#PBS -W max_run_subjobs=2\n", "-J 1-4%3", "-W max_run_subjobs=2"),
        ("#PBS -J 1-4\n#PBS -W max_run_subjobs=2\n#PBS -W max_run_subjobs=3\n", "", "-W max_run_subjobs=3"),
    ],
)
def test_a_second_throttle_is_refused(ready: Stand, directives: str, typed: str, at_fault: str) -> None:
    """How many subjobs may run at once is said once, in the command or in a directive: the directive is refused."""
    ready.script("d.sh", f"#!/bin/bash\n{directives}true\n")
    assert ready.bash(f"qsub -h {typed} d.sh") == (1, "", f"{TWICE}qsub: directive error: {at_fault} \n")


def test_a_second_throttle_in_the_command_is_refused(ready: Stand) -> None:
    """Twice in the command itself it is wrong use: the usage, and exit code 2."""
    assert ready.bash("qsub -h -J 1-4%2 -W max_run_subjobs=3 s.sh") == (2, "", f"{TWICE}{USAGE}\n")


def test_a_range_typed_goes_before_the_range_in_the_script(ready: Stand) -> None:
    """-J 1-4%3 in the command is taken though a directive says -J 1-4%2: its throttle counts."""
    ready.script("d.sh", "#!/bin/bash\n#PBS -J 1-4%2\ntrue\n")
    assert ready.bash("qsub -h -J 1-4%3 d.sh") == (0, "0[].pbs1\n", "")
    assert ready.jobs("0[].pbs1")["0[].pbs1"]["max_run_subjobs"] == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("-W max_run_subjobs=2", 127, "qsub: Attribute has to be set on an array job\n"),
        ("-J 1-4 -W max_run_subjobs=x", 166, "qsub: Error (15014) submitting job\n"),
        ("-M ''", 2, f"qsub: illegal -M value\n{USAGE}\n"),
    ],
)
def test_values_that_are_refused(ready: Stand, words: str, code: int, says: str) -> None:
    """A throttle without an array, one that is no number, and an empty address are refused."""
    assert ready.bash(f"qsub -h {words} s.sh") == (code, "", says)


def test_nodes_in_the_script_go_with_no_select(ready: Stand) -> None:
    """A script that asks for nodes=1:ppn=2 cannot be sent with a select in the command."""
    ready.script("n.sh", "#!/bin/bash\n#PBS -l nodes=1:ppn=2\ntrue\n")
    refused = (6, "", "qsub: Cannot be used with select or place: nodes\n")
    assert ready.bash("qsub -h -l select=1:ncpus=1 n.sh") == refused
    assert ready.bash("qsub -h n.sh").code == 0


def test_queues_that_are_not_there(ready: Stand) -> None:
    """qstat -Q and qselect refuse a queue that they do not know; qstat shows those it knows."""
    assert ready.bash("qstat -Q -f nosuch") == (170, "", "qstat: Unknown queue nosuch\n")
    assert ready.bash("qselect -q nosuch") == (170, "", "qselect: Unknown queue\n")
    assert ready.bash("qselect -q workq") == (0, "", "")
    both = ready.bash("qstat -Q -f nosuch workq")
    assert (both.code, both.out.partition("\n")[0]) == (170, "Queue: workq")


def test_a_state_that_is_none(ready: Stand) -> None:
    """qselect refuses a letter that is no state, with its usage."""
    ran = ready.bash("qselect -s Z")
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (2, "", "qselect: illegal -s value")


def test_an_index_of_an_array_that_is_over(ready: Stand) -> None:
    """Once an array is over, qdel says so of any index; before, an index that it has not is an invalid request."""
    job = ready.qsub("-h", "-J", "1-2", "s.sh")
    assert ready.bash("qdel '0[9]'") == (156, "", "qdel: Invalid request 0[9].pbs1\n")
    ready.run("qdel", job)
    assert ready.bash("qdel '0[9]'") == (35, "", "qdel: Job has finished 0[9].pbs1\n")


def test_what_was_deleted_still_shows_that_it_runs(ready: Stand) -> None:
    """After qdel the subjobs are in state R until the execution host has told that they are gone."""
    ready.settings(dying=1000)
    job = ready.qsub("-J", "1-2", "s.sh")
    ready.wait(lambda: list(ready.states(job).values()) == ["B", "R", "R"], "both")
    assert ready.run("qdel", job) == (0, "", "")
    assert list(ready.states(job).values()) == ["B", "R", "R"]
    ready.settings(dying=0)
    ready.wait(lambda: ready.states(job)[job] == "F", "the end")


def test_what_is_in_its_epilogue_cannot_be_deleted(ready: Stand) -> None:
    """Such a subjob shows R and qdel refuses it, alone or with its array; the others of the array are deleted."""
    ready.settings(epilogue=1000)
    ready.script("e.sh", FIRST_ENDS)
    job = ready.qsub("-J", "1-3", "e.sh")
    ready.wait(lambda: list(ready.states(job).values()) == ["B", "R", "R", "R"], "all three")
    refused = (168, "", "qdel: Request invalid for state of job 0[1]\n")
    ready.wait(lambda: (ready.work / "shell").exists() and ready.text("shell").strip(), "the first one's shell")
    ready.wait(lambda: not Path("/proc", ready.text("shell").strip()).exists(), "the end of that shell")
    assert ready.run("qdel", "0[1]") == ready.run("qdel", job) == refused
    ready.wait(lambda: [ready.states(job)[f"0[{i}].pbs1"] for i in (1, 2, 3)] == ["R", "X", "X"], "the others' ends")
    ready.settings(epilogue=0)
    ready.wait(lambda: ready.states(job)[job] == "F", "the end")


def test_an_array_that_could_not_be_started(ready: Stand) -> None:
    """Subjobs that failed to start side by side are all held, each with 21 starts and Exit_status -3."""
    ready.settings(start_retry=0.01, bad_nodes=["n1", "n2", "n3"])
    job = ready.qsub("-J", "1-2", "s.sh")
    ready.wait(lambda: ready.states(job)[job] == "H", "the hold")
    found = ready.jobs(job)
    told = [(found[f"0[{i}].pbs1"][k]) for i in (1, 2) for k in ("job_state", "run_count", "Exit_status")]
    assert told == ["H", 21, -3] * 2


def test_what_just_began_tells_nothing_yet(ready: Stand) -> None:
    """A subjob that was just started has no resources_used and no session; its substate is 41, and 42 once it has."""
    ready.settings(sample=1000)
    job = ready.qsub("-J", "1-2", "s.sh")
    ready.wait(lambda: ready.states(job)["0[2].pbs1"] == "R", "both")
    found = ready.jobs(job)["0[1].pbs1"]
    assert not {"resources_used", "session_id"} & found.keys()
    assert found["substate"] == 41
    ready.settings(sample=0.01)
    ready.wait(lambda: "resources_used" in ready.jobs(job)["0[1].pbs1"], "what it uses")
    assert ready.jobs(job)["0[1].pbs1"]["substate"] == 42
