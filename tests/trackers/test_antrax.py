"""anTraX in a project that cookiecutter made, on this machine, through the three lines; stand-ins for it and MATLAB."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lab import LONG_AGO, Lab, Ran
from trackers.conftest import STANDINS, Make
from trackers.sprites import draw, straight

STEPS = ("train", "track", "link", "classify", "solve1", "solve2", "solve3")
SHARED = Path(__file__).parents[3] / "shared" / "data" / "antrax" / "dummy_exp"


class Ants:
    """A project of the tracker antrax with experiments of small movies."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.raw = lab, lab.root / "RawVideos"
        self.say()
        examples = lab.root / "AuxiliaryFiles/classifier/examples"
        for tag in "AB":
            (examples / tag).mkdir(parents=True)
            (examples / tag / "1.png").write_bytes(b"png")
        os.utime(examples, (LONG_AGO, LONG_AGO))

    def say(self, *lines: str) -> None:
        """Write activate.sh: where the stand-ins lie, and more lines; one inherited by mistake is among them."""
        found = STANDINS / "antrax"
        self.lab.activate(
            f"export PATH={found / 'bin'}:{Path(os.sys.executable).parent}:$PATH PYTHONPATH={found / 'lib'}\n"  # type: ignore[attr-defined]
            f"export PYTHONDONTWRITEBYTECODE=1 ANTRAX_HPC=True ANTRAX_PATH={found / 'matlab'} ANTRAX_MCR={found / 'mcr'}\n"
            + "".join(f"{line}\n" for line in lines)
        )

    def choose(self, **params: Any) -> None:
        """Write the tracker's parameters into project.yml."""
        self.lab.settings(name="ants", tracker="antrax", params=params)

    def experiment(self, name: str, movies: int = 6, session: str = "antrax", labels: tuple[str, ...] = ()) -> None:
        """Put an experiment there, three movies a folder, with a session as anTraX's window makes it."""
        for m in range(1, movies + 1):
            first = (m - 1) // 3 * 3 + 1
            path = self.raw / name / f"videos/{first}_{min(first + 2, movies)}/exp1_{m}.avi"
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(path, [straight(20, 20, 1)], frames=5)
            os.utime(path, (LONG_AGO, LONG_AGO))
        self.session(name, session, movies=movies, labels=labels)

    def session(self, name: str, session: str, movies: int, age: int = 0, labels: tuple[str, ...] = ()) -> None:
        """Configure a session of an experiment."""
        folder = self.raw / name / session / "parameters"
        folder.mkdir(parents=True)
        rows = [f"{m} exp1_{m}.avi 1_3 100 {100 * m - 99} {100 * m} 10" for m in range(1, movies + 1)]
        head = "index movfile subdir nframes fi ff fps"
        (folder / "movies_info.txt").write_text("\n".join([head, *rows, ""]))
        told: dict[str, Any] = {"geometry_multi_colony": bool(labels), "graph_groupby": "subdir", "tagged": True}
        (folder / "prmtrs.json").write_text(json.dumps(told | ({"geometry_colony_labels": labels} if labels else {})))
        (folder / "Trck.mat").write_bytes(b"Trck")
        os.utime(folder / "Trck.mat", (LONG_AGO - age, LONG_AGO - age))

    def go(self, step: str) -> Ran:
        """Scan one step and run what was listed."""
        number = self.lab.run("bash", "-c", f"echo process_*_{step}.sh").out.strip()
        assert self.lab.scan(step).code == 0
        return self.lab.run("bash", number, seconds=120)

    def go_to_the_end(self, *steps: str) -> None:
        """Run these steps, and prove that each is done."""
        for step in steps or STEPS:
            ran = self.go(step)
            assert ran.code == 0, (step, ran, self.last_log())
            assert set(self.lab.counts(step)) == {"finished"}, step

    def last_log(self) -> str:
        """Return the first log of the last batch."""
        return self.lab.log(self.lab.batches()[-1], 1)

    def lines(self) -> list[str]:
        """Return the list of the last batch."""
        return (self.lab.batch(self.lab.batches()[-1]) / "files2process.txt").read_text().splitlines()

    def files(self, pattern: str) -> list[str]:
        """Return the files of RawVideos that match."""
        return sorted(str(path.relative_to(self.raw)) for path in self.raw.glob(pattern))

    def joined(self) -> list[dict[str, str]]:
        """Summarize, join, and return the rows of the joined table."""
        self.lab.run("bash", "get_cmd2process.sh", folder="summarizer")
        ran = self.lab.run("bash", "process_all.sh", folder="summarizer")
        assert ran.code == 0, ran
        assert self.lab.rt("join").code == 0
        with (self.lab.root / "Results/joined/features_summary.csv").open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def ants(make: Make) -> Ants:
    """A project of the tracker antrax without experiments; the stand-ins are on the PATH of its tasks."""
    return Ants(make("antrax"))


def test_to_the_end(ants: Ants) -> None:
    """Two experiments, one in a day's folder, go through all steps to scans that say 0 and a table of all ants."""
    ants.experiment("exp1")
    ants.experiment("20260101/exp 2's", movies=2)
    ants.go_to_the_end()
    found = ants.lab.scan()
    assert "0\tTotal files to be processed." in found.out
    rows = ants.joined()
    assert len(rows) == 2 * 8
    assert {row["animal"] for row in rows} == {"A", "B"}
    assert float(rows[0]["path_length_mm"]) == pytest.approx(99)
    assert float(rows[0]["speed_mm_per_s_mean"]) == pytest.approx(10)
    assert not (ants.lab.home / "submitted").exists()
    assert not (ants.lab.home / "raced").exists()
