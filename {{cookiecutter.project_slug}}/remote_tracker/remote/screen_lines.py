"""The lines that the screens of a push, a pull and a free share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..text.visible import shown

SHOWN = 10


def size_of(count: float) -> str:
    """Return a number of bytes as people say it."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:,.0f} {unit}" if unit in ("bytes", "KB") else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


def left_out_lines(left_out: Mapping[str, str], more: str) -> Iterator[str]:
    """Yield a line for each of the first that were left out, with the reason, then how many more there are."""
    for name, why in list(left_out.items())[:SHOWN]:
        yield f"  {shown(name)}: {shown(why)}"
    if len(left_out) > SHOWN:
        yield f"  ... and {len(left_out) - SHOWN} more{more}"
