"""Results that nobody examined yet are examined by several processes, to the same end."""

from __future__ import annotations

import errno
import os
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest
from remote_tracker.disk import ask_far
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Cause, Check, State, Unit
from remote_tracker.scan import Folder, Tree, read_folder
from remote_tracker.survey import PLAIN_SCAN, Survey, examine_stage, parallel, survey_stage
from remote_tracker.survey.fast_path import FastScan, FolderRest
from scan.trees import make_project, make_stage, put

TWO = {"MANY": 2, "processes": lambda: 2}


def unit(number: int) -> Unit:
    """Return a piece of work of that number."""
    return Unit(f"v{number}.avi", (), (), "", 0)


def test_each_new_one_is_verified_once_and_all_are_yielded() -> None:
    """Units come in their order; of a step, what is new has its reason before the first of it is yielded."""
    found: dict[str, str] = {}
    seen = []
    with patch.multiple(parallel, **TWO), patch.object(parallel, "UNITS_AT_ONCE", 4):
        for one in parallel.examined_beside(map(unit, range(10)), lambda u: u.key != "v1.avi", lambda u: u.key, found):
            seen.append((one.key, found.get(one.key)))
    keys = [f"v{number}.avi" for number in range(10)]
    assert seen == [(key, None if key == "v1.avi" else key) for key in keys]


def test_several_processes_verify() -> None:
    """Every second one is examined by another process than this."""
    found: dict[str, str] = {}
    with patch.multiple(parallel, **TWO):
        [*parallel.examined_beside(map(unit, range(4)), lambda _: True, lambda _: str(os.getpid()), found)]
    assert [found[f"v{number}.avi"] == str(os.getpid()) for number in range(4)] == [True, False, True, False]


@pytest.mark.parametrize(("units", "processes"), [(1, 2), (9, 1)])
def test_few_are_left_to_the_caller(units: int, processes: int) -> None:
    """Where other processes are not worth their start, or there is one core, nothing is examined before."""
    found: dict[str, str] = {}
    with patch.multiple(parallel, MANY=2, processes=lambda: processes):
        [*parallel.examined_beside(map(unit, range(units)), lambda _: True, lambda _: "x", found)]
    assert found == {}


def test_what_another_process_cannot_judge_is_told_here() -> None:
    """An error of another process is the error of the scan: nothing counts as bad for it."""

    def refuse(one: Unit) -> str:
        if one.key == "v1.avi":
            raise RemoteTrackerError("h5py is missing")
        return ""

    with patch.multiple(parallel, **TWO), pytest.raises(RemoteTrackerError, match="h5py is missing"):
        [*parallel.examined_beside(map(unit, range(4)), lambda _: True, refuse, {})]


def test_a_stage_comes_out_the_same(tmp_path: Path) -> None:
    """Good and bad results, those examined before and videos without any, are what they are with one process."""
    checks = (Check("csv", "t", {"header": ["frame"]}),)
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}.csv"}, checks=checks)
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d/v{i}.avi" for i in range(8)))
    put(tmp_path, *(f"Results/d/v{i}.csv" for i in range(3)), content="frame\n")
    put(tmp_path, *(f"Results/d/v{i}.csv" for i in range(3, 6)), content="frame\n1")

    def states() -> list[tuple[str, State, str]]:
        seen = examine_stage(project, stage, Survey(stage))
        return [(s.unit.key, s.decision.state, s.decision.reason.partition(":")[0]) for s in seen]

    with patch.multiple(parallel, **TWO), patch.object(parallel, "UNITS_AT_ONCE", 3):
        side_by_side = states()
    (tmp_path / "workspace/batches/proven.track").unlink()
    with patch.object(parallel, "processes", lambda: 1):
        assert states() == side_by_side
    assert [state for _, state, _ in side_by_side] == (
        [State.FINISHED] * 3 + [State.INCOMPLETE] * 3 + [State.UNPROCESSED] * 2
    )


def test_what_is_not_read_is_met_by_several_processes(tmp_path: Path) -> None:
    """Where folders are sifted side by side, what each process met and no pattern means is told, once."""
    stage = make_stage()
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{i}/v.{end}" for i in range(6) for end in ("avi", "wmv")), "RawVideos/v.wmv")
    paths = sorted([*(f"RawVideos/d{i}/v.wmv" for i in range(6)), "RawVideos/v.wmv"])
    for count in (2, 1):
        with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda count=count: count):
            survey = survey_stage(project, stage, most=1)
        assert [one.path for one in survey.unread] == paths
        assert survey.found == 6


