"""Find the lab's word on the results of some videos, without reading all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Project, Stage, State
from ..model.said_word import SaidWord
from ..survey import Examined
from ..survey.in_flight import load_history
from ..survey.states import word_of
from .made_by import with_origin
from .read_videos import result_stage
from .reviewed import load_reviewed
from .video_row import VideoRow


def find_words(project: Project, found: Sequence[tuple[Stage, Examined]]) -> Mapping[tuple[str, str], SaidWord]:
    """Return (step, unit) -> the lab's word on its result, for the units in ``found`` that have a word.

    Words are about the step that makes the results for people. Raises RemoteTrackerError as load_reviewed does.
    """
    reviewed, stage = load_reviewed(project.root), result_stage(project)
    if not reviewed.said:
        return {}
    history = load_history(project, stage)
    words: dict[tuple[str, str], SaidWord] = {}
    for step, (unit, decision) in found:
        if step.name == stage.name and decision.state is State.FINISHED:
            row = with_origin(VideoRow("", unit.key, word_of(decision)), history)
            if said := reviewed.find(row):
                words[step.name, unit.key] = said
    return words
