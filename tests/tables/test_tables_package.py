"""What describes the tables: each column of each table with its type, unit and meaning, for people and programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from lab import TEMPLATE, Lab
from lab_of_days import declare, load, write_lab_table
from remote_tracker.errors import ConfigError
from remote_tracker.tables.cells import cells_of
from remote_tracker.tables.definitions import Column, load_definitions, load_own_columns
from remote_tracker.tables.video_row import VideoRow
from rewinding import rewound

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"


@rewound
def joined(lab: Lab) -> None:
    """A joined project with a lab's table."""
    declare(lab)
    lab.videos(2)
    write_lab_table(lab.root, "video,dose\nd1/v1.avi,2\n")
    lab.rt("run")


@pytest.fixture
def package(joined: Lab) -> dict[str, Any]:
    """The description of that project."""
    found: dict[str, Any] = json.loads((joined.root / "Results/joined/datapackage.json").read_text("utf-8"))
    return {**found, "folder": joined.root / "Results/joined"}


def test_every_table_and_every_column(package: dict[str, Any]) -> None:
    """Every CSV file in the folder is described, with exactly the columns of its header."""
    folder: Path = package["folder"]
    described = {one["path"]: [field["name"] for field in one["schema"]["fields"]] for one in package["resources"]}
    heads = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            heads[path.name] = next(csv.reader(file))
    assert described == heads


def test_every_cell_is_of_its_type(package: dict[str, Any]) -> None:
    """A column that is called a number holds numbers only, a column of integers integers."""
    of_type = {"string": str, "number": float, "integer": int}
    for one in package["resources"]:
        types = {field["name"]: of_type[field["type"]] for field in one["schema"]["fields"]}
        with (package["folder"] / one["path"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert [types[name](cell) for name, cell in row.items() if cell]


def test_the_same_stands_in_columns_csv(joined: Lab, package: dict[str, Any]) -> None:
    """The table of columns says of each what the description says; all have a meaning here."""
    rows = load(joined, "columns")
    told = {(row["table"], row["column"]): (row["unit"], row["meaning"], row["how"]) for row in rows}
    fields = [(one["name"], field) for one in package["resources"] for field in one["schema"]["fields"]]
    expected = {
        (table, field["name"]): tuple(field.get(key, "") for key in ("unit", "description", "how"))
        for table, field in fields
    }
    assert told == expected
    assert all(meaning for _, meaning, _ in told.values())


def test_our_columns_are_those_we_define() -> None:
    """The columns of the table of videos are defined in their order."""
    names = [column.name for column in load_own_columns()["videos"]]
    assert names == list(cells_of(VideoRow("", "", ""), str))


def test_a_column_of_text(lab: Lab) -> None:
    """A feature that holds text in any row, however late, is called text."""
    declare(lab)
    lab.videos(1)
    lab.rt("run")
    folder = lab.root / "Results/d1"
    rows = "".join(f"0,{at},1e-05,{at}\n" for at in range(100))
    (folder / "features_summary.csv").write_text(f"file_id,animal,late,number\n{rows}0,x,n/a,7\n")
    lab.rt("join")
    found = json.loads((lab.root / "Results/joined/datapackage.json").read_text("utf-8"))
    (animals,) = [one for one in found["resources"] if one["name"] == "animals"]
    types = {field["name"]: field["type"] for field in animals["schema"]["fields"]}
    assert (types["late"], types["number"]) == ("string", "number")


@pytest.mark.parametrize(
    ("tracker", "name", "expected"),
    [
        ("opencv", "speed_mm_per_s_p50", ("mm/s", "median of the animal's speed")),
        ("opencv", "area_mm2_p90", ("mm2", "90th percentile of the animal's area")),
        ("opencv", "area_px_mean", ("px", "mean of the animal's area")),
        ("sleap", "visible_left_wing", ("", "in which part of its poses the body point left_wing was seen")),
        ("deeplabcut", "speed_px_per_frame_p90", ("px/frame", "90th percentile of the animal's speed")),
        ("tierpsy", "speed_50th", ("µm/s", "median of the worm's speed")),
        (
            "tierpsy",
            "d_length_norm_10th",
            ("1/s", "10th percentile of the change a second of the worm's length, in body lengths"),
        ),
        (
            "tierpsy",
            "curvature_head_w_backward_abs_IQR",
            (
                "rad/µm",
                "distance between the 25th and the 75th percentile of the curvature of its head, while it moves "
                "backward, without its sign (dorsal and ventral are not told apart)",
            ),
        ),
    ],
)
def test_definitions_of_trackers(tracker: str, name: str, expected: tuple[str, str]) -> None:
    """A tracker's patterns give each feature its unit and its meaning."""
    found = load_definitions(TRACKERS / tracker).find(name)
    assert found is not None
    assert (found.unit, found.meaning) == expected


@pytest.mark.parametrize(
    ("tracker", "name"),
    [
        ("tierpsy", "speed_50th_more"),
        ("tierpsy", "speed"),
        ("tierpsy", "my_own"),
        ("opencv", "length_px_per_s_mean"),
    ],
)
def test_what_no_pattern_fits(tracker: str, name: str) -> None:
    """A name that fits no pattern whole has no definition."""
    assert load_definitions(TRACKERS / tracker).find(name) is None


def test_the_users_own_definition_counts_first(tmp_path: Path) -> None:
    """Of two folders the first folder's definition of a column counts, and its animal."""
    for name, meaning in (("own", "mine"), ("tracker", "theirs")):
        (tmp_path / name).mkdir()
        text = f"animal: {name}\ncolumns: [{{name: x, meaning: {meaning}}}]\n"
        (tmp_path / name / "columns.yml").write_text(text)
    found = load_definitions(tmp_path / "own", tmp_path / "tracker")
    assert (found.animal, found.find("x")) == ("own", Column("x", "number", "", "mine"))


def test_a_slip_in_a_definition(tmp_path: Path) -> None:
    """An unknown key is refused with the file and the line."""
    (tmp_path / "columns.yml").write_text("columns:\n  - {name: x}\n  - {name: y, units: mm}\n")
    with pytest.raises(ConfigError, match=r'columns.yml line 3: unknown key "units"'):
        load_definitions(tmp_path)
