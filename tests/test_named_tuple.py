"""NamedTuple of ours is in all that the package asks of it what typing's is."""

from __future__ import annotations

import copy
import pickle
import re
import typing
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from remote_tracker import named_tuple


class Ours(named_tuple.NamedTuple):
    """A video."""

    name: str
    frames: int = 3
    others: tuple[str, ...] = ()

    KIND = "video"

    @property
    def long(self) -> bool:
        """Return whether it is long."""
        return self.frames > 10

    def longer(self, frames: int) -> Ours:
        """Return it with more frames."""
        return self._replace(frames=self.frames + frames)

    @classmethod
    def empty(cls) -> Ours:
        """Return one without a frame."""
        return cls("none", 0)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Theirs(typing.NamedTuple):
    """A video."""

    name: str
    frames: int = 3
    others: tuple[str, ...] = ()


def test_it_is_made_and_read_as_typings() -> None:
    """By place and by name, with defaults; equal, hashed, shown and unpacked as a tuple."""
    ours, theirs = Ours("a", others=("b",)), Theirs("a", others=("b",))
    assert (ours, hash(ours)) == (theirs, hash(theirs))
    assert repr(ours).replace("Ours", "Theirs") == repr(theirs)
    assert (ours._fields, ours._field_defaults, ours._asdict()) == (
        theirs._fields,
        theirs._field_defaults,
        theirs._asdict(),
    )
    assert (Ours.__doc__, Ours.__module__, Ours.__qualname__) == (Theirs.__doc__, Theirs.__module__, "Ours")
    assert get_type_hints(Ours) == get_type_hints(Theirs) == {"name": str, "frames": int, "others": tuple[str, ...]}


def test_what_stands_in_its_class_comes_along() -> None:
    """Methods, properties, class methods and constants are there, and the tuple has no room for more."""
    video = Ours("a").longer(20)
    assert (video.frames, video.long, str(video), Ours.KIND, Ours.empty().frames) == (23, True, "a", "video", 0)
    with pytest.raises(AttributeError):
        video.frames = 4  # type: ignore[misc]
    with pytest.raises(AttributeError):
        video.more = 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_it_travels(again: Any) -> None:
    """A copy, and what another process gets, is the same and of the same class."""
    video = Ours("a", 5)
    assert again(video) == video
    assert type(again(video)) is Ours


def test_a_default_before_a_field_without_is_refused() -> None:
    """Defaults belong to the last fields: another order is a slip, as typing says."""
    text = "class Wrong(NamedTuple):\n    a: int = 1\n    b: int\n"
    for kind in (named_tuple.NamedTuple, typing.NamedTuple):
        with pytest.raises(TypeError):
            exec(compile(text, "wrong", "exec"), {"NamedTuple": kind, "__name__": __name__})


def test_the_package_takes_ours() -> None:
    """No module that a command may import at its start makes its classes by typing's."""
    package = Path(named_tuple.__file__).parent
    line = re.compile(r"^from typing import .*\bNamedTuple\b", re.MULTILINE)
    theirs = [path.relative_to(package) for path in package.rglob("*.py") if line.search(path.read_text("utf-8"))]
    assert {path.parts[0] for path in theirs} <= {"trackers", "day_tables", "named_tuple.py"}
