"""Redo and undo: what is asked, what is moved, what a kill or a fault leaves, and that nothing younger is touched."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lab import COPY, Lab, Ran, wait_for
from remote_tracker.batches import aside
from remote_tracker.batches import redo as redo_module
from remote_tracker.batches.redo import find_aside, plan_redo, redo
from remote_tracker.batches.undo import choose_redo, plan_undo, undo
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.records.notes import load_held
from remote_tracker.survey.named import choose_to_redo
from rewinding import rewound

from .test_verbs import assert_golden

TWO: dict[str, Any] = {
    "output": {"copy": "Results/{subdir}/{name}.txt", "size": "MaskedVideos/{subdir}/{name}.json"},
    "command": "cp {{ input.video }} {{ output.copy }}; echo {} > {{ output.size }}",
}


class Killed(BaseException):
    """Ends a redo in the middle, as kill -9 does: nothing is tidied up."""


@rewound
def done(lab: Lab) -> None:
    """A project of three finished videos of two results each."""
    lab.tracker(**TWO)
    lab.videos(3)
    lab.go()


def content(lab: Lab) -> dict[str, str]:
    """Return what each result holds, by its path."""
    tops = ("Results", "MaskedVideos")
    paths = [path for top in tops for path in (lab.root / top).rglob("*") if path.is_file()]
    found = {path.relative_to(lab.root): path.read_text() for path in paths}
    return {str(path): text for path, text in found.items() if not any(part[0] == "." for part in path.parts)}


def kept(lab: Lab) -> list[str]:
    """Return what lies aside, by its name and content."""
    files = [path for path in lab.root.rglob(".aside/**/*") if path.is_file()]
    return sorted(f"{path.name}: {path.read_text().strip()}" for path in files)


def notes(lab: Lab, ending: str) -> list[Path]:
    """Return the notes of redos with this ending."""
    return sorted((lab.workspace / "batches/redo").glob(f"*.{ending}"))


def kill_redo(lab: Lab, monkeypatch: pytest.MonkeyPatch, moved: int, *names: str) -> None:
    """Redo these videos in this process, and let it die when so many of the old results are moved."""
    project = load_project(lab.root)
    step, chosen = choose_to_redo(project, names, None)
    count = iter(range(1000))

    def take(*words: Any) -> bool:
        if next(count) == moved:
            raise Killed
        return real(*words)

    real = aside.take
    plan = plan_redo(project, step, chosen)
    monkeypatch.setattr(aside, "take", take)
    with pytest.raises(Killed):
        redo(project, step, plan)
    monkeypatch.setattr(aside, "take", real)
    assert notes(lab, "moving")


def type_in_terminal(lab: Lab, answer: str, *words: str) -> Ran:
    """Run a verb in a terminal, and type the answer to its question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["./rt", *words],
        cwd=lab.root,
        env=lab.environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    if answer:
        os.write(ours, answer.encode())
    out = process.communicate(timeout=60)[0].decode()
    os.set_blocking(ours, False)
    try:
        asked = os.read(ours, 65536).decode()
    except OSError:
        asked = ""
    os.close(ours)
    return Ran(process.returncode, out, asked)


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_no(done: Lab, answer: str) -> None:
    """In a terminal a redo says how much it will move, and moves nothing where the answer is no, or only Enter."""
    before = content(done)
    ran = type_in_terminal(done, answer, "redo", "d1")
    assert ran.code == 1
    assert "3 videos, 6 files, under 0.1 MB will be moved to Results/.aside/" in ran.out
    assert " and MaskedVideos/.aside/" in ran.out
    assert "Move them? [y/N]" in ran.err
    assert ran.out.endswith("Nothing was moved.\n")
    assert content(done) == before
    assert not notes(done, "*")


@pytest.mark.parametrize(("answer", "words"), [("y\n", ()), ("", ("--yes",))], ids=["yes", "--yes"])
def test_yes(done: Lab, answer: str, words: tuple[str, ...]) -> None:
    """After a yes, or with --yes unasked, a redo moves them and says one line more."""
    ran = type_in_terminal(done, answer, "redo", "d1", *words)
    assert ran.code == 0
    assert ("Move them?" in ran.err) is bool(answer)
    assert len(ran.out.splitlines()) == 2
    assert content(done) == {}
    assert done.counts() == {"unprocessed": 3}


