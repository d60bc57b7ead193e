"""How features are spread in groups: exact, whatever names and cells the joined table holds."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.measures import distributions, features, joined_animals
from remote_tracker.measures.distributions import read_distributions
from remote_tracker.measures.features import MOST_GROUPS, MOST_SHOWN, NO_FEATURES, Features, compute_features
from remote_tracker.measures.spread import Distribution, Groups, describe, spread
from remote_tracker.model import Project
from remote_tracker.tables.lab_table import NO_LAB_TABLE, LabTable
from remote_tracker.tables.write_tables import LAB_MEANING
from scan.trees import make_project, make_stage

LAB = LabTable("day", ("genotype", "dose"))


def write(root: Path, columns: list[str], rows: list[list[Any]], **described: dict[str, str]) -> Project:
    """Write the joined table of animals and its description, in which some columns are ``described``."""
    joined = root / "Results/joined"
    joined.mkdir(parents=True, exist_ok=True)
    with open(joined / "animals.csv", "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows([["day", "video", "animal", *columns], *rows])
    labs = {name: {"description": LAB_MEANING, "type": "string"} for name in LAB.columns}
    fields = [{"name": name, "type": "number", **labs.get(name, {}), **described.get(name, {})} for name in columns]
    package = {"resources": [{"name": "videos"}, {"name": "animals", "schema": {"fields": fields}}]}
    (joined / "datapackage.json").write_text(json.dumps(package))
    return make_project(root, make_stage(name="track"))


def rows_of(*values: tuple[str, str, Any]) -> list[list[Any]]:
    """Return rows of (day, genotype, value)."""
    return [[day, f"{day}/{at}.avi", at, genotype, value] for at, (day, genotype, value) in enumerate(values)]


def test_by_day_and_by_a_column_of_the_labs(tmp_path: Path) -> None:
    """Of 1, 2, 3, 4 the quartiles are 1.75, 2.5 and 3.25, as numpy has them; cells without a number do not count."""
    rows = rows_of(*(("d1", "wt", v) for v in (4, 1, "", 3, 2)), ("d2", "mut", "1e1"), ("d2", "", "nan"), ("d2", "", 7))
    project = write(tmp_path, ["genotype", "speed"], rows, speed={"unit": "px/s", "description": "how fast it is"})
    (feature,) = read_distributions(project, LAB).shown
    assert (feature.name, feature.unit, feature.meaning) == ("speed", "px/s", "how fast it is")
    assert feature.by == {
        "day": (
            Distribution("d1", 4, 1.0, 1.75, 2.5, 3.25, 4.0),
            Distribution("d2", 2, 7.0, 7.75, 8.5, 9.25, 10.0),
        ),
        "genotype": (
            Distribution("mut", 1, 10.0, 10.0, 10.0, 10.0, 10.0),
            Distribution("wt", 4, 1.0, 1.75, 2.5, 3.25, 4.0),
            Distribution("", 1, 7.0, 7.0, 7.0, 7.0, 7.0),
        ),
    }


def test_numbers_are_numpys(tmp_path: Path) -> None:
    """The smallest, the quartiles and the largest of some thousand values are what numpy computes of them."""
    np = pytest.importorskip("numpy")
    random = np.random.default_rng(7)
    days, values = random.integers(0, 5, 3000), random.normal(0, 1000, 3000)
    values[random.random(3000) < 0.1] = float("nan")
    rows = [[f"d{day}", "v", at, value] for at, (day, value) in enumerate(zip(days, values, strict=True))]
    (feature,) = read_distributions(write(tmp_path, ["x"], rows), NO_LAB_TABLE).shown
    assert [one.group for one in feature.by["day"]] == [f"d{day}" for day in range(5)]
    for day, one in enumerate(feature.by["day"]):
        held = values[(days == day) & np.isfinite(values)]
        expected = np.quantile(held, (0, 0.25, 0.5, 0.75, 1))
        assert (one.low, one.q1, one.median, one.q3, one.high) == pytest.approx(expected, rel=1e-12)
        assert one.n == len(held)


def test_features_beyond_the_fortieth_are_named(tmp_path: Path) -> None:
    """Features with a meaning are shown before those without, in the table's order; texts and all others are named."""
    names = [f"f{at}" for at in range(50)]
    described: dict[str, Any] = {name: {"description": "known"} for name in names[10:45]}
    described["f12"]["type"] = "string"
    project = write(tmp_path, names, [["d", "v", 0, *range(50)]], **described)
    found = read_distributions(project, NO_LAB_TABLE)
    assert [one.name for one in found.shown] == [*names[:6], *names[10:12], *names[13:45]]
    assert len(found.shown) == MOST_SHOWN
    assert found.left == (*names[6:10], "f12", *names[45:])


