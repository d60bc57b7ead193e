"""Cut a pattern at its last slash, for a walk that looks at folders, then at the names in each."""

from __future__ import annotations

import re
from functools import cached_property

from ..model.pattern import Pattern, Wildcard, expression


class SplitPattern:
    """A pattern cut at its last slash: what a folder must match, and what a name in the folder must match."""

    def __init__(self, pattern: Pattern) -> None:
        self._pieces, self._any_case = pattern.pieces, pattern.any_case
        self.wants_folder = pattern.is_folder
        self.wildcards = pattern.wildcards

    @cached_property
    def _cut(self) -> tuple[tuple[str | Wildcard, ...], tuple[str | Wildcard, ...]]:
        pieces = list(self._pieces)
        if self.wants_folder:
            pieces[-1] = str(pieces[-1])[:-1]
        for index in range(len(pieces) - 1, -1, -1):
            piece = pieces[index]
            if isinstance(piece, str) and "/" in piece:
                head, _, tail = piece.rpartition("/")
                return (*pieces[:index], f"{head}/"), (*([tail] if tail else []), *pieces[index + 1 :])
        return (), tuple(pieces)

    @property
    def folder_pieces(self) -> tuple[str | Wildcard, ...]:
        """Return the pieces of the folder's path, with the slash at its end."""
        return self._cut[0]

    @property
    def name_pieces(self) -> tuple[str | Wildcard, ...]:
        """Return the pieces of the name."""
        return self._cut[1]

    @cached_property
    def folder(self) -> re.Pattern[str]:
        """Return the expression that the folder's path, with the slash at its end, must match."""
        return re.compile(expression(self._cut[0]))

    @cached_property
    def name(self) -> re.Pattern[str]:
        """Return the expression that a name in such a folder must match; the folder's wildcards match anything."""
        known = self.folder.groupindex
        pieces = (Wildcard(p.name, ".*") if isinstance(p, Wildcard) and p.name in known else p for p in self._cut[1])
        return re.compile(expression(tuple(pieces), self._any_case))

    @cached_property
    def start(self) -> str:
        """Return the folder at the start of the pattern, before any wildcard; all matches lie below it."""
        first = self._cut[0][0] if self._cut[0] else ""
        return first.rpartition("/")[0] + "/" if isinstance(first, str) and "/" in first else ""

    @cached_property
    def steps(self) -> tuple[re.Pattern[str], ...] | None:
        """Return the expression for each level of folders below ``start``, None where the number of levels varies."""
        pieces = self._cut[0]
        if any(isinstance(p, Wildcard) and p.spans_folders for p in pieces):
            return None
        text = "".join(p if isinstance(p, str) else "\0" for p in pieces)[len(self.start) :]
        wild = iter([p for p in pieces if isinstance(p, Wildcard)])
        steps = []
        for component in text.split("/")[:-1]:
            parts = re.split("(\0)", component)
            steps.append(re.compile(expression(tuple(next(wild) if p == "\0" else p for p in parts if p))))
        return tuple(steps)
