"""Dataclasses of our own, which spare the start of a scan the library's: they do what the library's do."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from lab import TEMPLATE
from remote_tracker import quick_dataclass
from remote_tracker.model.scheduling import Resources

MAKERS: list[ModuleType] = [quick_dataclass, dataclasses]


def make(maker: Any) -> Any:
    """Return a frozen class with fields of each kind, made by our module or by the library."""

    class Found:
        name: str
        size: int = 3
        kept: list[int] = maker.field(default_factory=list)
        note: str = maker.field(default="", repr=False)
        mark: int = maker.field(default=0, compare=False)

        def __post_init__(self) -> None:
            self.__dict__["length"] = len(self.name)

    return maker.dataclass(frozen=True)(Found)


def both(ask: Callable[[Any, Any], Any]) -> list[Any]:
    """Return what ``ask`` answers of a class of ours and of the library's, given the class and its module."""
    return [ask(make(maker), maker) for maker in MAKERS]


@pytest.mark.parametrize(
    "ask",
    [
        lambda found, _: [repr(found("a", 4, [1], "x", 2)), repr(found(name="b"))],
        lambda found, _: [found("a") == found("a", mark=1), found("a") == found("b"), found("a") == ("a", 3)],
        lambda found, _: [found("abc").length, found("a", note="n").note, found.size, hasattr(found, "kept")],
        lambda found, _: [*vars(found(mark=1, name="a")).items()],
        lambda found, _: found("a").kept is found("a").kept,
        lambda found, _: hash(found("a", kept=())) == hash(found("a", kept=(), mark=1)),
        lambda found, maker: repr(maker.replace(found("a", 4), name="bc")),
        lambda found, maker: [maker.replace(found("a"), name="bcd").length, found.__match_args__],
        lambda found, _: repr(dataclasses.replace(found("a", 4), size=5)),
        lambda found, _: dataclasses.asdict(found("a", kept=[1])),
        lambda found, _: [one.name for one in dataclasses.fields(found)],
        lambda found, _: [dataclasses.is_dataclass(found), dataclasses.is_dataclass(found("a"))],
    ],
)
def test_does_what_the_library_does(ask: Callable[[Any, Any], Any]) -> None:
    """Text, comparison, hash, defaults, __post_init__ and replaced values are the library's, whose functions work."""
    ours, theirs = both(ask)
    assert ours == theirs


@pytest.mark.parametrize(
    "mistake",
    [
        lambda found: found(),
        lambda found: found("a", 1, [], "", 0, 7),
        lambda found: found("a", name="b"),
        lambda found: found("a", 1, [], "", 0, mark=1),
        lambda found: found("a", wrong=1),
        lambda found: hash(found("a")),
    ],
)
@pytest.mark.parametrize("maker", MAKERS)
def test_mistakes_are_type_errors(mistake: Callable[[Any], Any], maker: ModuleType) -> None:
    """A value that is missing, unknown or given twice is a TypeError, as is the hash of a list in a field."""
    with pytest.raises(TypeError):
        mistake(make(maker))


@pytest.mark.parametrize("maker", MAKERS)
def test_frozen_values_stay(maker: ModuleType) -> None:
    """A field of a frozen value can be neither set nor deleted."""
    found = make(maker)("a")
    for change in (lambda: setattr(found, "name", "b"), lambda: delattr(found, "name")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert found.name == "a"


def test_other_values_can_be_changed() -> None:
    """A field of a value that is not frozen can be set, and such a value has no hash."""

    @quick_dataclass.dataclass
    class Count:
        number: int = 0

    count = Count()
    count.number += 1
    assert count == Count(1)
    with pytest.raises(TypeError):
        hash(count)


def test_inherits_from_nothing() -> None:
    """A class that inherits is refused at once: the fields of the class above would be lost."""
    with pytest.raises(TypeError, match="inherits"):
        quick_dataclass.dataclass(type("Below", (Resources,), {"__annotations__": {}}))


def test_is_handed_to_other_processes() -> None:
    """A value goes through pickle, as between the processes of a scan."""
    assert pickle.loads(pickle.dumps(Resources(cpus=4))) == Resources(cpus=4)


def test_a_scan_starts_without_the_library() -> None:
    """All that a scan imports at its start needs neither dataclasses nor inspect: 10 ms of each scan."""
    names = ("cli.open_project", "cli.scan", "schedulers.local")
    code = f"import sys, {', '.join(f'remote_tracker.{name}' for name in names)}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=TEMPLATE, capture_output=True, text=True, check=False)
    loaded = set(ran.stdout.split())
    assert "remote_tracker.cli.scan" in loaded, ran.stderr
    assert not loaded & {"dataclasses", "inspect"}
