"""DeepLabCut's own ways: several animals, no animal, a config.yaml that it rewrites, videos that it drew itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import Lab
from trackers.conftest import Make
from trackers.test_idtrackerai_deeplabcut_trex_custom import configure, go_through, joined, put_video

pytestmark = pytest.mark.drawn(5, of="whole runs")  # of those without a mark of their own

CONFIG = "AuxiliaryFiles/dlc/config.yaml"
SEVERAL = {"multianimalproject": True, "individuals": ["mouse1", "mouse2"], "multianimalbodyparts": ["nose", "tail"]}


@pytest.fixture
def lab(make: Make) -> Lab:
    """A project with a trained DeepLabCut project that was made on a PC, and a video of twelve frames."""
    made = make("deeplabcut")
    configure(made, "deeplabcut")
    put_video(made, "d1/a.avi")
    return made


def write_config(lab: Lab, **keys: Any) -> Path:
    """Write further keys into config.yaml; returns its path."""
    path = lab.root / CONFIG
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **keys}))
    return path


def add_to_activate(lab: Lab, line: str) -> None:
    """Add a line to activate.sh."""
    lab.activate(f"{(lab.workspace / 'activate.sh').read_text()}{line}\n")


@pytest.mark.drawn("all")
def test_several_animals(lab: Lab) -> None:
    """Of several animals each part has a row that names its animal; frames behind the last one seen count, too."""
    write_config(lab, **SEVERAL, uniquebodyparts=[])
    go_through(lab)
    assert [path.name for path in (lab.root / "Results/d1/a_dlc").glob("*.h5")] == [
        "aDLC_Resnet50_miceNov20shuffle1_snapshot_010_el.h5"
    ]
    rows = {row["animal"]: row for row in joined(lab)}
    assert list(rows) == ["mouse1.nose", "mouse1.tail", "mouse2.nose", "mouse2.tail"]
    assert [float(rows[name]["frames_tracked"]) for name in rows] == [9, 4, 7, 3]
    assert float(rows["mouse1.nose"]["frames_tracked_fraction"]) == pytest.approx(9 / 12)
    assert float(rows["mouse2.nose"]["path_length_px"]) == 30


@pytest.mark.parametrize("key", ["df_with_missing", "tracks"])
@pytest.mark.drawn(1)
def test_more_rows_than_frames(lab: Lab, key: str) -> None:
    """A table of either form that has more rows than its video has frames is a bad result."""
    if key == "tracks":
        write_config(lab, **SEVERAL, uniquebodyparts=[])
    add_to_activate(lab, "export STANDIN_ROWS=20")
    lab.scan()
    assert lab.process().code == 1
    assert f"the number of rows of {key}/table is {20 if key == 'df_with_missing' else 17}, expected" in lab.log(1, 1)


def test_a_part_that_was_never_seen(lab: Lab) -> None:
    """A body part of which the network was never sure has a row, with 0 frames."""
    program = lab.root / "summarizer/calculate_feat_summaries.py"
    program.write_text(program.read_text().replace("MIN_LIKELIHOOD = 0.6", "MIN_LIKELIHOOD = 0.95"))
    go_through(lab)
    assert [(row["animal"], row["frames_tracked"]) for row in joined(lab)] == [("nose", "0"), ("tail", "0")]


def test_no_animal(lab: Lab) -> None:
    """A video in which no animal was followed is finished, its tables have no row, and its log says so."""
    write_config(lab, **SEVERAL, uniquebodyparts=["door"])
    add_to_activate(lab, "export STANDIN_NO_TRACKLETS=yes")
    go_through(lab)
    assert lab.counts() == {"finished": 1}
    assert "No animal was followed for ten frames (Tracklets are empty.): the tables have no row." in lab.log(1, 1)
    (table,) = (lab.root / "Results/d1/a_dlc").glob("*_el.csv")
    heads = [line.split(",") for line in table.read_text().splitlines()]
    assert [(line[0], len(line)) for line in heads] == [
        (name, 1 + 3 * 5) for name in ("scorer", "individuals", "bodyparts", "coords")
    ]
    assert heads[1][-1] == "single"
    rows = joined(lab)
    assert [row["animal"] for row in rows][:2] == ["mouse1.nose", "mouse1.tail"]
    assert {(row["frames_tracked"], row["frames_tracked_fraction"], row["likelihood_mean"]) for row in rows} == {
        ("0", "0", "")
    }


def test_frames_that_were_not_looked_at(lab: Lab) -> None:
    """Where no animal was followed the frames are counted all the same: too few is a bad result."""
    write_config(lab, **SEVERAL, uniquebodyparts=[])
    add_to_activate(lab, "export STANDIN_NO_TRACKLETS=yes STANDIN_ROWS=5")
    lab.scan()
    assert lab.process().code == 1
    assert "analyzed.json: frames is 5, expected 12" in lab.log(1, 1)


def test_another_trouble_is_none_of_it(lab: Lab) -> None:
    """Whatever else DeepLabCut ends with is a failure."""
    (lab.root / "AuxiliaryFiles/dlc/dlc-models-pytorch/snapshot-010.pt").unlink()
    lab.scan()
    assert lab.process().code == 1
    assert lab.counts() == {"incomplete": 1}


@pytest.mark.parametrize(("method", "filterpy", "code"), [("ellipse", 2, 1), ("ellipse", 1, 0), ("box", 2, 0)])
@pytest.mark.drawn(1)
def test_a_tracker_that_loses_all_animals(lab: Lab, method: str, filterpy: int, code: int) -> None:
    """Where DeepLabCut's tracker loses an animal that stays where it is the task fails, with what to install."""
    write_config(lab, **SEVERAL, uniquebodyparts=[], default_track_method=method)
    add_to_activate(lab, f"export STANDIN_FILTERPY={filterpy}")
    lab.scan()
    assert lab.process().code == code
    assert ("python -m pip install 'filterpy<2'" in lab.log(1, 1)) == (code == 1)


