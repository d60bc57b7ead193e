"""What people read of a free."""

from __future__ import annotations

from ..model import Project
from ..report.next_step import after
from ..report.standing import Did
from ..report.words import heading
from ..text.counted import number_of
from .freeing import HOME_LEDGER, Freed
from .screen_lines import left_out_lines, size_of


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
