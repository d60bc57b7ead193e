"""The schemas by which an editor completes and marks our YAML files say what the code says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker import checks
from remote_tracker.config import (
    cluster,
    container,
    each,
    load_cluster,
    load_project,
    load_tracker,
    project,
    remote,
    stage,
    tracker,
    workflow,
)
from remote_tracker.config import signatures as told
from remote_tracker.errors import RemoteTrackerError

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed (tests/requirements.txt)")

PACKAGE = TEMPLATE / "remote_tracker"
SHIPPED = {
    "tracker": sorted(PACKAGE.glob("trackers/**/tracker.yml")),
    "cluster": sorted(PACKAGE.glob("clusters/*.yml")),
    "signatures": [PACKAGE / "signatures.yml"],
}
PROJECT = {"name": "larvae", "tracker": "opencv", "cluster": "local", "params": {}}
CLUSTER = {"description": "the third floor", "scheduler": "slurm"}
SIGNATURES = {"signatures": [{"cause": "the camera stopped", "says": ["frame \\d+"], "retry": "no"}]}
STAGE = {
    "name": "count",
    "input": {"photo": {"pattern": "RawVideos/{subdir}/{name}.jpg"}},
    "output": {"counts": {"pattern": "Results/{subdir}/{name}.csv"}},
    "each": {"well": {"file": "AuxiliaryFiles/wells.txt"}},
    "resources": {"cpus": 1},
    "command": "count {{ input.photo }} {{ output.counts }}",
    "check": [{"csv": "counts"}],
    "ready": [{"video": "photo"}],
}
TRACKER = {
    "description": "counts of larvae",
    "params": {"threshold": {"default": 40, "help": "how dark"}},
    "needs": [{"command": "true", "help": "nothing"}],
    "stages": [STAGE],
}
GOOD = {"project": PROJECT, "cluster": CLUSTER, "signatures": SIGNATURES, "tracker": TRACKER}
ODD = [{"a": 1}, [["x"]], ["x"], True, "word", "", -1, 1.5, 7]


def marks(name: str, data: Any) -> list[str]:
    """Return what an editor marks in a file of this kind: the places and the reasons."""
    schema = json.loads((PACKAGE / "yaml_schemas" / f"{name}.json").read_text(encoding="utf-8"))
    found = jsonschema.Draft7Validator(schema).iter_errors(data)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def refusal(folder: Path, name: str, data: Any) -> str:
    """Return why the code refuses a file of this kind, nothing where it takes it."""
    try:
        if name == "tracker":
            load_tracker(write(folder / "own/tracker.yml", data))
        elif name == "cluster":
            load_cluster(write(folder / "own.yml", data))
        elif name == "signatures":
            write(folder / "site/signatures.yml", data)
            told.load_signatures(folder)
        else:
            write(folder / "project.yml", data)
            load_project(folder)
    except RemoteTrackerError as error:
        return str(error)
    return ""


def write(path: Path, data: Any) -> Path:
    """Write data as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def changed(data: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy of data with another value at a place."""
    copy = deepcopy(data)
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return copy


@pytest.mark.parametrize(("name", "path"), [(n, path) for n, paths in SHIPPED.items() for path in paths])
def test_what_is_shipped_is_not_marked(name: str, path: Path) -> None:
    """No editor marks anything in a file that comes with remote-tracker."""
    assert not marks(name, yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", ["project", "tracker", "cluster", "signatures"])
def test_the_examples_of_the_pages_are_not_marked(page: str) -> None:
    """What the reference pages show as a whole file is fine in an editor, too."""
    text = (REPOSITORY / f"docs/reference/{page}-yml.md").read_text(encoding="utf-8")
    whole = [yaml.safe_load(found) for found in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    needed = {"project": "tracker", "tracker": "stages", "cluster": "scheduler", "signatures": "signatures"}[page]
    examples = [data for data in whole if needed in data]
    assert examples
    assert not [marks(page, data) for data in examples if marks(page, data)]


def test_every_key_of_the_code_is_offered() -> None:
    """An editor offers each key, option and choice that the code knows, with its line of help."""
    texts = {name: json.loads((PACKAGE / f"yaml_schemas/{name}.json").read_text(encoding="utf-8")) for name in GOOD}
    tables = {
        "project": [project.KEYS, container.KEYS, remote.KEYS],
        "cluster": [cluster.KEYS, container.KEYS],
        "signatures": [told.KEYS],
        "tracker": [tracker.KEYS, tracker.PARAM_KEYS, tracker.NEED_KEYS, stage.KEYS, stage.INPUT_KEYS],
    }
    tables["tracker"] += [stage.OUTPUT_KEYS, stage.RESOURCE_KEYS, each.EACH_KEYS, workflow.KEYS]
    kinds = [*checks.KINDS.values(), *checks.INPUT_KINDS.values()]
    tables["tracker"] += [{o.name: o.help for kind in kinds for o in kind.options}, {k.name: k.help for k in kinds}]
    for name, known in tables.items():
        offered = set(find_offered(texts[name]))
        missing = [key for table in known for key, help_text in table.items() if (key, help_text) not in offered]
        assert not missing, name


def find_offered(schema: Any) -> Iterator[tuple[str, str]]:
    """Yield each key that a schema offers anywhere, with its help."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict):
        for key, shape in schema.get("properties", {}).items():
            yield key, shape.get("description", "")
    for part in inner:
        yield from find_offered(part)


S = ("stages", 0)
WRONG = [
    ("project", ("clustr",), "local", "clustr"),
    ("project", ("attempts",), "many", "attempts"),
    ("project", ("attempts",), -1, "attempts"),
    ("project", ("attempts",), True, "attempts"),
    ("project", ("content",), "some", "content"),
    ("project", ("email",), ["me@lab.org"], "email"),
    ("project", ("params",), ["parameters"], "params"),
    ("project", ("params",), {"paramters": "x.yml"}, "paramters"),
    ("project", ("container",), {"runtime": "dockr"}, "runtime"),
    ("project", ("container",), {"imge": "t.sif"}, "imge"),
    ("project", ("exclude",), {"calibration": True}, "exclude"),
    ("project", ("remote",), {"login": "swc", "folder": "/lab/flies", "host": "x"}, "host"),
    ("project", ("remote",), {"login": "swc"}, "folder"),
    ("cluster", ("partition",), "cpu", "partition"),
    ("cluster", ("scheduler",), "slrum", "scheduler"),
    ("cluster", ("max_tasks",), "1000", "max_tasks"),
    ("cluster", ("mail",), "no", "mail"),
    ("cluster", ("resources",), {"workspace": {"cores": 4}}, "cores"),
    ("cluster", ("resources",), {"home": {"cpus": 4}}, "home"),
    ("signatures", ("signatures", 0, "retry"), "maybe", "retry"),
    ("signatures", ("signatures", 0, "of"), ["out-of-luck"], "of"),
    ("signatures", ("signatures", 0, "advise"), "x", "advise"),
    ("signatures", ("signature",), [], "signature"),
    ("tracker", ("stage",), [], "stage"),
    ("tracker", ("params", "threshold", "choises"), [1], "choises"),
    ("tracker", ("params", "threshold", "file"), "yes", "file"),
    ("tracker", ("needs", 0, "on_nodes"), True, "on_nodes"),
    ("tracker", (*S, "name"), "Count Larvae", "name"),
    ("tracker", (*S, "outputs"), {}, "outputs"),
    ("tracker", (*S, "work"), "inplace", "work"),
    ("tracker", (*S, "folder"), "home", "folder"),
    ("tracker", (*S, "exit_ok"), "none", "exit_ok"),
    ("tracker", (*S, "resources", "cpus"), "four", "cpus"),
    ("tracker", (*S, "input", "photo", "optional"), "maybe", "optional"),
    ("tracker", (*S, "input", "photo", "paterns"), "x", "paterns"),
    ("tracker", (*S, "each", "well", "row"), True, "row"),
    ("tracker", (*S, "check", 0, "headers"), ["larva"], "headers"),
    ("tracker", (*S, "check", 0, "rows"), "one", "rows"),
    ("tracker", (*S, "check"), [{"cvs": "counts"}], "check"),
    ("tracker", (*S, "ready", 0, "frames"), 3, "frames"),
]


@pytest.mark.parametrize(("name", "place", "value", "key"), WRONG)
def test_what_the_code_refuses_is_marked(
    tmp_path: Path, name: str, place: tuple[str | int, ...], value: Any, key: str
) -> None:
    """A wrong key, type or choice is marked where it stands, and the code refuses it by the same word."""
    assert not marks(name, GOOD[name])
    assert not refusal(tmp_path, name, GOOD[name])
    wrong = changed(GOOD[name], place, value)
    marked = marks(name, wrong)
    assert marked
    reason = refusal(tmp_path, name, wrong)
    assert key in reason
    where = "/".join(map(str, place[:-1]))
    assert all(line.startswith(where) for line in marked), marked


def find_places() -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield every place of every file at which a key of the code may stand."""
    yield from (("project", (key,)) for key in project.KEYS)
    yield from (("cluster", (key,)) for key in cluster.KEYS)
    yield from (("signatures", ("signatures", 0, key)) for key in told.KEYS)
    yield from (("tracker", (key,)) for key in tracker.KEYS)
    yield from (("tracker", ("params", "threshold", key)) for key in tracker.PARAM_KEYS)
    yield from (("tracker", ("needs", 0, key)) for key in tracker.NEED_KEYS)
    for inner, keys in (((), stage.KEYS), (("input", "photo"), stage.INPUT_KEYS), (("check", 0), ["rows", "header"])):
        yield from (("tracker", (*S, *inner, key)) for key in keys)
    for inner, keys in ((("output", "counts"), stage.OUTPUT_KEYS), (("resources",), stage.RESOURCE_KEYS)):
        yield from (("tracker", (*S, *inner, key)) for key in keys)
    yield from (("tracker", (*S, "each", "well", key)) for key in each.EACH_KEYS)


@pytest.mark.parametrize(("name", "place"), list(find_places()), ids=lambda found: str(found).replace("'", ""))
def test_nothing_is_marked_that_the_code_takes(tmp_path: Path, name: str, place: tuple[str | int, ...]) -> None:
    """Whatever stands at a key, an editor marks it only where ./rt would refuse the file."""
    for value in ODD:
        data = changed(GOOD[name], place, value)
        marked = marks(name, data)
        assert not marked or refusal(tmp_path, name, data), (value, marked)


@pytest.mark.parametrize("path", [path for path in SHIPPED["tracker"] if path.parent.name != "custom"])
def test_the_defaults_of_each_tracker_may_be_written_out(tmp_path: Path, path: Path) -> None:
    """A project.yml with each parameter of its tracker as it is anyway is not marked; another parameter is."""
    params = {param.name: param.default for param in load_tracker(path).declared}
    data = {"tracker": path.parent.name, "params": params}
    assert not marks("project", data)
    assert marks("project", {**data, "params": {**params, "no_such": 1}})


def test_a_tracker_of_your_own_has_its_own_parameters() -> None:
    """Of a tracker in site/, custom included, the schema knows no parameters, and marks none."""
    for name in ("custom", "larvae"):
        assert not marks("project", {"tracker": name, "params": {"anything": [1]}})


def test_an_editor_finds_the_schemas(baked: Path) -> None:
    """The first line of a new project.yml names a schema by a path that holds in the project, wherever it lies."""
    first = (baked / "project.yml").read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert named != first
    assert (baked / named).read_bytes() == (PACKAGE / "yaml_schemas/project.json").read_bytes()
    assert not marks("project", yaml.safe_load((baked / "project.yml").read_text(encoding="utf-8")))


def test_every_schema_that_is_named_is_there() -> None:
    """The lines for files in site/, in its README and in what it holds, lead to schemas from where the files lie."""
    places = {"tracker": "site/trackers/x", "cluster": "site/clusters", "signatures": "site"}
    readme = (TEMPLATE / "site/README.md").read_text(encoding="utf-8")
    named = re.findall(r"\$schema=(\S+/(\w+)\.json)", readme)
    assert {kind for _, kind in named} == set(places)
    custom = PACKAGE / "trackers/custom/site/trackers/custom/tracker.yml"
    named += re.findall(r"\$schema=(\S+/(\w+)\.json)", custom.read_text(encoding="utf-8").splitlines()[0])
    assert len(named) == 4
    for path, kind in named:
        assert Path(TEMPLATE, *resolve(places[kind], path)).is_file(), path


def resolve(folder: str, path: str) -> list[str]:
    """Return the parts of a path that is relative to a folder, which need not be there."""
    parts = folder.split("/")
    for part in path.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return parts
