"""How results come to their place: whole, all of a set or none that is believed, whatever ends the task meanwhile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lab import Lab
from rewinding import rewound

from .programs import KILL, left_in, put_before

PAIR: dict[str, Any] = {
    "output": {"info": "Results/{subdir}/{name}.json", "copy": "Results/{subdir}/{name}.txt"},
    "check": [{"json": "info", "key": "finished", "equals": True}],
    "command": 'cp {{ input.video }} {{ output.copy }}; echo \'{"finished": true, "new": 1}\' > {{ output.info }}',
}
BIG = {"command": "head -c 3000000 /dev/zero > {{ output.copy }}"}


def put_elsewhere(lab: Lab, disk: Path) -> None:
    """Let a day of results be a link to another disk."""
    (lab.root / "Results").mkdir(exist_ok=True)
    lab.result("d1").symlink_to(disk)


@rewound
def pair(lab: Lab) -> None:
    """A project with an older pair of results, made elsewhere; the first of them is bad, so that both are listed."""
    lab.tracker(**PAIR)
    lab.videos(1)
    lab.result("d1").mkdir(parents=True)
    lab.result("d1/v1.json").write_text('{"finished": false}')
    lab.result("d1/v1.txt").write_text("old")
    lab.scan()
    assert lab.counts() == {"incomplete": 1}


def assert_new(lab: Lab) -> None:
    """Check that both results are the new ones, and that nothing is left of any attempt."""
    assert lab.counts() == {"finished": 1}
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    assert '"new": 1' in lab.result("d1/v1.json").read_text()
    assert left_in(lab.root) == []


def test_a_day_on_a_full_disk(lab: Lab, other_disk: Path) -> None:
    """A result for which there is no room on the disk of its day is not there, and its task failed."""
    put_elsewhere(lab, other_disk)
    lab.tracker(**BIG)
    lab.videos(1)
    assert lab.go().code == 1
    assert "exit=74" in lab.log(1, 1).splitlines()[-1]
    assert re.search("No space left on device|kein Speicherplatz", lab.log(1, 1))  # in the user's language
    assert [*other_disk.rglob("*.txt")] == []
    assert [path for path in other_disk.rglob("*") if path.is_file()] == []
    assert lab.counts() == {"incomplete": 1}
    lab.tracker()
    assert lab.go().code == 0, lab.log(2, 1)
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    assert [*other_disk.iterdir()] == [other_disk / "v1.txt"]


def test_an_old_result_on_a_full_disk(lab: Lab, other_disk: Path) -> None:
    """An older result stands where the new result finds no room."""
    put_elsewhere(lab, other_disk)
    lab.videos(1)
    assert lab.go().code == 0
    lab.tracker(**BIG)
    lab.video("d1/v1.avi", "another", age=5)
    assert lab.go().code == 1
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    assert lab.counts() == {"incomplete": 1}


@pytest.mark.parametrize("folder", [False, True])
def test_killed_while_it_copies(lab: Lab, other_disk: Path, folder: bool) -> None:
    """Half a copy on another disk is no result; the next attempt removes it, and publishes the result whole."""
    put_elsewhere(lab, other_disk)
    if folder:
        made = {"folder": "Results/{subdir}/{name}.trk/"}
        lab.tracker(output=made, command="mkdir -p {{ output.folder }}; cp {{ input.video }} {{ output.folder }}/a")
    lab.videos(1)
    lab.scan()
    half = 'mkdir -p "${@: -1}"; echo half >"${@: -1}/a"' if folder else 'echo half >"${@: -1}"'
    path = put_before(lab, "cp", f'if [[ $1 != -a ]]; then exec "$real" "$@"; fi; {half}; {KILL}')
    assert lab.task(1, 1, PATH=path).code == -9
    assert [path.name for path in other_disk.iterdir()] == [".work"]
    assert lab.counts() == {"incomplete": 1}
    assert lab.go().code == 0, lab.log(2, 1)
    result = lab.result("d1/v1.trk/a" if folder else "d1/v1.txt")
    assert result.read_text() == "video 1"
    assert len([*other_disk.iterdir()]) == 1
    assert lab.counts() == {"finished": 1}


def test_another_task_removes_the_folder_of_copies(lab: Lab, other_disk: Path) -> None:
    """A task finishes though another has just removed, as empty, the folder above its own on another disk."""
    put_elsewhere(lab, other_disk)
    lab.videos(1)
    lab.scan()
    once = other_disk.with_name("once")
    removed = f'if [[ "$*" == */d1/.work/* && ! -e {once} ]]; then touch {once}; echo "mkdir: gone" >&2; exit 1; fi'
    assert lab.task(1, 1, PATH=put_before(lab, "mkdir", f'{removed}; exec "$real" "$@"')).code == 0, lab.log(1, 1)
    assert once.exists()
    assert lab.counts() == {"finished": 1}
    assert [path.name for path in other_disk.iterdir()] == ["v1.txt"]


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("text", [KILL, '"$real" "$@"; ' + KILL, 'head -c 9 "${@: -2:1}" >"${@: -1}"; ' + KILL])
def test_a_set_that_was_cut_off(pair: Lab, call: int, text: str) -> None:
    """A task killed before, in or behind any rename of a pair leaves nothing that is believed; it is done again."""
    assert pair.task(1, 1, PATH=put_before(pair, "mv", text, call)).code == -9
    assert pair.counts() == {"incomplete": 1}
    assert "0 of 1 video has whole results" in pair.rt("verify").out
    assert pair.go().code == 0, pair.log(2, 1)
    assert "finished already" not in pair.log(2, 1)
    assert_new(pair)


@pytest.fixture
def single(lab: Lab) -> Lab:
    """A project with an older result, made elsewhere, that is empty, so that its video is listed."""
    lab.videos(1)
    lab.result("d1").mkdir(parents=True)
    lab.result("d1/v1.txt").touch()
    lab.scan()
    return lab


def cut_off(lab: Lab, program: str, text: str) -> None:
    """Kill the only task of the newest batch where it starts a program, and see that nothing is believed."""
    path = put_before(lab, program, text)
    assert lab.task(int(lab.batches()[-1]), 1, PATH=path).code == -9
    (lab.home / "before" / program).unlink()
    assert lab.counts() == {"incomplete": 1}
    assert lab.rt("clean", "attempts", "--yes").code == 0
    assert lab.counts() == {"incomplete": 1}


@pytest.mark.parametrize("text", [KILL, '"$real" "$@"; ' + KILL])
@pytest.mark.parametrize("program", ["rmdir", "mv"])
def test_a_single_file_that_was_cut_off(single: Lab, program: str, text: str) -> None:
    """A task killed before or behind any step of moving its only file leaves nothing that is believed."""
    cut_off(single, program, text)
    assert single.go().code == 0, single.log(2, 1)
    assert "finished already" not in single.log(2, 1)
    assert single.result("d1/v1.txt").read_text() == "video 1"
    assert single.counts() == {"finished": 1}
    assert left_in(single.root) == []


def test_a_single_file_that_was_cut_off_twice(single: Lab) -> None:
    """What a killed task left is not believed either where the next attempt was killed before it moved anything."""
    cut_off(single, "mv", '"$real" "$@"; ' + KILL)
    single.scan()
    cut_off(single, "mkdir", KILL)
    assert single.go().code == 0
    assert single.counts() == {"finished": 1}
    assert left_in(single.root) == []


def test_a_single_file_in_the_place_of_a_folder(single: Lab) -> None:
    """A folder that stands where a file belongs is replaced; where that fails it stands there again."""
    single.result("d1/v1.txt").unlink()
    single.result("d1/v1.txt/old").mkdir(parents=True)
    assert single.task(1, 1, PATH=put_before(single, "mv", "exit 1", 3)).code == 74
    assert single.result("d1/v1.txt/old").is_dir()
    assert single.task(1, 1).code == 0, single.log(1, 1)
    assert single.result("d1/v1.txt").read_text() == "video 1"
    assert single.counts() == {"finished": 1}
    assert left_in(single.root) == []


@pytest.mark.parametrize("again", [1, 2])
def test_a_mixed_set_is_not_found_finished(pair: Lab, again: int) -> None:
    """The same task, or a task of an older list, does a mixed set again, whatever its checks say."""
    pair.video("d1/v2.avi", "video 2")
    pair.scan()
    assert pair.task(3 - again, 1, PATH=put_before(pair, "mv", KILL, 2)).code == -9
    assert pair.result("d1/v1.txt").read_text() == "old"
    assert '"new": 1' in pair.result("d1/v1.json").read_text()
    assert pair.task(again, 1).code == 0
    assert "finished already" not in pair.log(again, 1)
    assert pair.result("d1/v1.txt").read_text() == "video 1"
    assert pair.counts() == {"finished": 1, "unprocessed": 1}


def test_a_mixed_set_says_what_it_is(pair: Lab) -> None:
    """Where no failed task tells why a pair is not believed, the scan says that it may be mixed."""
    assert pair.task(1, 1, PATH=put_before(pair, "mv", KILL, 2)).code == -9
    pair.batch(1).joinpath("output.1").unlink()
    assert "old and new may be mixed" in pair.rt("why", "v1.avi").out
    assert pair.counts() == {"incomplete": 1}


@pytest.mark.parametrize("call", [1, 2])
def test_a_set_that_cannot_be_moved(pair: Lab, call: int) -> None:
    """Where a rename fails, what was moved is taken back: no new result stands beside an old one, and no note."""
    ran = pair.task(1, 1, PATH=put_before(pair, "mv", "echo no >&2; exit 1", call))
    assert ran.code == 74
    assert [*(pair.root / "Results/.work").glob("publish.*")] == []
    assert pair.result("d1/v1.txt").read_text() == "old"
    assert pair.result("d1/v1.json").exists() is (call == 1)
    assert pair.counts() == {"incomplete": 1}
    assert pair.go().code == 0
    assert_new(pair)


def test_a_folder_is_put_back(lab: Lab) -> None:
    """A folder that was moved aside for a result that cannot be moved stands there again."""
    command = "mkdir -p {{ output.folder }}; cp {{ input.video }} {{ output.folder }}/$(cat {{ input.video }})"
    lab.tracker(output={"folder": "Results/{subdir}/{name}.trk/"}, command=command)
    lab.video("d1/v.avi", "first")
    assert lab.go().code == 0
    lab.video("d1/v.avi", "second", age=5)
    lab.scan()
    assert lab.task(2, 1, PATH=put_before(lab, "mv", "exit 1", 2)).code == 74
    assert lab.results() == ["d1/v.trk/first"]


def test_a_note_that_is_broken_off_says_nothing(pair: Lab) -> None:
    """A note that was killed in its first line was written before anything was moved."""
    assert pair.go().code == 0
    note = pair.root / "Results/.work/publish.v1-0123456789"
    note.parent.mkdir(exist_ok=True)
    for text in ("", "stage=cop", "stage=copy token=0-1 unit=d1/v1.avi"):
        note.write_text(text)
        (pair.workspace / "batches/proven.copy").unlink(missing_ok=True)
        assert pair.counts() == {"finished": 1}, text
