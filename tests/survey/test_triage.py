"""Failures by cause: what a log shows, what is grouped with what, which node stands out, what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from remote_tracker.config.signatures import diagnose, load_signatures
from remote_tracker.errors import ConfigError
from remote_tracker.model import Cause, Project, State, Unit
from remote_tracker.report.failures import failures_data, failures_text
from remote_tracker.report.standing import Did, Situation
from remote_tracker.survey import Examined
from remote_tracker.survey.decision import Decision
from remote_tracker.survey.triage import find_node, is_of_cause, own_cause, triage
from scan.trees import make_project, make_record, start_line
from schedulers.fakes import COPY, make_slurm

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

MISSING = "a model or a parameter file is missing"
SHOWN = {
    "CUDA out of memory. Tried to allocate 20.00 MiB": "the GPU's memory is full",
    "torch.cuda.OutOfMemoryError: CUDA out of memory.": "the GPU's memory is full",
    "failed (exit code 137): out of memory": "out of memory",
    "terminate called after throwing an instance of 'std::bad_alloc'": "out of memory",
    "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 3.5 GiB": "out of memory",
    "OSError: [Errno 28] No space left on device": "the disk is full or over its quota",
    "cp: error writing 'x': Disk quota exceeded": "the disk is full or over its quota",
    "OSError: [Errno 116] Stale file handle": "the storage dropped for a moment",
    "read error: Input/output error": "the storage dropped for a moment",
    "BlockingIOError: unable to lock file, errno = 11": "HDF5 could not lock a file",
    "OSError: Unable to open file (truncated file: eof = 2048, sblock->base_addr = 0)": "an HDF5 file is cut short",
    "OSError: Unable to open file (file signature not found)": "an HDF5 file is cut short",
    "[mov,mp4,m4a] moov atom not found": "the video cannot be read",
    "a.avi: the header promises 60 frames, 12 could be read: the file is cut short": "the video cannot be read",
    "a.mp4: is no video that OpenCV can open: cut short": "the video cannot be read",
    'invalid: cannot be opened: it is text, no video; it begins with "<!DOCTYPE html>"': "the video cannot be read",
    "RuntimeError: No CUDA GPUs; no CUDA-capable device is detected": "no GPU that works",
    "ModuleNotFoundError: No module named 'sleap_nn'": "a program or module is not found",
    "/opt/env/bin/python: No module named 'cv2'; this Python needs: pip install": "a program or module is not found",
    "run.sh: line 3: tierpsy_process: command not found": "a program or module is not found",
    "ERROR: Unable to locate a modulefile for 'SLEAP'": "a program or module is not found",
    "License checkout failed. License Manager Error -4": "there was no licence",
    "FileNotFoundError: [Errno 2] No such file or directory: 'params.json'": "a file is missing",
    "[h264 @ 0x1] could not find codec parameters": "the video's codec is not known here",
    "OpenCV: FFMPEG: tag 0x5634/'4V' is not found: Unsupported codec with id 0": "the video's codec is not known here",
    "FileNotFoundError: [Errno 2] No such file or directory: 'models/best_model.h5'": MISSING,
    "ValueError: the checkpoint /lab/m/best.ckpt does not exist": MISSING,
    "track.py: AuxiliaryFiles/opencv.yml: cannot be read: No such file or directory": MISSING,
}
KNOWN = {
    Cause.OUT_OF_MEMORY: "out of memory",
    Cause.OUT_OF_TIME: "over its walltime",
    Cause.INPUT_NOT_READY: "the input was still being copied",
    Cause.INPUT_REFUSED: "the video cannot be read",
    Cause.INPUT_MISSING: "a file is missing",
    Cause.NODE_FAILED: "its node failed",
    Cause.CANCELLED: "it was cancelled",
    Cause.PREEMPTED: "it was cancelled",
    Cause.REQUEUED: "it was cancelled",
    Cause.VANISHED: "it vanished without an end",
}
NEVER = {"the video cannot be read"}
OWN = ["failed (exit code 3): no animals", "TypeError: '>' not supported between instances of 'str' and 'int'", ""]
REAL = {
    "tierpsy/h1_missing.log": "a file is missing",
    "tierpsy/h2_unreadable.log": "the video cannot be read",
    "tierpsy/h3_half.log": "",
    "tierpsy/h4_blank.log": "",
    "tierpsy/h5_exception.log": "",
    "tierpsy/i1_killed.log": "",
    "tierpsy/j_tmp_collision_projectB.log": "",
    "tierpsy/k_full_run_failing.stdout": "",
    "tierpsy/o_v153_worker.log": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project on a cluster."""
    return make_slurm(tmp_path)


