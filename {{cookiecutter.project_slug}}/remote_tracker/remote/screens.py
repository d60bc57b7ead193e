"""What people read of a push, a pull and a free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..model import Project
from ..report.next_step import after
from ..report.standing import Did
from ..report.words import heading, number_of
from ..text.visible import shown
from .copying import describe_end
from .freeing import HOME_LEDGER, Freed
from .home_videos import FINISHED
from .pulling import Pulled
from .sending import Pushed

SHOWN = 10


def size_of(count: float) -> str:
    """Return a number of bytes as people say it."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:,.0f} {unit}" if unit in ("bytes", "KB") else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


def left_out_lines(left_out: Mapping[str, str], more: str) -> Iterator[str]:
    """Yield a line for each of the first that were left out, with the reason, then how many more there are."""
    for name, why in list(left_out.items())[:SHOWN]:
        yield f"  {shown(name)}: {shown(why)}"
    if len(left_out) > SHOWN:
        yield f"  ... and {len(left_out) - SHOWN} more{more}"


def pushed_text(project: Project, pushed: Pushed) -> str:
    """Return the screen of a push."""
    assert project.remote
    host, plan = project.remote.login, pushed.plan
    odd = {name: why for name, why in plan.left_out.items() if why != FINISHED}
    finished = Counter(plan.left_out.values())[FINISHED]
    files = number_of(len(plan.send), "files")
    lines = [heading(project)]
    if pushed.dry:
        lines.append(f"{files} ({size_of(plan.bytes)}) would be sent to {host}. Nothing was sent.")
        lines += [f"  {shown(file.path)}" for file in plan.send[:SHOWN]]
        lines += [f"  ... and {len(plan.send) - SHOWN} more"] if len(plan.send) > SHOWN else []
    elif plan.send and not (pushed.ended and pushed.ended.is_lost):
        size = size_of(sum(file.size for file in pushed.arrived))
        lines.append(f"{len(pushed.arrived)} of {files} ({size}) arrived on {host}, and are there as they are here.")
    if plan.there:
        lines.append(f"{number_of(len(plan.there), 'files')} there already, by content.")
    if finished:
        lines.append(f"{finished} not sent: {FINISHED}.")
    if odd:
        lines += [f"Left out, {len(odd)}:", *left_out_lines(odd, "")]
    if pushed.ended:
        return "\n".join([*lines, describe_end(pushed.ended, host, "push")])
    if not (plan.send or plan.there or finished or odd):
        return "\n".join([*lines, f"No videos are here. Next:  {after(project, Did.PUSHED_NONE)}"])
    did = Did.PUSHED_DRY if pushed.dry and plan.send else Did.PUSHED
    return "\n".join([*lines, f"Next:  {after(project, did)}"])


def pulled_text(project: Project, pulled: Pulled) -> str:
    """Return the screen of a pull."""
    assert project.remote
    host = project.remote.login
    size = size_of(sum(entry.size for entry in pulled.brought))
    lines = [heading(project)]
    files = number_of(len(pulled.brought), "files")
    lines.append(f"{files} ({size}) came from {host}, each read back and as its record says.")
    lines.append(f"{pulled.whole} finished there are proven here.")
    if pulled.in_part:
        lines.append(f"{pulled.in_part} came in part (--only): they do not count as finished here.")
    kept = {path: why for plan in pulled.plans for path, why in plan.kept.items()}
    for title, odd in (
        ("Kept as they are here", kept),
        ("Not taken", pulled.bad),
        ("Left out", {f"{p.unit.name} ({p.unit.stage})": p.left_out for p in pulled.plans if p.left_out}),
    ):
        lines += [f"{title}, {len(odd)}:", *left_out_lines(odd, "")] if odd else []
    if pulled.ended:
        return "\n".join([*lines, describe_end(pulled.ended, host, "pull")])
    return "\n".join([*lines, f"Next:  {after(project, Did.PULLED)}"])


def freed_text(project: Project, freed: Freed) -> str:
    """Return the screen of a free."""
    assert project.remote
    host, plan = project.remote.login, freed.plan
    lines = [heading(project)]
    if freed.done:
        size = size_of(sum(file.entry.size for file in plan.files if file.entry.path in freed.deleted))
        lines.append(f"{number_of(len(freed.deleted), 'files')} ({size}) were deleted on {host}. Ledger: {HOME_LEDGER}")
    else:
        files = number_of(len(plan.files), "files")
        lines.append(f"{files} ({size_of(plan.bytes)}) on {host} lie here, each read just now and as its record says.")
    for title, odd in (("Stay there", plan.kept), ("Not deleted", freed.why)):
        lines += [f"{title}, {len(odd)}:", *left_out_lines(odd, "")] if odd else []
    did = Did.FREED_THERE if freed.done else Did.FREED_DRY if plan.files else Did.FREED_NONE
    say = "" if freed.done or not plan.files else "   (nothing was deleted yet)"
    return "\n".join([*lines, f"Next:  {after(project, did)}{say}"])
