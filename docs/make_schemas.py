"""Write the JSON schemas by which an editor completes and marks our YAML files: python docs/make_schemas.py [--check]

They are made from the tables of keys by which the code reads those files, and lie in the package, in yaml_schemas/.
--check changes nothing, and fails where a schema is not what would be written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    import jinja2  # noqa: F401  # what follows imports it late
    import yaml  # noqa: F401
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "{{cookiecutter.project_slug}}"))

from remote_tracker import checks  # noqa: E402
from remote_tracker.checks.clause import InputKind, Kind, Option  # noqa: E402
from remote_tracker.checks.options import VALUES  # noqa: E402
from remote_tracker.config import (  # noqa: E402
    cluster,
    container,
    each,
    layout,
    notify,
    old_words,
    people,
    project,
    remote,
    signatures,
    stage,
    tells,
    tracker,
    tracks,
    workflow,
)
from remote_tracker.model import Param, Tracker  # noqa: E402
from remote_tracker.model.track_source import TRACK_FORMS  # noqa: E402
from remote_tracker.schedulers import NAMES  # noqa: E402

Schema = dict[str, Any]
PACKAGE = ROOT / "{{cookiecutter.project_slug}}" / "remote_tracker"
FOLDER = PACKAGE / "yaml_schemas"
OWN_COPY = "custom"  # its tracker.yml lies in site/, where people change its parameters

TEXT: Schema = {"type": ["string", "number"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
ANY: Schema = {}
TEXTS: Schema = {
    "type": ["string", "number", "boolean", "array", "null"],
    "items": {"type": ["string", "number", "boolean"]},
}
TIME: Schema = {"type": ["string", "integer"], "minimum": 0}


def choice(*words: str) -> Schema:
    """Return the schema of one of these words."""
    return {"enum": list(words)}


def known(words: list[str]) -> Schema:
    """Return the schema of a text, of which an editor offers these words."""
    return {"anyOf": [{"enum": words}, {"type": ["string", "number"]}]}


def mapping(keys: Mapping[str, str], shapes: Mapping[str, Schema], *needed: str, old: Mapping[str, str] = {}) -> Schema:
    """Return the schema of a mapping with these keys and no others; ends the program at a key that has no shape."""
    if without := keys.keys() - shapes.keys():
        sys.exit(f"docs/make_schemas.py: say of what shape the values are: {', '.join(sorted(without))}")
    found = {key: {"description": help_text, **shapes[key]} for key, help_text in keys.items()}
    for before, now in old.items():
        found[before] = {**found[now], "deprecated": True, "deprecationMessage": f"is called {now} now"}
    return closed(found, *needed)


def closed(properties: Mapping[str, Schema], *needed: str) -> Schema:
    """Return the schema of a mapping (or of nothing behind a key) that has these keys alone."""
    schema: Schema = {"type": ["object", "null"], "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": list(needed)} if needed else schema


def named(inner: Schema) -> Schema:
    """Return the schema of a mapping of names that people choose."""
    return {"type": ["object", "null"], "additionalProperties": inner}


def several(inner: Schema) -> Schema:
    """Return the schema of a list of mappings."""
    return {"type": ["array", "null"], "items": {**inner, "type": "object"}}


def text_or(inner: Schema) -> Schema:
    """Return the schema of a text, or of a mapping instead."""
    return {"anyOf": [TEXT, {**inner, "type": "object"}]}


PLAIN: Schema = {"type": ["string", "number", "boolean", "null", "array"]}
OPTIONS: Mapping[str, Schema] = {
    "text": {"type": "string", "minLength": 1},
    "input": {"type": "string", "minLength": 1},
    "output": {"type": "string", "minLength": 1},
    "key": {"type": ["string", "array"], "minLength": 1, "minItems": 1, "items": {"type": ["string", "integer"]}},
    "names": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "count": COUNT,
    "flag": FLAG,
    "true": {"const": True},
    "value": PLAIN,
}


def option(told: Option) -> Schema:
    """Return the schema of an option of a check."""
    shapes = [OPTIONS[kind] for kind in told.kinds]
    return {"description": told.help, **(shapes[0] if len(shapes) == 1 else {"anyOf": shapes})}


def clause(kinds: Mapping[str, Kind] | Mapping[str, InputKind]) -> Schema:
    """Return the schema of a clause of ``check`` or ``ready``: a kind, and the options of that kind alone."""
    when: Schema = {"description": "an expression over params; where it is false the clause is left out", **TEXT}
    found = []
    for name, kind in kinds.items():
        options = {name: {"type": "string", "minLength": 1, "description": kind.help}, "when": when}
        options |= {told.name: option(told) for told in kind.options}
        needed = [told.name for told in kind.options if told.required]
        rest = {"properties": options, "additionalProperties": False, "required": needed}
        found.append({"if": {"required": [name]}, "then": rest})
    names = {name: {"description": kind.help} for name, kind in kinds.items()}
    return {"type": "object", "properties": names, "anyOf": [{"required": [name]} for name in kinds], "allOf": found}


CONTAINER = mapping(
    container.KEYS,
    {"image": TEXT, "runtime": choice(*container.RUNTIMES), "options": TEXTS, "binds": TEXTS},
)
RESOURCES = mapping(stage.RESOURCE_KEYS, {"cpus": COUNT, "memory": TEXT, "walltime": TIME, "gpus": TEXT})


def stages() -> Schema:
    """Return the schema of the stages of a tracker."""
    inputs = dict.fromkeys(("exclude", "below", "beside"), TEXTS)
    inputs |= {"pattern": TEXT, "pick": choice("all", "newest"), "of": TEXTS, "optional": FLAG}
    inputs |= {"imgstores": TEXT, "affects_results": FLAG}
    outputs = {"pattern": TEXT, "when": TEXT, "rewritten": FLAG}
    count: Schema = {"type": ["integer", "string", "null"], "minimum": 0}  # a text as "{{ params.pieces }}"
    shown = {"file": TEXT, "key": TEXT, "rows": FLAG, "frames_of": TEXT, "pieces": count, "piece_frames": count}
    lists = mapping(each.EACH_KEYS, {**shown, "words": TEXT})
    lists["anyOf"] = [{"required": ["file"]}, {"required": ["frames_of"]}]
    profile: Schema = {"type": ["object", "null"]}
    flow = {"cluster": TEXT, "profile": profile, "options": {"type": ["string", "object"]}, "queued": profile}
    shapes: dict[str, Schema] = {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,30}$"},
        "folder": choice(*cluster.FOLDERS),
        "input": named(text_or(mapping(stage.INPUT_KEYS, inputs, "pattern", old=old_words.INPUT))),
        "output": named(text_or(mapping(stage.OUTPUT_KEYS, outputs, "pattern"))),
        "each": named({"anyOf": [TEXTS, {**lists, "type": "object"}]}),
        "env": named(TEXT),
        "resources": RESOURCES,
        "work": choice(*stage.WORKS),
        "starts_in": choice(*stage.STARTS),
        "start": named(TEXT),
        "check": several(clause(checks.KINDS)),
        "ready": several(clause(checks.INPUT_KINDS)),
        "exit_ok": {
            "anyOf": [
                choice("any"),
                {"type": "integer"},
                {"type": "array", "minItems": 1, "items": {"type": "integer"}},
            ]
        },
        "workflow": mapping(workflow.KEYS, flow),
        "tells": mapping(
            tells.KEYS, dict.fromkeys(tells.KEYS, mapping(tells.TELL_KEYS, dict.fromkeys(tells.TELL_KEYS, TEXT)))
        ),
        "made_by": named(mapping(tells.TELL_KEYS, dict.fromkeys(tells.TELL_KEYS, TEXT))),
        "tracks": mapping(
            tracks.KEYS, {**dict.fromkeys(tracks.KEYS, TEXT), "form": choice(*TRACK_FORMS)}, "of", "form"
        ),
    }
    shapes |= dict.fromkeys(("help", "counts", "when", "numbered", "gathers", "command", "progress", "on_frames"), TEXT)
    shapes |= dict.fromkeys(("per", "after"), TEXTS)
    return several(mapping(stage.KEYS, shapes, "name", "command"))


def tracker_file() -> Schema:
    """Return the schema of a tracker.yml."""
    shapes = {
        "default": ANY,
        "help": TEXT,
        "choices": {"type": ["array", "null"]},
        "file": FLAG,
        "affects_results": FLAG,
    }
    shapes |= dict.fromkeys(("folder", "lists", "keys", "look"), TEXT) | dict.fromkeys(("names", "rewritten"), TEXTS)
    param = mapping(tracker.PARAM_KEYS, shapes, "help", old=old_words.PARAM)
    asked = {"command": TEXT, "help": TEXT, "when": TEXT, "on_node": FLAG}
    top = dict.fromkeys(("description", "url", "version", "tested"), TEXT)
    top |= {"needs": several(mapping(tracker.NEED_KEYS, asked, "command", "help"))}
    top |= {"params": named({**param, "type": "object"}), "stages": stages()}
    return mapping(tracker.KEYS, top, "description", "stages")


def cluster_file() -> Schema:
    """Return the schema of a cluster's file."""
    shapes = dict.fromkeys(("description", "contact", "url", "host", "parallel_environment"), TEXT)
    shapes |= dict.fromkeys(("max_tasks", "tasks_per_job", "throttle"), COUNT)
    shapes |= dict.fromkeys(("modules", "directives", "activate"), TEXTS)
    folders = closed(dict.fromkeys(cluster.FOLDERS, RESOURCES))
    shapes |= {"scheduler": choice(*NAMES), "mail": FLAG, "resources": folders, "container": CONTAINER}
    return mapping(cluster.KEYS, shapes, "description")


