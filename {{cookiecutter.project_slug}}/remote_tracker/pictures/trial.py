"""Run a step on some frames of a video, in a folder beside the project that looks like it, and read its tracks.

The folder holds links to all that lies in the project but its videos and results, so that the command finds what it
names, and writes nothing into the project.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from .. import shell
from ..config import load_project
from ..errors import RemoteTrackerError
from ..measures.video_tracks import read_tracks
from ..model import Project, Stage, Unit
from ..named_tuple import NamedTuple
from ..render.quotes import quote
from ..render.task import compile_stage, render_settings
from ..scan import Tree
from ..tables.read_videos import result_stage
from ..tables.video_row import VideoRow
from ..text.visible import shown
from ..tracks.tracks import Tracks
from .clip import count_frames, write_clip

TIMEOUT_S = 3600.0
_NOT_LINKED = ("RawVideos", "MaskedVideos", "Results", "workspace", "summarizer", "project.yml", ".git")
# Of project.yml: where videos lie, and what is elsewhere; the folder has the trial's own video.
_NOT_MEANT = ("videos", "layout", "exclude", "remote", "email", "people", "licence")
_CUTS = ("pieces", "piece_frames")  # parameters by which a video is cut into pieces: a few frames are none
_STORE = "metadata.yaml"
# As a task's command starts, see task/task_tracker.sh: after activate.sh, in an empty folder.
_START = """
set +eu
rt_activate() {{ unset -f rt_activate; source {activate}; }}
if [[ -r {activate} ]]; then rt_activate; fi
declare IFS=$' \\t\\n' {names}
{settings}
cd -- "$current" || exit
set_environment
if [[ ${{#container[@]}} -gt 0 ]]; then eval "$(contained {line})"; else eval {line}; fi
"""


class Span(NamedTuple):
    """Some frames of a video, both ends among them; the first frame of a video is 0."""

    first: int
    last: int

    def words(self, told: str) -> str:
        """Return the words that a command takes for these frames, from what its tracker.yml says."""
        numbers = {"first": self.first, "last": self.last, "end": self.last + 1, "count": self.last - self.first + 1}
        return told.format(**numbers)


class Trial(NamedTuple):
    """What a step found in some frames of a video."""

    tracks: Tracks
    video: tuple[str, ...]  # the files of the video that it read
    span: Span  # as far as the video has these frames
    before: int  # frames of the video before the first frame of those files


def run_trial(project: Project, stage: Stage, unit: Unit, span: Span, place: Path, params: Mapping[str, Any]) -> Trial:
    """Run the stage on these frames of a unit's video, in the empty folder ``place``, with some other parameters.

    Raises RemoteTrackerError with the program's last words where it fails, NoTracks where its result cannot be read.
    """
    _imitate(project, place, params)
    there = load_project(place)
    bound = (*there.container.binds, str(project.root), *filter(None, [project.videos]))
    there = replace(there, container=there.container._replace(binds=bound))
    step = result_stage(there)
    if step.unit_wildcards != stage.unit_wildcards:
        raise RemoteTrackerError(
            f"{step.name} works on other {step.counts} with these parameters: nothing can be shown."
        )
    unit = unit._replace(inputs=_find_inputs(project, stage, step, unit))
    cut = not step.on_frames
    if not cut:
        span = _within(project, unit, span)
    videos, count = _bring_inputs(project, unit, place, span if cut else None)
    span = Span(span.first, span.first + count - 1) if count else span
    _run(there, step, unit, "" if cut else span.words(step.on_frames))
    row = VideoRow("", unit.key, "finished", raw=videos, results=_find_results(there, step, unit))
    tree = Tree(place)
    return Trial(read_tracks(there, row), tuple(tree.place(path) for path in videos), span, span.first if cut else 0)


def _imitate(project: Project, place: Path, params: Mapping[str, Any]) -> None:
    """Make a folder look like the project, but for its videos and results, with other parameters."""
    for name in os.listdir(project.root):
        if name not in _NOT_LINKED:
            (place / name).symlink_to(project.root / name)
    for name in ("RawVideos", "MaskedVideos", "Results", "workspace", "current", "work"):
        (place / name).mkdir(exist_ok=True)
    (place / "workspace" / "activate.sh").symlink_to(project.root / "workspace" / "activate.sh")
    told = yaml.safe_load((project.root / "project.yml").read_text(encoding="utf-8"))
    told = {name: value for name, value in told.items() if name not in _NOT_MEANT}
    whole = {param.name: param.default for param in project.tracker.declared if param.name in _CUTS}
    told["params"] = {**(told.get("params") or {}), **whole, **params}
    (place / "project.yml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")


def _find_inputs(project: Project, stage: Stage, step: Stage, unit: Unit) -> tuple[tuple[str, ...], ...]:
    """Return the files of each input of ``step``, which takes the place of ``stage``; raises where there is no video.

    A stage that gathers the pieces of a video has no files yet while they are made, but its video is there.
    """
    known = dict(zip((wanted.name for wanted in stage.inputs), unit.inputs, strict=True))
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    tree, found = Tree(project.root, project.videos), []
    for wanted in step.inputs:
        files = known.get(wanted.name, ())
        if not files and values.keys() >= set(wanted.pattern.wildcards):
            files = tuple(path for path in (wanted.pattern.fill(values),) if tree.stat(path))
        found.append(files)
    if not found[0]:
        raise RemoteTrackerError(f"{shown(unit.key)}: its video is not here")
    return tuple(found)


def _within(project: Project, unit: Unit, span: Span) -> Span:
    """Return the frames of a span that a unit's video has, where that is known; raises where it has none of them."""
    place = Tree(project.root, project.videos).place
    count = count_frames(place(unit.inputs[0][0])) if len(unit.inputs[0]) == 1 else 0
    if count and span.first >= count:
        raise RemoteTrackerError(f"{shown(unit.key)}: no frame from {span.first} on can be read: it has {count}")
    return Span(span.first, min(span.last, count - 1)) if count else span


def _bring_inputs(project: Project, unit: Unit, place: Path, cut: Span | None) -> tuple[tuple[str, ...], int]:
    """Put a unit's inputs into the folder, as links, the first as a clip where it is cut.

    Returns the paths of the first, and how many frames the clip has, 0 where there is none.
    """
    real, count = Tree(project.root, project.videos).place, 0
    for number, paths in enumerate(unit.inputs):
        for path in paths:
            target = place / path
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.basename(path) == _STORE:
                target.parent.rmdir()
                target.parent.symlink_to(os.path.dirname(real(path)))
            elif cut and not number:
                count = write_clip(Path(real(path)), target, cut.first, cut.last)
            else:
                target.symlink_to(real(path))
    return unit.inputs[0], count


def _run(there: Project, stage: Stage, unit: Unit, more: str) -> None:
    compiled = compile_stage(there, stage)
    line, _ = compiled.lines(unit)
    values = {
        "project": str(there.root),
        "tracker": str(there.tracker.folder),
        "out": str(there.root),
        "work": str(there.root / "work"),
        "current": str(there.root if stage.starts_in == "project" else there.root / "current"),
        "unit": unit.key,
        "profile": "",
    }
    for output in stage.outputs:
        path = output.pattern.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True)))
        (there.root / path.rstrip("/")).parent.mkdir(parents=True, exist_ok=True)
    script = _START.format(
        activate=quote(str(there.root / "workspace/activate.sh")),
        names=" ".join(f"{name}={quote(value)}" for name, value in values.items()),
        settings=render_settings(there, compiled, {}),
        line=quote(f"{line} {more}".rstrip()),
    )
    ran = shell.run(["bash", "-c", script], timeout=TIMEOUT_S)
    if stage.exit_ok and ran.code not in stage.exit_ok:
        said = next((one for one in reversed(f"{ran.out}\n{ran.err}".splitlines()) if one.strip()), "")
        raise RemoteTrackerError(f"{stage.name} ended with {ran.code}: {shown(said.strip()) or 'it said nothing'}")


def _find_results(there: Project, stage: Stage, unit: Unit) -> tuple[str, ...]:
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    tree = Tree(there.root)
    found: Sequence[str] = [path for output in stage.outputs for path, _ in tree.find(output.pattern, values)]
    return tuple(found)