@pytest.mark.parametrize(("values", "groups"), [(MOST_GROUPS, True), (MOST_GROUPS + 1, False)])
def test_a_column_with_many_values_makes_no_groups(tmp_path: Path, values: int, groups: bool) -> None:
    """A column of the lab's with 12 different values makes groups, also where it is empty for some; not with 13."""
    rows = rows_of(*(("d", f"g{at}", at) for at in range(values)), ("d", "", 5))
    (feature,) = read_distributions(write(tmp_path, ["genotype", "x"], rows), LAB).shown
    assert ("genotype" in feature.by) == groups


def test_groups_that_are_numbers_are_in_their_order(tmp_path: Path) -> None:
    """A dose of 10 comes behind a dose of 9.5, names behind numbers, and what has no dose last."""
    rows = [["d", "v", 0, dose, 1] for dose in ("10", "none", "9.5", "", "0")]
    (feature,) = read_distributions(write(tmp_path, ["dose", "x"], rows), LAB).shown
    assert [one.group for one in feature.by["dose"]] == ["0", "9.5", "10", "none", ""]


@pytest.mark.parametrize(
    "name", ['a "quoted" one', "two\nlines", "a,b", "=1+1", "<script>", "\udcff", "ü", "''", " blank "]
)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    """A day, a genotype and a feature may be called anything that a table can hold."""
    project = write(tmp_path, ["genotype", name], [[name, "v", 0, name, 1], ["d", "v", 1, "wt", 2]])
    (feature,) = read_distributions(project, LAB).shown
    assert feature.name == name
    assert {one.group for one in feature.by["day"]} == {name, "d"}
    assert {one.group for one in feature.by["genotype"]} == {name, "wt"}


@pytest.mark.parametrize("cell", ["", "n/a", "nan", "inf", "-inf", "1e999", "12 px", " "])
def test_what_is_no_number(tmp_path: Path, cell: str) -> None:
    """A cell that is no finite number does not count; a feature without a number has no distribution."""
    (feature,) = read_distributions(write(tmp_path, ["x"], [["d", "v", 0, cell]]), NO_LAB_TABLE).shown
    assert feature.by == {"day": ()}


def test_nothing_is_joined(tmp_path: Path) -> None:
    """Without joined tables, and of a table without features, nothing is told."""
    assert read_distributions(make_project(tmp_path, make_stage(name="track")), LAB) == NO_FEATURES
    assert read_distributions(write(tmp_path, ["genotype"], []), LAB) == Features()
    (feature,) = read_distributions(write(tmp_path, ["x"], []), LAB).shown
    assert feature.by == {"day": ()}


