"""workspace/activate.sh is the user's: it serves the command, and neither sees nor harms what publishes and logs."""

from __future__ import annotations

import os
import re
import signal
import stat
from pathlib import Path
from typing import Any

import pytest
from lab import TEMPLATE, Lab, kill, wait_for

PARTS = TEMPLATE / "remote_tracker" / "task"
ASSIGNED = re.compile(r"(?<![\w$.{-])([a-z_][a-z0-9_]*)(?:\[[^]]*\])?\+?=")
DEFINED = re.compile(r"^(\w+)\(\)", re.MULTILINE)
CHECKED: dict[str, Any] = {"check": [{"command": "grep -c video {{ output.copy }}", "prints": "1"}]}
QUICK: dict[str, Any] = {}
PROGRAM = '#!/bin/bash\ncp "$1" "$2"\n'


def names_of_ours() -> list[str]:
    """Return every name that the parts assign to; each of them may be one of ours at some time."""
    text = "\n".join(path.read_text() for path in PARTS.glob("*.sh"))
    return sorted(set(ASSIGNED.findall(text)) - {"name"})


def put_program(lab: Lab, name: str, text: str) -> Path:
    """Write a program into the project's bin/."""
    path = lab.root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("checks", [QUICK, CHECKED], ids=["quick", "checked"])
def test_a_hostile_one(lab: Lab, checks: dict[str, Any]) -> None:
    """Whatever it sets, defines, traps, closes or changes, the task finishes with the right result and log."""
    put_program(lab, "own_program", PROGRAM)
    lines = [f"{name}=nonsense" for name in names_of_ours()]
    functions = sorted(
        {"mv", "rm", "mkdir", "tell", *DEFINED.findall("\n".join(p.read_text() for p in PARTS.glob("*.sh")))}
    )
    lines += [f"{name}() {{ echo hijacked {name}; return 9; }}" for name in functions]
    lines += ["trap 'echo trapped' EXIT", "trap 'echo failing' ERR", "trap '' TERM", "set -f", "set -C"]
    lines += ["shopt -s nullglob failglob dotglob nocasematch", "IFS=,:/", "readonly n=5 mode=x", "cd /", "exec 5>&-"]
    lines += ["umask 777", "set -- a b c", "exec >/dev/null 2>&1", f'export PATH="{lab.root}/bin:$PATH"']
    lab.activate("\n".join([*lines, ""]))
    lab.tracker(
        output={"copy": "Results/{subdir}/{name}.txt", "more": "Results/{subdir}/{name}_*.csv"},
        version="echo 1.5",
        command="umask 022; set -- $(echo one two); [[ $# -eq 2 ]] || exit 3; echo at work;"
        " {{ project }}/bin/own_* {{ input.video }} {{ output.copy }};"
        " own_program {{ input.video }} {{ parent.more }}/{{ wildcards.name }}_1.csv",
        **checks,
    )
    lab.videos(2)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.results() == ["d1/v1.txt", "d1/v1_1.csv", "d1/v2.txt", "d1/v2_1.csv"]
    for task in (1, 2):
        first, *said, last = lab.said(1, task)
        assert first.startswith("# start ")
        assert said[-1] == "at work"
        assert re.fullmatch(r"# end \S+ token=\S+ exit=0 seconds=\d+ version=1.5 result=finished why=", last)
    assert lab.counts() == {"finished": 2}


def test_it_sees_nothing_of_ours(lab: Lab) -> None:
    """The variables, functions and words that it finds are those of a shell that was just started."""
    lab.activate('{ compgen -v; compgen -A function; echo "words=$#"; } >"$REMOTE_TRACKER_TEST/seen"\n')
    lab.videos(1)
    assert lab.go().code == 0
    seen = set((lab.root / "seen").read_text().split())
    assert "words=0" in seen
    assert {name for name in seen if name[0].islower()} - {"words=0"} == set()


@pytest.mark.parametrize("checks", [QUICK, CHECKED], ids=["quick", "checked"])
def test_what_it_defines_serves_the_command(lab: Lab, checks: dict[str, Any]) -> None:
    """Functions, arrays, options and variables that are not exported are there for the command, as for conda's."""
    lab.activate('copy_it() { cp "$1" "$2"; }\nfiles=(a b)\nplain=yes\nshopt -s extglob\ncd() { builtin cd "$@"; }\n')
    lab.tracker(
        command="[[ ${files[1]} == @(b|c) && $plain == yes && $# -eq 0 ]]"
        " && copy_it {{ input.video }} {{ output.copy }}",
        **checks,
    )
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.counts() == {"finished": 1}


def test_checks_run_in_its_environment(lab: Lab) -> None:
    """A check that is a line of bash finds the programs and the variables that it exported."""
    put_program(lab, "judge", "#!/bin/bash\n[[ $JUDGED == exported ]] && echo fine\n")
    lab.activate(f'export PATH="{lab.root}/bin:$PATH" JUDGED=exported\n')
    lab.tracker(check=[{"command": "judge {{ output.copy }}", "prints": "fine"}])
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == 0, lab.log(1, 1)


