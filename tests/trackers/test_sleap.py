"""SLEAP in a project that cookiecutter made, on this machine, through the three lines; stand-ins for its programs."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from baking import bake_once
from lab import LONG_AGO, REPOSITORY, Lab, Ran, copy_tree, kill, wait_for
from trackers.conftest import PYTHONS
from warm import find_warm_python

pytest.importorskip("h5py", reason="h5py is not installed")
pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

import cv2
import h5py
import numpy as np

pytestmark = pytest.mark.drawn(5, of="whole runs")  # of those without a mark of their own

STANDIN = REPOSITORY / "tests" / "standins" / "trackers" / "sleap" / "bin"
DATA = REPOSITORY.parent / "shared" / "data" / "sleap"
FRAMES = 12
CURRENT = """#!/bin/bash\r
sleap-nn train --config-name centroid.yaml --config-dir . trainer_config.ckpt_dir=models trainer_config.run_name=c\r
sleap-nn train --config-name single.yaml --config-dir . trainer_config.ckpt_dir=models trainer_config.run_name=s\r
"""
LEGACY = "#!/bin/bash\nsleap-train centroid.json labels.v001.pkg.slp\nsleap-train single.json labels.v001.pkg.slp\n"


class SleapLab(Lab):
    """A project of the tracker sleap."""

    def choose(self, **params: Any) -> None:
        """Write the tracker's parameters into project.yml; there is no GPU here."""
        self.settings(name="flies", tracker="sleap", params={"device": "cpu", **params})

    def model(self, name: str, *heads: str, legacy: bool = False, whole: bool = True) -> None:
        """Put a trained model into AuxiliaryFiles/models, or one for each head into a folder there."""
        config, best = ("training_config.json", "best_model.h5") if legacy else ("training_config.yaml", "best.ckpt")
        top = self.root / "AuxiliaryFiles" / "models" / name
        for place in [top / head for head in heads] or [top]:
            place.mkdir(parents=True)
            (place / config).write_text("{}")
            if whole:
                (place / best).write_bytes(b"weights")

    def package(self, name: str, script: str | None, *more: str) -> Path:
        """Put a training package into AuxiliaryFiles, as SLEAP's window exports it."""
        path = self.root / "AuxiliaryFiles" / name
        with zipfile.ZipFile(path, "w") as file:
            for inner in ("labels.v001.pkg.slp", "centroid.yaml", "single.yaml", "centroid.json", "single.json", *more):
                file.writestr(inner, f"{inner} labels.v001.pkg.slp")
            if script is not None:
                file.writestr("train-script.sh", script)
        os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def infer(self, seconds: float = 120) -> Ran:
        """Run what was listed for infer."""
        return self.run("bash", "process_2_infer.sh", seconds=seconds)

    def go_infer(self) -> Ran:
        """Scan, then run what was listed for infer."""
        assert self.scan("infer").code == 0
        return self.infer()

    def why(self, video: str) -> str:
        """Return what ./rt why tells of a video, as one line."""
        return " ".join(self.rt("why", video).out.split())

    def refused(self) -> str:
        """Return what a scan says that lists nothing."""
        ran = self.scan()
        assert ran.code == 1, ran
        return " ".join(ran.err.split())


@pytest.fixture(scope="session")
def blank_sleap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made by cookiecutter with tracker=sleap; not to be changed."""
    return bake_once(tmp_path_factory, "sleap", project_name="flies")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short video."""
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(FRAMES):
        writer.write(np.full((48, 64, 3), 20 * number, np.uint8))
    writer.release()
    return path


@pytest.fixture
def lab(blank_sleap: Path, clip: Path, tmp_path: Path) -> Iterator[SleapLab]:
    """A copy of that project with two videos of one day, and the stand-ins on the PATH of its tasks."""
    root, home = tmp_path / "sleap_flies", tmp_path / "home"
    copy_tree(blank_sleap, root)
    home.mkdir()
    made = SleapLab(root, home)
    for name in ("a.avi", "b c.avi"):
        shutil.copy(clip, made.video(f"20260101/{name}"))
        os.utime(root / "RawVideos/20260101" / name, (LONG_AGO, LONG_AGO))
    found = shlex.quote(f"{STANDIN}:{PYTHONS}")
    made.activate(f"export PATH={found}:$PATH WARM_PYTHON={find_warm_python()}\n")
    made.choose()
    yield made
    made.clear()


