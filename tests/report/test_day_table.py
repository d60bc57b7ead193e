"""The table of days: ten fit, of more those that are all in one state fold, and no unit is lost on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from remote_tracker.model import Project
from remote_tracker.report.day_table import MOST_DAYS, summary_line, table_lines
from scan.trees import TRACKS, make_project, make_stage


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, and stand in its folder."""
    monkeypatch.chdir(tmp_path)
    return make_project(tmp_path, make_stage(), make_stage(name="listing", folder="summarizer", counts="days"))


def lines(project: Project, days: Mapping[str, Counter[str]], fold: bool = True, stage: int = 0) -> list[str]:
    """Return the table of these days."""
    return list(table_lines(project, project.tracker.stages[stage], days, fold))


def days(**counts: Mapping[str, int]) -> dict[str, Counter[str]]:
    """Return the counts by day."""
    return {name: Counter(count) for name, count in counts.items()}


def test_unfolded(project: Project) -> None:
    """A row a day, a column a state that occurs, and the sum."""
    assert lines(project, days(d1={"finished": 3}, d2={"finished": 1, "failed": 2}), fold=False) == [
        "track: 6 videos",
        "       finished  to do  failed",
        "  d1          3      0       0",
        "  d2          1      0       2",
        "  all         4      0       2",
    ]


def test_quiet_days_fold(project: Project) -> None:
    """Days that are all finished are one line, others keep their rows; the last line says how to see all."""
    quiet = {f"2026-01-{day:02d}": Counter(finished=20) for day in range(3, 16)}
    told = lines(project, {**quiet, "2026-01-16": Counter({"finished": 3, "to do": 2})})
    assert told == [
        "track: 265 videos",
        "              finished  to do",
        "  13 days, all finished (2026-01-03 to 2026-01-15): 260 videos",
        "  2026-01-16         3      2",
        "  all              263      2",
        f"  Each day:  {told[-1].partition('  Each day:  ')[2]}",
    ]
    assert told[-1].endswith("rt status --all-days")


def test_a_single_quiet_day_stays(project: Project) -> None:
    """One day that is alike keeps its row: a line would save nothing."""
    assert lines(project, days(d1={"finished": 3}, d2={"to do": 1})) == lines(
        project, days(d1={"finished": 3}, d2={"to do": 1}), fold=False
    )


@pytest.mark.parametrize("number", [11, 40, 300])
def test_many_busy_days(number: int, project: Project) -> None:
    """Of days that are not alike the last have rows, the others one sum: the table never grows, and adds up."""
    told = lines(project, {f"day{n:03d}": Counter({"finished": n, "failed": 1}) for n in range(1, number + 1)})
    rows = [
        re.findall(r"\d+", line.split("  ", 2)[2] if "before" not in line else line.partition("before")[2])
        for line in told[2:-2]
    ]
    assert len(rows) == MOST_DAYS
    assert sum(int(row[0]) for row in rows) == number * (number + 1) / 2
    assert told[2].startswith(f"  {number - MOST_DAYS + 1} days before ")


def test_a_stage_of_days(project: Project) -> None:
    """A stage whose units are days is one line: how many are in which state, and which are not finished."""
    counts = {f"d{n}": Counter({"waiting": 1} if n > 2 else {"finished": 1}) for n in range(1, 9)}
    assert lines(project, counts, stage=1) == ["listing: 8 days: 2 finished; 6 waiting: d3, d4, d5 and 3 more"]


def test_what_waits_says_for_what(tmp_path: Path) -> None:
    """Behind "waiting" stands which earlier stages are waited for: in the line of the days, and in that of a stage."""
    reads = {"inputs": {"tracks": TRACKS}, "outputs": {"list": "Results/{subdir}/{name}_list.csv"}}
    days = make_stage(name="listing", folder="summarizer", counts="days", **reads)
    project = make_project(tmp_path, make_stage(), make_stage(name="aside", outputs={"b": "Results/{name}.b"}), days)
    counts = {"d1": Counter(waiting=1), "d2": Counter(finished=1)}
    assert lines(project, counts, stage=2) == ["listing: 2 days: 1 finished; 1 waiting for track: d1"]
    assert summary_line(project, days, counts) == "listing: 2 days: 1 finished, 1 waiting for track"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "track: 0 videos"),
        ({"a": Counter(finished=1)}, "track: 1 video: 1 finished"),
        ({"a": Counter(running=1), "b": Counter({"to do": 2})}, "track: 3 videos: 0 finished, 1 running, 2 to do"),
    ],
)
def test_in_a_line(counts: Mapping[str, Counter[str]], said: str, project: Project) -> None:
    """How far a stage is, in a line."""
    assert summary_line(project, project.tracker.stages[0], counts) == said.replace("0 finished, ", "")


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\tb", "\udcff", "-n $x"])
def test_hostile_days(name: str, project: Project) -> None:
    """A day's name is written so that a terminal prints it on one line."""
    told = lines(project, {name: Counter(finished=1), "z": Counter(failed=1)})
    assert all(line.isprintable() for line in told)
