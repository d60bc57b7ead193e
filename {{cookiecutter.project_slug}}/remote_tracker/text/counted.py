"""Write a count with its noun, as people do: one row, two rows."""


def number_of(count: int, what: str) -> str:
    """Return a count with its noun, as "6 videos" or "1 video"; ``what`` is the plural."""
    return f"{count} {what.removesuffix('s') if count == 1 else what}"
