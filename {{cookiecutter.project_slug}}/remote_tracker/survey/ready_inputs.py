"""The input gate: the inputs of units that are about to be listed are judged, and refused inputs stay refused.

Three derived files, which may be deleted at any time, remember the judgements: digests of inputs that a task may start
with, digests of inputs whose frames were all read (both as in proven.py), and the refused inputs with the reason. They
hold for the files just as they are: an input that is copied again is judged again.
"""

from __future__ import annotations

import json
import os
import sys
from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from os import stat_result
from pathlib import Path

from .. import checks
from ..disk.derived import write_derived
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Stage, State, Unit
from ..named_tuple import NamedTuple
from ..records import batches_of
from ..scan import Tree, is_folder
from .decision import Decision, not_ready
from .options import PLAIN_SCAN, ScanOptions
from .parallel import examine_all
from .proven import Proven, stat_digest

TO_DO = (State.UNPROCESSED, State.INCOMPLETE)
NOT_READY = Cause.INPUT_NOT_READY
AHEAD = 512  # inputs that are looked into at once, side by side, where the disk answers late
Outcome = str | checks.StillCopying  # why an input is refused ("": it is not), or that it is still being copied


class Refusal(NamedTuple):
    """Refused inputs: the digest of their files, just as they are, and why they were refused."""

    digest: int
    reason: str


