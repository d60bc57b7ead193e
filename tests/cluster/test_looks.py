"""Looks at what runs and at what a job of several tasks left, on a real Slurm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cluster_lab import on
from lab import wait_for
from slurm_lab import SlurmLab

HOLD = "python3 -c \"held = b'x' * (%d << 20); import time; time.sleep(%d)\""
CARD = "#!/bin/sh\n[ \"$1\" = --query-gpu=utilization.gpu,memory.used,memory.total ] && echo '43, 11204, 40960'\n"


@on("slurm")
def test_usage_of_what_runs(lab: SlurmLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While tasks run, status --usage tells their memory and cores, and asks for the GPU in the job itself."""
    card = tmp_path / "bin" / "nvidia-smi"
    card.parent.mkdir()
    card.write_text(CARD)
    card.chmod(0o755)
    lab.work(HOLD % (60, 300), resources={"memory": "200M", "gpus": 1})
    lab.videos(2)
    lab.scan()
    lab.submit(more=("--partition=gpu",))
    lab.wait_for_running()
    form = r"^copy, batch 0001: 1 runs now; memory at most (\d+) of 200 MB; \d+% of their cores busy"
    form += r"; 1 GPU looked at: 43% busy, memory at most 11,204 of 40,960 MB$"
    path = f"{card.parent}:{lab.environment()['PATH']}"

    def used() -> re.Match[str] | None:
        found = re.search(form, lab.run("./rt", "status", "--usage", folder="", PATH=path).out, re.MULTILINE)
        return found if found and int(found[1]) >= 60 else None

    assert int(wait_for(used, "a look at what runs", 60)[1]) <= 200


@on("slurm")
def test_out_of_memory_among_several(lab: SlurmLab) -> None:
    """Where one of several tasks of a job runs out of memory, it and no other is told so, and retried with more."""
    lab.settings(cluster="packed")
    (lab.root / "site/clusters").mkdir(parents=True)
    (lab.root / "site/clusters/packed.yml").write_text("description: packs\nscheduler: slurm\ntasks_per_job: 4\n")
    big = HOLD % (300, 1)
    middle = f"case $unit in v2.avi) {big} ;; v3.avi) echo no light >&2; exit 3 ;; esac"
    lab.work(middle, resources={"memory": "150M"})
    lab.videos(4)
    lab.scan()
    lab.process_and_wait()
    said = lab.rt("status", "--failures").out
    assert re.search(r"v2\.avi: .*out of memory$", said, re.MULTILINE), said
    assert re.search(r"v3\.avi: .*no light$", said, re.MULTILINE), said
    assert lab.counts() == {"finished": 2, "incomplete": 2}
    assert "Asking for memory 300M." in lab.rt("retry").out


@on("slurm")
def test_a_variable_that_sbatch_obeys(lab: SlurmLab) -> None:
    """An array in the user's environment goes before the script's: what it left out is listed by the next scan."""
    lab.videos(4)
    lab.scan()
    ran = lab.run("sbatch", "process_all.slurm", folder="workspace", SBATCH_ARRAY_INX="1-2", SBATCH_JOB_NAME="other")
    assert ran.code == 0, ran
    assert lab.look()["listed"] == 2
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2, "unprocessed": 2}
    lab.process_and_wait()
    assert lab.ledger() == lab.once()