@pytest.fixture(params=["current", "legacy"])
def dialect(request: pytest.FixtureRequest) -> str:
    """One of the two dialects."""
    return str(request.param)


def table(path: Path) -> list[dict[str, str]]:
    """Return a CSV's rows."""
    head, *lines = path.read_text().splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


@pytest.mark.drawn("all")
def test_three_lines_a_table_and_a_join(lab: SleapLab, dialect: str) -> None:
    """In both dialects: scan, process, a scan that says 0, summarize, join; the model is in each name and each row."""
    lab.model("night", legacy=dialect == "legacy")
    lab.choose(dialect=dialect, model="night")
    assert "2 videos found. Next: bash process_2_infer.sh" in " ".join(lab.scan().out.split())
    assert lab.infer().code == 0, lab.log(1, 1)
    assert lab.counts() == {"finished": 2}
    assert lab.results() == ["20260101/a.night.slp", "20260101/b c.night.slp"]
    for line in ("get_cmd2process.sh", "process_all.sh"):
        assert lab.run("bash", line, folder="summarizer").code == 0
    assert lab.rt("join").code == 0
    joined = lab.root / "Results" / "joined"
    files, rows = table(joined / "filenames_summary.csv"), table(joined / "features_summary.csv")
    assert [row["filename"] for row in files] == ["Results/20260101/a.night.slp", "Results/20260101/b c.night.slp"]
    assert {row["model"] for row in files + rows} == {"night"}
    assert {row["frames_with_pose"] for row in rows} == {str(FRAMES)}
    assert (joined / "missing.csv").read_text() == "video,result,reason\n"


@pytest.mark.drawn(1)
def test_a_package_is_trained_then_used(lab: SleapLab, dialect: str) -> None:
    """A package's own script trains its models, with line ends of Windows too; both are then used together."""
    lab.package("labels.v001.slp.training_job.zip", CURRENT if dialect == "current" else LEGACY)
    lab.choose(dialect=dialect)
    assert "1 package found. Next: bash process_1_train.sh" in " ".join(lab.scan().out.split())
    assert lab.run("bash", "process_1_train.sh").code == 0, lab.log(1, 1)
    said = lab.log(1, 1)
    assert "validation loss 0.25 at its lowest, in epoch 1" in said or "validation loss 0.2 at its lowest" in said
    assert ("mOKS 0.75, mean distance in px 1.5" in said) == (dialect == "current")
    models = lab.root / "AuxiliaryFiles" / "models" / "labels.v001"
    assert len(list(models.glob("*/best*"))) == 2
    assert (
        "AuxiliaryFiles/models has: labels.v001. Write one of them below params, as model: labels.v001" in lab.refused()
    )
    lab.choose(dialect=dialect, model="labels.v001", tracking=True)
    lab.scan()
    assert lab.infer().code == 0
    assert lab.counts() == {"finished": 2}
    with h5py.File(lab.result("20260101/a.labels.v001.slp")) as file:
        assert len(file["instances"]) == 2 * FRAMES
        assert len(file["tracks_json"]) == 2


@pytest.mark.parametrize(
    ("script", "more", "said"),
    [
        (None, (), "it holds no train-script.sh. Export it again in SLEAP"),
        ("", (), "it holds no train-script.sh"),
        ("true\n", (), "left no folder models/"),
        ("mkdir -p models/c\n", (), "models/c has no best.ckpt"),
        ("sleap-nn train --config-name fails.yaml --config-dir . "
         "trainer_config.ckpt_dir=models trainer_config.run_name=f\ntrue\n", ("fails.yaml",), "loss is NaN"),
    ],
)  # fmt: skip
@pytest.mark.drawn(2)
def test_what_is_no_package_or_does_not_train(
    lab: SleapLab, script: str | None, more: tuple[str, ...], said: str
) -> None:
    """A package without a script, one whose first model fails and one that leaves no whole model: a line says it."""
    lab.package("p.training_job.zip", script, *more)
    lab.scan()
    lab.run("bash", "process_1_train.sh")
    assert said in lab.why("p.training_job.zip")
    assert not (lab.root / "AuxiliaryFiles/models/p").exists()


