"""Taking results along to new names: nothing is lost by a kill, nothing is overwritten."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from lab import Lab
from remote_tracker.batches import finish_taking, take_along
from remote_tracker.batches.finish_taking import rename
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.take_along import find_moves
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import State
from remote_tracker.run import moved as moved_verb
from remote_tracker.run.moved import moved
from remote_tracker.run.redo import Talk
from remote_tracker.scan import Tree
from remote_tracker.survey import survey_stage
from scan.trees import make_stage, put

HOSTILE = ["it's $(touch x).avi", "-n.avi", "*.avi", "[ab]?.avi", "é ü.avi", 'a "b" \\n.avi', "v1,x=2.avi"]
STEPS = ("rename", "replace", "link", "unlink", "mkdir", "rmdir")


def finish(lab: Lab, *names: str, **keys: Any) -> None:
    """Make a project whose videos are finished: each holds its own name."""
    lab.tracker(**keys)
    for name in names:
        lab.video(name, f"this is {name}")
    assert lab.go().code == 0


def counts(root: Path) -> dict[str, int]:
    """Return what a scan in this process counts, without zeros."""
    project = load_project(root)
    found = survey_stage(project, project.tracker.stages[0]).counts
    return {state.value: n for state, n in found.items() if n}


def take(root: Path, said: list[str] | None = None) -> int:
    """Take along, without a question."""
    return moved(load_project(root), Talk([].append if said is None else said.append, None, False))


def name_anew(root: Path, old: str, new: str) -> None:
    """Give a video another name."""
    place = root / "RawVideos" / new
    place.parent.mkdir(parents=True, exist_ok=True)
    (root / "RawVideos" / old).rename(place)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(lab: Lab, name: str) -> None:
    """Results follow their video from and to any name, and no other file is touched."""
    finish(lab, "d1/a.avi", "d1/b.avi")
    name_anew(lab.root, "d1/a.avi", f"d 2/{name}")
    assert take(lab.root) == 0
    assert lab.results() == sorted([f"d 2/{name[:-4]}.txt", "d1/b.txt"])
    assert counts(lab.root) == {"finished": 2}
    name_anew(lab.root, f"d 2/{name}", "d1/back.avi")
    assert take(lab.root) == 0
    assert lab.results() == ["d1/b.txt", "d1/back.txt"]
    assert counts(lab.root) == {"finished": 2}


def test_folders_and_globs(lab: Lab) -> None:
    """A folder moves whole, and each file of a glob with what the glob matched."""
    finish(
        lab,
        "d1/a.avi",
        output={
            "folder": "Results/{subdir}/{name}_out/",
            "parts": "Results/{subdir}/part*_{name}_?.csv",
        },
        command=(
            "mkdir -p {{ output.folder }}/deep && date > {{ output.folder }}/deep/x"
            " && for i in 1 2; do date > {{ parent.parts }}/part${i}0_{{ wildcards.name }}_$i.csv; done"
        ),
    )
    name_anew(lab.root, "d1/a.avi", "d2/b.avi")
    assert take(lab.root) == 0
    assert lab.results() == ["d2/b_out/deep/x", "d2/part10_b_1.csv", "d2/part20_b_2.csv"]
    assert counts(lab.root) == {"finished": 1}
    assert "changed since" not in lab.rt("status").out


def copy_of(lab: Lab, target: Path) -> Path:
    """Copy all of a project but its package."""
    shutil.copytree(lab.root, target, symlinks=True, ignore=shutil.ignore_patterns("remote_tracker"))
    return target


def die_at(step: int, do: Callable[[], object]) -> bool:
    """Do something in a process that is killed before it changes the disk for the ``step``-th time; was it killed?"""
    if (child := os.fork()) == 0:
        left = [step]

        def killing(function: Callable[..., Any]) -> Callable[..., Any]:
            def called(*words: Any, **keys: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*words, **keys)

            return called

        for name in STEPS:
            setattr(os, name, killing(getattr(os, name)))
        try:
            do()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("then", ["moved", "scan"])
def test_killed_at_each_step(lab: Lab, tmp_path: Path, then: str) -> None:
    """After a kill at any moment the next command goes on: each result lies whole at one place, and is finished."""
    finish(
        lab,
        "d1/a.avi",
        "d1/b.avi",
        output={"folder": "Results/{subdir}/{name}_out/", "copy": "Results/{subdir}/{name}.txt"},
        command=(
            "mkdir -p {{ output.folder }} && cp {{ input.video }} {{ output.folder }}/x"
            " && cp {{ input.video }} {{ output.copy }}"
        ),
    )
    for name in "ab":
        name_anew(lab.root, f"d1/{name}.avi", f"d2/{name}.avi")
    step, killed = 0, True
    while killed:
        step += 1
        root = copy_of(lab, tmp_path / str(step))
        killed = die_at(step, lambda root=root: take(root))  # type: ignore[misc]
        there = Lab(root, lab.home)
        held = sorted(path.read_text() for path in (root / "Results").rglob("*") if path.is_file())
        assert set(held) == {"this is d1/a.avi", "this is d1/b.avi"}, step  # one may have two names for a moment
        assert len(held) in (4, 5), step
        project = load_project(root)
        if then == "scan":
            found = prepare(project, [*project.tracker.stages]).survey.counts
            assert not found[State.UNPROCESSED] + found[State.INCOMPLETE] + found[State.GONE], step
        assert take(root) == 0
        assert counts(root) == {"finished": 2}, step
        assert there.results() == ["d2/a.txt", "d2/a_out/x", "d2/b.txt", "d2/b_out/x"]
        assert not list(root.glob("workspace/batches/redo/*.moving"))
        shutil.rmtree(root)
    assert step > 10


def test_never_over_what_stands_there(lab: Lab) -> None:
    """Where the place of a result is taken, the video's other results stay where they are, and the file is named."""
    outputs = {"a": "Results/{subdir}/{name}.a", "b": "Results/{subdir}/{name}.b"}
    finish(lab, "d1/a.avi", output=outputs, command="date > {{ output.a }}; date > {{ output.b }}")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    lab.result("d1/c.b").symlink_to("nowhere")  # a scan sees no result there
    said: list[str] = []
    assert take(lab.root, said) == 1
    assert "another file stands there" in "\n".join(said)
    assert lab.results() == ["d1/a.a", "d1/a.b"]
    assert counts(lab.root) == {"moved": 1}
    lab.result("d1/c.b").unlink()
    assert take(lab.root) == 0
    assert lab.results() == ["d1/c.a", "d1/c.b"]


