"""A picture shows each animal, is small, and says what it does not show."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
import numpy as np
from remote_tracker.measures.measure_tracks import measure
from remote_tracker.pictures import draw, legend, words
from remote_tracker.pictures.draw import LARGEST, draw_picture, label_ways, tell_about, thumbnail
from remote_tracker.pictures.lines import draw_lines
from remote_tracker.pictures.palette import HUES, colours, numbered, style_of
from remote_tracker.pictures.png import read_png, write_png
from remote_tracker.pictures.times import find_ticks, round_step, tell_length, tell_time
from remote_tracker.pictures.touches import find_touches
from remote_tracker.pictures.view import find_view
from remote_tracker.pictures.ways import find_ways
from remote_tracker.tracks.tracks import Scale, Tracks

from pictures.drawn_lab import decoded, walks

GREY = np.full((480, 640), 200, np.uint8)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are written into pictures."""
    texts: list[str] = []
    real = words.write
    for module in (words, legend):
        monkeypatch.setattr(
            module, "write", lambda canvas, text, *rest, **more: texts.append(text) or real(canvas, text, *rest, **more)
        )
    return texts


def tracks_of(points: dict[int, list[tuple[float, float]]], **more: Any) -> Tracks:
    """Return tracks of animals that are, frame by frame, at these places; NaN where they are not seen."""
    count = len(next(iter(points.values())))
    positions = np.stack([np.array(points[animal], float) for animal in points], axis=-1)[:, :, None, :]
    names = tuple(map(str, points))
    told = {"frames": np.arange(count), "fps": 10.0, "individuals": names, **more}
    confidence = np.full((count, 1, len(points)), np.nan)
    return Tracks(positions=positions, confidence=confidence, keypoints=("c",), source="", **told)


def has_colour(raw: bytes, colour: tuple[int, int, int]) -> int:
    """Return how many pixels of a PNG have a colour."""
    return int((decoded(raw) == colour).all(axis=2).sum())


def test_each_animal_has_its_colour() -> None:
    """A line of its own colour is drawn for each animal, of no other, over grey."""
    raw = draw_picture(GREY, walks(3, 200, 640, 480), "d/a.avi")
    assert [has_colour(raw, hue) > 300 for hue in HUES] == [True] * 3 + [False] * (len(HUES) - 3)


def test_lines_lie_where_the_animals_were() -> None:
    """A way along the diagonal colours the picture's diagonal, at any size of the frame, and nothing beside it."""
    for width, height in ((160, 120), (640, 480), (3000, 2250)):
        ends = [(0.0, 0.0), ((width - 1) / 2, (height - 1) / 2), (width - 1.0, height - 1.0)]
        ways = find_ways(tracks_of({0: ends}))
        view = find_view(np.zeros((height, width), np.uint8), ways, 400, 400)
        canvas = np.full((view.height, view.width, 3), 255, np.uint8)
        draw_lines(canvas, view, ways, 1)
        y, x = np.nonzero((canvas != 255).any(axis=2))
        assert (view.width, view.height) == (400, 300)
        assert len(x) >= 300
        assert np.abs(x * 3 / 4 - y).max() < 2


