"""Read what a tracker knows of its parameter file: which keys it may hold, and which values they may have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import TOO_MUCH, ConfigError, unknown_word
from ..named_tuple import NamedTuple
from ..text.late_yaml import yaml

ALL = "*"  # the entry that speaks of the file, not of a key
TYPES = {
    "number": "a number",
    "whole": "a whole number",
    "text": "a text",
    "flag": "true or false",
    "numbers": "a list of numbers",
    "texts": "a list of texts",
    "list": "a list",
    "mapping": "keys with values",
}
KEY_WORDS = {
    "type": f"{', '.join(TYPES)}; or a list of them, any of which will do",
    "minimum": "the least that the number may be, or each number of the list",
    "maximum": "the most that it may be",
    "choices": "the values that it, or each text of the list, may have",
    "or_null": "true where it may be null",
    "required": "true where it must be there",
    "not_below": "another key of the file, whose number it may not be less than",
    "alike": "true where all numbers of the list must be written with a point, or all without",
}
FILE_WORDS = {
    "others": "true where the file may hold other keys, too: they are not looked at",
    "any_case": "true where upper and lower case of keys do not matter",
}


class Rule(NamedTuple):
    """The values that a key of a parameter file may have; without any word every value will do."""

    types: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    or_null: bool = False
    required: bool = False
    not_below: str = ""
    alike: bool = False


class KnownKeys(NamedTuple):
    """What a tracker knows of its parameter file."""

    rules: Mapping[str, Rule]
    others: bool = False  # whether the file may hold keys without a rule
    any_case: bool = False  # whether upper and lower case of keys do not matter


def load_known_keys(path: Path) -> KnownKeys:
    """Return the keys that a file beside tracker.yml lists: one a line, or in a .yml each with its rule.

    Raises ConfigError, which names the file and the key, for a word that no rule has.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix not in (".yml", ".yaml"):
        lines = [line.strip() for line in text.splitlines()]
        return KnownKeys({line: Rule() for line in lines if line and not line.startswith("#")})
    try:
        told = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (ValueError, yaml.YAMLError, *TOO_MUCH) as error:
        raise ConfigError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(told, dict):
        raise ConfigError(f"{path}: it must hold keys with their rules, as fps: {{type: number, minimum: 1}}")
    whole = _words(path, ALL, told.pop(ALL, None), FILE_WORDS)
    rules = {str(key): _read_rule(path, str(key), said) for key, said in told.items()}
    return KnownKeys(rules, bool(whole.get("others")), bool(whole.get("any_case")))


def _words(path: Path, key: str, said: Any, known: Mapping[str, str]) -> Mapping[str, Any]:
    if said is not None and not isinstance(said, dict):
        raise ConfigError(f"{path}: {key}: write its rule as {{type: number}}, {{}} for any value")
    for word in said or {}:
        if word not in known:
            raise ConfigError(f"{path}: {key}: {unknown_word('word', word, known)}")
    return said or {}


def _read_rule(path: Path, key: str, said: Any) -> Rule:
    told = _words(path, key, said, KEY_WORDS)
    types = told.get("type") or ()
    rule = Rule(
        (types,) if isinstance(types, str) else tuple(types),
        told.get("minimum"),
        told.get("maximum"),
        tuple(told.get("choices") or ()),
        bool(told.get("or_null")),
        bool(told.get("required")),
        str(told.get("not_below", "")),
        bool(told.get("alike")),
    )
    for name in rule.types:
        if name not in TYPES:
            raise ConfigError(f"{path}: {key}: {unknown_word('type', name, TYPES)}")
    for word, limit in (("minimum", rule.minimum), ("maximum", rule.maximum)):
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float)):
            raise ConfigError(f"{path}: {key}: {word} must be a number, not {limit!r}")
    return rule
