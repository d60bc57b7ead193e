"""The columns of the page's table: what is told of each video, in the kinds that the page knows."""

from __future__ import annotations

import math

import pytest
from remote_tracker.page.column import NUMBER, TEXT, WORD, Meaning, column_of, kind_of
from remote_tracker.page.made_with import UNKNOWN, differences
from remote_tracker.page.spread import spread_by, spread_of
from remote_tracker.page.video_columns import Columns, video_columns
from remote_tracker.tables.lab_table import LabTable
from remote_tracker.tables.video_row import VideoRow

ROWS = [
    VideoRow("d1", "d1/a.avi", "finished", frames=100, seconds=3, node="n1", parameters="p"),
    VideoRow("d1", "d1/<b>.avi", "failed", "failed (exit code 3)", seconds=1, node="n1", parameters="q"),
    VideoRow("", "c\udc80.avi", "to do"),
]


def test_a_word_stands_once() -> None:
    """A column of words holds each word once, and for each video its place."""
    column = column_of(Meaning("node", WORD), ["a", "b", "a", ""])
    assert (column["words"], column["at"]) == (["a", "b", ""], [0, 1, 0, 2])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (math.nan, None),
        (math.inf, None),
        (3.0, 3),
        (33.333333, 33.333),
        (0.000123456, 0.00012346),
        (0, 0),
    ],
)
def test_a_number_has_the_digits_that_people_read(value: float | None, told: float | None) -> None:
    """A number has five digits, a whole one all of its own; what is none is told as none."""
    assert column_of(Meaning("x", NUMBER), [value])["values"] == [told]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", "-3", ""], NUMBER),
        (["0012", "0013"], WORD),  # names
        (["1", "wt"], WORD),
        (["1_000"], WORD),
        (["nan"], WORD),
        (["", ""], WORD),
        ([f"animal {number}" for number in range(300)], TEXT),
    ],
)
def test_the_kind_of_a_column_of_the_lab(cells: list[str], kind: str) -> None:
    """Numbers are numbers, few different cells are words, and a cell with leading zeros is a name."""
    assert kind_of(cells) == kind


def test_columns_are_equally_long_and_begin_with_the_video() -> None:
    """The first four columns are video, day, state and reason; a column that tells nothing is left out."""
    lab = LabTable("day", ("genotype",), {"d1": ("ko",)})
    columns = video_columns(ROWS, Columns({"p": "", "q": "x 1 -> 2"}, lab))
    assert [one["name"] for one in columns[:4]] == ["video", "day", "state", "reason"]
    assert {len(one.get("values", one.get("at"))) for one in columns} == {len(ROWS)}
    names = {one["name"]: one for one in columns}
    assert names["video"]["values"] == [row.video for row in ROWS]
    assert names["made_with"]["words"] == ["", "x 1 -> 2"]
    assert names["genotype"]["words"] == ["ko", ""]
    assert names["genotype"]["lab"]
    assert "animals" not in names


def test_what_results_say_has_columns() -> None:
    """How a result says that it was made stands in the table: the model, the device; other results have no cell."""
    said = [ROWS[0]._replace(says={"model": "flies_7", "device": "cuda"}), *ROWS[1:]]
    columns = {one["name"]: one for one in video_columns(said)}
    assert columns["says model"]["title"] == "model"
    assert columns["says model"]["words"] == ["flies_7", ""]
    assert columns["says device"]["words"][0] == "cuda"
    assert not [name for name in {one["name"] for one in video_columns(ROWS)} if name.startswith("says")]


def test_parameters_are_told_by_their_differences() -> None:
    """A set differs from the first in what has another value; a set that no batch kept says so."""
    values = {"a": {"area_min": "30", "x": "1"}, "b": {"area_min": "90", "x": "1"}, "c": {}, "d": {"x": "1"}}
    assert differences(values) == {"a": "", "b": "area_min 30 -> 90", "c": UNKNOWN, "d": "area_min 30 -> (none)"}


def test_quartiles_are_those_of_numpy() -> None:
    """Quartiles are interpolated as numpy and R do by default; one number is all of them."""
    assert spread_of([4, 1, 2, 3]) == {"low": 1, "q1": 1.75, "median": 2.5, "q3": 3.25, "high": 4}
    assert spread_of([7]) == dict.fromkeys(("low", "q1", "median", "q3", "high"), 7)
    assert [one["group"] for one in spread_by([("b", 1), ("a", 2), ("c", None)])] == ["a", "b"]
