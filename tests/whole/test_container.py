"""Commands in a container: what enters it is what a task knows, quoted; checks, versions and needs run in it, too."""

from __future__ import annotations

import csv
import os
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from lab import LONG_AGO, Lab

# Stands for apptainer and docker: notes how it was called, drops what the caller had exported, runs the rest.
RUNTIME = """#!/bin/bash
printf '%s\\n' "${0##*/} $*" | head -n 1 >>"$REMOTE_TRACKER_TEST/entered"
printf '%s\\0' "$@" >"$REMOTE_TRACKER_TEST/words"
while [[ $1 != *.sif && $1 != docker://* ]]; do shift; done
[[ -e $1 || $1 == docker://* ]] || { echo "FATAL: could not open image $1" >&2; exit 255; }
shift
exec env -i PATH=/usr/bin:/bin inside=yes REMOTE_TRACKER_TEST="$REMOTE_TRACKER_TEST" "$@"
"""
COMMAND = (
    '[[ $inside == yes && -z ${outside:-} ]] && echo "$SPEED ${PWD##*/}" >{{ output.copy }}'
    " && cat {{ input.video }} >>{{ output.copy }}"
)


@pytest.fixture
def boxed(lab: Lab) -> Lab:
    """A project whose commands run in a container that knows nothing of what activate.sh exported."""
    programs = lab.root / "bin"
    programs.mkdir()
    for name in ("apptainer", "docker"):
        (programs / name).write_text(RUNTIME)
        (programs / name).chmod(0o755)
    lab.activate(f"export PATH={programs}:$PATH outside=yes\n")
    lab.tracker(command=COMMAND, env={"SPEED": "7 km'h"}, version="echo $inside-1.0")
    (lab.root / "tracker.sif").write_text("image")
    lab.settings(container={"image": "tracker.sif", "binds": ["/lab data"], "options": ["--nv"]})
    return lab


def entered(lab: Lab) -> list[str]:
    """Return how the container was entered."""
    return (lab.root / "entered").read_text().splitlines()


def test_a_task_in_a_container(boxed: Lab) -> None:
    """The command runs in the image, in a folder of its own, with the stage's variables, on any name."""
    boxed.video("d1/a b'$(x).avi", "frames")
    boxed.go()
    assert boxed.counts() == {"finished": 1}
    assert boxed.result("d1/a b'$(x).txt").read_text() == "7 km'h .current\nframes"
    assert "version=yes-1.0" in boxed.log(1, 1)
    start = f"apptainer exec -B {boxed.root} -B /lab data --nv {boxed.root}/tracker.sif bash -c "
    assert all(line.startswith(start) for line in entered(boxed))


def test_checks_run_in_it(boxed: Lab) -> None:
    """A check that is a line of bash runs where the command ran."""
    check = [{"command": "echo inside: $inside $(wc -l < {{ output.copy }})", "prints": "inside: yes 1"}]
    boxed.tracker(command=COMMAND, env={"SPEED": "7"}, check=check)
    boxed.video("a.avi", "frames")
    boxed.go()
    assert boxed.counts() == {"finished": 1}


def test_needs_are_asked_in_it(boxed: Lab) -> None:
    """What the tracker needs is looked for in the image, not beside it."""
    boxed.tracker(needs=[{"command": '[[ $inside == yes ]] || echo "not inside"', "help": "x"}])
    boxed.video("a.avi")
    assert boxed.counts() == {"unprocessed": 1}
    boxed.tracker(needs=[{"command": "command -v apptainer", "help": "only outside"}])
    assert "only outside" in boxed.scan().err


def test_docker(boxed: Lab) -> None:
    """Docker is entered as the user who asked, and sees the same folders."""
    boxed.settings(container={"image": "docker://lab/tracker:2", "runtime": "docker", "binds": ["/lab data"]})
    boxed.video("a.avi", "frames")
    boxed.go()
    assert boxed.counts() == {"finished": 1}
    user = f"-u {os.getuid()}:{os.getgid()}"
    seen = f"-v {boxed.root}:{boxed.root} -v /lab data:/lab data -v /tmp:/tmp"
    assert entered(boxed)[-1].startswith(f"docker run --rm {user} {seen} docker://lab/tracker:2 bash -c ")


def test_a_missing_image(boxed: Lab) -> None:
    """An image that is not there fails the task in the runtime's words."""
    boxed.settings(container={"image": "/nowhere/other.sif"})
    boxed.video("a.avi")
    boxed.go()
    assert "why=FATAL: could not open image /nowhere/other.sif" in boxed.log(1, 1)


def test_another_image_is_another_result(boxed: Lab) -> None:
    """Results of another image are said to be made otherwise."""
    boxed.video("a.avi", "frames")
    boxed.go()
    (boxed.root / "new.sif").write_text("image")
    boxed.settings(container={"image": "new.sif"})
    assert "1 of 1 finished was made with other parameters" in boxed.scan().out


def test_the_cluster_says_how(boxed: Lab) -> None:
    """A cluster's file says how containers are run there, the project which image."""
    place: Path = boxed.root / "site/clusters/here.yml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("description: x\nscheduler: local\ncontainer: {runtime: docker, binds: [/pasteur]}\n")
    boxed.settings(cluster="here", container={"image": "docker://lab/tracker:2", "binds": ["/more"]})
    boxed.video("a.avi", "frames")
    boxed.go()
    assert "-v /pasteur:/pasteur -v /more:/more " in entered(boxed)[-1]


