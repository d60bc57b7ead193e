"""The job script for PBS's qsub: the block that a scan fills in, and the requests that its other lines make."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from ...errors import WrongUse
from ...model.quantities import is_count, read_memory, read_walltime
from ...model.scheduling import Array, Resources
from ..directives import find_behind_command, why_ignored
from .words import CHUNK, DIRECTIVE, OPTIONS

OPTION_WORDS = (*CHUNK, *OPTIONS)
THROTTLE = "max_run_subjobs"  # qsub takes it once, in its options or in the script
WORDS = {name: word for word, name in CHUNK.items()}
PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)  # a path that a directive takes as it is
LONGEST_NAME = 230


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in; where nothing is listed, lines that qsub refuses."""
    if array.number == "none":
        return [
            "# Nothing is listed: scan first. (qsub refuses an array of one.)",
            f"#PBS -N {array.name}",
            "#PBS -J 1-1",
            "batch=none",
            "per_job=1",
        ]
    throttle = [f"{DIRECTIVE} -W {THROTTLE}={array.throttle}"] if array.throttle else []
    return [
        f"#PBS -N {array.name}",
        f"#PBS -J {_range(array)}",
        *throttle,
        f"#PBS -o {_place(array)}{array.log('^array_index^')}",
        "#PBS -j oe",
        "#PBS -k oed",
        f"batch={array.number}",
        *array.packing,
        f"cd {shlex.quote(str(array.folder))} || exit 90",
    ]


def _range(array: Array) -> str:
    """Return the array's indices; each is the first task of its subjob.

    A single subjob is written as 1-2:2, since qsub refuses 1-1.
    """
    if array.tasks <= array.per_job:
        return f"1-{array.per_job + 1}:{array.per_job + 1}"
    return f"1-{array.tasks}" + (f":{array.per_job}" if array.per_job > 1 else "")


def _place(array: Array) -> str:
    """Return the folder that goes before a log's path.

    It is "" where qsub would misread the folder's name: then the log goes to the folder in which qsub was typed.
    """
    return f"{array.folder}/" if works_from_anywhere(str(array.folder)) else ""


def works_from_anywhere(folder: str) -> bool:
    """Return whether the script may be submitted from another folder: a directive must take the folder's path."""
    return PLAIN_PATH.fullmatch(folder) is not None


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch's job; its first 15 characters, all that old versions take, differ between batches."""
    return re.sub(r"[^\w.+-]", "_", f"rt{number}.{stage}.{project}", flags=re.ASCII)[:LONGEST_NAME]


def folder_problem(folder: str) -> str:
    """Return why no job can work in this folder; "" where a job can."""
    odd = next((c for c in "^\n" if c in folder), "")
    return f"PBS cannot write logs into a folder whose path holds {odd!r}" if odd else ""


def find_faults(script: str) -> list[tuple[int, str]]:
    """Return the numbers of the #PBS lines that qsub would ignore or refuse, each with the reason."""
    faults = [(number, why_ignored("qsub", DIRECTIVE)) for number in find_behind_command(script, DIRECTIVE)]
    for number, line in _directives(script):
        if re.search(r"\s#", line):
            faults.append((number, "qsub refuses a comment behind an option. Put it on a line of its own."))
    return sorted(faults)


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return the resources as qsub takes them: memory 2gb in a select, walltime 48:00:00."""
    number = resources.gpus.rpartition(":")[2]  # each cluster has its own names for the kinds of GPU
    words = {"cpus": str(resources.cpus), "memory": resources.memory, "gpus": number}
    select = _select({word: value for word, value in words.items() if value})
    return {"select": select, "walltime": _clock(resources.walltime) if resources.walltime else ""}


def _select(words: Mapping[str, str], chunks: str = "1", rest: str = "") -> str:
    """Return the request for so many equal chunks, as select=1:ncpus=2:mem=4gb; ``rest`` is added as it is."""
    asked = [f"{CHUNK[word]}={_chunk_value(word, value)}" for word, value in words.items()]
    return ":".join([f"select={chunks}", *asked, *([rest] if rest else [])])


def _chunk_value(word: str, value: str) -> str:
    if word == "memory":
        kib = read_memory(value)
        return f"{kib // 1024}mb" if kib % 1024**2 else f"{kib // 1024**2}gb"
    if word == "gpus" and not value.isdecimal():
        raise WrongUse(
            f'"{value}": PBS has no kinds of GPU that all clusters know. Ask for a number, and name the kind as this '
            f"cluster does: --scheduler-option=-l --scheduler-option=select=1:ncpus=4:ngpus=1:gpu_model=a100"
        )
    return value


def _clock(walltime: str) -> str:
    return _spell_clock(read_walltime(walltime))


def _spell_clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _directives(script: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the options of each #PBS line."""
    for number, line in enumerate(script.split("\n"), 1):
        if found := re.match(rf"{DIRECTIVE}\s+(.*)", line):
            yield number, found[1]


