"""Look at a project once for its page: each stage's units with what a scan decides, and each video's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..errors import RemoteTrackerError
from ..model import Project, Stage
from ..report.situation import examine_all, situation_of, stand_of
from ..report.standing import Did, Situation
from ..report.words import NO_DAY
from ..scan import ALL, Tree
from ..survey import Examined, Survey, examine_judged
from ..survey.triage import is_trouble
from ..survey.typed_names import without_values
from ..tables.read_videos import read_all_examined, result_stage
from ..tables.reviewed import Reviewed, load_reviewed
from ..tables.video_row import VideoRow


class Seen:
    """A project as it stands: every part of the page is made from a single look."""

    def __init__(self, project: Project) -> None:
        self.project, self.stage = project, result_stage(project)
        self._folders = Tree(project.root, project.videos, most=ALL)
        self.found: list[tuple[Survey, list[Examined]]] = examine_all(project, self._examine)
        survey, mine = next((survey, seen) for survey, seen in self.found if survey.stage is self.stage)
        self.reviewed, self.notes = _load_reviewed(project)
        pairs = read_all_examined(project, mine, self.reviewed, survey.tree, survey.history)
        self.tree = survey.tree or self._folders
        self.rows: list[VideoRow] = [row for row, _ in pairs]
        self.units: list[Examined] = [seen for _, seen in pairs]  # the unit of each row

    def _examine(self, project: Project, stage: Stage, survey: Survey) -> list[Examined]:
        """Return the units as a scan decides on them; what happened to them and the folders are kept for their rows."""
        survey.keeps_history, survey.folders = True, self._folders
        return examine_judged(project, stage, survey)

    @property
    def surveys(self) -> list[tuple[Stage, Sequence[Examined]]]:
        """Return each stage with its units."""
        return [(survey.stage, seen) for survey, seen in self.found]

    @cached_property
    def troubled(self) -> frozenset[str]:
        """Return the names of the units, of any stage, that need a person; pieces of a video count as that video."""
        names = {row.video for row in self.rows}
        keys = (one.unit.key for _, seen in self.found for one in seen if is_trouble(one))
        return frozenset(whole if (whole := without_values(key)) in names else key for key in keys)

    @cached_property
    def situation(self) -> Situation:
        """Return how the project stands, as the page advises on what to type next."""
        stands = [stand_of(survey, seen) for survey, seen in self.found]
        return situation_of(self.project, Did.LOOKED, "workspace", stands)

    @cached_property
    def days(self) -> Mapping[str, Sequence[int]]:
        """Return the days, by name, each with the indices of its rows."""
        days: dict[str, list[int]] = {}
        for index, row in enumerate(self.rows):
            days.setdefault(day_of(row), []).append(index)
        return dict(sorted(days.items()))


def _load_reviewed(project: Project) -> tuple[Reviewed, list[str]]:
    """Return the lab's words on results, and a note where they cannot be read."""
    try:
        return load_reviewed(project.root), []
    except RemoteTrackerError as error:
        return Reviewed(), [f"No words of the lab on results: {error}"]


def day_of(row: VideoRow) -> str:
    """Return what the page calls the day of a row."""
    return row.day or NO_DAY