def test_two_packages_of_one_name_are_refused(lab: SleapLab) -> None:
    """a.training_job.zip and a.slp.training_job.zip would train into one folder: both are invalid, each by name."""
    for name in ("a.training_job.zip", "a.slp.training_job.zip"):
        lab.package(name, CURRENT)
    assert lab.counts("train") == {"invalid": 2}


def test_models_are_named(lab: SleapLab) -> None:
    """No model, none chosen, one that is not there: each refused with what there is, before anything is listed."""
    assert "AuxiliaryFiles/models is empty" in lab.refused()
    lab.model("night")
    assert "model is not chosen yet" in lab.refused()
    lab.choose(model="day")
    assert "model is day, and there is no such thing in AuxiliaryFiles/models" in (said := lab.refused())
    assert "It has: night" in said


def test_half_a_pair_is_said_before_the_first_task(lab: SleapLab) -> None:
    """One half of a top-down pair lists nothing, and the doctor says the same; a folder with both is fine."""
    for name in ("240101.centered_instance", "pair/240101.centered_instance", "pair/240101.centroid"):
        lab.model(name)
        told = (
            f"model_config: {{head_configs: {{single_instance: null, {name.rpartition('.')[2]}: {{confmaps: {{}}}}}}}}"
        )
        (lab.root / f"AuxiliaryFiles/models/{name}/training_config.yaml").write_text(told)
    lab.choose(model="240101.centered_instance")
    said = "240101.centered_instance is one half of a top-down pair (centered_instance): name a folder with both"
    assert said in lab.refused()
    assert said in lab.rt("doctor").out
    lab.choose(model="pair")
    assert lab.counts() == {"unprocessed": 2}


@pytest.mark.parametrize("whole", [True, False])
def test_a_folder_that_holds_no_trained_model(lab: SleapLab, whole: bool) -> None:
    """A folder without any model, or with one whose training did not end, lists nothing; a task refuses it, too."""
    models = lab.root / "AuxiliaryFiles/models/night"
    lab.model("night", "centroid")
    lab.choose(model="night")
    lab.scan()
    if whole:
        shutil.rmtree(models / "centroid")
        (models / "notes").mkdir()
    else:
        (models / "centroid/best.ckpt").unlink()
    lab.infer()
    said = "holds no trained model" if whole else "centroid was not trained: it holds no best.ckpt"
    assert said in lab.why("a.avi")
    assert said in lab.refused()
    assert lab.results() == []


@pytest.mark.drawn(1)
def test_top_down_takes_both_models(lab: SleapLab, dialect: str) -> None:
    """Both models of a folder are on the command line; without tracking, two animals are two rows without paths."""
    lab.model("pair", "centroid", "centered_instance", legacy=dialect == "legacy")
    lab.choose(dialect=dialect, model="pair")
    lab.go_infer()
    assert lab.counts() == {"finished": 2}
    models = lab.root / "AuxiliaryFiles/models/pair"
    assert f"-m {models}/centered_instance -m {models}/centroid" in lab.log(1, 1)
    for line in ("get_cmd2process.sh", "process_all.sh"):
        assert lab.run("bash", line, folder="summarizer").code == 0
    rows = table(lab.result("20260101/features_summary.csv"))
    assert [(row["track"], row["path_length_px"]) for row in rows] == [("0", ""), ("1", "")] * 2


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "--device cpu -m"),
        ({"frames": "0-3"}, "--device cpu --frames 0-3 -m"),
        ({"tracking": True, "max_instances": 2}, "--device cpu --tracking --max_instances 2 -m"),
        ({"options": ["--peak_threshold", "0.3", "--use_flow"]}, "--device cpu --peak_threshold 0.3 --use_flow -m"),
        ({"dialect": "legacy"}, "--verbosity json --cpu -m"),
        ({"dialect": "legacy", "device": "auto"}, "--verbosity json --gpu auto -m"),
        ({"dialect": "legacy", "tracking": True}, "--verbosity json --cpu --tracking.tracker simple -m"),
        ({"dialect": "legacy", "frames": "1,3"}, "--verbosity json --cpu --frames 1,3 -m"),
    ],
)
@pytest.mark.drawn(3)
def test_parameters_become_options(lab: SleapLab, params: dict[str, Any], words: str) -> None:
    """What is chosen stands on the command line, nothing else does, and the result is proven."""
    lab.model("night", legacy=params.get("dialect") == "legacy")
    lab.choose(model="night", **params)
    lab.go_infer()
    assert words in lab.log(1, 1)
    assert lab.counts() == {"finished": 2}


