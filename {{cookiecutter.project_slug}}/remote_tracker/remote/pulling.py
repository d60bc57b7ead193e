"""Do a pull: ask what is proven there, bring it beside its place, read it back, and rename it into place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..content.entry import Entry, entry_of, read_entry
from ..disk.case import folds_case
from ..disk.derived import write_derived
from ..model import Cause, Project, Record, Stage, Unit
from ..records import Batch
from ..survey import Survey, examine_stage
from .answers import Answer
from .ask import ask, open_data_channel, require_remote
from .bring_logs import bring_logs
from .bring_records import note_pulled
from .copying import Copied, Folders, Way, check_rate, fetch, group, require_rsync
from .home_files import HomeFiles
from .lock import alone
from .pull import KINDS, FarUnit, Here, UnitPlan, find_folded, kind_of, plan_unit
from .seen import note_seen

PULLED = ".remote/pulled.json"  # what pulls put where: path -> SHA-256
INCOMING = ".rt-incoming"  # beside the results: what has come and is not proven yet


@dataclass
class Pulled:
    """What a pull did."""

    plans: list[UnitPlan] = field(default_factory=list)
    brought: list[Entry] = field(default_factory=list)  # the files that were renamed into place
    whole: int = 0  # units whose results are all here, proven
    noted: int = 0  # units whose records came along just now
    in_part: int = 0  # units that came without some kinds of files: --only
    bad: dict[str, str] = field(default_factory=dict)  # path -> why it was not taken
    ended: Copied | None = None
    batches: list[Batch] = field(default_factory=list)

    @property
    def is_odd(self) -> bool:
        """Return whether anything that is finished there is not as it should be here."""
        return bool(self.ended or self.bad or any(plan.left_out or plan.kept for plan in self.plans))


def pull(
    project: Project,
    names: Sequence[str],
    kinds: Sequence[str] = KINDS,
    rate: str = "",
    tell: Callable[[int], None] = lambda read: None,
    show: Callable[[bytes], None] | None = None,
) -> Pulled:
    """Bring home the results that are meant (none named: all) and proven there; each is read back before it counts.

    Raises RemoteTrackerError where there is no connection, or the other side is another project or version.
    """
    check_rate(rate)
    data = open_data_channel(project)
    require_rsync()
    done = Pulled()
    with alone(project) as lock:
        answer = ask(project, "finished", {"names": list(names)})
        note_seen(project, answer["counts"])
        way = Way(data, answer["is_chatty"], rate, show, (lock,))
        files, pulled = HomeFiles(project, tell), _load_pulled(project)
        for stage in project.tracker.stages:
            units = [unit for unit in read_units(project, answer) if unit.stage == stage.name]
            _pull_stage(project, stage, units, kinds, answer, way, files, pulled, done)
            if done.ended and done.ended.is_lost:
                break
        files.end()
        if not (done.ended and done.ended.is_lost):
            bring_logs(project, done.batches)
        _clear_incoming(project, done)
    return done


def read_units(project: Project, answer: Answer) -> list[FarUnit]:
    """Return the units of an answer that finished there, proven or not."""
    found = []
    roots = {stage.name: {o.pattern.root for o in stage.outputs} for stage in project.tracker.stages}
    for told in answer["units"]:
        if told["state"] == "finished" and not told.get("freed"):
            entries = tuple(entry for line in told.get("entries", ()) if (entry := read_entry(line)))
            found.append(FarUnit(told["stage"], told["name"], entries, told["why"], roots.get(told["stage"], ())))
    return found


def _pull_stage(
    project: Project,
    stage: Stage,
    units: Sequence[FarUnit],
    kinds: Sequence[str],
    answer: Answer,
    way: Way,
    files: HomeFiles,
    pulled: dict[str, str],
    done: Pulled,
) -> None:
    units_here = {one.unit.key: one.unit for one in examine_stage(project, stage, Survey(stage))}
    here = Here(files.digest, pulled, _reads_of(stage, units_here))
    folded = find_folded(units, pulled, any(folds_case(str(project.root / root)) for root in _roots(project)))
    done.bad.update(folded)
    apart = [unit for unit in units if not any(entry.path in folded for entry in unit.made)]
    plans = [plan_unit(unit, here, lambda e: kind_of(e.path, stage.folder) in kinds) for unit in apart]
    done.plans += plans
    good = _bring(project, [e for plan in plans for e in plan.fetch], answer, way, files, done)
    records: list[tuple[Unit, Record, list[Entry]]] = []
    told = {(one["stage"], one["name"]): one for one in answer["units"]}
    for plan in plans:
        if plan.left_out or plan.kept or any(entry.path not in good for entry in plan.fetch):
            continue
        if len(plan.fetch) + len(plan.here) < len(plan.unit.made):
            done.in_part += bool(plan.fetch or plan.here)
            continue
        done.whole += 1
        if not all(map(files.is_noted, plan.unit.made)):
            unit = units_here.get(plan.unit.name) or Unit(plan.unit.name, (), ((),), "", 0)
            record = _read_record(told[stage.name, plan.unit.name]["record"])
            records.append((unit, record, _entries_here(plan.unit, files)))
    if records:
        done.batches.append(note_pulled(project, stage, records, require_remote(project).login))
        done.noted += len(records)
    pulled.update(good)
    if good:
        write_derived(project.root / PULLED, json.dumps(pulled))


def _reads_of(stage: Stage, units: Mapping[str, Unit]) -> dict[tuple[str, str], list[str]]:
    """Return what each unit here is made from that gathers several files, as a day."""
    made = units.items() if stage.per else ()
    return {(stage.name, key): [path for paths in unit.inputs for path in paths] for key, unit in made}


def _bring(
    project: Project,
    wanted: Sequence[Entry],
    answer: Answer,
    way: Way,
    files: HomeFiles,
    done: Pulled,
) -> dict[str, str]:
    """Bring files here, and return the SHA-256 of each that was read back and renamed into place, by its path."""
    by_path = {entry.path: entry for entry in wanted}
    roots = {path.partition("/")[0] for path in by_path}
    incoming = {root: Path(os.path.realpath(project.root / root)) / INCOMING for root in roots}
    targets = {}
    for path in by_path:
        root, _, rest = path.rpartition("/")[0].partition("/")
        targets[path.rpartition("/")[0]] = str(incoming[root] / root / rest).rstrip("/")
        os.makedirs(incoming[root] / root / rest, exist_ok=True)
    for folders, names in group(by_path, answer["parents"], targets).items():
        copied = fetch(way, Folders(*folders), names)
        done.ended = copied if copied.code else done.ended
        if copied.is_lost:
            break
    return _settle(by_path, incoming, files, done)


def _settle(
    by_path: Mapping[str, Entry], incoming: Mapping[str, Path], files: HomeFiles, done: Pulled
) -> dict[str, str]:
    """Read back what has come, compare it with its record, and rename it into place."""
    good = {}
    for path, entry in by_path.items():
        come = incoming[path.partition("/")[0]] / path
        try:
            read = entry_of("out", path, str(come), count=False)
        except OSError:
            done.bad.setdefault(path, "it did not arrive")
            continue
        if read.sha256 != entry.sha256:
            with suppress(OSError):
                come.unlink()
            done.bad[path] = "what arrived is not what its record says: it is damaged or was changed there"
            continue
        place = Path(files.place(path))
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _put(come, place)
        except OSError as error:
            done.bad[path] = error.strerror or "it cannot be put into its place"
            continue
        files.take_over(read)
        done.brought.append(entry)
        good[path] = entry.sha256
    return good


def _put(come: Path, place: Path) -> None:
    """Rename a file into place; from another disk it is copied beside its place first."""
    with open(come, "rb") as file:
        os.fsync(file.fileno())
    try:
        os.replace(come, place)
    except OSError:
        beside = place.with_name(f".{place.name}.rt-come")
        shutil.copy2(come, beside)
        os.replace(beside, place)
        come.unlink()


def _entries_here(unit: FarUnit, files: HomeFiles) -> list[Entry]:
    """Return what the unit's files hold, as they lie here; an input that is not here, as it lay there."""
    found = []
    for entry in unit.entries:
        here = files.entry(entry.role, entry.path)
        known = here if here and here.sha256 == entry.sha256 else entry
        found.append(known._replace(path=files.noted_path(entry.path), lines=entry.lines))
    return found


def _read_record(told: Mapping[str, Any]) -> Record:
    values = {name: told[name] for name in Record._fields if name in told}
    return Record(**{**values, "cause": Cause.PULLED})


def _load_pulled(project: Project) -> dict[str, str]:
    try:
        told = json.loads((project.root / PULLED).read_bytes())
        return {str(path): str(digest) for path, digest in told.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _clear_incoming(project: Project, done: Pulled) -> None:
    """Take away what is left of a pull that came to its end."""
    if done.ended and done.ended.is_lost:
        return
    for root in _roots(project):
        shutil.rmtree(Path(os.path.realpath(project.root / root)) / INCOMING, ignore_errors=True)


def _roots(project: Project) -> Iterable[str]:
    return {output.pattern.root for stage in project.tracker.stages for output in stage.outputs if output.pattern.root}
