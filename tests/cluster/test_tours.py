"""The tours of docs/tours are typed, command by command: what they show is what a reader sees."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from baking import copy_template
from cluster_lab import RUNNING, ClusterLab, on
from lab import LONG_AGO, REPOSITORY, SMALL_PATH, wait_for
from pbs_lab import PbsLab
from sshds import Sshds, two_sshds
from terminals import TOURS, Terminal, check_page

PYTHONS = REPOSITORY / "tests/standins/python"
STANDINS = REPOSITORY / "tests/standins/trackers"
cv2 = pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")

# What a site's login shell has: module, environments to activate, programs.
PROFILE = """\
export PATH={programs}:{path} PYTHONDONTWRITEBYTECODE=1
"""
TIERPSY = """\
# Sourced as `source activate tierpsy`, by people and by tasks.
export PATH={python}:"$PATH" PYTHONPATH={standin}
if [ -n "${{PBS_JOBID:-}}" ]; then until [ -e {home}/go ]; do sleep 0.05; done; fi
if [ -e {home}/storage_is_gone ]; then export TIERPSY_DIE_IN=COMPRESS:plate2; fi
"""
# What a login node of a site brings into each shell: module, which makes programs be found.
BASHRC = """\
export PATH={python}:"$PATH" PYTHONDONTWRITEBYTECODE=1
module() {{ export PATH={standin}/bin:{pythons}:"$PATH"; }}
export -f module
"""
TRAIN = "#!/bin/bash\nsleap-train centroid.json labels.v001.pkg.slp\nsleap-train centered_instance.json labels.v001.pkg.slp\n"
# The other machine's shell, in its home: what rsync and a person ask of it.
SSH = """\
#!/bin/sh
while [ "$1" != krypton ]; do shift; done
shift; cd {home} && exec sh -c "$*"
"""


def film(path: Path, frames: int = 12) -> None:
    """Write a small video, long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (32, 32))
    for number in range(frames):
        writer.write(np.full((32, 32, 3), number, np.uint8))
    writer.release()
    os.utime(path, (LONG_AGO, LONG_AGO))


def write_program(path: Path, text: str) -> None:
    """Write a program that can be started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Site:
    """A home on a cluster, and a computer in the lab; what was asked for once is there in each task."""

    def __init__(self, lab: ClusterLab, top: Path) -> None:
        self.lab, self.top, self.home = lab, top, lab.home
        self.programs, self.laptop = top / "programs", top / "laptop"
        self.template = copy_template(top / "place")
        self.laptop.mkdir()
        write_program(self.programs / "module", "#!/bin/sh\n")
        (self.programs / "cookiecutter").symlink_to(Path(sys.executable).with_name("cookiecutter"))

    def window(self, host: str, folder: Path, **names: str) -> Terminal:
        """Return a window in a folder; names of this machine are shown as the page has them."""
        environment = self.lab.environment()
        environment["PATH"] = f"{self.programs}:{environment['PATH']}"
        del environment["REMOTE_TRACKER_TEST"]
        return Terminal(folder, environment, {str(self.template): "PLACE", **names}, host)


@on("pbs")
def test_krypton(lab: ClusterLab, tmp_path: Path) -> None:
    """The tour of Krypton: two days of plates, one of them fails in COMPRESS, up to what came home, proven."""
    assert isinstance(lab, PbsLab)
    lab.stand.settings(nodes={f"node{number}": {"ncpus": 28, "mem": "128gb"} for number in range(1, 9)})
    site = Site(lab, tmp_path)
    told = {"home": site.home, "standin": STANDINS / "tierpsy", "python": Path(sys.executable).parent}
    write_program(site.programs / "activate", TIERPSY.format(**told))
    (site.home / ".bash_profile").write_text(PROFILE.format(programs=site.programs, path=SMALL_PATH))
    (site.home / "storage_is_gone").touch()
    share = tmp_path / "share"
    for day in ("20210504", "20210505"):
        for number in (1, 2, 3) if day == "20210504" else (4, 5, 6):
            film(share / f"myproject/RawVideos/{day}/plate{number}.mp4")
    project = lab.twin(site.home / "tierpsy_myproject")
    krypton = site.window("krypton", site.home, **{str(site.home): "/mnt/storage/home/NAME"})
    write_program(tmp_path / "far/ssh", SSH.format(home=site.home))
    laptop = site.window("laptop", site.laptop, **{str(share): "/Volumes/SHARE"})
    laptop.environment = {**laptop.environment, "PATH": f"{tmp_path}/far:{SMALL_PATH}"}

    def wait(word: str) -> None:
        if word == "running":
            wait_for(lambda: len(project.queue(RUNNING)) == 6, "six running tasks", 120)
            return
        (site.home / "go").touch()
        project.wait_until_empty()
        (site.home / "storage_is_gone").unlink(missing_ok=True)

    check_page(TOURS / "krypton.md", {"krypton": krypton, "laptop": laptop}, wait)


@pytest.fixture
def sshds(slurm: Path, tmp_path: Path) -> Iterator[Sshds]:
    """A jump host, and a login node where Slurm's commands work."""
    with two_sshds(tmp_path / "sshds", f"SetEnv SLURM_CONF={slurm}/slurm.conf") as made:
        yield made


def export_package(path: Path) -> None:
    """Write a training package, as the window of SLEAP 1.3 exports it."""
    with zipfile.ZipFile(path, "w") as file:
        for name in ("labels.v001.pkg.slp", "centroid.json", "centered_instance.json"):
            file.writestr(name, f"{name} labels.v001.pkg.slp")
        file.writestr("train-script.sh", TRAIN)
    os.utime(path, (LONG_AGO, LONG_AGO))


@on("slurm")
def test_swc(lab: ClusterLab, sshds: Sshds, tmp_path: Path) -> None:
    """The tour of the SWC: typed on a laptop, two ssh away from Slurm; trained, inferred, joined and proven at home."""
    site = Site(lab, tmp_path)
    told = {"standin": STANDINS / "sleap", "python": Path(sys.executable).parent, "pythons": PYTHONS}
    (sshds.far_home / ".bashrc").write_text(BASHRC.format(**told))
    export_package(site.home / "labels.v001.slp.training_job.zip")
    for name in ("M708149_EPM", "M708152_EPM"):
        film(site.home / f"videos/20200317/{name}.mp4")
    ceph = tmp_path / "ceph"
    ceph.mkdir()
    far = lab.twin(ceph / "lab/sleap_mice")
    laptop = site.window("laptop", site.home, **{str(ceph): "/ceph", str(site.home): "/home/NAME"})
    laptop.environment = {**laptop.environment, "PATH": f"{sshds.programs}:{laptop.environment['PATH']}"}
    try:
        check_page(TOURS / "swc.md", {"laptop": laptop}, lambda _: far.wait_until_empty())
    finally:
        sshds.close()
