"""Which day tables lie in Results."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from project_of_days import (
    make_day,
    make_files,
)
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import DayFolders
from remote_tracker.summaries.find import find_day_tables, find_table_sets


def test_days_are_found_in_order_and_joined_is_none(tmp_path: Path) -> None:
    """Results itself is the day '', its folders follow by name; ours, hidden folders and files are no days."""
    for day in ("d2", "", "d10", "joined", "report", ".old"):
        make_day(tmp_path, day, make_files(day, "a"), "file_id,x\n")
    (tmp_path / "Results/._filenames_summary.csv").write_text("junk of a Mac")
    (tmp_path / "Results/loop").symlink_to("loop")
    assert [table.day for table in find_day_tables(tmp_path / "Results")] == ["", "d10", "d2"]


def test_the_newest_pair_of_reruns_is_taken(tmp_path: Path) -> None:
    """Of Tierpsy's reruns the newest that has both tables counts; a younger half pair does not."""
    for stamp in ("20260101_235959", "20260102_000000"):
        make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n", f"_tierpsy_plate_{stamp}")
    half = make_day(tmp_path, "d1", "", "", "_tierpsy_plate_20260103_000000")
    half.filenames.unlink()
    (table,) = find_day_tables(tmp_path / "Results")
    assert table.filenames.name == "filenames_summary_tierpsy_plate_20260102_000000.csv"
    assert table.features.name == "features_summary_tierpsy_plate_20260102_000000.csv"


def test_a_table_without_a_stamp_is_what_each_rerun_replaces(tmp_path: Path) -> None:
    """Tierpsy's name without a stamp counts, before all stamped ones; other names are a user's own files."""
    for end in ("_tierpsy_plate_20260101_235959", "_tierpsy_plate"):
        make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n", end)
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n", "_tierpsy_16_tierpsy_trajectory_window_3")
    (tmp_path / "Results/d1/features_summary_mine.csv").write_text("my own notes")
    found = find_table_sets(tmp_path / "Results")
    assert list(found) == ["tierpsy_16_tierpsy_trajectory_window_3", "tierpsy_plate"]
    assert found["tierpsy_plate"][0].features.name == "features_summary_tierpsy_plate.csv"


@pytest.mark.parametrize(
    "form", ["_tierpsy_plate_window_{}_20260101_000000", "_tierpsy_plate_20260101_000000_window_{}"]
)
def test_each_time_window_is_a_kind_of_its_own(tmp_path: Path, form: str) -> None:
    """Windows are never mixed: each is a kind, and without a choice the kinds are listed."""
    for window in (0, 1):
        make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n", form.format(window))
    results = tmp_path / "Results"
    assert list(find_table_sets(results)) == ["tierpsy_plate_window_0", "tierpsy_plate_window_1"]
    (table,) = find_day_tables(results, "tierpsy_plate_window_1")
    assert "window_1" in table.features.name
    with pytest.raises(RemoteTrackerError, match="several kinds of day tables: tierpsy_plate_window_0"):
        find_day_tables(results)
    with pytest.raises(RemoteTrackerError, match=r"Did you mean tierpsy_plate_window_"):
        find_day_tables(results, "tierpsy_plate_window_7")


def test_plain_tables_count_where_each_day_has_them(tmp_path: Path) -> None:
    """Tierpsy's own tables beside the plain ones are left out, as long as no day has only those."""
    for day in ("d1", "d2"):
        make_day(tmp_path, day, make_files(day, "a"), "file_id,x\n")
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n", "_tierpsy_plate_20260101_000000")
    assert {table.filenames.name for table in find_day_tables(tmp_path / "Results")} == {"filenames_summary.csv"}
    make_day(tmp_path, "d3", make_files("d3", "a"), "file_id,x\n", "_tierpsy_plate_20260101_000000")
    with pytest.raises(RemoteTrackerError, match="plain \\(2 days\\), tierpsy_plate \\(2 days\\)"):
        find_day_tables(tmp_path / "Results")


@pytest.mark.parametrize("lost", ["filenames", "features"])
def test_a_table_without_its_partner_is_refused(tmp_path: Path, lost: str) -> None:
    """One of the two tables alone is no day; the line names both."""
    table = make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n")
    getattr(table, lost).unlink()
    with pytest.raises(RemoteTrackerError, match=rf"Results/d1/\w+_summary.csv: {lost}_summary.csv is not beside it"):
        find_day_tables(tmp_path / "Results")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_day_is_refused(tmp_path: Path) -> None:
    """A day folder that cannot be read is named, not left out."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n")
    folder = tmp_path / "Results/d1"
    folder.chmod(0)
    try:
        with pytest.raises(RemoteTrackerError, match="d1: the folder cannot be read"):
            find_day_tables(tmp_path / "Results")
    finally:
        folder.chmod(0o755)


SESSIONS = DayFolders("[^/]+/ses[^/]+", "{sub}/ses{ses}")


def test_a_described_day_is_found_as_deep_as_it_lies(tmp_path: Path) -> None:
    """Where project.yml describes a day, its folders are looked through, and tables elsewhere belong to no day."""
    for day in ("sub2/ses1", "sub1/ses2", "sub1/ses1", "sub1", "", "sub1/notes", "sub1/ses1/behav", "joined/ses1"):
        make_day(tmp_path, day, make_files(day, "a"), "file_id,x\n")
    found = find_day_tables(tmp_path / "Results", day=SESSIONS)
    assert [table.day for table in found] == ["sub1/ses1", "sub1/ses2", "sub2/ses1"]
    assert found[0].features == tmp_path / "Results/sub1/ses1/features_summary.csv"


def test_a_table_without_its_partner_is_named_with_all_folders(tmp_path: Path) -> None:
    """The line says in which folders of Results the table lies."""
    make_day(tmp_path, "sub1/ses1", "", "").filenames.unlink()
    with pytest.raises(
        RemoteTrackerError, match=r"^Results/sub1/ses1/features_summary\.csv: filenames_summary\.csv is not"
    ):
        find_day_tables(tmp_path / "Results", day=SESSIONS)