def test_without_a_terminal_nothing_is_asked(done: Lab) -> None:
    """A script's redo goes on unasked: nothing is lost, and an undo takes it back."""
    ran = done.rt("redo", "d1")
    assert (ran.code, ran.err, content(done)) == (0, "", {})


def test_for_programs(done: Lab) -> None:
    """--json names each file, from where to where, for redo, for undo and for its list."""
    moved = json.loads(done.rt("redo", "v1", "--json").out)
    assert moved["names"] == ["d1/v1.avi"]
    assert [one["from"] for one in moved["moved"]] == ["Results/d1/v1.txt", "MaskedVideos/d1/v1.json"]
    assert all((done.root / one["to"]).is_file() for one in moved["moved"])
    (listed,) = json.loads(done.rt("undo", "--list", "--json").out)
    assert (listed["redo"], listed["moved"]) == (1, moved["moved"])
    back = json.loads(done.rt("undo", "--json").out)
    assert [(one["from"], one["to"]) for one in back["moved"]] == [(m["to"], m["from"]) for m in moved["moved"]]


@pytest.fixture
def two_disks(done: Lab, other_disk: Path) -> Lab:
    """That project with the results of a day on another disk, and with another day on its own disk."""
    for top in ("Results", "MaskedVideos"):
        there = other_disk / top
        subprocess.run(["mv", done.root / top / "d1", there], check=True)
        (done.root / top / "d1").symlink_to(there)
    done.video("d2/w.avi", "video w")
    done.go()
    assert done.counts() == {"finished": 4}
    return done


def test_a_day_on_another_disk(two_disks: Lab) -> None:
    """Results on another disk are moved aside on their own disk, by renames, and come back as they were."""
    before = content(two_disks) | {f"{p}": p.read_text() for p in two_disks.result("d1/").iterdir()}
    inode = two_disks.result("d1/v1.txt").stat().st_ino
    assert two_disks.rt("redo", "d1", "d2").code == 0
    assert two_disks.counts() == {"unprocessed": 4}
    assert [p.stat().st_ino for p in two_disks.result("d1/").glob(".aside/*/v1.txt")] == [inode]
    assert len([*two_disks.result("").glob(".aside/*/d2/w.txt")]) == 1
    assert two_disks.rt("undo").code == 0
    assert content(two_disks) | {f"{p}": p.read_text() for p in two_disks.result("d1/").glob("*.txt")} == before
    assert two_disks.counts() == {"finished": 4}


def test_what_cannot_be_moved_holds_its_own_videos_back(two_disks: Lab) -> None:
    """Videos whose results cannot be moved aside wait, and say why; scan, run, retry and redo of others go on."""
    lab = two_disks
    (lab.result("d1") / ".aside").write_text("in the way")
    ran = lab.rt("redo", "d1", "d2")
    told = "Results/d1/v1.txt cannot be moved aside: Not a directory. 3 are not listed until that is mended"
    assert (ran.code, ran.err) == (1, "")
    assert told in ran.out
    assert "To bring the old results back:  ./rt undo 1" in ran.out
    assert "1 will be listed again." in ran.out
    assert lab.counts() == {"not ready": 3, "unprocessed": 1}
    for ran in (lab.scan(), lab.process(), lab.rt("run"), lab.rt("retry")):
        assert told in ran.out, ran
    assert lab.counts() == {"not ready": 3, "finished": 1}
    assert lab.rt("redo", "d2").code == 0
    assert lab.go().code == 0
    assert lab.counts() == {"not ready": 3, "finished": 1}
    assert lab.rt("redo", "v1").code == 1
    (lab.result("d1") / ".aside").unlink()
    assert lab.counts() == {"unprocessed": 3, "finished": 1}
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 4}


