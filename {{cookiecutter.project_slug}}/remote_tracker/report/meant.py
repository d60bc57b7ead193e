"""The videos and days that names mean: how many, and the state of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from shlex import quote

from ..errors import WrongUse
from ..model import Project, Stage
from ..survey import Examined
from ..survey.named import describe_unknown
from ..survey.sentences import STATE_WORDS
from ..survey.states import word_of
from ..survey.typed_names import choose_keys
from ..text.counted import number_of
from ..text.visible import shown
from .day_table import state_count, toned_state, waited_for
from .next_step import next_word, rt_line
from .words import NO_DAY, day_of, heading

MOST = 100  # lines; a day may have thousands of videos

Found = Sequence[tuple[Stage, Examined]]
Surveys = list[tuple[Stage, list[Examined]]]


def split_meant(name: str, found: Found) -> tuple[Found, Found]:
    """Return (the units to list, the units to tell all of): of several units only those called just so are told."""
    if len({seen.unit.key for _, seen in found}) == 1:
        return [], found
    named = [(stage, seen) for stage, seen in found if seen.unit.key == name.rstrip("/")]
    return [one for one in found if one not in named], named


def meant_text(project: Project, name: str, found: Found) -> str:
    """Return the lines on several units that a name means: how many of each kind, and the state of each."""
    first = found[0][1].unit.key
    lines = [f'"{shown(name)}" means {" and ".join(_counted(found))}:']
    lines += [f"  {shown(seen.unit.key)} ({stage.name}): {toned_state(stage, seen.decision)}" for stage, seen in found]
    if len(found) > MOST:
        lines[MOST + 1 :] = [f"  ... and {len(found) - MOST} more (--json has all)"]
    return "\n".join([*lines, f"The whole story of one:  {rt_line(project, f'why {quote(shown(first))}')}"])


def _counted(found: Found) -> Iterator[str]:
    for what in dict.fromkeys(stage.counts for stage, _ in found):
        yield number_of(len({seen.unit.key for stage, seen in found if stage.counts == what}), what)


def restrict(project: Project, names: Sequence[str], surveys: Surveys) -> Surveys:
    """Return the stages' units that the names mean: videos, days or folders; raises WrongUse for a name of nothing."""
    keys = {seen.unit.key for _, every in surveys for seen in every}
    for name in names:
        found = (
            {seen.unit.key for seen in every} & _find_meant(project, name, stage, keys) for stage, every in surveys
        )
        if not any(found):
            raise WrongUse(describe_unknown(project, name, keys))
    kept = []
    for stage, every in surveys:
        named = {key for name in names for key in _find_meant(project, name, stage, keys)}
        kept.append((stage, [seen for seen in every if seen.unit.key in named]))
    return [(stage, seen) for stage, seen in kept if seen]


def _find_meant(project: Project, name: str, stage: Stage, keys: Collection[str]) -> set[str]:
    if name == NO_DAY and stage.folder == "summarizer":
        return {"."}
    if name == NO_DAY:
        return {key for key in keys if day_of(key, project.day) == NO_DAY}
    return choose_keys([name], keys)


def days_text(project: Project, surveys: Surveys, following: str) -> str:
    """Return the screen on some days or videos: each with its state, by stage; ``following`` is typed next."""
    lines = [heading(project)]
    for stage, every in surveys:
        counts = Counter(word_of(seen.decision) for seen in every)
        words = [word for _, word in STATE_WORDS if counts[word]]
        told = ", ".join(state_count(counts[word], word) + waited_for(project, stage, word) for word in words)
        lines += ["", f"{stage.name}: {number_of(len(every), stage.counts)}: {told}"]
        lines += [f"  {shown(seen.unit.key)}: {toned_state(stage, seen.decision)}" for seen in every]
    return "\n".join([*lines, "", f"{next_word()}  {following}"])
