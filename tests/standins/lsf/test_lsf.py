"""A project on the stand-in for LSF, submitted to and looked at as a person does it.

The stand-in follows LSF's manual: these tests hold that the product and the manual agree, not that a real LSF does.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import SMALL_PATH, Lab, Ran, wait_for

pytestmark = pytest.mark.drawn(8, of="whole runs")  # of those without a mark of their own

SCRIPT = Path(__file__).with_name("lsf.sh")
WORK = """set -eu
cd -- "${0%%/*}"
entry=ledger/${1##*/}.$BASHPID
mkdir -p ledger
printf begun >"$entry"
%s
cp -- "$1" "$2"
printf ' done' >>"$entry"
"""
HOLD = "until [[ -e go ]]; do sleep 0.05; done"
FILL = """case $1 in *v1.avi) python3 -c "
import time
filled = b'x' * (170 << 20)
time.sleep(5)
";; esac"""


class LsfLab(Lab):
    """One project with an LSF of its own."""

    def __init__(self, root: Path, home: Path, lsf: Path) -> None:
        super().__init__(root, home)
        self.lsf = lsf

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing, and LSF."""
        return super().environment(**{"PATH": f"{self.lsf}/bin:{SMALL_PATH}", **more})

    def set(self, **settings: object) -> None:
        """Change settings of the stand-in, those of before forgotten."""
        new = self.lsf / "settings.json.new"
        new.write_text(json.dumps({"interval_s": 2.0, **settings}))
        new.rename(self.lsf / "settings.json")  # whoever reads it meanwhile reads the old or the new

    def work(self, middle: str = ":", **keys: object) -> None:
        """Declare a tracker that notes each execution in ledger/<video>.<process>, does ``middle`` and copies."""
        (self.root / "work.sh").write_text(WORK % middle)
        self.tracker(command="bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}", **keys)  # type: ignore[arg-type]

    def ledger(self) -> list[str]:
        """Return what the executions wrote of themselves: begun, or begun and done."""
        return [path.read_text() for path in sorted((self.root / "ledger").glob("*"))]

    def bsub(self, *words: str) -> Ran:
        """Type bsub < process_all.lsf."""
        return self.run("bash", "-c", f"bsub {' '.join(words)} < process_all.lsf")

    def records(self) -> list[dict[str, str]]:
        """Return what bjobs shows."""
        ran = self.run("bjobs", "-o", "jobid jobindex stat pend_reason", "-json")
        found: list[dict[str, str]] = json.loads(ran.out)["RECORDS"]
        return found

    def wait_until_empty(self) -> None:
        """Wait until nothing is in the queue."""
        wait_for(lambda: not self.records(), "an empty queue", 60)

    def wait_for_running(self, number: int) -> None:
        """Wait until so many have begun their work."""
        wait_for(lambda: len(self.ledger()) >= number, f"{number} begun", 60)

    def go(self) -> None:  # type: ignore[override]
        """Let what HOLDs go on."""
        (self.root / "go").touch()


def lsf_sh(action: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Call lsf.sh."""
    return subprocess.run(["bash", str(SCRIPT), action, str(folder)], capture_output=True, text=True, timeout=60)


@pytest.fixture
def lab(lab: Lab, tmp_path: Path) -> Iterator[LsfLab]:
    """A project on an LSF that is up; what it left there is ended."""
    folder = tmp_path / "lsf"
    came_up = lsf_sh("up", folder)
    assert came_up.returncode == 0, came_up.stderr
    made = LsfLab(lab.root, lab.home, folder)
    made.set()
    made.settings(cluster="lsf")
    made.work()
    yield made
    assert lsf_sh("down", folder).returncode == 0
    log = folder / "log"
    assert "Traceback" not in (said := log.read_text() if log.exists() else ""), said
    made.clear()


@pytest.mark.drawn("all")
def test_three_lines(lab: LsfLab) -> None:
    """Scan, bsub, scan: all is finished, each video processed once; the report behind each log does no harm."""
    lab.videos(6)
    assert lab.scan().out.endswith("6 videos found. Next:  bsub < process_all.lsf\n")
    ran = lab.bsub()
    assert (ran.code, ran.out) == (0, "Job <101> is submitted to default queue <normal>.\n")
    lab.wait_until_empty()
    assert "Total files to be processed.\n" in (again := lab.scan().out)
    assert re.search(r"^0\tTotal files to be processed\.$", again, re.MULTILINE)
    assert lab.counts() == {"finished": 6}
    assert lab.ledger() == ["begun done"] * 6
    log = lab.log(1, 3)
    assert log.index("# end ") < log.index("Sender: LSF System") < log.index("Successfully completed.")
    assert "job=lsf.101" in log


