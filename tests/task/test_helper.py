"""Several tasks in one process share a helper, which says what files hold, makes folders and removes files."""

from __future__ import annotations

import re
import signal

import pytest
from lab import Lab, kill, own_package, wait_for

from .programs import left_in

PAIR = {
    "output": {"copy": "Results/{subdir}/{name}.txt", "other": "Results/{subdir}/{name}.dat"},
    "command": "cp {{ input.video }} {{ output.copy }}; cp {{ input.video }} {{ output.other }}",
}
CONTENT = re.compile(r"^# content \S+ (.*)", re.MULTILINE)


def run_tasks(lab: Lab, *tasks: int) -> int:
    """Run tasks of the first batch in one process; returns its exit code."""
    return lab.run("bash", str(lab.batch(1) / "run_task.sh"), "1", *map(str, tasks)).code


def noted(lab: Lab, task: int) -> list[list[str]]:
    """Return what a task noted of each file, but not times, inodes and names."""
    lines = [line.split(" ", 8) for line in CONTENT.findall(lab.log(1, task))]
    return [[role, size, sha, sample, rows] for role, size, _, _, _, sha, sample, rows, _ in lines]


@pytest.mark.parametrize(
    "name", ["Results/{subdir}/{name}.csv", "Results/{subdir}/{name} $(x) \\ ü.txt", "Results/{name}_out/"]
)
@pytest.mark.parametrize("size", [0, 3, 2_000_000])
def test_notes_the_same_as_a_task_alone(lab: Lab, name: str, size: int) -> None:
    """What a task notes of its files does not depend on whether it ran alone or among others."""
    made = "{{ output.copy }}" + ("/rows.csv" if name.endswith("/") else "")
    make = "mkdir -p {{ output.copy }}; " if name.endswith("/") else ""
    command = f"{make}printf 'a\\nb\\n' > {made}; head -c {size} {{{{ input.video }}}} >> {made}"
    lab.tracker(output={"copy": name}, command=command)
    lab.videos(5)
    for number in range(1, 6):
        lab.video(f"d1/v{number}.avi", "x" * size + "\n", age=3600)
    lab.scan()
    assert [run_tasks(lab, 1), run_tasks(lab, 2, 3, 4, 5)] == [0, 0]
    alone = noted(lab, 1)
    assert {entry[0] for entry in alone} == {"in", "out"}
    assert [noted(lab, task) for task in (2, 3, 4, 5)] == [alone] * 4


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_tasks_go_on_without_it(lab: Lab, number: signal.Signals) -> None:
    """Where the helper dies, the tasks after that start programs: all of them end, and note what their files hold."""
    wait = "touch {{ project }}/at; until [ -e {{ project }}/go ]; do sleep 0.01; done"
    lab.tracker(command=f"{wait}; cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.videos(5)
    lab.scan()
    running = lab.start("bash", str(lab.batch(1) / "run_task.sh"), "1", "1", "2", "3", "4", "5")
    [helper] = wait_for(lambda: lab.living("content/answer.py"), "the helper")
    wait_for((lab.root / "at").exists, "the first command")
    kill(helper, number)
    (lab.root / "go").touch()
    assert running.wait(60) == 0
    assert [[entry[0] for entry in noted(lab, task)] for task in range(1, 6)] == [["in", "out"]] * 5


@pytest.mark.parametrize("end", ["", "kill -KILL $$; "])
def test_does_not_outlive_its_process(lab: Lab, end: str) -> None:
    """The helper ends with its process, also where that is killed and a program of a tracker goes on."""
    lab.tracker(
        command=f"(sleep 300 & echo $! >> {{{{ project }}}}/left); {end}cp {{{{ input.video }}}} {{{{ output.copy }}}}"
    )
    lab.videos(5)
    lab.scan()
    run_tasks(lab, 1, 2, 3, 4, 5)
    wait_for(lambda: not lab.living("content/answer.py"), "the helper's end")
    for pid in (lab.root / "left").read_text().split():
        kill(int(pid), signal.SIGKILL)


@pytest.mark.parametrize("moment", ["read -r -N 8", 'read -r -N "$((10#$length))"'], ids=["before", "in"])
def test_a_killed_task_does_not_mislead_the_next(lab: Lab, moment: str) -> None:
    """A task that is killed before or in its answer leaves nothing that the next task takes for its own."""
    lab.tracker(command="cp {{ input.video }} {{ output.copy }}")
    lab.videos(5)
    lab.scan()
    script = lab.batch(1) / "run_task.sh"
    kill_it = '{ [[ $n != 2 || " $* " != *[[:space:]]note[[:space:]]* ]] || kill -KILL "$BASHPID"; } && '
    assert script.read_text().count(moment) == 1
    script.write_text(script.read_text().replace(moment, kill_it + moment))
    assert run_tasks(lab, 1, 2, 3, 4, 5) == 137
    assert [len(noted(lab, task)) for task in (1, 3, 4, 5)] == [2] * 4
    for task in (1, 3, 4, 5):
        assert f"RawVideos/d1/v{task}.avi" in lab.log(1, task).split("# content")[1]


def break_move(lab: Lab, ending: str, before: str = "", behind: str = "") -> None:
    """Let the helper do something else before or behind the rename of the second video's result with an ending."""
    script = own_package(lab.root) / "content" / "answer.py"
    rename = "    os.rename(place, target)\n"
    assert script.read_text().count(rename) == 1
    lines = [f"    if 'v2{ending}' in place: {line}\n" if line else "" for line in (before, behind)]
    script.write_text(script.read_text().replace(rename, lines[0] + rename + lines[1]))


@pytest.fixture(params=["one .txt", "two .txt", "two .dat", "folder .txt"])
def listed(lab: Lab, request: pytest.FixtureRequest) -> tuple[Lab, str]:
    """Five videos with one result each, with two, or with a folder, and one of them; the second has an old one."""
    kind, result = request.param.split()
    if kind == "two":
        lab.tracker(**PAIR)
    if kind == "folder":
        command = "mkdir -p {{ output.copy }}; cp {{ input.video }} {{ output.copy }}/a"
        lab.tracker(output={"copy": "Results/{subdir}/{name}.txt/"}, command=command)
    lab.videos(5)
    lab.result("d1").mkdir(parents=True)
    if kind != "folder":
        lab.result("d1/v2.txt").touch()
    lab.scan()
    return lab, result


@pytest.mark.parametrize("before", ["os.kill(os.getpid(), 9)", "raise OSError"])
@pytest.mark.drawn(3)
def test_moves_what_the_helper_did_not(listed: tuple[Lab, str], before: str) -> None:
    """Where the helper cannot rename a result, or dies before, the task does it, and what follows."""
    lab, result = listed
    break_move(lab, result, before=before)
    assert run_tasks(lab, 1, 2, 3, 4, 5) == 0
    assert [len(noted(lab, task)) for task in range(1, 6)] == [len(noted(lab, 1))] * 5
    assert lab.counts() == {"finished": 5}
    assert left_in(lab.root) == []


def test_what_a_dead_helper_moved_is_moved(listed: tuple[Lab, str]) -> None:
    """Where the helper dies behind the rename of a result, the task finishes what it began."""
    lab, result = listed
    break_move(lab, result, behind="os.kill(os.getpid(), 9)")
    assert run_tasks(lab, 1, 2, 3, 4, 5) == 0
    assert lab.counts() == {"finished": 5}
    assert left_in(lab.root) == []


@pytest.mark.parametrize("when", ["before", "behind"])
@pytest.mark.drawn(2)
def test_killed_with_its_helper(listed: tuple[Lab, str], when: str) -> None:
    """A task killed with its helper before or behind a rename leaves nothing that is believed; it is done again."""
    lab, result = listed
    break_move(lab, result, **{when: "os.killpg(0, 9)"})
    running = lab.start("bash", str(lab.batch(1) / "run_task.sh"), "1", "1", "2", "3", "4", "5")
    assert running.wait(60) == -9
    ended = sum("result=finished" in lab.log(1, task) for task in range(1, 6))
    assert lab.counts() == {"unprocessed": 4 - ended, "incomplete": 1, **({"finished": ended} if ended else {})}
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 5}
    assert left_in(lab.root) == []
