"""Tell how long a video took that was processed in pieces: the tasks of its pieces count, not the last task alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..model import Project, Record, Stage, Unit
from ..model.pattern import feeds
from ..records import History
from ..records.sealed import is_maker
from ..scan import Tree, find_units
from ..survey.in_flight import load_history
from .video_row import VideoRow


class MadeInPieces:
    """The tasks that made the pieces of the videos of a stage that gathers them."""

    def __init__(self, project: Project, stage: Stage, tree: Tree) -> None:
        self._project, self._stage, self._tree = project, stage, tree
        self._maker = find_maker(project, stage)

    def with_pieces(self, row: VideoRow, unit: Unit) -> VideoRow:
        """Return the row with the seconds of all tasks of its video, and their machines.

        The seconds are None where the task of a piece is not known. A row of a stage without pieces stays as it is.
        """
        if self._maker is None or row.seconds is None:
            return row
        makers = [self._find_task(name) for name in self._names.get(self._values(unit), ())]
        known = [record for record in makers if record]
        if not makers or len(known) < len(makers):
            return row._replace(seconds=None)
        nodes = dict.fromkeys([*(record.host for record in known), row.node])
        seconds, node = sum(record.seconds for record in known), " ".join(sorted(filter(None, nodes)))
        return row._replace(node=node, seconds=row.seconds + seconds, seconds_before=seconds, tasks=1 + len(known))

    def _values(self, unit: Unit) -> tuple[str, ...]:
        return tuple(unit.values[self._stage.unit_wildcards.index(name)] for name in self._stage.per)

    def _find_task(self, piece: str) -> Record | None:
        return next(filter(is_maker, self._history.youngest_first(piece)), None)

    @cached_property
    def _history(self) -> History:
        return load_history(self._project, self._maker) if self._maker else History()

    @cached_property
    def _names(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        """Return the names of the pieces of each video, by the values of the wildcards that tell videos apart."""
        names: dict[tuple[str, ...], list[str]] = {}
        if self._maker:
            places = [self._maker.unit_wildcards.index(name) for name in self._stage.per]
            for unit in find_units(self._maker, self._tree):
                names.setdefault(tuple(unit.values[place] for place in places), []).append(unit.key)
        return names


def find_maker(project: Project, stage: Stage) -> Stage | None:
    """Return the stage that makes the pieces that ``stage`` gathers, None where it gathers none."""
    for one in project.tracker.stages_in(stage.folder) if stage.gathers else ():
        makes = any(feeds(output.pattern, wanted.pattern) for output in one.outputs for wanted in stage.inputs)
        if makes and stage.gathers in one.unit_wildcards and set(stage.per) <= set(one.unit_wildcards):
            return one
    return None