def test_from_another_folder(lab: LsfLab) -> None:
    """The script may be submitted from anywhere: its logs and its work are where they belong."""
    lab.videos(1)
    lab.scan()
    ran = lab.run("bash", "-c", "bsub < workspace/process_all.lsf", folder="")
    assert ran.code == 0, ran
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1}


def test_nothing_is_listed_twice(lab: LsfLab) -> None:
    """What is queued or runs is not listed again, submitted by hand or by ./rt; what came since is."""
    lab.work(HOLD)
    lab.videos(6)
    lab.scan()
    lab.bsub()
    lab.wait_for_running(4)
    assert lab.counts() == {"running": 4, "queued": 2}
    lab.video("d2/new.avi")
    ran = lab.rt("submit")
    assert "Submitted batch 0002 (copy, 1 task) as job 102." in ran.out, ran
    assert lab.counts() == {"running": 4, "queued": 3}
    told = lab.rt("status").out
    assert "copy, batch 0001, job 101: 4 running" in told
    assert "copy, batch 0001, job 101: 2 pending: waits for free nodes" in told
    lab.go()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 7}
    assert lab.ledger() == ["begun done"] * 7


def test_several_tasks_a_job(lab: LsfLab) -> None:
    """Each element takes several tasks, one after the other; no more elements at once than may."""
    text = (lab.root / "remote_tracker" / "clusters" / "lsf.yml").read_text()
    place = lab.root / "site" / "clusters" / "packed.yml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.replace("tasks_per_job: 1", "tasks_per_job: 2").replace("throttle: 0", "throttle: 1"))
    lab.settings(cluster="packed")
    lab.work(HOLD)
    lab.videos(5)
    lab.scan()
    lab.bsub()
    lab.wait_for_running(1)
    wait_for(lambda: any("slot limit" in r["PEND_REASON"] for r in lab.records()), "the throttle's reason")
    assert [record["JOBINDEX"] for record in lab.records()] == ["1", "3", "5"]
    assert lab.counts() == {"running": 1, "queued": 4}
    assert "as many run at once as were asked for" in lab.rt("status").out
    lab.go()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 5}


def test_cancel(lab: LsfLab) -> None:
    """One video, then all, are cancelled; that is no failure, and the next scan lists them again."""
    lab.work(HOLD)
    lab.videos(6)
    lab.rt("submit")
    lab.wait_for_running(4)
    assert lab.rt("cancel", "v1.avi").out.startswith("1 task cancelled.")
    wait_for(lambda: "TERM_OWNER" in lab.log(1, 1), "LSF's report")
    assert "# end " in lab.log(1, 1)
    ran = lab.rt("cancel")
    assert ran.code == 0, ran
    lab.wait_until_empty()
    lab.go()
    assert lab.rt("status", "--failures").out.count("failed") == 0
    assert lab.counts() == {"unprocessed": 6}


def test_out_of_memory(lab: LsfLab) -> None:
    """What LSF kills for its memory failed for that; ./rt retry submits it alone and asks for twice as much."""
    lab.work(FILL, resources={"memory": "120M"})
    lab.videos(3)
    lab.rt("submit")
    lab.wait_until_empty()
    assert "TERM_MEMLIMIT" in lab.log(1, 1)
    assert "d1/v1.avi: failed" in (told := lab.rt("status", "--failures").out)
    assert "out of memory" in told
    ran = lab.rt("retry")
    assert "Asking for memory 240M.\nSubmitted batch 0002 (copy, 1 task) as job 102." in ran.out, ran
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}


def test_out_of_time(lab: LsfLab) -> None:
    """What LSF ends for its time was stopped, its end written; that is why it failed."""
    lab.set(minute_s=1.0)
    lab.work(HOLD, resources={"walltime": "0:30"})
    lab.videos(1)
    lab.rt("submit")
    lab.wait_until_empty()
    assert "TERM_RUNLIMIT" in (log := lab.log(1, 1))
    assert "# end " in log
    assert "over its walltime" in lab.rt("status", "--failures").out


def test_stages_in_a_row(lab: LsfLab) -> None:
    """A stage submitted behind another waits until all of that has ended."""
    measure = {
        "name": "measure",
        "help": "measure",
        "input": {"copy": "Results/{subdir}/{name}.txt"},
        "output": {"size": "Results/{subdir}/{name}_size.csv"},
        "command": "wc -c {{ input.copy }} > {{ output.size }}",
        "after": ["copy"],
    }
    (lab.root / "work.sh").write_text(WORK % HOLD)
    lab.tracker(measure, command="bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}")
    lab.videos(2)
    ran = lab.rt("submit", "--through", "measure")
    assert ran.code == 0, ran
    lab.wait_for_running(2)
    assert "pending: waits for an earlier job" in lab.rt("status").out
    lab.go()
    lab.wait_until_empty()
    assert lab.counts("measure") == {"finished": 2}


