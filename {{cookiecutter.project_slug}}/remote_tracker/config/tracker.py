"""Read tracker.yml as a Tracker, resolved for the parameters of a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ConfigError, unknown_word
from ..model import Need, Param, Stage, Tracker
from ..parameters.look import find_beside
from ..quick_dataclass import replace
from . import old_words
from .document import Section, load_document
from .expressions import filled, holds
from .listed import load_listed
from .stage import read_stage

KEYS = {
    "description": "what the tracker is, in a line",
    "url": "where its own documentation is",
    "version": "a line of bash that prints the program's version, where activate.sh was read",
    "tested": "on what it was tried: real, stand-in or never, and a word about it",
    "needs": "what a machine must have for it: asked before anything is listed",
    "params": "its parameters, each with a default and a help",
    "stages": "its steps, in order",
}
PARAM_KEYS = {
    "default": "the value where project.yml gives none",
    "help": "one line for people",
    "choices": "the values it may take",
    "file": "true where its value is a file or folder (parameters, a model): its content is part of the fingerprint",
    "folder": "where its value names something in this folder, as AuxiliaryFiles/models; a scan announces newer ones",
    "affects_results": "false where no result depends on it (a scratch folder): it is no part of the fingerprint",
    "lists": "a folder, as RawVideos: its value names a file that lists folders in it, one a line, and stands for them",
    "keys": "a file beside tracker.yml with the keys that its file (JSON, YAML, TOML, or lines of name = value) may "
    "have: one a line, or in a .yml each with its rule, as fps: {type: number, minimum: 1}; a scan and the doctor look",
    "names": "keys of its file (JSON, YAML, or lines of key = value) that name files: their content counts as its own",
    "look": "a Python program beside tracker.yml, given the file's or folder's path; each line it prints is a fault",
    "rewritten": "keys at the top of its YAML file that the program rewrites by itself, as [project_path]: they do not "
    "count, nor do comments and the order of keys",
}
NEED_KEYS = {
    "command": "a line of bash that ends with exit code 0 where all is well, where activate.sh was read",
    "help": "what to do where it does not",
    "when": "an expression over params; where it is false it is not needed",
    "on_node": "true where only machines that run tasks must have it, as a GPU: ./rt doctor --on-node asks there",
}


def load_tracker(path: Path, given: Section | None = None, videos: str = "") -> Tracker:
    """Return the tracker that ``path`` declares; ``given`` and ``videos`` are ``params`` and ``videos`` of project.yml.

    Raises ConfigError, which names the file, the line and the valid words.
    """
    top = load_document(path, is_kept=True).only(KEYS)
    declared = _read_params(top.section("params"))
    params = _resolve_params(declared, given, videos)
    try:
        stages = _read_stages(top, params)
    except ConfigError as error:
        _blame_param(top, declared, given, videos, error)
    _require_order(top, [s.name for s in stages])
    return Tracker(
        name=path.parent.name,
        description=top.text("description"),
        url=top.text("url", ""),
        folder=path.parent,
        params=params,
        declared=declared,
        stages=stages,
        version=top.text("version", ""),
        needs=tuple(_read_needs(top, params)),
        tested=top.text("tested", ""),
    )


def _blame_param(
    top: Section, declared: tuple[Param, ...], given: Section | None, videos: str, error: ConfigError
) -> NoReturn:
    """Raise ConfigError that names the line of project.yml without which the stages can be read, else ``error``."""
    for name in given.data if given else ():
        assert given is not None
        others = replace(given, data={key: value for key, value in given.data.items() if key != name})
        try:
            _read_stages(top, _resolve_params(declared, others, videos))
        except ConfigError:
            continue
        given.fail(name, error.what)
    raise error


def _read_needs(top: Section, params: Mapping[str, Any]) -> Iterator[Need]:
    for section in top.sections("needs"):
        section.only(NEED_KEYS)
        if holds(section, "when", params):
            told = filled(section, "help", section.text("help"), params)
            yield Need(section.text("command").strip(), told, section.flag("on_node"))


def _read_stages(top: Section, params: Mapping[str, Any]) -> tuple[Stage, ...]:
    """Return the stages whose ``when`` holds for ``params``; ``after`` may name any stage above its own."""
    stages: list[Stage] = []
    above: list[str] = []
    for section in top.sections("stages"):
        if stage := read_stage(section, params):
            stages.append(stage)
        for name in section.texts("after"):
            if name not in above:
                section.fail("after", unknown_word("stage above this one", name, above))
        above.append(section.text("name"))
    return tuple(stages)


def _read_params(section: Section) -> tuple[Param, ...]:
    return tuple(_read_param(section.section(name)) for name in section.data)


def _read_param(section: Section) -> Param:
    section.only(PARAM_KEYS, old_words.PARAM)
    name, default = str(section.where[-1]), section.data.get("default")
    if not name.isidentifier():
        section.fail(None, f'"{name}": a parameter\'s name is letters, digits and _, a letter first.')
    choices = section.data.get("choices")
    choices = [] if choices is None else choices
    if not isinstance(choices, list):
        section.fail("choices", '"choices" must be a list.')
    if choices and default not in choices:
        section.fail("default", unknown_word(name, str(default), map(str, choices)))
    folder, keys, look = section.text("folder", ""), section.text("keys", ""), section.text("look", "")
    for word, file in (("keys", keys), ("look", look)):
        if file and not find_beside(section.path.parent, file).is_file():
            section.fail(word, f'"{word}": there is no {file} beside tracker.yml.')
    rewritten = section.texts("rewritten")
    if rewritten and not section.flag("file"):
        section.fail("rewritten", '"rewritten" needs "file: true": the keys of which file.')
    return Param(
        name,
        default,
        section.text("help"),
        tuple(choices),
        section.flag("file"),
        folder,
        keys,
        section.flag("affects_results", True),
        section.text("lists", ""),
        section.texts("names"),
        look,
        rewritten,
    )


def _resolve_params(declared: tuple[Param, ...], given: Section | None, videos: str) -> Mapping[str, Any]:
    known = {p.name: p for p in declared}
    values = {p.name: [] if p.lists else p.default for p in declared}
    for name, value in (given.data if given else {}).items():
        assert given is not None
        if name not in known:
            given.fail(name, unknown_word("key", name, known))
        _require_fit(given, known[name], value)
        lists = known[name].lists
        values[name] = value if not lists else load_listed(given, known[name], value, videos) if value else []
    return values


def _require_fit(given: Section, param: Param, value: Any) -> None:
    if param.choices and value not in param.choices:
        given.fail(param.name, unknown_word(param.name, str(value), map(str, param.choices)))
    if value is None or param.default is None or _sort(value) == _sort(param.default):
        return
    given.fail(param.name, f'"{param.name}" must be like its default {param.default!r}, not {value!r}. {param.help}')


def _require_order(top: Section, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            top.fail("stages", f'two stages are called "{name}" at once: give each a `when` that excludes the other.')
    if not names:
        top.fail("stages" if "stages" in top.data else None, "no stage is left: a tracker needs at least one.")


def _sort(value: Any) -> type:
    """Return the type of a value, float for every number; true and false are no numbers."""
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
