"""Note what a push went by that left nothing out, so that the next can tell at once that nothing is new."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from shlex import quote

from ..disk.derived import write_derived
from ..model import Project
from ..scan import Tree
from .ask import channel_of, require_remote
from .far_command import wrap
from .home_videos import TOPS
from .sending import Pushed
from .unchanged import NOTE, numbers_at


def begin_anew(project: Project) -> dict[str, list[int]]:
    """Forget what an earlier push noted, and return what decides, beside the files, which videos are sent.

    That must be seen before the videos are looked for: what comes later is new to the next push. Returns nothing where
    a link leads on from a folder of the videos: what lies behind it is not followed here.
    """
    with suppress(OSError):
        os.unlink(project.root / NOTE)
    try:
        return {path: numbers_at(path) for path in _find_others(project)}
    except OSError:
        return {}


def note_unchanged(project: Project, pushed: Pushed, before: dict[str, list[int]], screen: str) -> None:
    """Note what both sides are, ``before`` as begin_anew returned it; nothing where a video was left out."""
    if pushed.ended or pushed.dry or pushed.plan.left_out or not pushed.there or not before:
        return
    files = [*pushed.plan.there, *pushed.arrived]
    here = {**before, **{file.place: list(file.numbers) for file in files}}
    channel, folder = channel_of(project), require_remote(project).folder
    ssh = [*channel.ssh, channel.host, wrap(f"cd -- {quote(folder)} && exec ./rt far same")]
    note = {"screen": screen, "ssh": ssh, "here": here, "there": pushed.there}
    write_derived(project.root / NOTE, json.dumps(note))


def _find_others(project: Project) -> Iterator[str]:
    """Yield settings, this version, and the folders that tasks read; raises OSError where a link leads to a folder."""
    root = str(project.root)
    yield from (f"{root}/project.yml", f"{root}/remote_tracker/__init__.py")
    read = {f"{wanted.pattern.root}/" for stage in project.tracker.stages for wanted in stage.inputs}
    tree = Tree(project.root, project.videos)
    for top in (f"{root}/site", *(os.path.realpath(tree.place(name)) for name in TOPS if name in read)):
        for folder, folders, files in os.walk(top, onerror=_refuse):
            yield folder
            if any(os.path.islink(f"{folder}/{name}") for name in folders):
                raise OSError(0, "leads on", folder)
            yield from (f"{folder}/{name}" for name in files if top.endswith("/site"))


def _refuse(error: OSError) -> None:
    raise error
