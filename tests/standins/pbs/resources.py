"""Resources that a job asks for with -l: what qsub refuses, and the Resource_List that the server makes of them."""

from __future__ import annotations

import re
from typing import NamedTuple

SIZES = frozenset({"mem", "vmem", "pmem", "pvmem", "file"})
TIMES = frozenset({"walltime", "cput", "pcput", "min_walltime", "max_walltime"})
COUNTS = frozenset({"ncpus", "nodect", "mpiprocs", "ompthreads", "nice", "nchunk"})
WORDS = frozenset({"arch", "host", "vnode", "software", "place", "nodes", "select", "aoe", "site"})
KNOWN = SIZES | TIMES | COUNTS | WORDS
IN_CHUNKS = frozenset({"mem", "vmem", "ncpus", "mpiprocs", "ompthreads", "arch", "host", "vnode", "aoe"})
SIZE = re.compile(r"(\d+)([kmgtp]?)[bw]?", re.IGNORECASE)
TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+)(?:\.\d+)?")
CHUNK = re.compile(r"(\d+)(?::(.+))?|([a-z_]\w*=.*)")

Asked = list[tuple[str, str]]


class ResourceError(Exception):
    """A refusal with PBS's exit code and text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Wanted(NamedTuple):
    """What one job or subjob needs: so many chunks, of so many CPUs and kB each; seconds (None: no limit)."""

    chunks: int
    ncpus: int
    memory: int
    walltime: int | None
    listed: dict[str, str]


def read_size(text: str) -> int:
    """Return a size in kB: 2gb, 50mb, 1024 (bytes)."""
    found = SIZE.fullmatch(text)
    if not found:
        raise ValueError(text)
    factor: int = 1024 ** " kmgtp".index(found[2].lower() or " ")
    return -(-int(found[1]) * factor // 1024)


def read_time(text: str) -> int:
    """Return seconds: 90, 00:90:00, 30:00:00."""
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def write_time(seconds: float) -> str:
    """Return HH:MM:SS."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def is_value(name: str, value: str) -> bool:
    """Whether a known resource may have the value."""
    pattern = {**dict.fromkeys(SIZES, SIZE), **dict.fromkeys(TIMES, TIME)}.get(name)
    return bool(pattern.fullmatch(value)) if pattern else name not in COUNTS or value.lstrip("-").isdigit()


def read_chunks(text: str) -> list[tuple[int, Asked]]:
    """Return the chunks of a select: how many, and what each has. ResourceError as qsub itself refuses."""
    chunks = []
    for part in text.split("+"):
        found = CHUNK.fullmatch(part)
        pairs = [tuple(pair.partition("=")[::2]) for pair in (found[2] or found[3] or "").split(":")] if found else []
        pairs = [pair for pair in pairs if pair != ("", "")]
        if not found or any(not re.fullmatch(r"[A-Za-z]\w*", name) or name in TIMES for name, _ in pairs):
            raise ResourceError(166, "Illegal attribute or resource value Resource_List.select")
        for name, value in pairs:
            if not value or not is_value(name, value):
                raise ResourceError(166, f"Illegal attribute or resource value select.{name}")
        chunks.append((int(found[1] or 1), [(name, value) for name, value in pairs]))
    return chunks


def read_list(text: str) -> Asked:
    """Return the pairs of one -l. ResourceError where qsub itself refuses a value."""
    asked = []
    for part in text.split(","):
        name, _, value = part.partition("=")
        if name == "select":
            read_chunks(value)
        elif not is_value(name, value):
            raise ResourceError(166, f"Illegal attribute or resource value Resource_List.{name}")
        asked.append((name.strip(), value))
    return asked


def check_known(asked: Asked, made: list[str]) -> None:
    """Refuse, as the server does, what it does not know and what cannot go together."""
    known = KNOWN | set(made)
    for name, value in asked:
        if name not in known:
            raise ResourceError(187, f"Unknown resource Resource_List.{name}")
        unknown = [n for _, chunk in read_chunks(value) for n, _ in chunk if n not in known] if name == "select" else []
        if unknown:
            raise ResourceError(187, f"Unknown resource: {unknown[0]}")
        # As measured: 1:ppn=1 is taken, 1:ppn=1:mem=2gb is not.
        if name == "nodes" and not re.fullmatch(r"\d+(:ppn=\d+)?", value):
            raise ResourceError(241, "node(s) specification error")
    names = [name for name, _ in asked]
    if "select" in names or "place" in names:
        if "nodes" in names:
            raise ResourceError(6, "Cannot be used with select or place: nodes")
        for name in names:
            if name in IN_CHUNKS | set(made) - {"select", "place"}:
                text = f'"-lresource=" cannot be used with "select" or "place", resource is: {name}'
                raise ResourceError(5, text)


def make_select(asked: dict[str, str], made: list[str]) -> tuple[str, str, dict[str, str]]:
    """Return select, place and further totals of what was asked for with -l alone or with nodes=."""
    if "nodes" in asked:
        count, _, per_node = asked["nodes"].partition(":ppn=")
        per_node = per_node or "1"
        memory = {"mem": f"{read_size(asked['mem'])}kb"} if "mem" in asked else {}
        shown = "".join(f":mem={size[:-2]}KB" for size in memory.values())
        totals = {"mpiprocs": str(int(count) * int(per_node)), **memory}
        return f"{count}:ncpus={per_node}{shown}:mpiprocs={per_node}", "scatter", totals
    chunk = {"ncpus": "1", **{n: v for n, v in asked.items() if n in IN_CHUNKS | set(made)}}
    return "1:" + ":".join(f"{name}={chunk[name]}" for name in sorted(chunk)), "pack", {}


def make_wanted(asked: Asked, made: list[str]) -> Wanted:
    """Return what a job needs, with its Resource_List in PBS's order."""
    given = dict(asked)
    more: dict[str, str]
    if "select" in given:
        select, place, more = given["select"], given.get("place", "free"), {}
    else:
        select, place, more = make_select(given, made)
    chunks = read_chunks(select)
    total = sum(count for count, _ in chunks)
    first = {name.lower(): value for name, value in chunks[0][1]}
    ncpus = sum(count * int(dict(chunk).get("ncpus", 1)) for count, chunk in chunks)
    if "ncpus" not in first:
        select += ":ncpus=1"
    if "mem" in first and "mem" not in more:
        more["mem"] = first["mem"] if total == 1 else f"{total * read_size(first['mem'])}kb"
    listed = {**given, **more, "ncpus": str(ncpus), "nodect": str(total), "place": place, "select": select}
    listed.update({n: first[n] for n in made if n in first})
    for name in TIMES & listed.keys():
        listed[name] = write_time(read_time(listed[name]))
    memory = read_size(first["mem"]) if "mem" in first else 0
    walltime = read_time(listed["walltime"]) if "walltime" in listed else None
    return Wanted(total, int(first.get("ncpus", 1)), memory, walltime, dict(sorted(listed.items())))