@pytest.mark.parametrize(
    ("animals", "frames", "width", "height", "noise"),
    [
        (1, 300, 1280, 1024, 4),
        (5, 900, 1920, 1080, 60),
        (20, 1500, 1920, 1080, 40),
        (100, 400, 1280, 1024, 20),
        (20, 300, 320, 240, 90),
        (400, 3000, 640, 480, 20),
    ],
)
def test_no_picture_is_large(animals: int, frames: int, width: int, height: int, noise: int) -> None:
    """However noisy its frame and many its animals, a picture is small, and still shows the frame and tracks."""
    chance = np.random.default_rng(1)
    frame = np.clip(170 + chance.normal(0, noise, (height, width)), 0, 255).astype(np.uint8)
    frame[: height // 2] //= 3
    raw = draw_picture(frame, walks(animals, frames, width, height), "d/a.avi")
    assert len(raw) <= LARGEST
    image = decoded(raw)
    assert has_colour(raw, HUES[0]) > 100
    if animals > 100:
        return  # there is no ground left to be seen
    upper, lower = (grey_of(image[rows]) for rows in (slice(60, 160), slice(-190, -120)))
    assert lower - upper > 20  # the dark half of the frame is darker


def grey_of(part: Any) -> float:
    """Return the median of the grey pixels in a part of a picture."""
    is_ground = (part.max(axis=2) == part.min(axis=2)) & (part[:, :, 0] < 255)
    return float(np.median(part[is_ground]))


@pytest.mark.parametrize(
    "title",
    [
        "a" * 400,
        "<script>alert(1)</script>",
        "line\nbreak\x1b[31m",
        "\u202eevil",
        "中文 日本語 עברית",
        "\udcff.avi",
        "",
        "🐛",
        "%s {0} $(x)",
    ],
)
def test_any_title(title: str, said: list[str]) -> None:
    """Names from hell are written as text, on a line, and a long one has its middle left out."""
    raw = draw_picture(GREY, walks(2, 20, 640, 480), title)
    assert decoded(raw).shape[1] < 1300
    assert not any(sign in text for text in said for sign in "\n\x1b\u202e")
    if len(title) > 300:
        assert any("…" in text and len(text) < 200 for text in said)


def test_without_unicode_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older OpenCV writes what it can, and a ? for the rest."""
    monkeypatch.setattr(words, "_font", lambda: None)
    assert words.width_of("abc", 15) > 0
    assert len(draw_picture(GREY, walks(2, 20, 640, 480), "ü 中文")) < LARGEST


def test_a_single_frame(said: list[str]) -> None:
    """A video of one frame shows its animals, without a span of time."""
    raw = draw_picture(GREY, walks(2, 1, 640, 480), "a")
    assert "2 animals in 1 frame" in said
    assert has_colour(raw, HUES[1]) > 50


def test_no_animal(said: list[str]) -> None:
    """A video without animals shows its frame, and says so."""
    empty = walks(1, 5, 640, 480)
    for none in (
        tracks_of({0: [(np.nan, np.nan)] * 3}),
        Tracks(np.arange(0), np.empty((0, 2, 1, 0)), np.empty((0, 1, 0)), (), ("c",), None, ""),
    ):
        said.clear()
        assert has_colour(draw_picture(GREY, none, "a"), HUES[0]) == 0
        assert "no animal was found" in said
    assert tell_about(empty, find_ways(empty)) != "no animal was found"


def test_without_a_frame_it_says_why(said: list[str]) -> None:
    """Tracks over a blank ground fill the picture, and the reason stands below."""
    raw = draw_picture(None, walks(2, 50, 640, 480), "a", "no frame of the video can be read")
    assert "Over a blank ground: no frame of the video can be read." in said
    assert has_colour(raw, HUES[0]) > 100


def test_places_in_microns_lie_over_a_blank_ground(said: list[str]) -> None:
    """Where nothing says how many px the tracks' unit is, the frame is left out, honestly; the bar is in their unit."""
    draw_picture(GREY, walks(2, 50, 3000, 2000, unit="µm"), "a")
    assert "Over a blank ground: the tracks are in µm, and nothing says how many px that is." in said
    assert any(text in ("500 µm", "200 µm") for text in said), said


@pytest.mark.parametrize(
    ("scale", "words_of_bar"), [(None, "100 px"), (Scale(12.4, "µm"), "1 mm"), (Scale(0.02, "cm"), "2 cm")]
)
def test_the_scale_bar(scale: Scale | None, words_of_bar: str, said: list[str]) -> None:
    """The bar is a round length, at most a fifth of the picture, in the unit that the result knows."""
    draw_picture(GREY, walks(1, 50, 640, 480, scale=scale), "a")
    assert words_of_bar in said


def test_a_hole_breaks_the_line() -> None:
    """Where an animal was not seen, no line is drawn; a tracker that looks at each fifth frame has no holes."""
    seen = [(20.0 + 6 * n, 240.0) for n in range(100)]
    hole = [p if not 40 <= n < 60 else (np.nan, np.nan) for n, p in enumerate(seen)]
    whole, broken = (pixels_of_line(tracks_of({0: places})) for places in (seen, hole))
    assert [bool(one) for one in (whole[320], broken[100], broken[320], broken[500])] == [True, True, False, True]
    assert pixels_of_line(tracks_of({0: seen}, frames=np.arange(0, 500, 5)))[320]


def pixels_of_line(tracks: Tracks) -> Any:
    """Return for each column of a frame of 640 x 480 px whether the middle row is coloured."""
    ways = find_ways(tracks)
    view = find_view(GREY, ways, 640, 480)
    canvas = np.full((480, 640, 3), 255, np.uint8)
    draw_lines(canvas, view, ways, 3)
    return (canvas[240] != 255).any(axis=1)


def test_a_slow_animal_is_not_lost() -> None:
    """An animal that moves less than a pixel a frame has a line from where it began to where it ended."""
    line = pixels_of_line(tracks_of({0: [(100 + n / 20, 240.0) for n in range(2000)]}))
    assert line[101:199].all()


def test_later_parts_are_fuller() -> None:
    """A line is pale where the animal was first, and has its full colour where it was last."""
    seen = tracks_of({0: [(20.0 + 6 * n, 240.0) for n in range(100)]})
    view, ways = find_view(GREY, find_ways(seen), 640, 480), find_ways(seen)
    canvas = np.full((480, 640, 3), 255, np.uint8)
    draw_lines(canvas, view, ways, 3)
    shades = [tuple(canvas[240, x].tolist()) for x in (60, 240, 400, 580)]
    assert shades == list(style_of(0).shades)


def test_colours_differ_up_to_21_animals() -> None:
    """The first 21 animals differ by colour and core, and each colour is one of the picture's own."""
    styles = [style_of(number) for number in range(21)]
    assert len({(style.colour, style.core) for style in styles}) == 21
    known = {tuple(one) for one in colours().tolist()}
    assert all(shade in known for style in styles for shade in style.shades)


def test_labels_are_names_or_numbers() -> None:
    """Short names stand at the ends of ways, long ones in the legend, with a number."""
    short, long = walks(2, 5, 64, 48), walks(2, 5, 64, 48, individuals=("a", "track_\x1b0"))
    assert label_ways(find_ways(short)) == ["0", "1"]
    assert label_ways(find_ways(long)) == ["0", "1"]


def test_long_names_stand_in_the_legend(said: list[str]) -> None:
    """Where an animal's name does not fit, the legend says which number it has; hostile names stay text."""
    draw_picture(GREY, walks(3, 50, 640, 480, individuals=("left fly", "<b>right</b>", "x" * 300)), "a")
    assert {"left fly", "<b>right</b>"} <= set(said)
    assert any(text.startswith("xxx") and "…" in text for text in said)


def test_where_animals_touch() -> None:
    """A place where two animals meet is found once; animals that pass the same place at other times do not meet."""
    first = [(float(n), 50.0) for n in range(100)]
    meets = [(100.0 - n, 50.0 + abs(50 - n) / 10) for n in range(100)]
    later = [(np.nan, np.nan)] * 60 + first[:40]
    tracks = tracks_of({0: first, 1: meets})
    found, near = find_touches(tracks, (640, 480))
    assert near == pytest.approx(12)  # 1.5 % of the diagonal
    assert np.abs(found - (50, 50)).max() < near
    assert len(found) == 1
    apart = tracks_of({0: first, 2: later})
    assert len(find_touches(apart, (640, 480))[0]) == 0


def test_touches_in_the_picture_are_those_that_are_counted() -> None:
    """A picture marks places exactly where the number of touches is not 0."""
    for tracks in (walks(2, 300, 640, 480), walks(20, 300, 640, 480), walks(3, 40, 4000, 3000)):
        picture = (640, 480)
        assert bool(len(find_touches(tracks, picture)[0])) == bool(measure(tracks, picture).touches)


def test_the_part_that_is_seen_most_tells_where_an_animal_was() -> None:
    """Of several keypoints the one that was seen most often makes the way."""
    positions = np.full((4, 2, 2, 1), np.nan)
    positions[:, :, 1, 0], positions[0, :, 0, 0] = [[1, 2], [2, 3], [3, 4], [4, 5]], (9, 9)
    tracks = Tracks(np.arange(4), positions, np.full((4, 2, 1), np.nan), ("a",), ("nose", "thorax"), None, "")
    assert find_ways(tracks)[0].points.tolist() == [[1, 2], [2, 3], [3, 4], [4, 5]]


@pytest.mark.parametrize(
    ("frames", "fps", "expected"),
    [
        (800, 25.0, "5 s"),
        (30, 25.0, "0.2 s"),
        (90_000, 25.0, "10 min"),
        (800, None, "100 frames"),
        (2, 25.0, "0.1 s"),
        (1, 25.0, ""),
    ],
)
def test_marks_stand_at_even_times(frames: int, fps: float | None, expected: str) -> None:
    """There are at most eight marks, a round time apart; in frames where nobody knows the rate."""
    tracks = walks(1, 2, 64, 48, fps=fps)
    many = Tracks(np.arange(frames), np.zeros((frames, 2, 1, 1)), np.zeros((frames, 1, 1)), ("0",), ("c",), fps, "")
    ticks = find_ticks(many)
    assert (ticks.every, len(ticks.frames) <= 8) == (expected, True)
    assert tracks.fps == fps


def test_uneven_times_have_their_own_marks() -> None:
    """Where frames are not evenly spaced, marks stand where the time is even."""
    times = np.array([0, 1, 2, 3, 10, 20, 30, 40.0])
    tracks = tracks_of({0: [(n, n) for n in range(8)]}, times=times)
    ticks = find_ticks(tracks)
    assert (ticks.every, [times[frame] for frame in ticks.frames]) == ("5 s", [10, 20, 30])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (tell_time(0.5), "0.5 s"),
        (tell_time(59), "59 s"),
        (tell_time(600), "10 min"),
        (tell_time(7200), "2 h"),
        (tell_length(0.5, "cm"), "5 mm"),
        (tell_length(2000, "µm"), "2 mm"),
        (tell_length(100, "px"), "100 px"),
        (tell_length(0.2, "m"), "20 cm"),
        (str(round_step(3)), "5.0"),
        (str(round_step(0.03)), "0.05"),
    ],
)
def test_times_and_lengths_in_words(told: str, expected: str) -> None:
    """Times and lengths are told in the unit that people use for them."""
    assert told == expected


