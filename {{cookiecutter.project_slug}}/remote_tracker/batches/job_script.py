"""Job scripts: made once from the scheduler's template, the user's from then on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import RemoteTrackerError
from ..files import make_folder, write_file
from ..model import Project, Resources, Stage
from ..model.scheduling import Array, Scheduler
from ..records.batch import COMMANDS, SCRIPT
from ..render import BLOCK_END, BLOCK_START, ScriptError, fill_in, render_script


@dataclass(frozen=True)
class JobScript:
    """A job script as it was read: its text to the last byte, and what it asks for, by its scheduler's ``WORDS``.

    ``mark`` is the inode, the size and the mtime (ns) that the file had then.
    """

    path: Path
    text: str
    asked: Mapping[str, str]
    mark: tuple[int, int, int]

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.path.name

    @property
    def is_current(self) -> bool:
        """Return whether nobody wrote the file, or took it away, since it was read."""
        return self.path.exists() and _mark_of(self.path) == self.mark


def load_script(project: Project, stage: Stage) -> JobScript:
    """Return the stage's job script, made from the scheduler's template where there is none yet."""
    path = make_script(project, stage)
    mark = _mark_of(path)
    return _as_script(path, read_exactly(path), mark, project.cluster.scheduler)


def write_script(path: Path, text: str, scheduler: Scheduler) -> JobScript:
    """Write a job script, and return it."""
    write_file(path, text)
    return _as_script(path, text, _mark_of(path), scheduler)


def _as_script(path: Path, text: str, mark: tuple[int, int, int], scheduler: Scheduler) -> JobScript:
    return JobScript(path, text, {} if scheduler.is_local else scheduler.script.read_asked(text), mark)


def _mark_of(path: Path) -> tuple[int, int, int]:
    entry = path.stat()
    return entry.st_ino, entry.st_size, entry.st_mtime_ns


def read_exactly(path: Path) -> str:
    """Return a script's text, its line ends as they are."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def script_name(project: Project, stage: Stage) -> str:
    """Return the name of the stage's job script: numbered where its folder has several stages."""
    return f"{SCRIPT}{_tag(project, stage) or 'all'}.{project.cluster.scheduler.script.extension}"


def list_name(project: Project, stage: Stage) -> str:
    """Return the name of the stage's list of commands, as people know it."""
    several = len(project.tracker.stages_in(stage.folder)) > 1
    return COMMANDS.replace(".", f"_{stage.name}.") if several else COMMANDS


def _tag(project: Project, stage: Stage) -> str:
    stages = project.tracker.stages_in(stage.folder)
    return f"{stages.index(stage) + 1}_{stage.name}" if len(stages) > 1 else ""


def make_script(project: Project, stage: Stage) -> Path:
    """Return the stage's job script, made from the scheduler's template where there is none yet."""
    path = project.root / stage.folder / script_name(project, stage)
    if not path.exists():
        scheduler = project.cluster.scheduler
        text = render_script(
            scheduler.script.template.read_text(encoding="utf-8"),
            script=path.name,
            project=project.name,
            stage=stage.name,
            folder=stage.folder,
            tracker=project.tracker.name,
            cluster=project.cluster,
            email=project.email,
            resources=scheduler.script.native_resources(resources_of(project, stage)),
            umask=f"{_umask():03o}",
            block_start=BLOCK_START,
            block_end=BLOCK_END,
        )
        make_folder(path.parent)
        text = fill_in(text, scheduler.script.array_directives(array_of(project, stage)), path.name)
        write_file(path, text, mode=0o777 & ~_umask())
    return path


def resources_of(project: Project, stage: Stage) -> Resources:
    """Return what a task asks for: what the cluster says of the folder goes before what the tracker says."""
    return replace(stage.resources, **project.cluster.resources.get(stage.folder, {}))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_script(project: Project, script: JobScript) -> None:
    """Raise ScriptError where a stage's job script cannot be filled in, or would not be read as it is meant."""
    name = str(script.path.relative_to(project.root))
    fill_in(script.text, [], name)
    scheduler = project.cluster.scheduler
    if reason := scheduler.script.folder_problem(str(script.path.parent.resolve())):
        raise RemoteTrackerError(f"{project.root}: {reason}. Move the project elsewhere. Nothing was changed.")
    for line, why in scheduler.script.find_faults(script.text)[:1]:
        raise ScriptError(f"{name} line {line}: {why} Nothing was changed.")


def array_of(project: Project, stage: Stage, number: str = "none", tasks: int = 0) -> Array:
    """Return a batch as the scheduler takes it; without a number, that nothing is listed."""
    return Array(
        number,
        tasks,
        project.cluster.scheduler.script.name_job(project.name, stage.name, number),
        (project.root / stage.folder).resolve(),
        project.cluster.tasks_per_job,
        project.cluster.throttle,
    )
