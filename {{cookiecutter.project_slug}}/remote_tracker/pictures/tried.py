"""Read the parameters that a person tries: which there are, where each stands, and the file with other values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..errors import TOO_MUCH, RemoteTrackerError, WrongUse, unknown_word
from ..model import Param, Project, Stage
from ..named_tuple import NamedTuple
from ..parameters.judge_values import find_faults
from ..parameters.known_keys import KnownKeys, load_known_keys
from ..parameters.look import find_beside
from ..parameters.read_values import load_pairs

DEFAULT = "default"
FOLDER = "tried"


class Tried(NamedTuple):
    """A parameter with another value: one of the tracker, or a key of the file that a parameter names."""

    name: str
    now: Any  # the value that is in force; DEFAULT where the file does not hold the key
    value: Any
    param: Param
    file: str = ""  # the parameter's file, below the project or absolute; "": the parameter itself is tried

    @property
    def told(self) -> str:
        """Return in words what is tried: area_min 30 -> 90."""
        return f"{self.name} {_told(self.now)} -> {_told(self.value)}"


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def read_tried(project: Project, stage: Stage, settings: Sequence[str]) -> tuple[Tried, ...]:
    """Return what words as area_min=90 mean.

    Raises WrongUse for a name that there is not, with all names that there are, and for a value that cannot be.
    """
    places = dict(_find_places(project, stage))
    found: list[Tried] = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name:
            raise WrongUse(f"--set {setting}: write it as NAME=VALUE, as --set area_min=90.")
        if name not in places:
            raise WrongUse(f"--set {setting}: {unknown_word('parameter', name, places)}")
        if name in [one.name for one in found]:
            raise WrongUse(f"--set {setting}: {name} has another value already. Say one of the two.")
        param, file = places[name]
        found.append(_try(project, setting, Tried(name, None, _read_value(setting, text), param, file)))
    return tuple(found)


def _find_places(project: Project, stage: Stage) -> Iterator[tuple[str, tuple[Param, str]]]:
    """Yield the name of each parameter that can be tried, with the parameter, and the file in which it is a key."""
    own = [param for param in project.tracker.declared if param.name in stage.params]
    for param in own:
        if not (param.file or param.lists) and param.affects_results:
            yield param.name, (param, "")
    for param in own:
        value = project.tracker.params.get(param.name)
        if param.keys and isinstance(value, str) and value:
            for key in _known(project, param).rules:
                yield key, (param, value)


def _known(project: Project, param: Param) -> KnownKeys:
    return load_known_keys(find_beside(project.tracker.folder, param.keys))


def _read_value(setting: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, *TOO_MUCH):
        raise WrongUse(f"--set {setting}: the value cannot be read: write it as in YAML.") from None


def _try(project: Project, setting: str, tried: Tried) -> Tried:
    """Return what is tried with the value in force; raises WrongUse where the new value cannot be."""
    param = tried.param
    if not tried.file:
        if param.choices and tried.value not in param.choices:
            raise WrongUse(f"--set {setting}: {unknown_word('value', tried.value, param.choices)}")
        return tried._replace(now=project.tracker.params.get(param.name))
    now = dict(_load(project, tried.file))
    rules = _known(project, param)
    for fault in find_faults(rules, [*{**now, tried.name: tried.value}.items()]):
        raise WrongUse(f"--set {setting}: {fault}")
    return tried._replace(now=now.get(tried.name, DEFAULT))


def _load(project: Project, file: str) -> list[tuple[str, Any]]:
    try:
        return load_pairs(project.root / file)
    except (OSError, ValueError, yaml.YAMLError, *TOO_MUCH) as error:
        raise RemoteTrackerError(f"{file}: cannot be read: {' '.join(str(error).split())}. Mend it.") from None


def change_file(text: str, suffix: str, values: Mapping[str, Any]) -> str:
    """Return the text of a parameter file in which some keys at its top have other values.

    ``suffix`` is .json, .yml or .yaml; a file with any other suffix has lines of name = value, as TOML.
    """
    if suffix == ".json":
        return json.dumps({**json.loads(text), **values}, indent=1)
    if suffix in (".yml", ".yaml"):
        return yaml.safe_dump({**(yaml.safe_load(text) or {}), **values}, sort_keys=False, allow_unicode=True)
    stay = [line for line in text.splitlines() if line.partition("=")[0].strip() not in values]
    first = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join([*first, *stay, ""])


def changed_params(project: Project, tried: Sequence[Tried], place: Path) -> dict[str, Any]:
    """Return the tried parameters as project.yml would say them, and write the files that they name.

    A file with other values lies in the folder ``tried`` of the project that is imitated in ``place``.
    """
    params = {one.name: one.value for one in tried if not one.file}
    for file in dict.fromkeys(one.file for one in tried if one.file):
        source, target = project.root / file, place / FOLDER / Path(file).name
        values = {one.name: one.value for one in tried if one.file == file}
        target.parent.mkdir(exist_ok=True)
        target.write_text(change_file(source.read_text(encoding="utf-8"), source.suffix, values), encoding="utf-8")
        params |= {one.param.name: f"{FOLDER}/{target.name}" for one in tried if one.file == file}
    return params
