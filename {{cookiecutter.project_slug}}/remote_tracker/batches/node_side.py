"""Joins the bash of a task, the files of remote_tracker/task, to a script, which a batch holds with its settings.

Each file that a task reads costs three calls on a disk that is far away, and each file of a batch a flush when it is
listed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "task"  # what runs on a compute node
SCRIPT = "run_task.sh"
_LOOP = re.compile(r"^for part in (.*); do\n(?:  .*\n)+done\n", re.MULTILINE)
_SETTINGS = re.compile(r"^settings='' # .*$", re.MULTILINE)
_FUNCTION = re.compile(r"^(\w+)\(\) \{", re.MULTILINE)
_NAMES_FIRST = """\
# The names of all functions first, so that bash keeps them beside each other. Beside a name it counts how often it
# looked for it, and each page of memory that a task, a fork, so writes into is copied: between the functions' texts
# the names lie in 40 pages more, and a short task takes a twentieth longer.
"""


def join_parts(folder: Path = FOLDER, settings: str = "") -> str:
    """Return run_task.sh with its parts in the place of the loop that reads them, each under its own name.

    ``settings`` is the bash that the tasks of the batch share.
    """
    text = (folder / SCRIPT).read_text(encoding="utf-8")
    loop = _LOOP.search(text)
    assert loop, f"{SCRIPT} has no loop that reads its parts"
    names = [f"task_{part}.sh" for part in loop[1].split()]
    parts = [f"# {name}\n{(folder / name).read_text(encoding='utf-8')}\n" for name in names]
    functions = _FUNCTION.findall("".join(parts) + text[loop.end() :])
    first = _NAMES_FIRST + "".join(f"{name}() ((1))\n" for name in functions) + "\n"
    rest = _SETTINGS.sub(lambda _: f"settings={shlex.quote(settings)}", text[loop.end() :])
    return text[: loop.start()] + first + "".join(parts) + rest