def test_an_undo_lets_go_what_cannot_be_moved(two_disks: Lab) -> None:
    """What one result keeps from being moved comes back whole by undo, and its videos are finished as before."""
    before = content(two_disks)
    (two_disks.result("d1") / ".aside").write_text("in the way")
    assert two_disks.rt("redo", "d1").code == 1
    assert two_disks.rt("undo").code == 0
    assert not notes(two_disks, "moving")
    assert content(two_disks) == before
    assert two_disks.counts() == {"finished": 4}


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_new_results_are_never_moved_away(done: Lab, monkeypatch: pytest.MonkeyPatch, moved: int) -> None:
    """After a killed redo of videos that were replaced and listed, their batch may run: its results stay."""
    for number in (1, 2, 3):
        done.video(f"d1/v{number}.avi", f"another video {number}", age=60)
    assert done.counts() == {"incomplete": 3}
    kill_redo(done, monkeypatch, moved, "d1")
    assert done.process().code == 0
    assert done.counts() == {"finished": 3}
    assert done.scan().code == 0
    assert {text.strip() for text in content(done).values()} == {"{}", *(f"another video {n}" for n in (1, 2, 3))}
    assert kept(done) == sorted(f"v{n}.{end}" for n in (1, 2, 3) for end in (f"txt: video {n}", "json: {}"))
    assert done.started_tasks(2) == 3


