"""Calls as forks are as good as starts: the same process, the same answers, and none where the start might differ."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import TEMPLATE, Lab, Ran, copy_tree, own_package, wait_for
from rewinding import rewound
from starting import CHOSEN, FORKING, FORKS, Packages, read_call

SCAN = ("bash", "get_files2process.sh")
ASKED = (
    ("workspace", *SCAN),
    ("workspace", *SCAN, "--json", "--as-new"),
    ("workspace", *SCAN, "copy", "with space", ""),
    ("summarizer", "bash", "get_cmd2process.sh", "--json"),
    ("workspace", "bash", "process_all.sh"),
    ("workspace", "bash", "process_all.sh", "-j", "3"),
    ("", "./rt"),
    ("", "./rt", "status"),
    ("", "./rt", "why", "d1/it's $(one).avi", "-h"),
)
LOOKS = (
    (),
    ("--all",),
    ("--version",),
    ("status",),
    ("scan",),
    ("scan", "--json"),
    ("why", "d1/v1.avi"),
    ("why", "d1/nothing.avi"),
    ("log", "d1/v2.avi"),
    ("help", "redo"),
    ("help", "nothing"),
    ("statsu",),
    ("join",),
    ("redo",),
    ("verify",),
)


@rewound
def listed(lab: Lab) -> None:
    """A project whose one video is listed."""
    lab.forks = False
    lab.videos(1)
    lab.scan()


@pytest.fixture(scope="module")
def mixed(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A project with a finished video, a failed video, and one to do."""
    top = tmp_path_factory.mktemp("mixed")
    made = Lab(copy_tree(blank, top / "project"), top)
    made.settings()
    made.tracker(command="[[ {{ input.video }} != *v2* ]]; cp {{ input.video }} {{ output.copy }}")
    made.videos(2)
    made.go()
    made.videos(3)
    made.scan()
    return made


def forked(lab: Lab, run: Callable[[], Ran]) -> Ran:
    """Return what a call answers that must have been forked."""
    before = FORKS.done
    ran = run()
    assert FORKS.done == before + 1, ran
    return ran


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_fork_begins_as_start_does(listed: Lab, tmp_path: Path, asked: tuple[str, ...]) -> None:
    """A fork gets the words, the folder and the environment that the script hands to Python."""
    python = tmp_path / "python"
    text = "import json, os, sys\nprint(json.dumps([sys.argv[6:], os.getcwd(), dict(os.environ)]))\n"
    python.write_text(f"#!{sys.executable} -I\n{text}")
    python.chmod(0o755)
    folder, *argv = asked
    words, place, environment = json.loads(listed.run(*argv, folder=folder, **{CHOSEN: str(python)}).out)
    call = read_call(listed.root, folder, argv, listed.environment())
    assert call
    assert ([call.project, *call.words], call.folder) == (words, place)
    assert call.environment == {**environment, CHOSEN: sys.executable, "_": sys.executable}


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_fork_answers_as_start_does(mixed: Lab, words: tuple[str, ...]) -> None:
    """A fork ends with the code of a start, and prints the same on both streams."""
    mixed.forks = False
    started = mixed.rt(*words)
    mixed.forks = True
    assert forked(mixed, lambda: mixed.rt(*words)) == started


def test_fork_runs_tasks_as_start_does(lab: Lab) -> None:
    """What a command of a task finds in its environment, its limits and its signals does not tell how it began."""
    told = []
    for forks in (False, True):
        lab.forks = forks
        lab.tracker(command="{ env | sort; umask; ulimit -a; grep Sig /proc/self/status; } > {{ output.copy }}")
        lab.videos(1)
        lab.go()
        told.append(re.sub(r"(batches/|v1\.avi-)[^/\s]*", r"\1", lab.result("d1/v1.txt").read_text()))
        lab.rt("redo", "d1/v1.avi", "--yes")
    changing = ("RT_JOB=", "RT_TASK=", "TMPDIR=", "SigQ")
    first, second = ([line for line in text.splitlines() if not line.startswith(changing)] for text in told)
    assert first == second
    assert f"REMOTE_TRACKER_TEST={lab.root}" in first


def test_umask_is_that_of_the_test(mixed: Lab, listed: Lab) -> None:
    """Files that a fork makes have the modes that the umask of the test allows."""
    forked(mixed, lambda: mixed.rt("--version"))  # the process that forks is there, with the usual umask
    before = os.umask(0o027)
    try:
        forked(listed, listed.process)
    finally:
        os.umask(before)
    assert listed.result("d1/v1.txt").stat().st_mode & 0o777 == 0o640


def test_text_of_the_own_package_is_used(mixed: Lab, lab: Lab) -> None:
    """A fork reads the job script's text in the package of its own project, though another project's was loaded."""
    forked(mixed, lambda: mixed.rt("--version"))
    script = own_package(lab.root) / "schedulers" / "local.j2"
    script.write_text(script.read_text() + "# of this project alone\n")
    lab.videos(1)
    forked(lab, lab.scan)
    assert (lab.workspace / "process_all.sh").read_text().endswith("# of this project alone\n")