def failed(key: str, why: str = "no animals", host: str = "n1", task: int = 1) -> Examined:
    """Return a unit that failed."""
    record = make_record(key, task=task, host=host, result="failed", why=why, exit=3)
    decision = Decision(State.INCOMPLETE, Cause.FAILED, failed=True, last=record)
    return Examined(Unit(key, (), (), "", 0), decision)


@pytest.mark.parametrize("text", SHOWN)
def test_what_a_log_shows(tmp_path: Path, text: str) -> None:
    """Each known word is known for its cause, wherever in a line it stands."""
    found = diagnose(f"before\n{text}\nafter", load_signatures(tmp_path))
    assert found is not None
    assert found.cause == SHOWN[text]


@pytest.mark.parametrize("cause", Cause)
def test_ends_that_are_known(tmp_path: Path, cause: Cause) -> None:
    """An end that remote-tracker knows of needs no word in a log; each other is known by what its log says alone."""
    found = diagnose("", load_signatures(tmp_path), cause)
    assert (found.cause if found else None) == KNOWN.get(cause)


@pytest.mark.parametrize("text", OWN)
def test_a_trackers_own_word(tmp_path: Path, text: str) -> None:
    """What is not known is taken for none of the known causes."""
    assert diagnose(text, load_signatures(tmp_path)) is None


@pytest.mark.parametrize("name", REAL)
def test_real_logs(tmp_path: Path, name: str) -> None:
    """The logs of real failures show their cause in their last lines."""
    if not (DATA / name).exists():
        pytest.skip(f"no real logs here: {DATA / name}")
    lines = (DATA / name).read_text(errors="replace").split("\n")[-30:]
    found = diagnose("\n".join(lines), load_signatures(tmp_path))
    assert (found.cause if found else "") == REAL[name]


def test_what_no_try_can_help(tmp_path: Path) -> None:
    """Only what lies in the video itself is never tried again by itself."""
    assert {s.cause for s in load_signatures(tmp_path) if s.retry == "never"} == NEVER


def test_every_signature_helps(tmp_path: Path) -> None:
    """Each cause has a sentence that says what to do."""
    for signature in load_signatures(tmp_path):
        assert signature.advice.endswith("."), signature


def test_a_labs_own_come_first(tmp_path: Path) -> None:
    """What a lab knows goes before what we know."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/signatures.yml").write_text(
        "signatures:\n  - {cause: the old camera, says: [out of memory], advice: Take the new one., retry: no}\n"
    )
    found = diagnose("out of memory", load_signatures(tmp_path))
    assert found is not None
    assert (found.cause, found.retry) == ("the old camera", "no")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("signatures:\n  - {cause: x, says: ['(']}\n", "is no regular expression"),
        ("signatures:\n  - {cause: x}\n", '"says" must name at least one'),
        ("signatures:\n  - {cause: x, of: [out-of-memry]}\n", 'unknown of "out-of-memry". Did you mean out-of-memory?'),
        ("signatures:\n  - {cause: x, says: [y], retry: perhaps}\n", 'unknown retry "perhaps"'),
        ("signatures:\n  - {cause: x, says: [y], advise: z}\n", 'unknown key "advise". Did you mean advice?'),
        ("signature:\n  - {cause: x, says: [y]}\n", 'unknown key "signature". Did you mean signatures?'),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, says: str) -> None:
    """A mistake in a lab's file is told with the file and the line."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/signatures.yml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load_signatures(tmp_path)
    assert says in str(error.value)
    assert "signatures.yml line" in str(error.value)