def test_usage(lab: LsfLab) -> None:
    """What tasks use while they run, and used of what they asked for, is told."""
    lab.work(f"{FILL}\n{HOLD}", resources={"memory": "400M"})
    lab.videos(2)
    lab.rt("submit")
    lab.wait_for_running(2)
    form = r"copy, batch 0001: 2 run now; memory at most (1[789]\d|2\d\d) of 400 MB; \d+% of their cores busy"
    wait_for(lambda: re.search(form, lab.rt("status", "--usage").out), "a look at what runs")
    lab.go()
    lab.wait_until_empty()
    form = r"copy, batch 0001: (1 task|2 tasks) ended; time \d+ s .*; memory at most \d+ of 400 MB"
    assert re.search(form, told := lab.rt("status", "--usage").out), told


def test_queue_does_not_answer(lab: LsfLab) -> None:
    """While LSF is down nothing is listed twice and the reason is shown; ./rt submit says so too."""
    lab.work(HOLD)
    lab.videos(2)
    lab.scan()
    lab.bsub()
    lab.wait_for_running(2)
    lab.set(down=True)
    ran = lab.scan()
    assert "The queue could not be asked (LSF is down. Please wait ...)" in ran.out, ran
    assert re.search(r"^0\tTotal files to be processed\.$", ran.out, re.MULTILINE)
    lab.set()
    lab.go()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--partition", "nosuch"),
            'bsub refused: "nosuch: No such queue. Job not submitted.". You asked for partition ',
        ),
        (("--walltime", "100:00:00"), "Ask for less time, or name a queue that gives more. Nothing was submitted."),
        (("--email", "ann@lab.org"), 'unknown option "email"'),
    ],
)
def test_refusals(lab: LsfLab, words: tuple[str, ...], says: str) -> None:
    """A refusal is shown with what to do, and nothing is submitted."""
    lab.videos(1)
    ran = lab.rt("submit", *words)
    assert ran.code != 0
    assert says.lower() in ran.err.lower(), ran
    assert not lab.records()


def test_nothing_listed(lab: LsfLab) -> None:
    """bsub refuses the script of a project in which nothing is listed."""
    lab.videos(1)
    lab.scan()
    lab.bsub()
    lab.wait_until_empty()
    lab.scan()
    ran = lab.bsub()
    assert ran.code != 0
    assert "Job not submitted" in ran.err
    assert len(list((lab.lsf / "jobs").glob("*.json"))) == 1


def test_no_bsub(lab: LsfLab) -> None:
    """Where there is no bsub that is said before anything is listed; a hushed one is heard all the same."""
    lab.videos(1)
    ran = lab.rt("submit", PATH=SMALL_PATH)
    assert ran.code != 0
    assert "There is no bsub here. Work on the cluster's login node, or load its module." in ran.err, ran
    ran = lab.rt("submit", BSUB_QUIET="Y")
    assert "Submitted batch 0001 (copy, 1 task) as job 101." in ran.out, ran


def test_submitted_twice(lab: LsfLab) -> None:
    """The first job has the list; the tasks of a second one do nothing."""
    lab.work(HOLD)
    lab.videos(2)
    lab.scan()
    lab.bsub()
    lab.wait_for_running(2)
    lab.bsub()
    wait_for(lambda: "Task 1 of batch 0001 is running here already" in lab.log(1, 1), "the second to say so")
    lab.go()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.ledger() == ["begun done"] * 2


def test_dry(lab: LsfLab) -> None:
    """--dry prints the line that would be typed."""
    lab.videos(3)
    ran = lab.rt("submit", "--dry", "--throttle", "2", "--memory", "1G")
    line = "bsub -J 'rt0001.copy.tiny[1-3]%2' -M 1G -R 'span[hosts=1] rusage[mem=1G]' < process_all.lsf"
    assert line in ran.out, ran


def test_doctor(lab: LsfLab) -> None:
    """Doctor shows the queues with their limits, and what a script asks for in vain."""
    ran = lab.rt("doctor")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "normal* up 48:00:00 0 0 all" in lines, ran
    assert "short up 0:10:00 0 4G all" in lines
    assert "A new list may hold 1000 tasks now (MAX_JOB_ARRAY_SIZE)." in lines
    script = lab.workspace / "process_all.lsf"
    script.write_text(script.read_text().replace("#BSUB -r\n", "#BSUB -r\n#BSUB -W 96:00\n"))
    ran = lab.rt("doctor")
    assert re.search(
        r"process_all\.lsf line \d+: asks for walltime 96:00:00; normal gives at most 48:00:00\.", ran.out + ran.err
    ), ran


def test_limit_of_pending_jobs(lab: LsfLab) -> None:
    """A list is no longer than the user may have waiting."""
    lab.set(pending=2)
    lab.videos(5)
    assert "Listed now: 2, the most that one list may hold here (your limit of pending jobs)." in lab.scan().out
