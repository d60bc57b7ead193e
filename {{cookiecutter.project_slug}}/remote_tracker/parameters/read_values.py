"""Read the keys and values at the top of a parameter file: JSON, YAML, TOML, or lines of name = value."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ..text.late_yaml import yaml

Pairs = list[tuple[str, Any]]


def load_pairs(path: Path) -> Pairs:
    """Return the keys and values of a file in its order; a key that stands there twice is there twice.

    Raises ValueError or yaml.YAMLError where it cannot be read or holds no keys with values, OSError, and whatever too
    much data raises.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return _read_json(text)
    if path.suffix in (".yml", ".yaml"):
        return _read_yaml(text)
    return _read_toml(text) if path.suffix == ".toml" else _read_lines(text)


class _Pairs(Pairs):
    """The keys and values of a JSON object."""


def _read_json(text: str) -> Pairs:
    told = json.loads(text, object_pairs_hook=_Pairs)
    if not isinstance(told, _Pairs):
        raise ValueError("it holds no keys with values")
    return [(key, _plain(value)) for key, value in told]


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {key: _plain(inner) for key, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _read_yaml(text: str) -> Pairs:
    loader = yaml.SafeLoader(text)  # the C loader tells too deep a nesting in words of its own
    try:
        node = loader.get_single_node()
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            raise ValueError("it holds no keys with values")
        data = loader.construct_document(node)
        names = [str(key.value) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    finally:
        loader.dispose()
    twice = [(name, None) for number, name in enumerate(names) if name in names[:number]]
    return [*((str(key), value) for key, value in data.items()), *twice]


def _read_toml(text: str) -> Pairs:
    if sys.version_info >= (3, 11):
        import tomllib  # 8 ms, for trackers with such a file alone

        return list(tomllib.loads(text).items())
    return []  # what is wrong there the tracker's own program says


def _read_lines(text: str) -> Pairs:
    """Return the pairs of lines "name = value", as TRex saves them; # begins a comment."""
    pairs: Pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise ValueError(f'line {number}: it should look like "name = value"')
        try:
            pairs.append((name.strip(), yaml.load(value, Loader=yaml.SafeLoader)))
        except (ValueError, yaml.YAMLError):  # a value that is written in the program's own way
            pairs.append((name.strip(), value.strip()))
    return pairs