def fingerprints(lab: Lab) -> set[str]:
    """Return what the tasks noted of the parameters that they ran with."""
    logs = [path.read_text() for path in lab.workspace.glob("batches/0*/output.*")]
    return {line.split(" params=")[1].split()[0] for log in logs for line in log.splitlines() if " params=" in line}


@pytest.mark.parametrize("mode", [0o644, 0o444])
@pytest.mark.drawn(1)
def test_config_stays_as_it_is(lab: Lab, mode: int) -> None:
    """Tasks side by side write into no config.yaml but their own, so all were made with the same parameters."""
    for name in ("b", "c", "d"):
        put_video(lab, f"d1/{name}.avi")
    path = lab.root / CONFIG
    path.chmod(mode)
    before = path.read_bytes(), path.stat().st_mtime_ns
    lab.scan()
    assert lab.process("-j", "4").code == 0
    assert lab.counts() == {"finished": 4}
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert len(fingerprints(lab)) == 1
    assert "other parameters" not in lab.scan().out


def test_what_deeplabcut_rewrites_does_not_count(lab: Lab) -> None:
    """A config.yaml that DeepLabCut's window saved elsewhere holds the same parameters; another value does not."""
    lab.go()
    path = lab.root / CONFIG
    keys = dict(reversed([*yaml.safe_load(path.read_text()).items()]))
    keys |= {"project_path": "/data/mice", "video_sets": {"/data/v.mp4": {"crop": "0, 96, 0, 96"}}}
    path.write_text("# Project definitions (do not edit)\n" + yaml.safe_dump(keys, sort_keys=False))
    assert "other parameters" not in lab.scan().out
    write_config(lab, cropping=True)
    assert "1 of 1 finished was made with other parameters" in lab.scan().out


@pytest.mark.parametrize("value", ["moved", "changed"])
def test_rewritten_between_the_list_and_the_task(lab: Lab, value: str) -> None:
    """A config.yaml that was rewritten after the scan counts in the task as it does in a scan."""
    lab.scan()
    write_config(lab, **({"project_path": "/data/mice"} if value == "moved" else {"iteration": 1}))
    assert lab.process().code == 0
    assert "other parameters" not in lab.scan().out
    assert lab.counts() == {"finished": 1}
    write_config(lab, iteration=2)
    assert "1 of 1 finished was made with other parameters" in lab.scan().out


def test_config_elsewhere(lab: Lab, tmp_path: Path) -> None:
    """The DeepLabCut project may lie anywhere: config is an absolute path then."""
    place = tmp_path / "lab's dlc"
    (lab.root / "AuxiliaryFiles/dlc").rename(place)
    settings = yaml.safe_load((lab.root / "project.yml").read_text())
    settings["params"] = {"config": f"{place}/config.yaml"}
    (lab.root / "project.yml").write_text(yaml.safe_dump(settings))
    lab.go()
    assert lab.counts() == {"finished": 1}


def test_links_lead_to_the_network_and_go_with_the_task(lab: Lab) -> None:
    """Nothing of a task's own DeepLabCut project stays, and nothing of the real one is touched."""
    before = sorted((lab.root / "AuxiliaryFiles/dlc").rglob("*"))
    lab.go()
    assert sorted((lab.root / "AuxiliaryFiles/dlc").rglob("*")) == before
    assert not [path for path in lab.root.rglob("*") if path.is_symlink() and "dlc" in path.parts]


@pytest.mark.parametrize("tracker", ["deeplabcut", "sleap", "idtrackerai", "trex", "opencv"])
def test_videos_that_deeplabcut_drew(make: Make, tracker: str) -> None:
    """What DeepLabCut drew beside the raw videos is no video of the project, whatever the tracker; the scan says so."""
    lab = make(tracker)
    drawn = "aDLC_Resnet50_miceNov20shuffle1_snapshot_010"
    configure(lab, tracker)
    if tracker == "sleap":
        (lab.root / "AuxiliaryFiles/models/blob").mkdir(parents=True)
        for name in ("training_config.yaml", "best.ckpt"):
            (lab.root / "AuxiliaryFiles/models/blob" / name).write_text("{}")
        settings = yaml.safe_load((lab.root / "project.yml").read_text())
        settings["params"] = {"model": "blob", "device": "cpu"}
        (lab.root / "project.yml").write_text(yaml.safe_dump(settings))
    for name in ("a", f"{drawn}_labeled", f"{drawn}_full", f"{drawn}_filtered_p60_labeled", f"{drawn}_el_id_labeled"):
        put_video(lab, f"d1/{name}.avi")
    stage = {"deeplabcut": "analyze", "sleap": "infer"}.get(tracker, "track")
    assert lab.counts(stage) == {"unprocessed": 1}
    told = f'Not meant by {tracker}: RawVideos/d1/{drawn}_el_id_labeled.avi and 3 more ("exclude" in its tracker.yml).'
    assert told in lab.scan(stage).out
    assert len(lab.look(stage)["excluded"]) == 4
