"""The tours of docs/tours are typed, command by command: what they show is what a reader sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
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
h5py = pytest.importorskip("h5py", reason="h5py is not installed")

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
# What a login node of a site brings into each shell, as Lmod does: module, which makes programs be found.
BASHRC = 'export PATH={python}:"$PATH" PYTHONDONTWRITEBYTECODE=1 BASH_ENV={home}/modules.sh\n'
MODULES = 'module() {{ export PATH={standin}/bin:{pythons}:"$PATH"; }}\n'
ANTRAX = """\
export PATH={found}/bin:{python}:$PATH PYTHONPATH={found}/lib PYTHONDONTWRITEBYTECODE=1
export ANTRAX_PATH={found}/matlab ANTRAX_MCR={found}/mcr
if [ -e {home}/matlab_dies ]; then export STANDIN_DIES="track_single_movie 3"; fi
"""
TRAIN = """\
#!/bin/bash
sleap-train centroid.json labels.v001.pkg.slp
sleap-train centered_instance.json labels.v001.pkg.slp
"""
# The other machine's shell, in its home: what rsync and a person ask of it.
SSH = """\
#!/bin/sh
while [ "$1" != krypton ] && [ "$1" != cluster ]; do shift; done
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

    def other_window(self, names: Mapping[str, str]) -> Terminal:
        """Return a window in the laptop's folder, whose ssh reaches the home on the cluster."""
        write_program(self.top / "far/ssh", SSH.format(home=self.home))
        found = self.window("laptop", self.laptop, **names)
        found.environment = {**found.environment, "PATH": f"{self.top}/far:{SMALL_PATH}"}
        return found


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
    laptop = site.other_window({str(share): "/Volumes/SHARE"})

    def wait(word: str) -> None:
        if word == "running":
            wait_for(lambda: len(project.queue(RUNNING)) == 6, "six running tasks", 120)
            return
        (site.home / "go").touch()
        project.wait_until_empty()
        (site.home / "storage_is_gone").unlink(missing_ok=True)

    check_page(TOURS / "krypton.md", {"krypton": krypton, "laptop": laptop}, wait)


def configure_experiment(folder: Path, movies: int = 3) -> None:
    """Write an experiment of small movies with a session, as anTraX's window makes it."""
    parameters = folder / "antrax/parameters"
    parameters.mkdir(parents=True)
    for movie in range(1, movies + 1):
        film(folder / f"videos/1_{movies}/exp1_{movie}.mp4")
    rows = [f"{m} exp1_{m}.mp4 1_{movies} 100 {100 * m - 99} {100 * m} 10" for m in range(1, movies + 1)]
    (parameters / "movies_info.txt").write_text("\n".join(["index movfile subdir nframes fi ff fps", *rows, ""]))
    told = {"geometry_multi_colony": False, "graph_groupby": "subdir", "tagged": True}
    (parameters / "prmtrs.json").write_text(json.dumps(told))
    (parameters / "Trck.mat").write_bytes(b"Trck")
    os.utime(parameters / "Trck.mat", (LONG_AGO, LONG_AGO))


@on("slurm")
def test_antrax(lab: ClusterLab, tmp_path: Path) -> None:
    """The tour of anTraX: an experiment of three movies, MATLAB dies in one, up to its table and home again."""
    site = Site(lab, tmp_path)
    told = {"home": site.home, "found": STANDINS / "antrax", "python": Path(sys.executable).parent}
    (site.home / "antrax_here.sh").write_text(ANTRAX.format(**told))
    (site.home / "matlab_dies").touch()
    with h5py.File(site.home / "classifier.h5", "w") as file:
        file["prmtrs"], file["classes"] = "{}", ["A", "B"]
    os.utime(site.home / "classifier.h5", (LONG_AGO, LONG_AGO))
    configure_experiment(site.laptop / "exp1")
    project = lab.twin(site.home / "antrax_ants")
    cluster = site.window("login1", site.home, **{str(site.home): "/home/lab"})
    pc = site.other_window({})

    def wait(_: str) -> None:
        project.wait_until_empty()
        (site.home / "matlab_dies").unlink(missing_ok=True)

    check_page(TOURS / "antrax.md", {"cluster": cluster, "pc": pc}, wait)


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
    (sshds.far_home / ".bashrc").write_text(BASHRC.format(python=Path(sys.executable).parent, home=sshds.far_home))
    (sshds.far_home / "modules.sh").write_text(MODULES.format(standin=STANDINS / "sleap", pythons=PYTHONS))
    export_package(site.home / "labels.v001.slp.training_job.zip")
    for name in ("M708149_EPM", "M708152_EPM"):
        film(site.home / f"videos/20200317/{name}.mp4")
    ceph = tmp_path / "ceph"
    ceph.mkdir()
    far = lab.twin(ceph / "lab/sleap_mice")
    laptop = site.window("laptop", site.home, **{str(ceph): "/ceph", str(site.home): "/home/lab"})
    laptop.environment = {**laptop.environment, "PATH": f"{sshds.programs}:{laptop.environment['PATH']}"}
    laptop.far = "hpc-gw1"
    try:
        subprocess.run([sshds.programs / "ssh", "swc", "true"], check=True)  # its key is known from then on
        sshds.close()
        check_page(TOURS / "swc.md", {"laptop": laptop}, lambda _: far.wait_until_empty())
    finally:
        sshds.close()
