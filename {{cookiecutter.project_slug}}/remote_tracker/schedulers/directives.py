"""Lines of options in a job script, whatever a scheduler calls them."""

from __future__ import annotations


def find_behind_command(script: str, directive: str) -> list[int]:
    """Return the numbers of the lines of options behind the first command: they are ignored without a word."""
    begun, ignored = False, []
    for number, line in enumerate(script.split("\n"), 1):
        if line.startswith(directive):
            ignored += [number] if begun else []
        elif line.strip() and not line.lstrip().startswith("#"):
            begun = True
    return ignored


def why_ignored(submit: str, directive: str) -> str:
    """Return what is said of such a line."""
    return (
        f"it stands behind the first command, where {submit} ignores it without a word. "
        f"Put the command behind all {directive} lines."
    )
