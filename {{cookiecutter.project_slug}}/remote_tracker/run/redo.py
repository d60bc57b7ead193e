"""Redo and undo as people type them: say what will be moved, ask, move, say what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..batches.aside import finish_moves
from ..batches.redo import plan_redo
from ..batches.redo import redo as move_aside
from ..batches.undo import choose_redo, find_redos, plan_undo
from ..batches.undo import undo as bring_back
from ..errors import RemoteTrackerError
from ..model import Project, Stage
from ..named_tuple import NamedTuple
from ..parameters.files import find_troubles
from ..records.notes import Note
from ..report.moved import left_lines, moves_data, plan_text, redo_lines, redos_data, stuck_lines, undo_text
from ..report.next_step import after, rt_line
from ..report.standing import Did
from ..survey import Examined
from ..survey.named import DecisionKind, choose_to_redo
from ..survey.states import is_stale
from .submit import Say


class Talk(NamedTuple):
    """How a verb speaks with who typed it."""

    say: Say
    ask: Callable[[str], bool] | None  # puts a question, True for yes; None: nobody is to be asked
    as_json: bool  # whether a program reads what is said: one value, at the end

    def tell(self, lines: Iterable[str]) -> None:
        """Say lines that only people read."""
        for line in lines if not self.as_json else ():
            self.say(line)

    def give(self, value: Any) -> None:
        """Say a value that only programs read."""
        if self.as_json:
            self.say(json.dumps(value, indent=1))

    def agrees(self, question: str, plan: str) -> bool:
        """Ask whether to do what ``plan`` says; True where nobody is to be asked."""
        return self.ask is None or self.ask(f"{plan} {question}" if self.as_json else question)


Choose = Callable[[], tuple[Stage, Sequence[Examined]]]  # returns a step, and its units whose results are moved


def redo(project: Project, names: Sequence[str], stage: str | None, kinds: Sequence[DecisionKind], talk: Talk) -> int:
    """Move the old results of the units that are meant aside; returns 1 where something could not be moved.

    Raises RemoteTrackerError where what is stale is meant, and no scan takes the parameters of now.
    """

    def choose() -> tuple[Stage, Sequence[Examined]]:
        step, chosen = choose_to_redo(project, names, stage, kinds)
        for trouble in find_troubles(project, step) if chosen and is_stale in kinds else ():
            raise RemoteTrackerError(f"{trouble} Nothing was moved.")
        return step, chosen

    return redo_chosen(project, choose, talk, {})


def redo_chosen(project: Project, choose: Choose, talk: Talk, more: Mapping[str, Any]) -> int:
    """Move the old results of chosen units aside; returns 1 where something could not be moved.

    ``more`` is what a program is told, too.
    """
    held = finish_moves(project)
    step, plan = _plan(project, choose)
    talk.tell([*stuck_lines(project, held), plan_text(plan, step.counts)])
    if plan.moves and talk.ask:
        if not talk.agrees("Move them?", plan_text(plan, step.counts)):
            return _refused(talk)
        if [move.old for move in _plan(project, choose)[1].moves] != [move.old for move in plan.moves]:
            raise RemoteTrackerError("The results have changed since: type it again. Nothing was moved.")
    note, stuck = move_aside(project, step, plan) if plan.units else (plan, [])
    told = {"redo": note.number, "stage": step.name, "names": note.units, "moved": moves_data(note)}
    talk.give({**told, "stuck": [one._asdict() for one in stuck], **more})
    back = f"   ({rt_line(project, 'undo')} takes that back)" if note.moves else ""
    following = after(project, Did.REDID if note.units else Did.CHANGED_NOTHING, step.folder)
    again = f"{len(note.units)} will be listed again. Next:  {following}{back}"
    talk.tell([*stuck_lines(project, stuck), again])
    return 1 if stuck or (held and not plan.units) else 0


def _plan(project: Project, choose: Choose) -> tuple[Stage, Note]:
    step, chosen = choose()
    return step, plan_redo(project, step, chosen)


def _refused(talk: Talk) -> int:
    talk.tell(["Nothing was moved."])
    talk.give({"moved": []})
    return 1


def undo(project: Project, number: int | None, talk: Talk) -> int:
    """Bring back what a redo moved aside (None: the last redo); returns 1 where nothing, or not all, could be moved."""
    held = finish_moves(project)
    plan = plan_undo(project, choose_redo(project, number))
    what = {stage.name: stage.counts for stage in project.tracker.stages}.get(plan.back.stage, "units")
    talk.tell([*stuck_lines(project, held), *left_lines(plan.left), undo_text(plan, what)])
    if plan.back.moves and not talk.agrees("Bring them back?", undo_text(plan, what)):
        return _refused(talk)
    stuck = bring_back(project, plan) if plan.back.units else []
    left = [one._asdict() for one in plan.left]
    told = {"redo": plan.back.number, "names": plan.back.units, "moved": moves_data(plan.back, back=True), "left": left}
    talk.give({**told, "stuck": [one._asdict() for one in stuck]})
    done = len(plan.back.units) - sum(one.units for one in stuck)
    said = [f"{done} as before the redo. Next:  {after(project, Did.UNDID)}"] if plan.back.units else []
    talk.tell([*stuck_lines(project, stuck), *said])
    return 1 if stuck or not plan.back.units else 0


def list_redos(project: Project, talk: Talk) -> int:
    """Say which redos there were, youngest first, and what is still aside of each; returns 0."""
    finish_moves(project)
    redos = find_redos(project)
    talk.give(redos_data(redos))
    talk.tell(redo_lines(redos, {stage.name: stage.counts for stage in project.tracker.stages}))
    return 0
