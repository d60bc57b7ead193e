"""The tracking parameters: a small YAML file, checked whole before any video is opened."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
    """The values that a parameter may have, as known_keys.yml says; a scan reads the same file."""

    type: str  # text, number or whole
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    or_null: bool = False
    not_below: str = ""

    def holds(self, value: Any) -> bool:
        """Return whether a parameter may have the value."""
        if value is None:
            return self.or_null
        if self.type == "text":
            return value in self.choices
        if isinstance(value, bool) or not isinstance(value, int if self.type == "whole" else (int, float)):
            return False
        return self.minimum <= value <= self.maximum

    @property
    def words(self) -> str:
        """Return in words which values that are."""
        kind = "a whole number" if self.type == "whole" else "a number"
        limits = (
            f" of {self.minimum:g} or more"
            if math.isinf(self.maximum)
            else f" from {self.minimum:g} to {self.maximum:g}"
        )
        return (" or ".join(self.choices) or kind + limits) + (", or null" if self.or_null else "")


def load_rules() -> dict[str, Rule]:
    """Return the rule of each parameter."""
    told = yaml.safe_load(Path(__file__).with_name("known_keys.yml").read_text(encoding="utf-8"))
    return {name: Rule(**{**words, "choices": tuple(words.get("choices", ()))}) for name, words in told.items()}


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
    rules = load_rules()
    for key, value in said.items():
        _refuse_wrong(rules, str(key), value, source)
    parameters = Parameters(**said)
    for name, value in parameters.as_dict().items():
        least = parameters.as_dict().get(rules[name].not_below)
        if value is not None and least is not None and value < least:
            raise BadParameter(f"{source}: {name}: {value:g} is less than {rules[name].not_below}")
    return parameters


def _refuse_wrong(rules: Mapping[str, Rule], key: str, value: Any, source: str) -> None:
    names = [field.name for field in fields(Parameters)]
    if key not in names:
        near = get_close_matches(key, names, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise BadParameter(f'{source}: unknown key "{key}".{hint} Known: {", ".join(names)}.')
    if not rules[key].holds(value):
        shown = "null" if value is None else value
        raise BadParameter(f"{source}: {key}: {shown} cannot be; it is {rules[key].words}")


def _one_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    return f"line {mark.line + 1}: {problem}" if mark else " ".join(str(problem).split())