class InputGate:
    """Judges the inputs of one stage; ``cannot`` says why their frames could not be read here, "" where they could."""

    def __init__(self, project: Project, stage: Stage) -> None:
        self._stage, self._root = stage, project.root
        self._batches = batches_of(project, stage)
        self._rules = repr([[c.kind, c.subject, c.options] for c in stage.ready])
        self._whole_folders = {c.subject for c in stage.ready if checks.INPUT_KINDS[c.kind].whole_folder}
        self._changed = False
        self.cannot = ""

    @cached_property
    def refused(self) -> dict[str, Refusal]:
        """Return the refusals by the unit's name; empty for a stage without clauses in ``ready``."""
        return dict(_load_refused(self._refused_path, self._rules)) if self._stage.ready else {}

    @property
    def _refused_path(self) -> Path:
        return self._batches.remembered("refused", self._stage)

    @cached_property
    def _opened(self) -> Proven:
        return Proven(self._batches.remembered("ready", self._stage), self._rules)

    @cached_property
    def _read(self) -> Proven:
        return Proven(self._batches.remembered("frames", self._stage), self._rules)

    def weigh(self, unit: Unit, decision: Decision, tree: Tree) -> Decision:
        """Return the decision on the unit: invalid instead of to do, where its inputs, as they are, were refused."""
        refusal = self.refused.get(unit.key)
        if refusal and decision.state in TO_DO and refusal.digest == self._digest_exactly(unit, tree):
            return Decision(State.INVALID, Cause.INPUT_REFUSED, refusal.reason)
        return decision

    def knows(self, unit: Unit, tree: Tree) -> bool:
        """Return whether a unit's inputs, as they are, were judged before, and a task may start with them."""
        return self._opened.holds(self._digest(unit, tree))

    def ask(
        self, units: Sequence[Unit], tree: Tree, options: ScanOptions = PLAIN_SCAN, most: int = 0
    ) -> dict[str, Decision]:
        """Return the units that must not be listed: name -> decision. With ``most``, stop once so many have passed."""
        refused: dict[str, Decision] = {}
        ahead: Mapping[str, Outcome] = {}
        for done, unit in enumerate(units if self._stage.ready else ()):
            if most and done - len(refused) >= most:
                break
            if tree.is_late and not options.deep and done % AHEAD == 0:
                ahead = examine_all(units[done : done + AHEAD], lambda unit: self._judge(unit, tree), True)
            if decision := self._ask_one(unit, tree, options.deep, ahead.get(unit.key)):
                refused[unit.key] = decision
            if options.deep and options.tell:
                options.tell(done + 1, max(done + 1, min(len(units), most + len(refused)) if most else len(units)))
        self._save()
        return refused

    def _ask_one(self, unit: Unit, tree: Tree, deep: bool, judged: Outcome | None) -> Decision | None:
        known, digest = self._read if deep and not self.cannot else self._opened, self._digest(unit, tree)
        if known.holds(digest) or digest in known.added:
            return None
        reason = self._judge(unit, tree, deep) if judged is None else judged
        if isinstance(reason, checks.StillCopying):
            return not_ready(reason.copy) if reason.copy else Decision(State.NOT_READY, NOT_READY, str(reason))
        if reason:
            self.refused[unit.key] = Refusal(self._digest_exactly(unit, tree), reason)
            self._changed = True
            return Decision(State.INVALID, Cause.INPUT_REFUSED, self.refused[unit.key].reason)
        self._changed = bool(self.refused.pop(unit.key, None)) or self._changed
        self._opened.add(digest)
        if deep and not self.cannot:
            self._read.add(digest)
        return None

    def _judge(self, unit: Unit, tree: Tree, deep: bool = False) -> Outcome:
        pairs = zip(self._stage.inputs, unit.inputs, strict=True)
        inputs = {i.name: tuple(map(tree.place, paths)) for i, paths in pairs}
        # A reason against a unit's only file need not name the file: people read the unit's name beside it.
        files = checks.Files(self._root, inputs, named=sum(map(len, inputs.values())) != 1)
        python = sys.executable if deep and not self.cannot else ""
        try:
            try:
                return checks.judge_inputs(self._stage.ready, files, python, deep)
            except RemoteTrackerError as error:  # no program here reads videos: told once, no input is refused for it
                self.cannot = str(error)
                return checks.judge_inputs(self._stage.ready, files)
        except checks.StillCopying as later:
            return later

    def _digest(self, unit: Unit, tree: Tree) -> int:
        """Return a digest of the unit's inputs by what the scan knows already; the exact digest for whole folders."""
        if self._whole_folders:
            return self._digest_exactly(unit, tree)
        return hash((crc32(os.fsencode(unit.key)), crc32(unit.mark.encode())))

    def _digest_exactly(self, unit: Unit, tree: Tree) -> int:
        """Return a digest with inode and ctime: where ``cp -p`` puts a good copy over a bad file, it must differ."""
        stats = [entry for entry in self._stats(unit, tree) if entry]
        return hash((stat_digest(stats, ()), *[entry.st_ctime_ns for entry in stats]))

    def _stats(self, unit: Unit, tree: Tree) -> Iterator[stat_result | None]:
        for wanted, files in zip(self._stage.inputs, unit.inputs, strict=True):
            for path in files:
                entry = tree.stat(path)
                yield entry
                if wanted.name in self._whole_folders:
                    folder = path if is_folder(entry) else path.rpartition("/")[0]
                    yield from (inside for _, inside in sorted(tree.listing(f"{folder}/").items()))

    def _save(self) -> None:
        """Write the new judgements; where the folder cannot be written the next scan judges again, no more."""
        files = [(known.path, known.content) for known in self._used() if known.added]
        if self._changed:
            files.append((self._refused_path, self._told))
        for path, content in files:
            write_derived(path, content())

    def _used(self) -> Iterator[Proven]:
        return (known for name in ("_opened", "_read") if isinstance(known := vars(self).get(name), Proven))

    def _told(self) -> bytes:
        lines = [json.dumps([name, *refusal]) for name, refusal in sorted(self.refused.items())]
        return "\n".join([self._rules, *lines, ""]).encode()


def _load_refused(path: Path, rules: str) -> Iterator[tuple[str, Refusal]]:
    try:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):  # there is no file yet, it is empty, or somebody spoilt it
        return
    with suppress(ValueError, TypeError, RecursionError):
        for line in lines if head == rules else ():
            name, digest, reason = json.loads(line)
            yield name, Refusal(digest, reason)
