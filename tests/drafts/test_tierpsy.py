"""The draft of tierpsy: raw and masked videos, imgstores, days."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Bench
from conftest import Make
from remote_tracker.render import render_settings

GOLDEN = Path(__file__).parent / "golden"
h5py = pytest.importorskip("h5py")


def finish(bench: Bench, name: str, node: str = "FEAT_TIERPSY") -> None:
    """Put whole results of one video there, as Tierpsy writes them."""
    points = {
        f"MaskedVideos/{name}.hdf5": "COMPRESS",
        f"Results/{name}_skeletons.hdf5": "INT_SKE_ORIENT",
        f"Results/{name}_intensities.hdf5": "INT_PROFILE",
        f"Results/{name}_featuresN.hdf5": node,
    }
    for path, point in points.items():
        bench.put(path)
        with h5py.File(bench.root / path, "w") as file:
            file.create_group(f"provenance_tracking/{point}")


def test_raw_videos_become_commands(make: Make) -> None:
    """Each raw video, however deep and whatever its name, is one command line with folders below the work folder."""
    bench = make("tierpsy")
    bench.put("RawVideos/20260101/plateA.avi", "RawVideos/20260101/set 2/it's.mp4", "RawVideos/top.mov")
    bench.put("RawVideos/20260101/notes.txt", "RawVideos/20260101/._plateA.avi")
    assert list(bench.look("track")) == ["top.mov", "20260101/plateA.avi", "20260101/set 2/it's.mp4"]
    assert "\n".join(bench.lines("track")) + "\n" == (GOLDEN / "tierpsy_raw.txt").read_text(encoding="utf-8")


def test_masked_videos_become_commands(make: Make) -> None:
    """With start_from: masked the masked videos are the input, read where they lie, and raw ones are not looked at."""
    bench = make("tierpsy", params={"start_from": "masked"})
    bench.put("MaskedVideos/20260101/plateA.hdf5", "MaskedVideos/top.hdf5", "RawVideos/20260101/plateB.avi")
    assert bench.counts("track") == {"unprocessed": 2}
    assert "\n".join(bench.lines("track")) + "\n" == (GOLDEN / "tierpsy_masked.txt").read_text(encoding="utf-8")


def test_an_imgstore_is_its_metadata(make: Make) -> None:
    """With the pattern for imgstores each metadata.yaml is a video, and neither chunks nor other YAML files are."""
    bench = make("tierpsy", params={"videos": "{name,metadata}.yaml"})
    bench.put("RawVideos/d1/run1.2259/metadata.yaml", "RawVideos/d1/run1.2259/000000.mp4", "RawVideos/d1/my.yaml")
    assert bench.look("track") == {"d1/run1.2259/metadata.yaml": "unprocessed"}
    assert '--results_dir "$out"/Results/d1/run1.2259 ' in bench.lines("track")[0]
    assert "features=Results/d1/run1.2259/metadata_featuresN.hdf5" in bench.tasks("track")[0]


def test_two_videos_with_one_base_name_are_refused(make: Make) -> None:
    """a.avi and a.mp4 in one folder would have the same results: both are named, and neither runs."""
    bench = make("tierpsy")
    bench.put("RawVideos/d1/a.avi", "RawVideos/d1/a.mp4", "RawVideos/d2/a.avi")
    assert bench.look("track") == {
        "d1/a.avi": "invalid: its results would have the same names as those of d1/a.mp4",
        "d1/a.mp4": "invalid: its results would have the same names as those of d1/a.avi",
        "d2/a.avi": "unprocessed",
    }
    assert bench.counts("track") == {"invalid": 2, "unprocessed": 1}


def test_finished_is_what_the_last_checkpoint_says(make: Make) -> None:
    """Results without the node of the last checkpoint are a bad result, whatever the exit code was."""
    bench = make("tierpsy")
    bench.put("RawVideos/d1/a.avi", "RawVideos/d1/b.avi")
    finish(bench, "d1/a")
    finish(bench, "d1/b", node="FEAT_INIT")
    found = bench.look("track")
    assert found["d1/a.avi"].startswith("finished")
    missing = "has no node /provenance_tracking/FEAT_TIERPSY"
    assert found["d1/b.avi"] == f"incomplete: bad result: b_featuresN.hdf5: {missing}"


def test_a_day_waits_for_its_videos(make: Make) -> None:
    """A day's table waits for the day's videos alone; one that cannot be processed does not hold it up."""
    bench = make("tierpsy")
    bench.put("RawVideos/d1/a.avi", "RawVideos/d1/x/b.avi", "RawVideos/d2/c.avi", "RawVideos/top.avi")
    bench.put("RawVideos/d2/empty.avi", content=b"")
    finish(bench, "d2/c")
    finish(bench, "d1/a")
    assert bench.look("summarize") == {
        ".": "waiting: 1 of 1 not finished: top.avi (track: to do)",
        "d1": "waiting: 1 of 2 not finished: d1/x/b.avi (track: to do)",
        "d2": "unprocessed",
    }
    assert bench.lines("summarize") == [
        'python "$project"/summarizer/calculate_feat_summaries.py d2 --results "$project"/Results '
        '--filenames "$out"/Results/d2/filenames_summary.csv --features "$out"/Results/d2/features_summary.csv'
    ]


def test_videos_right_under_raw_videos_are_a_day_too(make: Make) -> None:
    """Their day has no name: its table lies right in Results."""
    bench = make("tierpsy")
    bench.put("RawVideos/top.avi")
    finish(bench, "top")
    assert bench.look("summarize") == {".": "unprocessed"}
    assert "calculate_feat_summaries.py '' --results" in bench.lines("summarize")[0]
    assert '--filenames "$out"/Results/filenames_summary.csv' in bench.lines("summarize")[0]


def test_parameters_come_from_project_yml(make: Make) -> None:
    """A parameter in project.yml is used instead of the tracker's default."""
    bench = make("tierpsy", params={"parameters": "AuxiliaryFiles/my worms.json"})
    bench.put("RawVideos/a.avi")
    assert """--json_file "$project"/'AuxiliaryFiles/my worms.json' """ in bench.lines("track")[0]


def test_work_is_kept_between_attempts(make: Make) -> None:
    """Tierpsy goes on at its checkpoints: it works in a folder of its own that is kept, on one thread."""
    bench = make("tierpsy")
    settings = render_settings(bench.project, bench.stage("track"), {})
    assert "mode=resume" in settings.splitlines()
    assert "  export OMP_NUM_THREADS=1" in settings.splitlines()
