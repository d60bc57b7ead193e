"""Describe in an RO-Crate who is credited with it, and its licence: as project.yml says, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from ..model import Person, Project
from ..text.visible import shown
from .crate_files import several

NO_LICENCE = "licence in project.yml, as  licence: CC-BY-4.0"
NO_PEOPLE = "people in project.yml, as  people: [{name: Ada Lovelace, orcid: 0000-0002-1825-0097, affiliation: My lab}]"


def add_credits(crate: ROCrate, project: Project) -> Sequence[str]:
    """Describe licence, people and e-mail address of a project, and return what project.yml does not say."""
    root = crate.root_dataset
    if project.licence:
        root["license"] = _add_licence(crate, project.licence)
    if project.people:
        root["author"] = several("author", [_add_person(crate, person) for person in project.people])["author"]
    if project.email:
        told = {"@type": "ContactPoint", "email": shown(project.email)}
        root["contactPoint"] = crate.add(ContextEntity(crate, f"mailto:{quote(project.email, safe='@')}", told))
    return [what for what, said in ((NO_LICENCE, project.licence), (NO_PEOPLE, project.people)) if not said]


def _add_licence(crate: ROCrate, licence: str) -> Any:
    is_address = licence.startswith("http")
    name = licence if is_address else f"https://spdx.org/licenses/{licence}"
    return crate.add(ContextEntity(crate, name, {"@type": "CreativeWork", "name": licence}))


def _add_person(crate: ROCrate, person: Person) -> Any:
    told: dict[str, Any] = {"@type": "Person", "name": shown(person.name)}
    if person.affiliation:
        institute = {"@type": "Organization", "name": shown(person.affiliation)}
        told["affiliation"] = crate.add(ContextEntity(crate, f"#organization.{quote(person.affiliation)}", institute))
    name = f"https://orcid.org/{person.orcid}" if person.orcid else f"#person.{quote(person.name)}"
    return crate.add(ContextEntity(crate, name, told))
