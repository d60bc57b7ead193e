"""Do a free: read the copies here, decide, have the files moved aside there, look again, have them deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..content.digest import sample_of
from ..content.entry import Entry, entry_of, read_entry
from ..disk.files import make_folder
from ..model import Project
from ..survey.typed_names import choose_keys
from .answers import Answer
from .ask import ask
from .free import FarState, FreePlan, ToFree, plan_free
from .home_files import HomeFiles
from .lock import alone
from .mounts import find_kind, is_elsewhere
from .push import numbers_here
from .seen import note_seen

HOME_LEDGER = ".remote/freed.jsonl"


@dataclass
class Freed:
    """What a free did, or would do."""

    plan: FreePlan
    done: bool = False
    deleted: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)  # path -> why a file that was to go stayed there


def free(
    project: Project,
    names: Sequence[str],
    yes: bool,
    archive: str = "",
    tell: Callable[[int], None] = lambda read: None,
) -> Freed:
    """Plan what may be deleted there, or, with ``yes``, delete it; ``archive`` is a folder that holds videos, too.

    Raises RemoteTrackerError where there is no connection, or the other side is another project or version.
    """
    with alone(project):
        answer = ask(project, "finished", {"names": [], "restore": True})
        note_seen(project, answer["counts"])
        copies = _Copies(project, archive, tell)
        units = [*read_states(project, answer)]
        asked = choose_keys(names, {unit.name for unit in units})

        def is_asked(unit: FarState) -> bool:
            return not names or unit.name in asked

        plan = plan_free(units, is_asked, copies.prove_result, copies.prove_video)
        if not yes or not plan.files:
            return Freed(plan)
        token = os.urandom(8).hex()
        moved = ask(project, "move-aside", {"token": token, "units": _as_question(plan)})
        there = {file.entry.path: file for file in plan.files}
        going = [there[path] for path in moved["moved"] if path in there and copies.still_hold(path)]
        told = [_line(file) for file in going]
        ended = ask(project, "delete", {"token": token, "delete": told})
        gone = set(ended["deleted"])
        _write_home_ledger(project, [line for line in told if line["path"] in gone])
        why = dict(moved["why"])
        why.update({p: "the copy here changed just now" for p in moved["moved"] if not copies.still_hold(p)})
        return Freed(plan, True, sorted(gone), why)


def read_states(project: Project, answer: Answer) -> Iterator[FarState]:
    """Yield the units of an answer."""
    gathering = {stage.name for stage in project.tracker.stages if stage.per}
    for told in answer["units"]:
        entries = tuple(entry for line in told.get("entries", ()) if (entry := read_entry(line)))
        reads = tuple(told["reads"]) or tuple(entry.path for entry in entries if entry.role == "in")
        yield FarState(
            told["stage"],
            told["name"],
            told["state"],
            reads,
            told["stage"] in gathering,
            entries,
            told["files"],
            told.get("batch", ""),
            told["why"],
            bool(told.get("freed")),
        )


def _as_question(plan: FreePlan) -> list[Answer]:
    units: dict[tuple[str, str], Answer] = {}
    for unit, entry in plan.files:
        asked = units.setdefault(unit.key, {"stage": unit.stage, "name": unit.name, "files": []})
        asked["files"].append([entry.path, [entry.size, entry.mtime_ns, entry.inode]])
    return list(units.values())


def _line(file: ToFree) -> Answer:
    unit, entry = file
    return {
        "stage": unit.stage,
        "unit": unit.name,
        "batch": unit.batch if entry.role == "out" else "",
        "path": entry.path,
        "size": entry.size,
        "sha256": entry.sha256,
        "numbers": [entry.size, entry.mtime_ns, entry.inode],
    }


def _write_home_ledger(project: Project, lines: Sequence[Answer]) -> None:
    make_folder((project.root / HOME_LEDGER).parent)
    with open(project.root / HOME_LEDGER, "a", encoding="ascii") as file:
        file.write("".join(f"{json.dumps(line)}\n" for line in lines))


class _Copies:
    """The copies here and in the archive: each is read to its end in this command, whatever was known before."""

    def __init__(self, project: Project, archive: str, tell: Callable[[int], None]) -> None:
        self._files, self._tell = HomeFiles(project, tell), tell
        self._archive = Path(os.path.expanduser(archive)) if archive else None
        self._by_size: dict[int, list[str]] | None = None
        self._proven: dict[str, tuple[str, tuple[int, ...], str]] = {}  # path -> copy, its numbers, its sample

    def prove_result(self, entry: Entry) -> str:
        """Return why the copy here of a result does not prove it; "" where it does."""
        if not self._files.is_own_file(entry.path):
            here = os.path.lexists(self._files.place(entry.path))
            return f"{entry.path} is {'only a link' if here else 'not'} here"
        return self._prove(entry, self._files.place(entry.path))

    def _prove(self, entry: Entry, place: str) -> str:
        if is_elsewhere(place):
            return f"{entry.path}: the copy here lies on a mounted disk ({find_kind(place)}), which proves nothing"
        before = numbers_here(place)
        read = self._files.read(entry.role, entry.path)
        if read is None or numbers_here(place) != before:
            return f"{entry.path}: the copy here cannot be read, or changes"
        if not entry.sha256 or read.sha256 != entry.sha256:
            return f"{entry.path}: the copy here holds something else"
        self._proven[entry.path] = (place, before, "")
        return ""

    def prove_video(self, entry: Entry) -> str:
        """Return why neither the copy here nor the archive proves a video; "" where one does."""
        why = self.prove_result(entry)
        if not why or self._archive is None:
            return why
        for place in self._find_in_archive(entry.size):
            try:
                read = entry_of("in", entry.path, place, tell=self._tell)
                numbers = numbers_here(place)
            except OSError:
                continue
            if read.sha256 == entry.sha256 and entry.sha256:
                self._proven[entry.path] = (place, numbers, read.sample)
                return ""
        return f"{entry.path} is neither here nor in {self._archive}"

    def _find_in_archive(self, size: int) -> list[str]:
        if self._by_size is None:
            self._by_size = {}
            for folder, _, names in os.walk(self._archive or "."):
                for name in names:
                    place = os.path.join(folder, name)
                    if os.path.isfile(place) and not os.path.islink(place):
                        self._by_size.setdefault(os.path.getsize(place), []).append(place)
        return self._by_size.get(size, [])

    def still_hold(self, path: str) -> bool:
        """Return whether a copy lies as it was read; now that the file there was moved: an archive may be its mount."""
        place, numbers, sample = self._proven.get(path, ("", (), ""))
        try:
            return numbers_here(place) == numbers and (not sample or sample_of(place) == sample)
        except OSError:
            return False
