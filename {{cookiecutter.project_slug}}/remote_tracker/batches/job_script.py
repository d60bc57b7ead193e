"""Job scripts: a script is made once from the scheduler's template, and belongs to the user from then on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..disk.files import make_folder, write_file
from ..errors import RemoteTrackerError
from ..model import Project, Resources, Stage
from ..model.quantities import read_memory, write_memory
from ..model.scheduling import Array, Scheduler
from ..named_tuple import NamedTuple
from ..quick_dataclass import replace
from ..records.batch import COMMANDS, SCRIPT_PREFIX
from ..render import BLOCK_END, BLOCK_START, ScriptError, fill_in, render_script


class JobScript(NamedTuple):
    """A job script as it was read."""

    path: Path
    text: str  # to the last byte
    asked: Mapping[str, str]  # what its lines ask for, by the words of its scheduler's read_asked
    mark: tuple[int, int, int]  # the inode, the size and the mtime (ns) that the file had when it was read

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.path.name

    @property
    def is_current(self) -> bool:
        """Return whether the file is still there, and nobody wrote it since it was read."""
        return self.path.exists() and _mark_of(self.path) == self.mark


def load_script(project: Project, stage: Stage) -> JobScript:
    """Read the stage's job script, which is made from the scheduler's template where it is not there yet."""
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
    """Return a script's text with its line ends as they are."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def script_name(project: Project, stage: Stage) -> str:
    """Return the name of the stage's job script; it holds the stage's number where the folder has several stages."""
    return f"{SCRIPT_PREFIX}{_tag(project, stage) or 'all'}.{project.cluster.scheduler.script.extension}"


def list_name(project: Project, stage: Stage) -> str:
    """Return the name of the link to the stage's list of commands.

    It holds the stage's name where the folder has several stages.
    """
    several = len(project.tracker.stages_in(stage.folder)) > 1
    return COMMANDS.replace(".", f"_{stage.name}.") if several else COMMANDS


def _tag(project: Project, stage: Stage) -> str:
    stages = project.tracker.stages_in(stage.folder)
    return f"{stages.index(stage) + 1}_{stage.name}" if len(stages) > 1 else ""


def make_script(project: Project, stage: Stage) -> Path:
    """Return the path of the stage's job script, which is made from the scheduler's template where it is not there."""
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
    """Return the resources of a stage's job: the cluster's settings for the stage's folder replace the tracker's.

    Tasks that run side by side on a GPU need as much processor and memory each; the GPU is asked for once.
    """
    asked = replace(stage.resources, **project.cluster.resources.get(stage.folder, {}))
    beside = project.per_gpu if asked.gpus else 1
    if beside == 1:
        return asked
    memory = write_memory(read_memory(asked.memory) * beside) if asked.memory else ""
    return replace(asked, cpus=asked.cpus * beside, memory=memory)


class Packing(NamedTuple):
    """How many tasks of a batch a job runs, and whether side by side, on its GPU."""

    per_job: int
    beside: bool


def packing_of(project: Project, stage: Stage) -> Packing:
    """Return how the tasks of a new batch are packed: only tasks that ask for a GPU run side by side."""
    if project.per_gpu > 1 and resources_of(project, stage).gpus:
        return Packing(project.per_gpu, True)
    return Packing(project.cluster.tasks_per_job, False)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_script(project: Project, script: JobScript) -> None:
    """Check that a stage's job script can be filled in, and that the scheduler will read it as it is meant.

    Raises ScriptError with the line at fault, RemoteTrackerError where no job can work in the project's folder.
    """
    name = str(script.path.relative_to(project.root))
    fill_in(script.text, [], name)
    scheduler = project.cluster.scheduler
    if reason := scheduler.script.folder_problem(str(script.path.parent.resolve())):
        raise RemoteTrackerError(f"{project.root}: {reason}. Move the project elsewhere. Nothing was changed.")
    for line, why in scheduler.script.find_faults(script.text)[:1]:
        raise ScriptError(f"{name} line {line}: {why} Nothing was changed.")


def array_of(project: Project, stage: Stage, number: str = "none", tasks: int = 0, per_job: int = 0) -> Array:
    """Return a batch as the array that the scheduler takes; ``number`` "none" says that nothing is listed.

    ``per_job`` is how many tasks share a GPU (0: as many as of a new batch).
    """
    packing = packing_of(project, stage)
    per_job = per_job if packing.beside and per_job else packing.per_job
    return Array(
        number,
        tasks,
        project.cluster.scheduler.script.name_job(project.name, stage.name, number),
        (project.root / stage.folder).resolve(),
        per_job,
        project.cluster.throttle,
        packing.beside and per_job > 1,
    )
