"""Tones of words: our own marks become colours, nothing else does, and a text without colours holds no mark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from remote_tracker.text import tones
from remote_tracker.text.tones import BAD, GOOD, coloured, pieces, toned, use_tones, wants_tones
from remote_tracker.text.visible import shown, visible


@pytest.fixture
def on() -> Iterator[None]:
    """Colours are on."""
    use_tones(True)
    yield
    use_tones(False)


@pytest.mark.parametrize(
    ("environment", "is_terminal", "wants"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "", "TERM": "xterm"}, False, False),
        ({"FORCE_COLOR": "3", "NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
    ],
)
def test_who_wants_colours(environment: dict[str, str], is_terminal: bool, wants: bool) -> None:
    """A terminal that knows colours has them; NO_COLOR goes before FORCE_COLOR, that before what the screen is."""
    assert wants_tones(environment, is_terminal) is wants


def test_off() -> None:
    """Where colours are off a text is as it was."""
    assert toned("3 failed", BAD) == "3 failed"


def test_on(on: None) -> None:
    """A toned word is coloured, and the words around it are not."""
    assert coloured(f"a {toned('b', GOOD)} c", visible) == "a \x1b[32mb\x1b[0m c"
    assert list(pieces(f"a {toned('b', GOOD)}")) == [("a ", ""), ("b", GOOD)]


@pytest.mark.parametrize(
    "name", ["\x1b[31mred\x1b[0m", "\x9b31m", "\ufdd0", "\ufdd00123456789abcdef31;red", "31;", "\u202e"]
)
def test_hostile_names(name: str, on: None) -> None:
    """A name steers nothing, within a tone or outside of it, as it is or written out."""
    for said in (name, shown(name)):
        written = coloured(f"{said} {toned(said, BAD)}", visible)
        assert written.count("\x1b") == 2
        assert written.endswith("\x1b[0m")
        assert not set(written) & {"\x9b", "\u202e"}


def test_marks_are_of_this_process() -> None:
    """A mark cannot be known before: it holds 64 random bits."""
    assert len(tones._MARK) == 17
