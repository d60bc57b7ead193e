"""One piece of work: how it is known again, and how its past and its results are put together."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from examples import one_in
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.batches import pin
from remote_tracker.config import load_project
from remote_tracker.model import Check, Project, State, fingerprint_inputs
from remote_tracker.records import read_record
from remote_tracker.survey import Survey, examine_stage
from remote_tracker.survey.typed_names import names_it

from scan.trees import LONG_AGO, VIDEO, end_line, keys_of, make_project, make_stage, put, start_line, units_of

TASK = Path(pin.__file__).parents[1] / "task"


def mark_of_bash(root: Path, paths: list[str]) -> str:
    """Return the fingerprint that run_task.sh writes of these files, as a scan reads it."""
    script = f"""source {TASK / "task_inputs.sh"}; declare -A known=(); for p in "$@"; do inputs+=("v=$p"); done
        mark_inputs; printf '%s' "$marks" """
    argv = ["bash", "-euc", f"inputs=(); {script}", "-", *paths]
    marks = subprocess.run(argv, cwd=root, capture_output=True, check=True, text=True).stdout
    record = read_record(start_line().replace("size=1 mtime=1700000000.000000000", marks), "0001", 1)
    assert record is not None
    return record.inputs


@one_in(8)  # bash and its programs start for each example
@given(times=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2**61)), min_size=1, max_size=4))
def test_one_fingerprint(tmp_path_factory: pytest.TempPathFactory, times: list[tuple[int, int]]) -> None:
    """A scan and a task give an input, or many, one fingerprint, to the last nanosecond."""
    root = tmp_path_factory.mktemp("marks")
    paths = [f"v {i}'.avi" for i in range(len(times))]
    for path, (size, ns) in zip(paths, times, strict=True):
        put(root, path, content="x" * size)
        os.utime(root / path, ns=(ns, ns))
    assert fingerprint_inputs([os.stat(root / path) for path in paths]) == mark_of_bash(root, paths)


def test_fingerprint_of_nothing() -> None:
    """Work without an input has no fingerprint."""
    assert fingerprint_inputs([]) == ""


@pytest.mark.parametrize(
    ("inputs", "outputs", "keys", "name"),
    [
        (VIDEO, {}, {}, "d/e/a.avi"),
        ("RawVideos/{day}/{subdir}/{name}.avi", {}, {"per": ("day", "name")}, "d/a"),
        ("RawVideos/{day}/{name}/", {}, {}, "d/e"),
        ("{top}/d/{sub}/{name}.avi", {}, {}, "RawVideos/d/e/a.avi"),
    ],
)
def test_name(tmp_path: Path, inputs: str, outputs: dict[str, str], keys: dict[str, Any], name: str) -> None:
    """A piece of work is called by its first file below its first folder, a group by its values."""
    put(tmp_path, "RawVideos/d/e/a.avi")
    assert name in keys_of(tmp_path, make_stage(inputs, outputs, **keys))


def test_newest_time(tmp_path: Path) -> None:
    """The latest time of its inputs says whether one may still be growing."""
    put(tmp_path, "RawVideos/a.avi", age=9)
    put(tmp_path, "RawVideos/a.json", age=5)
    (unit,) = units_of(tmp_path, make_stage({"v": "RawVideos/{n}.avi", "j": "RawVideos/{n}.json"}))
    assert unit.newest_ns == (LONG_AGO - 5) * 10**9


def states(project: Project) -> dict[str, tuple[State, str]]:
    """Return what each piece of work is, and why."""
    stage = project.tracker.stages[0]
    return {s.unit.key: (s.decision.state, s.decision.reason) for s in examine_stage(project, stage, Survey(stage))}


def leave_log(root: Path, text: str) -> None:
    """Leave the log of one task behind."""
    batch = root / "workspace/batches/0001"
    batch.mkdir(parents=True)
    (batch / "batch.yml").write_text("stage: track\n")
    (batch / "names.txt").write_text("d/a.avi\n")
    (batch / "output.1").write_text(text)


FAILED = start_line() + end_line("bad", 65, "3 of 9 frames")
PASTS = {"failed": FAILED, "vanished": start_line() + "at work\n", "finished": FAILED + start_line() + end_line()}


@pytest.mark.parametrize("work", ["fresh", "resume", "in-place"])
@pytest.mark.parametrize("past", PASTS)
def test_result_of_a_failure(tmp_path: Path, work: str, past: str) -> None:
    """What a failed task left in place is no result, however whole it looks; elsewhere a failure leaves nothing."""
    put(tmp_path, "RawVideos/d/a.avi", "Results/d/a_tracks.csv")
    leave_log(tmp_path, PASTS[past])
    (state, reason) = states(make_project(tmp_path, make_stage(work=work)))["d/a.avi"]
    if work == "in-place" and past != "finished":
        assert state is State.INCOMPLETE
        assert ("3 of 9 frames" in reason) == (past == "failed")
    else:
        assert state is State.FINISHED


@pytest.mark.parametrize(("past", "age", "state"), [
    ("failed", -1, State.FINISHED), ("failed", 1, State.INCOMPLETE), ("vanished", -1, State.INCOMPLETE)
])  # fmt: skip
def test_the_program_by_hand_after_a_failure(tmp_path: Path, past: str, age: int, state: State) -> None:
    """What the program, started by hand, made in place after our task had failed counts; not what may be a leftover."""
    put(tmp_path, "RawVideos/d/a.avi")
    put(tmp_path, "Results/d/a_tracks.csv", age=age)
    leave_log(tmp_path, PASTS[past])
    os.utime(tmp_path / "workspace/batches/0001/output.1", (LONG_AGO, LONG_AGO))
    assert states(make_project(tmp_path, make_stage(work="in-place")))["d/a.avi"][0] is state


def test_results_of_what_was_picked(tmp_path: Path) -> None:
    """Where the newest is picked, and results are called by it, those of another one are another piece of work."""
    put(tmp_path, "RawVideos/a.avi", "RawVideos/old/s.mat", "Results/old/a.csv")
    session = {"pattern": "RawVideos/{session}/s.mat", "pick": "newest", "affects_results": False}
    stage = make_stage({"video": "RawVideos/{name}.avi", "s": session}, {"t": "Results/{session}/{name}.csv"})
    assert states(make_project(tmp_path, stage))["a.avi,session=old"][0] is State.FINISHED
    leave_log(tmp_path, start_line(unit="a.avi,session=old") + end_line())
    put(tmp_path, "RawVideos/new/s.mat", age=-9)
    assert states(make_project(tmp_path, stage)) == {"a.avi,session=new": (State.UNPROCESSED, "")}


def test_an_empty_file_that_only_names(tmp_path: Path) -> None:
    """An input that only names what there is may be empty; one that is read may not."""
    put(tmp_path, "RawVideos/a.avi")
    put(tmp_path, "RawVideos/a.mark", content="")
    for affects_results in (False, True):
        mark = {"pattern": "RawVideos/{name}.mark", "affects_results": affects_results}
        (unit,) = units_of(tmp_path, make_stage({"video": "RawVideos/{name}.avi", "mark": mark}, {}))
        assert unit.problem == ("mark: it is empty" if affects_results else "")


@pytest.mark.parametrize(
    ("typed", "key", "meant"),
    [
        ("d/a.avi", "d/a.avi,roi=left", True),
        ("RawVideos/d/a.avi", "d/a.avi,roi=a b,session=s", True),
        ("a", "d/a.avi,roi=left", True),
        ("d/a.avi,roi=left", "d/a.avi,roi=left", True),
        ("d/a.avi,roi=right", "d/a.avi,roi=left", False),
        ("d/a", "d/a,b.avi", False),
    ],
)
def test_what_a_person_types(typed: str, key: str, meant: bool) -> None:
    """A video's path means all pieces of work of it; the values behind it choose one."""
    assert names_it(typed, key) is meant


