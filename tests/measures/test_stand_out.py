"""Which videos stand out, and in which words."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from remote_tracker.measures.stand_out import LEAST, find_standing_out
from remote_tracker.measures.track_numbers import TrackNumbers
from remote_tracker.tables.video_row import VideoRow

PLAIN = TrackNumbers(3, 1000, 0, 999, 0.01, 0, 5, 2997, 0.95, 200.0, "px", 800.0, array("I"), (0.0, 0.0, 1.0, 1.0))
Rows = list[tuple[VideoRow, TrackNumbers | None]]


def rows(*odd: dict[str, Any], plain: int = 9, day: str = "d1", frames: int = 1000) -> Rows:
    """Return a day of plain videos and of videos whose numbers differ in the keys of ``odd``."""
    numbers = [PLAIN] * plain + [PLAIN._replace(**keys) for keys in odd]
    return [(VideoRow(day, f"{day}/{at}.avi", "finished", frames=frames), one) for at, one in enumerate(numbers)]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"jumps": 12}, "12 jumps, the median video of its day has 0 in as many steps"),
        ({"confidence": 0.5}, "a median confidence of 0.50, the median video of its day has 0.95"),
        (
            {"missing": 0.3},
            "its animals are not seen in 30% of frames, the median video of its day has 1.0%",
        ),
        ({"frames_seen": 400}, "no animal in 60% of its frames, the median video of its day has 0.0%"),
        ({"animals": 5}, "5 animals, the median video of its day has 3"),
        ({"animals": 2}, "2 animals, the median video of its day has 3"),
        ({"size": 1234.5}, "animals of 1,234 px², the median video of its day has 200 px²"),
    ],
)
def test_reasons(odd: dict[str, Any], reason: str) -> None:
    """A video that is far from the others of its day is named with its number and theirs; the others are not."""
    assert find_standing_out(rows(odd)) == {"d1/9.avi": (reason,)}


@pytest.mark.parametrize(
    "odd",
    [
        {"jumps": 4},
        {"confidence": 0.99},
        {"confidence": 0.92},
        {"confidence": None},
        {"missing": 0.0},
        {"missing": 0.025},
        {"missing": None},
        {"frames_seen": 960},
        {"size": 210.0},
        {"size": None},
        {"touches": 9999},
        {"distance": 99999.0},
    ],
)
def test_what_is_no_reason(odd: dict[str, Any]) -> None:
    """What is better than the others, differs by little, or is not told is no reason; nor is how much animals do."""
    assert find_standing_out(rows(odd)) == {}


def test_several_reasons() -> None:
    """A video may stand out for several reasons, in a fixed order."""
    found = find_standing_out(rows({"jumps": 100, "animals": 9, "confidence": 0.1}))
    assert [reason.split(",")[0] for reason in found["d1/9.avi"]] == [
        "a median confidence of 0.10",
        "100 jumps",
        "9 animals",
    ]


def test_values_that_are_spread() -> None:
    """Of 10 to 20 and a large value the median is 15.5 and MAD 3: farther than 3.5 x 1.4826 x 3 = 15.57 stands out."""
    plain = [{"size": float(value)} for value in range(10, 21)]
    assert find_standing_out(rows(*plain, {"size": 15.5 + 15.5}, plain=0)) == {}
    assert list(find_standing_out(rows(*plain, {"size": 15.5 + 15.6}, plain=0))) == ["d1/11.avi"]


def test_most_videos_have_one_value() -> None:
    """With six of ten at 200 MAD is 0, and the mean deviation 20: farther than 3.5 x 1.2533 x 20 = 87.7 stands out."""
    others = [{"size": value} for value in (260.0, 150.0, 250.0)]
    assert find_standing_out(rows(*others, {"size": 240.0}, plain=6)) == {}
    assert list(find_standing_out(rows(*others, {"size": 900.0}, plain=6))) == ["d1/9.avi"]


def test_days_with_few_videos_are_compared_with_all() -> None:
    """In a day of fewer videos than LEAST a video is compared with those of all days; with fewer at all, with none."""
    odd = {"animals": 9}
    few = rows(odd, plain=1, day="d2")
    assert find_standing_out(few) == {}
    assert find_standing_out([*rows(plain=LEAST), *few]) == {"d2/1.avi": ("9 animals, the median of all videos has 3",)}
    assert find_standing_out(rows(odd, plain=LEAST - 2)) == {}
    assert find_standing_out(rows(odd, plain=LEAST - 1)) != {}


def test_a_day_is_compared_with_itself() -> None:
    """A day with other animals than the others is not odd in itself."""
    other = [(row, PLAIN._replace(size=900.0)) for row, _ in rows(day="d2")]
    assert find_standing_out([*rows(), *other]) == {}


def test_long_videos_may_have_more_jumps() -> None:
    """Jumps are compared over as many steps: a video ten times as long may have ten times as many."""
    few = {"jumps": 10, "steps": 3000}
    assert find_standing_out(rows(*[few] * 9, {"jumps": 100, "steps": 30000}, plain=0)) == {}
    found = find_standing_out(rows(*[few] * 9, {"jumps": 100, "steps": 3000}, plain=0))
    assert found["d1/9.avi"] == ("100 jumps, the median video of its day has 10 in as many steps",)


def test_videos_without_numbers() -> None:
    """A video without numbers neither stands out nor counts."""
    bare: Rows = [(VideoRow("d1", f"d1/none{at}.avi", "to do"), None) for at in range(20)]
    assert find_standing_out(bare) == find_standing_out([]) == {}
    assert list(find_standing_out([*bare, *rows({"animals": 9})])) == ["d1/9.avi"]
    unsaid = [(row._replace(frames=None), numbers) for row, numbers in rows({"frames_seen": 4})]
    assert find_standing_out(unsaid) == {}
