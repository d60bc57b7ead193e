"""Where a task runs a single program alone, our names stay in the shell that starts it, and nobody sees them."""

from __future__ import annotations

import os
import subprocess

import pytest
from lab import TEMPLATE, Lab

from .test_activate import put_program

PART = TEMPLATE / "remote_tracker" / "task" / "task_plain.sh"
NAMES = "compgen -A function | grep -vx -e set_environment -e print_version; " + "".join(
    f"[[ -z ${{{name}+is}} ]] || echo sees {name}; " for name in ("own", "plain", "command", "tasks", "line", "n")
)
LOOK = f"{{ {NAMES} }} >{{{{ output.copy }}}}; echo x >>{{{{ output.copy }}}}"
PROGRAM = f'#!/bin/bash\n{{ {NAMES} }} >"$2"; echo "$FROM" >>"$2"\n'
QUIET = "\n  :\n}\nprint_version() {\n  :\n}\n"


def judge(
    command: str, project: str = "/nowhere", functions: str = QUIET, container: str = "", more: str = ":"
) -> bool:
    """Return whether the part takes a command for a plain program."""
    script = (
        'source "$1"; is_active=yes command=$2 project=$3 functions=$4 versioned=""; read -r -a container <<<"$5"; '
        + more
        + "; find_runnable; if is_plain; then exit 3; fi"
    )
    argv = ["bash", "-c", script, "bash", str(PART), command, project, functions, container]
    return subprocess.run(argv, stderr=subprocess.DEVNULL, check=False).returncode == 3


@pytest.mark.parametrize(
    "command",
    [
        'cp "$project"/RawVideos/d1/v1.avi "$out"/Results/d1/v1.txt',
        '/bin/cp -r --flag=a,b:c+d@e% "$tracker"/x "$work"/ü.txt',
        'sort "$project"/a >"$out"/b',
        'python3 "$tracker"/run.py "$profile" "$current"',
    ],
)
def test_a_program_with_its_words_is_plain(command: str) -> None:
    """A program that is there, with words, our own paths and files to write to, is plain."""
    assert judge(command)


@pytest.mark.parametrize(
    "command",
    [
        *("cp a b; hear", "cp a b & hear", "cp a b | hear", "cp a b\nhear", "cp a b && hear", "cp a b || hear"),
        *("cp $(hear) b", "cp `hear` b", "cp <(hear) b", "cp ${own[0]} b", "cp $n b", 'cp "$n" b', 'cp "$own"/x b'),
        *("eval hear", "source x", ". x", "builtin eval hear", "command eval hear", "exec cp a b", "declare -F x"),
        *("time hear x", "coproc hear x", "! hear x", "if hear x", "{ hear x", "(hear x)", "hear x", "publish a b"),
        *("no-such-program a b", "A=b hear x", "A= cp a b", "cp", "", "cp\thear", "cp 'a b' c", "cp a\\ b c", "$n a b"),
        *('"cp" a b', "\\cp a b", "cp a {b,c}", "cp ~/a b", "cp a* b", "cp a? b", "cp a #b", "hear", "[[ a ]]"),
    ],
)
def test_all_else_is_not(command: str) -> None:
    """A line of bash that could run or read one of our names, or that is not understood at once, is not plain."""
    assert not judge(command, more="hear() { :; }; publish() { :; }")


def test_what_runs_before_it_counts() -> None:
    """A variable of the stage, a version, a container, or names that are handed on to every program: not plain."""
    assert judge("cp a b")
    assert not judge("cp a b", functions="\n  :\n  export A=$(hear)\n}\nprint_version() {\n  :\n}\n")
    assert not judge("cp a b", container="apptainer exec x.sif")
    assert not judge("cp a b", more="versioned=yes")
    assert not judge("cp a b", more="set -a")
    assert not judge("cp a b", more="cp() { hear; }")


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment", " \t # one\n\n#two; x=1\n", "#a\\\n", "#\n" * 50])
def test_comments_are_nothing(lab: Lab, text: str) -> None:
    """An activate.sh of comments and empty lines holds nothing: what it would have done is done."""
    lab.activate(text)
    assert judge("cp a b", project=str(lab.root))


