"""What a cluster's file declares, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..named_tuple import NamedTuple
from .scheduling import Scheduler


class Container(NamedTuple):
    """The container in which a task's commands run."""

    image: str = ""  # "": no container
    runtime: str = "apptainer"  # the program that runs the image
    options: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()  # the folders that commands inside see


NO_CONTAINER = Container()


class Cluster(NamedTuple):
    """A scheduler with its limits, modules and host, as a file in clusters/ describes it."""

    name: str
    scheduler: Scheduler
    description: str
    contact: str = ""
    url: str = ""
    max_tasks: int = 0  # the most tasks of one batch; 0: no limit of ours
    modules: tuple[str, ...] = ()
    host: str = ""
    tasks_per_job: int = 1
    throttle: int = 0  # the most tasks that run at once; 0: no limit of ours
    directives: tuple[str, ...] = ()  # options at the top of its job scripts
    mail: bool = True
    resources: Mapping[str, Mapping[str, Any]] = {}  # workspace or summarizer -> requests that replace the tracker's
    activate: tuple[str, ...] = ()  # lines of a new project's activate.sh
    parallel_environment: str = "smp"
    container: Container = NO_CONTAINER