def test_what_several_processes_found_is_listed_in_order(tmp_path: Path) -> None:
    """Of videos to do the first N are listed as one process does, whichever met them; all others are counted."""
    stage = make_stage()
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{day}/{name}.avi" for day in range(6) for name in "ab"), "RawVideos/first.avi")
    for most in (1, 4, 5, 20):
        with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=4, processes=lambda: 2):
            survey = survey_stage(project, stage, most=most)
        paths = [*(f"d{day}/{name}.avi" for day in range(6) for name in "ab")]
        assert [seen.unit.key for seen in survey.unprocessed] == ["first.avi", *paths][:most]
        assert +survey.counts == {State.UNPROCESSED: 13}
        assert sum(counts[State.UNPROCESSED] for counts in survey.by_folder.values()) == 13 - min(most, 13)


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("known", [11, 13])
def test_few_folders_with_many_known_results(tmp_path: Path, known: int, is_late: bool) -> None:
    """A few folders are sifted by several processes where many results are known, and come out the same.

    Where the disk answers late, fewer are many.
    """
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}.csv"})
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{day}/{name}.avi" for day in range(6) for name in "abc"))
    put(tmp_path, *(f"Results/d{day}/{name}.csv" for day in range(6) for name in "ab"))
    survey_stage(project, stage, most=2)
    many = {"KNOWN": 99, "KNOWN_LATE": known} if is_late else {"KNOWN": known, "KNOWN_LATE": 1}
    with (
        patch.multiple(parallel, **many, processes=lambda: 2),
        patch.object(Tree, "is_late", is_late),
        patch.object(parallel, "run_copies", side_effect=parallel.run_copies) as copies,
    ):
        survey = survey_stage(project, stage, most=2)
    assert copies.called == (known == 11)
    assert +survey.counts == {State.FINISHED: 12, State.UNPROCESSED: 6}
    assert [seen.unit.key for seen in survey.unprocessed] == ["d0/c.avi", "d1/c.avi"]


def test_unreadable_folders_are_told_in_order(tmp_path: Path) -> None:
    """Folders that cannot be read are told in the order in which one process meets them."""
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}.csv"})
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{day}/v.avi" for day in range(6)), *(f"Results/d{day}/v.csv" for day in range(6)))
    locked = [f"{top}/d{day}/" for day in (1, 2, 3, 4) for top in (["Results"] if day % 3 == 1 else ["RawVideos"])]
    read = read_folder.FolderReader.read

    def refuse(reader: read_folder.FolderReader, place: str) -> read_folder.Listing:
        if place.removeprefix(f"{tmp_path}/") in locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(reader, place)

    for count in (1, 2, 3):
        with (
            patch.multiple(parallel, MANY=2, processes=lambda count=count: count),
            patch.object(read_folder.FolderReader, "read", refuse),
        ):
            assert [*survey_stage(project, stage, most=1).unreadable] == locked


def test_a_silent_disk_is_waited_for_once(tmp_path: Path) -> None:
    """Of a disk that does not answer, the scan's own process hears from the process that asked."""
    stage = make_stage()
    project = make_project(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/d{day}/v.avi" for day in range(4)))

    def tell(sift: FastScan, folder: Folder) -> FolderRest:
        ask_far.silent.add(f"{os.getpid()}")
        return FolderRest((), ())

    with (
        patch.multiple(parallel, MANY=2, processes=lambda: 2),
        patch.object(FastScan, "_sift", tell),
        patch.object(ask_far, "silent", set[str]()) as silent,
        patch.object(parallel, "silent", silent),
    ):
        survey_stage(project, stage, most=1)
    assert len(silent) == 2
    assert f"{os.getpid()}" in silent


def test_new_results_come_out_the_same_where_their_folder_is_sifted(tmp_path: Path) -> None:
    """A first scan whose processes look into new results counts, lists and remembers what a single process does."""
    checks = (Check("csv", "t", {"header": ["frame"], "no_rows": "nothing was found"}),)
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}.csv"}, checks=checks)
    project = make_project(tmp_path, stage)
    for day in range(6):
        put(tmp_path, *(f"RawVideos/d{day}/{name}.avi" for name in ("bad", "empty", "good", "rows", "todo")))
        put(tmp_path, f"Results/d{day}/empty.csv", content="frame\n")
        put(tmp_path, *(f"Results/d{day}/{name}.csv" for name in ("good", "rows")), content="frame\n1\n")
        put(tmp_path, f"Results/d{day}/bad.csv", content="frame\n1")
    remembered, told, found = tmp_path / "workspace/batches/proven.track", list[int](), []
    for count in (2, 1):
        with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda count=count: count):
            survey = survey_stage(project, stage, PLAIN_SCAN._replace(looked=told.append), most=1)
        raw = remembered.read_bytes()
        digests = Counter(raw[at : at + 8] for at in range(raw.index(b"\n") + 1, len(raw), 8))
        found.append((+survey.counts, +survey.remarks, survey.incomplete, survey.odd, survey.sampled, digests))
        assert sum(told) >= 24
        remembered.unlink()
        told.clear()
    assert found[0] == found[1]
    counts, remarks, *_ = found[0]
    assert counts == {State.FINISHED: 18, State.INCOMPLETE: 6, State.UNPROCESSED: 6}
    assert remarks == {Cause.MADE_ELSEWHERE: 18, Cause.NOTHING_FOUND: 6}


def test_merely_finished_results_are_handed_to_nobody(tmp_path: Path) -> None:
    """Of new results that are sifted side by side, only those that need a closer look become units of the scan."""
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}.csv"}, checks=(Check("csv", "t", {"header": ["frame"]}),))
    project = make_project(tmp_path, stage)
    for day in range(6):
        put(tmp_path, *(f"RawVideos/d{day}/{name}.avi" for name in ("bad", "good", "todo")))
        put(tmp_path, f"Results/d{day}/good.csv", content="frame\n")
        put(tmp_path, f"Results/d{day}/bad.csv", content="frame\n1")
    survey = Survey(stage)
    with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda: 2):
        keys = [seen.unit.key for seen in examine_stage(project, stage, survey, most=1)]
    assert keys == ["d0/bad.avi", "d0/todo.avi", *(f"d{day}/bad.avi" for day in range(1, 6))]
    assert survey.counts == {State.FINISHED: 6, State.UNPROCESSED: 5}
    assert survey.by_folder["d3/"] == {State.FINISHED: 1, State.UNPROCESSED: 1}