@pytest.mark.parametrize(
    "text", ["FROM=it", "#\nexport FROM=it", "#\n\t :", "\r\n", "#a\0\nexport FROM=it\n", "\\\n#", ":#", "\v"]
)
def test_any_line_of_bash_counts(lab: Lab, text: str) -> None:
    """One line of bash, or what cannot be read as comments, and the file is read as bash."""
    lab.activate(text)
    assert not judge("cp a b", project=str(lab.root))
    (lab.workspace / "activate.sh").unlink()
    os.mkfifo(lab.workspace / "activate.sh")
    assert not judge("cp a b", project=str(lab.root))


@pytest.mark.parametrize("command", [LOOK, "look {{ input.video }} {{ output.copy }}"], ids=["bash", "program"])
@pytest.mark.parametrize("together", [1, 4], ids=["alone", "together"])
def test_nobody_sees_our_names(lab: Lab, command: str, together: int) -> None:
    """Neither a line of bash nor a program finds a function or variable of ours, whichever way the task is started."""
    put_program(lab, "look", PROGRAM)
    lab.tracker(command=command)
    lab.videos(together)
    more = {"PATH": f"{lab.root}/bin:{os.environ['PATH']}", "SHELLOPTS": "allexport"}
    lab.scan(**more)
    numbers = map(str, range(1, together + 1))
    assert lab.run("bash", "run_task.sh", "1", *numbers, **more).code == 0, lab.log(1, 1)
    for number in range(1, together + 1):
        assert lab.result(f"d1/v{number}.txt").read_text().strip() in ("", "x")


@pytest.mark.parametrize("name", ["publish", "remove", "hear", "see", "named", "lives"])
def test_a_program_of_the_same_name_runs(lab: Lab, name: str) -> None:
    """A command that has the name of a function of ours runs the program of that name, not the function."""
    put_program(lab, name, '#!/bin/bash\necho the program >"$2"\n')
    lab.tracker(command=f"{name} {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.videos(1)
    more = {"PATH": f"{lab.root}/bin:{os.environ['PATH']}"}
    lab.scan(**more)
    assert lab.task(1, 1, **more).code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() == "the program\n"


def test_activate_that_comes_later_is_read(lab: Lab) -> None:
    """An activate.sh that is written while the process of several tasks runs serves the tasks after that."""
    put_program(lab, "look", f'{PROGRAM}\necho "FROM=it; export FROM" >{lab.workspace}/activate.sh\n')
    lab.tracker(command="look {{ input.video }} {{ output.copy }}")
    lab.videos(4)
    more = {"PATH": f"{lab.root}/bin:{os.environ['PATH']}"}
    lab.scan(**more)
    assert lab.run("bash", "run_task.sh", "1", "1", "2", "3", "4", **more).code == 0
    said = [lab.result(f"d1/v{number}.txt").read_text().strip() for number in (1, 2, 3, 4)]
    assert said == ["", "it", "it", "it"]


@pytest.mark.parametrize(
    ("ending", "code", "told"),
    [
        ("kill -KILL $$", 137, ["# the program ended with 137, as by signal KILL"]),
        ("kill -SEGV $$", 139, ["# the program ended with 139, as by signal SEGV"]),
        ("exit 200", 200, []),
        ("exit 3", 3, []),
    ],
)
def test_a_program_that_a_signal_ends(lab: Lab, ending: str, code: int, told: list[str]) -> None:
    """The log says which signal ended a program, in a line of its own; no line of bash of ours stands there."""
    put_program(lab, "work", f"#!/bin/bash\necho on frame 7\n{ending}\n")
    lab.tracker(command="work {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    more = {"PATH": f"{lab.root}/bin:{os.environ['PATH']}"}
    lab.scan(**more)
    assert lab.task(1, 1, **more).code == code
    lines = lab.log(1, 1).splitlines()
    assert [line for line in lines[1:-1] if line and not line.startswith("# content ")] == ["on frame 7", *told]
    assert lines[-1].endswith(" why=on frame 7")
