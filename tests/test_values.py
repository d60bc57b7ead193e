"""The dataclasses of values.py behave as those of ``dataclasses``, which a scan does not import."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any

import pytest
from lab import TEMPLATE
from remote_tracker import values

Maker = Callable[..., Any]


def make_classes(module: Any) -> tuple[Any, Any]:
    """Return the same two classes, frozen and not, made by a module's ``dataclass``."""

    @module.dataclass(frozen=True)
    class Frozen:
        name: str
        count: int = 1
        words: dict[str, int] = module.field(default_factory=dict)
        hidden: str = module.field(default="", repr=False, compare=False)

        @cached_property
        def twice(self) -> str:
            return self.name * 2

    @module.dataclass
    class Open:
        name: str
        found: list[str] = module.field(default_factory=list)

        def __post_init__(self) -> None:
            self.length = len(self.name)

    return Frozen, Open


OURS, THEIRS = make_classes(values), make_classes(dataclasses)


def tell(make: Maker) -> str:
    """Return what comes of a call: the value, or the kind of its error."""
    try:
        return repr(make()).replace("make_classes.<locals>.", "")
    except Exception as error:
        return type(error).__name__


ASKED: dict[str, Callable[[Any, Any], Any]] = {
    "by place": lambda frozen, _: frozen("a", 2, {"x": 1}, "h"),
    "by name": lambda frozen, _: frozen(name="a", words={"x": 1}),
    "too few": lambda frozen, _: frozen(),
    "too many": lambda frozen, _: frozen(1, 2, 3, 4, 5),
    "unknown": lambda frozen, _: frozen("a", other=1),
    "equal": lambda frozen, _: (frozen("a") == frozen("a", hidden="h"), frozen("a") == frozen("b"), frozen("a") == "a"),
    "hash": lambda frozen, _: hash(frozen("a", words=())) == hash(("a", 1, ())),  # type: ignore[arg-type]
    "hash of a list": lambda frozen, _: hash(frozen("a")),
    "hash of an open value": lambda _, open_: hash(open_("a")),
    "set": lambda frozen, _: setattr(frozen("a"), "name", "b"),
    "set another": lambda frozen, _: setattr(frozen("a"), "other", "b"),
    "delete": lambda frozen, _: delattr(frozen("a"), "name"),
    "cached": lambda frozen, _: frozen("ab").twice,
    "default of the class": lambda frozen, _: (frozen.count, frozen.hidden, hasattr(frozen, "words")),
    "own list": lambda _, open_: open_("a").found is open_("a").found,
    "post init": lambda _, open_: open_("abc").length,
    "change": lambda _, open_: vars(open_("a")),
    "fields": lambda frozen, _: [(f.name, f.repr, f.compare) for f in dataclasses.fields(frozen)],
    "as a dict": lambda frozen, _: dataclasses.asdict(frozen("a")),
    "replaced": lambda frozen, _: dataclasses.replace(frozen("a", 2), name="b"),
    "replaced by ours": lambda frozen, _: values.replace(frozen("a", 2), name="b"),
    "replaced by what it lacks": lambda frozen, _: values.replace(frozen("a"), other="b"),
    "copied": lambda _, open_: copy(open_("a", ["x"])),
}


@pytest.mark.parametrize("asked", ASKED)
def test_as_dataclasses_do(asked: str) -> None:
    """Whatever is asked of such a class, the answer is the answer of ``dataclasses``."""
    ours, theirs = (tell(lambda made=made: ASKED[asked](*made)) for made in (OURS, THEIRS))
    assert ours == theirs


def test_another_process_gets_the_value() -> None:
    """A frozen value comes through pickle as it was."""
    from remote_tracker.model import Resources

    assert pickle.loads(pickle.dumps(Resources(cpus=3))) == Resources(cpus=3)


def test_a_scan_imports_no_dataclasses() -> None:
    """What a scan imports makes its classes without ``dataclasses``, and starts no parser of YAML."""
    what = "import sys, remote_tracker.cli.scan, remote_tracker.cli.open_project; print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", what], cwd=TEMPLATE, capture_output=True, text=True, check=True)
    assert not {"dataclasses", "inspect", "yaml", "jinja2", "click"} & {*eval(ran.stdout)}
