"""Keep the stories of a day's videos, and their logs' ends, in a script that the page loads on a click.

A story is told anew only where something that it tells of is other than when it was told: what each was told of stands
beside it, as a mark. The first line of a script holds a digest of all marks, so that a day that stays is not even read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from .. import __version__
from ..disk.files import write_file
from ..model import Project, Stage, State
from ..model.said_word import SaidWord
from ..named_tuple import NamedTuple
from ..records import find_batches
from ..report.log_text import log_end
from ..report.why import Story, story_text, tell
from ..scan import Tree
from ..shell.copies import run_copies
from ..survey import Examined
from ..survey.parallel import processes
from ..survey.proven import numbers_of, rules_of
from ..tables.video_row import VideoRow
from ..text.tones import pieces
from ..text.visible import visible
from .assemble import pack
from .look import Seen
from .packed import unpack
from .steps import Step, units_of

MANY_DAYS = 4  # of fewer, stories are told sooner without further processes
FINISHED = "finished"  # the state of a row whose results are as its scan proved them
HEAD = "// remote-tracker: stories of a day "


class Asked(NamedTuple):
    """A video whose story the page tells."""

    name: str
    mark: str  # digest of all that the story tells of
    units: Sequence[tuple[Stage, Examined]]  # its stages before, then the stage that makes the results for people
    word: SaidWord | None  # the lab's word on its result


def ask_days(seen: Seen) -> dict[str, list[Asked]]:
    """Return the videos of each day whose stories are told, with their marks as of now."""
    project = seen.project
    steps = [(survey.stage, units) for survey, units in seen.found if survey.stage.folder == seen.stage.folder]
    others = [Step(stage, units, seen.stage) for stage, units in steps if stage is not seen.stage]
    marks = _Marks(project, seen.tree, [stage for stage, _ in steps])
    days: dict[str, list[Asked]] = {}
    for day, indices in seen.days.items():
        for index in indices:
            row, one = seen.rows[index], seen.units[index]
            units = [*units_of(others, seen.stage, one)]
            word = seen.reviewed.find(row)
            days.setdefault(day, []).append(Asked(row.video, marks.mark(row, units, word), units, word))
    return days


class _Marks:
    """Digests of all that a project's stories tell."""

    def __init__(self, project: Project, tree: Tree, stages: Sequence[Stage]) -> None:
        self._tree = tree
        self._listed: dict[tuple[str, str], str] = {}  # stage, unit -> the last batch that listed it
        for stage in stages:
            for batch in find_batches(project, stage):
                self._listed.update(dict.fromkeys(((stage.name, name) for name in batch.names), batch.number))
        rules = repr((__version__, [(stage.name, rules_of(stage)) for stage in stages]))
        self._rules = blake2b(rules.encode(), digest_size=16).hexdigest()

    def mark(self, row: VideoRow, units: Sequence[tuple[Stage, Examined]], word: SaidWord | None) -> str:
        """Return the digest for a video's row and its units; "" while a task of it runs: its log grows."""
        if any(one.decision.state is State.RUNNING for _, one in units):
            return ""
        told = [(stage.name, one, self._listed.get((stage.name, one.unit.key))) for stage, one in units]
        made = (row.results, self._content_of(row), row.batch, row.task, row.ended, row.proven, row.reviewed)
        text = repr((self._rules, made, told, word))
        return blake2b(text.encode(), digest_size=8).hexdigest()

    def _content_of(self, row: VideoRow) -> Sequence[object]:
        """Return what tells a row's results from others: their digest, where they are as they were proven."""
        if row.sha256_result and row.state == FINISHED and not row.changed:
            return (row.sha256_result,)
        found = map(self._tree.stat, row.results)
        return [None if entry is None else numbers_of(entry) for entry in found]


