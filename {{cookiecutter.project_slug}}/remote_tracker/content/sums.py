"""Lists of digests that ``sha256sum -c`` takes, on any machine that has coreutils."""

from __future__ import annotations

from collections.abc import Mapping


def render_sums(digests: Mapping[str, str]) -> str:
    """Return a line for each file, by path, from the files' paths and SHA-256.

    A path with a backslash or a line break is escaped as coreutils does, and its line begins with a backslash.
    """
    return "".join(f"{_line(path, digests[path])}\n" for path in sorted(digests))


def _line(path: str, digest: str) -> str:
    if "\\" not in path and "\n" not in path:
        return f"{digest}  {path}"
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n")
    return f"\\{digest}  {escaped}"
