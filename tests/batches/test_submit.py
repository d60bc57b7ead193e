"""A list sent to Slurm: the words of the command, what sbatch refuses, stages in a chain, what failed once more."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.cancel import Cancelled, ProjectJob, cancel, find_held
from remote_tracker.batches.job_script import load_script
from remote_tracker.batches.pin import Pinned
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.submit import Refused, ResourceRequest, Submitted, options_of, submit_batch
from remote_tracker.errors import RemoteTrackerError, WrongUse
from remote_tracker.model import Project, Resources
from remote_tracker.model.scheduling import Job, Queue
from remote_tracker.records import Batch
from remote_tracker.report.queue import queue_lines
from remote_tracker.run.retry import retry
from remote_tracker.run.submit import send
from remote_tracker.schedulers import require_queue, slurm
from remote_tracker.schedulers.slurm.words import REFUSALS
from scan.trees import TRACKS, end_line, make_project, make_stage, start_line
from schedulers.fakes import COPY, MEASURE, PLOT, Programs, make_programs, make_slurm, pin_all, queue_line

PLAIN = ResourceRequest()  # as a plain ./rt submit asks
FAILED = "sbatch: error: Batch job submission failed: "
INVALID_ARRAY = f"{FAILED}Invalid job array specification"
# What sbatch printed, its exit code, which word it is about, what to do begins with
REFUSED = {
    "partition": (
        f"sbatch: error: invalid partition specified: nosuch\n{FAILED}Invalid partition name specified",
        1,
        "partition",
        "Name a partition this cluster has; ./rt doctor lists them.",
    ),
    "time": ("sbatch: error: Invalid --time specification", 255, "walltime", "Write the time as 4:00:00"),
    "option": (
        "sbatch: unrecognized option '--nosuchoption=1'\nTry \"sbatch --help\" for more information",
        255,
        "",
        "sbatch does not know that option.",
    ),
    "qos": (f"{FAILED}Invalid qos specification", 1, "qos", "Name a QOS you may use"),
    "account": (
        f"{FAILED}Invalid account or account/partition combination specified",
        1,
        "account",
        "Name an account of yours",
    ),
    "array": (INVALID_ARRAY, 1, "", "Scan again: nothing is listed, or more than this cluster takes in one array."),
    "empty": ("sbatch: error: Batch script is empty!", 1, "", "Move the script away; the next scan makes a new one."),
    "blank": ("sbatch: error: Batch script contains only whitespace!", 1, "", "Move the script away"),
    "windows": (
        "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n"
        "sbatch: error: instead of expected UNIX line breaks (\\n).",
        1,
        "",
        "Take the carriage returns out: sed -i 's/\\r$//' on the script.",
    ),
    "no shebang": (
        "sbatch: error: This does not look like a batch script.  The first\n"
        "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
        "sbatch: error: For instance: #!/bin/sh",
        1,
        "",
        "Its first line must be #!/usr/bin/env bash.",
    ),
    "dash": (
        "sbatch: error: Invalid directive found in batch script: —array=1-3",
        255,
        "",
        "A dash there is not a plain one",
    ),
    "memory": (
        "sbatch: error: Memory specification can not be satisfied\n"
        f"{FAILED}Requested node configuration is not available",
        1,
        "memory",
        "No node is that large",
    ),
    "gres": ("sbatch: error: Invalid generic resource (gres) specification", 1, "gpus", "No such GPU here"),
    "feature": (f"{FAILED}Invalid feature specification", 1, "", "No node has that feature"),
    "down": (
        f"{FAILED}Unable to contact slurm controller (connect failure)",
        1,
        "",
        "Slurm does not answer; try again in some minutes, then ask your administrators.",
    ),
}
UNKNOWN = {
    "file": ("sbatch: error: Unable to open file nosuchfile.sh", 1),
    "dependency": (f"{FAILED}Job dependency problem", 1),
    "mail": ("sbatch: error: Invalid --mail-type specification", 255),
    "begin": (
        "Invalid time specification (pos=0): yesterdayish\nsbatch: error: Invalid --begin specification",
        255,
    ),
}
WORDS = {
    "partition": "nosuch",
    "walltime": "banana",
    "qos": "nosuch",
    "account": "nosuch",
    "memory": "100G",
    "gpus": "9",
}
LINES = {"partition": "-p", "walltime": "-t", "qos": "-q", "account": "-A", "memory": "--mem", "gpus": "--gres"}

SLURM = require_queue(slurm.SCHEDULER).submission


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with three videos, whose job script asks for memory and time."""
    stage = replace(COPY, resources=Resources(cpus=1, memory="2G", walltime="4:00:00"))
    return make_slurm(tmp_path / "lab", stage, videos=3)


