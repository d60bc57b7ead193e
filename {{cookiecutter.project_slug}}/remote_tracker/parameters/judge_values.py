"""Judge the keys and values of a parameter file by a tracker's rules. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from ..errors import in_one_line, unknown_word
from .known_keys import TYPES, KnownKeys, Rule

LONGEST = 60  # characters of a value that are shown
MOST_SHOWN = 8  # entries of a list
_COMMA = re.compile(r"[-+]?\d+,\d+")


def find_faults(known: KnownKeys, said: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the keys and values of a file, a line each, with what to write where that is plain."""
    names = {_name(known, key): key for key in known.rules}
    values: dict[str, Any] = {}
    for key, value in said:
        name = names.get(_name(known, key), "")
        if name in values:
            yield f"{key} stands there twice. Take one out."
        elif name:
            values[name] = value
            yield from _judge(key, value, known.rules[name])
        elif not known.others:
            yield unknown_word("key", key, known.rules)
    for key, rule in known.rules.items():
        if rule.required and key not in values:
            yield f"{key} is missing; it is {describe(rule)}."
        yield from _hold_against(key, rule, values)


def _name(known: KnownKeys, key: str) -> str:
    return key.lower() if known.any_case else key


def _judge(key: str, value: Any, rule: Rule) -> Iterator[str]:
    if fits(rule, value):
        return
    told = f"{in_one_line(key)}: {_shown(value)} cannot be"
    better = find_better(rule, value)
    yield f"{told} (write {better})." if better else f"{told}; it is {describe(rule)}."


def _hold_against(key: str, rule: Rule, values: Mapping[str, Any]) -> Iterator[str]:
    least, most = values.get(rule.not_below), values.get(key)
    if _is_number(least) and _is_number(most) and most < least:
        yield f"{key}: {most:g} is less than {rule.not_below}, which is {least:g}."


def fits(rule: Rule, value: Any) -> bool:
    """Return whether a key with this rule may have the value."""
    if value is None:
        return rule.or_null or rule == Rule()
    if rule.types and not any(_is_of(kind, value) for kind in rule.types):
        return False
    return all(_is_allowed(rule, one) for one in (value if isinstance(value, list) else [value])) and not (
        rule.alike and isinstance(value, list) and len({type(one) for one in value}) > 1
    )


def _is_of(kind: str, value: Any) -> bool:
    if kind in ("numbers", "texts"):
        is_one = _is_number if kind == "numbers" else _is_text
        return isinstance(value, list) and all(map(is_one, value))
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return _is_number(value)
    return isinstance(value, {"text": str, "flag": bool, "list": list, "mapping": dict}[kind])


def _is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is a number; .nan is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_allowed(rule: Rule, value: Any) -> bool:
    if rule.choices and not any(value == choice and type(value) is type(choice) for choice in rule.choices):
        return rule.types != () and not isinstance(value, str)  # choices are of the texts, where numbers may stand, too
    if not _is_number(value):
        return True
    return (rule.minimum is None or value >= rule.minimum) and (rule.maximum is None or value <= rule.maximum)


def find_better(rule: Rule, value: Any) -> str:
    """Return what is meant by a value that cannot be, as 40.5 by 40,5 or 3 by 3.0; "" where that is not plain."""
    for text, meant in _meanings(rule, value):
        if fits(rule, meant):
            return text
    return ""


def _meanings(rule: Rule, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, float) and value.is_integer():
        yield f"{value:.0f}", int(value)
    if not isinstance(value, str):
        return
    text = value.strip()
    for choice in rule.choices:
        if str(choice).lower() == text.lower():
            yield str(choice), choice
    if text.lower() in ("true", "false"):
        yield text.lower(), text.lower() == "true"
    number = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    for kind in (int, float):
        try:
            yield str(kind(number)), kind(number)
        except ValueError:
            continue


def describe(rule: Rule) -> str:
    """Return in words which values a key with this rule may have, as "a number from 1 to 254, or null"."""
    kinds = [TYPES[kind] for kind in rule.types if not (rule.choices and kind in ("text", "texts"))]
    if rule.choices:
        words = " or ".join(str(choice) or '""' for choice in rule.choices)
        kinds.append(f"a list of {words}" if "texts" in rule.types else words)
    elif rule.minimum is not None and rule.maximum is not None:
        kinds[-1:] = [f"{kind} from {rule.minimum:g} to {rule.maximum:g}" for kind in kinds[-1:]]
    elif rule.minimum is not None:
        kinds[-1:] = [f"{kind} of {rule.minimum:g} or more" for kind in kinds[-1:]]
    elif rule.maximum is not None:
        kinds[-1:] = [f"{kind} of {rule.maximum:g} or less" for kind in kinds[-1:]]
    alike = ", all written with a point or none" if rule.alike else ""
    return " or ".join(kinds or ["any value"]) + alike + (", or null" if rule.or_null else "")


def _shown(value: Any) -> str:
    """Return a value in a line; of a list or of keys with values, which may unfold to anything, a few plain values."""
    if isinstance(value, dict):
        return "{...}"
    if isinstance(value, list) and (len(value) > MOST_SHOWN or any(isinstance(one, list | dict) for one in value)):
        return "[...]"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    said = in_one_line(text) if text.strip() else json.dumps(text)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."
