"""Render the bash that runs a task's lines in a container. Pure."""

from __future__ import annotations

from ..model import Project
from .quotes import quote

# Turns a line of bash into a line that runs it in the container with the task's variables; unchanged without container.
CONTAINED = """\
contained() {
  [[ ${#container[@]} -gt 0 ]] || { printf '%s' "$1" && return; }
  local known=(set_environment print_version)
  mapfile -t -O 2 known < <(compgen -A function need_)
  known=("$(declare -p project tracker profile out work unit 2>/dev/null; declare -f "${known[@]}")")
  printf '%q ' "${container[@]}" bash -c "${known[0]}
set_environment; cd -- \\"\\$project\\"; $1"
}"""


def render_container(project: Project) -> list[str]:
    """Return the bash that defines ``contained`` and the array ``container``, empty where there is no container."""
    return [f"container=({' '.join(_words(project)) if project.container.image else ''})", CONTAINED]


def _words(project: Project) -> list[str]:
    container = project.container
    here = (project.root / container.image).is_file()
    image = f'"$project"/{quote(container.image)}' if here else quote(container.image)
    folders = ['"$project"', *map(quote, [*([project.videos] if project.videos else []), *container.binds])]
    options = list(map(quote, container.options))
    if container.runtime == "docker":
        binds = [word for folder in [*folders, "/tmp"] for word in ("-v", f"{folder}:{folder}")]
        return ["docker", "run", "--rm", "-u", '"$(id -u):$(id -g)"', *binds, *options, image]
    binds = [word for folder in folders for word in ("-B", folder)]
    return [container.runtime, "exec", *binds, *options, image]