def listed(project: Project) -> Pinned:
    """Scan; return what was listed."""
    pinned = prepare(project, list(project.tracker.stages)).pinned
    assert pinned is not None
    return pinned


def submit(project: Project, pinned: Pinned, asked: ResourceRequest = PLAIN, after: tuple[str, ...] = ()) -> Submitted:
    """Submit a batch with the job script as it is now."""
    stage = project.tracker.stages[0]
    return submit_batch(project, stage, load_script(project, stage), pinned, asked, after)


def submitted_as(project: Project, asked: ResourceRequest, after: tuple[str, ...] = ()) -> str:
    """Scan and submit; return the command."""
    return submit(project, listed(project), asked, after).command


def refusal(project: Project, asked: ResourceRequest | None = None) -> str:
    """Scan and submit; return how that is refused."""
    pinned = listed(project)
    with pytest.raises(Refused) as error:
        submit(project, pinned, asked or PLAIN)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith("Nothing was submitted.")
    return str(error.value)


def test_submitted(programs: Programs, project: Project) -> None:
    """A list becomes one job, sent from the folder of its script; the batch remembers it."""
    sent = submit(project, listed(project))
    assert (sent.batch, sent.tasks, sent.job) == ("0001", 3, "39")
    assert programs.calls("sbatch") == [["--parsable", "process_all.slurm"]]
    assert programs.surroundings("sbatch")[0][0] == str(project.root / "workspace")
    batch = project.root / "workspace" / "batches" / "0001"
    assert (batch / "submitted").read_text() == "slurm.39\n"
    assert Batch(str(batch)).ref(slurm.SCHEDULER).jobs == {"39"}


def test_submitted_through_a_link(programs: Programs, project: Project) -> None:
    """A project that is reached by a link to its folder, and whose job script is a link, is submitted as any other."""
    script = load_script(project, project.tracker.stages[0]).path
    script.rename(project.root / "ours.slurm")
    script.symlink_to("../ours.slurm")
    project.root.with_name("link").symlink_to(project.root)
    linked = replace(project, root=project.root.with_name("link"))
    assert submit(linked, listed(linked)).command == "sbatch --parsable process_all.slurm"


