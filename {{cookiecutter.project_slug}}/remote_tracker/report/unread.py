"""What lies among the videos and is not read: a line of a scan, ./rt status --ignored, the answer of ./rt why."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage
from ..model.pattern import Pattern, Wildcard
from ..partial_copies import final_name
from ..scan import Kind, Tree, Unread, walk_all
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import how_to_read_stores, next_text, rt_line
from .standing import Situation
from .words import heading

SHOWN_ENDINGS, SHOWN_NAMES = 5, 10
# A scan has lines of its own on imgstores, and on files that ``exclude`` leaves out.
COUNTED = frozenset({Kind.FORMAT, Kind.COPY, Kind.LEFT_COPY, Kind.CHUNK, Kind.HIDDEN})
# Such files hold no length in bytes, frames or seconds: a copy that was cut short looks whole.
STREAMS = frozenset({".mpg", ".mpeg", ".mts", ".m2ts", ".ts", ".vob", ".m2v", ".h264", ".264", ".h265", ".hevc"})
FILMS = frozenset({".avi", ".mp4", ".mkv", ".mov", ".m4v", ".webm", ".wmv", ".flv", ".ogv", ".3gp", ".mjpeg", ".mjpg"})
OTHERS = (".hdf5", ".h5", ".tif", ".tiff", ".png", ".jpg", ".yaml", ".txt", ".csv")
WORDS = {  # what several are called together, and why they are not read
    Kind.COPY: ("unfinished copies", "under way, or broken off; what it is a copy of is not read either"),
    Kind.LEFT_COPY: ("left-over parts of copies", "the copy was made again since; they may be removed"),
    Kind.CHUNK: ("parts of recordings in chunks", "the metadata.yaml beside them is no imgstore's, or not there"),
    Kind.HIDDEN: ("hidden files", "their names begin with a dot"),
    Kind.STORE: ("imgstores", "each is one recording in chunks"),
    Kind.FOLDER: ("folders that are not looked into", "no pattern of the tracker leads there"),
    Kind.LEFT_OUT: ("left out", '"exclude" in project.yml'),
    Kind.EXCLUDED: ("left out", '"exclude" in its tracker.yml'),
}
ALONE = {
    Kind.COPY: "an unfinished copy, under way or broken off, of a file that is not read either",
    Kind.LEFT_COPY: "a part that stayed of a copy which was made again since; it may be removed",
    Kind.CHUNK: "a part of a recording in chunks, whose metadata.yaml is no imgstore's, or not there",
    Kind.HIDDEN: "its name begins with a dot",
    Kind.STORE: "an imgstore, one recording in chunks",
    Kind.FOLDER: "a folder into which no pattern of the tracker leads",
    Kind.LEFT_OUT: '"exclude" in project.yml leaves it out, or it is what a system leaves about',
    Kind.EXCLUDED: '"exclude" in the tracker\'s tracker.yml leaves it out',
}


def endings_read(stages: Sequence[Stage]) -> list[str]:
    """Return the endings of the files that the stages read among the videos, as avi, mp4; empty where any is read."""
    patterns = [i.pattern for stage in stages for i in stage.inputs if i.pattern.root == "RawVideos"]
    return list(dict.fromkeys(ending for p in patterns if not p.is_folder for ending in _endings_of(p)))


def _endings_of(pattern: Pattern) -> list[str]:
    last = pattern.pieces[-1]
    if not isinstance(last, Wildcard):
        return [last.rpartition(".")[2]] if "." in last.rpartition("/")[2] else []
    words = re.sub(r"\(\?-?[a-z]*:|\)", "", last.rule or "").split("|")
    if all(re.fullmatch(r"\w+", word) for word in words):
        return words
    values = dict.fromkeys(pattern.wildcards, "x") if last.rule else {}
    known = (*sorted(FILMS), *sorted(STREAMS), *OTHERS) if last.rule else ()
    return [ending[1:] for ending in known if pattern.match(pattern.fill({**values, last.name: ending[1:]}))]


def unread_lines(project: Project, unread: Sequence[Unread]) -> Iterator[str]:
    """Yield a line on the files among the videos that no pattern of the tracker means, and one on such folders."""
    if counted := [one for one in unread if one.kind in COUNTED]:
        are = "file is" if len(counted) == 1 else "files are"
        yield (
            f"{len(counted)} {are} not read by this tracker: {_told_by_ending(counted)}   "
            f"{rt_line(project, 'status --ignored')}"
        )
    if folders := [one.path for one in unread if one.kind is Kind.FOLDER]:
        more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
        yield f"Not looked into: {shown(folders[0])}{more}: no pattern of this tracker leads there."


def nothing_meant(project: Project, stage: Stage, unread: Sequence[Unread]) -> str:
    """Return the last words of a scan that found no video but other files, "" where there are none either."""
    counted = [one for one in unread if one.kind in COUNTED]
    if not counted:
        return ""
    are = "file is" if len(counted) == 1 else "files are"
    reads = _told_endings(project.tracker.stages)
    return (
        f"No {stage.counts} found: {len(counted)} {are} not meant by this tracker ({_told_by_ending(counted)}){reads}."
    )


def _told_endings(stages: Sequence[Stage]) -> str:
    endings = endings_read(stages)
    return f": it reads {', '.join(endings)}" if endings else ""


def _told_by_ending(unread: Sequence[Unread]) -> str:
    groups = _group(unread)
    told = [f"{len(ones)} {name}" for name, ones in list(groups.items())[:SHOWN_ENDINGS]]
    if rest := sum(len(ones) for ones in list(groups.values())[SHOWN_ENDINGS:]):
        told.append(f"{rest} others")
    return ", ".join(told)


def _group(unread: Sequence[Unread]) -> dict[str, list[Unread]]:
    """Return the files by what they are called together (".MTS", "unfinished copy"), the largest group first."""
    groups: dict[str, list[Unread]] = {}
    for one in unread:
        key = one.ending.lower() if one.kind is Kind.FORMAT else one.kind.value
        groups.setdefault(key, []).append(one)
    named = [(_name_of(ones), ones) for ones in sorted(groups.values(), key=lambda ones: -len(ones))]
    return dict(named)


def _name_of(ones: Sequence[Unread]) -> str:
    first = ones[0]
    if first.kind is not Kind.FORMAT:
        return WORDS[first.kind][0]
    (written, _), *_ = Counter(one.ending for one in ones).most_common(1)
    return shown(written) or "without an ending"


def find_ignored(project: Project) -> list[Unread]:
    """Return all among the videos that no stage reads, sorted; the whole folder is walked over."""
    tree = Tree(project.root, project.videos)
    tree.require_videos(project.tracker.sources)
    return walk_all(tree, project.tracker.stages)


def ignored_text(project: Project, unread: Sequence[Unread], now: Situation) -> str:
    """Return the screen of the files that are not read, by what each is, with what to do, and what to type next."""
    tracker = project.tracker
    count = sum(one.kind in COUNTED for one in unread)
    are = "is" if count == 1 else "are"
    said = f"{number_of(count, 'files')} in RawVideos {are} not read by {tracker.name}{_told_endings(tracker.stages)}"
    lines = [heading(project), said]
    for name, ones in _group(unread).items():
        lines += ["", f"{len(ones)} x {name}: {_why(ones[0])}"]
        lines += [f"    {shown(_below(one))}{_told_copy(one)}" for one in ones[:SHOWN_NAMES]]
        if len(ones) > SHOWN_NAMES:
            lines.append(f"    ... and {len(ones) - SHOWN_NAMES} more ({rt_line(project, 'status --ignored --names')})")
        lines += [f"  {line}" for line in _advice(project, ones[0])]
    return "\n".join([*lines, "", f"Next:  {next_text(project, now)}"])


def _below(one: Unread) -> str:
    return one.path.partition("/")[2]


def _told_copy(one: Unread) -> str:
    name = one.path.rpartition("/")[2]
    return (
        f"  (of {shown(final_name(name) or os.path.splitext(name)[0])})"
        if one.kind in (Kind.COPY, Kind.LEFT_COPY)
        else ""
    )


def _why(one: Unread) -> str:
    if one.kind is not Kind.FORMAT:
        return WORDS[one.kind][1]
    ending = one.ending.lower()
    if ending in STREAMS:
        return "a stream without a length, so that nothing shows whether it was cut short"
    return "a format that this tracker does not read" if ending in FILMS else "another kind of file"


def _advice(project: Project, one: Unread) -> Iterator[str]:
    if one.kind is Kind.STORE:
        hint = how_to_read_stores(project)
        yield f"To read imgstores write into project.yml:  {hint}" if hint else "This tracker reads no imgstores."
    elif one.kind is Kind.COPY:
        yield "Where nothing copies any more, copy the whole files again and remove these."
    elif one.kind is Kind.FORMAT:
        endings, ending = endings_read(project.tracker.stages), one.ending.lower()
        to = next((known for known in ("mkv", "mp4", "avi") if known in endings), "")
        if to and ending in FILMS | STREAMS:
            name = shown(one.path.rpartition("/")[2])
            new = f"{os.path.splitext(name)[0]}.{to}"
            line = f"ffmpeg -fflags +genpts -i {quote(name)} -c copy {quote(new)}"
            yield f"To have them processed write each anew, as:  {line}"
        if one.ending:
            glob = f'exclude: ["*{shown(one.ending)}"]'
            yield f"Where they are not meant write into project.yml, and no scan counts them:  {glob}"


def ignored_data(project: Project, unread: Sequence[Unread]) -> Mapping[str, Any]:
    """Return what is not read as data for programs (--json)."""
    return {
        "reads": endings_read(project.tracker.stages),
        "count": sum(one.kind in COUNTED for one in unread),
        "ignored": [
            {"name": shown(_below(one)), "kind": one.kind.value, "ending": shown(one.ending), "why": _why(one)}
            for one in unread
        ],
    }


def ignored_names(unread: Sequence[Unread]) -> list[str]:
    """Return the paths of the files that are not read, from RawVideos on."""
    return [_below(one) for one in unread]


def unread_data(unread: Sequence[Unread]) -> dict[str, int]:
    """Return how many files a scan met that are not read, by what they are, as data for programs (--json)."""
    return {name: len(ones) for name, ones in _group([one for one in unread if one.kind in COUNTED]).items()}


def why_not_read(project: Project, one: Unread) -> str:
    """Return in a sentence why a file among the videos is not read."""
    reads = _told_endings(project.tracker.stages).replace(": it", f"; {project.tracker.name}", 1)
    what = (
        f"{shown(one.ending) or 'it has no ending'}: {_why(one)}{reads}" if one.kind is Kind.FORMAT else ALONE[one.kind]
    )
    return f"{shown(_below(one))} is not read: {what}."


def unread_story(one: Unread) -> dict[str, str]:
    """Return what ./rt why says of a file that is not read, as data for programs (--json)."""
    return {
        "name": shown(_below(one)),
        "state": "not read",
        "kind": one.kind.value,
        "reason": ALONE.get(one.kind, _why(one)),
    }
