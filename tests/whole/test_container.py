"""Commands in a container: what enters it is what a task knows, quoted; checks, versions and needs run in it, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lab import Lab

# Stands for apptainer and docker: notes how it was called, drops what the caller had exported, runs the rest.
RUNTIME = """#!/bin/bash
printf '%s\\n' "${0##*/} $*" | head -n 1 >>"$REMOTE_TRACKER_TEST/entered"
while [[ $1 != *.sif && $1 != docker://* ]]; do shift; done
[[ -e $1 || $1 == docker://* ]] || { echo "FATAL: could not open image $1" >&2; exit 255; }
shift
exec env -i PATH=/usr/bin:/bin inside=yes REMOTE_TRACKER_TEST="$REMOTE_TRACKER_TEST" "$@"
"""
COMMAND = (
    '[[ $inside == yes && -z ${outside:-} ]] && echo "$SPEED $PWD" >{{ output.copy }}'
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
    """The command runs in the image, in the project's folder, with the stage's variables, on any name."""
    boxed.video("d1/a b'$(x).avi", "frames")
    boxed.go()
    assert boxed.counts() == {"finished": 1}
    assert boxed.result("d1/a b'$(x).txt").read_text() == f"7 km'h {boxed.root}\nframes"
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
    assert "1 of 1 finished were made with other parameters" in boxed.scan().out


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
