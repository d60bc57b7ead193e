"""What reading every result whole told: in words, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any

from ..batches.verify import INPUTS, RESULTS, Verification, VerifiedStage
from ..content.entry import Entry
from ..model import Project
from ..survey.verdict import Change, Verdict, Verified
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import after, rt_line
from .standing import Did
from .words import heading, verb_of

# The words for the units of a verdict: for a single unit, for several.
WORDS = {
    Verdict.CHANGED: ("changed since it was made; its checks hold", "changed since they were made; their checks hold"),
    Verdict.INPUT_CHANGED: ("was made from an input that changed since", "were made from inputs that changed since"),
    Verdict.BAD: ("is bad", "are bad"),
    Verdict.GONE: ("is gone", "are gone"),
}

CHANGES = (Verdict.CHANGED, Verdict.INPUT_CHANGED)


def verified_text(project: Project, found: Verification, since: str = "") -> str:
    """Return the screen on what reading every result whole told; ``since`` is the time that the user named."""
    lines = [heading(project)]
    if found.before:
        when = f"at {since} or later" if since else "before the last ./rt verify was stopped"
        were = verb_of(found.before, "were")
        lines.append(f"{found.before} of {number_of(found.files, 'files')} {were} read {when}: not read again.")
    for one in found.stages:
        lines.append(_line_of(one))
        lines += _odd_lines(one)
        if one.archived:
            are, sources = ("is", "its") if one.archived == 1 else ("are", "their")
            what = number_of(one.archived, one.stage.sources).partition(" ")[2]
            which = f"{one.archived} of them" if one.units > 1 else "It"
            lines.append(f"  {which} {are} archived: {sources} {what} {are} no longer here.")
    if noted := sum(one.noted for one in found.stages):
        lines.append(f"{noted} had no digests (made elsewhere, or by an older version): they are noted now.")
    if sampled := sum(one.sampled for one in found.stages):
        was = "was" if sampled == 1 else "were"
        their = "its" if sampled == 1 else "their"
        lines.append(f"{sampled} {was} compared in samples: no more was noted. All of {their} bytes are noted now.")
    if found.sums:
        results, inputs = found.sums
        lines.append(f"{RESULTS} names {number_of(results, 'results')}, {INPUTS} {number_of(inputs, 'inputs')}.")
    return "\n".join([*lines, *found.refused, *_next_lines(project, found)])


def _line_of(found: VerifiedStage) -> str:
    what = number_of(found.units, found.stage.counts)
    if found.stage.outputs:
        have = verb_of(found.fine, "have", found.units)
        return f"{found.stage.name}: {found.fine} of {what} {have} whole results, as they were made."
    told = "this tracker names no file as a result of this step, so none was read"
    return f"{found.stage.name}: {found.unread} of {what} finished; {told}."


def _odd_lines(found: VerifiedStage) -> Iterator[str]:
    for verdict, (single, several) in WORDS.items():
        odd = [one for one in found.odd if one.verdict is verdict]
        if odd:
            yield f"  {len(odd)} {single if len(odd) == 1 else several}:"
        for one in odd:
            reason = shown(one.decision.reason) if verdict in (Verdict.BAD, Verdict.GONE) else ""
            yield f"    {shown(one.unit.key)}{': ' if reason else ''}{reason}"
            yield from (f"      {describe_change(change)}" for change in one.changes)


def _next_lines(project: Project, found: Verification) -> Iterator[str]:
    odd = [one for stage in found.stages for one in stage.odd]
    changed = [one for one in odd if one.verdict in CHANGES]
    if changed:
        names = _names_of(changed)
        accept, redo = rt_line(project, f"accept {names}"), rt_line(project, f"redo {names}")
        yield f"To take what changed as it is:  {accept}   To make it again:  {redo}"
    if bad := [one for one in odd if one.verdict is Verdict.BAD and one.is_news]:
        yield f"To make again what is bad:  {rt_line(project, f'redo {_names_of(bad)}')}"
    if any(one.verdict is Verdict.GONE for one in odd):
        yield f"To make again what is gone:  {rt_line(project, 'redo --gone')}"
    told = (
        ""
        if odd
        else "No result that was read is bad. "
        if any(s.unread for s in found.stages)
        else "No result is bad. "
    )
    if found.is_blind:
        told = "Nothing could be verified: whether results are as they were made is not known here. "
    yield f"{told}Next:  {after(project, Did.REFUTED if any(map(_is_to_do, odd)) else Did.VERIFIED)}"


def _is_to_do(one: Verified) -> bool:
    """Return whether the next scan lists the unit: its result is bad, or a scan sees that its input changed."""
    return one.verdict is Verdict.BAD or (one.verdict is Verdict.INPUT_CHANGED and not one.is_news)


def _names_of(found: Sequence[Verified]) -> str:
    return quote(shown(found[0].unit.key)) + (" ..." if len(found) > 1 else "")


def describe_change(change: Change) -> str:
    """Return in words how a file differs from what a task noted about it."""
    path, then, now = shown(change.path), change.then, change.now
    if then is None or now is None:
        return f"{path}: {'was not there then' if then is None else 'is not there now'}"
    return f"{path}: {_difference(then, now)}"


def _difference(then: Entry, now: Entry) -> str:
    if then.lines != now.lines and -1 not in (then.lines, now.lines):
        return f"{then.lines:,} {'line' if then.lines == 1 else 'lines'} then, {now.lines:,} now"
    if then.size != now.size:
        return f"{then.size:,} bytes then, {now.size:,} now"
    return "other bytes, same size"


def verified_data(found: Verification) -> dict[str, Any]:
    """Return what reading every result whole told as data for programs (--json)."""
    return {
        "stages": [
            {
                "stage": one.stage.name,
                "units": one.units,
                "fine": one.fine,
                "unread": one.unread,
                "archived": one.archived,
                "noted": one.noted,
                "sampled": one.sampled,
                "odd": [_verified_data(odd) for odd in one.odd],
            }
            for one in found.stages
        ],
        "files": found.files,
        "read_before": found.before,
        "refused": found.refused,
    }


def _verified_data(one: Verified) -> dict[str, Any]:
    return {
        "name": shown(one.unit.key),
        "verdict": one.verdict.value,
        "reason": shown(one.decision.reason),
        "changes": changes_data(one.changes),
    }


def changes_data(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return files that are not as they were noted as data for programs (--json)."""
    return [{"path": shown(c.path), "then": _entry_data(c.then), "now": _entry_data(c.now)} for c in changes]


def _entry_data(entry: Entry | None) -> dict[str, Any] | None:
    return {"size": entry.size, "lines": entry.lines, "sha256": entry.sha256} if entry else None