def test_failure_on_older_input(tmp_path: Path) -> None:
    """A failure on another input says nothing of what is made in place from this one, once that succeeded."""
    put(tmp_path, "RawVideos/d/a.avi", "Results/d/a_tracks.csv")
    leave_log(tmp_path, start_line(size=9) + end_line("failed", 1) + start_line() + end_line())
    assert states(make_project(tmp_path, make_stage(work="in-place")))["d/a.avi"][0] is State.FINISHED


@pytest.mark.parametrize(("finished", "state"), [(True, State.FINISHED), (False, State.INCOMPLETE)])
def test_checks_hold(tmp_path: Path, finished: bool, state: State) -> None:
    """Results that are there are finished only where the checks hold, record or not."""
    put(tmp_path, "RawVideos/d/a.avi")
    put(tmp_path, "Results/d/a.json", content=json.dumps({"finished": finished}))
    check = Check("json", "info", {"key": "finished", "equals": True})
    stage = make_stage(outputs={"info": "Results/{subdir}/{name}.json"}, checks=(check,))
    assert states(make_project(tmp_path, stage))["d/a.avi"][0] is state


def test_two_of_one_name(tmp_path: Path) -> None:
    """Two videos with one result are both refused, each naming the other."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/a.mp4", "RawVideos/e/a.avi")
    found = states(make_project(tmp_path))
    told = "its results would have the same names as those of "
    assert found["d/a.avi"] == (State.INVALID, f"{told}d/a.mp4")
    assert found["d/a.mp4"] == (State.INVALID, f"{told}d/a.avi")
    assert found["e/a.avi"][0] is State.UNPROCESSED


def test_without_outputs(tmp_path: Path) -> None:
    """Where a stage makes no file its record is all there is: done for this input, to do for another one."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/b.avi")
    leave_log(tmp_path, start_line() + end_line())
    project = make_project(tmp_path, make_stage(outputs={}))
    assert [state for state, _ in states(project).values()] == [State.FINISHED, State.UNPROCESSED]
    put(tmp_path, "RawVideos/d/a.avi", content="longer")
    assert states(project)["d/a.avi"][0] is State.UNPROCESSED


def test_videos_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ~ in ``videos`` is the user's folder, in scans and in commands."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "project.yml").write_text("name: x\ntracker: opencv\nvideos: ~/raid\n")
    assert load_project(tmp_path).videos == f"{tmp_path}/raid"


def test_a_day_is_the_first_folder(tmp_path: Path) -> None:
    """Folders below the first are no days of their own: expA/20260101 and expA/20260102 are one day, expA."""
    put(tmp_path, "RawVideos/expA/20260101/a.avi", "RawVideos/expA/20260102/b.avi", "RawVideos/expB/c.avi")
    stage = make_stage("RawVideos/{day}/{subdir}/{name}.avi", {"list": "Results/{day}/list.csv"}, per=("day",))
    assert keys_of(tmp_path, stage) == ["expA", "expB"]