def test_places_far_outside_do_no_harm() -> None:
    """Places outside the frame, and numbers without bounds, are drawn nowhere else."""
    wild = tracks_of({0: [(0.0, 0.0), (1e12, -1e12), (10.0, 10.0), (float("inf"), 3.0)]})
    assert len(draw_picture(GREY, wild, "a")) <= LARGEST
    assert len(draw_picture(None, wild, "a", "it is gone")) <= LARGEST


@pytest.mark.parametrize("shape", [(1, 1), (2000, 20), (20, 2000), (6000, 8000)])
def test_frames_of_any_size(shape: tuple[int, int]) -> None:
    """A frame of any shape makes a picture that fits on a screen."""
    image = decoded(draw_picture(np.full(shape, 200, np.uint8), walks(1, 5, shape[1], shape[0]), "a"))
    assert image.shape[0] < 1100
    assert image.shape[1] < 1300


def test_a_thumbnail_is_tiny() -> None:
    """A thumbnail has the size of every thumbnail, shows the animals, and takes about 2 KB."""
    small = thumbnail(GREY, walks(5, 500, 640, 480))
    assert small.shape == (draw.SMALL_HEIGHT, draw.SMALL_WIDTH)
    raw = write_png(small)
    assert len(raw) < 3000
    assert all(has_colour(raw, shade) for shade in style_of(1).shades[-1:])


