"""The transcripts of a real OpenPBS as data: each command, what it printed, its exit code; and how answers compare."""

from __future__ import annotations

import re
from typing import NamedTuple

from lab import REPOSITORY

FOLDER = REPOSITORY.parent / "shared" / "data" / "pbs"
HOME = "/home/" + "pbsuser"
DATE = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z][a-z] [ \d]\d"
NORMAL = (
    (rf"{DATE} \d\d:\d\d:\d\d \d{{4}}", "TIME"),
    (rf"{DATE} at \d\d:\d\d", "WHEN"),
    (r'("timestamp":|"history_timestamp":|history_timestamp =)\s*\d+', r"\1 N"),
    (r"\d+kb", "Nkb"),
    (r'((cput|walltime)"?( = |:\t"))\d\d:\d\d:\d\d', r"\1T"),
    (r'(session_id"?( =|:)\s*)\d+', r"\1N"),
    (r"walltime \d+ exceeded", "walltime N exceeded"),
    (r'(PBS_O_PATH"?(=|:\t"))[^",|]*', r"\1P"),
    (r"-bash: line \d+: \d+ ", "-bash: line N: N "),
    (r'(substate"?( =|:)\s*)4[12]', r"\1 4N"),
    # What a shell says of its limits is the machine's affair.
    (r"(?m)^[a-z ]+\([a-z, ]*-[a-z]\) +\w+\n", ""),
)


class Call(NamedTuple):
    """A command, what it printed on both streams, and how it ended."""

    command: str
    out: str
    code: int


def read_transcript(text: str) -> list[Call]:
    """Return the calls of one transcript."""
    found = re.findall(r"^\$ (.*?)\n(.*?)^\[rc=(\d+)\]$", text, re.MULTILINE | re.DOTALL)
    return [Call(command, out, int(code)) for command, out, code in found]


def load_transcript(name: str) -> list[Call]:
    """Return the calls of one file."""
    return read_transcript((FOLDER / f"{name}.txt").read_text())


def normal(text: str, *places: tuple[str, str]) -> str:
    """Return a text without what differs from run to run: times, sizes, processes, the places of this test."""
    text = text.replace("\n\t", "")
    for path, name in places:
        text = text.replace(path, name)
    for pattern, name in NORMAL:
        text = re.sub(pattern, name, text)
    return text