def test_its_limits_are_not_ours(lab: Lab) -> None:
    """umask and ulimit of an activate.sh hold for the command, not for the folders that are published."""
    lab.activate("umask 077\nulimit -n 50\n")
    lab.tracker(command="ulimit -n; umask; ln {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.log(1, 1).splitlines()[1:3] == ["50", "0077"]
    assert stat.S_IMODE(lab.result("d1").stat().st_mode) & 0o055


@pytest.mark.parametrize("checks", [QUICK, CHECKED], ids=["quick", "checked"])
def test_a_program_that_it_left_behind(lab: Lab, checks: dict[str, Any]) -> None:
    """A program that it started and that stays (an agent, a display) keeps no task from its end, and ends with it."""
    lab.activate("(sleep 300; echo) >/dev/null 2>&1 &\n")
    lab.tracker(**checks)
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == 0, lab.log(1, 1)
    assert lab.living("sleep") == []


def stop_while(lab: Lab, program: str, asked: int = signal.SIGTERM) -> tuple[int, str]:
    """Start a task by hand, stop it once ``program`` runs, let it go on; return its exit code and its last line."""
    process = lab.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: lab.living(program), f"{program} runs")
    os.kill(process.pid, asked)
    wait_for(lambda: not lab.living(program) or (lab.root / "go").touch() is None, "it may go on")
    return process.wait(20), lab.log(1, 1).splitlines()[-1]


WAITING = '#!/bin/bash\nuntil [ -e "$REMOTE_TRACKER_TEST/go" ]; do sleep 0.05; done\necho fine\n'


def test_stopped_while_it_is_read(lab: Lab) -> None:
    """A stop ends an activate.sh that waits for something, and the log says that it was one."""
    put_program(lab, "forever", "#!/bin/bash\nexec -a forever sleep 300\n")
    lab.activate(f'"{lab.root}/bin/forever"\n')
    lab.videos(1)
    lab.scan()
    code, last = stop_while(lab, "forever")
    assert code == 143
    assert last.endswith(" result=cancelled cause=stopped why=it was stopped")
    assert lab.results() == []


def test_stopped_while_the_checks_run(lab: Lab) -> None:
    """A stop after the command's end leaves the checks their time: what they find good is published."""
    program = put_program(lab, "slow_judge", WAITING)
    lab.tracker(check=[{"command": f"{program}", "prints": "fine"}])
    lab.videos(1)
    lab.scan()
    code, last = stop_while(lab, "slow_judge")
    assert (code, lab.results()) == (0, ["d1/v1.txt"]), last
    assert " result=finished " in last
    assert "# signal" not in lab.log(1, 1)


@pytest.mark.parametrize("killed", ["check_results.py", "run_task.sh"])
def test_checks_that_were_killed(lab: Lab, killed: str) -> None:
    """Checks that came to no verdict, or whose shell went with them, are no bad result: the surroundings failed."""
    program = put_program(lab, "slow_judge", WAITING)
    lab.tracker(check=[{"command": f"{program}", "prints": "fine"}])
    lab.videos(1)
    lab.scan()
    process = lab.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: lab.living("slow_judge"), "the check runs")
    for pid in set(lab.living(killed)) - {process.pid}:
        kill(pid, signal.SIGKILL)
    (lab.root / "go").touch()
    assert process.wait(20) == 70
    assert "result=failed why=the checks could not be run" in lab.log(1, 1).splitlines()[-1]
    assert lab.results() == []


@pytest.mark.parametrize(("said", "version"), [("printf '1.5\\n\\n'", "1.5"), ("echo 1 2", "1_2"), ("exit 3", "")])
def test_version(lab: Lab, said: str, version: str) -> None:
    """The version is the last line of what the tracker says of itself, as one word; a fault of it ends no task."""
    lab.tracker(version=said)
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    last = lab.log(1, 1).splitlines()[-1]
    assert (f" version={version} " in last) if version else ("version=" not in last)


def test_no_version_is_asked_for_that_none_declares(lab: Lab) -> None:
    """Where a tracker declares no version, no process is started to ask for one; else one is."""
    for version, asked in (("", 0), ("echo 1.5", 1)):
        lab.tracker(version=version, command=f"cp {{{{ input.video }}}} {{{{ output.copy }}}}; : {asked}")
        lab.video(f"d1/v{asked}.avi")
        lab.scan()
        batch = lab.batches()[-1]
        traced = lab.run("bash", "-x", f"batches/{batch}/run_task.sh", batch, "1")
        assert traced.code == 0
        said = traced.err + lab.log(batch, 1)
        assert len(re.findall(r"^\++ contain print_version$", said, re.MULTILINE)) == asked
        assert " awk " not in said
