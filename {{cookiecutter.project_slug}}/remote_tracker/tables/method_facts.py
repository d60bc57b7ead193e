"""Gather what is known of how results were made: counts by what the rows, the batches and the results say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ..errors import TOO_MUCH
from ..model import Project
from ..named_tuple import NamedTuple
from ..records import Batch, batches_of
from ..records.batch import LISTED
from .parameter_sets import load_values
from .read_videos import result_stage
from .reviewed import WHOLE
from .video_row import VideoRow


class Place(NamedTuple):
    """Where tasks ran; "" where it is not known."""

    cluster: str
    scheduler: str
    remote_tracker: str  # the version that listed them


NOWHERE = Place("", "", "")


@dataclass
class MethodFacts:
    """What is known of how the results were made; each counter counts results."""

    total: int = 0  # videos
    whole: int = 0  # finished videos
    days: set[str] = field(default_factory=set)  # of the finished videos
    animals: int = 0  # the most in a finished video; 0: not known
    left: Counter[tuple[str, str]] = field(default_factory=Counter)  # (state, reason) of the others
    versions: Counter[str] = field(default_factory=Counter)  # as the program told the tasks; "": not known
    says: dict[str, Counter[str]] = field(default_factory=dict)  # word -> what results themselves say
    sets: dict[str, Counter[str]] = field(default_factory=dict)  # parameters -> batch; "": not known
    words: Counter[str] = field(default_factory=Counter)  # the lab's words; "": none
    lapsed: int = 0  # words about results that were made anew since
    changed: int = 0  # results that are not as they were made
    accepted: int = 0  # results that a person accepted as they are
    places: Counter[Place] = field(default_factory=Counter)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # parameters -> name -> value


def gather_facts(project: Project, rows: Iterable[VideoRow]) -> MethodFacts:
    """Return what the rows, and the batches that they name, say of how results were made."""
    facts, stage = MethodFacts(), result_stage(project)
    batches: Counter[str] = Counter()
    for row in rows:
        facts.total += 1
        if row.state in WHOLE:
            _add(facts, row)
            batches[row.batch] += 1
        else:
            facts.left[row.state, row.reason] += 1
    folder = batches_of(project, stage)
    for number, count in batches.items():
        facts.places[_place_of(folder.batch(number)) if number else NOWHERE] += count
    facts.values = {key: load_values(project, stage, key, sets) for key, sets in facts.sets.items() if key}
    return facts


def _add(facts: MethodFacts, row: VideoRow) -> None:
    facts.whole += 1
    facts.days.add(row.day)
    facts.animals = max(facts.animals, row.animals or 0)
    facts.versions[row.version] += 1
    facts.sets.setdefault(row.parameters, Counter())[row.batch] += 1
    facts.words[row.word if not row.word_lapsed else ""] += 1
    facts.lapsed += row.word_lapsed
    facts.changed += row.changed
    facts.accepted += bool(row.reviewed)
    for word, text in row.says.items():
        facts.says.setdefault(word, Counter())[text] += 1


def _place_of(batch: Batch) -> Place:
    told = _load(batch)
    kinds = [line.partition(".")[0] for line in (_first_line(batch), batch.owner) if line]
    return Place(str(told.get("cluster", "")), kinds[0] if kinds else "", str(told.get("remote_tracker", "")))


def _first_line(batch: Batch) -> str:
    try:
        return batch.submissions_path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    except OSError:
        return ""


def _load(batch: Batch) -> Mapping[str, Any]:
    try:
        told = yaml.safe_load((batch.folder / LISTED).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, *TOO_MUCH):
        return {}
    return told if isinstance(told, dict) else {}
