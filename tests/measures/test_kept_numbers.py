"""The numbers of tracks are computed once for a result's content, and anew where that changed or cannot be trusted."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
from baking import make_once
from exports.tidy_lab import SEEN, TRACKS, configure, put
from lab import Lab, copy_tree
from remote_tracker.config import load_project
from remote_tracker.measures import kept_numbers
from remote_tracker.measures.kept_numbers import KeptNumbers
from remote_tracker.measures.number_lines import head_of, line_of, read_line, read_lines, write_lines
from remote_tracker.measures.track_numbers import TrackNumbers
from remote_tracker.tables.read_videos import read_videos, result_stage
from remote_tracker.tables.video_row import VideoRow

KEPT = "workspace/batches/tracks.copy"


@pytest.fixture
def tracked(blank: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two finished videos, one with a name from hell, and one that is to do: a copy of a project that is made once."""

    def make(place: Path) -> Path:
        lab = Lab(copy_tree(blank, place / "project"), place)
        lab.settings()
        configure(lab)
        put(lab, "d1/a.avi")
        put(lab, "d1/b $(x) 'ü'.avi", SEEN[:-1])
        lab.go()
        put(lab, "d1/new.avi")
        return lab.root

    return Lab(copy_tree(make_once(tmp_path_factory, "measured", make), tmp_path / "project"), tmp_path)


def ask(root: Path) -> tuple[dict[str, TrackNumbers | None], KeptNumbers]:
    """Return the numbers of all videos, as a report asks for them."""
    project = load_project(root)
    kept = KeptNumbers(project, result_stage(project))
    found = {row.video: kept.numbers(row) for row in read_videos(project)}
    kept.write(is_all=True)
    return found, kept


def test_numbers_are_computed_once(tracked: Lab) -> None:
    """The first time each finished video's tracks are read, then none; an unfinished video has no numbers."""
    first, kept = ask(tracked.root)
    assert kept.computed == 2
    assert first["d1/new.avi"] is None
    numbers = first["d1/a.avi"]
    assert numbers is not None
    assert (numbers.animals, numbers.first, numbers.last, numbers.frames_seen) == (2, 5, 8, 3)
    assert kept.why_not("d1/a.avi") == kept.why_not("d1/new.avi") == ""
    again, kept = ask(tracked.root)
    assert (again, kept.computed) == (first, 0)


def test_a_copied_project_keeps_them(tracked: Lab, tmp_path: Path) -> None:
    """The numbers go by the result's content, not by its time or place: nothing is read again in a copy."""
    first, _ = ask(tracked.root)
    shutil.copytree(tracked.root, tmp_path / "copy", symlinks=True, copy_function=shutil.copyfile)
    again, kept = ask(tmp_path / "copy")
    assert kept.computed == 0
    assert again["d1/a.avi"] == first["d1/a.avi"]


def test_a_changed_result_is_measured_anew(tracked: Lab) -> None:
    """A result that was edited has the numbers of what it holds now, as long as it stands so."""
    ask(tracked.root)
    path = tracked.result("d1/a.csv")
    path.write_text(path.read_text() + "9,7,1,1\n")
    for computed in (1, 0):
        found, kept = ask(tracked.root)
        numbers = found["d1/a.avi"]
        assert numbers is not None
        assert (kept.computed, numbers.animals) == (computed, 3)


def test_another_declaration_is_other_numbers(tracked: Lab) -> None:
    """Where the tracker says that another column holds the positions, what was read of the old one does not count."""
    first, _ = ask(tracked.root)
    configure(tracked, tracks={**TRACKS, "x": "y", "y": "x"})
    again, kept = ask(tracked.root)
    assert kept.computed == 2
    assert again != first


