"""A paper's methods: from what results, tasks and batches say, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from lab import TEMPLATE, Lab
from lab_of_days import declare
from remote_tracker.config.tracker import load_tracker
from remote_tracker.model import Check, Stage, Tell
from remote_tracker.tables.checks_in_words import describe_checks
from remote_tracker.tables.method_facts import MethodFacts, Place
from remote_tracker.tables.method_sentences import Subject, write_sentences
from remote_tracker.tables.told_facts import load_says

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"
PROVENANCE = {
    "sleap_nn_version": "0.3.5",
    "sleap_io_version": "0.9.5",
    "model_paths": ["/data/models/a.centroid", "C:\\models\\b.centered"],
    "model_type": "TopDownLayer",
    "inference_config": {"peak_threshold": 0.2},
    "device": "cpu",
    "system_info": {"pytorch_version": "2.14.1+cu130"},
}


def step_of(tracker: str, step: str) -> Stage:
    """Return a step of a built-in tracker."""
    found = load_tracker(TRACKERS / tracker / "tracker.yml").stage(step)
    assert found
    return found


def subject(**more: Any) -> Subject:
    """Return what sentences are about."""
    told: dict[str, Any] = {
        "counts": "videos",
        "name": "SLEAP",
        "program": "SLEAP",
        "cited": ("Pereira et al., 2022",),
        "steps": (("infer", "find the poses"),),
        "step": "infer",
        "checks": (),
        "differing": (),
        "has_parameters": True,
        "own": {},
        "has_days": True,
    }
    return Subject(**{**told, **more})


def sentences(facts: MethodFacts, **more: Any) -> list[str]:
    """Return the sentences on facts."""
    return list(write_sentences(facts, subject(**more)))


def whole(count: int, **more: Any) -> MethodFacts:
    """Return the facts on so many finished videos of one day."""
    return MethodFacts(**{"total": count, "whole": count, "days": {"d1"}, **more})


def test_sleap_says_it_itself(tmp_path: Path) -> None:
    """Of a .slp the versions, the models' names without their folders, the device, as its provenance says."""
    with h5py.File(tmp_path / "v.slp", "w") as file:
        file["provenance_json"] = json.dumps(PROVENANCE)
    assert load_says(step_of("sleap", "infer"), {"poses": [str(tmp_path / "v.slp")]}) == {
        "sleap-nn": "0.3.5",
        "sleap-io": "0.9.5",
        "PyTorch": "2.14.1+cu130",
        "model": "a.centroid and b.centered",
        "kind of model": "TopDownLayer",
        "peak threshold": "0.2",
        "device": "cpu",
    }


def test_tierpsy_says_it_itself(tmp_path: Path) -> None:
    """Of a masked video the version of Tierpsy that made it, as its provenance says."""
    with h5py.File(tmp_path / "v.hdf5", "w") as file:
        told = json.dumps({"pkgs_versions": {"tierpsy": "1.5.2"}}).encode()
        file["provenance_tracking/COMPRESS"] = np.bytes_(told)
    found = load_says(step_of("tierpsy", "track"), {"masked": [str(tmp_path / "v.hdf5")]})
    assert found == {"Tierpsy Tracker": "1.5.2"}


@pytest.mark.parametrize(
    ("step", "output", "name", "text", "said"),
    [
        ("idtrackerai/track", "session", "session.json", '{"version": "6.0.14"}', {"idtracker.ai": "6.0.14"}),
        (
            "opencv/track",
            "info",
            "",
            '{"versions": {"opencv": "5.0", "scipy": "1.17"}}',
            {"OpenCV": "5.0", "SciPy": "1.17"},
        ),
        ("opencv/track", "info", "", '{"versions": {}}', {}),
        ("opencv/track", "info", "", "{", {}),
        ("deeplabcut/analyze", "poses", "v.csv", "scorer,DLC_R50,DLC_R50\nbodyparts,a,a\n", {"network": "DLC_R50"}),
        ("deeplabcut/analyze", "poses", "v.csv", "bodyparts,a,a\n", {}),
    ],
)
def test_what_results_say(tmp_path: Path, step: str, output: str, name: str, text: str, said: dict[str, str]) -> None:
    """What a result does not say, or cannot be read, is not said."""
    place = tmp_path / "result"
    if name:
        place.mkdir()
    (place / name if name else place).write_text(text)
    assert load_says(step_of(*step.split("/")), {output: [f"{place}/" if name else str(place)]}) == said


