"""Batches: one list, pinned, with a number of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker.batches import job_script
from remote_tracker.batches import pin as pinning
from remote_tracker.batches.job_script import JobScript, load_script
from remote_tracker.batches.pin import Pinned, pin_batch, point_at
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.seal import give_up, seal_batches
from remote_tracker.errors import NoSpace
from remote_tracker.model import Project, Stage
from remote_tracker.model.pattern import read_pattern
from remote_tracker.model.scheduling import Queue
from remote_tracker.records import Batch, BatchesFolder, batches_of, find_batches, load_sealed
from remote_tracker.render.script import ScriptError
from remote_tracker.survey import Examined, in_flight, survey_stage
from scan.trees import end_line, make_project, make_stage, put, start_line

PACKAGE = str(Path(pinning.__file__).parents[2])


def seen_of(project: Project, **decided: Any) -> list[Examined]:
    """Return what is to do."""
    seen = survey_stage(project, project.tracker.stages[0]).to_do
    return [Examined(s.unit, s.decision._replace(**decided)) for s in seen]


def pin(project: Project, seen: list[Examined] | None = None) -> Pinned:
    """Pin a batch of all there is to do."""
    return pin_batch(project, project.tracker.stages[0], seen_of(project) if seen is None else seen)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with three videos."""
    put(tmp_path, *(f"RawVideos/d/{n}.avi" for n in "abc"))
    return make_project(tmp_path, make_stage(command="cp {{ input.video }} {{ output.tracks }}"), params={"x": 1})


def changed(project: Project, **keys: Any) -> Project:
    """Return the project with another stage or other parameters."""
    stage = replace(project.tracker.stages[0], **{k: v for k, v in keys.items() if k != "params"})
    tracker = replace(project.tracker, stages=(stage,), params=keys.get("params", project.tracker.params))
    return replace(project, tracker=tracker)


def test_what_it_holds(project: Project) -> None:
    """A batch holds a line, a name and a task line for each video, in one order, and run_task.sh."""
    pinned = pin(project)
    folder = project.root / "workspace/batches/0001"
    assert pinned == Pinned(Batch(str(folder)), 3, new=True)
    assert pinned.batch.names == ["d/a.avi", "d/b.avi", "d/c.avi"]
    for name in ("files2process.txt", "tasks.txt"):
        assert [word in line for word, line in zip("abc", (folder / name).read_text().splitlines(), strict=True)]
    assert os.access(folder / "run_task.sh", os.X_OK)


def test_same_list_no_new_batch(project: Project) -> None:
    """A list that the newest unsubmitted batch holds already is not written again."""
    assert pin(project).batch.number == pin(project).batch.number == "0001"
    assert not pin(project).new


OTHER = {
    "command": {"command": "cp {{ input.video }} {{ output.tracks }} -v"},
    "parameter": {"params": {"x": 2}},
    "work": {"work": "in-place"},
    "environment": {"env": {"A": "1"}},
    "exit codes": {"exit_ok": (0, 1)},
    "output": {"outputs": (make_stage().outputs[0]._replace(pattern=read_pattern("Results/{name}{subdir}{ext}")),)},
}


@pytest.mark.parametrize("what", OTHER)
def test_any_change_new_batch(project: Project, what: str) -> None:
    """Whatever a task would do otherwise makes a new batch."""
    pin(project)
    assert pin(changed(project, **OTHER[what])).batch.number == "0002"


def test_other_list_new_batch(project: Project) -> None:
    """Another order, one video less, and an old result in the way make a new batch each."""
    seen = seen_of(project)
    lists = [seen, seen[::-1], seen[:2], seen_of(project, old_ns=7)]
    assert [pin(project, chosen).batch.number for chosen in lists] == ["0001", "0002", "0003", "0004"]


def test_new_version_new_batch(project: Project) -> None:
    """After an update a list is written again: its run_task.sh is another one."""
    pin(project)
    with patch.object(pinning, "__version__", "999"):
        assert pin(project).batch.number == "0002"


