"""Read an entry of ``stages`` in a tracker.yml as a Stage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import NO_PATTERN, unknown_word
from ..model import Input, Output, Resources, Stage
from . import old_words
from .clauses import read_check, read_ready
from .document import Section
from .each import in_any_case, pattern_at, read_each
from .expressions import holds, listed
from .stage_sense import require_name, require_sense
from .tells import read_places, read_tells
from .tracks import read_track_source
from .workflow import read_workflow

KEYS = {
    "name": "what the stage is called: lower-case letters, digits, _",
    "help": "what it does, in a line",
    "counts": "what people call its pieces of work: videos (default), days, movies, regions",
    "folder": "where its scripts lie: workspace or summarizer",
    "when": "an expression over params; where it is false the stage is not there",
    "input": "named patterns: what it reads",
    "output": "named patterns: what it makes",
    "each": "wildcards whose values come from a list or a file",
    "per": "the wildcards that name one piece of work (default: all of them)",
    "numbered": "beside per: the wildcard with the number by which its files are ordered; none may be missing",
    "gathers": "beside per: the wildcard that names pieces of a video (see each); every frame must be in one of them",
    "after": "stages that must be finished first, where no file connects the two",
    "command": "the command line of one piece of work, Jinja2; every value is quoted",
    "env": "environment variables of the command: each a name and the text it is set to",
    "resources": "what one task asks of a scheduler",
    "work": "fresh, resume or in-place: where the command writes",
    "starts_in": "own, an empty folder (default), or project, its folder (default where it works in-place)",
    "start": "an output that begins as a copy of an input",
    "check": "what must hold before the result counts as finished",
    "ready": "what an input must show before it is listed, and before its task starts",
    "exit_ok": "the exit codes that mean success, or any",
    "progress": "a regular expression with the groups done and all: how far a running one's log says that it is",
    "tells": "where its result says how many frames and animals there are, for the table of videos",
    "made_by": "where its result says how it was made: a word for people, as model, and its place; for ./rt methods",
    "workflow": "for a Snakemake workflow, which sends jobs of its own: on which cluster, and its profile",
    "tracks": "which output says where the animals were, and how: ./rt export hands that on, ./rt picture draws it",
    "on_frames": "words behind the command by which it works on some frames of its video alone, as --frames "
    "{first}-{last}; {end} is the frame behind them, {count} how many they are: ./rt preview asks for a few",
}
# keys that only say what a result holds, or how some frames are asked for: no result is outdated by them
SHAPES_NOTHING = ("tells", "made_by", "tracks", "on_frames")
INPUT_KEYS = {
    "pattern": "a path with wildcards",
    "exclude": "names (globs) that are not meant",
    "pick": "all, or newest: the youngest of the files that differ only in the wildcards of `of`",
    "of": "the wildcards that newest picks among (default: those no other input has)",
    "optional": "true where the work can be done without it",
    "beside": "names (globs) of files beside it that the program itself reads or writes: no scan calls them not read",
    "below": "folders in the pattern's first one, as exp1 in RawVideos: only what lies in one is meant (default: all)",
    "imgstores": "what to write into project.yml so that imgstores are read; chunks: each chunk is a file of its own",
    "affects_results": "false where it only names what there is, as a session: when it changes, nothing is outdated",
}
OUTPUT_KEYS = {
    "pattern": "a path with wildcards",
    "when": "an expression over params; where it is false the output is not made",
    "rewritten": "true where a later stage writes into it, so that it does not stay as its task made it",
}
_TIME = 'as "4:00:00"'
RESOURCE_KEYS = {"cpus": "processor cores", "memory": "as 4G", "walltime": _TIME, "gpus": "a number, or type:number"}
FRAME_WORDS = ("first", "last", "end", "count")  # in the braces of on_frames
WORKS = ("fresh", "resume", "in-place")
STARTS = ("own", "project")  # the first is the default; a command that works in the project's folder starts there


def read_stage(section: Section, params: Mapping[str, Any]) -> Stage | None:
    """Return the stage in ``section``, None where its ``when`` is false; raises ConfigError, which names the line."""
    section.only(KEYS)
    name = _read_name(section)
    if not holds(section, "when", params):
        return None
    outputs, inputs = _read_outputs(section.section("output"), params), _read_inputs(section.section("input"), params)
    stage = Stage(
        name=name,
        help=section.text("help", ""),
        folder=section.word("folder", ("workspace", "summarizer")),
        inputs=inputs,
        outputs=outputs,
        command=section.text("command").strip(),
        each=read_each(section, params),
        per=section.texts("per"),
        numbered=section.text("numbered", ""),
        after=section.texts("after"),
        env=_read_env(section.section("env")),
        resources=read_resources(section.section("resources").only(RESOURCE_KEYS)),
        work=section.word("work", WORKS),
        starts_in=section.word("starts_in", STARTS if section.data.get("work") != "in-place" else STARTS[::-1]),
        start=_read_start(section, [o.name for o in outputs], [i.name for i in inputs]),
        checks=tuple(read_check(clause, inputs, outputs, params) for clause in _meant(section, "check", params)),
        ready=tuple(read_ready(clause, inputs, params) for clause in _meant(section, "ready", params)),
        exit_ok=_read_exit_ok(section),
        counts=section.text("counts", "videos"),
        params=_read_named(section, params),
        progress=_read_progress(section),
        workflow=read_workflow(section, params),
        tells=read_tells(section.section("tells"), outputs, params),
        made_by=read_places(section.section("made_by"), outputs, params),
        tracks=read_track_source(section, outputs, params),
        gathers=section.text("gathers", ""),
        on_frames=_read_on_frames(section),
    )
    require_sense(section, stage)
    return stage


def _read_on_frames(section: Section) -> str:
    words = section.text("on_frames", "")
    for name in re.findall(r"\{(\w*)\}", words):
        if name not in FRAME_WORDS:
            section.fail("on_frames", unknown_word("word in {}", name, FRAME_WORDS))
    return words


def _read_name(section: Section) -> str:
    name = section.text("name")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
        section.fail("name", f'"{name}": a stage\'s name is lower-case letters, digits and _, a letter first.')
    return name


def _read_named(section: Section, params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the parameters that the stage mentions anywhere."""
    shaping = {key: value for key, value in section.data.items() if key not in SHAPES_NOTHING}
    named = set(re.findall(r"\bparams\.(\w+)", repr(shaping)))
    return tuple(name for name in params if name in named)


