"""Read how each video of the project stands: the rows of the table of videos."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Project, Stage
from ..model.pattern import feeds
from ..scan import Tree
from ..survey import Examined, Survey, examine_stage
from ..survey.archived import find_archived
from ..survey.states import word_of
from .video_row import VideoRow


def read_videos(project: Project) -> Iterator[VideoRow]:
    """Yield a row for each video (or what the tracker calls its units) of the step that makes the results for people.

    That is the step whose results the summarizer reads, else the last step in workspace. Archived videos come last.
    """
    stage = result_stage(project)
    tree = Tree(project.root, project.videos)
    finished = 0
    for seen in examine_stage(project, stage, Survey(stage)):
        finished += word_of(seen.decision) == "finished"
        yield _row_of(project, stage, tree, seen)
    for seen in find_archived(project, stage, finished):
        yield _row_of(project, stage, tree, seen)


def result_stage(project: Project) -> Stage:
    """Return the step that makes the results for people: the last that the summarizer reads, else the last at all."""
    steps = project.tracker.stages_in("workspace")
    wanted = [i.pattern for s in project.tracker.stages_in("summarizer") for i in s.inputs]
    read = [s for s in steps if any(feeds(o.pattern, w) for o in s.outputs for w in wanted)]
    return (read or steps)[-1]


def _row_of(project: Project, stage: Stage, tree: Tree, seen: Examined) -> VideoRow:
    unit, decision = seen
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    return VideoRow(
        day=unit.key.rpartition("/")[0],
        video=unit.key,
        state=word_of(decision),
        reason=decision.reason,
        raw=tuple(path for paths in unit.inputs for path in paths),
        results=tuple(path for output in stage.outputs for path, _ in tree.find(output.pattern, values)),
        tracker=project.tracker.name,
    )