def test_a_new_batch_reads_each_thing_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that makes a batch reads the job script, finds the parameters' files and sums all of them up once."""
    counts: Counter[str] = Counter()

    def count(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def counted(*words: Any) -> Any:
            counts[name] += 1
            return real(*words)

        monkeypatch.setattr(module, name, counted)

    count(job_script, "read_exactly")
    for name in ("fingerprint", "find_files", "compile_stage"):
        count(pinning, name)
    prepared = prepare(project, [stage_of(project)])
    assert prepared.pinned == Pinned(batches_of(project, stage_of(project)).batch("0001"), 3, new=True)
    assert counts == {"read_exactly": 1, "fingerprint": 1, "find_files": 1, "compile_stage": 1}


@pytest.mark.parametrize("mark", ["owner", "output.1"])
def test_submitted_never_again(project: Project, mark: str) -> None:
    """A batch that was submitted, or of which a task ran, is never given out again."""
    pin(project)
    (project.root / "workspace/batches/0001" / mark).touch()
    assert pin(project) == Pinned(batches_of(project, stage_of(project)).batch("0002"), 3, new=True)


@pytest.mark.parametrize("left", ["", "files2process.txt", "names.txt"])
def test_not_whole_no_batch(project: Project, left: str) -> None:
    """A folder that a killed scan left without batch.yml is no batch, and its number is not used again."""
    folder = project.root / "workspace/batches/0001"
    folder.mkdir(parents=True)
    if left:
        (folder / left).write_text("d/a.avi\n")
    assert find_batches(project, stage_of(project)) == []
    assert pin(project).batch.number == "0002"


def test_failed_write_leaves_nothing(project: Project) -> None:
    """A batch that cannot be written whole leaves no folder behind."""
    real = pinning.write_file

    def full(path: Path, *args: Any, **keys: Any) -> None:
        if path.name == "batch.yml":
            raise NoSpace(f"{path}: no space")
        real(path, *args, **keys)

    with patch.object(pinning, "write_file", full), pytest.raises(NoSpace):
        pin(project)
    assert os.listdir(project.root / "workspace/batches") == []


@pytest.mark.parametrize("name", ["track", "on", "yes", "null", "y", "x_1"])
def test_found_by_stage(tmp_path: Path, name: str) -> None:
    """A stage's batches are found, whatever YAML makes of its name; those of others are not."""
    put(tmp_path, "RawVideos/a.avi")
    project = make_project(tmp_path, make_stage(name=name))
    pin(project)
    assert [batch.number for batch in BatchesFolder(tmp_path / "workspace").find(name)] == ["0001"]
    assert BatchesFolder(tmp_path / "workspace").find("other") == []


def test_ten_thousand(project: Project) -> None:
    """Batch 10000 comes after 9999, and is the newest."""
    pin(project)
    shutil.move(project.root / "workspace/batches/0001", project.root / "workspace/batches/9999")
    assert pin(project, seen_of(project)[:1]).batch.number == "10000"
    found = find_batches(project, stage_of(project))
    assert [batch.number for batch in found] == ["9999", "10000"]
    assert not pin(project, seen_of(project)[:1]).new


WRITER = """
import sys
from pathlib import Path
from remote_tracker.batches.job_script import JobScript, load_script
from remote_tracker.batches.pin import _next_folder
sys.stdin.readline()
for _ in range(50):
    print(_next_folder(Path(sys.argv[1])).name)
"""


def test_two_writers(tmp_path: Path) -> None:
    """Two scans at once get numbers of their own, none twice, none left out."""
    environment = {**os.environ, "PYTHONPATH": PACKAGE}
    argv = [sys.executable, "-c", WRITER, str(tmp_path)]
    started = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) for _ in "ab"
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    given = [number for process in started for number in process.communicate()[0].split()]
    assert sorted(given) == [f"{n:04d}" for n in range(1, 101)]


def run_here(project: Project, number: str = "0001", ended: bool = True) -> Path:
    """Leave behind what a run of the batch leaves."""
    folder = project.root / "workspace/batches" / number
    (folder / "owner").write_text("local.1\n")
    (folder / "output.1").write_text(start_line("d/a.avi", 1) + end_line())
    (folder / "output.2").write_text(start_line("d/b.avi", 2) + (end_line("failed", 1, "it broke") if ended else ""))
    return folder


def stage_of(project: Project) -> Stage:
    """Return the only stage."""
    return project.tracker.stages[0]


def test_sealed(project: Project) -> None:
    """A batch that ran and left the queue is sealed: its records in one file, its end or none."""
    pin(project)
    folder = run_here(project, ended=False)
    seal_batches(project, stage_of(project), Queue())
    assert [(r.unit, r.result) for r in load_sealed(Batch(str(folder)).sealed_path)] == [
        ("d/b.avi", ""),
        ("d/a.avi", "finished"),
    ]


@pytest.mark.parametrize("queue", [Queue({"0001": None}), Queue({"0001": frozenset({3})}), Queue({}, asked=False)])
def test_not_sealed_alive(project: Project, queue: Queue) -> None:
    """A batch that is in the queue, or may be, is not sealed."""
    pin(project)
    folder = run_here(project)
    seal_batches(project, stage_of(project), queue)
    assert not Batch(str(folder)).sealed_path.exists()


def test_not_sealed_unsubmitted(project: Project) -> None:
    """A batch that was never submitted is not sealed."""
    pin(project)
    seal_batches(project, stage_of(project), Queue())
    assert not batches_of(project, stage_of(project)).batch("0001").sealed_path.exists()