def test_by_cause_most_first(project: Project) -> None:
    """Units that failed for one cause stand together, the largest group first; others each by their own last word."""
    seen = [
        failed("d/a.avi", "frame 12 of /lab/a.avi is black"),
        *(failed(f"d/b{n}.avi", "out of memory", host="n2") for n in range(3)),
        failed("d/c.avi", "frame 977 of /lab/c.avi is black"),
        Examined(Unit("d/fine.avi", (), (), "", 0), Decision(State.FINISHED)),
    ]
    groups = triage(project, COPY, seen)
    assert [(group.cause, len(group.seen), group.node) for group in groups] == [
        ("out of memory", 3, "n2"),
        ("frame N of /... is black", 2, ""),
    ]


def test_three_causes_are_three_groups(project: Project) -> None:
    """Long words that differ at their ends alone are causes of their own, and none of their titles is cut."""
    words = [f"opencv.yml: {'very ' * 40}long: {key} cannot be" for key in ("max_jump", "fps", "animals")]
    groups = triage(project, COPY, [failed(f"d/{n}.avi", word) for n, word in enumerate(words)])
    assert [group.title for group in groups] == words


def test_a_group_shows_a_units_own_words(project: Project) -> None:
    """What differs in a group stands in its title as one unit said it; the words of each unit ask for all of them."""
    seen = [
        failed("d/plate7.avi", "plate7.csv: row 12 of /lab/plate7.csv is short"),
        failed("d/plate 8.avi", "plate 8.csv: row 977 of /lab/x.csv is short"),
        failed("d/c.avi", "None of 3 is there"),
    ]
    first, other = triage(project, COPY, seen)
    assert first.title == "plate7.csv: row 12 of /lab/plate7.csv is short"
    assert "N" not in failures_text(project, [(COPY, seen[:2])], Situation(Did.RAN)).replace("Next", "")
    for words in ("plate7.csv: row 12 of /lab/plate7.csv is short", "plate9.csv: row 1 of /x/y is short", first.cause):
        assert [is_of_cause(project, COPY, one, words) for one in seen] == [True, True, False]
    assert is_of_cause(project, COPY, seen[2], other.title)
    assert not is_of_cause(project, COPY, seen[2], "None of x is there")


def test_the_log_tells(project: Project) -> None:
    """Where the last word says little, the lines before it are looked at; our own lines are not."""
    log = project.root / "workspace/batches/0001/output.1"
    log.parent.mkdir(parents=True)
    log.write_text(start_line("d/moov atom not found.avi") + "OSError: [Errno 116] Stale file handle\nbye\n")
    (group,) = triage(project, COPY, [failed("d/a.avi", "bye")])
    assert group.cause == "the storage dropped for a moment"
    log.write_text(start_line("d/moov atom not found.avi") + "bye\n")
    (group,) = triage(project, COPY, [failed("d/a.avi", "bye")])
    assert group.cause == "bye"


def test_what_stood_long_before(project: Project) -> None:
    """A warning far above the end of a log is no cause."""
    log = project.root / "workspace/batches/0001/output.1"
    log.parent.mkdir(parents=True)
    log.write_text(start_line() + "ImportError: no fast codec, using a slow one\n" + "frame\n" * 40 + "bye\n")
    (group,) = triage(project, COPY, [failed("d/a.avi", "bye")])
    assert group.cause == "bye"


@pytest.mark.parametrize(
    ("hosts", "node"),
    [("n1 n1 n1", "n1"), ("n1 n1 n1 n2", "n1"), ("n1 n1 n1 n2 n3", ""), ("n1 n1", ""), ("n1 n2 n3 n4", "")],
)
def test_a_node_that_stands_out(hosts: str, node: str) -> None:
    """A node is named where three or more failed on it, and three of four of all that did."""
    assert find_node([failed(f"{n}.avi", host=host) for n, host in enumerate(hosts.split())]) == node