def test_submitted_without_overrides(
    programs: Programs, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What of the user's environment would go before the block's lines does not reach sbatch; the rest does."""
    (programs.folder / "sbatch").write_text(f'#!/bin/bash\nenv >"{tmp_path}/seen"\necho 39\n')
    monkeypatch.setenv("SBATCH_ARRAY_INX", "1-3")
    monkeypatch.setenv("SBATCH_ACCOUNT", "lab")
    prepared = prepare(project, [project.tracker.stages[0]])
    assert prepared.pinned is not None
    submit(project, prepared.pinned)
    seen = (tmp_path / "seen").read_text()
    assert "SBATCH_ACCOUNT=lab" in seen
    assert "SBATCH_ARRAY_INX" not in seen


def test_a_list_is_made_anew_for_other_packs(programs: Programs, tmp_path: Path) -> None:
    """A list whose jobs take more tasks than before is another one: the queue's indices are read by its own number."""
    project = make_slurm(tmp_path / "lab", videos=7)
    assert prepare(project, [COPY]).pinned is not None
    packed = replace(project, cluster=project.cluster._replace(tasks_per_job=4))
    pinned = prepare(packed, [COPY]).pinned
    assert pinned is not None
    assert pinned.batch.per_job == 4
    programs.say(
        "squeue", queue_line(packed.root / "workspace", index="1-5:4", name=f"flies.track.{pinned.batch.number}")
    )
    assert prepare(packed, [COPY]).pinned is None


def test_submitted_twice(programs: Programs, project: Project) -> None:
    """Each job that a batch became is remembered, another cluster's included."""
    programs.say("sbatch", "39\n", "", 0, "365;ci\n")
    pinned = listed(project)
    for _ in "ab":
        submit(project, pinned)
    batch = project.root / "workspace" / "batches" / "0001"
    (batch / "owner").write_text("slurm.40\n")
    assert Batch(str(batch)).jobs(slurm.SCHEDULER) == ["39", "365", "40"]
    assert Batch(str(batch)).ref(slurm.SCHEDULER).jobs == {"39", "365", "40"}


def test_note_may_be_read_by_all(programs: Programs, project: Project) -> None:
    """The note of a job may be read by whom the folder lets, as every file of a batch."""
    mask = os.umask(0o022)
    try:
        submitted_as(project, ResourceRequest())
    finally:
        os.umask(mask)
    note = project.root / "workspace" / "batches" / "0001" / "submitted"
    assert stat.S_IMODE(note.stat().st_mode) == 0o644


def test_dry(programs: Programs, project: Project) -> None:
    """With --dry the whole command is told and nothing is sent or remembered."""
    asked = ResourceRequest({"memory": "4G"}, ("--comment=it's mine",), dry=True)
    command = submitted_as(project, asked)
    assert command == "sbatch --parsable --mem=4G '--comment=it'\"'\"'s mine' process_all.slurm"
    assert programs.calls("sbatch") == []
    assert not (project.root / "workspace" / "batches" / "0001" / "submitted").exists()


@pytest.mark.parametrize(
    ("word", "value", "options"),
    [
        ("partition", "gpu", ["--partition=gpu"]),
        ("account", "lab", ["--account=lab"]),
        ("qos", "fast", ["--qos=fast"]),
        ("cpus", "4", ["--cpus-per-task=4"]),
        ("memory", "12G", ["--mem=12G"]),
        ("mem_per_cpu", "4G", ["--mem-per-cpu=4G"]),
        ("walltime", "4:00:00", ["--time=4:00:00"]),
        ("gpus", "1", ["--gres=gpu:1"]),
        ("gpus", "a100:1", ["--gres=gpu:a100:1"]),
        ("exclude", "n[1-3]", ["--exclude=n[1-3]"]),
        ("email", "a@b.org", ["--mail-type=BEGIN,END,FAIL", "--mail-user=a@b.org"]),
        ("partition", "a b; rm -rf /", ["--partition=a b; rm -rf /"]),
    ],
)
def test_options(word: str, value: str, options: list[str]) -> None:
    """Each word that may be asked for is one of sbatch's options, whatever its value holds."""
    assert options_of(SLURM, ResourceRequest({word: value}), {}) == options


def test_options_of_ones_own() -> None:
    """Options in sbatch's own words come last, so that they hold, and go through as they are."""
    asked = ResourceRequest({"memory": "4G", "cpus": "2"}, ("--mem=8G", "--constraint=a&b"))
    assert options_of(SLURM, asked, {}) == ["--mem=4G", "--cpus-per-task=2", "--mem=8G", "--constraint=a&b"]


def test_unknown_word() -> None:
    """A word that the scheduler has no option for is refused by name, with the nearest."""
    with pytest.raises(WrongUse, match=r'unknown option "partitoin". Did you mean partition\?'):
        options_of(SLURM, ResourceRequest({"partitoin": "x"}), {})


def test_throttle_for_one_time(programs: Programs, project: Project) -> None:
    """How many run at once can be said for one time: the array stands in the command, with as many tasks."""
    assert submitted_as(project, ResourceRequest(throttle=2)) == "sbatch --parsable --array=1-3%2 process_all.slurm"


def test_throttle_packed(programs: Programs, tmp_path: Path) -> None:
    """Said for one time, the array has the step of packed jobs too."""
    project = make_slurm(tmp_path / "lab", videos=12, tasks_per_job=10)
    assert "--array=1-12:10%2" in submitted_as(project, ResourceRequest(throttle=2))


def test_waits_for_others(programs: Programs, project: Project) -> None:
    """A job can wait for others to end."""
    assert submitted_as(project, ResourceRequest(), ("7", "8")).split()[2] == "--dependency=afterany:7:8"


@pytest.mark.parametrize("what", REFUSED)
def test_refused(programs: Programs, project: Project, what: str) -> None:
    """What sbatch refuses is told in its own words with what to do; nothing is remembered as submitted."""
    said, code, _, advice = REFUSED[what]
    programs.say("sbatch", err=f"{said}\n", code=code)
    told = refusal(project)
    assert told.startswith(f'sbatch refused: "{" ".join(said.split())}".')
    assert f" {advice}" in told
    assert "Ask your administrators." not in told
    assert not (project.root / "workspace" / "batches" / "0001" / "submitted").exists()


@pytest.mark.parametrize("what", UNKNOWN)
def test_refused_for_another_reason(programs: Programs, project: Project, what: str) -> None:
    """A refusal that is not known is told in sbatch's own words, and who may help."""
    said, code = UNKNOWN[what]
    programs.say("sbatch", err=f"{said}\n", code=code)
    words = " ".join(said.split())
    assert refusal(project) == f'sbatch refused: "{words}". Ask your administrators. Nothing was submitted.'


@pytest.mark.parametrize("what", [what for what, told in REFUSED.items() if told[2]])
def test_refused_word(programs: Programs, project: Project, what: str) -> None:
    """Where the refusal is about something that was asked for, it says so with the value."""
    said, code, word, _ = REFUSED[what]
    programs.say("sbatch", err=said, code=code)
    assert f' You asked for {word} "{WORDS[word]}". ' in refusal(project, ResourceRequest({word: WORDS[word]}))


@pytest.mark.parametrize("what", [what for what, told in REFUSED.items() if told[2]])
def test_refused_line(programs: Programs, project: Project, what: str) -> None:
    """Where the refusal is about a line of the job script, it names script, line and value."""
    said, code, word, _ = REFUSED[what]
    programs.say("sbatch", err=said, code=code)
    script = prepare(project, list(project.tracker.stages)).script.path
    value = f"gpu:{WORDS[word]}" if word == "gpus" else WORDS[word]
    lines = script.read_text().split("\n")
    lines.insert(9, f"#SBATCH {LINES[word]}{'=' if LINES[word].startswith('--') else ' '}{value}")
    script.write_text("\n".join(lines))
    assert f' process_all.slurm line 10 asks for {word} "{WORDS[word]}". ' in refusal(project)


def test_asked_before_line(programs: Programs, project: Project) -> None:
    """What was asked for is named where the script says something else: it goes before."""
    programs.say("sbatch", err=REFUSED["memory"][0], code=1)
    told = refusal(project, ResourceRequest({"memory": "100G"}))
    assert 'You asked for memory "100G".' in told
    assert "line" not in told


def test_every_advice_is_for_something() -> None:
    """No word of advice is about a word that cannot be asked for."""
    assert {word for _, word, _ in REFUSALS if word} <= set(SLURM.options)


@pytest.mark.parametrize(
    ("out", "err", "code", "says"),
    [
        ("", "", 1, 'sbatch refused: "it gave no reason".'),
        ("a word on standard output\n", "", 1, 'sbatch refused: "a word on standard output".'),
        ("Submitted, I think\n", "", 0, 'sbatch refused: "Submitted, I think".'),
    ],
)
def test_refused_strangely(programs: Programs, project: Project, out: str, err: str, code: int, says: str) -> None:
    """Without a job's id nothing counts as submitted, whatever the exit code."""
    programs.say("sbatch", out, err, code)
    assert refusal(project).startswith(says)


def test_no_sbatch(programs: Programs, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no sbatch that is what is told."""
    (programs.folder / "sbatch").unlink()
    monkeypatch.setenv("PATH", str(programs.folder))
    assert refusal(project).startswith('sbatch refused: "sbatch: there is no such program here".')


def said_by_send(
    project: Project, asked: ResourceRequest | None = None, through: str | None = None
) -> tuple[int, list[str]]:
    """Send; return the exit code and what was said."""
    said: list[str] = []
    code = send(project, "workspace", None, through, asked or ResourceRequest(), said.append)
    return code, said


def test_send(programs: Programs, project: Project) -> None:
    """One command scans, submits and says what became of it; what is in the queue then is not sent again."""
    code, said = said_by_send(project)
    assert code == 0
    assert "Submitted batch 0001 (track, 3 tasks) as job 39." in said
    programs.say("squeue", queue_line(project.root / "workspace", job="39", index="1-3", state="PD", reason="Priority"))
    code, said = said_by_send(project)
    assert code == 1
    assert "3 queued" in said[-1]
    assert len(programs.calls("sbatch")) == 1


def test_send_chain(programs: Programs, tmp_path: Path) -> None:
    """Stages up to a named one are sent in one go, each to wait for all before it."""
    programs.say("sbatch", "39\n", "", 0, "40\n", "41\n")
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, PLOT, videos=2)
    code, said = said_by_send(project, through="plot")
    assert code == 0
    assert programs.calls("sbatch") == [
        ["--parsable", "process_1_track.slurm"],
        ["--parsable", "--dependency=afterany:39", "process_2_measure.slurm"],
        ["--parsable", "--dependency=afterany:39:40", "process_3_plot.slurm"],
    ]
    assert [line for line in said if line.startswith("Submitted")] == [
        "Submitted batch 0001 (track, 2 tasks) as job 39.",
        "Submitted batch 0002 (measure, 2 tasks) as job 40.",
        "Submitted batch 0003 (plot, 2 tasks) as job 41.",
    ]


def test_send_chain_stops_there(programs: Programs, tmp_path: Path) -> None:
    """Stages behind the named one are not sent."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, PLOT, videos=1)
    said_by_send(project, through="measure")
    assert [words[-1] for words in programs.calls("sbatch")] == ["process_1_track.slurm", "process_2_measure.slurm"]


def test_send_chain_asks_for_all(programs: Programs, tmp_path: Path) -> None:
    """What is asked for holds for each stage of the chain."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=1)
    said_by_send(project, ResourceRequest({"partition": "gpu"}), through="measure")
    assert all("--partition=gpu" in words for words in programs.calls("sbatch"))


def test_send_chain_that_cannot_be_listed(programs: Programs, tmp_path: Path) -> None:
    """A stage that gathers what is not there yet cannot be listed: it is named, the others are sent."""
    day = make_stage({"tracks": TRACKS}, {"sizes": "Results/{subdir}/sizes.csv"}, name="measure", per=("subdir",))
    project = make_slurm(tmp_path / "lab", COPY, day, videos=1)
    code, said = said_by_send(project, through="measure")
    assert code == 0
    assert "measure: nothing can be listed before its inputs are there. Scan again then." in said
    assert len(programs.calls("sbatch")) == 1


@pytest.mark.parametrize(
    ("stage", "through", "says"),
    [
        (None, "polt", 'unknown stage "polt". Did you mean plot?'),
        ("plot", "track", '"track" comes before "plot". The stages are: track, measure, plot.'),
        ("nosuch", "plot", 'unknown stage "nosuch".'),
    ],
)
def test_send_wrong_use(programs: Programs, tmp_path: Path, stage: str | None, through: str, says: str) -> None:
    """A chain that cannot be is refused before anything is written or sent."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, PLOT, videos=1)
    with pytest.raises(WrongUse) as error:
        send(project, "workspace", stage, through, ResourceRequest(), print)
    assert says in str(error.value)
    assert list((project.root / "workspace").iterdir()) == []
    assert programs.calls("sbatch") == []


def test_send_without_a_queue(tmp_path: Path) -> None:
    """Where there is no queue nothing is sent, in a line that says so."""
    with pytest.raises(RemoteTrackerError, match=r"local has no queue: .* Nothing was done"):
        send(make_project(tmp_path), "workspace", None, None, ResourceRequest(), print)


def test_send_dry(programs: Programs, tmp_path: Path) -> None:
    """With --dry each stage's command is told and nothing is sent."""
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=1)
    code, said = said_by_send(project, ResourceRequest(dry=True), through="measure")
    assert code == 0
    assert sum(line.startswith("Not submitted (--dry)") for line in said) == 2
    assert programs.calls("sbatch") == []


MEMORY = "slurmstepd-n2: error: Detected 1 oom-kill event(s) in StepId=73.batch.\n"
TIME = "slurmstepd-n1: error: *** JOB 49 ON n1 CANCELLED AT 2026-01-01T15:34:29 DUE TO TIME LIMIT ***\n"


def failed(project: Project, *texts: str) -> None:
    """Leave behind a batch that ran, of whose tasks the first ones left these texts; the others finished."""
    batch = pin_all(project)
    (batch / "owner").write_text("slurm.39\n")
    for task, text in enumerate(texts, 1):
        log = batch / f"output.{task}"
        log.write_text(start_line(f"d/v{task:03d}.avi", task).replace("local.1", "slurm.39") + text)
        os.utime(log, (1_700_000_000, 1_700_000_000))


def retried(
    project: Project, memory: str | None = None, time: str | None = None, words: Mapping[str, str] | None = None
) -> list[str]:
    """Send again what failed; return what was said."""
    said: list[str] = []
    assert (
        retry(project, "workspace", None, ResourceRequest(words or {}), said.append, {"memory": memory, "time": time})
        == 0
    )
    return said


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        ([MEMORY], ["--mem=4G"]),
        ([TIME], ["--time=8:00:00"]),
        ([MEMORY, TIME], ["--mem=4G", "--time=8:00:00"]),
        ([end_line("failed", 3, "it broke")], []),
        ([end_line("failed", 3, "it broke"), TIME], ["--time=8:00:00"]),
    ],
)
def test_retry(programs: Programs, project: Project, texts: list[str], options: list[str]) -> None:
    """Only what failed is sent again, and what ran out gets twice as much, of that alone."""
    failed(project, *texts)
    said = retried(project)
    assert programs.calls("sbatch") == [["--parsable", *options, "process_all.slurm"]]
    names = (project.root / "workspace" / "batches" / "0002" / "names.txt").read_text().split()
    assert names == [f"d/v{task:03d}.avi" for task in range(1, len(texts) + 1)]
    assert sum(line.startswith("Asking for") for line in said) == len(options)


