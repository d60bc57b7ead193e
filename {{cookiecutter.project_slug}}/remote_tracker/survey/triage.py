"""Group failures by cause: how many there are, on which node, and what to do about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..config.signatures import diagnose, load_signatures
from ..model import Project, Stage, State
from ..records import batches_of, load_last_run
from ..text.visible import shown
from . import Examined
from .decision import end_of
from .failures import is_meant_by, own_words, without_names
from .states import describe_decision, is_being_copied

TROUBLE = (State.INVALID, State.SET_ASIDE, State.NOT_READY, State.INCOMPLETE, State.GONE, State.MOVED)
FEW = 3  # so many failures on the same node are no chance
TAIL_LINES = 30  # the last lines of a log are searched for a cause: warnings further up ended no task


@dataclass(frozen=True)
class Group:
    """Units that failed for the same cause."""

    cause: str  # in words for people
    advice: str  # what to do about it; "": we know no advice
    again: str  # whether another try helps, in the words of ``retry`` in signatures.yml
    seen: tuple[Examined, ...]
    node: str = ""  # the node on which most of them failed; "": no node stands out
    is_known: bool = True  # a signature names the cause; else it is the units' own words, with marks for what differs

    @property
    def title(self) -> str:
        """Return the cause as people read it: never with marks, the first unit's own words where it is not known."""
        return self.cause if self.is_known else own_title(self.seen[0])


FEWER = "fewer_per_gpu"  # the word of ``retry`` in signatures.yml for a GPU whose memory was full


def is_trouble(seen: Examined) -> bool:
    """Return whether a unit needs a look: it failed, cannot be processed, or waits for files that cannot come."""
    state = seen.decision.state
    return (state in TROUBLE and not is_being_copied(seen.decision)) or (state is State.WAITING and seen.unit.lost)


def triage(project: Project, stage: Stage, seen: Iterable[Examined]) -> list[Group]:
    """Return the units of a stage that need a look, grouped by cause, the largest group first."""
    signatures = load_signatures(project.root)
    groups: dict[tuple[str, str, str, bool], list[Examined]] = {}
    for one in filter(is_trouble, seen):
        found = diagnose(one.decision.reason, signatures, end_of(one.decision))
        found = found or diagnose(_tail(project, stage, one), signatures)
        key = (found.cause, found.advice, found.retry, True) if found else (own_cause(one), "", "yes", False)
        groups.setdefault(key, []).append(one)
    made = [
        Group(cause, advice, again, tuple(ones), find_node(ones), is_known)
        for (cause, advice, again, is_known), ones in groups.items()
    ]
    return sorted(made, key=lambda group: -len(group.seen))


def _tail(project: Project, stage: Stage, seen: Examined) -> str:
    """Return the last lines of a unit's last log without our own lines: names in our lines prove nothing."""
    last = seen.decision.last
    if last is None:
        return ""
    log = batches_of(project, stage).batch(last.batch).log(last.task)
    lines = [line for line in load_last_run(log).split("\n") if line and not line.startswith(("# start ", "# end "))]
    return "\n".join(lines[-TAIL_LINES:])


def own_cause(seen: Examined) -> str:
    """Return how the unit failed, or the scan's reason, without the parts that differ from unit to unit. Pure."""
    if seen.decision.state is State.MOVED:
        return "moved or renamed: ./rt moved takes its results along, where they fit"
    if seen.decision.state is State.WAITING:
        return "waiting for an earlier step of it, which needs a look first"
    if seen.decision.last:
        return without_names(seen.decision.last)
    return re.sub(r"\d+", "N", _without_place(describe_decision(seen.decision)))


def _without_place(words: str) -> str:
    """Return the words without a path in brackets at their end, as of a list that is not there."""
    return re.sub(r" \([^()]*/.*\)$", "", words)


def own_title(seen: Examined) -> str:
    """Return how the unit failed, or the scan's reason, in its own words. Pure."""
    if seen.decision.state in (State.MOVED, State.WAITING):
        return own_cause(seen)
    return own_words(seen.decision.last) if seen.decision.last else describe_decision(seen.decision)


def find_node(seen: Sequence[Examined]) -> str:
    """Return the node on which at least FEW units and three quarters of all failed, "" where there is none. Pure."""
    hosts = Counter(one.decision.last.host for one in seen if one.decision.last)
    for host, count in hosts.most_common(1):
        if count >= FEW and count * 4 >= sum(hosts.values()) * 3:
            return host
    return ""


def is_of_cause(project: Project, stage: Stage, seen: Examined, cause: str) -> bool:
    """Return whether a unit failed for this cause, in the words of ``triage``, or as a screen shows them.

    What differs from unit to unit may be as any unit of the group has it.
    """
    return any(
        cause in (group.cause, shown(group.cause), group.title, shown(group.title))
        or (not group.is_known and is_meant_by(_without_place(cause), shown(group.cause)))
        for group in triage(project, stage, [seen])
    )