def _read_inputs(section: Section, params: Mapping[str, Any]) -> tuple[Input, ...]:
    return tuple(_read_input(section, name, params) for name in section.data)


def _read_input(section: Section, name: str, params: Mapping[str, Any]) -> Input:
    if not isinstance(section.data[require_name(section, name)], dict):
        return Input(name, in_any_case(pattern_at(section, name, section.text(name), params)))
    inner = section.section(name).only(INPUT_KEYS, old_words.INPUT)
    pattern = in_any_case(pattern_at(inner, "pattern", inner.text("pattern"), params))
    for wildcard in inner.texts("of"):
        if wildcard not in pattern.wildcards:
            inner.fail("of", unknown_word("wildcard", wildcard, pattern.wildcards))
    return Input(
        name=name,
        pattern=pattern,
        exclude=listed(inner, "exclude", params),
        pick=inner.word("pick", ("all", "newest")),
        optional=inner.flag("optional"),
        of=inner.texts("of"),
        affects_results=inner.flag("affects_results", True),
        imgstores=inner.text("imgstores", ""),
        beside=listed(inner, "beside", params),
        below=tuple(f"{pattern.root}/{folder}/" for folder in listed(inner, "below", params)),
    )


def _read_outputs(section: Section, params: Mapping[str, Any]) -> tuple[Output, ...]:
    names = [require_name(section, name) for name in section.data]
    return tuple(made for name in names if (made := _read_output(section, name, params)))


def _read_output(section: Section, name: str, params: Mapping[str, Any]) -> Output | None:
    """Return the output, or None where its ``when`` is false for ``params``."""
    if not isinstance(section.data[name], dict):
        return Output(name, pattern_at(section, name, section.text(name), params))
    inner = section.section(name).only(OUTPUT_KEYS)
    pattern = pattern_at(inner, "pattern", inner.text("pattern"), params)
    return Output(name, pattern, inner.flag("rewritten", False)) if holds(inner, "when", params) else None


def _meant(section: Section, key: str, params: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the clauses of ``check`` or ``ready`` whose ``when`` holds for ``params``."""
    return (clause for clause in section.sections(key) if holds(clause, "when", params))


def _read_env(section: Section) -> Mapping[str, str]:
    for name, value in section.data.items():
        if isinstance(value, bool):  # YAML has lost how true was written
            section.fail(name, f'"{name}": put the value in quotes, as {name}: "{value}".')
    return {require_name(section, name): section.text(name) for name in section.data}


def _read_progress(section: Section) -> str:
    text = section.text("progress", "")
    try:
        groups = re.compile(text).groupindex
    except NO_PATTERN as error:
        section.fail("progress", f'"progress" is no regular expression: {error}.')
    if text and not {"done", "all"} <= groups.keys():
        section.fail("progress", '"progress" must have the groups done and all, as (?P<done>\\d+) of (?P<all>\\d+).')
    return text


def read_resources(section: Section) -> Resources:
    """Return the resources in a mapping with RESOURCE_KEYS; raises ConfigError."""
    section.require_lines("memory", "walltime", "gpus")
    walltime = section.data.get("walltime")
    if isinstance(walltime, float) or (isinstance(walltime, int) and walltime < 0):
        section.fail("walltime", f'"walltime" must be a time {_TIME}, not {walltime}.')
    if isinstance(walltime, int) and not isinstance(walltime, bool):  # YAML reads 4:00:00 as 14400
        section.data["walltime"] = f"{walltime // 3600}:{walltime // 60 % 60:02d}:{walltime % 60:02d}"
    return Resources(
        cpus=section.number("cpus", 1),
        memory=section.text("memory", ""),
        walltime=section.text("walltime", ""),
        gpus=section.text("gpus", ""),
    )


def _read_start(section: Section, outputs: list[str], inputs: list[str]) -> Mapping[str, str]:
    start = section.section("start")
    for output in start.only(outputs).data:
        if start.text(output) not in inputs:
            start.fail(output, unknown_word("input", start.text(output), inputs))
    return {output: start.text(output) for output in start.data}


def _read_exit_ok(section: Section) -> tuple[int, ...]:
    value = section.data.get("exit_ok", [0])
    if value == "any":
        return ()
    codes = value if isinstance(value, list) else [value]
    if not codes or any(isinstance(code, bool) or not isinstance(code, int) for code in codes):
        section.fail("exit_ok", f'"exit_ok" must be a list of exit codes, as [0, 1], or any; not {value!r}.')
    return tuple(codes)
