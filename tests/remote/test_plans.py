"""What a pull, a push and a free decide, without a cluster: plain values in, a plan out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.content.entry import Entry
from remote_tracker.model import Remote
from remote_tracker.remote import home_videos, sending
from remote_tracker.remote.free import FarState, plan_free
from remote_tracker.remote.mounts import ELSEWHERE
from remote_tracker.remote.pull import FarUnit, Here, find_folded, plan_unit
from remote_tracker.remote.push import HomeFile, plan_push
from remote_tracker.remote.seen import note_seen, seen_lines
from scan.trees import TRACKS, make_project, make_stage


def entry(role: str, path: str, sha256: str = "a" * 64, inode: int = 7) -> Entry:
    """Return a file as a task notes it."""
    return Entry(role, 5, 100, inode, 100, sha256, sha256, -1, path)


def unit(path: str = "Results/d/v.txt", **more: Any) -> FarUnit:
    """Return a unit that is proven there."""
    entries = (entry("in", "RawVideos/d/v.avi", "b" * 64), entry("out", path))
    return FarUnit("copy", "d/v.avi", **{"entries": entries, "roots": {"Results"}, **more})


def here(digests: Mapping[str, str], pulled: Mapping[str, str] | None = None, **reads: Any) -> Here:
    """Return what lies at home: digests by path."""
    return Here(digests.get, pulled or {}, reads.get("reads", {}))


@pytest.mark.parametrize(
    ("path", "is_taken"),
    [
        ("Results/d/v.txt", True),
        ("Results/../rt", False),
        ("/etc/passwd", False),
        ("workspace/activate.sh", False),
        ("rt", False),
        ("Results/a\nb.txt", False),
        ("", False),
    ],
)
def test_nothing_is_put_where_no_result_may_lie(path: str, is_taken: bool) -> None:
    """What the other side says of a path is not believed: it cannot replace a script here."""
    plan = plan_unit(unit(path), here({}))
    assert bool(plan.fetch) == is_taken
    assert bool(plan.left_out) != is_taken


@pytest.mark.parametrize(
    ("digests", "pulled", "fetched", "kept"),
    [
        ({}, {}, True, False),
        ({"Results/d/v.txt": "a" * 64}, {}, False, False),
        ({"Results/d/v.txt": "c" * 64}, {}, False, True),
        ({"Results/d/v.txt": "c" * 64}, {"Results/d/v.txt": "c" * 64}, True, False),
        ({"Results/d/v.txt": ""}, {"Results/d/v.txt": "c" * 64}, False, True),
        ({"RawVideos/d/v.avi": "b" * 64}, {}, True, False),
    ],
)
def test_only_what_nobody_changed_here_is_replaced(
    digests: dict[str, str], pulled: dict[str, str], fetched: bool, kept: bool
) -> None:
    """What is missing comes, what a pull put here goes along, what is anything else stays; "": it cannot be read."""
    plan = plan_unit(unit(), here(digests, pulled))
    assert (bool(plan.fetch), bool(plan.kept)) == (fetched, kept)


@pytest.mark.parametrize(
    ("digests", "more", "says"),
    [
        ({"RawVideos/d/v.avi": "c" * 64}, {}, "made from another RawVideos/d/v.avi"),
        ({}, {"why_not": "changed there"}, "changed there"),
        ({}, {"entries": (entry("out", "Results/d/v.txt", ""),)}, "no SHA-256"),
        ({}, {"entries": ()}, "no SHA-256"),
    ],
)
def test_what_does_not_belong_here_is_left_out(digests: dict[str, str], more: dict[str, Any], says: str) -> None:
    """A result of another video, or without a digest, is named with the reason."""
    plan = plan_unit(unit(**more), here(digests))
    assert says in plan.left_out
    assert not plan.fetch


def test_names_that_a_disk_takes_for_the_same_do_not_both_come() -> None:
    """Where case does not count the second is named, and what was pulled before stays; where it does both come."""
    units = [unit(f"Results/d/{name}.txt") for name in ("v", "V")]
    assert list(find_folded(units, (), folds_case=True)) == ["Results/d/V.txt"]
    assert list(find_folded(units, ["Results/d/V.txt"], folds_case=True)) == ["Results/d/v.txt"]
    assert find_folded(units, (), folds_case=False) == {}


@pytest.mark.parametrize(
    ("folds_case", "sent"),
    [(True, ["RawVideos/w.avi"]), (False, ["RawVideos/V.avi", "RawVideos/v.avi", "RawVideos/w.avi"])],
)
def test_names_that_the_disk_there_takes_for_the_same_are_not_sent(folds_case: bool, sent: list[str]) -> None:
    """Neither of the two is sent, since one would replace the other; the others go."""
    files = [HomeFile(f"RawVideos/{name}.avi", f"/{name}", (5, 1, 1, 1)) for name in ("V", "v", "w")]
    plan = plan_push(files, {}, {}, lambda place: "s", folds_case)
    assert [file.path for file in plan.send] == sent
    assert len(plan.left_out) == (2 if folds_case else 0)


@pytest.mark.parametrize(
    ("there", "known", "goes"),
    [
        (None, None, "send"),
        ([[5, 9, 9, 9], "s"], None, "there"),
        ([[5, 9, 9, 9], "other"], None, "out"),
        ([[5, 9, 9, 9], ""], None, "out"),
        ([[6, 9, 9, 9], ""], None, "out"),
        ([[5, 9, 9, 9], ""], ([5, 1, 1, 1], [5, 9, 9, 9]), "there"),
        ([[5, 9, 9, 8], "other"], ([5, 1, 1, 1], [5, 9, 9, 9]), "out"),
        ([[5, 9, 9, 9], "other"], ([5, 1, 1, 2], [5, 9, 9, 9]), "out"),
    ],
)
def test_what_a_push_does_with_a_file(there: Any, known: Any, goes: str) -> None:
    """Content decides; what was known is believed only while neither side's numbers changed."""
    file = HomeFile("RawVideos/v.avi", "/v", (5, 1, 1, 1))
    plan = plan_push(
        [file], {file.path: there} if there else {}, {file.path: known} if known else {}, lambda p: "s", False
    )
    assert {"send": bool(plan.send), "there": bool(plan.there), "out": bool(plan.left_out)} == {
        word: word == goes for word in ("send", "there", "out")
    }


