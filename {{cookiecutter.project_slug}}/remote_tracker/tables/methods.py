"""Describe how results were made, as a paper's methods say it, with the works to cite."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import __version__
from ..model import Project
from ..named_tuple import NamedTuple
from .checks_in_words import describe_checks
from .citations import Citations, Work, choose_works, in_text, load_citations, to_bibtex
from .method_facts import MethodFacts, gather_facts
from .method_sentences import Subject, write_sentences
from .parameter_sets import find_differing, flatten
from .read_videos import result_stage
from .video_row import VideoRow

OWN_TITLE = "remote-tracker: from a folder of videos to a joined table of results, on any cluster"
OWN_AUTHOR = "the remote-tracker developers"


class Methods(NamedTuple):
    """A paragraph for a paper."""

    text: str  # the paragraph
    bibtex: str  # the works that the paragraph cites, and remote-tracker itself
    left_out: tuple[str, ...]  # what the paragraph cannot say, and why: a line each


def describe_methods(project: Project, rows: Iterable[VideoRow]) -> Methods:
    """Return how the results of these videos were made; ``rows`` are all rows of the project's table of videos.

    Nothing is made up: what no task, result or batch tells stands in ``left_out``. Raises ConfigError where the
    tracker's citations.yml cannot be read.
    """
    facts, tracker = gather_facts(project, rows), project.tracker
    citations = load_citations(tracker.folder, tracker.name)
    works = choose_works(citations.works, facts.versions.keys() or {""}, facts.animals)
    subject = _subject_of(project, facts, citations, works)
    ours = sorted(filter(None, {place.remote_tracker for place in facts.places})) or [__version__]
    bibtex = "\n".join(map(to_bibtex, (*works, *map(_own_work, ours))))
    return Methods(" ".join(write_sentences(facts, subject)), bibtex, _find_left_out(facts, subject))


def _own_work(version: str) -> Work:
    key = "remote-tracker-" + re.sub(r"[^A-Za-z0-9.]", "", version)
    return Work(key, "misc", (f"{{{OWN_AUTHOR}}}",), OWN_TITLE, (("note", f"version {version}"),))


def _subject_of(project: Project, facts: MethodFacts, citations: Citations, works: Iterable[Work]) -> Subject:
    stage, tracker = result_stage(project), project.tracker
    own = dict(pair for param in tracker.declared for pair in flatten(param.name, param.default))
    return Subject(
        counts=stage.counts,
        name=citations.name,
        program=citations.program,
        cited=tuple(map(in_text, works)),
        steps=tuple((step.name, step.help) for step in tracker.stages_in("workspace")),
        step=stage.name,
        checks=describe_checks(stage),
        differing=tuple(find_differing(facts.values)),
        has_parameters=bool(stage.params),
        own=own,
        has_days=bool(tracker.stages_in("summarizer")),
    )


def _find_left_out(facts: MethodFacts, subject: Subject) -> tuple[str, ...]:
    """Return a line for each thing that the paragraph cannot say."""
    lines = []
    if not subject.cited:
        lines.append(f"No citation is known to us for {subject.name}: look at its own pages.")
    if count := facts.versions.get("", 0):
        lines.append(f"{_of(count, subject)}: no task noted which version of {subject.program} made the result.")
    if count := sum(facts.sets.get("", {}).values()):
        lines.append(f"{_of(count, subject)}: the parameters are not known, as of results that were made elsewhere.")
    unkept = [key for key, values in facts.values.items() if not values]
    if unkept and subject.has_parameters:
        count = sum(sum(facts.sets[key].values()) for key in unkept)
        lines.append(f"{_of(count, subject)}: no batch kept the values of the parameters, only their digest.")
    if count := sum(number for place, number in facts.places.items() if not place.cluster):
        lines.append(f"{_of(count, subject)}: where the task ran is not known.")
    return tuple(lines)


def _of(count: int, subject: Subject) -> str:
    return f"Of {count} {subject.counts.removesuffix('s') if count == 1 else subject.counts}"
