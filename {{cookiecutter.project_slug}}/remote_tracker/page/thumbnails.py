"""The thumbnails of the videos, as the page's data and on the pages of the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..pictures.make import WHOLE, Tell, make_pictures
from ..pictures.places import Sprite
from ..text.counted import number_of
from ..text.visible import shown
from .look import Seen

MOST_WHYS = 3  # videos whose lack of a picture the page explains


def make_new(seen: Seen, tell: Tell) -> list[str]:
    """Make the pictures that are not there, or show what changed since; return a note for each that cannot be made.

    ``tell`` is called with how many pictures are made, and of how many.
    """
    made = make_pictures(seen.project, seen.rows, tell)
    if made.lacks:
        return [f"No new pictures: {made.lacks}"]
    whys = [f"No picture of {shown(video)}: {shown(why)}" for video, why in made.failed.items()]
    more = [f"No picture of {len(whys) - MOST_WHYS} more."] if len(whys) > MOST_WHYS else []
    return [*whys[:MOST_WHYS], *more]


def describe_unmade(seen: Seen, sprites: Mapping[str, Sprite]) -> list[str]:
    """Return a note on finished videos without a picture, where the tracker says where animals are; else nothing."""
    drawn = {video for sprite in sprites.values() for video in sprite.cells}
    finished = [row.video for row in seen.rows if row.state in WHOLE] if seen.stage.tracks else []
    unmade = number_of(sum(video not in drawn for video in finished), seen.stage.counts)
    return [f"No picture yet of {unmade}: ./rt report makes them."] if not drawn.issuperset(finished) else []


def sprites_of(seen: Seen, sprites: Mapping[str, Sprite]) -> dict[str, dict[str, Any]]:
    """Return the thumbnails of each day as the page's data: a cell for each row with a thumbnail."""
    found = {}
    for day, indices in seen.days.items():
        sprite = sprites.get(seen.rows[indices[0]].day)
        cells = _cells(seen, indices, sprite.cells) if sprite else {}
        if sprite and cells:
            head = {"file": sprite.file, "width": sprite.width, "height": sprite.height, "columns": sprite.columns}
            found[day] = {**head, "cells": cells}
    return found


def _cells(seen: Seen, indices: Sequence[int], cells: Mapping[str, int]) -> dict[str, int]:
    return {str(at): cells[seen.rows[at].video] for at in indices if seen.rows[at].video in cells}
