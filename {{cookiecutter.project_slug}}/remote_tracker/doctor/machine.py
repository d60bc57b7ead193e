"""Describe in words what a machine has for the tracker, and what it lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..machine.answers import Space, Surroundings
from ..model import Project
from ..parameters.fingerprint import ACTIVATE
from ..render import render_needs, render_version

LEAST_BYTES = 10**9  # less hardly holds the results of a video
LEAST_FILES = 1000
SLOW_S = 5  # what takes so long, each task pays for


def machine_lines(project: Project, found: Surroundings) -> Iterator[str]:
    """Yield the lines that show what a machine has for ``project``, and which needs of nodes alone were not asked."""
    yield f"On {found.host} ({found.bash}), with workspace/activate.sh:"
    yield from (f"  {ACTIVATE} printed: {line}" for line in found.printed)
    version = f"{found.version}  ({render_version(project.tracker)})" if found.version else ""
    rows = [("modules", found.modules), ("python", found.python), ("version", version)]
    yield from (f"  {word:<8} {value}" for word, value in rows if value)
    yield from (f"  {'GPU':<8} {gpu}" for gpu in found.gpus)
    if not found.gpus and any(stage.resources.gpus for stage in project.tracker.stages):
        yield f"  {'GPU':<8} none is seen (nvidia-smi)"
    for answer in found.answers:
        took = f"  (took {answer.seconds} s)" if answer.seconds >= SLOW_S else ""
        yield f"  {'has' if answer.met else 'has NOT':<8} {answer.need.command}{took}"
    asked = {answer.need for answer in found.answers}
    for need in render_needs(project.tracker) if found.whole else ():
        if need.on_node and need not in asked:
            yield f"  {'unseen':<8} {need.command}  (only nodes need it: ./rt doctor --on-node)"
    for space in found.spaces:
        yield f"  {'space':<8} {space.folder}: {_free(space)} free"


def machine_troubles(project: Project, found: Surroundings) -> list[str]:
    """Return the troubles of a machine for ``project``: a line each, with what to do."""
    return list(_troubles(project, found))


def _troubles(project: Project, found: Surroundings) -> Iterator[str]:
    if found.activate:
        yield f"{ACTIVATE}: {found.activate}"
    if found.complaints:
        yield f"{ACTIVATE} did not do all that it says on {found.host}: {found.complaints[0]}. Mend that line."
    if not found.whole:
        yield f"The look around on {found.host or 'the machine'} was broken off: does workspace/activate.sh wait?"
    for answer in found.missing:
        said = f' ("{answer.said}")' if answer.said else ""
        yield f"{found.host} has not what {project.tracker.name} needs{said}: {answer.need.help}"
    for space in found.spaces:
        if 0 <= space.free < LEAST_BYTES or 0 <= space.files < LEAST_FILES:
            yield f"{space.folder}: only {_free(space)} free on {found.host}. Make room, or move the project."


def _free(space: Space) -> str:
    size = f"{space.free / 1e9:,.1f} GB" if space.free >= 0 else "an unknown size"
    return size + (f" and {space.files:,} files" if space.files >= 0 else "")
