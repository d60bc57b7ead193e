"""The real validator of Data Packages reads the tables of a joined project, and finds each cell as described."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from lab import REPOSITORY, Lab

sys.path.insert(0, str(REPOSITORY / "tests" / "tables"))
from lab_of_days import declare, write_lab_table


def validate(frictionless: Path, lab: Lab) -> dict[str, bool]:
    """Return, by table, whether the validator has no complaint."""
    argv = [str(frictionless / "frictionless"), "validate", "datapackage.json", "--json"]
    done = subprocess.run(argv, cwd=lab.root / "Results/joined", capture_output=True, text=True, timeout=120)
    return {task["name"]: task["valid"] for task in json.loads(done.stdout)["tasks"]}


def test_the_validator_passes(frictionless: Path, lab: Lab) -> None:
    """Tables with missing videos, a lab's table, hostile names, text among numbers, Tierpsy's comments are valid."""
    declare(lab)
    lab.settings(attempts=1)
    for name in ("d1/a.avi", 'd1/b, "c" #1.avi', "d2/ü.avi"):
        lab.video(name, name)
    write_lab_table(lab.root, "video;genotype;dose\nd1/a.avi;+/-;1,5\n")
    lab.rt("run")
    features = lab.root / "Results/d2/features_summary.csv"
    features.write_text("# SUMMARY_TYPE,plate\nfile_id,animal,speed_px_per_s_mean,note\n0,0,1e-05,\n0,1,-2,n/a\n")
    lab.video("d3/late.avi")
    lab.rt("join")
    valid = validate(frictionless, lab)
    assert set(valid) == {path.stem for path in (lab.root / "Results/joined").glob("*.csv")}
    assert all(valid.values()), valid


def test_the_validator_can_fail(frictionless: Path, lab: Lab) -> None:
    """A table whose cell is not of its type is refused: what passes was looked at."""
    declare(lab)
    lab.videos(1)
    lab.rt("run")
    path = lab.root / "Results/joined/videos.csv"
    path.write_text(path.read_text().replace(",29.97,", ",fast,"))
    assert validate(frictionless, lab)["videos"] is False
