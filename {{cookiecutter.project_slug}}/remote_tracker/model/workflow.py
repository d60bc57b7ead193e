"""A Snakemake workflow that a stage runs, as a tracker.yml declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..named_tuple import NamedTuple


class Workflow(NamedTuple):
    """A Snakemake workflow that a stage runs."""

    cluster: str  # the cluster that its rules run on; "": the project's cluster
    profile: Mapping[str, Any]
    queued: Mapping[str, Any] = {}  # entries added to the profile where rules become jobs of a queue
