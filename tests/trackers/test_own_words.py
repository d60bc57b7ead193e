"""Each tracker speaks of what it works on in its own words, on every screen; no screen shows what was not filled in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from lab import REPOSITORY, Lab, copy_tree
from trackers.conftest import Bake
from trackers.idle import GIVEN, bring_files, bring_programs

UNITS = {  # what people call the work of the first step that is listed; videos for all others
    "antrax": "movies",
    "tramway": "files",
    "snakemake": "targets",
    "dynvision": "experiments",
}
TRACKERS = json.loads((REPOSITORY / "cookiecutter.json").read_text())["tracker"]
NAMES = {"antrax": "exp1_1.avi", "tramway": "cell1.trxyt", "snakemake": "all", "dynvision": "cifar100"}
VERBS = (("status",), ("status", "--failures"), ("why", "{name}"), ("doctor",))
MORE_VERBS = (
    *(("--all",), ("status", "--usage"), ("why", "nosuch"), ("redo",), ("accept",), ("moved",), ("join",), ("verify",)),
    *(("redo", "--yes", "{name}"), ("undo", "--list"), ("clean",)),
)


def own_text(text: str) -> str:
    """Return a text without what is no word of a tracker: paths, a key of project.yml, a kind of check."""
    return re.sub(r"\S*/\S*|SHA256SUMS[.]videos|# videos:|video: \w+", " ", text)


@pytest.mark.parametrize("tracker", TRACKERS)
@pytest.mark.drawn(3)
def test_every_screen(baked_with: Bake, tmp_path: Path, tracker: str) -> None:
    """A project's page, settings and screens, before and after a failure, say neither videos for else nor {{ }}."""
    lab = Lab(copy_tree(baked_with(tracker), tmp_path / f"{tracker}_myproject"), tmp_path)
    lab.activate(bring_programs(tmp_path / "programs"))
    own, units = {"README.md", "project.yml"}, UNITS.get(tracker, "videos")
    shown = {name: (lab.root / name).read_text() for name in own}
    settings = yaml.safe_load(shown["project.yml"]) | {"params": GIVEN.get(tracker, {})}
    (lab.root / "project.yml").write_text(yaml.safe_dump(settings))
    for name in ("scan with nothing", "scan", "scan of the failed"):
        ran = lab.scan()
        shown[name] = ran.out + ran.err
        if name == "scan":
            assert f"1 {units.removesuffix('s')} found." in ran.out, ran
            lab.run("bash", ran.out.rsplit(maxsplit=1)[1])
        elif name == "scan with nothing":
            bring_files(lab, tracker)
    for words in VERBS if units == "videos" else (*VERBS, *MORE_VERBS):
        ran = lab.rt(*[word.format(name=NAMES.get(tracker, "a.avi")) for word in words])
        shown[" ".join(words)] = ran.out + ran.err
    for script in ("workspace/get_files2process.sh", "summarizer/get_cmd2process.sh"):
        shown[script] = lab.run("bash", script, "--help", folder="").out
    assert tracker in ("opencv", "custom") or "failed" in shown["status"], shown["status"]
    assert "has NOT" not in shown["doctor"], shown["doctor"]
    for name, text in shown.items():
        assert "{{" not in text, (name, text)
        assert "{%" not in text, (name, text)
        if units != "videos":
            assert not re.search(r"\bvideos?\b", own_text(text), re.IGNORECASE), (name, text)


def test_the_words_of_a_new_project_are_the_tracker_s(baked_with: Bake) -> None:
    """The words with which cookiecutter writes a project's page are those that the tracker's steps say."""
    words = json.loads((REPOSITORY / "cookiecutter.json").read_text())["_words"][0]
    said = {tracker: words.get(tracker, words[""])["many"] for tracker in TRACKERS}
    assert said == {tracker: UNITS.get(tracker, "videos") for tracker in TRACKERS}
