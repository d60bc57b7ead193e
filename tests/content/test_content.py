"""What files hold: samples, whole digests, and the lines in which tasks note them."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.content.digest import SMALL, sample_of, whole_of
from remote_tracker.content.entry import Entry, entry_of, has_content, is_at, read_entry
from remote_tracker.content.noted import render_entry

LARGE = 64 * 1024 * 1024  # more than 50 times as much as a sample reads, and as a small file holds
NAMES = [
    "v.avi",
    "a b",
    "tab\there",
    "back\\slash",
    "line\nbreak",
    "\\n",
    "é",
    os.fsdecode(b"\xff.avi"),
    " x ",
    "# end",
]


@pytest.mark.parametrize("size", [0, 1, 65536, SMALL - 1, SMALL])
def test_a_small_file_is_its_own_sample(tmp_path: Path, size: int) -> None:
    """The sample of a file of at most 1 MiB is the SHA-256 of all its bytes."""
    raw = random.Random(size).randbytes(size)
    (tmp_path / "a").write_bytes(raw)
    assert sample_of(str(tmp_path / "a")) == hashlib.sha256(raw).hexdigest() == whole_of(str(tmp_path / "a"))[0]


@pytest.mark.parametrize("size", [SMALL + 1, 2 * SMALL - 7, 5_000_000])
@pytest.mark.parametrize("where", [0, 1, -1])
def test_both_ends_are_sampled(tmp_path: Path, size: int, where: int) -> None:
    """A byte changed at an end of a large file changes its sample; so does a byte more or less."""
    raw = bytearray(random.Random(size).randbytes(size))
    path = str(tmp_path / "a")
    Path(path).write_bytes(raw)
    before = sample_of(path)
    raw[where] ^= 1
    Path(path).write_bytes(raw)
    assert sample_of(path) != before
    raw[where] ^= 1
    Path(path).write_bytes(raw[:-1])
    assert sample_of(path) != before


def test_a_sample_reads_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large file the sample reads at most one part in 100, in a few reads."""
    path = tmp_path / "a"
    with open(path, "wb") as file:
        file.truncate(LARGE)
    read: list[int] = []
    ask = os.pread

    def pread(handle: int, count: int, offset: int) -> bytes:
        read.append(count)
        return ask(handle, count, offset)

    monkeypatch.setattr(os, "pread", pread)
    sample_of(str(path))
    assert 0 < sum(read) * 100 <= LARGE
    assert len(read) < 20


@pytest.mark.parametrize("number", range(4))
def test_a_changed_byte_anywhere_changes_the_whole(tmp_path: Path, number: int) -> None:
    """The digest of all bytes changes with one byte at any place of a file many times as large as a sample."""
    dice = random.Random(number)
    path = tmp_path / "a"
    path.write_bytes(dice.randbytes(LARGE))
    before = whole_of(str(path))[0]
    with open(path, "r+b") as file:
        file.seek(dice.randrange(LARGE))
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1 << dice.randrange(8)]))
    assert whole_of(str(path))[0] != before


@pytest.mark.parametrize("name", NAMES)
def test_a_line_holds_any_name(tmp_path: Path, name: str) -> None:
    """An entry that is written as a line and read again is the same entry; the line has no line break."""
    place = tmp_path / name
    place.write_text("x\ny")
    entry = entry_of("out", name, str(place))
    line = render_entry(entry)
    assert "\n" not in line
    assert read_entry(line) == entry
    assert is_at(entry, place.stat())
    assert has_content(str(place), entry)


@pytest.mark.parametrize("ns", [0, 1, 999_999_999, 1_795_960_798_023_341_179])
def test_times_are_kept_to_the_nanosecond(tmp_path: Path, ns: int) -> None:
    """The times in a line are those of the file, as stat prints them."""
    path = tmp_path / "a"
    path.write_text("x")
    os.utime(path, ns=(ns, ns))
    line = render_entry(entry_of("in", "a", str(path)))
    asked = subprocess.run(["stat", "-c", "%s %.9Y %i %.9Z", path], capture_output=True, text=True, env={"LC_ALL": "C"})
    assert line.startswith(f"in {asked.stdout.strip()} ")


@pytest.mark.parametrize("line", ["", "in", "in 1 2 3 4 5 6 7", "out x 1.0 2 1.0 - - -1 a", "up 1 1.0 2 1.0 - - -1 a"])
def test_another_line_is_no_entry(line: str) -> None:
    """A line of another form is no entry, and no error."""
    assert read_entry(line) is None


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2)])
def test_lines_of_a_table(tmp_path: Path, text: str, lines: int) -> None:
    """Lines of a table are counted, the last with or without a line end; other files' lines are not."""
    for name, expected in (("a.csv", lines), ("a.h5", -1)):
        (tmp_path / name).write_text(text)
        assert entry_of("out", name, str(tmp_path / name)).lines == expected


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A pipe, which would block for ever, a folder and a missing file hold no content."""
    os.mkfifo(tmp_path / "pipe")
    entry = Entry("in", 0, 0, 0, 0, hashlib.sha256(b"").hexdigest(), hashlib.sha256(b"").hexdigest(), -1, "x")
    assert not any(has_content(str(tmp_path / name), entry) for name in ("pipe", ".", "missing"))


@pytest.mark.parametrize("sampled", [False, True])
def test_record_names_each_file_of_a_folder(tmp_path: Path, sampled: bool) -> None:
    """What run_task.sh asks prints a line for each file in a folder, sorted, whole digests unless told otherwise."""
    folder = tmp_path / "out"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "1").write_text("one")
    (folder / "a").write_bytes(bytes(SMALL + 1))
    os.symlink("nowhere", folder / "dangling")
    script = TEMPLATE / "remote_tracker" / "content" / "record.py"
    words = [sys.executable, "-I", str(script), "--root", str(tmp_path), *(["--sampled"] if sampled else [])]
    ran = subprocess.run([*words, f"out={folder}/"], capture_output=True, text=True)
    found = [read_entry(line) for line in ran.stdout.splitlines()]
    assert [entry.path for entry in found if entry] == ["out/a", "out/b/1"]
    assert [bool(entry.sha256) for entry in found if entry] == [not sampled, True]
    assert ran.returncode == 0