def far(name: str, made: str, reads: tuple[str, ...], stage: str = "copy", **more: Any) -> FarState:
    """Return a finished unit there, whose files lie as they were noted."""
    entries = (*(entry("in", path) for path in reads), entry("out", made))
    numbers = {one.path: (5, 100, 7, 100) for one in entries}
    return FarState(stage, name, more.pop("state", "finished"), reads, entries=entries, numbers=numbers, **more)


def freed(*units: FarState, lacking: str = "") -> list[str]:
    """Return the files that would be deleted, where all but one is proven here."""

    def proof(one: Entry) -> str:
        return "not here" if one.path == lacking else ""

    plan = plan_free(units, lambda unit: True, proof, proof)
    return sorted(file.entry.path for file in plan.files)


FIRST, SECOND = far("v1", "Results/1", ("RawVideos/1",)), far("v2", "Results/2", ("RawVideos/2",))
DAY = far("d", "Results/d", ("Results/1", "Results/2"), "day", gathers=True)
ALL = ["RawVideos/1", "RawVideos/2", "Results/1", "Results/2", "Results/d"]


@pytest.mark.parametrize(
    ("units", "lacking", "files"),
    [
        ((FIRST, SECOND), "", ["RawVideos/1", "RawVideos/2", "Results/1", "Results/2"]),
        ((FIRST, SECOND), "Results/1", ["RawVideos/2", "Results/2"]),
        ((FIRST, SECOND), "RawVideos/1", ["RawVideos/2", "Results/1", "Results/2"]),
        ((FIRST, SECOND, DAY), "", ALL),
        ((FIRST, SECOND, DAY), "Results/1", []),
        ((FIRST, SECOND, DAY), "Results/d", []),
        (
            (FIRST, SECOND, far("d", "Results/d", ("Results/1",), "day", state="running", gathers=True)),
            "",
            ["RawVideos/2", "Results/2"],
        ),
        ((far("v1", "Results/1", ("RawVideos/1",), state="queued"), SECOND), "", ["RawVideos/2", "Results/2"]),
        ((FIRST, far("v1", "Masked/1", ("RawVideos/1",), "other", state="unprocessed")), "", ["Results/1"]),
        ((far("v1", "Results/1", ("RawVideos/1",), why_not="changed"),), "", []),
        (
            (far("v1", "Results/1", ("RawVideos/1",), freed=True), SECOND),
            "",
            ["RawVideos/1", "RawVideos/2", "Results/2"],
        ),
        (
            (far("v1", "Results/1", ("RawVideos/1",), freed=True), SECOND),
            "RawVideos/1",
            ["RawVideos/2", "Results/2"],
        ),
    ],
)
def test_what_is_needed_there_stays(units: tuple[FarState, ...], lacking: str, files: list[str]) -> None:
    """A file goes only with all that reads it, and a day only as a whole."""
    assert freed(*units, lacking=lacking) == files


