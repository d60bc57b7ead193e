"""The draft of sleap: training packages, one or two models, two dialects."""

from __future__ import annotations

from conftest import Make


def test_each_model_of_a_package_is_trained(make: Make) -> None:
    """A package is as many tasks as it has models; they train in a copy and publish a folder."""
    bench = make("sleap")
    bench.put("AuxiliaryFiles/day1.training_job.zip")
    assert bench.look("train") == {
        "day1.training_job.zip,head=centroid": "unprocessed",
        "day1.training_job.zip,head=centered_instance": "unprocessed",
    }
    assert bench.lines("train")[0] == (
        'unzip -oq "$project"/AuxiliaryFiles/day1.training_job.zip -d "$work"/package && cd "$work"/package && '
        "sleap-nn train --config centroid.yaml "
        'trainer_config.ckpt_dir="$out"/AuxiliaryFiles/models trainer_config.run_name=centroid'
    )
    assert "outputs=(model=AuxiliaryFiles/models/centroid)" in bench.tasks("train")[0]


def test_two_packages_of_one_model_are_refused(make: Make) -> None:
    """Two packages would train into one folder: both are named."""
    bench = make("sleap", params={"models": ["single"]})
    bench.put("AuxiliaryFiles/a.training_job.zip", "AuxiliaryFiles/b.training_job.zip")
    same = "invalid: its results would have the same names as those of"
    assert bench.look("train") == {
        "a.training_job.zip,head=single": f"{same} b.training_job.zip,head=single",
        "b.training_job.zip,head=single": f"{same} a.training_job.zip,head=single",
    }


def test_a_video_waits_for_each_of_its_models(make: Make) -> None:
    """While one model of two is being trained a video waits for that one; then both are on its command line."""
    bench = make("sleap")
    bench.put("AuxiliaryFiles/p.training_job.zip", "RawVideos/d1/a.mp4", "RawVideos/b.avi")
    bench.put("AuxiliaryFiles/models/centroid/best.ckpt")
    waits = "waiting: p.training_job.zip,head=centered_instance (train: to do)"
    assert bench.look("infer") == {"b.avi": waits, "d1/a.mp4": waits}
    bench.put("AuxiliaryFiles/models/centered_instance/initial_config.yaml")
    waits = waits.replace("to do", "failed")
    assert bench.look("infer") == {"b.avi": waits, "d1/a.mp4": waits}
    bench.put("AuxiliaryFiles/models/centered_instance/best.ckpt")
    assert bench.counts("infer") == {"unprocessed": 2}
    models = '-m "$project"/AuxiliaryFiles/models/centroid -m "$project"/AuxiliaryFiles/models/centered_instance'
    assert bench.lines("infer")[1] == (
        f'sleap-nn predict -i "$project"/RawVideos/d1/a.mp4 {models} -o "$out"/Results/d1/a.slp --device cuda'
    )


def test_models_that_are_not_there_are_named(make: Make) -> None:
    """Without a package nothing will make the model: the video is invalid, and the place is said."""
    bench = make("sleap", params={"models": ["bottomup"]})
    bench.put("RawVideos/a.mp4")
    assert bench.look("infer") == {"a.mp4": "invalid: there is no model for it (AuxiliaryFiles/models/bottomup/)"}


def test_no_videos_is_nothing_to_do(make: Make) -> None:
    """A project with models and no video yet has no work, and nothing invalid."""
    bench = make("sleap")
    bench.put("AuxiliaryFiles/models/centroid/best.ckpt", "AuxiliaryFiles/models/centered_instance/best.ckpt")
    assert bench.look("infer") == {}


def test_legacy_speaks_the_old_command_line(make: Make) -> None:
    """With dialect: legacy the same stages have the commands and files of SLEAP 1.3 and 1.4."""
    bench = make("sleap", params={"dialect": "legacy", "models": ["230509.centroid", "230509.centered"]})
    bench.put("AuxiliaryFiles/p.training_job.zip", "RawVideos/a.mp4")
    assert bench.lines("train")[0].endswith(
        'sleap-train 230509.centroid.json *.pkg.slp && mv models/*/ "$out"/AuxiliaryFiles/models/230509.centroid'
    )
    for model in ("230509.centroid", "230509.centered"):
        bench.put(f"AuxiliaryFiles/models/{model}/best_model.h5")
    assert bench.lines("infer") == [
        'sleap-track "$project"/RawVideos/a.mp4 -m "$project"/AuxiliaryFiles/models/230509.centroid '
        '-m "$project"/AuxiliaryFiles/models/230509.centered --gpu auto --tracking.tracker none '
        '-o "$out"/Results/a.slp --verbosity json --no-empty-frames'
    ]


def test_one_model_is_named_once(make: Make) -> None:
    """A bottom-up or single-animal model stands alone on the command line."""
    bench = make("sleap", params={"models": ["single"], "device": "cpu"})
    bench.put("AuxiliaryFiles/models/single/best.ckpt", "RawVideos/a.mp4")
    assert bench.lines("infer") == [
        'sleap-nn predict -i "$project"/RawVideos/a.mp4 -m "$project"/AuxiliaryFiles/models/single '
        '-o "$out"/Results/a.slp --device cpu'
    ]