def test_results_made_meanwhile_without_us_stay(done: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that came to the place of an old result since the kill stays there; the old ones are moved."""
    kill_redo(done, monkeypatch, 0, "v1", "v2")
    new = done.result("d1/new")
    new.write_text("made by hand")
    new.rename(done.result("d1/v1.txt"))
    done.scan()
    assert content(done)["Results/d1/v1.txt"] == "made by hand"
    assert kept(done) == ["v1.json: {}", "v2.json: {}", "v2.txt: video 2"]


HOSTILE = ["plain", "two words", "-rf", "$(touch x)", 'a"b', "back\\slash", "ü", "x' y", "#"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.drawn(3)
def test_a_task_waits_for_the_move(lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A task of a video whose old results are half moved does nothing and says why; that of another video runs."""
    lab.tracker(**TWO)
    for key in (name, "other"):
        lab.video(f"d1/{key}.avi", "a video")
    lab.go()
    for key in (name, "other"):
        lab.video(f"d1/{key}.avi", "another", age=60)
    lab.scan()
    tasks = {key: number for number, key in enumerate((lab.batch(2) / "names.txt").read_text().splitlines(), 1)}
    kill_redo(lab, monkeypatch, 1, f"d1/{name}.avi")
    ran = lab.task(2, tasks[f"d1/{name}.avi"])
    assert ran.code == 75, ran
    assert "are not all moved yet" in ran.out
    assert lab.task(2, tasks["d1/other.avi"]).code == 0
    lab.scan()
    assert lab.task(2, tasks[f"d1/{name}.avi"]).code == 0


def test_a_task_that_starts_at_the_same_moment(done: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a task starts after the redo looked and before its note stands, nothing is moved."""
    done.tracker(**{**TWO, "command": "until [ -e {{ project }}/go ]; do sleep 0.05; done; " + TWO["command"]})
    done.video("d1/v1.avi", "another", age=60)
    done.scan()
    project, before = load_project(done.root), content(done)
    step, chosen = choose_to_redo(project, ["v1"], None)
    plan = plan_redo(project, step, chosen)
    process = done.start("bash", "process_all.sh")
    wait_for(lambda: done.started_tasks(2), "the task runs")
    with pytest.raises(RemoteTrackerError, match=r"d1/v1\.avi is running: .* Nothing was moved"):
        redo(project, step, plan)
    assert content(done) == before
    assert not notes(done, "moving")
    (done.root / "go").touch()
    assert process.wait(20) == 0
    assert done.counts() == {"finished": 3}


def test_two_redos_at_once(done: Lab) -> None:
    """While a redo is at work another one moves nothing, and says so in a line; a scan goes on."""
    assert done.rt("redo", "v1").code == 0
    with aside.alone(done.workspace / "batches/redo") as is_alone:
        assert is_alone
        ran = done.rt("redo", "v2")
        assert (ran.code, len(ran.err.splitlines())) == (1, 1)
        assert "another command is moving results here. Nothing was moved" in ran.err
        assert done.counts() == {"finished": 2, "unprocessed": 1}
    assert done.rt("redo", "v2").code == 0


def test_a_living_redo_is_left_alone(done: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a redo moves, a scan does not list its videos, and does not move for it."""
    kill_redo(done, monkeypatch, 1, "v1")
    with aside.alone(done.workspace / "batches/redo"):
        assert done.counts() == {"finished": 2, "not ready": 1}
        assert "1\tNot ready: old results are not all moved yet." in done.scan().out
        assert notes(done, "moving")
    assert done.counts() == {"finished": 2, "unprocessed": 1}


def test_undo(done: Lab) -> None:
    """An undo brings all back: files, their times, and the records that prove them."""
    before, times = content(done), {p: p.stat().st_mtime_ns for p in done.result("").rglob("*.txt")}
    looked = done.look()
    assert done.rt("redo", "d1").code == 0
    ran = done.rt("undo")
    assert (ran.code, ran.err) == (0, "")
    assert "3 videos, 6 files, under 0.1 MB will be brought back from Results/.aside/" in ran.out
    assert content(done) == before
    assert {p: p.stat().st_mtime_ns for p in done.result("").rglob("*.txt")} == times
    assert done.look() == looked
    assert not [*done.root.glob("*/.aside")]
    assert done.rt("undo").code == 2


def test_undo_screens(done: Lab) -> None:
    """What people read of an undo that leaves a video, and of the list of redos."""
    done.rt("redo", "d1")
    done.scan()
    assert done.task(2, 2).code == 0
    assert_golden("undo", done.rt("undo").out, done)
    done.rt("redo", "v1")
    listed = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", done.rt("undo", "--list").out)
    assert_golden("undo_list", listed, done)


def test_undo_replaces_nothing_younger(done: Lab) -> None:
    """What was made again stays, named; what was not made again comes back."""
    done.rt("redo", "d1")
    done.scan()
    assert done.task(2, 2).code == 0
    made = done.result("d1/v2.txt").stat().st_ino
    ran = done.rt("undo")
    assert ran.code == 0
    assert "d1/v2.avi stays as it is: Results/d1/v2.txt is younger, and is not replaced." in ran.out
    assert "2 as before the redo." in ran.out
    assert done.result("d1/v2.txt").stat().st_ino == made
    assert kept(done) == ["v2.json: {}", "v2.txt: video 2"]
    assert done.counts() == {"finished": 3}
    assert done.rt("undo").code == 1


def test_undo_after_failures(done: Lab) -> None:
    """What failed since it was redone is finished again when its old result is back."""
    done.rt("redo", "v1")
    done.tracker(**{**TWO, "command": "exit 3"})
    for _ in range(3):
        done.go()
    assert done.counts() == {"finished": 2, "set aside": 1}
    assert done.rt("undo").code == 0
    assert done.counts() == {"finished": 3}


def test_undo_remembers_failures(lab: Lab) -> None:
    """What had failed before a redo forgave it has failed again after the undo."""
    lab.settings(attempts=1)
    lab.tracker(command="exit 3")
    lab.videos(1)
    lab.go()
    lab.rt("redo", "v1")
    assert lab.counts() == {"unprocessed": 1}
    assert lab.rt("undo").code == 0
    assert lab.counts() == {"set aside": 1}


def test_undo_of_what_runs(done: Lab) -> None:
    """A video that runs stays as it is; the others come back."""
    done.rt("redo", "v1", "v2")
    done.tracker(**{**TWO, "command": "until [ -e {{ project }}/go ]; do sleep 0.05; done; " + TWO["command"]})
    done.scan()
    process = done.start("bash", "run_task.sh", "2", "1")
    wait_for(lambda: done.started_tasks(2), "the task runs")
    ran = done.rt("undo")
    assert ran.code == 0
    assert "d1/v1.avi stays as it is: d1/v1.avi is queued or running." in ran.out
    (done.root / "go").touch()
    assert process.wait(20) == 0
    assert done.counts() == {"finished": 3}


def test_undo_of_an_older_redo(done: Lab) -> None:
    """Redos are undone by their numbers, the youngest first where they moved results of one video."""
    done.rt("redo", "v1")
    done.go()
    done.rt("redo", "v1")
    done.rt("redo", "v2")
    ran = done.rt("undo", "1")
    assert ran.code == 1
    assert "d1/v1.avi stays as it is: redo 2 moved younger results of it aside: undo that first." in ran.out
    assert done.rt("undo", "2").code == 0
    assert done.counts() == {"finished": 2, "unprocessed": 1}
    assert done.rt("undo").code == 0
    assert done.counts() == {"finished": 3}
    assert "Results/d1/v1.txt is younger" in done.rt("undo", "1").out
    assert done.rt("undo", "9").code == 2


def test_undo_of_what_somebody_removed(done: Lab) -> None:
    """An old result that is not there any more is named, and the rest of its video is left aside."""
    done.rt("redo", "v1", "v2")
    next(iter(done.root.glob("Results/.aside/*/d1/v1.txt"))).unlink()
    ran = done.rt("undo")
    assert ran.code == 0
    assert "v1.txt is not there any more." in ran.out
    assert done.counts() == {"finished": 2, "unprocessed": 1}


@pytest.mark.parametrize("back", [0, 1, 2, 3])
def test_killed_undo(done: Lab, monkeypatch: pytest.MonkeyPatch, back: int) -> None:
    """An undo that was killed is finished by the next scan; no task starts with half of its results."""
    before = content(done)
    done.rt("redo", "v1", "v2")
    count = iter(range(1000))

    def put(*words: Any) -> None:
        if next(count) == back:
            raise Killed
        real(*words)

    real, project = aside.put, load_project(done.root)
    plan = plan_undo(project, choose_redo(project, None))
    monkeypatch.setattr(aside, "put", put)
    with pytest.raises(Killed):
        undo(project, plan)
    assert notes(done, "undoing")
    assert load_held(done.workspace / "batches/redo") == {"d1/v1.avi", "d1/v2.avi"}
    assert done.counts() == {"finished": 3}
    assert content(done) == before
    assert not notes(done, "undoing")


def test_a_note_that_cannot_be_read(done: Lab) -> None:
    """A standing note that somebody spoilt is named in each scan, and stops nothing."""
    redo_folder = done.workspace / "batches/redo"
    redo_folder.mkdir()
    (redo_folder / "0001.20260101_120000.77.copy.moving").write_text("{")
    ran = done.scan()
    assert (ran.code, ran.err) == (0, "")
    assert "batches/redo/0001.20260101_120000.77.copy: this note cannot be read: move the files" in ran.out
    assert done.rt("redo", "v1").code == 0
    assert done.counts() == {"finished": 2, "unprocessed": 1}


def test_a_redo_of_one_step_says_nothing_of_another(lab: Lab) -> None:
    """Names of units are alike in all steps: a redo forgives those of its own step alone."""
    lab.tracker({**COPY, "name": "again", "output": {"copy": "Results/{subdir}/{name}.2"}})
    lab.videos(1)
    assert lab.rt("run").code == 0
    assert lab.rt("redo", "d1", "--stage", "again").code == 0
    (lab.workspace / "batches/proven.copy").unlink()
    assert "made elsewhere" not in lab.scan("copy").out
    assert lab.counts("copy") == {"finished": 1}
    assert lab.counts("again") == {"unprocessed": 1}


@pytest.mark.parametrize(
    ("path", "aside_path"),
    [
        ("Results/d1/v.txt", "Results/.aside/NOW/d1/v.txt"),
        ("Results/v.txt", "Results/.aside/NOW/v.txt"),
        ("v.txt", ".aside/NOW/v.txt"),
    ],
)
def test_place_aside(tmp_path: Path, path: str, aside_path: str) -> None:
    """Old results go to .aside in the topmost folder on their disk."""
    (tmp_path / "Results/d1").mkdir(parents=True)
    assert find_aside(tmp_path, path, "NOW") == aside_path


def test_a_result_in_another_result(lab: Lab) -> None:
    """A file in a folder that is a result, too, goes and comes with the folder."""
    lab.tracker(
        output={"table": "Results/{subdir}/{name}/t.csv", "all": "Results/{subdir}/{name}/"},
        command="mkdir -p {{ output.all }}; echo 1 > {{ output.table }}; echo 2 > {{ output.all }}/x",
        work="in-place",
    )
    lab.videos(1)
    lab.go()
    assert lab.counts() == {"finished": 1}
    assert lab.rt("redo", "v1").code == 0
    assert lab.counts() == {"unprocessed": 1}
    assert lab.rt("undo").code == 0
    assert lab.counts() == {"finished": 1}
    assert lab.results() == ["d1/v1/t.csv", "d1/v1/x"]


def test_the_plan_counts(done: Lab) -> None:
    """The number of a redo is one above all others, in whichever folder they are."""
    assert redo_module.measure(done.root / "RawVideos") == (3, sum(len(f"video {n}") for n in (1, 2, 3)))
    numbers = [json.loads(done.rt("redo", f"v{n}", "--json").out)["redo"] for n in (1, 2)]
    assert numbers == [1, 2]