def test_checks_that_hold_the_place(lab: Lab) -> None:
    """Results that turn out bad at their new place go back to the old one."""
    finish(
        lab,
        "d1/a.avi",
        output={"link": "Results/{subdir}/{name}.link", "to": "Results/{subdir}/{name}.txt"},
        command="cp {{ input.video }} {{ output.to }}; ln -s {{ wildcards.name }}.txt {{ output.link }}",
    )
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    said: list[str] = []
    assert take(lab.root, said) == 1
    assert "scan --as-new" in "\n".join(said)
    assert sorted(os.listdir(lab.root / "Results/d1")) == [".work", "a.link", "a.txt"] or lab.results()
    assert counts(lab.root) == {"moved": 1}


@pytest.mark.parametrize(
    ("outputs", "paths", "moved_to"),
    [
        ({"a": "Results/{subdir}/{name}.txt"}, ["Results/d/v.txt"], ["Results/e/w.txt"]),
        ({"a": "Results/{subdir}/x_*_{name}.t"}, ["Results/d/x_1_2_v.t"], ["Results/e/x_1_2_w.t"]),
        ({"a": "Results/{subdir}/{name}*"}, ["Results/d/v", "Results/d/v.v"], ["Results/e/w", "Results/e/w.v"]),
        (
            {"a": "Results/{subdir}/{name}_out/", "b": "Results/{subdir}/{name}_out/{name}.t"},
            ["Results/d/v_out", "Results/e/w_out/v.t"],  # the folder first, then what lies in it
            ["Results/e/w_out", "Results/e/w_out/w.t"],
        ),
    ],
)
def test_new_names(tmp_path: Path, outputs: dict[str, str], paths: list[str], moved_to: list[str]) -> None:
    """A result's new name has the new values where the old name has the old ones."""
    put(tmp_path, *(f"{paths[0]}/v.t", f"{paths[0]}/x") if len(outputs) > 1 else paths)
    stage = make_stage(outputs=outputs)
    moves = [*find_moves(tmp_path, stage, "d/v.avi", "e/w.avi", Tree(tmp_path))]
    assert [(move.old, move.new) for move in moves] == [*zip(paths, moved_to, strict=True)]
    assert rename(paths[0], moves) == moved_to[0]


