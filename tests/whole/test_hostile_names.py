"""Names from hell, from the scan through bash to the result."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from examples import one_in
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lab import LOCALE, Lab

ODD = [
    "a b", " leading", "trailing ", "it's", '"', "'; echo foo; '", "$(touch HACKED)", "`touch HACKED`", "$HOME", "${x}",
    "*", "?", "[a-z]", "[", "]", "{a,b}", "~", "~root", "-rf", "--help", "-", "#x", "a#b", "!", "!!", "&", "&& false",
    "|", ";", "<in", ">out", "(", ")", "\\", "\\n", "a\\", "%s", "%", "%d%n", "\t", "a\tb", "\x01\x1b[31m", "\r", "a\r",
    "\x7f", "\x85", "\u2028", "é", "e\u0301", "日本語", "🐭", "\u202etxt", "\u200b", "{{ 7 }}", "{% x %}", "{name}",
    "=", "a=b", "unit=x", "# end x", "..", "...", "CON", "n" * 246, "ü" * 120, "\ue0000\ue001", "\\x41", "a,roi=1", ":",
]  # fmt: skip


def run_names(lab: Lab, names: list[str]) -> None:
    """Process videos of these names; each must give its own result, and no name may be run as bash."""
    lab.tracker(
        output={"copy": "Results/{subdir}/{name}.txt"},
        command="printf '%s' {{ wildcards.name }} > {{ output.copy }} && cat {{ input.video }} >> {{ output.copy }}",
    )
    for name in names:
        lab.video(f"{name}/{name}.avi", "|" + name)
    data = lab.look()
    assert data["counts"]["unprocessed"] == len(names), data["odd"]
    ran = lab.process("-j", "4")
    assert ran.code == 0, [path.read_text("utf-8", "replace") for path in lab.batch(1).glob("output.*")]
    for name in names:
        with open(lab.root / "Results" / name / f"{name}.txt", newline="") as file:
            assert file.read() == f"{name}|{name}"
    assert lab.counts() == {"finished": len(names)}
    (lab.workspace / "batches/proven.copy").unlink()
    (lab.workspace / "batches/0001/records.tsv").unlink()
    assert lab.counts() == {"finished": len(names)}
    assert lab.look()["batch"] is None
    assert not list(lab.root.rglob("HACKED"))


def test_names_from_hell(lab: Lab) -> None:
    """Every odd name that a file system takes is a video like any other."""
    folders = [name for name in ODD if name not in (".", "..", "...")]
    run_names(lab, folders)


NAMES = st.text(
    st.one_of(
        st.sampled_from(list(" '\"$(){}[]*?`\\~#&;|<>!-=%\t\r")),
        st.characters(exclude_categories=["Cs"], exclude_characters="/\n\0."),
    ),
    min_size=1,
    max_size=30,
)


@one_in(60, HealthCheck.function_scoped_fixture)  # a project is scanned and processed for each example: seconds
@given(st.lists(NAMES, min_size=8, max_size=12, unique_by=lambda name: name.casefold()))
def test_any_name(lab: Lab, names: list[str]) -> None:
    """Names drawn at random, folders and files, come through bash unharmed."""
    with tempfile.TemporaryDirectory(dir=lab.root.parent) as place:
        root = Path(place) / "p"
        shutil.copytree(lab.root, root, symlinks=True)
        run_names(Lab(root, lab.home), names)


@pytest.mark.parametrize(("name", "reason"), [
    ("d1/two\nlines.avi", "its name holds a line break"),
    ("a\nday/v.avi", "its name holds a line break"),
    (b"d1/caf\xe9.avi", "its name is not UTF-8"),
    (b"caf\xe9/v.avi", "its name is not UTF-8"),
])  # fmt: skip
def test_refused_by_name(lab: Lab, name: str | bytes, reason: str) -> None:
    """A name with a line break, or that is not UTF-8, is refused by name; the others go on."""
    lab.videos(2)
    lab.video(name)
    for locale in ("C", "C.UTF-8", "POSIX"):
        out = lab.scan(LC_ALL=locale).out
        assert "1\tInvalid source files." in out
        assert f"{reason}." in out
    assert lab.look()["counts"]["invalid"] == 1
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 2, "invalid": 1}
    assert lab.rt("status").code == 0


def test_name_that_leaves_no_room(lab: Lab) -> None:
    """A name so long that its result's cannot be written fails with the system's words."""
    lab.tracker(output={"copy": "Results/{subdir}/{name}_tracks_of_all.txt"})
    lab.video("d1/" + "n" * 250 + ".avi")
    assert lab.go().code == 1
    assert LOCALE or "File name too long" in lab.rt("status").out  # in the words of the user's language


def test_every_verb_takes_them(lab: Lab) -> None:
    """why, logs and redo take such a name as it is typed."""
    name = "d 1/$(touch HACKED) 'x\"*.avi"
    lab.video(name)
    lab.go()
    assert "finished" in lab.rt("why", name).out
    assert "unit=" + name in lab.rt("logs", name).out
    assert lab.rt("redo", os.path.splitext(name)[0]).code == 0
    assert lab.counts() == {"unprocessed": 1}
    assert not list(lab.root.rglob("HACKED"))


@pytest.mark.parametrize("name", ["a[x]", "w*d", "back\\slash", "back\\*", "q?", "!(a", "]["])
def test_results_that_a_glob_finds(lab: Lab, name: str) -> None:
    """Where a video's results are a glob, a name that looks like one is a folder, is checked, and is its own."""
    lab.tracker(
        output={"parts": "Results/{subdir}/{name}_*.json"},
        command="printf '{\"a\": 1}' > {{ parent.parts }}/{{ wildcards.name }}_1.json",
        check=[{"json": "parts", "key": "a", "equals": 1}],
    )
    lab.video(f"{name}/{name}.avi")
    assert lab.go().code == 0, [path.read_text() for path in lab.batch(1).glob("output.*")]
    assert (lab.root / "Results" / name / f"{name}_1.json").exists()
    assert lab.counts() == {"finished": 1}
