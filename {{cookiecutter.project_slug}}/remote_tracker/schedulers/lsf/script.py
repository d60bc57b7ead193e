"""The job script for bsub: the block that a scan fills in, and the requests that its other lines make."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from ...model.quantities import read_memory, read_walltime, write_memory
from ...model.scheduling import Array, Resources
from .words import DIRECTIVE, GPUS, MEMORY, OPTIONS, RESOURCES, WALLTIME

OPTION_WORDS = (*OPTIONS, "memory", "walltime", "gpus")
SILENCING_ENV = ("BSUB_QUIET", "BSUB_QUIET2", "BSUB_STDERR", "BSUB_CHK_RESREQ")
LONGEST_NAME = 200  # bsub takes 255 characters, with the array's indices behind the name
ONE_HOST = "span[hosts=1]"


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in; where nothing is listed, lines that bsub refuses."""
    if array.number == "none":
        return [
            "# Nothing is listed: scan first. (bsub refuses an array that ends before it begins.)",
            f'#BSUB -J "{array.name}[1-0]"',
            "batch=none",
            "per_job=1",
        ]
    return [
        f'#BSUB -J "{_array(array)}"',
        f'#BSUB -o "{array.folder}/{array.log("%I")}"',
        f"batch={array.number}",
        *array.packing,
        f"cd {shlex.quote(str(array.folder))} || exit 90",
    ]


def _array(array: Array) -> str:
    """Return the array as -J takes it; each index is the first task of its element; a single element is [1]."""
    indices = f"1-{array.tasks}" + (f":{array.per_job}" if array.per_job > 1 else "")
    throttle = f"%{array.throttle}" if array.throttle else ""
    return f"{array.name}[{indices if array.tasks > array.per_job else '1'}]{throttle}"


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch's job; the batch's number stands first in it."""
    return re.sub(r"[^\w.-]", "_", f"rt{number}.{stage}.{project}", flags=re.ASCII)[:LONGEST_NAME]


def folder_problem(folder: str) -> str:
    """Return why no job can work in this folder, else "": in a log's path some characters have a meaning for LSF."""
    odd = next((c for c in "%\"'\\$`\n" if c in folder), "")
    return f"LSF cannot write logs into a folder whose path holds {odd!r}" if odd else ""


def works_from_anywhere(_folder: str) -> bool:
    """Return True: the script may be submitted from any folder, as it and its logs go to the script's own."""
    return True


def find_faults(_script: str) -> list[tuple[int, str]]:
    """Return no line: bsub ignores none, as it reads a #BSUB line wherever it stands."""
    return []


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return the resources as bsub takes them: memory 2G, walltime 48:00 (hours and minutes), GPUs num=1."""
    memory = write_memory(read_memory(resources.memory)) if resources.memory else ""
    return {
        "cpus": resources.cpus,
        "memory": memory,
        "needs": _needs(ONE_HOST, memory),
        "walltime": _clock(resources.walltime) if resources.walltime else "",
        "gpus": _gpus(resources.gpus) if resources.gpus else "",
    }


def _needs(said: str, memory: str) -> str:
    """Return the value of -R with ``memory`` in place of the memory that ``said`` asks for."""
    if not memory:
        return said
    changed, times = re.subn(r"(?<=\bmem=)[\w.]+", memory, said)
    return changed if times else f"{said} rusage[mem={memory}]".strip()


def _clock(walltime: str) -> str:
    minutes = math.ceil(read_walltime(walltime) / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _gpus(asked: str) -> str:
    """Return the GPUs as -gpu takes them: 1 as num=1, a100:1 with its model; no other job may use them meanwhile."""
    model, _, number = asked.rpartition(":")
    return f"num={number}{f':gmodel={model}' if model else ''}:j_exclusive=yes"


def read_asked(script: str) -> Mapping[str, str]:
    """Return what the script's #BSUB lines ask for, by word; "WORD line" holds the number of the word's line.

    ``rest`` joins the values of all its -R lines.
    """
    asked: dict[str, str] = {}
    for number, line in enumerate(script.split("\n"), 1):
        if not re.match(rf"{DIRECTIVE}\s", line):
            continue
        for word, value in _words_of(_split(line)):
            if word == "rest":
                asked[word] = f"{asked.get(word, '')} {value}".strip()
            else:
                asked |= {word: value, f"{word} line": str(number)}
    return asked


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)[1:]
    except ValueError:  # a quote that nobody closed
        return line.split()[1:]


def _words_of(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    plain = {option: word for word, option in OPTIONS.items()} | {MEMORY: "memory", RESOURCES: "rest"}
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option in plain:
            yield plain[option], value.rstrip("!")
        elif option == WALLTIME and (found := re.match(r"(?:(\d+):)?(\d+)", value)):
            yield "walltime", f"{found[1] or 0}:{found[2].zfill(2)}:00" if found[1] else found[2]
        elif option == GPUS and (number := re.search(r"\bnum=(\d+)", value)):
            model = re.search(r"\bgmodel=([\w-]+)", value)
            yield "gpus", f"{model[1]}:{number[1]}" if model else number[1]


def option_argv(words: Mapping[str, str], asked: Mapping[str, str]) -> list[str]:
    """Return bsub's options for these words.

    An -R on the command line replaces all -R lines of the script, so what they say is repeated (``rest`` in ``asked``).
    """
    argv: list[str] = []
    for word, value in words.items():
        if word in OPTIONS:
            argv += [OPTIONS[word], value]
        elif word == "memory":
            memory = write_memory(read_memory(value))
            argv += [MEMORY, memory, RESOURCES, _needs(asked.get("rest", ONE_HOST), memory)]
        elif word == "walltime":
            argv += [WALLTIME, _clock(value)]
        elif word == "gpus":
            argv += [GPUS, _gpus(value)]
    return argv


def submit_argv(_script: str, array: Array, options: Sequence[str]) -> list[str]:
    """Return the command that submits the script; bsub reads the script from its input."""
    throttle = ["-J", _array(array)] if array.throttle else []
    return ["bsub", *throttle, *options]
