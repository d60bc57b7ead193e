"""Describe in an RO-Crate the programs that made results, and the parameters with which they did."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from ..model import Project, Stage
from ..parameters.files import find_files
from ..parameters.fingerprint import fingerprint
from ..tables.parameter_sets import load_values
from ..tables.video_row import VideoRow
from ..text.visible import shown
from .crate_files import CrateFiles


class Software:
    """The versions of the tracker's program, and its sets of parameters; each is described once."""

    def __init__(self, crate: ROCrate, project: Project, stage: Stage, files: CrateFiles) -> None:
        self._crate, self._project, self._stage, self._files = crate, project, stage, files
        self._programs: dict[str, Any] = {}
        self._sets: dict[tuple[str, str], list[Any]] = {}
        self._named = find_files(project, stage)
        self._now = fingerprint(project, stage, self._named)

    def program(self, version: str) -> Any:
        """Return the tracker's program in this version; "" is a version that no task noted."""
        if version not in self._programs:
            tracker = self._project.tracker
            told = {"@type": "SoftwareApplication", "name": shown(tracker.name)}
            told["description"] = shown(tracker.description)
            told |= {key: text for key, text in (("softwareVersion", shown(version)), ("url", tracker.url)) if text}
            name = "-".join(filter(None, (tracker.name, version)))
            entity = ContextEntity(self._crate, f"{tracker.url}#{quote(name, errors='replace')}", told)
            self._programs[version] = self._crate.add(entity)
        return self._programs[version]

    def parameters(self, row: VideoRow) -> list[Any]:
        """Return the parameters with which a result was made, as its batch keeps them; none where no batch does.

        The files that parameters name are among them where they still hold what they held then.
        """
        key = (row.parameters, row.batch)
        if row.parameters and key not in self._sets:
            told = load_values(self._project, self._stage, row.parameters, {row.batch: 1} if row.batch else {})
            named = self._files.add_all(self._named) if row.parameters == self._now else []
            self._sets[key] = [*(self._add_value(row, name, text) for name, text in told.items()), *named]
        return self._sets.get(key, [])

    def _add_value(self, row: VideoRow, name: str, text: str) -> Any:
        told = {"@type": "PropertyValue", "name": shown(name), "value": shown(text)}
        place = quote(f"{row.parameters}/{name}", errors="replace")
        return self._crate.add(ContextEntity(self._crate, f"#{self._stage.name}.parameters/{place}", told))
