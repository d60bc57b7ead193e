"""Four trackers through the three lines; their programs behave as the real ones were measured to, or are written."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest
from lab import LONG_AGO, Lab
from trackers.conftest import Make
from trackers.sprites import draw, straight

pytestmark = pytest.mark.drawn(3, of="whole runs")  # of those without a mark of their own

SHARED = Path(__file__).parents[3] / "shared" / "data" / "idtrackerai"


def put_video(lab: Lab, name: str, frames: int = 12, cut: bool = False) -> None:
    """Draw a small video; ``cut`` in the middle, with a header that promises all."""
    path = lab.root / "RawVideos" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(path, [straight(20, 20, 1)], frames=frames)
    if cut:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    os.utime(path, (LONG_AGO, LONG_AGO))


def go_through(lab: Lab) -> str:
    """Process, scan, summarize and join as a person does; return what the join said."""
    lab.scan()
    lab.process()
    assert "0\tTotal files to be processed." in lab.scan().out
    lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    ran = lab.run("bash", "process_all.sh", folder="summarizer")
    assert ran.code == 0, ran
    ran = lab.rt("join")
    assert ran.code == 0, ran
    return ran.out


def joined(lab: Lab) -> list[dict[str, Any]]:
    """Return the rows of the joined table of features."""
    with (lab.root / "Results/joined/features_summary.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def configure(lab: Lab, tracker: str) -> None:
    """Put in place what a user brings along for the tracker."""
    if tracker == "deeplabcut":
        config = lab.root / "AuxiliaryFiles/dlc/config.yaml"
        (config.parent / "dlc-models-pytorch").mkdir(parents=True)
        (config.parent / "dlc-models-pytorch/snapshot-010.pt").write_text("a net\n")
        config.write_text("Task: mice\nproject_path: C:\\mice\n")


@pytest.mark.parametrize(("tracker", "rows"), [("idtrackerai", 2), ("deeplabcut", 2), ("trex", 10), ("custom", 1)])
@pytest.mark.drawn("all")
def test_three_lines(make: Make, tracker: str, rows: int) -> None:
    """Videos in, scan, process, scan says 0, summarize, join: each video's rows are in the table, odd names and all."""
    lab = make(tracker)
    configure(lab, tracker)
    for name in ("d1/a.avi", "d1/x/a b's [1].avi", "d2/a.avi", "top.avi"):
        put_video(lab, name)
    assert f"4 videos with {4 * rows} rows are joined" in go_through(lab)
    assert len(joined(lab)) == 4 * rows


@pytest.mark.parametrize("tracker", ["idtrackerai", "deeplabcut", "trex", "custom"])
def test_a_missing_program(make: Make, tracker: str) -> None:
    """Without its program the first scan says so, with what to do, and lists nothing."""
    lab = make(tracker)
    configure(lab, tracker)
    (lab.root / "bin").mkdir()
    lab.activate("PATH=/nowhere\n")
    put_video(lab, "d1/a.avi")
    ran = lab.scan()
    assert ran.code == 1
    assert f"{tracker} cannot run on" in ran.err
    assert lab.batches() == []


def test_idtrackerai_measures(make: Make) -> None:
    """What an animal did is measured in pixels and seconds; its authors are told nothing."""
    lab = make("idtrackerai")
    put_video(lab, "d1/a.avi", frames=11)
    go_through(lab)
    first = joined(lab)[0]
    assert first["animal"] == "0"
    assert float(first["frames_tracked"]) == 11
    assert float(first["path_length_px"]) == pytest.approx(10)
    assert float(first["speed_px_per_s_mean"]) == pytest.approx(25)
    assert first["probability_mean"] == ""
    assert not (lab.home / "told_its_authors").exists()