def signatures_file() -> Schema:
    """Return the schema of a signatures.yml; YAML's no and yes are words of ``retry``, too."""
    ends = {"anyOf": [choice(*signatures.KNOWN_ENDS), {"type": "array", "items": choice(*signatures.KNOWN_ENDS)}]}
    retry = {"enum": [*signatures.RETRY, True, False]}
    shapes = {"cause": TEXT, "says": TEXTS, "of": ends, "advice": TEXT, "retry": retry}
    entry = mapping(signatures.KEYS, shapes, "cause", old=old_words.SIGNATURE)
    return closed({"signatures": several(entry)})


def project_file() -> Schema:
    """Return the schema of a project.yml: below params what its tracker declares, if that is one of ours."""
    trackers = {path.parent.name: tracker.load_tracker(path) for path in sorted(PACKAGE.glob("trackers/*/tracker.yml"))}
    clusters = sorted(path.stem for path in PACKAGE.glob("clusters/*.yml"))
    shapes = dict.fromkeys(("name", "email", "videos", "day"), TEXT) | {"exclude": TEXTS, "attempts": COUNT}
    shapes |= {"tracker": known([*trackers, OWN_COPY]), "cluster": known(clusters), "container": CONTAINER}
    shapes |= {"layout": choice("", *layout.LAYOUTS), "content": choice("full", "sampled"), "stalled_after": TIME}
    shapes |= {"per_gpu": COUNT}
    shapes |= {"params": {"type": ["object", "null"]}}
    shapes["people"] = several(mapping(people.KEYS, dict.fromkeys(people.KEYS, TEXT), "name"))
    shapes["licence"] = TEXT
    shapes["notify"] = mapping(notify.KEYS, {"by": ways(), "command": TEXT, "file": TEXT})
    shapes["remote"] = mapping(remote.KEYS, dict.fromkeys(remote.KEYS, TEXT), "login", "folder")
    told = [
        {"if": {"required": ["tracker"], "properties": {"tracker": {"const": name}}}, "then": params_of(found)}
        for name, found in trackers.items()
    ]
    return {**mapping(project.KEYS, shapes, "tracker"), "allOf": told}


