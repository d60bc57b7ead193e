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
from lab import Lab, own_package, wait_for
from slurm_lab import SlurmLab, on_slurm

ACCOUNTS_SH = Path(__file__).with_name("slurm_accounts.sh")
COLLEAGUE, UID = "rt-colleague", "61817"


@pytest.fixture(scope="session")
def colleague(slurm: Path) -> Iterator[str]:
    """A second user of this machine and of the Slurm of the tests; one made here is removed at the end."""
    made = not is_user(COLLEAGUE)
    if made:
        forget(COLLEAGUE)
        useradd = ["useradd", "--no-create-home", "--no-user-group", "--uid", UID, COLLEAGUE]
        subprocess.run(useradd, check=True, capture_output=True)
    subprocess.run(["bash", str(ACCOUNTS_SH), COLLEAGUE], check=True, capture_output=True, timeout=60)
    wait_for(lambda: is_known(COLLEAGUE), "the colleague's account in slurmctld")
    yield COLLEAGUE
    if made:
        forget(COLLEAGUE)
        subprocess.run(["userdel", COLLEAGUE], check=True, capture_output=True)


def is_user(name: str) -> bool:
    """Does this machine know the user?"""
    try:
        getpwnam(name)
    except KeyError:
        return False
    return True


def forget(name: str) -> None:
    """Take the user's accounts away: slurmctld looks for a user id only when an account is made."""
    subprocess.run(["sacctmgr", "-i", "-Q", "delete", "user", name], check=False, capture_output=True)


def is_known(name: str) -> bool:
    """Does slurmctld know the user's account, with the user's id? It hears of it a moment later."""
    show = ["scontrol", "show", "assoc_mgr", f"users={name}", "flags=assoc"]
    return f"UserName={name}({UID})" in subprocess.run(show, capture_output=True, text=True, check=True).stdout


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
    own_package(lab.root)  # its files are shared with other projects of the tests, and so are their modes
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
