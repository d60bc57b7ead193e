"""Makes the project's page at the end of a run: no error of it becomes the run's."""

from __future__ import annotations

import click

from ..model import Project
from ..remote.seen import seen_lines


def report_at_end(project: Project) -> None:
    """Make the project's page, and say so in a line; where it fails, say why on stderr."""
    from ..page.write import report_or_tell  # 60 ms of each list that process_all.sh runs, and of a run that is stopped

    line, trouble = report_or_tell(project, seen_lines(project))
    if line:
        click.echo(line)
    if trouble:
        click.echo(trouble, err=True)
