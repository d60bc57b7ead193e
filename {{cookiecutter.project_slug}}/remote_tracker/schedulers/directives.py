"""Lines of options in a job script, whatever a scheduler calls them."""

from __future__ import annotations


def find_behind_command(script: str, directive: str) -> list[int]:
    """Return the numbers of the option lines behind the first command: schedulers ignore such lines silently."""
    begun, ignored = False, []
    for number, line in enumerate(script.split("\n"), 1):
        if line.startswith(directive):
            ignored += [number] if begun else []
        elif line.strip() and not line.lstrip().startswith("#"):
            begun = True
    return ignored


def why_ignored(submit: str, directive: str) -> str:
    """Return the sentence that tells the user why an option line behind the first command has no effect."""
    return (
        f"it stands behind the first command, where {submit} ignores it without a word. "
        f"Put the command behind all {directive} lines."
    )