def test_not_sealed_by_hand(project: Project) -> None:
    """A batch of which a task runs by hand is not sealed, unless the user gave it up."""
    pin(project)
    folder = run_here(project, ended=False)
    with patch.object(in_flight, "is_running_here", lambda host, pid, _: (host, pid) == ("node1", 7)):
        seal_batches(project, stage_of(project), Queue())
        assert not Batch(str(folder)).sealed_path.exists()
        give_up(batches_of(project, stage_of(project)), "1")
        seal_batches(project, stage_of(project), Queue())
    assert Batch(str(folder)).sealed_path.exists()


def test_what_a_scan_left_in_a_sealed_batch_goes(project: Project) -> None:
    """A scan that was killed while another sealed the batch leaves half a file there: the next scan removes it."""
    pin(project)
    folder = run_here(project)
    seal_batches(project, stage_of(project), Queue())
    sealed = {path.name for path in folder.iterdir()}
    ended = subprocess.Popen(["true"])
    ended.wait()
    half = folder / f".records.tsv.{os.uname().nodename}.{ended.pid}.{'a' * 16}.tmp"
    living = folder / f".records.tsv.{os.uname().nodename}.{os.getpid()}.{'a' * 16}.tmp"
    half.touch()
    living.touch()
    seal_batches(project, stage_of(project), Queue())
    assert {path.name for path in folder.iterdir()} == {*sealed, living.name}


def test_sealed_says_the_same(project: Project) -> None:
    """What is known of the videos is the same before and after sealing."""
    pin(project)
    run_here(project)

    def look() -> list[Examined]:
        found = survey_stage(project, stage_of(project)).to_do
        # Of what is over the process tells nothing.
        lasts = [s.decision.last and s.decision.last._replace(pid=0, began="") for s in found]
        return [Examined(s.unit, s.decision._replace(last=last)) for s, last in zip(found, lasts, strict=True)]

    before = look()
    seal_batches(project, stage_of(project), Queue())
    assert look() == before
    assert [seen.decision.reason for seen in before] == ["failed (exit code 1): it broke", ""]  # the third is gone


def point(project: Project, pinned: Pinned | None) -> JobScript:
    """Read the job script, and point it at a batch."""
    return point_at(project, stage_of(project), load_script(project, stage_of(project)), pinned)


def test_pointed_at(project: Project) -> None:
    """A job script is made once, executable; a later scan changes only its block, and keeps mode and all else."""
    script = point(project, pin(project)).path
    assert os.access(script, os.X_OK)
    mine = script.read_bytes().replace(b"set -euo", b"# mine: \xff\tx  \nset -euo")
    script.write_bytes(mine)
    script.chmod(0o750)
    point(project, pin(project, seen_of(project)[:2]))
    new = mine.replace(b"batch=0001\ntasks=3", b"batch=0002\ntasks=2")
    assert script.read_bytes() == new != mine
    assert script.stat().st_mode & 0o777 == 0o750
    assert os.readlink(script.parent / "files2process.txt") == "batches/0002/files2process.txt"


def test_pointed_at_once_more(project: Project) -> None:
    """Where the list is as it was, nothing is written; what is missing of it is made again."""
    script = point(project, pin(project))
    beside = [script.path.parent / name for name in ("files2process.txt", "local_output")]
    copy = script.path.parent / "batches/0001/process_all.sh"
    before = [path.lstat().st_ino for path in (script.path, copy, *beside)]
    point(project, pin(project))
    assert [path.lstat().st_ino for path in (script.path, copy, *beside)] == before
    for path in (copy, *beside):
        path.unlink()
    point(project, pin(project))
    assert copy.read_text() == script.text
    assert [os.readlink(path) for path in beside] == ["batches/0001/files2process.txt", "batches/0001"]


@pytest.mark.parametrize("mine", ["# mine\n", ""])
def test_changed_meanwhile(project: Project, mine: str) -> None:
    """What somebody changes in the job script, or takes away of it, while a list is being written stays so."""
    script = load_script(project, stage_of(project))
    pinned = pin(project)
    if mine:
        script.path.write_text(script.text + mine)
    else:
        script.path.unlink()
    pointed = point_at(project, stage_of(project), script, pinned)
    assert pointed.text == script.path.read_text() == (pinned.batch.folder / script.name).read_text()
    assert pointed.text.endswith(mine)
    assert "\nbatch=0001\ntasks=3\n" in pointed.text
    assert pointed.is_current


def test_pointed_at_nothing(project: Project) -> None:
    """Where nothing is to do the job script points at no batch."""
    point(project, pin(project))
    script = point(project, None).path
    assert "\nbatch=none\ntasks=0\n" in script.read_text()


def test_broken_script_stays(project: Project) -> None:
    """A job script without its marks is left as it is."""
    script = point(project, None).path
    script.write_text("#!/bin/bash\n")
    with pytest.raises(ScriptError):
        point(project, pin(project))
    assert script.read_text() == "#!/bin/bash\n"
