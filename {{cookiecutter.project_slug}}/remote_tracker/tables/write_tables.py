"""Write all tables that stand beside the joined tables: videos, animals, parameters, columns, and their description."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from ..model import Project
from ..summaries.columns import FEATURES, FILENAMES
from ..summaries.find import LAB_TABLE
from ..summaries.found import Found
from ..summaries.publish import passing_file
from ..summaries.read import open_table
from ..summaries.write import write_row
from .cells import BEFORE_LAB, cells_of, places_for
from .definitions import Column, Definitions, load_definitions, load_own_columns
from .lab_table import LabTable
from .owners import Owners
from .package import describe_package
from .parameter_sets import FIRST as FIRST_OF_SETS
from .parameter_sets import write_sets
from .read_videos import read_videos, result_stage
from .reviewed import Unseen, load_reviewed
from .video_row import VideoRow
from .write_animals import FIRST, Animals, write_animals
from .write_videos import Written, write_videos

VIDEOS, ANIMALS, PARAMETERS, COLUMNS, PACKAGE = NAMES = (
    "videos.csv",
    "animals.csv",
    "parameters.csv",
    "columns.csv",
    "datapackage.json",
)
SUMMARIZER = "summarizer"  # the folder whose columns.yml, the user's own, defines columns before the tracker's
LAB_MEANING = f"column of the lab's table, {LAB_TABLE}"


@dataclass(frozen=True)
class Beside:
    """What the tables beside the joined tables hold, as far as people are told."""

    animals: int  # rows of the table of animals
    lab_key: str  # what the lab's table is about: video or day; "": there is none
    lab_only: tuple[str, ...]  # keys of the lab's table that no video has
    not_in_lab: tuple[str, ...]  # videos or days that the lab's table lacks; empty where there is no such table
    undefined: tuple[str, ...]  # columns of features that nobody has defined
    no_video: int  # results in the tables whose video is not here
    lapsed: tuple[str, ...] = ()  # videos whose word in reviewed.csv is about a result that was made anew since
    reviewed_only: tuple[str, ...] = ()  # names in reviewed.csv that no video has


def names_of_ours() -> Collection[str]:
    """Return the names of columns that the lab's table cannot have."""
    return {*FIRST, *cells_of(VideoRow("", "", ""), lambda path: path)}


def write_tables(project: Project, lab: LabTable, paths_for: str, found: Found, streams: Sequence[TextIO]) -> Beside:
    """Write the tables NAMES into the streams, and return what they hold."""
    videos_out, animals_out, sets_out, columns_out, package_out = streams
    place = places_for(project.root, project.videos, paths_for)
    definitions = load_definitions(project.root / SUMMARIZER, project.tracker.folder)
    reviewed, unseen = load_reviewed(project.root), Unseen()
    rows = unseen.watch(read_videos(project, reviewed), reviewed)
    with passing_file(videos_out, "owners") as file:
        owners = Owners(file, len(found.results))
        written = write_videos(videos_out, rows, found, lab, place, owners)
        animals = write_animals(animals_out, found.features, definitions.animal, owners, lab)
    values = write_sets(sets_out, project, result_stage(project), written.sets)
    tables = _describe(found, lab, definitions, animals, values)
    _write_columns(columns_out, tables)
    json.dump(describe_package(project.name, tables), package_out, indent=1, ensure_ascii=False)
    package_out.write("\n")
    undefined = dict.fromkeys(c.name for columns in tables.values() for c in columns if not c.meaning)
    told = _told(written, lab, animals, tuple(undefined))
    return replace(told, reviewed_only=unseen.names(reviewed))


def _told(written: Written, lab: LabTable, animals: Animals, undefined: tuple[str, ...]) -> Beside:
    lab_only, lapsed = tuple(key for key in lab.rows if key not in written.matched), tuple(written.lapsed)
    return Beside(animals.rows, lab.key, lab_only, tuple(written.unmatched), undefined, written.no_video, lapsed)


def _describe(
    found: Found, lab: LabTable, definitions: Definitions, animals: Animals, values: Sequence[str]
) -> dict[str, list[Column]]:
    """Return table -> its columns in order, each with its meaning as far as it is known."""
    own = load_own_columns()
    lab_columns = [Column(name, meaning=LAB_MEANING) for name in lab.columns]
    features = [
        _feature(definitions, name, "string" if at in animals.texts else "") for at, name in enumerate(animals.features)
    ]
    animal = definitions.find(definitions.animal)
    named = [*own["animals"][:-1], animal._replace(name="animal", type="string") if animal else own["animals"][-1]]
    head, rest = own["videos"][: len(BEFORE_LAB)], own["videos"][len(BEFORE_LAB) :]
    sets = [
        Column(name, meaning="a parameter, or a key of a parameter file, in which the sets differ") for name in values
    ]
    return {
        "videos": [*head, *lab_columns, *rest],
        "animals": [*named, *lab_columns, *features],
        "parameters": [*own["parameters"][: len(FIRST_OF_SETS)], *sets],
        "missing": list(own["missing"]),
        "filenames_summary": _of_joined(found, FILENAMES, own["filenames_summary"], definitions, {}),
        "features_summary": _of_joined(found, FEATURES, own["features_summary"], definitions, _by_name(features)),
        "columns": list(own["columns"]),
    }


def _feature(definitions: Definitions, name: str, kind: str) -> Column:
    column = definitions.find(name) or Column(name, "number")
    return column._replace(name=name, type=kind or ("string" if column.type == "string" else "number"))


def _by_name(features: Sequence[Column]) -> Mapping[str, Column]:
    return {column.name: column for column in features}


def _of_joined(
    found: Found, table: str, ours: Sequence[Column], definitions: Definitions, known: Mapping[str, Column]
) -> list[Column]:
    """Return a joined table's columns as we define them, else as the table of animals has them, else as the tracker."""
    path = found.features if table == FEATURES else found.files
    with open_table(path, table, ("file_id",)) as (head, _):
        columns = {**known, **_by_name(ours)}
        return [columns.get(name) or _other(definitions, name) for name in head.columns]


def _other(definitions: Definitions, name: str) -> Column:
    column = definitions.find(name) or Column(name)
    return column._replace(name=name, type="string")


def _write_columns(out: TextIO, tables: Mapping[str, Sequence[Column]]) -> None:
    write_row(out, ("table", "column", "unit", "meaning", "how"))
    for table, columns in tables.items():
        for column in columns:
            write_row(out, (table, column.name, column.unit, column.meaning, column.how))