def test_a_wrong_option_fails_and_no_gpu_is_said_before(lab: SleapLab) -> None:
    """What SLEAP refuses fails with its own word; a GPU that is not seen is said before anything is listed."""
    lab.model("night")
    lab.choose(model="night", options=["--verbosity", "json"])
    lab.go_infer()
    assert "No such option '--verbosity'" in lab.why("a.avi")
    lab.choose(model="night", device="cuda")
    listed = lab.batches()
    ran = lab.scan("infer")
    assert "device is cuda, and no GPU is seen." in " ".join(ran.err.split())
    assert lab.batches() == listed
    assert lab.results() == []


def test_fewer_frames_than_the_video_has_are_no_result(lab: SleapLab) -> None:
    """Where all frames are asked for, a .slp with fewer is bad: words among the options must not hide frames."""
    lab.model("night")
    lab.choose(model="night", options=["--frames", "0-3"])
    lab.go_infer()
    assert "frames" in lab.why("a.avi")
    assert lab.counts().get("finished", 0) == 0
    assert lab.results() == []


@pytest.mark.parametrize(
    ("version", "options", "rows"),
    [
        ("0.3.5", [], FRAMES),
        ("0.3.2", [], FRAMES),
        ("0.3.1", [], FRAMES - 2),
        ("0.3.5", ["--no_empty_frames"], FRAMES - 2),
    ],
)
@pytest.mark.drawn(2)
def test_frames_without_an_animal(lab: SleapLab, version: str, options: list[str], rows: int) -> None:
    """They are rows of the result or, of old versions and where it is asked, are not; the video is finished."""
    lab.model("night")
    lab.choose(model="night", options=options)
    activate = (lab.workspace / "activate.sh").read_text()
    lab.activate(f"{activate}export STANDIN_VERSION={version} STANDIN_EMPTY=3,5\n")
    lab.go_infer()
    assert lab.counts() == {"finished": 2}
    with h5py.File(lab.result("20260101/a.night.slp")) as file:
        assert len(file["frames"]) == rows
        assert len(file["instances"]) == FRAMES - 2


def test_a_damaged_video_without_its_empty_frames(lab: SleapLab) -> None:
    """Where the result need not have all frames, all of the video's are read before its task begins."""
    lab.model("night")
    lab.choose(model="night", options=["--no_empty_frames"])
    video = lab.root / "RawVideos/20260101/a.avi"
    raw = bytearray(video.read_bytes())
    at = raw.index(b"movi")
    for number in range(FRAMES):  # the second half of its frames holds zeros
        at = raw.index(b"00dc", at) + 8
        size = int.from_bytes(raw[at - 4 : at], "little")
        raw[at : at + size] = raw[at : at + size] if number < FRAMES // 2 else bytes(size)
    video.write_bytes(raw)
    os.utime(video, (LONG_AGO, LONG_AGO))
    lab.go_infer()
    assert f"claims {FRAMES} frames, {FRAMES // 2} can be read" in lab.why("a.avi")
    assert lab.results() == ["20260101/b c.night.slp"]


def test_a_kill_while_writing_leaves_nothing(lab: SleapLab, tmp_path: Path) -> None:
    """Killed while the .slp is written: half a file is never a result; the next round makes it whole."""
    lab.model("night")
    lab.choose(model="night")
    lab.scan()
    activate = (lab.workspace / "activate.sh").read_text()
    lab.activate(f"{activate}export STANDIN_HOLD={shlex.quote(str(tmp_path / 'go on'))}\n")
    process = lab.start("bash", "process_2_infer.sh")
    wait_for(lambda: list((lab.root / "Results/.work").glob("*/Results/*/a.night.slp")), "half a file", 60)
    for pid in lab.living():
        kill(pid, signal.SIGKILL)
    process.wait(30)
    assert lab.results() == []
    lab.activate(activate)
    lab.go_infer()
    assert lab.counts() == {"finished": 2}


