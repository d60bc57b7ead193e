"""Texts that are nested too deep, or too large for the memory: a line names the file, for each file of a user's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from lab import TEMPLATE, Lab
from remote_tracker import __main__
from remote_tracker.checks.clause import Fault
from remote_tracker.checks.values import read_json
from remote_tracker.config import document
from remote_tracker.config.document import load_document
from remote_tracker.config.signatures import load_signatures
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model.pattern import PatternError, read_pattern
from remote_tracker.scan.lists import load_list
from remote_tracker.update import load_origin

DEEP_YAML = f"a: {'[' * 9000}{']' * 9000}\n"
DEEP_JSON = f"{'[' * 200_000}{']' * 200_000}"
EACH = {"part": {"file": "RawVideos/{subdir}/{name}.json"}}


def assert_one_line(text: str, *says: str) -> None:
    """Check that a text is one line that says all this."""
    assert len(text.strip().splitlines()) == 1, text
    assert all(said in text for said in says), text


@pytest.mark.parametrize("loader", [yaml.SafeLoader, document.make_loader], ids=["python", "libyaml"])
def test_deep_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loader: Any) -> None:
    """A YAML file of ours or of a lab's is refused by name, with either parser of PyYAML."""
    monkeypatch.setattr(document, "make_loader", loader)
    place = tmp_path / "x.yml"
    place.write_text(DEEP_YAML)
    with pytest.raises(RemoteTrackerError) as error:
        load_document(place)
    assert_one_line(str(error.value), f"{place} line 1: ", "nest", "Nothing was changed.")


def test_deep_project(lab: Lab) -> None:
    """A project.yml that is nested too deep is one line."""
    lab.videos(1)
    lab.settings(params={"x": 1})
    with open(lab.root / "project.yml", "a") as file:
        file.write(f"z: {'[' * 900}{']' * 900}\n")
    ran = lab.scan()
    assert ran.code == 1
    assert_one_line(ran.out + ran.err, "project.yml line ", "nested too deep")


@pytest.mark.parametrize(("name", "text"), [("my.json", DEEP_JSON), ("my.yml", DEEP_YAML)])
def test_deep_parameter_file(lab: Lab, name: str, text: str) -> None:
    """A parameter file that is nested too deep is one line."""
    params = {"settings": {"default": f"AuxiliaryFiles/{name}", "file": True, "keys": "known.txt", "help": "settings"}}
    lab.tracker(params=params, command="cp {{ input.video }} {{ output.copy }} # {{ params.settings }}")
    (lab.root / "site/trackers/tiny/known.txt").write_text("speed\n")
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / f"AuxiliaryFiles/{name}").write_text(text)
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert_one_line(ran.out + ran.err, f"AuxiliaryFiles/{name} cannot be read: it is nested too deep")


def test_deep_list(lab: Lab) -> None:
    """A list beside a video that is nested too deep makes that video invalid, no other."""
    lab.tracker(each=EACH, output={"copy": "Results/{subdir}/{name}_{part}.txt"})
    lab.videos(2)
    (lab.root / "RawVideos/d1/v1.json").write_text('["left", "right"]')
    (lab.root / "RawVideos/d1/v2.json").write_text(DEEP_JSON)
    found = lab.look()
    assert {state: n for state, n in found["counts"].items() if n} == {"unprocessed": 2, "invalid": 1}
    assert "its list RawVideos/d1/v2.json is nested too deep" in str(found["odd"])


def no_memory(*_: object, **__: object) -> NoReturn:
    """Stand for a reader that gets no memory."""
    raise MemoryError


def read_one(reader: Callable[[], object]) -> str:
    """Return what a reader says, as its result or its error."""
    try:
        return str(reader())
    except (RemoteTrackerError, Fault) as error:
        return str(error)


def test_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no memory for a file, that file is named."""
    place = tmp_path / "x.json"
    place.write_text("[1]")
    (tmp_path / ".remote-tracker.yml").write_text("version: 1\n")
    for name in ("json.loads", "yaml.safe_load"):
        monkeypatch.setattr(name, no_memory)
    monkeypatch.setattr(document, "_construct", no_memory)
    assert_one_line(read_one(lambda: load_list(str(place), "x.json", "")), "its list x.json is nested too deep, or too")
    assert_one_line(read_one(lambda: load_document(place)), f"{place} line 1: it is nested too deep, or too large")
    assert_one_line(read_one(lambda: read_json("[1]")), "is not JSON that can be read: it needs too much memory")
    assert load_origin(tmp_path) == {}
    monkeypatch.setattr(Path, "read_text", no_memory)
    assert_one_line(read_one(lambda: load_document(place)), f"{place}: cannot be read: it is larger than the memory")


def test_no_memory_anywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a verb gets no memory, that is one line and exit code 1."""
    monkeypatch.setattr(__main__, "run", no_memory)
    assert __main__.main() == 1
    assert_one_line(capsys.readouterr().err, "There is not enough memory")


PATTERNS = ["(" * 5000 + ")" * 5000, "a{99999999999999999999}", "(", "(?:" * 3000 + ")" * 3000]


@pytest.mark.parametrize("pattern", PATTERNS, ids=["groups", "number", "open", "nested"])
def test_pattern_of_no_memory(tmp_path: Path, pattern: str) -> None:
    """A regular expression that Python cannot read, for whatever reason, is refused where it stands."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/signatures.yml").write_text(yaml.safe_dump({"signatures": [{"cause": "x", "says": [pattern]}]}))
    with pytest.raises(RemoteTrackerError, match=r"signatures.yml line [0-9]+: .* is no regular expression"):
        load_signatures(tmp_path)
    if "{" not in pattern:
        with pytest.raises(PatternError, match="no regular expression"):
            read_pattern(f"RawVideos/{{name,{pattern}}}.avi")


@pytest.mark.parametrize("text", [DEEP_JSON, DEEP_YAML])
def test_opencv_parameters(tmp_path: Path, text: str) -> None:
    """The built-in tracker refuses such a parameter file in one line."""
    (tmp_path / "opencv.yml").write_text(text)
    code = "import sys; from pathlib import Path\n"
    code += "from errors import BadParameter; from parameters import load_parameters\n"
    code += "try: load_parameters(Path(sys.argv[1]))\nexcept BadParameter as error: print(error)"
    done = subprocess.run(
        ["python", "-c", code, tmp_path / "opencv.yml"],
        cwd=TEMPLATE / "remote_tracker/trackers/opencv",
        capture_output=True,
        text=True,
    )
    assert_one_line(done.stdout + done.stderr, "opencv.yml: is nested too deep")