def write_scripts(project: Project, places: Mapping[Path, tuple[str, Sequence[Asked]]]) -> int:
    """Write the script of each day that changed: ``places`` maps its path to the day and its videos; return how many.

    Raises NotWritten.
    """
    changed = {path: held for path, held in places.items() if _digest_at(path) != _digest_of(held[1])}
    count = processes() if len(changed) >= MANY_DAYS else 1
    parts = [dict([*changed.items()][number::count]) for number in range(count)]
    run_copies(lambda part: _write_all(project, part), parts)
    return len(changed)


def _write_all(project: Project, changed: Mapping[Path, tuple[str, Sequence[Asked]]]) -> None:
    known = {path: _load(path) for path in changed}
    new = [one for path, (_, asked) in changed.items() for one in asked if not _is_kept(one, known[path])]
    stories = _tell(project, new)
    for path, (day, asked) in changed.items():
        told = {one.name: next(stories) for one in asked if not _is_kept(one, known[path])}
        _write(path, day, asked, known.pop(path), told)


class Told(NamedTuple):
    """The story of a video, and its log's end."""

    story: str
    log: str


def _tell(project: Project, asked: Sequence[Asked]) -> Iterator[Told]:
    """Yield for each video its story in each stage, and the end of its last log."""
    stories = tell(project, [pair for one in asked for pair in one.units], again=False)
    for one in asked:
        mine = list(islice(stories, len(one.units)))
        mine[-1] = mine[-1]._replace(word=one.word)
        yield Told(plain("\n\n".join(map(story_text, mine))), next(filter(None, map(_log_of, reversed(mine))), ""))


def plain(text: str) -> str:
    """Return a screen's text without the marks for colours, which it has on a terminal."""
    return "".join(piece for piece, _ in pieces(text))


def _log_of(story: Story) -> str:
    for listed in reversed(story.listed):
        try:
            return visible(log_end(listed.log))
        except OSError:  # it never started, or its log was freed
            continue
    return ""


def _write(path: Path, day: str, asked: Sequence[Asked], known: Mapping[str, Any], told: Mapping[str, Told]) -> None:
    def value(one: Asked, field: str, number: int) -> str:
        return told[one.name][number] if one.name in told else known[field][one.name]

    data = {
        "stories": {one.name: value(one, "stories", 0) for one in asked},
        "logs": {one.name: log for one in asked if (log := value(one, "logs", 1))},
        "marks": {one.name: one.mark for one in asked},
    }
    words = ", ".join(json.dumps(word) for word in (day, pack(data)))
    write_file(path, f"{HEAD}{_digest_of(asked)}\nwindow.remoteTracker.day({words});\n")


def _is_kept(one: Asked, known: Mapping[str, Any]) -> bool:
    return bool(one.mark) and known["marks"].get(one.name) == one.mark


def _digest_of(asked: Sequence[Asked]) -> str:
    """Return the digest of a day's marks; "" where one of its tasks runs, so that the day is told anew."""
    if not all(one.mark for one in asked):
        return ""
    return blake2b(repr([(one.name, one.mark) for one in asked]).encode(), digest_size=16).hexdigest()


def _digest_at(path: Path) -> str | None:
    """Return the digest in a script's first line, None where there is no script of ours."""
    try:
        with open(path, encoding="utf-8") as file:
            line = file.readline(200)
    except (OSError, ValueError):
        return None
    return line.removeprefix(HEAD).strip() or None if line.startswith(HEAD) else None


def _load(path: Path) -> dict[str, Any]:
    """Return what a day's script holds; nothing where it is not there, or not as we write it."""
    nothing: dict[str, Any] = {"stories": {}, "logs": {}, "marks": {}}
    try:
        text = path.read_text(encoding="utf-8").split("\n")[1]
        data = unpack(json.loads(f"[{text.partition('(')[2].rpartition(')')[0]}]")[1])
        whole = all(isinstance(data[key], dict) for key in nothing) and data["marks"].keys() <= data["stories"].keys()
        return {**data, "logs": {**dict.fromkeys(data["stories"], ""), **data["logs"]}} if whole else nothing
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return nothing