def test_a_truncated_result_is_seen_and_made_again(lab: SleapLab) -> None:
    """A .slp that was cut short later is found by the next scan, named by the summaries, and made again."""
    lab.model("night")
    lab.choose(model="night")
    lab.go_infer()
    slp = lab.result("20260101/a.night.slp")
    slp.write_bytes(slp.read_bytes()[:2000])
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    lab.infer()
    assert lab.counts() == {"finished": 2}


@pytest.mark.drawn(1)
def test_a_result_of_another_video_is_bad(lab: SleapLab, dialect: str) -> None:
    """A .slp that says that it was made of another video is no result of this one."""
    lab.model("night", legacy=dialect == "legacy")
    lab.choose(dialect=dialect, model="night")
    lab.go_infer()
    shutil.copy(lab.result("20260101/b c.night.slp"), lab.result("20260101/a.night.slp"))
    assert lab.counts() == {"finished": 1, "incomplete": 1}


def test_another_model_makes_its_own_results(lab: SleapLab) -> None:
    """After another model is chosen every video is to do; the old results stay, the tables take the new ones alone."""
    for name in ("night", "day"):
        lab.model(name)
        lab.choose(model=name)
        lab.go_infer()
        assert lab.counts() == {"finished": 2}
        for line in ("get_cmd2process.sh", "process_all.sh"):
            assert lab.run("bash", line, folder="summarizer").code == 0
        assert {row["model"] for row in table(lab.result("20260101/features_summary.csv"))} == {name}
    assert len([name for name in lab.results() if name.endswith(".slp")]) == 4


def test_failures_of_another_model_do_not_count(lab: SleapLab) -> None:
    """What failed three times with one model is to do with another; back with the first it is set aside as before."""
    lab.model("night")
    lab.model("day")
    (lab.root / "AuxiliaryFiles/models/night/best.ckpt").write_bytes(b"NaN")
    lab.choose(model="night")
    for _ in range(3):
        lab.go_infer()
    assert lab.counts("infer") == {"set aside": 2}
    lab.choose(model="day")
    assert lab.counts("infer") == {"unprocessed": 2}
    lab.choose(model="night")
    assert lab.counts("infer") == {"set aside": 2}


@pytest.mark.parametrize(("missing", "said"), [("current", "dialect: legacy"), ("legacy", "module load SLEAP")])
def test_a_missing_sleap_is_said_before_anything_is_listed(lab: SleapLab, missing: str, said: str) -> None:
    """Without the dialect's program nothing is listed, and what to do is said."""
    lab.model("night", legacy=missing == "legacy")
    lab.activate(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:/usr/bin:/bin\n")
    lab.choose(model="night", dialect=missing)
    assert said in lab.refused()


@pytest.mark.parametrize(("version", "is_fine"), [("0.1.3", False), ("0.2.0", False), ("0.3.0", True), ("1.0.0", True)])
def test_a_sleap_nn_without_predict(lab: SleapLab, version: str, is_fine: bool) -> None:
    """What came with SLEAP 1.5 has no such command: nothing is listed, and the line says what to install."""
    lab.model("night")
    lab.choose(model="night")
    activate = (lab.workspace / "activate.sh").read_text()
    lab.activate(f"{activate}export STANDIN_VERSION={version}\n")
    if is_fine:
        assert lab.counts() == {"unprocessed": 2}
    else:
        said = lab.refused()
        assert f'It says: "sleap-nn {version}". SLEAP does not start, or its sleap-nn is older than 0.3.0' in said


def test_real_results_are_proven(lab: SleapLab) -> None:
    """What a real sleap-nn wrote counts as finished by the same checks, and a truncated one does not."""
    if not DATA.is_dir():
        pytest.skip("shared/data/sleap lies not beside this folder: no .slp of a real SLEAP to look at")
    lab.model("12")
    lab.choose(model="12")
    shutil.rmtree(lab.root / "RawVideos/20260101")
    for name in ("v1", "v2"):
        shutil.copy(DATA / f"{name}.mp4", lab.video(f"d/{name}.mp4"))
        os.utime(lab.root / f"RawVideos/d/{name}.mp4", (LONG_AGO, LONG_AGO))
    lab.result("d").mkdir(parents=True)
    shutil.copy(DATA / "v1.12.slp", lab.result("d/v1.12.slp"))
    shutil.copy(DATA / "flies_trunc.slp", lab.result("d/v2.12.slp"))
    assert lab.counts() == {"finished": 1, "incomplete": 1}
