"""Find the values of a wildcard in its list: given in tracker.yml or project.yml, or read from a file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..errors import TOO_MUCH
from ..model import ListWildcard, Stage
from .candidates import is_utf8
from .tree import Tree

ListValues = tuple[tuple[str, ...], str]


class Lists:
    """The lists of an entry of ``each``; every file is read once."""

    def __init__(self, stage: Stage, each: ListWildcard, tree: Tree) -> None:
        self._each, self._tree = each, tree
        self._names_files = any(each.wildcard in o.pattern.wildcards for o in stage.outputs)
        self._given: ListValues = tuple(dict.fromkeys(each.values)), ""
        self._read: dict[str, ListValues] = {}

    def values(self, have: Sequence[str], row: Sequence[str]) -> ListValues:
        """Return the list's values for ``row`` (values of the wildcards ``have``), and why there are none ("" else)."""
        if self._each.file is None:
            return self._given
        path = self._each.file.fill(dict(zip(have, row, strict=True)))
        if path not in self._read:
            values, problem = load_list(self._tree.place(path), path, self._each.key, self._each.rows)
            self._read[path] = tuple(dict.fromkeys(values)), problem
        return self._read[path]

    def problem_of(self, value: str) -> str:
        """Return in a few words why no result can be made for ``value``, empty where a result can."""
        if "\n" in value or "\0" in value or not value.strip():
            return f'its list {self._told()} holds "{value.strip()}", which is no name'.replace("\n", " ")
        if not is_utf8(value):
            return f"its list {self._told()} holds a name that is not UTF-8"
        if self._names_files and ("/" in value or value in (".", "..")):
            return f'its list {self._told()} holds "{value}", which cannot be in the name of a file'
        return ""

    def _told(self) -> str:
        return self._each.file.text if self._each.file else f'"{self._each.wildcard}"'


def load_list(place: str, path: str, key: str, rows: bool = False) -> ListValues:
    """Return the values in a list file (with ``rows`` the numbers of its rows), and why there are none ("" else)."""
    try:
        with open(place, encoding="utf-8") as file:
            text = file.read()
        if rows:
            number = sum(bool(line.strip()) for line in text.splitlines()) - 1
            return tuple(f"{n:03}" for n in range(number)), "" if number > 0 else f"its list {path} has no rows"
        if not key and not path.endswith(".json"):
            return tuple(line.strip() for line in text.splitlines() if line.strip()), ""
        data = json.loads(text)
        for part in key.split(".") if key else ():
            data = data[part]
        if not isinstance(data, (list, dict)):
            raise TypeError
        return tuple(str(item) for item in data), ""
    except OSError as error:
        return (), f"its list {path} cannot be read ({error.strerror})"
    except TOO_MUCH:
        return (), f"its list {path} is nested too deep, or too large to be read"
    except (ValueError, KeyError, TypeError):
        return (), f"its list {path} holds no list{f' at {key}' if key else ''}"