def test_an_unknown_runtime(boxed: Lab) -> None:
    """A word that is none is answered with those that there are."""
    boxed.settings(container={"image": "x.sif", "runtime": "podmann"})
    said = boxed.scan().err
    assert 'unknown runtime "podmann"' in said
    assert "Known: apptainer, docker, singularity." in said


ODD = [
    "/data/Smith, J",
    "/data/run 10:30",
    "/data/a,b,c:d:e",
    "C:\\data",
    '/data/"so, so"',
    "/data/ends ",
    "/data/it's $x",
]


def shown_to(lab: Lab) -> dict[str, str]:
    """Return the folders that a container was shown, by how: -B and -v as they are parsed, --mount read as CSV."""
    words = (lab.root / "words").read_text().split("\0")
    found = {}
    for option, value in pairwise(words):
        if option == "--mount":
            kind, source, target = next(csv.reader([value], strict=True))
            assert kind == "type=bind"
            assert source.removeprefix("source=") == target.removeprefix("destination=")
            found[source.removeprefix("source=")] = option
        elif option == "-B":
            found |= dict.fromkeys(value.split(","), option)
        elif option == "-v":
            source, target = value.split(":")
            assert source == target
            found[source] = option
    return found


@pytest.mark.parametrize("runtime", ["apptainer", "docker"])
@pytest.mark.parametrize("folder", ODD)
def test_folders_of_any_name_are_shown(boxed: Lab, runtime: str, folder: str) -> None:
    """A folder whose name holds what ends a path for the runtime's short option is shown by the long option."""
    image = "tracker.sif" if runtime == "apptainer" else "docker://lab/tracker:2"
    boxed.settings(container={"image": image, "runtime": runtime, "binds": [folder]})
    boxed.video("a.avi", "frames")
    boxed.go()
    assert boxed.counts() == {"finished": 1}
    assert folder in shown_to(boxed)
    assert str(boxed.root) in shown_to(boxed)


@pytest.mark.parametrize("runtime", ["apptainer", "docker"])
@pytest.mark.parametrize("name", ["Smith, J", "run 10:30", "a,b:c", 'a "b, c"', "plain"])
def test_a_project_and_videos_of_any_name_are_shown(boxed: Lab, tmp_path: Path, runtime: str, name: str) -> None:
    """The project's own folder and that of the videos are shown where they lie, whatever they are called."""
    image = "tracker.sif" if runtime == "apptainer" else "docker://lab/tracker:2"
    there = Lab(tmp_path / name / "project", boxed.home)
    there.root.parent.mkdir()
    videos = tmp_path / name / "films"
    shutil.move(boxed.root, there.root)
    runtimes = boxed.home / "bin"  # no path with a colon can stand in PATH
    shutil.copytree(there.root / "bin", runtimes)
    (there.workspace / "activate.sh").write_text(f"export PATH={runtimes}:$PATH\n")
    there.settings(videos=str(videos), container={"image": image, "runtime": runtime})
    shutil.move(there.root / "RawVideos", videos)
    (videos / "a.avi").write_text("frames")
    os.utime(videos / "a.avi", (LONG_AGO, LONG_AGO))
    there.go()
    assert there.counts() == {"finished": 1}, there.log(1, 1)
    how = "-v" if runtime == "docker" and ":" not in name else "-B" if name == "plain" else "--mount"
    assert {str(there.root): how, str(videos): how}.items() <= shown_to(there).items()


def test_a_bind_that_says_where(boxed: Lab) -> None:
    """A bind that says from where to where is no folder with a colon in its name: it is handed on as it is."""
    boxed.settings(container={"image": "tracker.sif", "binds": ["/data:/mnt:ro"]})
    boxed.video("a.avi", "frames")
    boxed.go()
    assert "-B /data:/mnt:ro" in entered(boxed)[-1]


@pytest.mark.parametrize("change", ["videos", "binds", "options", "image", "content"])
def test_needs_are_asked_again_for_another_container(boxed: Lab, tmp_path: Path, change: str) -> None:
    """What the container is, and what it shows, decides what a task finds: once it changes, needs are asked anew."""
    boxed.tracker(needs=[{"command": "echo asked >>{{ project }}/asked", "help": "x"}])
    container: dict[str, object] = {"image": "tracker.sif"}
    boxed.settings(container=container)
    boxed.video("a.avi")
    boxed.scan()
    boxed.scan()
    assert (boxed.root / "asked").read_text().count("asked") == 1
    (boxed.root / "other.sif").write_text("image")
    more = {"binds": {"binds": ["/x"]}, "options": {"options": ["--nv"]}, "image": {"image": "other.sif"}}
    if change == "content":
        (boxed.root / "tracker.sif").write_text("another image")
    (tmp_path / "films").mkdir()
    shutil.copy2(boxed.root / "RawVideos/a.avi", tmp_path / "films/b.avi")
    videos = {"videos": str(tmp_path / "films")} if change == "videos" else {}
    boxed.settings(container=container | more.get(change, {}), **videos)
    boxed.scan()
    assert (boxed.root / "asked").read_text().count("asked") == 2