@pytest.mark.parametrize("dies", ["early", "late"])
@pytest.mark.parametrize("tracker", ["idtrackerai", "deeplabcut"])
@pytest.mark.drawn(2)
def test_killed(make: Make, tracker: str, dies: str) -> None:
    """What a killed program left is no result, and in nobody's way: the next attempt starts afresh."""
    lab = make(tracker)
    configure(lab, tracker)
    put_video(lab, "d1/a.avi")
    found = (lab.workspace / "activate.sh").read_text()
    lab.activate(f"{found}export STANDIN_DIES={dies}\n")
    lab.scan()
    assert lab.process().code == 1
    assert lab.results() == []
    lab.activate(found)
    lab.scan()
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1}


def test_idtrackerai_says_0_for_a_failure(make: Make) -> None:
    """A video that it cannot read, whatever it ended with, is a bad result, not a finished one."""
    lab = make("idtrackerai")
    put_video(lab, "d1/a.avi")
    lab.scan()
    settings = lab.root / "AuxiliaryFiles/idtrackerai.toml"
    settings.write_text("area_ths = [150, inf]\n")
    assert lab.process().code == 1
    assert "program=0" in lab.log(1, 1)
    assert "result=bad why=session_a was not written" in lab.log(1, 1)


def test_a_cut_video(make: Make) -> None:
    """A video that was cut in copying is refused by the scan, before any program sees it."""
    lab = make("idtrackerai")
    put_video(lab, "d1/a.avi", frames=60, cut=True)
    assert lab.counts() == {"invalid": 1}


def test_deeplabcut_skips_nothing(make: Make) -> None:
    """A video made again is analyzed again, though DeepLabCut skips what has an old _full.pickle beside it."""
    lab = make("deeplabcut")
    configure(lab, "deeplabcut")
    put_video(lab, "d1/a.avi")
    put_video(lab, "d1/ab.avi", frames=5)
    lab.go()
    assert lab.counts() == {"finished": 2}
    put_video(lab, "d1/a.avi", frames=20)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert lab.process().code == 0
    assert len(list((lab.root / "Results/d1/a_dlc").glob("*.csv"))) == 1
    assert lab.counts() == {"finished": 2}


def test_deeplabcut_measures(make: Make) -> None:
    """A position that the network is not sure of is not seen."""
    lab = make("deeplabcut")
    configure(lab, "deeplabcut")
    put_video(lab, "d1/a.avi", frames=11)
    go_through(lab)
    nose, tail = joined(lab)
    assert (nose["animal"], float(nose["path_length_px"]), float(nose["frames_tracked"])) == ("nose", 50, 11)
    assert float(nose["speed_px_per_frame_mean"]) == 5
    assert (tail["animal"], float(tail["frames_tracked"]), tail["speed_px_per_frame_mean"]) == ("tail", 5, "")
    assert float(tail["likelihood_mean"]) == pytest.approx((5 * 0.9 + 6 * 0.1) / 11, rel=1e-4)


def test_trex_measures(make: Make) -> None:
    """A frame in which TRex lost an animal, written as inf, is not seen."""
    lab = make("trex")
    put_video(lab, "d1/a.avi")
    go_through(lab)
    first = joined(lab)[0]
    assert (float(first["frames_tracked"]), float(first["frames_tracked_fraction"])) == (3, 0.75)
    assert float(first["speed_cm_per_s_mean"]) == pytest.approx(3 * 2**0.5, rel=1e-4)


@pytest.mark.skipif(not SHARED.is_dir(), reason="real sessions of idtracker.ai are not here (../shared)")
def test_real_sessions(make: Make) -> None:
    """Of real sessions the finished one passes its checks and is summarized; the others are no results."""
    lab = make("idtrackerai")
    put_video(lab, "d1/day1.avi", frames=300)
    put_video(lab, "d1/day2.avi", frames=300)
    for name in ("session_day1", "session_day2"):
        copy_tree(SHARED / name, lab.root / "Results/d1" / name)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    lab.process()
    lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    assert lab.run("bash", "process_all.sh", folder="summarizer").code == 0
    lab.rt("join")
    rows = [row for row in joined(lab) if row["file_id"] == "0"]
    assert len(rows) == 10
    assert all(float(row["frames_tracked"]) == 150 for row in rows)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder's files, as rsync without times does."""
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