def test_without_the_description_of_the_tables(tmp_path: Path) -> None:
    """Where datapackage.json is gone or damaged the lab's columns are known by its table, all others are numbers."""
    project = write(tmp_path, ["genotype", "x"], [["d", "v", 0, "wt", 1]])
    package = tmp_path / "Results/joined/datapackage.json"
    for content in ("", "[]", '{"resources": [{"name": "animals"}]}'):
        package.write_text(content)
        (feature,) = read_distributions(project, LAB).shown
        assert (feature.name, feature.unit, feature.meaning) == ("x", "", "")
        assert set(feature.by) == {"day", "genotype"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day,video,animal,x\nd,v,0,1\nd,v,1", "its last line is cut off"),
        ("day,video,animal,x\nd,v,0,1\nd,v,1\n", "row 3 has not as many cells as the first"),
        ('day,video,animal,x\nd,"v,0,1\n', "row 2 cannot be read"),
        ('day,video,animal,x\nd,"v",0\n', "row 2 has not as many cells as the first"),
        ("day,video,animal,x,x\n", "its first line does not name its columns"),
        ("", "its first line does not name its columns"),
    ],
)
def test_a_damaged_table(tmp_path: Path, text: str, why: str) -> None:
    """A table that was cut off or edited is named, with the row and what to type."""
    project = write(tmp_path, ["x"], [])
    (tmp_path / "Results/joined/animals.csv").write_text(text)
    with pytest.raises(RemoteTrackerError) as caught:
        read_distributions(project, NO_LAB_TABLE)
    assert str(caught.value).startswith(f"Results/joined/animals.csv: {why}")
    assert str(caught.value).endswith("Join again:  ./rt join")
    assert "\n" not in str(caught.value)


def test_large_tables_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told does not depend on how many rows, and how many features, are held in memory together."""
    rows = [[f"d{at % 3}", "v", at, f"g{at % 2}", at, at * at % 17, -at] for at in range(200)]
    project = write(tmp_path, ["genotype", "a", "b", "c"], rows)
    whole = compute_features(project, LAB)
    held: list[int] = []
    plain = features._read_features
    monkeypatch.setattr(features, "_read_features", lambda t, s, g: held.append(len(s)) or plain(t, s, g))
    monkeypatch.setattr(features, "MOST_VALUES", 100)
    monkeypatch.setattr(joined_animals, "CELLS", 30)
    assert compute_features(project, LAB) == whole
    assert held == [1, 1, 1]


def test_a_joined_table_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told of a table is told again without reading it, until the table or its description changes."""
    rows = [["d", "v", 0, "wt", 1], ["d", "v", 1, "mut", ""]]
    project = write(tmp_path, ["genotype", "x"], rows, x={"unit": "µm", "description": "how far"})
    first = compute_features(project, LAB)
    reads = list[int]()
    monkeypatch.setattr(distributions, "compute_features", lambda *given: reads.append(1) or compute_features(*given))
    assert [read_distributions(project, LAB) for _ in range(3)] == [first] * 3
    assert len(reads) == 1
    write(tmp_path, ["genotype", "x"], [*rows, ["d", "v", 2, "wt", 3]])
    assert read_distributions(project, LAB) == compute_features(project, LAB) != first
    assert len(reads) == 2
    read_distributions(project, NO_LAB_TABLE)
    assert len(reads) == 3


@pytest.mark.parametrize("content", ["", "[]", "5", "{", "[1, 2, 3, 4]", "[null, [], []]"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: str) -> None:
    """What was kept and is damaged, or of another table, is not believed."""
    project = write(tmp_path, ["x"], [["d", "v", 0, 1]])
    first = read_distributions(project, LAB)
    (kept,) = tmp_path.rglob("features.track")
    whole = kept.read_text()
    kept.write_text(content)
    assert read_distributions(project, LAB) == first
    assert kept.read_text() == whole
    kept.write_text(whole[: len(whole) // 2])
    assert read_distributions(project, LAB) == first


def test_a_spread_of_equal_values() -> None:
    """Quartiles of equal values are that value exactly, however large or odd it is."""
    for value in (0.1, 1e308, -1e-320):
        assert describe("g", [value] * 7) == Distribution("g", 7, *[value] * 5)
    assert describe("g", [1e308, -1e308]) == Distribution("g", 2, -1e308, -5e307, 0.0, 5e307, 1e308)
    assert describe("g", [float("nan")]) is None
    assert spread([], Groups()) == ()