@pytest.mark.parametrize(
    ("memory", "time", "words", "options"),
    [
        ("3x", None, {}, ["--mem=6G"]),
        (None, "1.5x", {}, ["--mem=4G", "--time=6:00:00"]),
        (None, None, {"memory": "20G"}, ["--mem=20G"]),
        (None, None, {"partition": "big"}, ["--mem=4G", "--partition=big"]),
    ],
)
def test_retry_as_typed(
    programs: Programs,
    project: Project,
    memory: str | None,
    time: str | None,
    words: dict[str, str],
    options: list[str],
) -> None:
    """What is typed goes before what is worked out: a factor, or the very amount."""
    failed(project, MEMORY)
    retried(project, memory, time, words)
    assert programs.calls("sbatch") == [["--parsable", *options, "process_all.slurm"]]


def test_retry_what_was_set_aside(programs: Programs, project: Project) -> None:
    """What failed too often is sent again too: that was asked for."""
    failed(replace(project, attempts=1), end_line("failed", 3, "it broke"))
    retried(replace(project, attempts=1))
    assert len(programs.calls("sbatch")) == 1


def test_retry_memory_a_core(programs: Programs, project: Project) -> None:
    """A script that asks for memory a core gets twice that."""
    failed(project, MEMORY)
    script = prepare(project, list(project.tracker.stages)).script.path
    script.write_text(script.read_text().replace("--mem=2G", "--mem-per-cpu=500M"))
    retried(project)
    assert programs.calls("sbatch")[0][1] == "--mem-per-cpu=1000M"


