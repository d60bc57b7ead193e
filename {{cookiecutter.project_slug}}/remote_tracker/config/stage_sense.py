"""Whether the words of a stage in a tracker.yml fit together: its wildcards, places and lists."""

from __future__ import annotations

import re
from typing import Any

from ..errors import unknown_word
from ..model import Stage
from ..model.pattern import FOLDER_WILDCARDS, Pattern
from .document import Section
from .own_files import why_not_there


def require_sense(section: Section, stage: Stage) -> None:
    """Raise ConfigError where the words of a stage do not fit together."""
    if not stage.inputs and not stage.each:
        section.fail(None, f'stage "{stage.name}" has neither input nor each: there is nothing to count its work by.')
    for wildcard in stage.per:
        if wildcard not in stage.input_wildcards:
            section.fail("per", unknown_word("wildcard", wildcard, stage.input_wildcards))
    for key, wildcard in (("numbered", stage.numbered), ("gathers", stage.gathers)):
        others = [w for w in stage.input_wildcards if w not in stage.per]
        if wildcard and not stage.per:
            section.fail(key, f'"{key}" orders the files of a group: say with "per" what one group is.')
        if wildcard and wildcard not in others:
            section.fail(key, unknown_word("wildcard", wildcard, others))
    if stage.numbered and stage.gathers:
        section.fail("gathers", '"gathers" and "numbered" both order the files of a group: say one of the two.')
    _require_outputs(section.section("output"), stage)
    _require_lists(section.section("each"), stage)


def _require_outputs(section: Section, stage: Stage) -> None:
    known = stage.unit_wildcards
    taken = {_place(i.pattern): i.name for i in stage.inputs}
    for output in stage.outputs:
        for wildcard in output.pattern.wildcards:
            if wildcard not in known:
                section.fail(output.name, unknown_word("wildcard", wildcard, known))
        if other := taken.get(_place(output.pattern)):
            section.fail(output.name, f'"{output.name}" would be written over "{other}": give it another place.')
        taken[_place(output.pattern)] = output.name
        if why := why_not_there(output.pattern):
            section.fail(output.name, f'"{output.name}" {why}')
        if output.pattern.root == "RawVideos" and stage.work != "in-place":
            message = f'"{output.name}" lies below RawVideos, where only "work: in-place" writes.'
            section.fail(output.name, f"{message} Give it a place below Results or MaskedVideos.")


def _place(pattern: Pattern) -> tuple[str, ...]:
    """Return the pattern without the rules of its wildcards: patterns with equal results name the same files."""
    return tuple(p if isinstance(p, str) else f"{{{p.name}}}" for p in pattern.pieces)


def _require_lists(section: Section, stage: Stage) -> None:
    known = [w for i in stage.inputs for w in i.pattern.wildcards]
    for each in stage.each:
        if each.wildcard in FOLDER_WILDCARDS:
            section.fail(each.wildcard, f'"{each.wildcard}" stands for folders; call the list something else.')
        if each.wildcard in known:
            section.fail(each.wildcard, f'"{each.wildcard}" is a wildcard of an input; call the list something else.')
        names = [i.name for i in stage.inputs]
        if each.cut and each.cut.video not in names:
            section.section(each.wildcard).fail("frames_of", unknown_word("input", each.cut.video, names))
        for wildcard in each.file.wildcards if each.file else ():
            if wildcard not in known:
                section.section(each.wildcard).fail("file", unknown_word("wildcard", wildcard, known))
        known.append(require_name(section, each.wildcard))


def require_name(section: Section, name: Any) -> str:
    """Return ``name`` of an input, output or variable; raises ConfigError where a command could not use it."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        section.fail(name, f'"{name}": such a name is letters, digits and _, a letter first.')
    return name