@pytest.mark.parametrize(
    ("damage", "computed"),
    [
        (lambda raw: None, 2),
        (lambda raw: b"", 2),
        (lambda raw: raw[:-20], 1),
        (lambda raw: raw[: len(raw) // 3], 2),
        (lambda raw: raw.replace(b"track numbers", b"track-numbers"), 2),
        (lambda raw: raw.replace(b'"px", ', b'"mm", ', 1), 1),
        (lambda raw: raw + b"\xff\xfe\n00000000 []\n\n", 0),
        (lambda raw: raw.replace(b"\n", b"\r\n"), 2),
        (lambda raw: raw[: raw.index(b"\n") + 1] + raw[raw.index(b"\n") + 1 :][::-1], 2),
    ],
)
def test_a_damaged_file(tracked: Lab, damage: Any, computed: int) -> None:
    """What was deleted, cut short, damaged or written by another version is computed anew, and no more than that."""
    first, _ = ask(tracked.root)
    path = tracked.root / KEPT
    raw = damage(path.read_bytes())
    path.unlink()
    if raw is not None:
        path.write_bytes(raw)
    again, kept = ask(tracked.root)
    assert (again, kept.computed) == (first, computed)
    assert ask(tracked.root)[1].computed == 0


@pytest.mark.parametrize("told", ["[]", "5", "null", '["a"]', "{}", "[1,2,3,4,5,6,7,8,9,10,11,12,5,[1,2,3,4]]"])
def test_a_line_that_another_program_wrote(tracked: Lab, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line with a right check sum that holds no numbers is no line."""
    first, kept = ask(tracked.root)
    lines = read_lines((tracked.root / KEPT).read_bytes(), kept._head)
    monkeypatch.setattr("remote_tracker.measures.number_lines.json.dumps", lambda value: value)
    odd = {key: line_of(f'"{key}"', told) for key in lines}
    monkeypatch.undo()
    (tracked.root / KEPT).write_bytes(write_lines(odd, kept._head))
    assert ask(tracked.root)[0] == first


def test_what_cannot_be_read_is_told_and_kept(tracked: Lab) -> None:
    """A result that holds no tracks is read once; its sentence names it, and is kept for it alone."""
    put(tracked, "d1/odd.avi", ["1,0,x,2"])
    put(tracked, "d1/too.avi", ["1,0,x,2"])
    tracked.go()
    for computed in (4, 0):
        found, kept = ask(tracked.root)
        assert found["d1/odd.avi"] is None
        assert kept.computed == computed
        for name in ("odd", "too"):
            told = f'Results/d1/{name}.csv has a cell that is no number in its column "x"'
            assert kept.why_not(f"d1/{name}.avi").startswith(told)


def test_what_the_machine_refuses_is_asked_again(tracked: Lab) -> None:
    """A result that may not be read now is told, and not remembered: another time it may."""
    tracked.result("d1/a.csv").chmod(0)
    project = load_project(tracked.root)
    row = next(row for row in read_videos(project) if row.video == "d1/a.avi")
    with refused(tracked.result("d1/a.csv")):
        kept = KeptNumbers(project, result_stage(project))
        assert kept.numbers(row) is None
        assert kept.why_not("d1/a.avi").startswith("Results/d1/a.csv ")
        kept.write()
    assert KeptNumbers(project, result_stage(project)).numbers(row) is not None


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """Put a file out of reach, for root, too."""
    hidden = path.with_name("hidden")
    path.rename(hidden)
    path.symlink_to(path)
    yield
    path.unlink()
    hidden.rename(path)
    path.chmod(0o644)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (MemoryError(), "its tracks do not fit into the memory of this machine"),
        (ZeroDivisionError("odd\nvalue"), "its tracks cannot be read (ZeroDivisionError: odd value)"),
    ],
)
def test_a_reader_that_fails(tracked: Lab, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str) -> None:
    """Whatever a single result does to its reader, the other videos have their numbers."""

    def fail(project: Any, row: VideoRow) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("remote_tracker.measures.measure_video.read_tracks", fail)
        found, kept = ask(tracked.root)
    assert set(found.values()) == {None}
    assert kept.why_not("d1/a.avi") == why
    assert ask(tracked.root)[1].computed == 2


def test_without_numpy(tracked: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lacks is said with the line that installs it; what is known is told without numpy."""
    first, _ = ask(tracked.root)
    put(tracked, "d1/late.avi", SEEN[:2])
    tracked.go()
    for name in [name for name in sys.modules if name.startswith("remote_tracker.measures.measure")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    found, kept = ask(tracked.root)
    assert found["d1/a.avi"] == first["d1/a.avi"]
    assert found["d1/late.avi"] is None
    assert kept.lacks.endswith(" -m pip install numpy h5py")
    assert "numpy" in kept.lacks.partition("Type: ")[0]
    assert kept.why_not("d1/late.avi") == kept.lacks


def test_many_videos_are_kept_on_the_way(tracked: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is killed loses the numbers of the last videos alone."""
    monkeypatch.setattr(kept_numbers, "OFTEN", 1)
    project = load_project(tracked.root)
    kept = KeptNumbers(project, result_stage(project))
    kept.numbers(next(row for row in read_videos(project) if row.video == "d1/a.avi"))
    assert ask(tracked.root)[1].computed == 1


def test_what_is_of_no_video_is_forgotten(tracked: Lab) -> None:
    """The file holds what the videos of now have; where only some were asked for, the others stay."""
    ask(tracked.root)
    path = tracked.root / KEPT
    size = len(path.read_bytes())
    project = load_project(tracked.root)
    KeptNumbers(project, result_stage(project)).write()
    assert len(path.read_bytes()) == size
    KeptNumbers(project, result_stage(project)).write(is_all=True)
    assert len(path.read_bytes()) < size / 2


def test_the_picture_is_part_of_the_key(tracked: Lab) -> None:
    """Where a header tells the size of the picture only later, the heat map is made anew, over the picture."""
    project = load_project(tracked.root)
    kept = KeptNumbers(project, result_stage(project))
    row = next(row for row in read_videos(project) if row.video == "d1/a.avi")
    plain, pictured = kept.numbers(row), kept.numbers(row._replace(width=100, height=50))
    assert plain is not None
    assert pictured is not None
    assert (plain.extent, pictured.extent) == ((0, 0, 64, 64), (0, 0, 100, 50))


def test_a_tracker_that_does_not_say_where_animals_are(plain_lab: Lab) -> None:
    """Without tracks nothing is read, and nothing is written."""
    plain_lab.videos(1)
    plain_lab.go()
    found, kept = ask(plain_lab.root)
    assert not kept.has_tracks
    assert set(found.values()) == {None}
    assert not kept.path.exists()


def test_lines_hold_what_was_written() -> None:
    """Numbers come back as they were, the odd ones too."""
    heat = [0, 2**32 - 1, *[5] * 430]
    numbers = TrackNumbers(1, 2, 3, 4, None, 5, 6, 7, 0.1, 1e-300, "ü", 1 / 3, heat, (0.0, -0.5, 1.0, 2.0**500))
    found = read_line(line_of("k", numbers))
    assert isinstance(found, TrackNumbers)
    assert found._replace(heat=list(found.heat)) == numbers
    lines = {"a \udcff\n\t": line_of("a \udcff\n\t", "why\n"), "b": line_of("b", numbers)}
    head = head_of(None)
    assert read_lines(write_lines(lines, head), head) == lines
    assert read_line(lines["a \udcff\n\t"]) == "why\n"


def test_many_videos_are_read_side_by_side(tracked: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What several processes measure is what a single process does: numbers, reasons, and what is kept of both."""
    put(tracked, "d2/c.avi", SEEN[:3])
    put(tracked, "d2/no table.avi")
    tracked.go()
    (tracked.root / "Results/d2/no table.csv").write_text("x\n")
    alone, first = ask(tracked.root)
    lines = (tracked.root / KEPT).read_bytes()
    (tracked.root / KEPT).unlink()
    monkeypatch.setattr(kept_numbers, "MANY", 1)
    monkeypatch.setattr(kept_numbers, "OFTEN", 2)
    monkeypatch.setattr(kept_numbers, "processes", lambda: 3)
    project = load_project(tracked.root)
    rows = list(read_videos(project))
    kept = KeptNumbers(project, result_stage(project))
    assert dict(zip([row.video for row in rows], kept.all_numbers(rows), strict=True)) == alone
    assert [kept.why_not(name) for name in alone] == [first.why_not(name) for name in alone]
    assert (first.computed, kept.computed) == (4, 5)  # two results hold the same: alone the second is known already
    kept.write(is_all=True)
    assert sorted((tracked.root / KEPT).read_bytes().split(b"\n")) == sorted(lines.split(b"\n"))