@pytest.mark.parametrize(
    ("text", "line", "word"), [(MEMORY, "#SBATCH --mem=2G\n", "memory"), (TIME, "#SBATCH --time=4:00:00\n", "walltime")]
)
def test_retry_of_nothing(programs: Programs, project: Project, text: str, line: str, word: str) -> None:
    """A script that asks for none cannot ask for more: that is said, and nothing is sent."""
    failed(project, text)
    script = prepare(project, list(project.tracker.stages)).script.path
    script.write_text(script.read_text().replace(line, ""))
    with pytest.raises(RemoteTrackerError, match=f"process_all.slurm asks for no {word}.* Nothing was submitted"):
        retried(project)
    assert programs.calls("sbatch") == []


def test_retry_where_nothing_failed(programs: Programs, project: Project) -> None:
    """What was never processed is not sent by a retry."""
    assert retried(project)[0].startswith("Nothing failed that can be tried again.")
    assert programs.calls("sbatch") == []


def test_held(programs: Programs, project: Project) -> None:
    """The jobs in the queue are found, all of them, or those of a batch, a day, or single videos."""
    pin_all(project)
    line = queue_line(project.root / "workspace", job="39", index="2-3", state="PD", reason="Priority")
    programs.say("squeue", line)
    stage = project.tracker.stages[0]
    job = Job("0001", "39", "ann", frozenset({2, 3}), running=False, reason="other jobs come first")
    assert find_held(project, []) == find_held(project, ["0001"]) == [ProjectJob(stage, job)]
    assert find_held(project, ["d"]) == [ProjectJob(stage, job, (2, 3))]
    assert find_held(project, ["v003", "RawVideos/d/v001.avi"]) == [ProjectJob(stage, job, (3,))]
    with pytest.raises(WrongUse, match=r"Nothing in the queue is called d/v001.avi\."):
        find_held(project, ["d/v001.avi"])


