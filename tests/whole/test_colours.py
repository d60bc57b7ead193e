"""Colours of screens: in a terminal or where they are forced, and the same words with and without them."""

from __future__ import annotations

import re

import pytest
from lab import Lab
from rewinding import rewound

SCREENS = (("status",), ("status", "--failures"), ("why", "bad.avi"), ("scan",), ("status", "day1"))
SGR = re.compile(r"\x1b\[\d+m|\x1b\[0m")


@rewound
def busy(lab: Lab) -> None:
    """A project with a video that is finished, one that failed, one that is empty, and one to do."""
    fails = "grep -q bad {{ input.video }} && { echo no animals >&2; exit 3; }; "
    lab.tracker(command=f"{fails}cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.video("day1/fine.avi")
    lab.video("day1/bad.avi", "bad")
    lab.go()
    lab.video("day2/empty.avi", "")
    lab.video("day2/new.avi", "new")


@pytest.mark.parametrize("words", SCREENS, ids=" ".join)
def test_forced(words: tuple[str, ...], busy: Lab) -> None:
    """With FORCE_COLOR a screen has colours; without them it says the same, byte for byte."""
    busy.rt(*words)  # a first scan lists
    plain, toned = busy.rt(*words), busy.rt(*words, FORCE_COLOR="1")
    assert "\x1b" not in plain.out
    assert SGR.search(toned.out)
    assert SGR.sub("", toned.out) == plain.out
    assert toned.code == plain.code


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_in_a_pipe(environment: dict[str, str], busy: Lab) -> None:
    """A pipe gets no colours, nor does anyone who says NO_COLOR."""
    assert "\x1b" not in busy.rt("status", **environment).out


@pytest.mark.parametrize(
    "words", [("status", "--json"), ("scan", "--json"), ("why", "bad.avi", "--json")], ids=" ".join
)
def test_programs_get_none(words: tuple[str, ...], busy: Lab) -> None:
    """What programs read has no colours, whatever is forced."""
    assert "\\u001b" not in busy.rt(*words, FORCE_COLOR="1").out
    assert "\x1b" not in busy.rt(*words, FORCE_COLOR="1").out


def test_files_get_none(busy: Lab) -> None:
    """The file that a scan writes beside its script has no colours."""
    busy.scan(FORCE_COLOR="1")
    assert "\x1b" not in (busy.workspace / "tiny_output.txt").read_text()
    assert "\ufdd0" not in (busy.workspace / "tiny_output.txt").read_text()


def test_hostile_names(lab: Lab) -> None:
    """A name with an escape sequence is written out, also where colours are on."""
    lab.video("day1/\x1b[31mred\x07.avi", "")
    out = lab.rt("status", FORCE_COLOR="1").out
    assert "\\x1b[31mred\\x07.avi" in out
    assert set(re.findall(r"\x1b[^m]*m", out)) <= {f"\x1b[{n}m" for n in (0, 1, 2, 31, 32, 33, 36)}
