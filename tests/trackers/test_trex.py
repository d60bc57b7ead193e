"""TRex through a stand-in written from its source: which files are whose, what proves an end, what is measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lab import Lab
from trackers.conftest import Make, lead_to_standin
from trackers.test_idtrackerai_deeplabcut_trex_custom import go_through, joined, put_video

pytestmark = pytest.mark.drawn(4, of="whole runs")  # of those without a mark of their own


def configure(lab: Lab, settings: str = "", **variables: str) -> None:
    """Write the user's settings of TRex, and what the stand-in is told."""
    (lab.root / "AuxiliaryFiles/trex.settings").write_text(settings)
    said = "".join(f"export {name}={value}\n" for name, value in variables.items())
    lab.activate(lead_to_standin("trex") + said)


@pytest.mark.parametrize(
    ("settings", "animals"),
    [
        ("", ["0", "1"]),
        ("individual_prefix = fish\n", ["0", "1"]),
        ("individual_prefix = termite\noutput_posture_data = true\n", ["termite0", "termite1"]),
        ('individual_names = {"0":"anna"}\n', ["1", "anna"]),
        ("output_format = csv\n", ["0", "1"]),
    ],
)
@pytest.mark.drawn(2)
def test_whatever_animals_are_called(make: Make, settings: str, animals: list[str]) -> None:
    """The tables of animals are found by what they hold, whatever the settings call animals and write beside them."""
    lab = make("trex")
    configure(lab, settings)
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**told, "params": {"animals": 2}}))
    put_video(lab, "d1/a.avi")
    go_through(lab)
    assert sorted({row["animal"] for row in joined(lab)}) == animals


def test_videos_of_one_name_at_once(make: Make) -> None:
    """TRex writes each table under its name alone where temporary files go: tasks of one name do not meet there."""
    lab = make("trex")
    configure(lab)
    for day in ("d1", "d2", "d3"):
        put_video(lab, f"{day}/a.avi")
    lab.scan()
    assert lab.process("-j", "3").code == 0, lab.log(1, 1)
    for day in ("d1", "d2", "d3"):
        assert len(list((lab.root / f"Results/{day}/a_trex/data").glob("a_id*.npz"))) == 10
    assert not list(Path("/tmp").glob("a_id*.npz"))


@pytest.mark.parametrize(
    ("dies", "why"),
    [("results", "exit=137 "), ("crash", "exit=255 "), ("tables", "none is an animal's")],
)
def test_what_is_no_end(make: Make, dies: str, why: str) -> None:
    """A .results is written before the tables: what was killed or crashed behind it, or wrote no table, failed."""
    lab = make("trex")
    configure(lab, **({} if dies == "tables" else {"STANDIN_DIES": dies}))
    if dies == "tables":  # it only says that it could not write them, and returns 0
        lab.activate(lead_to_standin("trex") + 'trex() { command trex "$@" && rm -f "$4"/data/a_id*; }\n')
    put_video(lab, "d1/a.avi")
    lab.scan()
    assert lab.process().code == 1
    assert why in lab.log(1, 1).splitlines()[-1]
    assert lab.results() == []


@pytest.mark.parametrize("fps", [30, 60, 120, 3000])
@pytest.mark.drawn(1)
def test_speeds_late_in_a_video(make: Make, fps: int) -> None:
    """Steps are timed by frames: an hour into a video TRex's 32-bit times are coarser than a fast camera's frames."""
    lab = make("trex")
    configure(lab, STANDIN_START="3600", STANDIN_FPS=str(fps))
    put_video(lab, "d1/a.avi")
    go_through(lab)
    assert float(joined(lab)[0]["speed_cm_per_s_mean"]) == pytest.approx(3 * 2**0.5 * fps, rel=1e-5)
