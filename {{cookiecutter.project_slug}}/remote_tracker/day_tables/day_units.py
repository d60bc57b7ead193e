"""Judge the units at the top of a calculate_feat_summaries.py: a setting that was left in another unit is refused.

A setting may name its unit, as  RESTING_BELOW = 10.0, "px/s".  This module needs Python 3.7 or newer and no library.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import isfinite
from typing import Any

from day_files import WrongSetting

METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "µm": 1e-6, "px": 1.0}  # how long each is, in anTraX's unit


def scale_of(program: str, unit: str, pixels: Any) -> float:
    """Return how many pixels a ``unit`` has; raises WrongSetting where PX_PER_UNIT and UNIT do not fit together."""
    value, said = _parts(program, "PX_PER_UNIT", pixels)
    if value <= 0:
        raise _wrong(program, "PX_PER_UNIT", f"is {value:g}: write how many pixels a {unit} has")
    if said not in ("", f"px/{unit}"):
        raise _wrong(program, "PX_PER_UNIT", f"is in {said}, and UNIT is {unit}: write it in px/{unit}")
    if unit == "px" and value != 1:
        raise _wrong(program, "PX_PER_UNIT", f"is {value:g}, and UNIT is px: name the unit as UNIT, or write 1.0 here")
    if unit != "px" and value == 1 and not said:
        what = f"is still 1.0, and UNIT is {unit}: write how many pixels a {unit} has"
        raise _wrong(program, "PX_PER_UNIT", f'{what} (if it is one: 1.0, "px/{unit}")')
    return value


def limit_of(program: str, setting: str, value: Any, unit: str) -> float:
    """Return a limit that is in ``unit``; raises WrongSetting where it names another unit, or none and is not 0."""
    number, said = _parts(program, setting, value)
    if number and said not in ("", unit):
        raise _wrong(program, setting, f"is {number:g} {said}, and by UNIT it must be in {unit}: write it so")
    if number and not said:
        raise _wrong(program, setting, f'does not say its unit: write {setting} = {number:g}, "{unit}"')
    return number


def require_length(program: str, unit: str, length: float) -> None:
    """Raise WrongSetting where LENGTH is not how many metres a ``unit`` has; an unknown unit has any length."""
    wanted = METRES.get(unit, length)
    if abs(length - wanted) > 1e-9 * wanted:
        raise _wrong(program, "LENGTH", f"is {length:g}, and UNIT is {unit}: write LENGTH = {wanted:g}")


def require_unit(program: str, unit: str, known: Any, why: str) -> None:
    """Raise WrongSetting where UNIT is not any of the ``known`` units."""
    if unit not in known:
        raise _wrong(program, "UNIT", f"is {unit}: {why}")


def settled(program: str, judge: Callable[[], Any]) -> Any:
    """Return what ``judge`` returns; a wrong setting ends the program with a line on stderr and exit code 2."""
    try:
        return judge()
    except WrongSetting as error:
        print(f"{program.rpartition('/')[2]}: {error}", file=sys.stderr)
        sys.exit(2)


def _parts(program: str, setting: str, value: Any) -> tuple[float, str]:
    """Return (number, unit) of a setting, the unit "" where it names none."""
    number, said = value if isinstance(value, tuple) and len(value) == 2 else (value, "")
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool) and isfinite(number)
    if not is_number or not isinstance(said, str):
        raise _wrong(program, setting, f"is {value!r}: write a number, or a number and its unit")
    return float(number), said.strip()


def _wrong(program: str, setting: str, what: str) -> WrongSetting:
    return WrongSetting(f"line {_line_of(program, setting)}: {setting} {what}")


def _line_of(program: str, setting: str) -> int:
    """Return the line of the program that sets the setting, 0 where none does."""
    with open(program, encoding="utf-8", errors="replace") as file:
        lines = [number for number, line in enumerate(file, 1) if line.split("=")[0].split(":")[0].strip() == setting]
    return lines[-1] if lines else 0
