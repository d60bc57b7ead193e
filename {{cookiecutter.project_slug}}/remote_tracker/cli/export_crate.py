"""./rt export crate: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import click

from ..exports.needs import require_package
from ..model import Project
from ..report.words import heading
from .options import project_verb


@click.command()
@project_verb
def crate(project: Project) -> int:
    """Describe the project as a Process Run Crate.

    It says what made each result, from which file, and who is credited with it; no file is copied.
    """
    require_package("rocrate", "rocrate", "crate")
    from ..exports.crate import described_text, export_crate  # 190 ms: rocrate, which may lack

    described = export_crate(project)
    click.echo(f"{heading(project)}\n{described_text(described)}")
    return 1 if described.unsaid else 0
