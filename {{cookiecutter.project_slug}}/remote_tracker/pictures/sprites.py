"""Put the thumbnails of a day into one file, so that a page of many videos loads few files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..disk.files import make_folder, write_file
from .draw import SMALL_HEIGHT, SMALL_WIDTH
from .palette import PAPER, Image, numbered
from .places import Sprite, sprite_name
from .png import read_png, write_png

MOST = 2500  # thumbnails in a file: browsers show no image of any size; later videos of such a day have none


def load_small(results: Path, sprite: Sprite | None) -> dict[str, Image]:
    """Return the thumbnails in a file, by video; none where it is gone, damaged, or drawn with other colours."""
    if sprite is None or (sprite.width, sprite.height) != (SMALL_WIDTH, SMALL_HEIGHT):
        return {}
    try:
        sheet = read_png((results / sprite.file).read_bytes())
        return {video: _cell(sheet, sprite, number) for video, number in sprite.cells.items()}
    except (OSError, ValueError):
        return {}


def _cell(sheet: Image, sprite: Sprite, number: int) -> Image:
    row, column = divmod(number, sprite.columns)
    top, left = row * sprite.height, column * sprite.width
    found = sheet[top : top + sprite.height, left : left + sprite.width]
    if found.shape != (sprite.height, sprite.width):
        raise ValueError("has too few thumbnails")
    return found


def write_sprite(results: Path, day: str, small: Mapping[str, Image]) -> Sprite:
    """Write the thumbnails of a day, in the order of the videos' names, and return where each stands.

    Raises NotWritten where the file cannot be written.
    """
    videos = sorted(small)[:MOST]
    columns = max(1, math.ceil(math.sqrt(len(videos) * SMALL_HEIGHT / SMALL_WIDTH)))
    rows = max(1, -(-len(videos) // columns))
    sprite = Sprite(sprite_name(day), SMALL_WIDTH, SMALL_HEIGHT, columns, {v: n for n, v in enumerate(videos)})
    sheet = numbered(np.full((rows * SMALL_HEIGHT, columns * SMALL_WIDTH, 3), PAPER, dtype=np.uint8))
    for video, number in sprite.cells.items():
        _cell(sheet, sprite, number)[:] = small[video]
    make_folder((results / sprite.file).parent)
    write_file(results / sprite.file, write_png(sheet))
    return sprite
