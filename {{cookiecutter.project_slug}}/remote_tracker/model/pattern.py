"""Paths with wildcards, written as Snakemake writes them: ``RawVideos/{subdir}/{name}.{ext,mp4|avi}``.

Two wildcards stand for folders and take the slash behind them along: ``{day}`` is the first folder or
nothing, ``{subdir}`` is any number of folders or nothing. Every other wildcard is a part of a single name; the
regular expression that it must match stands behind a comma. A pattern that ends in ``/`` names a folder; a pattern
with ``*`` or ``?`` is a glob and stands for at least one file. In a pattern with ``any_case`` the ending of the name,
from its last dot on, may be in upper or lower case, as cameras write it: ``.MP4`` for ``.mp4``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from glob import escape

from ..errors import NO_PATTERN, RemoteTrackerError
from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass, field

FOLDER_WILDCARDS = {"day": r"[^/]+", "subdir": r"(?s:.+)"}
_TOKEN = re.compile(r"\{(?P<name>[A-Za-z_]\w*)(?:,(?P<rule>(?:[^{}]|\{[^{}]*\})*))?\}")


class PatternError(RemoteTrackerError):
    """A pattern cannot be read; the message says why, the caller adds the file and the line."""


class Wildcard(NamedTuple):
    """A wildcard ``{name,rule}`` of a pattern; ``rule`` is None where any part of a name matches."""

    name: str
    rule: str | None = None

    @property
    def spans_folders(self) -> bool:
        """True for ``{day}`` and ``{subdir}``, which take the slash behind them along."""
        return self.name in FOLDER_WILDCARDS


class RequiredFolders(Wildcard):
    """A ``{day}`` or ``{subdir}`` that project.yml describes: a file that does not lie in such folders is not meant."""

    __slots__ = ()


@dataclass(frozen=True)
class Pattern:
    """A path with wildcards, relative to the project; made by :func:`read_pattern`."""

    text: str
    pieces: tuple[str | Wildcard, ...]
    any_case: bool = field(default=False, repr=False)  # not in repr: what a batch was made from is told by that

    @cached_property
    def wildcards(self) -> tuple[str, ...]:
        """Return the names of the wildcards, without repetition, in the order in which they appear."""
        return tuple(dict.fromkeys(p.name for p in self.pieces if isinstance(p, Wildcard)))

    @property
    def is_folder(self) -> bool:
        """True where the pattern ends in a slash: it names a folder."""
        return self.text.endswith("/")

    @cached_property
    def is_glob(self) -> bool:
        """True where the literal text holds ``*`` or ``?``: at least one file must match."""
        return any(isinstance(p, str) and ("*" in p or "?" in p) for p in self.pieces)

    @property
    def root(self) -> str:
        """Return the pattern's first folder, as RawVideos; empty where there is none or it holds a wildcard."""
        first = self.pieces[0]
        return first.split("/", 1)[0] if isinstance(first, str) and "/" in first else ""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the expression that a whole path must match; a repeated wildcard must keep its value."""
        return re.compile(expression(self.pieces, self.any_case))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the wildcards' values in ``path``, or None where ``path`` does not match the pattern."""
        found = self.regex.fullmatch(path)
        return {k: v or "" for k, v in found.groupdict().items()} if found else None

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the path with every wildcard replaced; globs stay as they are.

        Raises KeyError where a wildcard has no value.
        """
        out = []
        for literal, name, takes_slash in self._plan:
            value = values[name] if name else literal
            out.append(f"{value}/" if takes_slash and value else value)
        return "".join(out)

    def filler(self, wildcards: Sequence[str]) -> Callable[[Sequence[str]], str]:
        """Return values, in the order of ``wildcards``, -> path: :meth:`fill` for many calls, compiled once."""
        plan = [(literal, wildcards.index(name) if name else -1, slash) for literal, name, slash in self._plan]
        if any(slash for _, _, slash in plan):
            return lambda values: "".join(
                [text if i < 0 else f"{values[i]}/" if slash and values[i] else values[i] for text, i, slash in plan]
            )
        return lambda values: "".join([text if i < 0 else values[i] for text, i, _ in plan])

    def fill_glob(self, values: Mapping[str, str]) -> str:
        """Return the path as :meth:`fill` does, as a glob in which ``*``, ``?`` and ``[`` of a value are escaped."""
        return self.fill({name: escape(value) for name, value in values.items()})

    def renamed(self, path: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
        """Return the path with the values ``new`` of a path with the values ``old``; what a glob matched stays.

        Raises ValueError where the pattern, with the old values, does not match ``path``.
        """
        parts = [part for literal, name, slash in self._plan for part in _parts(literal, name, slash)]
        asked = "".join(
            {"*": "([^/]*)", "?": "([^/])"}.get(text) or re.escape(text)
            if not name
            else re.escape(_value(old[name], slash))
            for text, name, slash in parts
        )
        found = re.fullmatch(f"(?s:{asked})", path)
        if found is None:
            raise ValueError(f"{path} is no path of {self.text}")
        matched = iter(found.groups())
        return "".join(
            _value(new[name], slash) if name else next(matched) if text in ("*", "?") else text
            for text, name, slash in parts
        )

    @cached_property
    def _plan(self) -> tuple[tuple[str, str, bool], ...]:
        """Return for each piece (literal, name of the wildcard, whether it takes a slash along), for :meth:`fill`."""
        plan: list[tuple[str, str, bool]] = []
        for piece, takes_slash in _swallowing(self.pieces):
            if isinstance(piece, Wildcard):
                plan.append(("", piece.name, takes_slash))
            else:
                plan.append((piece, "", False))
        return tuple(plan)


def _parts(literal: str, name: str, slash: bool) -> list[tuple[str, str, bool]]:
    """Return a piece of a plan with each ``*`` and ``?`` of its literal text apart."""
    return [("", name, slash)] if name else [(text, "", False) for text in re.split(r"([*?])", literal) if text]


def _value(value: str, slash: bool) -> str:
    return f"{value}/" if slash and value else value


def read_pattern(text: str) -> Pattern:
    """Return the pattern that ``text`` writes.

    Raises PatternError for stray braces, a bad rule, an absolute path or a path that climbs out by ``..``.
    """
    pieces: list[str | Wildcard] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces.append(text[end : token.start()])
        pieces.append(_read_wildcard(token["name"], token["rule"]))
        end = token.end()
    pieces.append(text[end:])
    literal = "".join(p for p in pieces if isinstance(p, str))
    if "{" in literal or "}" in literal:
        raise PatternError(f'"{text}": a brace stands alone; wildcards look like {{name}} or {{ext,mp4|avi}}')
    if not text or text.startswith(("/", "~")) or ".." in text.split("/"):
        raise PatternError(f'"{text}": a pattern starts at the project\'s folder, as RawVideos/{{subdir}}/{{name}}.avi')
    return Pattern(text, tuple(p for p in pieces if p != ""))


def _read_wildcard(name: str, rule: str | None) -> Wildcard:
    try:
        groups = re.compile(f"x(?:{rule or ''})").groups  # as it will stand: behind something, in a group
        re.compile(rule or "")
    except NO_PATTERN as error:
        raise PatternError(f'{{{name},{rule}}}: "{rule}" is no regular expression here ({error})') from None
    if groups:
        raise PatternError(f"{{{name},{rule}}}: write (?:a|b) for (a|b), or just a|b")
    return Wildcard(name, rule)


def feeds(made: Pattern, wanted: Pattern) -> bool:
    """Return whether a path of the pattern ``made`` can match the pattern ``wanted``, rules of wildcards aside."""
    sample = made.fill({name: "d/d" if name == "subdir" else "x" for name in made.wildcards})
    loose = (Wildcard(p.name) if isinstance(p, Wildcard) else p for p in wanted.pieces)
    return made.root == wanted.root and re.fullmatch(expression(tuple(loose)), sample) is not None


def expression(pieces: tuple[str | Wildcard, ...], any_case: bool = False) -> str:
    """Return the regular expression of ``pieces`` of a pattern, with a named group for each wildcard.

    With ``any_case`` what stands behind the last dot of the name may be in upper or lower case.
    """
    seen: set[str] = set()
    out: list[str] = []
    ending = _find_ending(pieces) if any_case else None
    for index, (piece, takes_slash) in enumerate(_swallowing(pieces)):
        if isinstance(piece, Wildcard):
            out.append(_group(piece, takes_slash, piece.name in seen))
            seen.add(piece.name)
        elif index == ending:
            name, _, end = piece.rpartition(".")
            out += [_literal(name), "[.](?i:", _literal(end)]
        else:
            out.append(_literal(piece))
    out += [")"] if ending is not None else []
    return f"(?s:{''.join(out)})"  # a name with a line break is found, so that it can be refused


def _find_ending(pieces: Sequence[str | Wildcard]) -> int | None:
    """Return which piece holds the last dot of the name, None where no literal text of the name holds a dot."""
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if isinstance(piece, str) and "." in piece.rpartition("/")[2]:
            return index
        if isinstance(piece, str) and "/" in piece:
            return None
    return None


def _swallowing(pieces: Sequence[str | Wildcard]) -> Iterator[tuple[str | Wildcard, bool]]:
    """Yield (piece, whether it takes the slash behind it along); the text behind such a piece lacks its first slash."""
    taken = False
    for piece, follower in zip(pieces, (*pieces, "")[1:], strict=True):
        if isinstance(piece, str):
            yield piece[1:] if taken else piece, False
            taken = False
        else:
            taken = piece.spans_folders and isinstance(follower, str) and follower.startswith("/")
            yield piece, taken


def _literal(text: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(c, re.escape(c)) for c in text)


def _group(wildcard: Wildcard, takes_slash: bool, repeated: bool) -> str:
    if repeated and takes_slash:
        return f"(?({wildcard.name})(?P={wildcard.name})/)"
    if repeated:
        return f"(?({wildcard.name})(?P={wildcard.name}))"
    rule = wildcard.rule or FOLDER_WILDCARDS.get(wildcard.name, r"[^/]+")
    group = f"(?P<{wildcard.name}>{rule})"
    if takes_slash:
        return f"{group}/" if isinstance(wildcard, RequiredFolders) else f"(?:{group}/)?"
    return group