def test_a_changed_result_stays_changed(lab: Lab) -> None:
    """A result that a person changed is as changed under its new name."""
    finish(lab, "d1/a.avi")
    lab.result("d1/a.txt").write_text("proofread")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    assert take(lab.root) == 0
    assert "changed since" in lab.rt("status").out


def test_no_is_no(lab: Lab) -> None:
    """Whoever says no has everything as it was; the question comes once."""
    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    asked: list[str] = []
    assert moved(load_project(lab.root), Talk(asked.append, lambda question: False, False)) == 1
    assert asked == ["1 video moved or renamed:", "  d1/a.avi -> d1/c.avi", "Nothing was moved."]
    assert lab.results() == ["d1/a.txt"]
    assert not list(lab.workspace.glob("batches/redo/*"))


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("busy", ["d1/a.avi", "d1/c.avi"])
def test_queued_or_running(lab: Lab, busy: str, late: bool) -> None:
    """Nothing is moved, and no note is left, where a task of the old or the new name is queued or running by now."""
    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    answers = iter([{}] * late + [{busy: State.QUEUED}])
    with (
        patch.object(take_along, "find_flying", lambda *words: next(answers)),
        pytest.raises(RemoteTrackerError, match=f"{busy} is queued or running: .* Nothing was moved."),
    ):
        take(lab.root)
    assert lab.results() == ["d1/a.txt"]
    assert not list(lab.workspace.glob("batches/redo/*"))


def test_a_spoilt_note(lab: Lab) -> None:
    """A note that cannot be read is named, and stops nothing."""
    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    note = lab.workspace / "batches/redo/moved.20260101_000000.1.copy.moving"
    note.parent.mkdir(exist_ok=True)
    note.write_text("{")
    said: list[str] = []
    assert take(lab.root, said) == 1
    assert "workspace/batches/redo/moved.20260101_000000.1.copy.moving" in said[0]
    assert "this note cannot be read" in said[0]
    assert lab.results() == ["d1/c.txt"]
    assert counts(lab.root) == {"finished": 1}


def test_another_file_since(lab: Lab) -> None:
    """A file that came to stand at the place of a result after a kill is not moved, and is named."""
    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    with patch.object(take_along, "finish", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        take(lab.root)
    lab.result("d1/a.txt").unlink()
    lab.result("d1/a.txt").write_text("another")
    said: list[str] = []
    with patch.object(moved_verb, "plan_along", lambda project, stage: finish_taking.Along(stage)):
        assert take(lab.root, said) == 1
    assert "another file stands there now" in said[0]
    assert lab.result("d1/a.txt").read_text() == "another"
    assert counts(lab.root) == {"moved": 1}


def test_full_disk(lab: Lab) -> None:
    """Where the proof cannot be noted, the results wait under their new names, and the next command goes on."""
    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    full = RemoteTrackerError("no space left")
    with patch.object(finish_taking, "note_units", side_effect=full), pytest.raises(RemoteTrackerError, match="space"):
        take(lab.root)
    assert counts(lab.root) == {"not ready": 1}
    with patch.object(finish_taking, "note_units", side_effect=full):
        assert lab.results() == ["d1/c.txt"]
        assert take(lab.root) == 1
        prepare(project := load_project(lab.root), [*project.tracker.stages])
    assert lab.counts() == {"finished": 1}


def test_another_command_moves_results(lab: Lab) -> None:
    """Two at once: the second says so, and moves nothing."""
    import fcntl

    finish(lab, "d1/a.avi")
    name_anew(lab.root, "d1/a.avi", "d1/c.avi")
    redo = lab.workspace / "batches/redo"
    redo.mkdir(exist_ok=True)
    handle = os.open(redo, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(RemoteTrackerError, match="another command is moving"):
            take(lab.root)
    finally:
        os.close(handle)
    assert lab.results() == ["d1/a.txt"]