@pytest.mark.parametrize("numbers", [(6, 100, 7, 100), (5, 101, 7, 100), (5, 100, 8, 100), None])
def test_a_file_that_is_another_by_now_stays(numbers: tuple[int, ...] | None) -> None:
    """Size, time and inode there must be those of the record; a file that is not there cannot go."""
    one = far("v1", "Results/1", ())
    found = {"Results/1": numbers} if numbers else {}
    assert freed(FarState(one.stage, one.name, one.state, (), entries=one.entries, numbers=found)) == []


@pytest.mark.parametrize("kind", ["fuse.sshfs", "fuse", "nfs4", "cifs", "smb3", "ceph", "lustre", "gpfs", "unknown"])
def test_a_mounted_disk_proves_nothing(kind: str) -> None:
    """What is mounted from elsewhere may be the very file that would be deleted."""
    assert ELSEWHERE.fullmatch(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "zfs", "apfs", "overlay", "fuseblk"])
def test_a_disk_of_ones_own_proves(kind: str) -> None:
    """A disk of this machine does."""
    assert not ELSEWHERE.fullmatch(kind)


def test_a_name_that_is_there_with_letters_composed_otherwise_is_not_sent_again() -> None:
    """A video that lies there under the name that a person typed is not sent a second time as a Mac writes it."""
    name = "RawVideos/ka\u0308fer.avi"
    files = [HomeFile(name, "/k", (5, 1, 1, 1))]
    plan = plan_push(files, {}, {}, lambda place: "s", False, {name: "RawVideos/k\u00e4fer.avi"})
    assert plan.send == ()
    assert plan.left_out[name].startswith("RawVideos/k\u00e4fer.avi is there, whose name has the same letters")


def test_what_was_seen_there_says_what_waits_for_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of what waits there says for which stage."""
    monkeypatch.setattr("time.time", lambda: 1.8e9)
    listing = make_stage({"tracks": TRACKS}, {"list": "Results/{subdir}/l.csv"}, name="listing", counts="days")
    project = make_project(tmp_path, make_stage(), listing, remote=Remote("swc", "flies"))
    note_seen(project, {"listing": {"waiting": 3, "finished": 1}})
    assert seen_lines(project) == ["On swc, as seen 0 s ago: listing: 1 finished, 3 waiting for track."]


def test_the_second_look_comes_behind_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a push looks through all videos, what may grow is looked at again its full seconds later."""
    clock, slept = [0.0], []

    class Asked:
        """A question whose answer comes at once: nothing is there."""

        ask = staticmethod(lambda _: None)
        answer = staticmethod(lambda: {"files": {}, "folds_case": False, "alike": {}, "self": {}})

    def find_videos(*_: object) -> tuple[list[HomeFile], dict[str, str]]:
        place = tmp_path / "RawVideos/v.avi"
        place.parent.mkdir(exist_ok=True)
        place.write_text("a video")
        clock[0] += 60.0
        return [HomeFile("RawVideos/v.avi", str(place), home_videos.numbers_here(str(place)))], {}

    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(sending, "find_videos", find_videos)
    monkeypatch.setattr(sending, "open_data_channel", lambda _: None)
    project = make_project(tmp_path, make_stage(), remote=Remote("swc", "flies"))
    sending.push(project, (), dry=True, rate="", begun=Asked())  # type: ignore[arg-type]
    assert slept == [home_videos.PAUSE_S]
