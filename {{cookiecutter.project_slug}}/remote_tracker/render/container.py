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
  known=("$(declare -p project tracker profile out work current unit 2>/dev/null; declare -f "${known[@]}")")
  printf '%q ' "${container[@]}" bash -c "${known[0]}
set_environment; cd -- \\"\\${current:-\\$project}\\"; $1"
}"""


# Shows the project's folder to the container, wherever the project lies when the task runs; as bind_words does.
SHOW_PROJECT = r"""
cell=${{project//\"/\"\"}}
case $project in
  *[{odd}]* | ' '* | *' ') container+=(--mount "type=bind,\"source=$cell\",\"destination=$cell\"") ;;
  *) container+=({plain}) ;;
esac""".strip()


def render_container(project: Project) -> list[str]:
    """Return the bash that defines ``contained`` and the array ``container``, empty where there is no container."""
    container = project.container
    if not container.image:
        return ["container=()", CONTAINED]
    here = (project.root / container.image).is_file()
    image = f'"$project"/{quote(container.image)}' if here else quote(container.image)
    docker = container.runtime == "docker"
    start = ["docker", "run", "--rm", "-u", '"$(id -u):$(id -g)"'] if docker else [container.runtime, "exec"]
    plain = '-v "$project:$project"' if docker else '-B "$project"'
    words = [word for folder in ([project.videos] if project.videos else []) for word in _bind_folder(folder, docker)]
    words += [word for spec in [*container.binds, *(["/tmp"] if docker else [])] for word in bind_words(spec, docker)]
    return [
        f"container=({' '.join(start)})",
        SHOW_PROJECT.format(odd=_odd(docker).replace("\\", "\\\\"), plain=plain),
        f"container+=({' '.join([*map(quote, [*words, *container.options]), image])})",
        CONTAINED,
    ]


def bind_words(spec: str, docker: bool = False) -> list[str]:
    """Return the options that show a folder to a container; of "/here:/there", which is no folder, as it is said."""
    if ":/" in spec:
        return ["-v" if docker else "-B", spec]
    return _bind_folder(spec, docker)


def _bind_folder(folder: str, docker: bool) -> list[str]:
    """Return the options that show the folder in its own place.

    In what -B and -v take, a colon and a comma end a path, and an end of blanks is dropped; --mount takes CSV.
    """
    if folder == folder.strip() and not set(_odd(docker)) & set(folder):
        return ["-v", f"{folder}:{folder}"] if docker else ["-B", folder]
    cell = folder.replace('"', '""')
    return ["--mount", f'type=bind,"source={cell}","destination={cell}"']


def _odd(docker: bool) -> str:
    return ":" if docker else ",:\\"
