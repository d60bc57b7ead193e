"""The job script for sbatch: the block that a scan fills in, and the requests that its other lines make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...model.scheduling import Array, Resources
from ..directives import find_behind_command, why_ignored
from .words import OPTIONS, SHORT

DIRECTIVE = "#SBATCH"
# The variables that sbatch obeys instead of the lines that a scan fills in (sbatch(1), INPUT ENVIRONMENT).
OVERRIDING_ENV = ("SBATCH_ARRAY_INX", "SBATCH_JOB_NAME", "SBATCH_OUTPUT", "SBATCH_OPEN_MODE", "SBATCH_CLUSTERS")


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in; where nothing is listed, lines that sbatch refuses."""
    if array.number == "none":
        return [
            "# Nothing is listed: scan first. (sbatch refuses an array of no task.)",
            f"#SBATCH --job-name={array.name}",
            "#SBATCH --array=1-0",
            "batch=none",
            "per_job=1",
        ]
    return [
        f"#SBATCH --job-name={array.name}",
        f"#SBATCH --array={_range(array)}",
        f"#SBATCH --chdir={_quote(str(array.folder))}",
        f"#SBATCH --output={array.log('%a')}",
        "#SBATCH --open-mode=append",
        f"batch={array.number}",
        *array.packing,
    ]


def _range(array: Array) -> str:
    """Return the array's indices; each is the first of the tasks that its job runs."""
    step = f":{array.per_job}" if array.per_job > 1 else ""
    return f"1-{array.tasks}{step}" + (f"%{array.throttle}" if array.throttle else "")


def _quote(path: str) -> str:
    """Return a path quoted for an #SBATCH line; in single quotes sbatch would drop a backslash."""
    if not set("'\\") & set(path):
        return f"'{path}'"
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_problem(folder: str) -> str:
    """Return why no job can work in this folder, else "": some characters of a path have a meaning for sbatch."""
    odd = [c for c in "%\\\n" if c in folder]
    return f"Slurm cannot write logs into a folder whose path holds {odd[0]!r}" if odd else ""


def find_faults(script: str) -> list[tuple[int, str]]:
    """Return the numbers of the #SBATCH lines behind the first command, each with why it is at fault."""
    why = why_ignored("sbatch", DIRECTIVE)
    return [(number, why) for number in find_behind_command(script, DIRECTIVE)]


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch's job; the project stands first, as squeue shows only the first characters."""
    return re.sub(r"[^\w.+-]", "_", f"{project}.{stage}.{number}")


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return the resources as they are: trackers and clusters write them as sbatch takes them."""
    return vars(resources)


def read_asked(script: str) -> Mapping[str, str]:
    """Return what the script's #SBATCH lines ask for, by the words of OPTIONS.

    "WORD line" holds the number of the word's line.
    """
    words = {option.split(" ")[-1]: word for word, option in OPTIONS.items()}
    asked: dict[str, str] = {}
    for number, line in enumerate(script.split("\n"), 1):
        if not re.match(rf"{DIRECTIVE}\s", line):
            continue
        for found in re.finditer(r"(?<=\s)(--[\w-]+|-\w)(?:=|\s+|(?<=\s-\w))([^\s-]\S*)", line):
            option, value = SHORT.get(found[1], found[1]), found[2].strip("'\"")
            if option == "--gres" and value.startswith("gpu:"):
                option, value = "--gres=gpu:", value[4:]
            if option in words:
                asked |= {words[option]: value, f"{words[option]} line": str(number)}
    return asked


def option_argv(words: Mapping[str, str], _asked: Mapping[str, str]) -> list[str]:
    """Return sbatch's options for these words; sbatch obeys them instead of the script's lines."""
    argv: list[str] = []
    for word, value in words.items():
        *before, last = OPTIONS[word].split(" ")
        argv += [*before, f"{last}{value}" if last.endswith(":") else f"{last}={value}"]
    return argv


def submit_argv(script: str, array: Array, options: Sequence[str]) -> list[str]:
    """Return the command that submits the script."""
    throttle = [f"--array={_range(array)}"] if array.throttle else []
    return ["sbatch", "--parsable", *throttle, *options, script]