def test_all_paths_are_put_right(lab: Lab) -> None:
    """No value of the loaded package holds a path of the project whose package was loaded."""
    text = (
        "import gc, sys; from pathlib import Path; import forking; old, new = sys.argv[1:]\n"
        "modules = forking.load(Path(old)); paths = forking.find_paths(Path(old), modules)\n"
        "asking = forking.find_asking(modules); forking.put_places(Path(old), modules)\n"
        "forking.move(paths, asking, old, new); print(len(paths))\n"
        "left = [one for one in gc.get_objects() if isinstance(one, Path) and str(one).startswith(old)]\n"
        "left += [name for m in asking for name, v in vars(m).items() if isinstance(v, str) and v.startswith(old)]\n"
        "left += [m for m in modules if not all(one.startswith(new) for one in getattr(m, '__path__', ()))]\n"
        "sys.exit(str(left) if set(left) - {'__cached__'} else 0)"
    )
    argv = [sys.executable, "-s", "-X", "utf8", "-c", text, str(lab.root), "/nowhere"]
    done = subprocess.run(argv, cwd=FORKING.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5


def test_call_that_takes_too_long_is_ended(listed: Lab) -> None:
    """A fork that does not end in time is killed, and the test learns it."""
    listed.tracker(command="sleep 600; cp {{ input.video }} {{ output.copy }}")
    listed.scan()
    with pytest.raises(subprocess.TimeoutExpired):
        forked(listed, lambda: listed.run("bash", "process_all.sh", seconds=3))
    listed.clear()
    wait_for(lambda: not listed.living(), "the end of its task")


def test_call_that_is_given_up_before_it_began_is_ended_alone(listed: Lab) -> None:
    """Where the process that forks has no turn in time one test learns it: the next call is answered."""
    forked(listed, lambda: listed.run(*SCAN))
    assert FORKS.process
    FORKS.process.send_signal(signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        forked(listed, lambda: listed.run(*SCAN, seconds=0))
    FORKS.process.send_signal(signal.SIGCONT)
    assert forked(listed, lambda: listed.run(*SCAN)).code == 0


def change_rt(lab: Lab) -> None:
    """Add a line to the project's command."""
    add(lab.root / "rt", "# mine\n")


def change_scan(lab: Lab) -> None:
    """Add a line to the script that scans."""
    add(lab.workspace / SCAN[1], "# mine\n")


def change_job_script(lab: Lab) -> None:
    """Add a command to the job script, as people may."""
    add(lab.workspace / "process_all.sh", "true\n")


def link_rt(lab: Lab) -> None:
    """Put the project's command elsewhere."""
    (lab.root / "rt").rename(lab.root / "elsewhere")
    (lab.root / "rt").symlink_to("elsewhere")


def break_module(lab: Lab) -> None:
    """Let a module of the package end each call."""
    add(own_package(lab.root) / "cli" / "scan.py", "raise SystemExit('broken')\n")


def add_module(lab: Lab) -> None:
    """Put a further module into the package."""
    (own_package(lab.root) / "new.py").write_text("")


def lose_module(lab: Lab) -> None:
    """Take a module out of the package."""
    (own_package(lab.root) / "cli" / "docs.py").unlink()


def begin_update(lab: Lab) -> None:
    """Leave the folder in which an update keeps the old package."""
    (lab.root / ".update" / "old").mkdir(parents=True)


CHANGES = (change_rt, change_scan, change_job_script, link_rt, break_module, add_module, lose_module, begin_update)


@pytest.mark.parametrize("change", CHANGES)
def test_changed_project_is_started(listed: Lab, change: Callable[[Lab], None]) -> None:
    """Where a script or a module is not the template's, the call is a start of what lies there."""
    change(listed)
    before = FORKS.done
    started = listed.run("bash", "process_all.sh") if change is change_job_script else listed.run(*SCAN)
    assert FORKS.done == before
    assert ("broken" in started.err) == (change is break_module), started


@pytest.mark.parametrize("name", ["PYTHONPATH", "LC_ALL", "LD_PRELOAD", "BASH_ENV", "TZ", CHOSEN, "SHELLOPTS"])
def test_environment_that_a_start_obeys_is_started(listed: Lab, name: str) -> None:
    """Where Python or bash would obey a variable, the call is a start."""
    assert read_call(listed.root, "", ["./rt", "status"], listed.environment())
    assert not read_call(listed.root, "", ["./rt", "status"], listed.environment(**{name: "x"}))


def test_change_in_place_is_seen(tmp_path: Path) -> None:
    """A module that is written over in place makes its package another one, however often it was looked at."""
    package = tmp_path / "remote_tracker"
    shutil.copytree(TEMPLATE / "remote_tracker", package)
    known = Packages()
    assert known.is_template(tmp_path)
    add(package / "errors.py", "# more\n")
    assert not known.is_template(tmp_path)


def add(path: Path, text: str) -> None:
    """Append a text to a file."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)