@pytest.mark.parametrize(
    ("key", "why", "cause"),
    [
        ("d/plate7.avi", "plate7.csv: row 12 is short", "*.csv: row N is short"),
        ("d/x.avi", "cannot read /data/lab/x.avi: bad", "cannot read /...: bad"),
        ("d/x.avi", "", "failed (exit code 3)"),
    ],
)
def test_own_cause(key: str, why: str, cause: str) -> None:
    """What differs from video to video is left out of a tracker's own word, so that the same error is one group."""
    seen = failed(key, why)
    assert own_cause(seen) == cause


def test_files_that_are_missing_beside_several_are_one_group(project: Project) -> None:
    """What is said of the one file that is not there differs from unit to unit; the cause is one."""
    reasons = ["there is no list for it (RawVideos/d (1)/a.json)", "there is no list for it (b.json)"]
    odd = [
        failed(f"d/{n}.avi", "")._replace(decision=Decision(State.INVALID, Cause.UNFIT_INPUT, r))
        for n, r in enumerate(reasons)
    ]
    assert [own_cause(one) for one in odd] == [
        "invalid: there is no list for it",
        "invalid: there is no list for it (b.json)",
    ]


def test_what_waits_is_one_group(project: Project) -> None:
    """Units whose earlier step needs a look are one group, whatever each of them waits for, found by its title."""
    waits = [Decision(State.WAITING, Cause.AWAITS_STAGE, f"d/{n}.avi (find: set aside)") for n in "ab"]
    seen = [failed(f"d/{n}.avi", "") for n in "ab"]
    seen = [s._replace(unit=s.unit._replace(lost=True), decision=d) for s, d in zip(seen, waits, strict=True)]
    (group,) = triage(project, COPY, seen)
    assert (group.title, len(group.seen)) == ("waiting for an earlier step of it, which needs a look first", 2)
    assert all(is_of_cause(project, COPY, one, group.title) for one in seen)


def test_screen(project: Project) -> None:
    """People read how many, which, what to do, and the command that does just those again."""
    seen = [failed("d/a.avi", "out of memory"), failed("d/b.avi", "No space left on device")]
    text = failures_text(project, [(COPY, seen)], Situation(Did.RAN))
    assert re.search(
        r"^  Just these again:  \S+ retry --cause 'out of memory' --more-memory 2x$", text, re.MULTILINE
    ), text
    assert "  Make room first, then run it again." in text
    assert text.count("Just these again") == 1
    assert re.search(
        r"^  When that is done:  \S+ retry --cause 'the disk is full or over its quota'$", text, re.MULTILINE
    )
    assert re.search(r"\nNext:  bash \S*workspace/get_files2process.sh$", text)


def test_screen_on_one_machine(tmp_path: Path) -> None:
    """Without a queue just these are done again, with no more memory than there is."""
    project = make_project(tmp_path, COPY)
    text = failures_text(project, [(COPY, [failed("d/a.avi", "Stale file handle")])], Situation(Did.RAN))
    assert re.search(r"rt retry --cause 'the storage dropped for a moment'$", text, re.MULTILINE)


def test_for_programs(project: Project) -> None:
    """Programs get every name of every group."""
    (told,) = failures_data(project, [(COPY, [failed(f"d/{n}.avi", "out of memory") for n in range(30)])])
    assert (told["cause"], told["count"], len(told["names"]), told["again"]) == ("out of memory", 30, 30, "more_memory")


def test_only_those_of_a_cause(project: Project) -> None:
    """A cause is asked for by its name."""
    assert is_of_cause(project, COPY, failed("d/a.avi", "out of memory"), "out of memory")
    assert not is_of_cause(project, COPY, failed("d/a.avi", "bye"), "out of memory")
