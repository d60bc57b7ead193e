"""Make a job script once from the scheduler's template, and fill in its marked block for every batch."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ..errors import RemoteTrackerError

BLOCK_START = "# >>> filled in by every scan: leave these lines alone >>>"
BLOCK_END = "# <<< filled in by every scan <<<"


class ScriptError(RemoteTrackerError):
    """A job script cannot be filled in; it is unchanged."""


def render_script(template: str, **words: object) -> str:
    """Return a job script from the scheduler's template (directives and a call to run_task.sh)."""
    from jinja2 import Environment, StrictUndefined  # 18 to 27 ms of a scan that lists nothing

    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    environment.filters["quote"] = shlex.quote
    return environment.from_string(template).render(**words)


def fill_in(script: str, block: Sequence[str], name: str) -> str:
    """Return the script with the lines between its two marks replaced by ``block``.

    Raises ScriptError where a mark is missing or repeated, the marks are swapped, or lines end as on Windows.
    """
    if "\r" in script:
        raise ScriptError(
            f"{name}: its lines end as on Windows (CR LF); schedulers refuse that. "
            f"Type: sed -i 's/\\r$//' {name}   Nothing was changed."
        )
    lines = script.split("\n")
    if lines.count(BLOCK_START) != 1 or lines.count(BLOCK_END) != 1:
        raise ScriptError(
            f'{name}: the two lines "{BLOCK_START}" and "{BLOCK_END}" must stand in it once each. '
            f"Put them back, or move {name} away: the next scan makes a new one. Nothing was changed."
        )
    start, end = lines.index(BLOCK_START), lines.index(BLOCK_END)
    if end < start:
        raise ScriptError(f'{name}: "{BLOCK_END}" stands before "{BLOCK_START}". Nothing was changed.')
    return "\n".join([*lines[: start + 1], *block, *lines[end:]])
