"""Draw the tracks of a video over a frame of it: a colour for each animal, from pale to full as time goes on."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import cv2
import numpy as np

from ..named_tuple import NamedTuple
from ..text.visible import shown
from ..tracks.tracks import Tracks
from .background import EDGE_GREY, GROUNDS, SMALL_GROUNDS, blank, pale, weigh
from .legend import Item, bar_item, frame_picture, mark_items, name_items, time_item
from .lines import draw_lines
from .marks import CROWD, MANY, draw_ends, draw_ticks, draw_touches
from .palette import Image, numbered
from .png import write_png
from .times import NO_TICKS, Ticks, find_ticks, tell_time
from .touches import find_touches
from .view import View, find_view
from .ways import Numbers, Way, find_ways, span

LARGEST = 150_000  # bytes of a picture
WIDTH, HEIGHT = 1100, 860  # px, the most of the part that shows the frame
SMALL_WIDTH, SMALL_HEIGHT = 128, 96  # px, of a thumbnail
SMALL = 2000  # bytes that a thumbnail is to take, and takes at most where its lines leave room for a frame
# How lines are drawn, from what is seen best to what takes the fewest bytes: soft edges, and a part of the size.
_LINES = ((True, 1.0), (True, 0.85), (False, 0.85), (False, 0.7), (False, 0.55), (False, 0.4), (False, 0.25))
_SMALLEST = _LINES[-1][1]
_ROUGHER = 0.7  # of the bytes of smooth lines: what lines with hard edges take
_LIKELY = 0.9  # of LARGEST: where lines alone are likely to take more, they are not tried
_FOR_GROUND = 0.6  # of LARGEST, at first: the rest is for lines and words
_SHORT = 3  # signs of a name that fits into the disc at a way's end
_WORDS = {"TRamWAy": ("trajectory", "trajectories")}  # what is tracked, where it is no animal


class Seen(NamedTuple):
    """What a picture shows."""

    frame: Image | None
    tracks: Tracks
    ways: Sequence[Way]
    ticks: Ticks
    touches: Numbers  # the places, n x 2
    near: float  # how near animals were there


def draw_picture(frame: Image | None, tracks: Tracks, title: str, why_blank: str = "") -> bytes:
    """Return the PNG, at most LARGEST bytes, of the tracks over a grey frame, with title, legend and scale bar.

    Without a frame, and where nobody knows how many px the unit of the tracks is, they lie over a blank ground, and the
    picture says so; ``why_blank`` says why there is no frame.
    """
    if frame is not None and tracks.unit != "px":
        frame, why_blank = None, f"the tracks are in {tracks.unit}, and nothing says how many px that is"
    ways = find_ways(tracks)
    picture = None if frame is None else (frame.shape[1], frame.shape[0])
    seen = Seen(frame, tracks, ways, NO_TICKS, np.empty((0, 2)), 0.0)
    if len(ways) <= CROWD:
        seen = Seen(frame, tracks, ways, find_ticks(tracks), *find_touches(tracks, picture))
    return _fit(seen, title, why_blank)


def _fit(seen: Seen, title: str, why_blank: str) -> bytes:
    """Return the finest PNG that has at most LARGEST bytes."""
    room, lines = (
        int(LARGEST * _FOR_GROUND),
        0.0,
    )  # bytes for the frame; what lines and words take, of smooth ones at full size
    for is_smooth, size in _LINES:
        weight = size * (1.0 if is_smooth else _ROUGHER)
        if lines * weight > LARGEST * _LIKELY and size > _SMALLEST:
            continue
        view = find_view(seen.frame, seen.ways, round(WIDTH * size), round(HEIGHT * size))
        for _ in range(2):  # what is left beside the lines is known after the first time
            ground, under = _find_ground(seen.frame, view, room)
            made = write_png(numbered(_draw(seen, view, ground, is_smooth, title, why_blank)))
            if len(made) <= LARGEST:
                return made
            lines, room = (len(made) - under) / weight, LARGEST - (len(made) - under)
            if seen.frame is None or room < LARGEST // 10:
                break
        room = max(int(LARGEST - lines * weight), LARGEST // 10)
    return made


def _find_ground(frame: Image | None, view: View, most: int) -> tuple[Image, int]:
    """Return the finest ground that takes at most so many bytes, and how many; the coarsest where none does."""
    if frame is None:
        return blank(view), 0
    for ground in GROUNDS:
        grey = pale(frame, view, ground)
        weight = weigh(grey)
        if weight <= most:
            break
    return grey, weight


def _draw(seen: Seen, view: View, ground: Image, is_smooth: bool, title: str, why_blank: str) -> Image:
    tracks, ways = seen.tracks, seen.ways
    canvas = _coloured(ground, seen.frame is None)
    labels = label_ways(ways)
    draw_lines(canvas, view, ways, 3 if len(ways) <= MANY else 2, is_smooth)
    draw_ticks(canvas, view, ways, seen.ticks.frames)
    draw_touches(canvas, view, seen.touches)
    draw_ends(canvas, view, ways, labels)
    met = f"animals touch (nearer than {seen.near:.3g} {tracks.unit})" if len(seen.touches) else ""
    items = [_bar(view, tracks)]
    items += [time_item(*_times(tracks))] if ways else []
    items += mark_items(seen.ticks.every, met) if ways and len(ways) <= CROWD else []
    items += name_items([shown(way.name) for way in ways], labels)
    notes = [f"Over a blank ground: {shown(why_blank)}."] if why_blank else []
    return frame_picture(canvas, shown(title), tell_about(tracks, ways), items, notes)


def _coloured(grey: Image, with_edge: bool) -> Image:
    canvas = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if with_edge:
        cv2.rectangle(canvas, (0, 0), (canvas.shape[1] - 1, canvas.shape[0] - 1), (EDGE_GREY,) * 3, 1)
    return canvas


def _bar(view: View, tracks: Tracks) -> Item:
    if tracks.scale is None:
        return bar_item(view.scale, view.width, 1.0, tracks.unit)
    return bar_item(view.scale, view.width, tracks.scale.size, tracks.scale.unit)


def _times(tracks: Tracks) -> tuple[str, str]:
    seconds = tracks.seconds
    if seconds is None:
        return f"frame {int(tracks.frames[0]):,}", f"{int(tracks.frames[-1]):,}"
    return tell_time(float(seconds[0])), tell_time(float(seconds[-1]))


def label_ways(ways: Sequence[Way]) -> list[str]:
    """Return what stands at the end of each way: the animal's name where all are short, else its number from 0."""
    names = [shown(way.name) for way in ways]
    return names if all(len(name) <= _SHORT for name in names) else [str(number) for number in range(len(names))]