def test_a_name_in_a_result_is_one_line(tmp_path: Path) -> None:
    """A model's name with a line break stays on a line, a number keeps its digits, a mapping says nothing."""
    (tmp_path / "a.json").write_text(json.dumps({"a": "x\n  y", "b": 0.05, "c": {"d": 1}, "e": [3, 4.5], "f": True}))
    tells = {key: Tell("json", "info", {"key": key}) for key in "abcdef"}
    found = load_says(Stage("t", "", "workspace", (), (), "", made_by=tells), {"info": [str(tmp_path / "a.json")]})
    assert found == {"a": "x y", "b": "0.05", "e": "3 and 4.5", "f": "True"}


def test_all_alike() -> None:
    """Where all results are alike nothing is counted."""
    facts = whole(205, versions=Counter({"1.6.6": 205}), says={"device": Counter({"cpu": 205})})
    facts.places[Place("swc", "slurm", "0.1.0")] = 205
    assert sentences(facts) == [
        "205 videos of 1 day were processed with SLEAP (Pereira et al., 2022).",
        "The tasks noted this version: SLEAP 1.6.6.",
        "The results themselves say how they were made: device cpu.",
        "The tasks ran on the cluster swc under Slurm, and were listed, run and checked by remote-tracker 0.1.0.",
    ]


def test_what_differs_and_what_is_not_known() -> None:
    """Versions that differ between videos are counted, and so is what is not known."""
    facts = whole(10, versions=Counter({"1.6.6": 6, "sleap-nn_0.3.5": 1, "": 3}), total=12)
    facts.says = {"device": Counter({"cpu": 5, "cuda": 4})}
    facts.left = Counter({("failed", "out of memory"): 1, ("to do", ""): 1})
    facts.places = Counter(
        {Place("swc", "slurm", "0.1.0"): 6, Place("local", "local", "0.2.0"): 3, Place("", "", ""): 1}
    )
    assert sentences(facts) == [
        "10 of 12 videos of 1 day were processed with SLEAP (Pereira et al., 2022).",
        "The tasks noted these versions: SLEAP 1.6.6 (n = 6) and sleap-nn 0.3.5 (n = 1); for 3 the version is not "
        "known.",
        "The results themselves say how they were made: device cpu (n = 5) and cuda (n = 4), not said by 1.",
        "2 videos are left out: 1 failed (out of memory); 1 not processed.",
        "The tasks ran on the cluster swc under Slurm (n = 6) and on a machine without a scheduler (n = 3), and were "
        "listed, run and checked by remote-tracker 0.1.0 and 0.2.0.",
    ]


def test_parameters_by_difference() -> None:
    """The values in which sets differ are counted; of the others those that are not the tracker's own are named."""
    facts = whole(8, sets={"x": Counter({"0001": 5}), "y": Counter({"0002": 3}), "": Counter({"": 1})})
    same = {"tracking": "true", "device": "cuda", "A/o.yml: mode": "moving"}
    facts.values = {"x": {"A/o.yml: area_min": "30", **same}, "y": {"A/o.yml: area_min": "90", **same}}
    told = sentences(facts, differing=("A/o.yml: area_min",), own={"tracking": "false", "device": "cuda"})
    assert told[1:3] == [
        "2 sets of parameters were used; they differ in area_min (in A/o.yml): 30 (n = 5) and 90 (n = 3).",
        "The parameters of all were tracking true; mode moving (in A/o.yml); for all else the tracker's own values.",
    ]


def test_parameters_that_are_all_the_trackers_own() -> None:
    """Then the paragraph says so, and names none."""
    facts = whole(2, sets={"x": Counter({"0001": 2})}, values={"x": {"device": "cuda"}})
    assert sentences(facts, own={"device": "cuda"})[1] == "The parameters were the tracker's own values."


