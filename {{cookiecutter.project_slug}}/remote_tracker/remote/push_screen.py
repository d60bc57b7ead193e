"""What people read of a push."""

from __future__ import annotations

from collections import Counter

from ..model import Project
from ..report.next_step import after
from ..report.standing import Did
from ..report.words import heading
from ..text.counted import number_of
from ..text.visible import shown
from .copying import describe_end
from .home_videos import FINISHED
from .screen_lines import SHOWN, left_out_lines, size_of
from .sending import Pushed


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
        same = "is there as it is" if len(pushed.arrived) == 1 else "are there as they are"
        lines.append(f"{len(pushed.arrived)} of {files} ({size}) arrived on {host}, and {same} here.")
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
