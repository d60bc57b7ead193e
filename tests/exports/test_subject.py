"""What NWB demands and no program knows is asked for in the lab's table, named where it lacks, and never made up."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
from remote_tracker.exports.each_video import NotExported
from remote_tracker.exports.subject import Subject, read_subject
from remote_tracker.tables.video_row import VideoRow

SAID = {
    "session_start": "2026-01-31T09:30:00+01:00",
    "subject": "mouse 7",
    "species": "Mus musculus",
    "sex": "female",
    "age": "P90D",
}


def read(**said: str) -> Subject:
    """Return what the lab's table says about a video, with other texts than the right ones."""
    return read_subject(VideoRow("d1", "d1/a.avi", "finished", lab={**SAID, **said}))


def test_a_whole_row() -> None:
    """A row with all columns is taken as it is, its time zone included."""
    subject = read()
    assert subject[1:] == ("mouse 7", "Mus musculus", "F", "P90D")
    assert subject.start.isoformat() == "2026-01-31T09:30:00+01:00"


@pytest.mark.parametrize(
    ("said", "sex"), [("M", "M"), ("f", "F"), ("Male", "M"), ("unknown", "U"), ("U", "U"), ("o", "O")]
)
def test_sexes(said: str, sex: str) -> None:
    """A sex may be written as NWB has it, or in a word."""
    assert read(sex=said).sex == sex


@pytest.mark.parametrize("age", ["P90D", "P12W", "P1Y6M", "P1DT12H", "P90D/P120D", "P90D/"])
def test_ages(age: str) -> None:
    """An age, or a range of ages, is written as ISO 8601 has it."""
    assert read(age=age).age == age


def test_an_age_that_nobody_knows() -> None:
    """The lab may say that it does not know an age: then the file has none."""
    assert read(age="unknown").age is None


@pytest.mark.parametrize("column", list(SAID))
def test_a_column_that_lacks_is_named(column: str) -> None:
    """Each column without a value is named with the table, and nothing stands in for it."""
    with pytest.raises(NotExported, match=rf"NWB demands {column}: write it into AuxiliaryFiles/videos\.csv"):
        read(**{column: " "})


@pytest.mark.parametrize(
    ("column", "said", "why"),
    [
        ("session_start", "2026-01-31T09:30:00", "has no time zone"),
        ("session_start", "2026-01-31", "is no day and time"),
        ("session_start", "31.01.2026 09:30", "is no day and time"),
        ("sex", "x", r"write M, F, O \(other\) or unknown"),
        ("age", "90 days", r"write it as P90D"),
        ("age", "P", r"write it as P90D"),
        ("age", "90", r"write it as P90D"),
    ],
)
def test_a_text_that_nwb_does_not_know(column: str, said: str, why: str) -> None:
    """A value that NWB cannot hold is refused with the column, the text and how to write it."""
    with pytest.raises(NotExported, match=rf'{column} in AuxiliaryFiles/videos\.csv is "{said}", .*{why}'):
        read(**{column: said})
