"""people and licence of project.yml: read as they are, refused with the line where they cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from remote_tracker.config.document import read_document
from remote_tracker.config.people import read_licence, read_people
from remote_tracker.errors import ConfigError
from remote_tracker.model import Person


def read(**keys: Any) -> Any:
    """Return a project's people and licence from YAML."""
    top = read_document(yaml.safe_dump(keys), Path("project.yml"))
    return read_people(top), read_licence(top)


def test_people_are_read() -> None:
    """A person has a name and may have ORCID, also as an address, and affiliation; a project may say nothing."""
    told = [{"name": "Ada", "orcid": "https://orcid.org/0000-0002-1694-233X", "affiliation": "X"}, {"name": "Émile"}]
    assert read(people=told)[0] == (Person("Ada", "0000-0002-1694-233X", "X"), Person("Émile"))
    assert read() == ((), "")


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "GPL-3.0-or-later", "https://example.org/data-licence"])
def test_a_licence_is_a_name_or_an_address(licence: str) -> None:
    """A name of the SPDX list and an address are licences."""
    assert read(licence=licence)[1] == licence


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"people": [{"name": "Ada", "orcid": "0000-0002-1825-0098"}]}, '"orcid" must be an ORCID iD'),
        ({"people": [{"name": "Ada", "orcid": "12"}]}, '"orcid" must be an ORCID iD'),
        ({"people": [{"orcid": "0000-0002-1825-0097"}]}, 'the key "name" is missing'),
        ({"people": [{"name": "Ada", "mail": "x"}]}, 'unknown key "mail"'),
        ({"people": ["Ada"]}, 'each entry of "people" must be a mapping'),
        ({"people": [{"name": "Ada\nLovelace"}]}, '"name" must be one line'),
        ({"licence": "free for all"}, '"licence" must be a name of the SPDX list'),
        ({"licence": ["CC0-1.0"]}, '"licence" must be one piece of text'),
    ],
)
def test_what_cannot_be_is_refused(keys: dict[str, Any], said: str) -> None:
    """A wrong check digit, an unknown key, a list in place of text: the message names file and line."""
    with pytest.raises(ConfigError) as told:
        read(**keys)
    assert said in str(told.value)
    assert str(told.value).startswith("project.yml line ")