def tell_about(tracks: Tracks, ways: Sequence[Way]) -> str:
    """Return how many animals were found in how many frames, and over what time, in words."""
    if not ways:
        return "no animal was found"
    first, last = span(ways)
    seen = len(np.unique(np.concatenate([way.frames for way in ways])))
    one, many = _WORDS.get(tracks.source, ("animal", "animals"))
    animals = f"1 {one}" if len(ways) == 1 else f"{len(ways):,} {many}"
    frames = f"in {seen:,} {'frame' if seen == 1 else 'frames'}"
    times = (tracks.time_of(first), tracks.time_of(last))
    if times[0] is None or times[1] is None or first == last:
        return f"{animals} {frames}"
    return f"{animals} {frames}, {tell_time(times[1] - times[0])}"


def thumbnail(frame: Image | None, tracks: Tracks) -> Image:
    """Return a small picture of the tracks over the frame, without words: numbers of colours, height x width.

    The frame has as many greys as SMALL bytes hold beside the lines.
    """
    ways = find_ways(tracks)
    frame = frame if tracks.unit == "px" else None
    view = find_view(frame, ways, SMALL_WIDTH, SMALL_HEIGHT)
    for ground in SMALL_GROUNDS if frame is not None else SMALL_GROUNDS[:1]:
        small = _draw_small(blank(view) if frame is None else pale(frame, view, ground), frame is None, view, ways)
        if len(zlib.compress(small.tobytes())) <= SMALL:
            break
    return small


def _draw_small(ground: Image, with_edge: bool, view: View, ways: Sequence[Way]) -> Image:
    panel = _coloured(ground, with_edge)
    draw_lines(panel, view, ways, 1, smooth=False)
    canvas = np.full((SMALL_HEIGHT, SMALL_WIDTH, 3), 255, dtype=np.uint8)
    top, left = (SMALL_HEIGHT - view.height) // 2, (SMALL_WIDTH - view.width) // 2
    canvas[top : top + view.height, left : left + view.width] = panel
    return numbered(canvas)