def test_held_unknown(programs: Programs, project: Project) -> None:
    """Where the queue cannot be asked nothing is cancelled."""
    pin_all(project)
    programs.say("squeue", err="slurm_load_jobs error: down\n", code=1)
    with pytest.raises(
        RemoteTrackerError, match=r"could not be asked: slurm_load_jobs error: down. Nothing was cancel"
    ):
        find_held(project, [])


def test_cancel(programs: Programs, project: Project) -> None:
    """Whole jobs are cancelled by their ids, once each, single tasks by their indices; it says how many."""
    stage = project.tracker.stages[0]
    one = Job("0001", "39", "ann", frozenset({2, 3}), running=False)
    two = Job("0002", "40", "ann", frozenset({1, 2, 5}), running=True)
    began = Job("0001", "39", "ann", frozenset({1}), running=True)
    held = [ProjectJob(stage, one), ProjectJob(stage, began), ProjectJob(stage, two, (5, 1))]
    assert cancel(project, held) == Cancelled(5)
    assert programs.calls("scancel") == [["39"], ["40_[1,5]"]]


def test_cancel_whole_job_with_a_task_of_it(programs: Programs, project: Project) -> None:
    """A job that is cancelled whole is not asked for its single tasks as well."""
    stage = project.tracker.stages[0]
    pending, began = (Job("0001", "39", "ann", frozenset(tasks), running=False) for tasks in ({2, 3}, {1}))
    assert cancel(project, [ProjectJob(stage, pending), ProjectJob(stage, began, (1,))]) == Cancelled(3)
    assert programs.calls("scancel") == [["39"]]


