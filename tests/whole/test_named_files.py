"""Files that a parameter file names: part of what results are made with, asked for before the first task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from lab import Lab
from remote_tracker.parameters.named_files import find_named_files

PARAMS = {"settings": {"default": "AuxiliaryFiles/my.json", "file": True, "names": ["net", "deep.maps"], "help": "x"}}
COMMAND = "cat {{ project }}/{{ params.settings }} {{ input.video }} >{{ output.copy }}"


def put(lab: Lab, **told: object) -> None:
    """Write the parameter file."""
    lab.tracker(params=PARAMS, command=COMMAND)
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / "AuxiliaryFiles/my.json").write_text(json.dumps(told))


def fingerprint(lab: Lab) -> str:
    """Return the fingerprint of the newest batch."""
    told = yaml.safe_load((lab.workspace / "batches" / lab.batches()[-1] / "batch.yml").read_text())
    return str(told["params_fingerprint"])


def test_a_missing_one_lists_nothing(lab: Lab) -> None:
    """Each that is not there is named by the scan and the doctor, with the file and the key that name it."""
    put(lab, net="AuxiliaryFiles/my.net", deep={"maps": ["/nowhere/a", "AuxiliaryFiles/b"]})
    lab.videos(1)
    ran = lab.scan()
    told = "AuxiliaryFiles/my.json: net is AuxiliaryFiles/my.net, and there is no such file in the project."
    assert (ran.code, ran.err) == (1, f"{told} Put it there, or name another. Nothing was listed.\n")
    out = lab.rt("doctor").out
    assert told in out
    assert "AuxiliaryFiles/my.json: deep.maps is /nowhere/a, and there is no such file. Put it there" in out
    assert "deep.maps is AuxiliaryFiles/b, and there is no such file in the project." in out


@pytest.mark.parametrize("kind", ["file", "folder", "absolute"])
def test_another_content_made_other_results(lab: Lab, tmp_path: Path, kind: str) -> None:
    """A named file or folder that changes outdates what was made with it, also between the list and the task."""
    named = tmp_path / "elsewhere.net" if kind == "absolute" else lab.root / "AuxiliaryFiles/my.net"
    path = named / "weights" if kind == "folder" else named
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("one")
    put(lab, net=str(named) if kind == "absolute" else "AuxiliaryFiles/my.net")
    lab.videos(1)
    lab.go()
    assert lab.scan().out.count("other parameters") == 0
    path.write_text("another")
    assert "1 of 1 finished was made with other parameters" in lab.scan().out
    lab.video("d1/v2.avi")
    lab.scan()
    path.write_text("a third")
    lab.process()
    path.write_text("another")
    assert "2 of 2 finished were made with other parameters" in lab.scan().out
    path.write_text("a third")
    assert "1 of 2 finished was made with other parameters" in lab.scan().out


@pytest.mark.parametrize("told", [{}, {"net": ""}, {"net": None, "deep": 3}, {"net": [], "deep": {"maps": {}}}])
def test_a_file_that_names_none(lab: Lab, told: dict[str, object]) -> None:
    """Its fingerprint is what it is where tracker.yml asks for no names."""
    put(lab, **told)
    lab.videos(1)
    lab.scan()
    with_names = fingerprint(lab)
    plain = {name: value for name, value in PARAMS["settings"].items() if name != "names"}
    lab.tracker(params={"settings": plain}, command=COMMAND)
    lab.video("d1/v2.avi")
    lab.scan()
    assert len(lab.batches()) == 2
    assert fingerprint(lab) == with_names


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.json", '{"net": "x.pth", "deep": {"maps": ["a", "", "b"]}}', ["x.pth", "a", "b"]),
        ("a.yml", "net: x.pth\ndeep:\n  maps: a\n", ["x.pth", "a"]),
        ("a.toml", "# net = 'no'\nnet = \"x y.pth\"  # mine\nnetwork = 'no'\n", ["x y.pth"]),
        ("a.toml", "net = ''\n", []),
        ("a.settings", "net = x.pth\n", ["x.pth"]),
        ("a.json", '{"net": " -x.pth "}', ["./-x.pth"]),
        ("a.json", '{"net": {"net": "x"}}', []),
        ("a.json", '{"net', []),
        ("a.json", "[" * 100_000, []),
        ("a.yml", "net: [", []),
        ("a.json", '"net"', []),
        ("a.json", "\udcff", []),
    ],
)
def test_files_of_several_kinds(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    """JSON, YAML, and lines of key = value are read; what cannot be read, or holds no such text, names nothing."""
    (tmp_path / name).write_text(text, errors="surrogateescape")
    assert [named.path for named in find_named_files(tmp_path, name, ("net", "deep.maps"))] == found
    assert [*find_named_files(tmp_path, "gone.json", ("net",))] == []
