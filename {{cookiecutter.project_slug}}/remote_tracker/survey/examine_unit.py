"""Look at one unit: where its outputs lie, whether they were proven, else which check fails."""

from __future__ import annotations

import os
from array import array
from collections.abc import Container, Iterable, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path

from ..config.signatures import Signature, diagnose, load_signatures
from ..model import Cause, Project, Record, Stage, State, Unit
from ..parameters.files import find_files
from ..parameters.fingerprint import digest_activate, fingerprint
from ..records import History, batches_of, is_freed
from ..scan import Tree
from .blind import find_blind
from .decision import Decision, Evidence, decide, word_of_outputs
from .failures import MadeWith, failure_cause, failure_kind, is_mended, refuted
from .mixed import Mixed
from .options import PLAIN_SCAN, ScanOptions
from .parallel import examined_beside
from .prove import Findings, Proof, Prover
from .proven import Proven
from .refuted import Refuted
from .result_finder import ResultFinder
from .sentences import describe_failure
from .vouch import Likeness, Voucher

UNTOUCHED = Decision(State.UNPROCESSED)
SETTLED = (None, Cause.MADE_ELSEWHERE)  # why a finished unit needs no closer look


class Look:
    """Decides on the units of a stage, unit by unit."""

    def __init__(
        self,
        project: Project,
        stage: Stage,
        tree: Tree,
        history: History,
        proven: Proven,
        refuted: Refuted,
        options: ScanOptions = PLAIN_SCAN,
    ) -> None:
        self._project, self._stage, self._tree, self._options = project, stage, tree, options
        self._history, self._proven, self._refuted = history, proven, refuted
        self._prover = Prover(project, stage, tree, history, options.depth)
        self._results = ResultFinder(stage, tree)
        self.others = history.find_others(self._params) if history.count_successes() else {}
        self._mixed = Mixed(project, stage)
        self._unfinished = history.unfinished
        self.finished = 0  # how many of the units decided on are finished
        self.sampled = 0  # how many finished units were recognised by samples of their files
        self._signatures: tuple[Signature, ...] | None = None
        self._beside: dict[str, Proof] = {}
        self._made: dict[str, tuple[list[list[os.stat_result]], int]] = {}  # by unit, found ahead: made, digest
        self._told: dict[str, Proof] = {}  # by unit, of units that were looked into where their folder was sifted

    @cached_property
    def _params(self) -> str:
        """Return the fingerprint of the parameters as they are now."""
        return fingerprint(self._project, self._stage, find_files(self._project, self._stage))

    @cached_property
    def _now(self) -> MadeWith:
        """Return what tasks run with now; which version, the youngest batch tells."""
        return MadeWith(self._params, self._history.version, digest_activate(self._project.root))

    def ahead(self, units: Iterable[Unit], flying: Container[str]) -> Iterable[Unit]:
        """Yield the units to decide on; new results are examined before, in several processes."""

        def is_new(unit: Unit) -> bool:
            if unit.problem or unit.key in flying or unit.key in self._told:
                return False
            made, digest = self._made[unit.key] = self._results.look_for(unit)
            if not made or not all(made):
                return False
            return not self._proven.holds(digest) and not self._refuted.reason(digest)

        tree, tell = self._tree, self._options.looked
        return examined_beside(units, is_new, self._prover.prove, self._beside, tell, lambda: tree.is_late)

    def apart(self, tree: Tree) -> Look:
        """Return a look at the folders of ``tree`` alone, which remembers apart what it finds: see ``findings``."""
        part = copy(self)
        part._tree, part._results, part._prover = tree, ResultFinder(self._stage, tree), self._prover.at(tree)
        part._proven, part.sampled = self._proven.apart(), 0
        part._made, part._beside, part._told = {}, {}, {}
        return part

    def settle(self, unit: Unit, attempts: int) -> Decision | None:
        """Return the decision on a unit with all results that is merely finished; None: it needs a closer look.

        What its files told is kept for that look.
        """
        if unit.problem or unit.waits or unit.unready:
            return None
        made, digest = self._results.look_for(unit)
        if not made or not all(made) or self._proven.holds(digest) or self._refuted.reason(digest):
            return None
        proof, sampled = self._prover.prove(unit), self.sampled
        self._made[unit.key], self._told[unit.key] = (made, digest), proof
        decision = self._decide(unit, None, attempts)
        if decision.state is State.FINISHED and decision.cause in SETTLED and not decision.is_empty:
            return decision
        self._told[unit.key], self.sampled = proof, sampled
        return None

    @property
    def findings(self) -> Findings:
        """Return what a look apart has found."""
        return Findings(array("q", self._proven.added), self._told, self.sampled)

    def take(self, found: Findings) -> None:
        """Remember what a look apart has found."""
        self._proven.added.update(found.digests)
        self._told.update(found.told)
        self.sampled += found.sampled

    def decide(self, unit: Unit, queue: State | None, attempts: int) -> Decision:
        """Return the decision on a unit; ``queue`` is as in Evidence."""
        decision = self._decide(unit, queue, attempts)
        self.finished += decision.state is State.FINISHED
        return decision

    def _decide(self, unit: Unit, queue: State | None, attempts: int) -> Decision:
        if queue is not None or unit.problem:
            return decide(Evidence(unit.mark, unit.problem, unit.waits, queue, "none", "", None, []), attempts)
        made, digest = self._made.pop(unit.key) if unit.key in self._made else self._results.look_for(unit)
        if self._tree.unreadable and (blind := find_blind(self._stage, unit, self._tree)):
            return Decision(State.NOT_READY, Cause.NOT_LOOKED_AT, blind)
        there = sum(map(bool, made))
        free = not unit.waits and not unit.unready and unit.key not in self._unfinished
        if made and not there and free and unit.key not in self._history.finished_names():
            return UNTOUCHED
        digest = digest or self._results.digest(unit, made)
        if made and there == len(made) and self._proven.holds(digest) and not (self._stage.per and unit.waits):
            is_empty = digest in self._proven.empty
            return Decision(State.FINISHED, self.others.get(unit.key), is_empty=is_empty)
        whole = bool(made) and there == len(made)
        proof = (
            self._beside.get(unit.key)
            or self._told.pop(unit.key, None)
            or self._prover.prove(unit, whole, self._refuted.reason(digest))
        )
        decision = decide(self._gather(unit, made, proof), attempts)
        if decision.state is State.FINISHED and made and decision.cause is not Cause.FREED:
            self.sampled += proof.voucher.is_sampled
            if not proof.voucher.is_changed:
                self._proven.add(digest, proof.is_empty)
            return decision._replace(is_empty=True) if proof.is_empty else decision
        return decision._replace(old_ns=max((entry.st_mtime_ns for found in made for entry in found), default=0))

    def _gather(self, unit: Unit, made: Sequence[Sequence[os.stat_result]], proof: Proof) -> Evidence:
        """Return what is known about a unit that is not in flight."""
        bad, voucher, _ = proof
        finished, ended = voucher.record, unit.key in self._unfinished
        failed = self._history.failures(unit.key, finished) if ended else []
        failed = [self._prover.rebase(record, unit) for record in failed]
        failures, left_by = self._weigh(unit, made, bad, voucher, failed)
        mended = [is_mended(failure, self._now) for failure in failures]
        ways, hopeless = self._ways_of(failures, mended)
        outputs = word_of_outputs(sum(map(bool, made)), len(self._stage.outputs), finished, unit.mark)
        return Evidence(
            unit.mark,
            unit.problem,
            unit.waits,
            None,
            outputs,
            bad,
            finished,
            failures,
            bool(self._stage.per),
            unready=unit.unready,
            ways=ways,
            mended=mended,
            hopeless=hopeless,
            other=self.others.get(unit.key),
            settling=unit.key in self._history.settling,
            left_by=left_by,
            mixed=unit.key in self._mixed,
            changed=voucher.is_changed,
            cancelled=self._history.cancelled(unit.key, finished) if ended else None,
            freed=outputs != "whole" and finished is not None and self._is_freed(unit, finished),
        )

    def _is_freed(self, unit: Unit, finished: Record) -> bool:
        return is_freed(self._project.root, self._stage.name, unit.key, finished.batch)

    def _weigh(
        self,
        unit: Unit,
        made: Sequence[Sequence[os.stat_result]],
        bad: str,
        voucher: Voucher,
        failed: list[Record],
    ) -> tuple[list[Record], Record | None]:
        """Return the unit's failures, with the successes that its checks refute, and the failure that left its outputs.

        That failure is None where the outputs come from no failed task.
        """
        if bad and voucher.record and self._is_untouched(voucher, made):
            return [*refuted(self._history.successes(unit.key), unit.mark, bad), *failed], None
        if self._stage.work == "in-place" and not bad and failed and self._is_left_of(failed[-1], unit, made):
            return failed, failed[-1]
        return failed, None

    def _is_left_of(self, failure: Record, unit: Unit, made: Sequence[Sequence[os.stat_result]]) -> bool:
        """Return whether a failed task left the outputs, rather than a program that somebody ran by hand later.

        Both times are the disk's. A part of a task that wrote no end may still be writing.
        """
        try:
            ended = self._log_of(failure).stat().st_mtime_ns
        except OSError:
            return failure.inputs == unit.mark
        later = failure.exit is not None and all(entry.st_mtime_ns > ended for found in made for entry in found)
        return failure.inputs == unit.mark and not later

    def _is_untouched(self, voucher: Voucher, made: Sequence[Sequence[os.stat_result]]) -> bool:
        """Return whether the outputs are as the task made them: nobody changed a file since, by hand."""
        if voucher.record is None or voucher.results is not Likeness.UNKNOWN:
            return not voucher.is_changed
        try:
            ended = self._log_of(voucher.record).stat().st_mtime_ns
        except OSError:
            return False
        return all(entry.st_mtime_ns <= ended for found in made for entry in found)

    def _log_of(self, record: Record) -> Path:
        return batches_of(self._project, self._stage).batch(record.batch).log(record.task)

    def _ways_of(self, failures: Sequence[Record], mended: Sequence[bool]) -> tuple[list[str], bool]:
        """Return the way of each failure, and whether no try can help after the last failure that is not ``mended``."""
        if not failures:
            return [], False
        if self._signatures is None:
            self._signatures = load_signatures(self._project.root)
        found = [diagnose(describe_failure(f), self._signatures, failure_cause(f)) for f in failures]
        ways = [f.cause if f else failure_kind(failure) for f, failure in zip(found, failures, strict=True)]
        standing = [f for f, is_over in zip(found, mended, strict=True) if not is_over]
        return ways, any(f is not None and f.retry == "never" for f in standing[-1:])
