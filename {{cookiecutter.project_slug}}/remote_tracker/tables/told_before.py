"""Remember what results said of frames and animals, and headers of videos, in a derived file: delete it at any time.

To read it from 10,000 HDF5 files takes minutes. A result counts as the same as long as the sizes, times and inodes of
its files are; a result that is a folder is read each time, since a file in it may change without the folder. A video
counts as the same as long as its name, size and time are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from ..checks.claimed_frames import Claim
from ..disk.derived import write_derived
from ..model import Stage
from ..survey.proven import stat_digest
from .told_facts import TOLD, Facts

_NUMBERS = frozenset({int, float, type(None)})
Kept = tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]  # facts, words, headers, digests


def digest_results(results: Iterable[os.stat_result]) -> str:
    """Return what tells the files of a result from others, from their stats."""
    return f"{stat_digest((), results):x}"


class ToldBefore:
    """What the results of a stage said when they were read last; what was said by other ``tells`` is not believed."""

    def __init__(self, path: Path, stage: Stage) -> None:
        places = [*stage.tells.items(), *stage.made_by.items()]
        self.path, self._tells = path, repr(sorted(places))
        told = self._load()
        is_same = told.get("tells") == self._tells
        self._known = _lists(told, "facts", len(TOLD)) if is_same else {}
        self._known_says = _texts(told, "says") if is_same else {}
        self._claims = _lists(told, "headers", len(Claim._fields))
        self._digests, self._kept_digests = _pairs(told, "digests"), dict[str, Sequence[str]]()
        self._kept, self._kept_claims = dict[str, list[Any]](), dict[str, list[Any]]()
        self._kept_says = dict[str, Mapping[str, str]]()
        outputs = {output.name: output for output in stage.outputs}
        told_by = {tell.output for _, tell in places}
        self._is_used = bool(told_by) and not any(outputs[name].pattern.is_folder for name in told_by)

    def _load(self) -> Mapping[str, Any]:
        try:
            told = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    def facts(self, digest: str, load: Callable[[], Facts]) -> Facts:
        """Return what a result's files said, loaded anew where they are others; ``digest`` is as digest_results."""
        if not self._is_used:
            return load()
        known = self._known.get(digest)
        found = _facts_of(known) if known else load()
        self._kept[digest] = known or list(found[: len(TOLD)])
        return found

    def claim(self, video: str, load: Callable[[], Claim | None]) -> Claim | None:
        """Return what a video's header said, loaded where that is not known; ``video`` is its name, size and time.

        What could not be looked at, as a video that is gone or lies on tape, is asked for again the next time.
        """
        known = self._claims.get(video)
        found = _claim_of(known) if known else load()
        if found is not None:
            self._kept_claims[video] = known or list(found)
        return found

    def says(self, digest: str, load: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """Return how a result's files say that they were made, loaded anew where they are others."""
        if not self._is_used:
            return load()
        known = self._known_says.get(digest)
        self._kept_says[digest] = found = load() if known is None else known
        return found

    def digests(self, run: str, load: Callable[[], Sequence[str]]) -> Sequence[str]:
        """Return the digests of video and result that a task noted, read where that is not known.

        ``run`` tells the task's run from others. Where nothing was noted it is asked for again the next time.
        """
        found = self._digests.get(run) or load()
        if any(found):
            self._kept_digests[run] = found if isinstance(found, list) else list(found)
        return found

    @property
    def kept(self) -> Kept:
        """Return what the results of now said, as far as they were asked for."""
        return (self._kept, self._kept_says, self._kept_claims, self._kept_digests)

    def keep(self, kept: Kept) -> None:
        """Take what another process was told of other results, whose ``kept`` that was."""
        for mine, told in zip(self.kept, kept, strict=True):
            mine.update(told)

    def write(self) -> None:
        """Write what the results of now said, where that is news."""
        kept = self.kept
        if kept != (self._known, self._known_says, self._claims, self._digests):
            names = ("facts", "says", "headers", "digests")
            write_derived(self.path, json.dumps({"tells": self._tells, **dict(zip(names, kept, strict=True))}))


def _lists(told: Mapping[str, Any], key: str, length: int) -> dict[str, list[Any]]:
    """Return the lists of numbers and None that a file's key holds, without lists of another form."""
    found = told.get(key)
    return {
        name: values
        for name, values in (found if isinstance(found, dict) else {}).items()
        if isinstance(values, list) and len(values) == length and _are_numbers(values)
    }


def _pairs(told: Mapping[str, Any], key: str) -> dict[str, Sequence[str]]:
    """Return the pairs of texts that a file's key holds, without pairs that are not ours."""
    found = told.get(key)
    return {
        name: pair
        for name, pair in (found if isinstance(found, dict) else {}).items()
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
    }


def _texts(told: Mapping[str, Any], key: str) -> dict[str, Mapping[str, str]]:
    """Return the mappings of texts that a file's key holds, without mappings that are not ours."""
    found = told.get(key)
    return {
        name: values
        for name, values in (found if isinstance(found, dict) else {}).items()
        if isinstance(values, dict) and all(isinstance(value, str) for value in values.values())
    }


def _are_numbers(values: Iterable[Any]) -> bool:
    return _NUMBERS.issuperset(map(type, values)) and all(map(isfinite, filter(None, values)))


def _claim_of(told: list[Any]) -> Claim:
    frames, fps, width, height = told
    return Claim(int(frames or 0), float(fps or 0), int(width or 0), int(height or 0))


def _facts_of(told: list[Any]) -> Facts:
    fps, *counts = told
    return Facts(fps, *[None if count is None else int(count) for count in counts])
