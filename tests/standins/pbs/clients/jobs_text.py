"""qstat's text: its two tables, and the attributes of -f, whose lines wrap at 78 columns where -w is not given."""

from __future__ import annotations

import sys

from pbs.resources import read_size
from pbs.wire import SERVER

Shown = tuple[str, list[tuple[str, "str | None", str]]]

LINE = 78
NAME, TIME = 16, 8
HEAD = (
    "Job id            Name             User              Time Use S Queue",
    "----------------  ---------------- ----------------  -------- - -----",
)
WIDE_HEAD = (
    "Job id                         Name            User             Time Use S Queue",
    "-----------------------------  --------------- ---------------  -------- - ---------------",
)
SCREEN_HEAD = (
    " " * 60 + "Req'd  Req'd   Elap",
    "Job ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time",
    "--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----",
)
WIDTHS, WIDE = (15, 8, 8, 10, 6, 3, 3), (30, 15, 15, 15, 8, 4, 5)
NAMES = ("Job ID", "Username", "Queue", "Jobname", "SessID", "NDS", "TSK")


def cut(text: str, width: int) -> str:
    """Return a text of at most so many characters; * stands for the rest."""
    return text if len(text) <= width else text[: width - 1] + "*"


def write_table(jobs: list[Shown], wide: bool, head: bool) -> None:
    """Print the table of plain qstat."""
    if head:
        print(*(WIDE_HEAD if wide else HEAD), sep="\n")
    for job, attributes in jobs:
        found = {(name, resource): value for name, resource, value in attributes}
        time = cut(found.get(("resources_used", "cput"), "0"), TIME)
        name, owner = found["Job_Name", None], found["Job_Owner", None].partition("@")[0]
        if wide:
            name = name if len(name) < 15 else name[:14] + "*"
            row = f"{cut(job, 30):30} {name:15} {cut(owner, 15):15}"
        else:
            name = name if len(name) < NAME else name[: NAME - 1] + "*"
            row = f"{cut(job, 17):17} {name:{NAME}} {cut(owner, 16):16}"
        print(f"{row}  {time:>{TIME}} {found['job_state', None]} {found['queue', None]:{15 if wide else 16}}")


def wrap(name: str, value: str) -> str:
    """Return an attribute's lines as they wrap: at commas, and within what is longer than a line."""
    out, column = [f"    {name} = "], len(name) + 7
    parts = [part for part in value.split(",") if part]
    for position, part in enumerate(parts):
        if len(part) + column < LINE:
            out.append(part)
            column += len(part)
        else:
            if position:
                out.append("\n\t")
                column = 9
            for char in part:
                out.append(char)
                column += 1
                if column > LINE:
                    out.append("\n\t")
                    column = 8
        if position + 1 < len(parts):
            out.append(",")
    return "".join(out)


def write_full(jobs: list[Shown], wide: bool, delimiter: str) -> None:
    """Print every attribute: of -f, or (with a delimiter) of -F dsv."""
    for job, attributes in jobs:
        pairs = [(f"{name}.{resource}" if resource else name, value) for name, resource, value in attributes]
        if delimiter:
            print(f"Job Id: {job}", *(f"{name}={value}" for name, value in pairs), sep=delimiter)
            continue
        lines = [f"    {name} = {value}" if wide else wrap(name, value) for name, value in pairs]
        sys.stdout.write("\n".join([f"Job Id: {job}", *lines, "", ""]))


def write_memory(text: str | None) -> str:
    """Return a size for its column: 2gb, 1024kb."""
    if not text:
        return " -- "
    size, letters = read_size(text), iter("kmgtp")
    letter = next(letters)
    while size > 9999 or (size and size % 1024 == 0):
        size, letter = -(-size // 1024), next(letters)
    return f"{size}{letter}b"


def write_screen(jobs: list[Shown], given: dict[str, str], head: bool) -> None:
    """Print the table of -a, -r, -u, -s, -n and their like."""
    wide = "w" in given
    widths = WIDE if wide else WIDTHS
    if head:
        print(f"\n{SERVER}: ")
        if wide:
            print(" " * (sum(widths) + len(widths)) + "Req'd  Req'd   Elap")
            print(*(f"{name:{width}}" for name, width in zip(NAMES, widths, strict=True)), "Memory Time  S Time")
            print(*("-" * width for width in widths), "------ ----- - -----")
        else:
            print(*SCREEN_HEAD, sep="\n")
    for job, attributes in jobs:
        found = {(name, resource): value for name, resource, value in attributes}
        asked = {name[1]: value for name, value in found.items() if name[0] == "Resource_List"}
        cells = (job, found["Job_Owner", None].partition("@")[0], found["queue", None], found["Job_Name", None])
        left = [f"{cut(cell, width):{width}}" for cell, width in zip(cells, widths[:4], strict=True)]
        counts = (found.get(("session_id", None), " -- "), asked["nodect"], asked["ncpus"])
        right = [f"{cut(count, width):>{width}}" for count, width in zip(counts, widths[4:], strict=True)]
        times = asked.get("walltime", " -- ")[:5], found.get(("resources_used", "walltime"), " -- ")[:5]
        memory, state = write_memory(asked.get("mem")), found["job_state", None]
        end = "" if "1" in given else "\n"
        print(*left, *right, f"{memory:>6}", f"{times[0]:>5}", state, f"{times[1]:>5}", end=end or " ")
        if "n" in given:
            print(("" if "1" in given else "   ") + found.get(("exec_host", None), " -- "))
        if "s" in given and (comment := found.get(("comment", None), "")):
            print(f"   {comment if len(comment) <= 74 else comment[:71] + '...'}")
