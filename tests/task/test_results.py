"""Done means proven: what a task accepts as a result, and what it publishes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, wait_for

JSON: dict[str, Any] = {
    "output": {"info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "finished", "equals": True}],
}


def end_of(lab: Lab, batch: int = 1, task: int = 1) -> str:
    """Return the last line of a log from ``exit=`` on, without the seconds and the token."""
    words = lab.log(batch, task).splitlines()[-1].split(" ")
    return " ".join(word for word in words[3:] if not word.startswith(("seconds=", "token=")))


@pytest.mark.parametrize(
    ("keys", "code", "end"),
    [
        ({"command": "true"}, 65, "exit=65 program=0 result=bad why=v1.txt was not written"),
        ({"command": ": > {{ output.copy }}"}, 65, "exit=65 program=0 result=bad why=v1.txt is empty"),
        ({"command": "exit 7"}, 7, "exit=7 result=failed why="),
        ({"command": "no_such_program"}, 127, "exit=127 result=failed why="),
        ({"command": "cp {{ input.video }} {{ output.copy }}; exit 1"}, 1, "exit=1 result=failed why="),
        (
            {"command": "cp {{ input.video }} {{ output.copy }}; exit 1", "exit_ok": [0, 1]},
            0,
            "exit=0 program=1 result=finished",
        ),
        (
            {"command": "cp {{ input.video }} {{ output.copy }}; exit 99", "exit_ok": "any"},
            0,
            "exit=0 program=99 result=finished",
        ),
        ({"command": "true", "exit_ok": "any"}, 65, "exit=65 program=0 result=bad why=v1.txt was not written"),
        ({**JSON, "command": "echo '{\"finished\": true}' > {{ output.info }}"}, 0, "exit=0 result=finished"),
        ({**JSON, "command": "echo '{\"finished\": fal' > {{ output.info }}"}, 65, "exit=65 program=0 result=bad why="),
        (
            {**JSON, "command": "echo '{\"finished\": false}' > {{ output.info }}"},
            65,
            "exit=65 program=0 result=bad why=",
        ),
    ],
)
def test_what_counts(lab: Lab, keys: dict[str, Any], code: int, end: str) -> None:
    """A task ends with the truth: the result is there, whole and proven, or it is not published."""
    lab.tracker(**keys)
    lab.videos(1)
    lab.scan()
    ran = lab.task(1, 1)
    assert ran.code == code, lab.log(1, 1)
    assert end_of(lab).startswith(end)
    assert bool(lab.results()) is (code == 0)
    assert lab.counts() == ({"finished": 1} if code == 0 else {"incomplete": 1})


def test_missing_input(lab: Lab) -> None:
    """A video that went away between scan and task is exit code 66, and the reason names it."""
    lab.videos(1)
    lab.scan()
    (lab.root / "RawVideos/d1/v1.avi").unlink()
    assert lab.task(1, 1).code == 66
    assert "the input is missing or may not be read" in end_of(lab)


def test_finished_already(lab: Lab) -> None:
    """A task whose result another batch made since says so, exits 0 and starts nothing."""
    lab.tracker(command="echo x >> {{ project }}/runs; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    lab.video("d1/v2.avi")
    lab.scan()
    lab.process()
    assert lab.task(1, 1).code == 0
    assert "finished already, by another batch" in lab.log(1, 1)
    assert (lab.root / "runs").read_text() == "x\nx\n"


def test_bad_old_result_stands_until_the_new_is_whole(lab: Lab) -> None:
    """An old result is replaced by one that is whole, never by nothing and never by half of one."""
    lab.tracker(**JSON, command="cat {{ input.video }} > {{ output.info }}; grep -q true {{ input.video }}")
    lab.video("d1/v.avi", '{"finished": true, "n": 1}')
    assert lab.go().code == 0
    lab.video("d1/v.avi", '{"finished": false}', age=5)
    assert lab.go().code == 1
    assert json.loads(lab.result("d1/v.json").read_text())["n"] == 1
    lab.video("d1/v.avi", '{"finished": true, "n": 2}', age=9)
    assert lab.go().code == 0
    assert json.loads(lab.result("d1/v.json").read_text())["n"] == 2


FOLDER = {"output": {"poses": "Results/{subdir}/{name}_out/"}}
POSES = [{"exists": "poses", "file": "*.h5"}]
MAKE = "mkdir -p {{ output.poses }}; "


@pytest.mark.parametrize(
    ("command", "check", "why"),
    [
        (MAKE + "echo log > {{ output.poses }}/log.txt", POSES, 'a_out/: holds no file "*.h5" that is not empty'),
        (MAKE + ": > {{ output.poses }}/a.h5", POSES, 'a_out/: holds no file "*.h5" that is not empty'),
        (MAKE, [{"exists": "poses"}], "a_out/: is an empty folder"),
        (MAKE + ": > {{ output.poses }}/.hidden", [], "a_out/: is an empty folder"),
        ("echo text > {{ output.poses }}", [], "a_out/: is missing"),
    ],
)
def test_a_folder_is_looked_into_by_its_task(lab: Lab, command: str, check: list[dict[str, str]], why: str) -> None:
    """A task refuses, and never publishes, a folder that a scan would refuse; after three the video is set aside."""
    lab.tracker(**FOLDER, command=command, check=check)
    lab.video("d1/a.avi")
    for number in (1, 2, 3):
        assert lab.counts() == ({"incomplete": 1} if number > 1 else {"unprocessed": 1})
        assert lab.process().code == 1
        assert end_of(lab, number) == f"exit=65 program=0 result=bad why={why}"
        assert lab.results() == []
    assert lab.counts() == {"set aside": 1}


def test_a_folder_that_holds_it_is_finished(lab: Lab) -> None:
    """A folder with the file that is asked for is published and finished."""
    lab.tracker(**FOLDER, command=MAKE + "echo > {{ output.poses }}/a.h5", check=POSES)
    lab.video("d1/a.avi")
    assert lab.go().code == 0
    assert lab.results() == ["d1/a_out/a.h5"]
    assert lab.counts() == {"finished": 1}


TABLES = [
    b"a,b\n1,2\n",
    b"a,b",
    b"a\n\n\n",
    b"\0\n",
    b"n\xc3\xa9\n",
    b"\xe9\n",
    b"a\1b\n",
    b"a\\\x7f\n",
    b"a\r\nb\r\n",
    b"1\n" * 40_000,
]


def test_a_table_of_any_bytes(lab: Lab) -> None:
    """A table's line in its task's log holds the digest and the number of lines of what lies there, to the byte."""
    lab.tracker(output={"copy": "Results/{subdir}/{name}.csv"})
    for number, raw in enumerate(TABLES):
        lab.video(f"d1/v{number}.avi").write_bytes(raw)
        os.utime(lab.root / f"RawVideos/d1/v{number}.avi", (1.7e9, 1.7e9))
    lab.scan()
    for number, raw in enumerate(TABLES):
        assert lab.task(1, number + 1).code == 0, lab.log(1, number + 1)
        noted = re.search(r"^# content \S+ out (\d+) .* (\w{64}) (\w{64}) (\d+) ", lab.log(1, number + 1), re.MULTILINE)
        assert noted, raw
        digest, lines = hashlib.sha256(raw).hexdigest(), len(raw.removesuffix(b"\n").split(b"\n"))
        assert noted.groups() == (str(len(raw)), digest, digest, str(lines)), raw


@pytest.mark.parametrize("age", [-60, 60])
def test_a_list_that_somebody_wrote_into(lab: Lab, age: float) -> None:
    """What runs is the line of the list, also where a person changed it, however its times are."""
    lab.videos(1)
    lab.scan()
    listed = lab.batch(1) / "files2process.txt"
    listed.write_text(listed.read_text().replace("cp ", "head -c 3 ").replace(' "$out"', ' >"$out"'))
    os.utime(listed, (listed.stat().st_mtime + age,) * 2)
    assert lab.task(1, 1).code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() == "vid"


def without_checks(lab: Lab, batch: int) -> None:
    """Make a batch one whose tasks look at nothing, as those are that were listed before checks were added."""
    lab.share(batch, re.sub("^(deep|folder_names)=.*", r"\1=''", lab.shared(batch), flags=re.MULTILINE))


def test_finished_and_bad_again_and_again(lab: Lab) -> None:
    """What three tasks in a row called finished and no scan does is set aside; a redo starts to count anew."""
    lab.tracker(**JSON, command="echo '{\"finished\": false}' > {{ output.info }}")
    lab.videos(1)
    for number in (1, 2, 3):
        assert lab.counts() == ({"incomplete": 1} if number > 1 else {"unprocessed": 1})
        without_checks(lab, number)
        assert lab.process().code == 0
    assert lab.counts() == {"set aside": 1}
    assert "bad result 3 times: v1.json: " in lab.rt("why", "v1.avi").out
    assert lab.rt("redo", "v1.avi").code == 0
    assert lab.counts() == {"unprocessed": 1}


def test_spoilt_by_hand_is_no_failure(lab: Lab) -> None:
    """A result that was whole and that a person spoilt is made again, however often that happens."""
    lab.tracker(**JSON, command="echo '{\"finished\": true}' > {{ output.info }}")
    lab.videos(1)
    for number in (1, 2, 3, 4):
        assert lab.go().code == 0
        assert lab.counts() == {"finished": 1}, number
        wait_for(lambda: spoil(lab), "the clock of the disk goes on")
        assert lab.counts() == {"incomplete": 1}, number


def spoil(lab: Lab) -> bool:
    """Write over the result; returns whether that is seen to be later than the log."""
    logs = max(path.stat().st_mtime_ns for path in lab.workspace.glob("batches/*/output.1"))
    result = lab.result("d1/v1.json")
    result.write_text("{}")
    return result.stat().st_mtime_ns > logs


def test_folder_outputs_are_replaced_whole(lab: Lab) -> None:
    """A folder is published as one: nothing of the old one is left in the new."""
    lab.tracker(
        output={"folder": "Results/{subdir}/{name}.trk/"},
        command="mkdir -p {{ output.folder }}; cp {{ input.video }} {{ output.folder }}/$(cat {{ input.video }})",
    )
    lab.video("d1/v.avi", "first")
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.results() == ["d1/v.trk/first"]
    lab.video("d1/v.avi", "second", age=5)
    assert lab.go().code == 0, lab.log(2, 1)
    assert lab.results() == ["d1/v.trk/second"]
    assert list((lab.root / "Results/.work").iterdir()) == []


@pytest.mark.parametrize("name", ["v", "v [a]", "v*", "it's?", "a b"])
def test_globs(lab: Lab, name: str) -> None:
    """A glob is at least one file; those of a video whose name holds * or [ are its own only."""
    lab.tracker(
        output={"parts": "Results/{subdir}/{name}_part*.txt"},
        command="for i in 1 2; do cp {{ input.video }} {{ parent.parts }}/{{ wildcards.name }}_part$i.txt; done",
    )
    lab.video(f"d1/{name}.avi", "mine")
    lab.result("d1").mkdir()
    lab.result("d1/v a_part9.txt").write_text("not mine")
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.results() == sorted(["d1/v a_part9.txt", f"d1/{name}_part1.txt", f"d1/{name}_part2.txt"])
    assert lab.counts() == {"finished": 1}


def test_glob_without_a_match(lab: Lab) -> None:
    """No file for a glob is a bad result that names the glob."""
    lab.tracker(output={"parts": "Results/{subdir}/{name}_part*.txt"}, command="true")
    lab.videos(1)
    assert lab.go().code == 1
    assert end_of(lab) == "exit=65 program=0 result=bad why=v1_part*.txt was not written"


def test_outputs_on_another_disk(lab: Lab, other_disk: Path) -> None:
    """MaskedVideos may be a link to another disk: both results are published whole and nothing is left behind."""
    lab.tracker(
        output={"copy": "Results/{subdir}/{name}.txt", "masked": "MaskedVideos/{subdir}/{name}.avi"},
        command="cp {{ input.video }} {{ output.copy }}; cp {{ input.video }} {{ output.masked }}",
    )
    (lab.root / "MaskedVideos").rmdir()
    (lab.root / "MaskedVideos").symlink_to(other_disk)
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert (other_disk / "d1/v1.avi").read_text() == "video 1"
    assert [*other_disk.rglob(".*")] == []
    assert [*(lab.root / "Results/.work").iterdir()] == []
    assert lab.counts() == {"finished": 1}


def test_many_inputs(lab: Lab) -> None:
    """A day of more files than a command line holds is marked, processed, and finished."""
    lab.tracker(
        input={"video": "RawVideos/{day}/{name}.avi"},
        per=["day"],
        output={"list": "Results/{day}/list.txt"},
        command="ls {{ project }}/RawVideos/{{ wildcards.day }} > {{ output.list }}",
    )
    for i in range(600):
        lab.video(f"d1/{'n' * 200}{i}.avi")
    lab.scan()
    ran = lab.run("bash", "-c", "ulimit -s 320; exec bash run_task.sh 1 1")
    assert ran.code == 0, lab.log(1, 1)
    assert lab.counts() == {"finished": 1}
    (lab.workspace / "batches/proven.copy").unlink()
    assert lab.counts() == {"finished": 1}


def test_two_inputs_of_a_day(lab: Lab) -> None:
    """What is named by fewer wildcards and reads two kinds of files is finished once it is done."""
    lab.tracker(
        input={"video": "RawVideos/{day}/{name}.avi", "notes": "AuxiliaryFiles/{day}/{name}.txt"},
        per=["day"],
        output={"list": "Results/{day}/list.txt"},
        command="cat {{ input.video }} {{ input.notes }} > {{ output.list }}",
    )
    lab.videos(2)
    (lab.root / "AuxiliaryFiles/d1").mkdir(parents=True)
    for name in ("v1", "v2"):
        (lab.root / f"AuxiliaryFiles/d1/{name}.txt").write_text("a note")
    assert lab.go().code == 0, lab.log(1, 1)
    (lab.workspace / "batches/proven.copy").unlink(missing_ok=True)
    assert lab.counts() == {"finished": 1}
