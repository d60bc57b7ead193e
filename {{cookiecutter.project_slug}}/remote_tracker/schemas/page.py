"""The form of the data of the page Results/report.html, key by key: ./rt report --json prints the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from .forms import Key


@dataclass(frozen=True)
class PageProject:
    """The project."""

    name: Annotated[str, Key("its name")]
    tracker: Annotated[str, Key("its tracker")]
    version: Annotated[str, Key("the version of remote-tracker that made the page")]
    cluster: Annotated[str, Key("its cluster")]
    made_at: Annotated[str, Key("when the page was made, as 2026-01-31T12:00:00+01:00")]
    counts: Annotated[str, Key("what people call the rows, as videos")]
    unit: Annotated[str, Key("what people call one of them, as video")]


@dataclass(frozen=True)
class PageDay:
    """How far a day is."""

    day: Annotated[str, Key("the day")]
    counts: Annotated[list[int], Key("how many are in each of `states`, in that order")]
    file: Annotated[str, Key("the page of the day, from the folder of report.html on")]


@dataclass(frozen=True)
class PageNeed:
    """Something that needs a person."""

    text: Annotated[str, Key("what")]
    command: Annotated[str, Key("what to type in the project's folder")]


@dataclass(frozen=True)
class PageFailure:
    """Failures of one cause."""

    stage: Annotated[str, Key("the step")]
    title: Annotated[str, Key("the cause in words for people")]
    count: Annotated[int, Key("how many failed so")]
    node: Annotated[str, Key('the machine on which most of them failed; "": no machine stands out')]
    advice: Annotated[str, Key('what to do, in one line or more; "": nothing is known')]
    first: Annotated[list[str], Key("what to type before that, each a line; mostly nothing")]
    command: Annotated[str, Key("what to type in the project's folder")]
    names: Annotated[list[str], Key("the name of each")]


@dataclass(frozen=True)
class PageColumn:
    """A column of the table of videos; all are equally long. A column that tells nothing of any video is left out."""

    name: Annotated[str, Key("as in videos.csv")]
    title: Annotated[str, Key("what stands above it")]
    kind: Annotated[str, Key("what it holds", among=("text", "number", "word"))]
    unit: Annotated[str, Key("what its numbers are measured in")]
    meaning: Annotated[str, Key("what it tells")]
    values: Annotated[list[str | int | float | None], Key("of texts and numbers: each video's", optional=True)]
    words: Annotated[list[str], Key("of words: each different one", optional=True)]
    at: Annotated[list[int], Key("of words: each video's, as its place in `words`", optional=True)]
    lab: Annotated[bool, Key("true: a column of the lab's own table", optional=True)]


@dataclass(frozen=True)
class PageSet:
    """Parameters with which results were made."""

    digest: Annotated[str, Key("their digest")]
    videos: Annotated[int, Key("how many videos have it")]
    differs: Annotated[str, Key('in what they differ from those of most videos; "": these are those of most')]


@dataclass(frozen=True)
class PageSpread:
    """How the numbers of a group are spread."""

    group: Annotated[str, Key("a day, or a value of a column of the lab")]
    n: Annotated[int, Key("how many numbers")]
    low: Annotated[float | None, Key("the least")]
    q1: Annotated[float | None, Key("a quarter is not greater")]
    median: Annotated[float | None, Key("half are not greater")]
    q3: Annotated[float | None, Key("three quarters are not greater")]
    high: Annotated[float | None, Key("the greatest")]


@dataclass(frozen=True)
class PageFeature:
    """A feature of the animals."""

    name: Annotated[str, Key("its name in animals.csv")]
    unit: Annotated[str, Key("what it is measured in")]
    meaning: Annotated[str, Key("what it tells")]
    by: Annotated[Mapping[str, list[PageSpread]], Key("by `day`, and by each of the lab's columns: each group")]


@dataclass(frozen=True)
class PageOut:
    """A video that stands out."""

    video: Annotated[str, Key("its name")]
    reasons: Annotated[list[str], Key("in what")]


@dataclass(frozen=True)
class PageHeat:
    """Where the animals of a day were."""

    day: Annotated[str, Key("the day")]
    videos: Annotated[int, Key("of how many videos")]
    left_out: Annotated[int, Key("how many have a picture of another size, or another unit")]
    rows: Annotated[int, Key("rows of cells")]
    columns: Annotated[int, Key("columns of cells")]
    counts: Annotated[list[int], Key("how often an animal was in each cell, row by row from the top")]
    width: Annotated[float, Key("of the box")]
    height: Annotated[float, Key("of the box")]
    unit: Annotated[str, Key("of width and height")]


@dataclass(frozen=True)
class PageWait:
    """How long the jobs of a batch waited in the queue."""

    batch: Annotated[str, Key("its step and number")]
    jobs: Annotated[int, Key("of how many jobs it is known")]
    median_s: Annotated[float, Key("the median, in seconds")]
    longest_s: Annotated[float, Key("the longest, in seconds")]


@dataclass(frozen=True)
class PageSlow:
    """A video that ran at less than half the speed of the others of its batch."""

    video: Annotated[str, Key("its name")]
    node: Annotated[str, Key("the machine")]
    fps: Annotated[float, Key("frames that its task processed a second")]
    median_fps: Annotated[float, Key("the median of its batch at this resolution")]
    batch: Annotated[str, Key("the batch")]
    resolution: Annotated[str, Key('as 1920 x 1080; "": not known')]


@dataclass(frozen=True)
class PageNode:
    """How fast a machine was."""

    node: Annotated[str, Key("the machine")]
    videos: Annotated[int, Key("how many it processed")]
    median_fps: Annotated[float, Key("the median of their frames a second")]
    slow: Annotated[int, Key("how many of them were slow")]


@dataclass(frozen=True)
class PageMachine:
    """What tasks used, and how fast machines were."""

    usage: Annotated[list[str], Key("a line for people on each step's last batch")]
    waits: Annotated[list[PageWait], Key("each batch of which it is known")]
    slow: Annotated[list[PageSlow], Key("the videos that were slow")]
    nodes: Annotated[list[PageNode], Key("each machine")]


@dataclass(frozen=True)
class PageMethods:
    """How the results were made, for a paper."""

    text: Annotated[str, Key("the paragraph")]
    bibtex: Annotated[str, Key("the works that it cites, as BibTeX")]
    left_out: Annotated[list[str], Key("a line on each thing that it cannot say")]


@dataclass(frozen=True)
class PageSprite:
    """The thumbnails of a day in one picture."""

    file: Annotated[str, Key("the picture, from the folder of report.html on")]
    width: Annotated[int, Key("of one thumbnail, in px")]
    height: Annotated[int, Key("of one thumbnail, in px")]
    columns: Annotated[int, Key("thumbnails side by side")]
    cells: Annotated[Mapping[str, int], Key("a video's row (from 0, as a text) -> the place of its thumbnail")]


@dataclass(frozen=True)
class PageForm:
    """The data of the page."""

    format: Annotated[int, Key("1")]
    project: Annotated[PageProject, Key("the project")]
    states: Annotated[list[str], Key("the states that videos are in, in the words of ./rt status")]
    days: Annotated[list[PageDay], Key("each day")]
    needs: Annotated[list[PageNeed], Key("what needs a person")]
    next: Annotated[list[str], Key("what to type next in the project's folder")]
    rate: Annotated[str, Key('how fast tasks end, and when all will be done; "": not known')]
    failures: Annotated[list[PageFailure], Key("what failed, by cause")]
    columns: Annotated[list[PageColumn], Key("the table of videos; first video, day, state, reason")]
    parameters: Annotated[list[PageSet], Key("each set of parameters, most videos first")]
    features: Annotated[list[PageFeature], Key("the features that are shown")]
    features_left: Annotated[list[str], Key("the names of the others")]
    animals: Annotated[list[PageSpread], Key("animals that were tracked in a video, by day")]
    stands_out: Annotated[list[PageOut], Key("the videos that stand out")]
    heat: Annotated[list[PageHeat], Key("where animals were, by day")]
    machine: Annotated[PageMachine, Key("what the page says of machines")]
    methods: Annotated[PageMethods, Key("how the results were made")]
    sprites: Annotated[Mapping[str, PageSprite], Key("the thumbnails of each day")]
    day_files: Annotated[Mapping[str, str], Key("the files of each day, without their endings")]
    notes: Annotated[list[str], Key("what lacks here, a line each")]