def test_the_labs_word() -> None:
    """What a person said is counted, and so are words that lapsed, and results that were changed by hand."""
    facts = whole(10, words=Counter({"good": 5, "bad": 1, "": 4}), lapsed=2, accepted=1, changed=3)
    assert sentences(facts)[1:-1] == [
        "A person looked at results and called 5 good and 1 bad; of 4 nobody said anything.",
        "2 words about results that were made anew since do not count.",
        "1 result was changed by hand and accepted as it is.",
        "3 results were changed since, and nobody accepted that.",
    ]


def test_why_videos_are_left_out() -> None:
    """Of many reasons the most frequent are named, and the others counted."""
    left = Counter({("failed", f"reason {at}"): 9 - at for at in range(5)})
    facts = whole(1, total=1 + left.total(), left=left)
    said = "35 failed (reason 0 (n = 9); reason 1 (n = 8); reason 2 (n = 7); 2 other reasons)"
    assert sentences(facts)[1] == f"35 videos are left out: {said}."
    del left["failed", "reason 4"]
    facts = whole(1, total=1 + left.total(), left=left)
    assert "; 1 other reason)" in sentences(facts)[1]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({("invalid", "it is empty"): 1}, "1 video is left out: it could not be used (it is empty)."),
        ({("invalid", "it is empty"): 2}, "2 videos are left out: 2 could not be used (each: it is empty)."),
        ({("failed", "out of memory"): 1}, "1 video is left out: it failed (out of memory)."),
        ({("to do", ""): 1}, "1 video is left out: it was not processed."),
        ({("gone", "its results are gone"): 1}, "1 video is left out: it lost its result (its results are gone)."),
        ({("set aside", "x"): 1}, "1 video is left out: it was set aside (x)."),
        (
            {("invalid", "it is empty"): 1, ("to do", ""): 2},
            "3 videos are left out: 2 not processed; 1 could not be used (it is empty).",
        ),
    ],
)
def test_what_is_left_out_is_said_as_a_paper_says_it(left: dict[tuple[str, str], int], said: str) -> None:
    """No word of our screens, as invalid, stands in a paper's text; of a single video it is said without a count."""
    count = Counter(left)
    assert sentences(whole(1, total=1 + count.total(), left=count))[1] == said


def test_names_cannot_steer_a_terminal() -> None:
    """What comes from names and programs is written out where it would steer a terminal."""
    facts = whole(1, versions=Counter({"1.0\x1b[2J": 1}), says={"model": Counter({"a\x1b]0;x\x07": 1})})
    assert "\x1b" not in " ".join(sentences(facts))


@pytest.mark.parametrize("tracker", sorted(path.parent.name for path in TRACKERS.glob("*/tracker.yml")))
def test_the_checks_of_each_tracker_in_words(tracker: str) -> None:
    """Each check of each tracker has words; none shows Python's or YAML's own."""
    for stage in load_tracker(TRACKERS / tracker / "tracker.yml").stages:
        words = describe_checks(stage)
        assert bool(words) == bool(stage.checks)
        assert not any(sign in text for text in words for sign in '{}[]"')


def test_checks_in_words() -> None:
    """Checks of one kind on one output are one phrase, which says what agrees and what must be there."""
    checks = (
        Check("json", "info", {"key": "finished", "equals": True}),
        Check("json", "info", {"key": "frames_read", "at_least": 1}),
        Check("json", "info", {"key": "video", "equals_name": "video"}),
        Check("json", "info", {"key": "source.size", "equals_size": "video"}),
        Check("json", "info", {"key": "frames_read", "equals_key": "frames_claimed"}),
        Check("json", "info", {"key": "tracks.rows", "equals_rows": "tracks"}),
        Check("csv", "tracks", {"header": ["frame", "x"]}),
        Check("frames", "video", {"output": "tracks", "column": "frame"}),
        Check("hdf5", "poses", {"dataset": "frames", "rows": 1}),
        Check("exists", "folder", {"file": "*.pv"}),
        Check("json", "folder", {"file": "session.json", "key": ["timers", "end"], "not_null": True}),
        Check("frames", "video", {"output": "poses", "dataset": "t", "at_most": True, "optional": True}),
    )
    assert describe_checks(Stage("t", "", "workspace", (), (), "", checks=checks)) == (
        "info is whole JSON, holds finished = true, frames_read (at least 1) and frames_read = frames_claimed, tells "
        "the name and size of video and the rows of tracks rightly",
        "tracks is a whole CSV table and begins with the columns frame, x",
        "tracks holds as many frames as can be read from its video",
        "poses holds at most as many frames as its video, where it says how many",
        "poses is a whole HDF5 file, holds frames (at least 1 row)",
        "folder holds *.pv",
        "session.json is whole JSON, holds timers.end",
    )


