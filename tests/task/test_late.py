"""A task that took long looks once more before it publishes; in a kept folder one task works at a time."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, wait_for

from .programs import put_before

WAITS = (
    "cp {{ input.video }} {{ project }}/read.$$; touch {{ project }}/begun.{{ wildcards.name }};"
    " until [ -e {{ project }}/go ]; do sleep 0.05; done;"
    " mkdir -p {{ parent.copy }}; cat {{ project }}/read.$$ > {{ output.copy }}; echo $$ >> {{ output.copy }}"
)
ELSEWHERE = "echo nodeA >/proc/sys/kernel/hostname; exec bash run_task.sh 1 1"


def start_elsewhere(lab: Lab) -> subprocess.Popen[bytes]:
    """Start the first task of the first batch as on another machine, until its command has read the video."""
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode:
        pytest.skip("a second host name is not permitted here")
    process = lab.start("unshare", "--uts", "bash", "-c", ELSEWHERE)
    wait_for((lab.root / "begun.v1").exists, "the command has read the video")
    return process


def end_of(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a task that may go on now."""
    process.communicate(timeout=20)
    return process.returncode


@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize("mode", ["fresh", "in-place"])
def test_late_beside_a_younger_batch(lab: Lab, mode: str, replaced: bool) -> None:
    """What a younger batch made meanwhile is not written over, and an old result never counts for the new video."""
    lab.tracker(command=WAITS, work=mode)
    lab.videos(1)
    lab.scan()
    late = start_elsewhere(lab)
    if replaced:
        lab.video("d1/v1.avi", "another video", age=9)
    lab.scan()
    assert lab.batches() == ["0001", "0002"]
    lab.tracker(work=mode)
    lab.scan()
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1}
    made = lab.result("d1/v1.txt").read_text()
    (lab.root / "go").touch()
    assert end_of(late) in (66, 75)
    assert "result=cancelled" in lab.log(1, 1)
    if mode == "in-place":
        assert lab.counts() == {"incomplete": 1}
        assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text() == made
    assert lab.counts() == {"finished": 1}
    assert [*(lab.root / "Results").glob(".work/publish.*")] == []


def test_late_in_a_kept_folder(lab: Lab) -> None:
    """A task in whose kept folder a late task works is not begun; what that made of an old video is not kept."""
    lab.tracker(command=WAITS, work="resume")
    lab.videos(1)
    lab.scan()
    late = start_elsewhere(lab)
    lab.video("d1/v1.avi", "another video", age=9)
    lab.scan()
    assert lab.process().code == 1
    assert "cause=being-made" in lab.log(2, 1)
    (lab.root / "go").touch()
    assert end_of(late) == 66
    assert lab.results() == []
    assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text().startswith("another video")


@pytest.mark.parametrize(
    ("change", "code", "cause"),
    [
        ("echo more >> {{ input.video }}", 66, "input-changed"),
        ("touch -d @1600000000 {{ input.video }}", 66, "input-changed"),
        ("rm {{ input.video }}", 66, "input-changed"),
        ("mv {{ input.video }} {{ input.video }}.old; cp {{ input.video }}.old {{ input.video }}", 66, "input-changed"),
        ("echo given up > {{ project }}/workspace/batches/0001/gone", 75, "cancelled"),
    ],
)
def test_changed_meanwhile(lab: Lab, change: str, code: int, cause: str) -> None:
    """A quick task, too, publishes nothing where its input or its batch is not what it was at the start."""
    lab.tracker(command="cp {{ input.video }} {{ output.copy }}; " + change)
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == code, lab.log(1, 1)
    assert f"result=cancelled cause={cause} " in lab.log(1, 1)
    assert lab.results() == []
    assert not [*(lab.root / "Results/.work").iterdir()]


def test_one_of_many_inputs_changed(lab: Lab) -> None:
    """A day of which a video changed meanwhile is not published."""
    command = "cat {{ input.video }} > {{ output.copy }}; echo more >> {{ project }}/RawVideos/d1/b.avi"
    day: dict[str, Any] = {"input": {"video": "RawVideos/{day}/{name}.avi"}, "output": {"copy": "Results/{day}/all"}}
    lab.tracker(per=["day"], command=command, **day)
    for name in "ab":
        lab.video(f"d1/{name}.avi")
    lab.scan()
    assert lab.task(1, 1).code == 66
    assert lab.results() == []


