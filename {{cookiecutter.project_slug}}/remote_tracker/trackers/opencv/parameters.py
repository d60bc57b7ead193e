"""The tracking parameters: a small YAML file, checked whole before any video is opened."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from errors import BadParameter


@dataclass(frozen=True)
class Parameters:
    """The parameters of the tracker: lengths in px, times in frames; None where the video decides."""

    foreground: str = "dark"
    mode: str = "moving"
    threshold: float | None = None
    area_min: float = 30
    area_max: float | None = None
    background_frames: int = 50
    background_quantile: float = 0.5
    animals: int | None = None
    max_jump: float = 40
    lost_frames: int = 25
    fps: float | None = None
    frames_missing: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return every parameter by its name."""
        return asdict(self)


@dataclass(frozen=True)
class Rule:
    """The values that a parameter may have: in words, and as a test."""

    words: str
    holds: Callable[[Any], bool]


def _number(low: float, high: float, whole: bool = False) -> Rule:
    kind = "a whole number" if whole else "a number"

    def holds(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            return False
        return low <= value <= high

    return Rule(f"{kind} of {low:g} or more" if math.isinf(high) else f"{kind} from {low:g} to {high:g}", holds)


def _word(*known: str) -> Rule:
    return Rule(" or ".join(known), lambda value: value in known)


def _or_null(rule: Rule) -> Rule:
    return Rule(f"{rule.words}, or null", lambda value: value is None or rule.holds(value))


INFINITE = float("inf")
RULES: Mapping[str, Rule] = {
    "foreground": _word("dark", "light"),
    "mode": _word("moving", "threshold"),
    "threshold": _or_null(_number(1, 254)),
    "area_min": _number(1, INFINITE),
    "area_max": _or_null(_number(1, INFINITE)),
    "background_frames": _number(3, 500, whole=True),
    "background_quantile": _number(0.5, 0.95),
    "animals": _or_null(_number(1, 10_000, whole=True)),
    "max_jump": _number(1, INFINITE),
    "lost_frames": _number(0, INFINITE, whole=True),
    "fps": _or_null(_number(0.001, 100_000)),
    "frames_missing": _number(0, INFINITE, whole=True),
}


def load_parameters(path: Path) -> Parameters:
    """Return the parameters of the file ``path``; a key left out keeps its default.

    Raises BadParameter, which names file, key and valid keys or values, for an unknown key or a wrong value.
    """
    try:
        return read_parameters(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise BadParameter(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadParameter(f"{path}: is no text file in UTF-8") from None


def read_parameters(text: str, source: str) -> Parameters:
    """Return the parameters in YAML ``text``; messages call it ``source``. Raises BadParameter."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadParameter(f"{source}: is no YAML ({_one_line(error)})") from None
    except (RecursionError, MemoryError):
        raise BadParameter(f"{source}: is nested too deep, or too large to be read") from None
    if said is None:
        return Parameters()
    if not isinstance(said, dict):
        raise BadParameter(f'{source}: lines should look like "area_min: 30"')
    for key, value in said.items():
        _refuse_wrong(str(key), value, source)
    parameters = Parameters(**said)
    if parameters.area_max is not None and parameters.area_max < parameters.area_min:
        raise BadParameter(f"{source}: area_max: {parameters.area_max:g} is less than area_min")
    return parameters


def _refuse_wrong(key: str, value: Any, source: str) -> None:
    names = [field.name for field in fields(Parameters)]
    if key not in names:
        near = get_close_matches(key, names, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise BadParameter(f'{source}: unknown key "{key}".{hint} Known: {", ".join(names)}.')
    if not RULES[key].holds(value):
        shown = "null" if value is None else value
        raise BadParameter(f"{source}: {key}: {shown} cannot be; it is {RULES[key].words}")


def _one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    return f"line {mark.line + 1}: {problem}" if mark else " ".join(str(problem).split())
