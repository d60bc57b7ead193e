"""Read how each video of the project stands: the rows of the table of videos."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from ..checks.claimed_frames import Claim
from ..model import DayFolders, Project, Stage, State, Unit
from ..model.pattern import Pattern, feeds
from ..named_tuple import NamedTuple
from ..records import History, batches_of
from ..scan import Tree
from ..shell.copies import begin_copy
from ..survey import Examined, Survey, each_judged
from ..survey.archived import find_archived
from ..survey.in_flight import load_history
from ..survey.parallel import processes
from ..survey.states import is_changed, word_of
from .made_by import origin_of, told_by
from .made_in_pieces import MadeInPieces
from .reviewed import Reviewed, load_reviewed, with_word
from .told_before import Kept, ToldBefore, digest_results
from .told_facts import Facts, load_claim, load_facts, load_says, with_header
from .video_row import VideoRow

Made = Mapping[str, Sequence[tuple[str, os.stat_result]]]  # output -> its files that are there
Find = Callable[[Sequence[str]], Sequence[tuple[str, os.stat_result]]]
MANY = 1000  # rows: fewer are read sooner than another process starts
OWN_SHARE = 85  # percent of an even share of rows that a process reads which looks at the days meanwhile
SUBJECT, SESSION = re.compile(r"sub-[^/]+"), re.compile(r"ses-[^/]+")  # folders of NeuroBlueprint and BIDS


class _Reader(NamedTuple):
    """What the rows of a project are read from."""

    project: Project
    stage: Stage
    tree: Tree
    history: History
    result: Callable[[Sequence[str]], str] | None  # a unit's values -> the result that the summarizer reads
    wanted: Pattern | None  # as the summarizer names it
    told: ToldBefore
    reviewed: Reviewed
    pieces: MadeInPieces
    finders: Sequence[tuple[str, Find]]  # of each output


def read_videos(project: Project, reviewed: Reviewed | None = None) -> Iterator[VideoRow]:
    """Yield a row for each video (or what the tracker calls its units) of the step that makes the results for people.

    That is the step whose results the summarizer reads, else the last step in workspace. Archived videos come last.
    Each has the lab's word on its result, as ``reviewed`` says it (None: as the project's own file does).
    """
    reviewed = load_reviewed(project.root) if reviewed is None else reviewed
    stage = result_stage(project)
    survey = Survey(stage, keeps_history=True)
    examined = each_judged(project, stage, survey)
    first = [*islice(examined, 1)]  # the survey has folders and history from the first on
    every = read_examined(project, chain(first, examined), reviewed, survey.tree, survey.history)
    yield from (row for row, _ in every)


def read_examined(
    project: Project,
    examined: Iterable[Examined],
    reviewed: Reviewed,
    tree: Tree | None = None,
    history: History | None = None,
) -> Iterator[tuple[VideoRow, Examined]]:
    """Yield the row of each unit of ``examined``, all units of the step that read_videos names, with the unit itself.

    Archived videos come last. ``tree`` are the folders as they were looked at for the decisions, ``history`` is what
    happened to the units so far, where that is known already.
    """
    reader, finished = _open(project, reviewed, tree, history), 0
    for seen in examined:
        finished += word_of(seen.decision) == "finished"
        yield _row_of(reader, seen), seen
    for seen in find_archived(project, reader.stage, finished):
        yield _row_of(reader, seen), seen
    reader.told.write()


def begin_all_examined(
    project: Project,
    examined: Sequence[Examined],
    reviewed: Reviewed,
    tree: Tree | None = None,
    history: History | None = None,
) -> Callable[[], list[tuple[VideoRow, Examined]]]:
    """Begin to read what read_examined yields, the rows of many units in several processes; return what waits for it.

    ``history`` is what happened to the units so far, where that is known already. This process reads rows only once it
    waits, and fewer than each other, since it is to do something else meanwhile.
    """
    if len(examined) < MANY:
        return lambda: list(read_examined(project, examined, reviewed, tree))
    reader = _open(project, reviewed, tree, history)
    reader.history.read_all()  # each process would read what is sealed for itself

    def read(part: Sequence[Examined]) -> tuple[list[VideoRow], Kept]:
        return [_row_of(reader, seen) for seen in part], reader.told.kept

    first, *parts = _shares(examined, processes())
    waits = [begin_copy(read, part) for part in parts]

    def wait() -> list[tuple[VideoRow, Examined]]:
        rows, _ = read(first)
        for found, kept in (result() for result in waits):
            reader.told.keep(kept)
            rows += found
        finished = sum(word_of(seen.decision) == "finished" for seen in examined)
        absent = [*find_archived(project, reader.stage, finished)]
        rows += [_row_of(reader, seen) for seen in absent]
        reader.told.write()
        return list(zip(rows, [*examined, *absent], strict=True))

    return wait


def _shares(examined: Sequence[Examined], count: int) -> list[Sequence[Examined]]:
    """Return the units in so many parts: a smaller first part, then even parts."""
    start = len(examined) * OWN_SHARE // (100 * count) if count > 1 else len(examined)
    each = max(1, -(-(len(examined) - start) // max(1, count - 1)))
    return [examined[:start], *(examined[at : at + each] for at in range(start, len(examined), each))]


def _open(project: Project, reviewed: Reviewed, tree: Tree | None, history: History | None = None) -> _Reader:
    stage = result_stage(project)
    tree = tree or Tree(project.root, project.videos)
    told = ToldBefore(batches_of(project, stage).remembered("told", stage), stage)
    history, pieces = history or load_history(project, stage), MadeInPieces(project, stage, tree)
    finders = [(output.name, _finder(output.pattern, stage.unit_wildcards, tree)) for output in stage.outputs]
    result, wanted = _find_summarized(project, stage)
    fill = result.filler(stage.unit_wildcards) if result else None
    return _Reader(project, stage, tree, history, fill, wanted, told, reviewed, pieces, finders)


def _finder(pattern: Pattern, wildcards: Sequence[str], tree: Tree) -> Find:
    """Return values, in the order of ``wildcards``, -> the files of an output that are there, as Tree.find does."""
    if pattern.is_glob:
        return lambda values: tree.find(pattern, dict(zip(wildcards, values, strict=True)))
    fill = pattern.filler(wildcards)

    def find(values: Sequence[str]) -> Sequence[tuple[str, os.stat_result]]:
        path = fill(values).rstrip("/")
        return [(path, entry)] if (entry := tree.stat(path)) is not None else []

    return find


def result_stage(project: Project) -> Stage:
    """Return the step that makes the results for people: the last that the summarizer reads, else the last at all."""
    steps = project.tracker.stages_in("workspace")
    wanted = [i.pattern for s in project.tracker.stages_in("summarizer") for i in s.inputs]
    read = [s for s in steps if any(feeds(o.pattern, w) for o in s.outputs for w in wanted)]
    return (read or steps)[-1]


def _find_summarized(project: Project, stage: Stage) -> tuple[Pattern | None, Pattern | None]:
    """Return the pattern of the stage's result that the summarizer reads, and the summarizer's own pattern for it."""
    wanted = [i.pattern for s in project.tracker.stages_in("summarizer") for i in s.inputs]
    return next(((o.pattern, w) for o in stage.outputs for w in wanted if feeds(o.pattern, w)), (None, None))


def _row_of(reader: _Reader, seen: Examined) -> VideoRow:
    unit, decision = seen
    made = {name: find(unit.values) for name, find in reader.finders}
    result = reader.result(unit.values) if reader.result else ""
    told: Mapping[str, Any] = {}
    if decision.state in (State.FINISHED, State.GONE):
        told = origin_of(unit.key, reader.history, reader.told.digests)
    elif decision.last:
        told = told_by(decision.last)
    facts, says = _told_of(reader, made) if decision.state is State.FINISHED else (Facts(), {})
    row = VideoRow(
        day=day_of(unit.key, result, reader.wanted, reader.project.day),
        video=unit.key,
        state=word_of(decision),
        reason=decision.reason,
        raw=tuple(path for paths in unit.inputs for path in paths),
        results=tuple(path for found in made.values() for path, _ in found),
        result=result,
        sub=_folder(SUBJECT, unit.key) if "sub-" in unit.key else "",
        ses=_folder(SESSION, unit.key) if "ses-" in unit.key else "",
        tracker=reader.project.tracker.name,
        changed=is_changed(decision),
        says=says,
        **with_header(facts, _claim_of(reader, unit))._asdict(),
        **told,
    )
    if decision.state in (State.FINISHED, State.GONE):
        row = reader.pieces.with_pieces(row, unit)
    return with_word(row, reader.reviewed)


def _told_of(reader: _Reader, made: Made) -> tuple[Facts, Mapping[str, str]]:
    """Return what a whole result says of its video, and how it says that it was made."""

    def placed() -> dict[str, list[str]]:
        return {name: [reader.tree.place(path) for path, _ in found] for name, found in made.items()}

    digest = digest_results([found_stat for found in made.values() for _, found_stat in found])
    facts = reader.told.facts(digest, lambda: load_facts(reader.stage, placed()))
    return facts, reader.told.says(digest, lambda: load_says(reader.stage, placed()))


def _claim_of(reader: _Reader, unit: Unit) -> Claim | None:
    """Return what the header of the unit's only video says, None where it has several, or none."""
    if not unit.inputs or len(unit.inputs[0]) != 1:
        return None
    (video,) = unit.inputs[0]
    return reader.told.claim(f"{unit.mark} {video}", lambda: load_claim(reader.tree.place(video)))


def day_of(video: str, result: str, wanted: Pattern | None, day: DayFolders) -> str:
    """Return the day in whose table the summarizer puts a video; where it has no days, the ``day`` of its folders."""
    found = wanted.match(result) if wanted else None
    if found and "day" in found:
        return found["day"]
    return day.day_of(video.rpartition("/")[0])


def _folder(named: re.Pattern[str], video: str) -> str:
    return next((part for part in video.split("/")[:-1] if named.fullmatch(part)), "")
