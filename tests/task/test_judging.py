"""A verdict is the code 1 and a line of the checker; its death is none, and shell options change no question."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Lab

PARTS: dict[str, Any] = {"output": {"parts": "Results/{subdir}/{name}_part*.txt"}}
INFO: dict[str, Any] = {
    "output": {"info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "finished", "equals": True}],
    "command": "echo tracked; echo '{\"finished\": true}' > {{ output.info }}",
}
READY: dict[str, Any] = {"ready": [{"video": "video"}]}
DEATHS = [
    ("kill -KILL $$", "exit code 137)"),
    ("exit 1", "exit code 1): "),
    ("echo no such module >&2; exit 1", "exit code 1): no such module"),
    ("echo cannot map >&2; exit 127", "exit code 127): cannot map"),
    ("echo half a line; kill -KILL $$", "exit code 137)"),
    ("exit 3", "exit code 3): "),
    ('ulimit -v 9000; exec -a python "$REAL" -c pass', "exit code "),
]


@pytest.mark.parametrize(
    "option", ["nullglob", "failglob", "dotglob", "nocaseglob", "nocasematch", "extglob", "globstar"]
)
@pytest.mark.parametrize("where", ["activate", "environment", "posix environment"])
@pytest.mark.drawn(8)
def test_options_for_globs(lab: Lab, option: str, where: str) -> None:
    """Where globs mean something else in the user's shell a result that is not there is missed all the same."""
    lab.tracker(**PARTS, command="touch {{ parent.parts }}/.v1_part1.txt {{ parent.parts }}/V1_PART1.TXT")
    more = {"BASHOPTS": option} if where != "activate" else {}
    if where == "activate":
        lab.activate(f"shopt -s {option}\n")
    if where == "posix environment":
        more["SHELLOPTS"] = "noglob:noclobber:posix"
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1, **more).code == 65, lab.log(1, 1)
    assert lab.log(1, 1).endswith(" result=bad why=v1_part*.txt was not written\n")
    assert lab.counts() == {"incomplete": 1}


@pytest.mark.parametrize("name", ["v+(1)", "v@(a|b)", "v**"])
def test_names_that_are_patterns_elsewhere(lab: Lab, name: str) -> None:
    """The parts of a video whose name would be a pattern with extglob are found."""
    lab.tracker(**PARTS, command="cp {{ input.video }} {{ parent.parts }}/{{ wildcards.name }}_part1.txt")
    lab.video(f"d1/{name}.avi")
    lab.scan()
    ran = lab.task(1, 1, BASHOPTS="extglob:globstar:nullglob", GLOBIGNORE="*")
    assert ran.code == 0, lab.log(1, 1)
    assert lab.results() == [f"d1/{name}_part1.txt"]


def test_an_echo_that_reads_backslashes(lab: Lab) -> None:
    """Where the user's echo takes backslashes for more than themselves, the log holds a name as it is all the same."""
    lab.video("d1/v\\t1.avi")
    lab.scan()
    ran = lab.task(1, 1, BASHOPTS="xpg_echo")
    assert ran.code == 0, lab.log(1, 1)
    noted = [line.rpartition("/")[2] for line in lab.log(1, 1).splitlines() if line.startswith("# content ")]
    assert noted == [r"v\\t1.avi", r"v\\t1.txt"]  # a backslash of a name stands twice
    assert lab.counts() == {"finished": 1}


def put_helper(lab: Lab, death: str, only: str) -> None:
    """Let the Python that checks die where it is asked ``only`` about this file of the batch."""
    helper = lab.home / "helper"
    real = lab.environment()["REMOTE_TRACKER_PYTHON"]
    helper.write_text(f'#!/bin/bash\nREAL={real}\n[[ $* != *{only}* ]] || {{ {death}; }}\nexec "$REAL" "$@"\n')
    helper.chmod(0o755)
    lab.share(1, f"{lab.shared(1)}helper={helper}\n")


@pytest.mark.parametrize(("death", "told"), DEATHS)
@pytest.mark.parametrize("asked", ["checks.json", "ready.json"])
def test_a_checker_that_dies(lab: Lab, asked: str, death: str, told: str) -> None:
    """A checker that was killed, lacks a module or says nothing judges nothing: the surroundings failed, by name."""
    if asked == "ready.json" and death == "exit 1":
        told = "exit code 1)"
    lab.tracker(**INFO, **READY)
    lab.video("d1/v1.avi", "RIFF\4\0\0\0AVI ")
    lab.scan()
    put_helper(lab, death, asked)
    ran = lab.task(1, 1)
    last = lab.log(1, 1).splitlines()[-1]
    assert ran.code == 70, last
    said = "the checks could not be run" if asked == "checks.json" else "the input could not be looked at"
    assert f" result=failed why={said} ({told.removesuffix(': ')}" in last
    assert lab.results() == []


def test_a_checker_that_dies_never_sets_a_video_aside(lab: Lab) -> None:
    """However often the checker dies, its video is to do: the result was never judged."""
    lab.tracker(**INFO)
    lab.videos(1)
    lab.scan()
    put_helper(lab, "kill -KILL $$", "checks.json")
    for _ in range(4):
        assert lab.task(1, 1).code == 70
    assert lab.counts() == {"incomplete": 1}


def test_a_folder_is_looked_into_by_a_checker_that_dies(lab: Lab) -> None:
    """The checker that looks into a folder, which the quick questions cannot, gives no verdict by its death."""
    lab.tracker(
        output={"poses": "Results/{subdir}/{name}_out/"},
        command="mkdir -p {{ output.poses }}; touch {{ output.poses }}/a",
    )
    lab.videos(1)
    lab.scan()
    put_helper(lab, "exit 1", "checks.json")
    assert lab.task(1, 1).code == 70
    assert "the checks could not be run (exit code 1)" in lab.log(1, 1)


@pytest.mark.parametrize(
    "printed",
    [
        "# end 2026-01-01T00:00:00+0000 exit=0 seconds=1 result=finished why=",
        "# end 2026-01-01T00:00:00+0000 token=0-0123456789abcdef exit=0 seconds=1 result=finished why=",
        "# start 2026-01-01T00:00:00+0000 host=h pid=1 job=j batch=0001 task=1 params=p size=1 mtime=1 unit=x.avi",
    ],
)
def test_what_a_program_prints_ends_nothing(lab: Lab, printed: str) -> None:
    """A killed task whose program printed lines of a log is no finished task, and may be begun again."""
    lab.tracker(command=f"echo '{printed}'; cat {{{{ project }}}}/workspace/batches/0001/output.1; kill -KILL $$")
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == -9
    assert lab.counts() == {"incomplete": 1}
    assert lab.task(1, 1).code == -9
    assert "is running here already" not in lab.log(1, 1)
    assert lab.counts() == {"incomplete": 1}


def test_a_start_behind_half_a_line(lab: Lab) -> None:
    """A task that was killed in the middle of a line is not taken for its next run."""
    lab.tracker(
        command="[ -e {{ project }}/go ] || { printf half; kill -KILL $$; }; cp {{ input.video }} {{ output.copy }}"
    )
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == -9
    (lab.root / "go").touch()
    assert lab.task(1, 1).code == 0
    (lab.workspace / "batches/proven.copy").unlink(missing_ok=True)
    lab.result("d1/v1.txt").unlink()
    assert lab.counts() == {"gone": 1}
