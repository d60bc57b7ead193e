"""Whatever lies in the folders, links and loops among it: a scan finds what a plain walk finds, once, in one order."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from examples import one_in
from hypothesis import example, given
from hypothesis import strategies as st
from remote_tracker.batches.pin import pin_batch
from remote_tracker.model import Project, Stage, State
from remote_tracker.model.scheduling import Queue
from remote_tracker.scan import Tree, find_units
from remote_tracker.survey import parallel, survey_stage
from scan.trees import make_project, make_stage, put, units_of, with_queue
from survey.test_fast_path import STAGES, by_hand

from properties.names import is_taken

FOLDERS = ["", "d/", "d/e/", "d/e/f/", "a b/", "n\nl/", ".hidden/", "v.avi/", "%s/", "d/.work/", "\udcff/", "*/"]
NAMES = ["x", "x", "x", "y", "z z", "ü", "n\nl", "%s", ".dot", "l\u2028s", "\udcff", "[x]", "a.avi", "-rf"]
ENDS = [".avi", ".avi", ".mp4", ".txt", ""]
KINDS = ["video", "video", "video", "empty", "locked", "folder", "nowhere", "itself"]
LINKS = ["d", "d/e", ".", "a b", "v.avi", "../elsewhere", "nowhere", "d/x.avi", "../elsewhere/o.avi", ".hidden"]
RESULTS = ["none", "none", "part", "whole"]


class Thing(NamedTuple):
    """One thing below RawVideos: a file of some kind, or a link to ``target`` (a path below RawVideos)."""

    path: str
    kind: str
    target: str = ""


_files = st.builds(
    lambda folder, name, end, kind: Thing(folder + name + end, kind),
    st.sampled_from(FOLDERS),
    st.sampled_from(NAMES),
    st.sampled_from(ENDS),
    st.sampled_from(KINDS),
)
_links = st.builds(
    lambda folder, name, target: Thing(folder + name, "link", target),
    st.sampled_from(FOLDERS),
    st.sampled_from(["again", "linked.avi", "y.avi", "e", ".dot", "n\nl.avi"]),
    st.sampled_from(LINKS),
)
things = st.lists(st.one_of(_files, _files, _links), max_size=14, unique_by=lambda thing: thing.path)
results = st.lists(st.sampled_from(RESULTS), min_size=1, max_size=9)


@contextmanager
def folder(things: Sequence[Thing]) -> Iterator[Path]:
    """Make a project's folder for one example, and beside RawVideos a folder that links may lead to."""
    root = Path(tempfile.mkdtemp(prefix="rt-trees-"))
    try:
        for made in ("RawVideos", "workspace/batches", "elsewhere/deep"):
            (root / made).mkdir(parents=True)
        put(root, "elsewhere/o.avi", "elsewhere/deep/p.mp4")
        (root / "elsewhere/deep/up").symlink_to("..")
        for thing in things:
            put_thing(root / "RawVideos", thing)
        yield root
    finally:
        shutil.rmtree(root)


def put_thing(videos: Path, thing: Thing) -> None:
    """Put one thing on disk; where another one is in its way it is left out."""
    place = videos / thing.path
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(place):
            return
        if thing.kind == "folder":
            place.mkdir()
        elif thing.kind in ("link", "nowhere", "itself"):
            target = {"nowhere": "nowhere", "itself": place.name}.get(thing.kind)
            place.symlink_to(target or os.path.relpath(videos / thing.target, place.parent))
        else:
            put(videos, thing.path, content="" if thing.kind == "empty" else "video")
            place.chmod(0 if thing.kind == "locked" else 0o644)
    except (NotADirectoryError, FileExistsError, FileNotFoundError):
        return  # a file where a folder should be, a link to nowhere on the way
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise


def walk_plainly(root: Path) -> dict[str, str]:
    """Return what is wrong with each video below RawVideos, found without any of the package."""
    found: dict[str, str] = {}

    def look(below: str, above: frozenset[tuple[int, int]]) -> None:
        for name in os.listdir(root / "RawVideos" / below):
            path = f"{below}{name}"
            try:
                entry = os.stat(root / "RawVideos" / path)
            except OSError:
                entry = None
            if name.startswith("."):
                continue
            if os.path.isdir(root / "RawVideos" / path) and entry:
                if (entry.st_dev, entry.st_ino) not in above:
                    look(f"{path}/", above | {(entry.st_dev, entry.st_ino)})
            elif re.fullmatch(r"(?s).+\.(avi|mp4)", name):
                found[path] = problem_of(path, entry)

    top = os.stat(root / "RawVideos")
    look("", frozenset({(top.st_dev, top.st_ino)}))
    return found


def problem_of(path: str, entry: os.stat_result | None) -> str:
    """Return what is wrong with a file, as a person would say it."""
    if not is_taken(path):
        return "its name"
    if entry is None:
        return "a link that leads nowhere"
    return "" if entry.st_size and entry.st_mode & 0o444 else "empty, or may not be read"


