"""A unit that was changed at the top of a summary's program, while its scale was left, is refused with the line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE

PACKAGE = TEMPLATE / "remote_tracker"


@pytest.mark.parametrize(
    ("tracker", "old", "new", "setting", "what"),
    [
        ("deeplabcut", 'UNIT = "px"', 'UNIT = "mm"', "PX_PER_UNIT", "is still 1.0, and UNIT is mm"),
        ("idtrackerai", "PX_PER_UNIT = 1.0", "PX_PER_UNIT = 12.5", "PX_PER_UNIT", "is 12.5, and UNIT is px"),
        ("sleap", 'UNIT = "px"', 'UNIT = "mm"', "PX_PER_UNIT", "is still 1.0, and UNIT is mm"),
        ("trex", 'UNIT = "cm"', 'UNIT = "mm"', "UNIT", "is mm: TRex writes cm, or px"),
        ("antrax", 'UNIT = "mm"', 'UNIT = "cm"', "LENGTH", "is 0.001, and UNIT is cm: write LENGTH = 0.01"),
        ("antrax", 'UNIT = "mm"', 'UNIT = "px"', "LENGTH", "is 0.001, and UNIT is px: write LENGTH = 1"),
    ],
)
def test_a_unit_without_its_scale(tmp_path: Path, tracker: str, old: str, new: str, setting: str, what: str) -> None:
    """The program ends with exit code 2 and a line that names the setting's own line; it writes no table."""
    shutil.copytree(PACKAGE / "day_tables", tmp_path / "remote_tracker/day_tables")
    program = tmp_path / "summarizer/calculate_feat_summaries.py"
    program.parent.mkdir()
    text = (PACKAGE / "trackers" / tracker / program.name).read_text("utf-8")
    assert f"\n{old}\n" in text
    program.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"), "utf-8")
    (number,) = [
        at for at, line in enumerate(program.read_text("utf-8").splitlines(), 1) if line.startswith(f"{setting} =")
    ]
    words = ["d1", "--results", "Results", "--filenames", "f.csv", "--features", "g.csv"]
    words += ["--model", "m"] if tracker == "sleap" else []
    beside = [str(PACKAGE / "day_tables/run_beside.py"), str(PACKAGE / "trackers" / tracker)]
    done = subprocess.run(
        [sys.executable, "-B", *beside, str(program), *words], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{program.name}: line {number}: {setting} {what}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "f.csv").exists()
