"""What measures tells of the videos' tracks, as the page's data: columns, what stands out, where the animals were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..measures.heat import Heat, add_up
from ..measures.kept_numbers import KeptNumbers
from ..measures.meanings import load_meanings, values_of
from ..measures.stand_out import find_standing_out
from ..measures.track_numbers import TrackNumbers
from ..named_tuple import NamedTuple
from ..tables.video_row import VideoRow
from ..text.visible import shown
from .column import NUMBER, TEXT, Meaning, column_of
from .look import Seen

BETWEEN = "; "  # between the reasons for which a video stands out
MOST_WHYS = 5  # reasons why tracks could not be read that the page tells
OUT = Meaning("stands_out", TEXT, "", "in what the video is far from the others; empty: in nothing")


class TrackParts(NamedTuple):
    """What the tracks of a project's videos come to."""

    reasons: dict[str, Any]  # the column that says in what a video stands out
    columns: Sequence[dict[str, Any]]  # a column for each number
    stands_out: Sequence[dict[str, Any]]  # the videos that stand out, each with its reasons
    heat: Sequence[dict[str, Any]]  # where the animals of each day were
    notes: Sequence[str]


def tell_tracks(seen: Seen) -> TrackParts:
    """Return what the tracks of a project's videos come to; each video's tracks are read once, and known then."""
    kept, known = KeptNumbers(seen.project, seen.stage), list[TrackNumbers | None]()
    try:
        known = kept.all_numbers(seen.rows) if kept.has_tracks else []
    finally:
        kept.write(is_all=bool(known))  # what was stopped midway keeps the numbers of the others
    by_row = known or [None] * len(seen.rows)
    reasons = find_standing_out(list(zip(seen.rows, by_row, strict=True)))
    return TrackParts(
        column_of(OUT, (BETWEEN.join(reasons.get(row.video, ())) for row in seen.rows)),
        number_columns(by_row),
        [{"video": video, "reasons": list(told)} for video, told in reasons.items()],
        _heat_of_days(by_row, seen.days),
        list(_notes(kept, seen.rows)),
    )


def _heat_of_days(by_row: Sequence[TrackNumbers | None], days: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Return where the animals of each day were; a day without known positions is left out."""
    found = ((day, add_up(one for at in rows if (one := by_row[at]))) for day, rows in days.items())
    return [_heat_of(day, heat) for day, heat in found if heat]


def number_columns(numbers: Sequence[TrackNumbers | None]) -> list[dict[str, Any]]:
    """Return a column for each number that tracks come to; ``numbers`` has an entry a row."""
    meanings = load_meanings()
    units = {one.unit for one in numbers if one is not None}
    walked = units.pop() if len(units) == 1 else ""
    return [
        column_of(
            Meaning(name, NUMBER, walked if name == "distance" else meanings[name].unit, meanings[name].meaning),
            told,
        )
        for name, told in values_of(numbers).items()
    ]


def _heat_of(day: str, heat: Heat) -> dict[str, Any]:
    left, top, right, bottom = heat.extent
    return {
        "day": day,
        "videos": heat.videos,
        "left_out": heat.left_out,
        "rows": heat.rows,
        "columns": heat.columns,
        "counts": list(heat.counts),
        "width": right - left,
        "height": bottom - top,
        "unit": heat.unit,
    }


def _notes(kept: KeptNumbers, rows: Sequence[VideoRow]) -> list[str]:
    if not kept.has_tracks:
        return ["No numbers from tracks: the tracker does not say where its results hold them (tracks in tracker.yml)."]
    if kept.lacks:
        return [f"No new numbers from tracks: {kept.lacks}"]
    whys: dict[str, int] = {}
    for row in rows:
        if why := kept.why_not(row.video):
            whys[why] = whys.get(why, 0) + 1
    worst = sorted(whys.items(), key=lambda pair: -pair[1])[:MOST_WHYS]
    return [f"No numbers from the tracks of {count} of {len(rows)}: {shown(why)}" for why, count in worst]