def read_asked(script: str) -> Mapping[str, str]:
    """Return what the script's #PBS lines ask for, by word; "WORD line" holds the number of the word's line.

    ``rest`` holds what the script's select asks for besides cores, memory and GPUs, ``chunks`` how many equal chunks it
    asks for, ``mixed`` the whole of a select whose chunks differ, and ``old`` what was asked for in the form that goes
    with no select. ``throttle`` is how many subjobs may run at once by a line of the user's own.
    """
    asked: dict[str, str] = {}
    before = ""
    for number, line in _directives(script):
        for word, value in _words_of(line):
            if word != "throttle" or not before.startswith("-J "):  # a scan writes its own line behind the array
                asked |= {word: value, f"{word} line": str(number)}
        before = line
    return asked


def _words_of(line: str) -> Iterator[tuple[str, str]]:
    plain = {option: word for word, option in OPTIONS.items() if " " not in option} | {"-M": "email"}
    for option, value in re.findall(r"(?:^|\s)(-\w)\s*(\S+)", line):
        if option in plain:
            yield plain[option], value
        elif option == "-l":
            yield from _resources_of(value)
        elif option == "-W" and (found := re.search(rf"\b{THROTTLE}=(\w+)", value)):
            yield "throttle", found[1]


def _resources_of(value: str) -> Iterator[tuple[str, str]]:
    """Yield the words and values in the value of -l.

    It may be walltime=1:00:00,select=1:ncpus=2:mem=4gb:ngpus=1, or the older ncpus=2,mem=4gb or nodes=1:ppn=2.
    """
    old = []
    for part in value.split(","):
        name, _, said = part.partition("=")
        if name == "walltime":
            yield "walltime", _clock_of(said)
        elif name in WORDS:
            old.append(part)
            yield WORDS[name], _as_ours(said)
        elif name == "nodes":
            old.append(part)
            if cores := re.search(r":ppn=(\d+)", said):
                yield "cpus", cores[1]
        elif name == "select":
            yield from _chunks_of(said)
    if old:
        yield "old", ",".join(old)


def _chunks_of(select: str) -> Iterator[tuple[str, str]]:
    """Yield the words and values of a select; where chunks differ, the first chunk's."""
    first, *others = select.split("+")
    pieces = first.split(":")
    chunk = [piece for piece in pieces if "=" in piece]
    pairs = [piece.partition("=") for piece in chunk]
    yield from ((WORDS[key], _as_ours(said)) for key, _, said in pairs if key in WORDS)
    if rest := [piece for piece in chunk if piece.partition("=")[0] not in WORDS]:
        yield "rest", ":".join(rest)
    if others:
        yield "mixed", select
    elif is_count(pieces[0]) and int(pieces[0]) != 1:
        yield "chunks", pieces[0]


def _clock_of(walltime: str) -> str:
    """Return a walltime of PBS as HH:MM:SS where it is a bare number, which means seconds; else as it is."""
    return _spell_clock(int(walltime)) if is_count(walltime) else walltime


def _as_ours(value: str) -> str:
    """Return a memory of PBS in this package's form: 4gb as 4G, bytes as K; any other value as it is."""
    if found := re.fullmatch(r"(\d{1,18})b", value, re.IGNORECASE):
        return f"{-(-int(found[1]) // 1024)}K"
    return re.sub(r"(?i)^(\d+)([kmgt])b$", lambda found: found[1] + found[2].upper(), value)


def option_argv(words: Mapping[str, str], asked: Mapping[str, str]) -> list[str]:
    """Return qsub's options for these words.

    A select replaces the script's select as a whole, so it repeats the script's requests that the words do not change.
    Raises WrongUse where the script asks for chunks that differ, or in a form that goes with no select.
    """
    argv: list[str] = []
    if typed := [word for word in words if word in CHUNK]:
        _require_select(typed[0], asked)
        merged = {word: words.get(word, asked.get(word, "")) for word in CHUNK}
        told = {word: value for word, value in merged.items() if value}
        argv += ["-l", _select(told, asked.get("chunks", "1"), asked.get("rest", ""))]
    for word, value in words.items():
        if word == "walltime":
            argv += ["-l", f"walltime={_clock(value)}"]
        elif word in OPTIONS:
            argv += [*OPTIONS[word].split(" "), value]
    return argv


def _require_select(word: str, asked: Mapping[str, str]) -> None:
    """Raise WrongUse where a select typed for ``word`` would drop what the script asks for, or goes not with it."""
    if "mixed" in asked:
        raise WrongUse(
            f"Line {asked['mixed line']} of the job script asks for chunks that differ (select={asked['mixed']}): "
            f"--{word} does not say which one is meant. Write it into that line. Nothing was submitted."
        )
    if "old" in asked:
        told = {name: asked[name] for name in CHUNK if name in asked}
        raise WrongUse(
            f"Line {asked['old line']} of the job script asks for {asked['old']}, a form that goes with no --{word}. "
            f"Write select: #PBS -l {_select(told)}   Nothing was submitted."
        )


def submit_argv(script: str, _array: Array, options: Sequence[str]) -> list[str]:
    """Return the command that submits the script, whose own lines say how many subjobs may run at once."""
    return ["qsub", *options, script]