def ways() -> Schema:
    """Return the schema of the ways by which people are told: one, or a list of them."""
    return {"anyOf": [choice(*notify.WAYS), {"type": "array", "items": choice(*notify.WAYS)}]}


def params_of(found: Tracker) -> Schema:
    """Return the schema of a project.yml with this tracker, of its params alone."""
    return {"properties": {"params": closed({param.name: value_of(param) for param in found.declared})}}


def value_of(param: Param) -> Schema:
    """Return the schema of a parameter's value: one of its choices, or like its default."""
    is_like = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    told: Schema = {"description": param.help}
    if param.default not in (None, "", []):
        told["default"] = param.default
    if param.choices:
        return {**told, "enum": list(param.choices)}
    return told if param.default is None else {**told, "type": [is_like[type(param.default)], "null"]}


FILES = {"project": project_file, "tracker": tracker_file, "cluster": cluster_file, "signatures": signatures_file}


def written() -> dict[Path, str]:
    """Return the path of each schema -> what stands in it."""
    assert set(OPTIONS) == set(VALUES), "a kind of value of checks has no schema"
    head = {"$schema": "http://json-schema.org/draft-07/schema#"}
    made = {FOLDER / f"{name}.json": {**head, "title": f"{name}.yml", **make()} for name, make in FILES.items()}
    made = {path: {**schema, "type": "object"} for path, schema in made.items()}
    return {path: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for path, schema in made.items()}


def main(argv: list[str]) -> int:
    """Write the schemas, or say which are not as they would be written."""
    stale = {p: text for p, text in written().items() if not p.is_file() or p.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)}: {'is not as the code is' if '--check' in argv else 'written'}")
        if "--check" not in argv:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(bool(stale) and "--check" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
