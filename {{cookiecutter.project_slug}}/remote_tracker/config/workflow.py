"""Read ``workflow:`` of a stage as a Workflow: a Snakemake workflow, which submits its own jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Workflow
from .document import Section
from .expressions import filled, meant

KEYS = {
    "cluster": "where its rules run, a file of clusters/ (default: where the project does); local: inside its own task",
    "profile": "a Snakemake profile; {{ params.x }} is that value, what is empty is left out. What the cluster needs "
    "(executor, how its jobs are sent, looked after and cancelled) is put in",
    "options": "a parameter that is a mapping: further entries of the profile, as the project says them",
    "queued": "what the profile says besides, where rules become jobs of a queue",
}


def read_workflow(stage: Section, params: Mapping[str, Any]) -> Workflow | None:
    """Return the workflow that a stage runs, None where it has no ``workflow``; raises ConfigError."""
    if "workflow" not in stage.data:
        return None
    section = stage.section("workflow").only(KEYS)
    options = meant(section, "options", params) or {}
    if not isinstance(options, dict):
        section.fail("options", f'"options" must be a mapping (key: value), not {options!r}.')
    return Workflow(
        cluster=filled(section, "cluster", section.text("cluster", ""), params),
        profile={**_read_profile(section.section("profile"), params), **options},
        queued=_read_profile(section.section("queued"), params),
    )


def _read_profile(section: Section, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a profile, without empty values."""
    values = {str(key): meant(section, key, params) for key in section.data}
    return {key: value for key, value in values.items() if value not in ("", None, [], {})}