def test_cancel_refused(programs: Programs, project: Project) -> None:
    """What scancel refuses is told in its own words."""
    programs.say("scancel", err="scancel: error: Kill job error on job id 39: Access denied\n", code=1)
    held = ProjectJob(project.tracker.stages[0], Job("0001", "39", "bob", frozenset({1}), running=True))
    with pytest.raises(
        RemoteTrackerError, match=r"scancel refused: scancel: error: Kill job .*: Access denied. ./rt st"
    ):
        cancel(project, [held])


def test_queue_lines(project: Project) -> None:
    """What is in the queue is a line for each batch's running and pending tasks, those that need the user marked."""
    jobs = (
        Job("0001", "39", "ann", frozenset({1}), running=True),
        Job("0001", "39", "ann", frozenset({2}), running=True),
        Job("0001", "39", "ann", frozenset(range(3, 21)), False, "other jobs come first"),
        Job("0002", "40", "ann", None, False, "is held; scontrol release lets it go", never=True),
    )
    assert list(queue_lines(project.tracker.stages[0], Queue(jobs=jobs))) == [
        "  track, batch 0001, job 39: 2 running",
        "  track, batch 0001, job 39: 18 pending: other jobs come first",
        "  track, batch 0002, job 40: 1 pending: is held; scontrol release lets it go  <- needs you",
    ]
