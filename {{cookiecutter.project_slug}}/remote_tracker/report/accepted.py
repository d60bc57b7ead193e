"""What came of accepting results, in words."""

from __future__ import annotations

from ..batches.accept import Accepted
from ..model import Project
from ..survey.states import is_bad
from ..survey.verdict import Verified
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import after
from .standing import Did


def _reason(one: Verified) -> str:
    return one.decision.reason if is_bad(one.decision) else one.bad


def accepted_text(project: Project, done: Accepted) -> str:
    """Return the lines on what was accepted, and on each unit that was refused."""
    what = done.stage.counts
    lines = [f"{shown(one.unit.key)} was not accepted: {shown(_reason(one))}" for one in done.refused]
    if done.without:
        has = "has" if done.without == 1 else "have"
        lines.append(f"{number_of(done.without, what)} {has} no whole results: nothing to accept.")
    are = "as it is now" if done.count == 1 else "as they are now"
    following = after(project, Did.ACCEPTED if done.count else Did.CHANGED_NOTHING, done.stage.folder)
    lines.append(f"{number_of(done.count, what)} accepted {are}. Next:  {following}")
    return "\n".join(lines)
