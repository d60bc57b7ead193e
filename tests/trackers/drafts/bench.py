"""A small project for a draft of a tracker.yml: files are put there, and what a scan says is asked; no program runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from remote_tracker.config import load_project
from remote_tracker.model import Project, Stage, State, Unit
from remote_tracker.parameters.files import find_files
from remote_tracker.parameters.fingerprint import fingerprint
from remote_tracker.render import compile_stage
from remote_tracker.survey import Examined, Survey, examine_stage, survey_stage

DRAFTS = Path(__file__).parent / "trackers"
LONG_AGO = 1_700_000_000


class Bench:
    """A project folder with one tracker; every question reads it anew."""

    def __init__(self, root: Path, tracker: str = "", **settings: Any) -> None:
        self.root, self.tracker = root, tracker
        (root / "RawVideos").mkdir(parents=True, exist_ok=True)
        if tracker:
            shutil.copytree(DRAFTS / tracker, root / "site" / "trackers" / tracker)
        self.settings(**settings)

    def settings(self, **settings: Any) -> None:
        """Write project.yml anew."""
        tracker = self.tracker or "own"
        text = yaml.safe_dump({"name": "lab", "tracker": tracker, "cluster": "local", **settings})
        (self.root / "project.yml").write_text(text, encoding="utf-8")

    def declare(self, text: str) -> None:
        """Write the tracker.yml of a tracker of the lab's own."""
        path = self.root / "site/trackers/own/tracker.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put(self, *paths: str, content: bytes = b"x", age: int = 0) -> None:
        """Make files below the project (folders, where a path ends in /), written ``age`` seconds before long ago."""
        for path in paths:
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                place.mkdir(exist_ok=True)
            else:
                place.write_bytes(content)
            os.utime(place, (LONG_AGO - age, LONG_AGO - age))

    @property
    def project(self) -> Project:
        """Return the project as it stands."""
        return load_project(self.root)

    def stage(self, name: str) -> Stage:
        """Return the stage of that name."""
        stage = self.project.tracker.stage(name)
        assert stage, f"no stage {name}"
        return stage

    def seen(self, name: str) -> list[Examined]:
        """Return each unit with what a look at all of them decides."""
        return list(examine_stage(self.project, self.stage(name), Survey(self.stage(name))))

    def look(self, name: str) -> dict[str, str]:
        """Return, by name, what each unit is, with the reason where there is one."""
        seen = self.seen(name)
        found = {s.unit.key: ": ".join(filter(None, (s.decision.state.value, s.decision.reason))) for s in seen}
        assert len(found) == len(seen), "two units have one name"
        return found

    def counts(self, name: str) -> dict[str, int]:
        """Return what a scan counts, 0s left out; a scan and a look at every unit must agree."""
        counts = {s.value: n for s, n in survey_stage(self.project, self.stage(name), most=10000).counts.items() if n}
        slowly = survey_stage(self.project, self.stage(name)).counts
        assert counts == {s.value: n for s, n in slowly.items() if n}
        return counts

    def lines(self, name: str) -> list[str]:
        """Return the command lines of what is to do."""
        compiled = compile_stage(self.project, self.stage(name))
        to_do = [s for s in self.seen(name) if s.decision.state in (State.UNPROCESSED, State.INCOMPLETE)]
        return [compiled.lines(s.unit)[0] for s in to_do]

    def tasks(self, name: str) -> list[str]:
        """Return what run_task.sh reads of each piece of work that is to do."""
        compiled = compile_stage(self.project, self.stage(name))
        return [compiled.lines(s.unit)[1] for s in self.seen(name) if s.decision.state is State.UNPROCESSED]

    def record(self, name: str, keys: Iterable[str] = (), result: str = "finished") -> None:
        """Write the logs of one attempt at these units (default: all), as run_task.sh does."""
        stage = self.stage(name)
        wanted = set(keys)
        units = [s.unit for s in self.seen(name) if not wanted or s.unit.key in wanted]
        batches = self.root / stage.folder / "batches"
        batch = batches / f"{len(list(batches.glob('*'))) + 1:04d}"
        batch.mkdir(parents=True)
        (batch / "batch.yml").write_text(f"stage: {name}\n", encoding="utf-8")
        (batch / "names.txt").write_text("".join(f"{u.key}\n" for u in units), encoding="utf-8")
        made = fingerprint(self.project, stage, find_files(self.project, stage))
        for task, unit in enumerate(units, 1):
            (batch / f"output.{task}").write_text(_log(unit, task, batch.name, made, result), encoding="utf-8")


def _log(unit: Unit, task: int, batch: str, made: str, result: str) -> str:
    first, _, second = unit.mark.partition(" ")
    words = f"files={first} sum={second}" if sum(map(len, unit.inputs)) > 1 else f"size={first} mtime={second}"
    if not unit.inputs:
        words = "size= mtime="
    return (
        f"# start 2026-01-01T00:00:00+0000 host=h pid=1 job=1 batch={batch} task={task} params={made} {words} "
        f"unit={unit.key}\n# end 2026-01-01T00:00:01+0000 exit=0 seconds=1 result={result} why=\n"
    )
