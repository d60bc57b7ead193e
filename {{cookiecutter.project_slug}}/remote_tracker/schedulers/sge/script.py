"""The job script for GridEngine: the block that a scan fills in, and the requests that its other lines make."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from ...errors import WrongUse
from ...model.quantities import is_count, read_memory, read_walltime
from ...model.scheduling import Array, Resources
from .words import CORES, LONGEST_NAME, MEMORY, OPTIONS, WALLTIME, WARNING, WARNING_S

OPTION_WORDS = ("cpus", "memory", "walltime", "gpus", "email", *OPTIONS)
USUAL_CORES = "smp"


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in; where nothing is listed, lines that qsub refuses."""
    if array.number == "none":
        return [
            "# Nothing is listed: scan first. (qsub refuses a task 0.)",
            f"#$ -N {array.name}",
            "#$ -t 1-0",
            "batch=none",
            "per_job=1",
        ]
    throttle = [f"#$ -tc {array.throttle}"] if array.throttle else []
    return [
        f"#$ -N {array.name}",
        f"#$ -t 1-{array.tasks}" + (f":{array.per_job}" if array.per_job > 1 else ""),
        *throttle,
        f"#$ -wd '{array.folder}'" if works_from_anywhere(str(array.folder)) else "#$ -cwd",
        f"#$ -o {array.log('$TASK_ID')}",
        "#$ -j y",
        f"batch={array.number}",
        *array.packing,
    ]


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch's job; it begins with a letter.

    Its first 10 characters, all that qstat shows, tell the batch.
    """
    return re.sub(r"[^\w.+-]", "_", f"rt{number}.{stage}.{project}", flags=re.ASCII)[:LONGEST_NAME]


def folder_problem(folder: str) -> str:
    """Return why no job can work in this folder, else "": qsub replaces a $ in a path, and drops a backslash."""
    odd = [c for c in "$\\\n" if c in folder]
    return f"GridEngine cannot work in a folder whose path holds {odd[0]}" if odd else ""


def works_from_anywhere(folder: str) -> bool:
    """Return whether the script may be submitted from another folder: qsub drops every quote in the path behind -wd."""
    return not {"'", '"'} & set(folder)


def find_faults(script: str) -> list[tuple[int, str]]:
    """Return the numbers of the lines that qsub takes for options and refuses, each with the reason.

    No option line is ignored: qsub reads option lines wherever they stand.
    """
    why = "qsub takes a line that begins with #$ for an option, and this is none. Begin it with # and a space."
    return [(number, why) for number, line in enumerate(script.split("\n"), 1) if re.match(r"#\$(?!\s*-)", line)]


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return the resources as qsub takes them: memory for each core, and a warning before the walltime is over."""
    seconds = read_walltime(resources.walltime) if resources.walltime else 0
    return {
        "cpus": resources.cpus,
        "memory": _per_core(resources.memory, resources.cpus) if resources.memory else "",
        "walltime": _clock(seconds) if seconds else "",
        "warning": _clock(_warning(seconds)),
        "gpus": resources.gpus.rpartition(":")[2],
    }


def _per_core(memory: str, cpus: int) -> str:
    kib = math.ceil(read_memory(memory) / max(cpus, 1))
    return f"{kib // 1024**2}G" if kib % 1024**2 == 0 else f"{math.ceil(kib / 1024)}M"


def _warning(seconds: int) -> int:
    return max(seconds - WARNING_S, seconds // 2)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def read_asked(script: str) -> Mapping[str, str]:
    """Return what the script's #$ lines ask for, by word; "WORD line" holds the number of the word's line.

    The memory is for all cores together. ``rest`` is the parallel environment.
    """
    asked: dict[str, str] = {}
    for number, line in enumerate(script.split("\n"), 1):
        if found := re.match(r"#\$\s*(.*)", line):
            for word, value in _words_of(found[1]):
                asked |= {word: value, f"{word} line": str(number)}
    if re.fullmatch(r"\d+[kmgKMG]?", asked.get("memory", "")):
        cpus = int(asked.get("cpus", "1"))
        asked["memory"] = f"{math.ceil(read_memory(asked['memory']) * cpus / 1024)}M"
    return asked


def _words_of(line: str) -> Iterator[tuple[str, str]]:
    plain = {argv[-1]: word for word, argv in OPTIONS.items()} | {"-M": "email"}
    for option, value in re.findall(r"(?:^|\s)(-\w+)\s+([^\s-]\S*)", line):
        if option in plain:
            yield plain[option], value
    if found := re.search(rf"(?:^|\s){CORES}\s+(\S+)\s+(\d{{1,9}})\b", line):
        yield from (("rest", found[1]), ("cpus", found[2]))
    names = {MEMORY: "memory", WALLTIME: "walltime", "gpu": "gpus"}
    for asked in re.findall(r"(?:^|\s)-l\s+(\S+)", line):
        for name, _, value in (part.partition("=") for part in asked.split(",")):
            if name in names and value.upper() != "INFINITY":
                yield names[name], _clock(int(value)) if name == WALLTIME and is_count(value) else value


def option_argv(words: Mapping[str, str], asked: Mapping[str, str]) -> list[str]:
    """Return qsub's options for these words.

    GridEngine takes memory for each core, so the memory is written again where the number of cores changes.
    An e-mail address is none of the array's options: see mail.py.
    """
    argv: list[str] = []
    cpus = _count(words.get("cpus", asked.get("cpus", "1")))
    if "cpus" in words and (cpus > 1 or "rest" in asked):
        argv += [CORES, asked.get("rest", USUAL_CORES), str(cpus)]
    memory = words.get("memory", asked.get("memory", "") if "cpus" in words else "")
    if memory:
        argv += ["-l", f"{MEMORY}={_per_core(memory, cpus)}"]
    if "walltime" in words:
        seconds = read_walltime(words["walltime"])
        argv += ["-l", f"{WALLTIME}={_clock(seconds)},{WARNING}={_clock(_warning(seconds))}"]
    if "gpus" in words:
        argv += ["-l", f"gpu={_plain(words['gpus'])}"]
    for word, option in OPTIONS.items():
        argv += [*option, words[word]] if word in words else []
    return argv


def _count(cpus: str) -> int:
    if not is_count(cpus) or int(cpus) < 1:
        raise WrongUse(f'"{cpus}" is no number of cores; write it as 4.')
    return int(cpus)


def _plain(gpus: str) -> str:
    if not gpus.isdecimal():
        raise WrongUse(
            f'"{gpus}": GridEngine has no kinds of GPU that all clusters know. Ask for a number, and name the kind as '
            f"this cluster does: --scheduler-option=-l --scheduler-option=gpu_type=a100"
        )
    return gpus


def submit_argv(script: str, array: Array, options: Sequence[str]) -> list[str]:
    """Return the command that submits the script."""
    throttle = ["-tc", str(array.throttle)] if array.throttle else []
    return ["qsub", "-terse", *throttle, *options, script]