def put_results(root: Path, stage: Stage, keys: Sequence[str], kinds: Sequence[str]) -> dict[str, str]:
    """Make the results of these videos, none, some or all of each; returns which."""
    made = {}
    for index, key in enumerate(keys):
        values = stage.inputs[0].pattern.match(f"RawVideos/{key}")
        assert values is not None
        paths = [output.pattern.fill(values) for output in stage.outputs]
        kind = kinds[index % len(kinds)]
        put(root, *(os.fsencode(path) for path in {"none": [], "part": paths[:1]}.get(kind, paths)), content="r")
        made[key] = kind if len(paths) > 1 or kind != "part" else "whole"
    return made


def expected(stage: Stage, found: Mapping[str, str], made: Mapping[str, str]) -> dict[str, State]:
    """Return what each video is, by rules of thumb: nothing ever ran here."""
    values = {key: stage.inputs[0].pattern.match(f"RawVideos/{key}") or {} for key in found}
    used = {w for output in stage.outputs for w in output.pattern.wildcards}
    least = min((output.pattern.wildcards for output in stage.outputs), key=len)
    claims = Counter(tuple(told[w] for w in least) for told in values.values())
    short = len(least) < len(stage.inputs[0].pattern.wildcards)
    assert used
    states = {}
    for key, problem in found.items():
        collides = short and claims[tuple(values[key][w] for w in least)] > 1
        done = {"whole": State.FINISHED, "part": State.INCOMPLETE, "none": State.UNPROCESSED}[made[key]]
        states[key] = State.INVALID if problem or collides else done
    return states


def states_of(project: Project, stage: Stage, most: int = 0) -> tuple[Counter[State], list[str]]:
    """Return the counts of one scan that are not 0, and what it lists."""
    survey = survey_stage(project, stage, most=most)
    return Counter({state: n for state, n in survey.counts.items() if n}), [s.unit.key for s in survey.to_do]


NAMED = ["one short", "plain", "two"]
LOOP = [
    Thing("d/x.avi", "video"),
    Thing("d/again", "link", "."),
    Thing("a b/e", "link", "d"),
    Thing("e", "link", "d/e"),
]
RIVALS = [Thing("d/x.avi", "video"), Thing("d/x.mp4", "video"), Thing("d/y.avi", "video"), Thing("b.avi", "video")]


@pytest.mark.parametrize("name", NAMED)
@one_in(2)
@given(things=things, kinds=results)
@example(things=LOOP, kinds=["none"])
@example(things=RIVALS, kinds=["none", "whole"])
def test_found_as_by_hand(name: str, things: list[Thing], kinds: list[str]) -> None:
    """A scan counts each video that a plain walk finds, once; what it lists is exactly what is to do."""
    stage = STAGES[name]
    with folder(things) as root:
        found = walk_plainly(root)
        states = expected(stage, found, put_results(root, stage, sorted(found), kinds))
        counts, listed = states_of(make_project(root, stage), stage)
        keys = [unit.key for unit in units_of(root, stage)]
    assert sorted(keys) == sorted(found)
    assert keys == sorted(keys, key=place_of)
    assert counts == Counter(states.values())
    assert len(set(listed)) == len(listed)
    assert set(listed) == {key for key, s in states.items() if s in (State.INCOMPLETE, State.UNPROCESSED)}
    begun = sum(states[key] is State.INCOMPLETE for key in listed)
    assert all(states[key] is State.INCOMPLETE for key in listed[:begun])  # what began once goes first
    assert listed == [*sorted(listed[:begun], key=place_of), *sorted(listed[begun:], key=place_of)]


def place_of(key: str) -> list[tuple[bool, str]]:
    """Return what sorts videos as a scan lists them: a folder's own ones by name, then those in its folders."""
    *folders, name = key.split("/")
    return [*((True, folder) for folder in folders), (False, name)]


@pytest.mark.parametrize("name", NAMED)
@one_in(2)
@given(things=things, kinds=results, most=st.integers(1, 5))
@example(things=LOOP, kinds=["none"], most=1)
@example(things=RIVALS, kinds=["none"], most=1)
def test_the_fast_way_is_the_plain_one(name: str, things: list[Thing], kinds: list[str], most: int) -> None:
    """With links, loops and odd names, too, a scan of the first N counts and lists as a look at every video does."""
    stage = STAGES[name]
    with folder(things) as root:
        put_results(root, stage, sorted(walk_plainly(root)), kinds)
        project = make_project(root, stage)
        fast = survey_stage(project, stage, most=most)
        counts, incomplete, untouched = by_hand(project, stage, again=False)
    assert {state.value: n for state, n in fast.counts.items() if n} == counts
    assert fast.to_do[:most] == [*incomplete, *untouched][:most]