@pytest.mark.parametrize("noise", [0, 2, 8, 40, 120])
def test_a_frame_takes_what_a_thumbnail_has_room_for(noise: int) -> None:
    """Of a frame that is all noise so much is left out that its thumbnail takes 2 KB; a clear frame keeps its greys."""
    levels = np.linspace(40, 220, 640)[None] + np.random.default_rng(2).normal(0, noise or 1e-9, (480, 640))
    small = thumbnail(levels.clip(0, 255).astype(np.uint8), walks(1, 60, 640, 480))
    assert len(zlib.compress(small.tobytes())) <= draw.SMALL
    if noise < 8:
        assert len(np.unique(small)) > 8


def test_a_png_is_read_back() -> None:
    """What is written is read as it was, by us and by OpenCV; what is cut or another's is refused."""
    numbers = np.random.default_rng(1).integers(0, len(colours()), (30, 40)).astype(np.uint8)
    raw = write_png(numbers)
    assert (read_png(raw) == numbers).all()
    assert (decoded(raw) == colours()[numbers]).all()
    for bad in (raw[:-20], raw[:60], b"", raw.replace(b"PLTE", b"PLTX")):
        with pytest.raises(ValueError, match="is "):
            read_png(bad)


def test_each_colour_keeps_its_number() -> None:
    """A picture in the picture's own colours is numbered without loss, but for neighbours among the greys."""
    painted = colours()[numbered(colours()[None])][0]
    assert np.abs(painted.astype(int) - colours().astype(int)).max() <= 9