def test_a_given_up_batch_by_hand(lab: Lab) -> None:
    """A batch that was given up before may still be run by hand."""
    lab.videos(1)
    lab.scan()
    (lab.batch(1) / "gone").write_text("given up\n")
    assert lab.task(1, 1).code == 0, lab.log(1, 1)


def test_an_older_batch_by_hand(lab: Lab) -> None:
    """A task of an older batch runs although a younger batch has done, or failed with, the same before."""
    lab.videos(1)
    lab.scan()
    lab.video("d1/v2.avi", "video 2")
    lab.scan()
    assert lab.process().code == 0
    lab.result("d1/v1.txt").unlink()
    assert lab.task(1, 1).code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() == "video 1"


def test_one_that_failed_took_nothing_over(lab: Lab) -> None:
    """A younger batch's task that failed meanwhile keeps nobody from publishing."""
    lab.tracker(command=WAITS)
    lab.videos(1)
    lab.scan()
    late = start_elsewhere(lab)
    lab.tracker(command="exit 3", output={"copy": "MaskedVideos/{subdir}/{name}.txt"})
    (lab.batch(1) / "gone").touch()
    lab.scan()
    assert lab.process().code == 1
    (lab.batch(1) / "gone").unlink()
    (lab.root / "go").touch()
    assert end_of(late) == 0, lab.log(1, 1)


@pytest.mark.parametrize("locks", ["there", "none here", "no program"])
def test_a_kept_folder_is_for_one(lab: Lab, locks: str) -> None:
    """Two lists of the same video never work in its kept folder at once, also where the storage knows no locks."""
    text = {"there": 'exec "$real" "$@"', "none here": "echo flock: 99: Function not implemented >&2; exit 71"}
    path = put_before(lab, "flock", text.get(locks, "exit 127"))
    lab.tracker(
        command=f"echo begin >> {{{{ project }}}}/trace; {WAITS}; echo end >> {{{{ project }}}}/trace", work="resume"
    )
    lab.videos(1)
    lab.scan()
    lab.video("d1/v2.avi", "video 2")
    lab.scan()
    assert lab.batches() == ["0001", "0002"]
    environment = lab.environment(PATH=path)
    first = subprocess.Popen(
        ["bash", "run_task.sh", "2", "1"], cwd=lab.workspace, env=environment, start_new_session=True
    )
    lab.started.append(first)
    wait_for((lab.root / "begun.v1").exists, "the first works")
    second = lab.task(1, 1, PATH=path)
    assert second.code == 75
    said = rf"cause=being-made why=process {first.pid} on \S+ is at work in Results/.work/v1.avi-\w+"
    assert re.search(said + (r"\n" if locks == "there" else r" \(if it is not, remove \S+\.owner\)\n"), lab.log(1, 1))
    (lab.root / "go").touch()
    assert end_of(first) == 0, lab.log(2, 1)
    assert (lab.root / "trace").read_text() == "begin\nend\n"
    assert [*(lab.root / "Results/.work").iterdir()] == []


@pytest.mark.parametrize("locks", ["there", "none here"])
def test_a_kept_folder_of_the_dead(lab: Lab, locks: str) -> None:
    """A task that was killed with all its programs keeps nobody from its folder."""
    path = put_before(lab, "flock", 'exec "$real" "$@"' if locks == "there" else "exit 71")
    lab.tracker(command="[ -e {{ output.copy }} ] || { echo half > {{ output.copy }}; kill -KILL 0; }", work="resume")
    lab.videos(1)
    lab.scan()
    killer = put_before(lab, "stat", 'case $* in *"%d size"*) kill -KILL $PPID;; esac; exec "$real" "$@"')
    assert path == killer
    assert lab.task(1, 1, PATH=path).code != 0
    (lab.home / "before" / "stat").unlink()
    assert lab.task(1, 1, PATH=path).code == 0, lab.log(1, 1)
    assert Path(lab.result("d1/v1.txt")).read_text() == "half\n"
    assert [*(lab.root / "Results/.work").iterdir()] == []
