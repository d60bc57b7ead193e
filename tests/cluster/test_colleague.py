"""Two people, one project: a colleague types sbatch by hand in a folder that both may write."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from pwd import getpwnam

import pytest
from lab import Lab
from slurm_lab import SlurmLab, on_slurm

ACCOUNTS_SH = Path(__file__).with_name("slurm_accounts.sh")
COLLEAGUE, UID = "rt-colleague", "61817"


@pytest.fixture(scope="session")
def colleague(slurm: Path) -> Iterator[str]:
    """A second user of this machine and of the Slurm of the tests; one made here is removed at the end."""
    try:
        getpwnam(COLLEAGUE)
        made = False
    except KeyError:
        useradd = ["useradd", "--no-create-home", "--no-user-group", "--uid", UID, COLLEAGUE]
        subprocess.run(useradd, check=True, capture_output=True)
        made = True
    subprocess.run(["bash", str(ACCOUNTS_SH), COLLEAGUE], check=True, capture_output=True, timeout=60)
    yield COLLEAGUE
    if made:
        subprocess.run(["userdel", COLLEAGUE], check=True, capture_output=True)


@pytest.fixture
def lab(slurm: Path, plain_lab: Lab) -> Iterator[SlurmLab]:
    """A project in a place that everybody may reach, unlike the folders of pytest."""
    with tempfile.TemporaryDirectory(prefix="remote-tracker-shared-") as place:
        os.chmod(place, 0o755)
        shutil.move(plain_lab.root, place)
        plain_lab.root = Path(place) / plain_lab.root.name
        yield from on_slurm(slurm, plain_lab)


def share(lab: SlurmLab) -> None:
    """Let everybody read and write all there is of the project."""
    lab.command("chmod", "-R", "o+rwX", ".")


def test_what_a_colleague_submitted_by_hand(lab: SlurmLab, colleague: str) -> None:
    """What a colleague submits by typing sbatch is queued for everybody: no scan lists it again, and it runs once."""
    lab.videos(3)
    lab.scan()
    share(lab)
    job = lab.run("/usr/sbin/runuser", "-u", colleague, "--", "sbatch", "--parsable", "--hold", "process_all.slurm")
    assert job.code == 0, job
    assert lab.command("squeue", "-h", "-j", job.out.strip(), "-o", "%u").split("\n")[0] == colleague
    assert lab.counts() == {"queued": 3}
    assert not lab.batch(2).exists()
    lab.command("scontrol", "release", job.out.strip())
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}
    assert lab.ledger() == lab.once()
