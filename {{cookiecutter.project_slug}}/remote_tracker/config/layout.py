"""Read ``layout`` of project.yml: folders of the videos and the results as a standard says them.

NeuroBlueprint 0.3: rawdata/sub-001/ses-001_date-20260101/behav holds the videos of a session, and derivatives, beside
rawdata, what is made of them, in the same folders. https://neuroblueprint.neuroinformatics.dev
"""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote

from ..errors import unknown_word
from ..model import Stage, Tracker
from ..named_tuple import NamedTuple
from ..quick_dataclass import replace
from .day import require_folders
from .document import Section
from .left_out import VIDEOS

RAW, MADE = "rawdata", "derivatives"


class Layout(NamedTuple):
    """The folders that a standard asks for."""

    day: str  # as ``day`` in project.yml says it
    videos: str  # the regular expression of the folders in which videos lie, below RawVideos


LAYOUTS = {"neuroblueprint": Layout("sub-{sub}/ses-{ses}", "sub-[^/]+/ses-[^/]+/behav(?:/.+)?")}
NO_LAYOUT = Layout("", "")


def read_layout(top: Section, root: Path, videos: str) -> Layout:
    """Return the folders that ``layout`` asks for; raises ConfigError where the project has other folders."""
    name = top.text("layout", "")
    if not name:
        return NO_LAYOUT
    if name not in LAYOUTS:
        top.fail("layout", unknown_word("layout", name, LAYOUTS))
    place = os.path.realpath(root / (videos or VIDEOS))
    if os.path.basename(place) == RAW:
        _require_link(top, root, os.path.join(os.path.dirname(place), MADE))
    elif videos:
        top.fail("layout", f'"layout": {name} keeps videos in a folder called {RAW}, and "videos" names {place}.')
    return LAYOUTS[name]


def _require_link(top: Section, root: Path, made: str) -> None:
    """Raise ConfigError unless Results is the folder ``made``, wherever that lies."""
    if os.path.realpath(root / "Results") == made:
        return
    there = quote(os.path.relpath(made, root))
    line = f"mkdir -p {there} && mv Results Results_before && ln -s {there} Results"
    top.fail("layout", f'"layout": Results must be a link to {made}. In the folder of the project type: {line}')


def set_layout(tracker: Tracker, layout: Layout) -> Tracker:
    """Return the tracker; only what lies in the layout's folders for videos is meant."""
    if not layout.videos:
        return tracker
    return replace(tracker, stages=tuple(_with_layout(stage, layout) for stage in tracker.stages))


def _with_layout(stage: Stage, layout: Layout) -> Stage:
    patterns = (i.pattern for i in stage.inputs)
    meant = (
        require_folders(p, "subdir", layout.videos) if p.root == VIDEOS and "day" not in p.wildcards else p
        for p in patterns
    )
    return replace(stage, inputs=tuple(i._replace(pattern=p) for i, p in zip(stage.inputs, meant, strict=True)))