@one_in(4)  # two processes an example
@given(things=things, kinds=results, most=st.integers(1, 5))
@example(things=LOOP, kinds=["none"], most=1)
def test_side_by_side(things: list[Thing], kinds: list[str], most: int) -> None:
    """Folders sifted by several processes at once, links and loops among them, give what one process gives."""
    stage = STAGES["two"]
    with folder(things) as root:
        put_results(root, stage, sorted(walk_plainly(root)), kinds)
        project = make_project(root, stage)
        alone = states_of(project, stage)
        with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda: 2):
            counts, listed = states_of(project, stage, most)
    assert counts == alone[0]
    assert listed[:most] == alone[1][:most]


@pytest.mark.parametrize("most", [0, 2])
@one_in(2)
@given(things=things, kinds=results)
def test_a_second_scan_says_the_same(things: list[Thing], kinds: list[str], most: int) -> None:
    """Two scans in a row count and list the same; the second believes what the first found whole."""
    stage = STAGES["two"]
    with folder(things) as root:
        put_results(root, stage, sorted(walk_plainly(root)), kinds)
        project = make_project(root, stage)
        first, second = states_of(project, stage, most), states_of(project, stage, most)
    assert first[0] == second[0]
    assert first[1][: most or None] == second[1][: most or None]


@one_in(2)
@given(things=things, kinds=results)
@example(things=[Thing("d/e", "link", "../elsewhere"), Thing("d/e/x.avi", "video")], kinds=["none"])
def test_order_is_of_the_names(things: list[Thing], kinds: list[str]) -> None:
    """The same folders made in another order are listed in the same one."""
    stage = STAGES["plain"]
    with folder(things) as root, folder([]) as other:
        shutil.rmtree(other / "elsewhere")
        for top in ("elsewhere", "RawVideos"):  # a link among the things may have led some of them there
            copy_backwards(root / top, other / top)
        listed = [states_of(make_project(place, stage), stage) for place in (root, other)]
    assert listed[0] == listed[1]


def copy_backwards(source: Path, target: Path) -> None:
    """Copy files and links, the last one first."""
    paths = [Path(top, name) for top, folders, names in os.walk(source) for name in [*folders, *names]]
    for path in reversed(paths):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            place.symlink_to(os.readlink(path))
        elif path.is_dir():
            place.mkdir(exist_ok=True)
        else:
            shutil.copy2(path, place)


@one_in(2)
@given(things=things, kinds=results, flying=st.sets(st.integers(0, 9)))
def test_listed_once(things: list[Thing], kinds: list[str], flying: set[int]) -> None:
    """A batch lists what is to do, a task each; what of it is in the queue is not listed by the next scan."""
    stage = STAGES["plain"]
    with folder(things) as root:
        put_results(root, stage, sorted(walk_plainly(root)), kinds)
        project = make_project(root, stage)
        survey = survey_stage(project, stage)
        batch = pin_batch(project, stage, survey.to_do).batch
        names = batch.names
        tasks = frozenset(task for task in range(1, len(names) + 1) if task - 1 in flying)
        counts, listed = states_of(with_queue(project, Queue({batch.number: tasks})), stage)
    assert names == [seen.unit.key for seen in survey.to_do]
    assert counts[State.QUEUED] == len(tasks)
    assert listed == [name for task, name in enumerate(names, 1) if task not in tasks]
    assert counts.total() == survey.found


@given(things=things, deep=st.booleans())
@example(things=LOOP, deep=True)
def test_each_file_is_in_one_group(things: list[Thing], deep: bool) -> None:
    """Of videos that are gathered, each that can be used belongs to one group, and each group has a name of its own."""
    pattern = "RawVideos/{day}/{subdir}/{name}.{ext,avi|mp4}" if deep else "RawVideos/{day}/{name}.{ext,avi|mp4}"
    stage = make_stage(pattern, {"t": "Results/{day}/t.csv"}, per=("day",))
    with folder(things) as root:
        found = walk_plainly(root)
        units = list(find_units(stage, Tree(root)))
    gathered = [path for unit in units for files in unit.inputs for path in files]
    wanted = [f"RawVideos/{key}" for key, problem in found.items() if not problem and (deep or key.count("/") < 2)]
    assert sorted(gathered) == sorted(wanted)
    assert len({unit.key for unit in units}) == len(units)
    assert all(path.startswith(f"RawVideos/{unit.values[0]}") for unit in units for path in unit.inputs[0])
    assert not any(unit.problem for unit in units if unit.inputs[0])


def test_the_walk_by_hand_sees_all_kinds() -> None:
    """The plain walk that scans are held against finds videos, refuses what is wrong, and ends in a loop of links."""
    odd = [Thing("e.avi", "empty"), Thing("l.avi", "locked"), Thing("n.avi", "nowhere"), Thing("d/n\nl.mp4", "video")]
    with folder([*LOOP, *odd, Thing("o", "link", "../elsewhere")]) as root:
        found = walk_plainly(root)
    assert {key for key, problem in found.items() if not problem} == {
        *("d/x.avi", "a b/e/x.avi"),
        *("o/o.avi", "o/deep/p.mp4"),
    }
    assert {key for key, problem in found.items() if problem} == {
        "e.avi",
        "l.avi",
        "n.avi",
        "d/n\nl.mp4",
        "a b/e/n\nl.mp4",
    }