def test_of_a_project(lab: Lab) -> None:
    """./rt methods prints the paragraph and the works; what is not known is named on stderr."""
    declare(lab, made_by={"a word": {"json": "info", "key": "animals.number"}})
    lab.videos(2)
    assert lab.rt("run").code == 0
    ran = lab.rt("methods")
    text, _, bibtex = ran.out.partition("\n\n")
    assert ran.code == 0
    assert text.startswith("2 videos of 1 day were processed with tiny. The tasks noted this version: tiny 1.2. ")
    assert "The results themselves say how they were made: a word 2." in text
    assert "The tasks ran on a machine without a scheduler, and were listed, run and checked by remote-tracker " in text
    assert bibtex.startswith("@misc{remote-tracker-")
    assert ran.err == "Not said: No citation is known to us for tiny: look at its own pages.\n"
    assert lab.rt("methods", "--bibtex").out == bibtex
    told = json.loads(lab.rt("methods", "--json").out)
    assert (told["text"], told["bibtex"].rstrip()) == (text, bibtex.rstrip())
    assert told["left_out"] == ["No citation is known to us for tiny: look at its own pages."]


def test_the_works_of_a_tracker_of_your_own(lab: Lab) -> None:
    """A citations.yml beside a tracker of your own is read, and what it says stands in both."""
    declare(lab)
    work = "{key: Me2020, authors: ['Me, A.'], title: Mine, journal: J, year: 2020}"
    (lab.root / "site/trackers/tiny/citations.yml").write_text(f"name: Tiny\nworks: [{work}]\n")
    lab.videos(1)
    assert lab.rt("run").code == 0
    ran = lab.rt("methods")
    assert ran.out.startswith(
        "1 video of 1 day was processed with Tiny (Me, 2020). The tasks noted this version: Tiny 1.2."
    )
    assert "@article{Me2020,\n  author = {Me, A.},\n  title = {{Mine}},\n" in ran.out
    assert ran.err == ""


def test_results_made_elsewhere(lab: Lab) -> None:
    """Of results that no task here made, nothing is claimed."""
    declare(lab)
    lab.video("d1/v1.avi")
    for name, text in (("v1.json", '{"fps": 25}'), ("v1.csv", "frame,x\n1,1\n")):
        lab.result(f"d1/{name}").parent.mkdir(parents=True, exist_ok=True)
        lab.result(f"d1/{name}").write_text(text)
    ran = lab.rt("methods")
    assert ran.out.startswith("1 video of 1 day was processed with tiny. A result counted")
    assert "version" not in ran.out.partition("\n\n")[0]
    assert ran.err.splitlines()[1:] == [
        "Not said: Of 1 video: no task noted which version of tiny made the result.",
        "Not said: Of 1 video: the parameters are not known, as of results that were made elsewhere.",
        "Not said: Of 1 video: where the task ran is not known.",
    ]
    assert "The tasks" not in ran.out
    assert " checked the results.\n\n" in ran.out


def test_a_project_without_results(lab: Lab) -> None:
    """Without a result there is still a paragraph, and it claims nothing."""
    declare(lab)
    lab.videos(2)
    ran = lab.rt("methods")
    assert (ran.code, ran.out.startswith("0 of 2 videos were processed with tiny.")) == (0, True)
    assert "2 videos are left out: 2 not processed." in ran.out
