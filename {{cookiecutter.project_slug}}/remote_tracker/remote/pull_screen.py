"""What people read of a pull."""

from __future__ import annotations

from ..model import Project
from ..report.next_step import after
from ..report.standing import Did
from ..report.words import heading
from ..text.counted import number_of
from .copying import describe_end
from .pulling import Pulled
from .screen_lines import left_out_lines, size_of


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
