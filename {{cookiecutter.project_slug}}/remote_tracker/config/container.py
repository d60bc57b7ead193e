"""Read ``container:`` of a project or a cluster as a Container."""

from __future__ import annotations

from ..model import NO_CONTAINER, Container
from .document import Section

KEYS = {
    "image": "the image: a file below the project (tracker.sif) or elsewhere, or a name that the runtime knows",
    "runtime": "what runs it: apptainer, singularity or docker",
    "options": "further options of the runtime, as --nv for GPUs",
    "binds": "folders that it must see besides the project, as /pasteur",
}
RUNTIMES = ("apptainer", "singularity", "docker")


def read_container(top: Section, base: Container = NO_CONTAINER) -> Container:
    """Return the container that a file asks for: image and runtime as it says, else those from ``base``.

    The file's options and binds come behind the options and binds from ``base``.
    """
    section = top.section("container").only(KEYS)
    return Container(
        image=section.text("image", base.image),
        runtime=section.word("runtime", RUNTIMES) if "runtime" in section.data else base.runtime,
        options=(*base.options, *section.texts("options")),
        binds=(*base.binds, *section.texts("binds")),
    )
