"""Any name that a file may have comes through patterns, bash, lists and logs as it was, or is refused by name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from examples import one_in
from hypothesis import example, given
from hypothesis import strategies as st
from remote_tracker.batches.pin import pin_batch
from remote_tracker.checks import find_paths
from remote_tracker.disk.files import write_file
from remote_tracker.model import ListWildcard, Stage, State, Unit
from remote_tracker.model.pattern import read_pattern
from remote_tracker.records import load_sealed, open_sealed, read_record, render_sealed
from remote_tracker.render import compile_stage
from remote_tracker.scan import Tree
from remote_tracker.survey import Examined, Survey, examine_stage, survey_stage
from remote_tracker.survey.decision import Decision
from scan.trees import end_line, make_project, make_record, make_stage, put, start_line, units_of

from properties.names import ANY, ODD, TAKEN, is_name, is_taken, lists_of, short

ROOM = 200  # what a name may have where endings come behind it
NAME, TAKEN_NAME = short(ANY, ROOM), short(TAKEN, ROOM)
FOLDERS = st.lists(NAME, max_size=3).map("/".join)
TAKEN_FOLDERS = st.lists(TAKEN_NAME, max_size=3).map("/".join)
OUTPUTS = {"tracks": "Results/{subdir}/{name}_tracks.{ext}.csv", "parts": "Results/{subdir}/{name}_{ext}_*.csv"}


@contextmanager
def folder() -> Iterator[Path]:
    """Make an empty folder for one example."""
    place = Path(tempfile.mkdtemp(prefix="rt-names-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


# Patterns


@pytest.mark.parametrize(
    "text",
    [
        "RawVideos/{subdir}/{name}.{ext,avi|mp4}",
        "Results/{day}/of {name}/{ext}.csv",
        "{subdir}/{name}.{ext,avi|mp4}/",
        "Results/{day}/{name,.+}/{ext}",
        "R/{name}/{subdir}/{name}.{ext}",
    ],
)
@given(subdir=FOLDERS, day=st.one_of(st.just(""), NAME), name=NAME, ext=st.sampled_from(["avi", "mp4"]))
@example(subdir="a\nb/\udcff", day="\n", name=".avi", ext="avi")
def test_path_and_back(text: str, subdir: str, day: str, name: str, ext: str) -> None:
    """What is filled into a pattern comes back from the path as it was, whatever folders and files are called."""
    pattern = read_pattern(text)
    values = {"subdir": subdir, "day": day, "name": name, "ext": ext}
    path = pattern.fill(values)
    assert pattern.match(path) == {wildcard: values[wildcard] for wildcard in pattern.wildcards}
    assert pattern.filler(sorted(values))([values[w] for w in sorted(values)]) == path


@one_in(2)
@given(names=lists_of(ANY, ROOM))
def test_glob_is_of_its_own_video(names: list[str]) -> None:
    """The results that a glob stands for are found for the video that they are of, and for no other."""
    pattern = read_pattern("Results/{name}/{name}_*.csv")
    with folder() as root:
        put(root, *(f"Results/{name}/{name}_1.csv".encode("utf-8", "surrogateescape") for name in names))
        tree = Tree(root)
        for name in names:
            assert [path for path, _ in tree.find(pattern, {"name": name})] == [f"Results/{name}/{name}_1.csv"]


# Bash

COMMAND = (
    "say {{ input.notes }} {{ input.video }} {{ output.tracks }} {{ parent.tracks }} {{ parent.video }} "
    "{{ wildcards.subdir }} {{ wildcards.name }} x={{ params.x }} {{ project }}/{{ params.x }} {{ params.xs }}"
)
SAY = """say() { printf '%s\\0' "$@"; printf '\\n\\0'; }"""


def unit_of(subdir: str, name: str, *more: str) -> Unit:
    """Return the piece of work that a scan makes of a video in these folders, and of other inputs."""
    below = f"{subdir}/{name}.avi" if subdir else f"{name}.avi"
    return Unit(below, (subdir, name, "avi"), ((f"RawVideos/{below}",), *((path,) for path in more)), "1 2", 2)


def said_by_bash(script: str, locale: str) -> list[list[str]]:
    """Return what each call of ``say`` in a script was given, in one process for all of them."""
    raw = f"set -euo pipefail\n{SAY}\n{script}\n".encode("utf-8", "surrogateescape")
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": locale, "HOME": "/nowhere"}
    with folder() as place:  # where a word that is a glob would find something, and a command would leave something
        put(place, "a", "x.avi", "[a-z]")
        done = subprocess.run(["bash", "-s"], input=raw, env=environment, cwd=place, capture_output=True)
        assert sorted(os.listdir(place)) == ["[a-z]", "a", "x.avi"]
    assert (done.returncode, done.stderr) == (0, b"")
    calls = done.stdout.decode("utf-8", "surrogateescape").split("\0\n\0")
    return [call.split("\0") for call in calls[:-1]]


def path_of(out: str, *parts: str) -> str:
    """Return a path, without the folders that are none."""
    return "/".join([out, *filter(None, parts)])


several = st.lists(st.tuples(TAKEN_FOLDERS, TAKEN_NAME), min_size=1, max_size=40, unique=True)
WORDS = [word for word in dict.fromkeys([*ODD, "*.avi", "a*", "x.?vi", "~root"]) if is_taken(word) and is_name(word)]
LOCALES = st.sampled_from(["C", "C.UTF-8"])


@one_in(4)  # one bash takes all the names of an example
@given(videos=several, x=TAKEN_NAME, root=TAKEN_FOLDERS, locale=LOCALES, tame=st.booleans())
@example(videos=[("", name) for name in WORDS], x="*", root="", locale="C", tame=True)
@example(videos=[(name, "a") for name in WORDS], x="a", root="~", locale="C.UTF-8", tame=False)
@example(videos=[("", "plain")], x="o'd d", root="", locale="C", tame=True)
def test_commands_arrive(videos: list[tuple[str, str]], x: str, root: str, locale: str, tame: bool) -> None:
    """Whatever videos, folders, parameters and projects are called, a program gets these very words."""
    with folder() as place:
        inputs = {"video": "RawVideos/{subdir}/{name}.{ext}", "notes": "AuxiliaryFiles/{name}.txt"}
        outputs = {"tracks": OUTPUTS["tracks"]} if tame else OUTPUTS  # where all is tame, most names need no quotes
        stage = make_stage(inputs, outputs, command=COMMAND)
        project = make_project(place, stage, params={"x": x, "xs": [x, "-"]})
        compiled = compile_stage(project, stage)
    lines = [compiled.lines(unit_of(subdir, name, f"AuxiliaryFiles/{x}"))[0] for subdir, name in videos]
    assert not any("\n" in line for line in lines)
    bound = compiled_names({"project": f"/{root}", "out": f"/out/{x}", "work": "/w", "tracker": "/t"})
    assert said_by_bash("\n".join([bound, *lines]), locale) == [
        [
            f"/{root}/AuxiliaryFiles/{x}",
            path_of(f"/{root}/RawVideos", subdir, f"{name}.avi"),
            path_of(f"/out/{x}/Results", subdir, f"{name}_tracks.avi.csv"),
            path_of(f"/out/{x}/Results", subdir),
            path_of(f"/{root}/RawVideos", subdir),
            subdir,
            name,
            f"x={x}",
            f"/{root}/{x}",
            x,
            "-",
        ]
        for subdir, name in videos
    ]


def compiled_names(names: dict[str, str]) -> str:
    """Return bash that sets names to values, in a quoting that is not the one under test."""
    return "\n".join(f"{name}={ansi(value)}" for name, value in names.items())


def ansi(text: str) -> str:
    """Return bash for a text, each byte as a number."""
    return "$'" + "".join(f"\\x{byte:02x}" for byte in text.encode("utf-8", "surrogateescape")) + "'"


@one_in(4)
@given(videos=several, locale=LOCALES, tame=st.booleans())
def test_tasks_arrive(videos: list[tuple[str, str]], locale: str, tame: bool) -> None:
    """The line that a task reads gives back name, inputs and outputs; its globs match its own results alone."""
    tracks = {"tracks": OUTPUTS["tracks"]}
    stage = make_stage(outputs=tracks if tame else {**OUTPUTS, "tracks": "Results/{subdir}/{name} of {ext}.csv"})
    with folder() as place:
        compiled = compile_stage(make_project(place, stage), stage)
    units = [unit_of(subdir, name) for subdir, name in videos]
    lines = [compiled.lines(unit, old_ns=1)[1] for unit in units]
    assert not any("\n" in line for line in lines)
    say = 'say "$unit" "${inputs[@]}" "${outputs[@]}" "$stale" "${#globs[@]}"'
    lines = [f"globs=(); {line}" for line in lines]  # as run_task.sh reads it
    end = "{}_tracks.avi.csv" if tame else "{} of avi.csv"
    assert said_by_bash("\n".join(f"{line}; {say}" for line in lines), locale) == [
        [
            unit.key,
            f"video={unit.inputs[0][0]}",
            f"tracks={path_of('Results', subdir, end.format(name))}",
            *("0.000000001", "0" if tame else "1"),
        ]
        for unit, (subdir, name) in zip(units, videos, strict=True)
    ]


@one_in(4)
@given(videos=several, locale=LOCALES)
@example(videos=[("!(a", "*"), ("a", "[a-z]"), ("a", "a"), ("", "\\")], locale="C")
def test_globs_in_bash(videos: list[tuple[str, str]], locale: str) -> None:
    """What a task finds by a glob, in bash and in its checks, is what a scan finds: this video's own results."""
    stage = make_stage(outputs={"parts": OUTPUTS["parts"]})
    units = [unit_of(subdir, name) for subdir, name in videos if not f"/{subdir}/{name}".count("/.")]
    with folder() as root:
        compiled = compile_stage(make_project(root, stage), stage)
        made = ["_7".join(stage.outputs[0].pattern.fill(values_of(unit)).rsplit("_*", 1)) for unit in units]
        put(root, *made)
        say = """IFS=; say "${globs[0]#*=}"; made=("$root"/${globs[0]#*=}); say "${made[@]#"$root/"}" """
        script = [f"{compiled.lines(unit)[1]}; {say}" for unit in units]
        said = said_by_bash("\n".join([f"root={ansi(str(root))}", *script]), locale)
        tree = Tree(root)
        found = [sorted(path for path, _ in tree.find(stage.outputs[0].pattern, values_of(unit))) for unit in units]
        assert [sorted(paths) for paths in said[1::2]] == found
        assert [list(find_paths(root, pattern)) for (pattern,) in said[::2]] == found
    assert all(own in paths for own, paths in zip(made, found, strict=True))


def values_of(unit: Unit) -> dict[str, str]:
    """Return what a video's wildcards stand for."""
    return dict(zip(("subdir", "name", "ext"), unit.values, strict=True))


# Lists, logs, sealed batches


@one_in(4)
@given(names=lists_of(TAKEN, ROOM, most=20))
def test_lists_of_a_batch(names: list[str]) -> None:
    """A batch's list has one line a task, and its names come back, each as the task of its number."""
    units = [unit_of("", name) for name in names]
    with folder() as root:
        stage = make_stage()
        project = make_project(root, stage)
        seen = [Examined(unit, Decision(State.UNPROCESSED)) for unit in units]
        pinned = pin_batch(project, stage, seen)
        batch = pinned.batch.folder
        assert pinned.batch.names == [unit.key for unit in units]
        for listed in ("files2process.txt", "tasks.txt"):
            assert (batch / listed).read_bytes().count(b"\n") == len(units)
        again = pin_batch(project, stage, seen)
        assert (again.batch, again.new) == (pinned.batch, False)


words = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40)
noise = words.filter(
    lambda text: not re.search("slurmstepd|PBS|signal|TERM_|Sender|^#|# end|[Mm]emory|bad_alloc", text)
)


@given(unit=TAKEN, before=st.lists(noise, max_size=3), during=st.lists(noise, max_size=3), why=noise)
@example(unit=" unit=x", before=[], during=[], why="# start 2026-01-01 host=h pid=1 job=j batch=0001 task=1 params=p ")
def test_log(unit: str, before: list[str], during: list[str], why: str) -> None:
    """A name, and the reason of a failure, come back from a log as they were, whatever is printed around them."""
    text = "".join(f"{line}\n" for line in before) + start_line(unit) + "".join(f"{line}\n" for line in during)
    for log, told in ((text, ("", None)), (text + end_line("failed", 3, why), ("failed", 3))):
        record = read_record(log, "0001", 1)
        assert record is not None
        assert (record.unit, record.result, record.exit) == (unit, *told)
    assert record.why == why


@given(names=lists_of(TAKEN, most=12), whys=st.lists(words, min_size=12, max_size=12), data=st.data())
def test_sealed(names: list[str], whys: list[str], data: st.DataObject) -> None:
    """What is known of tasks of any name comes back from the sealed file, what did not finish first."""
    results = data.draw(st.lists(st.sampled_from(["finished", "failed", "bad", ""]), min_size=24, max_size=24))
    pasts = zip(names, whys, results, strict=False)
    records = [
        make_record(name, "0007", task, result=result, why=why.replace("\t", " "), exit=None if not result else 1)
        for task, (name, why, result) in enumerate(pasts, 1)
    ]
    with folder() as root:
        (root / "0007").mkdir()
        sealed = root / "0007" / "records.tsv"
        write_file(sealed, render_sealed(records))
        everything, opened = load_sealed(sealed), open_sealed(sealed)
    assert everything == sorted(records, key=lambda record: record.result == "finished")
    assert opened is not None
    assert opened.failures == [record for record in records if record.result != "finished"]


# Scans


def states_of(root: Path, stage: Stage) -> dict[str, Decision]:
    """Return what each piece of work is."""
    project = make_project(root, stage)
    return {seen.unit.key: seen.decision for seen in examine_stage(project, stage, Survey(stage))}


@one_in(2)
@given(names=lists_of(ANY, most=12), inside=short(ANY, ROOM))
def test_taken_or_refused_by_name(names: list[str], inside: str) -> None:
    """Each name is found once: listed, or refused with the reason and by its name; hidden ones are never meant."""
    endings = [f"{name}.avi" for name in names]
    with folder() as root:
        put(root, *(f"RawVideos/{inside}/{name}".encode("utf-8", "surrogateescape") for name in endings))
        stage = make_stage()
        found = states_of(root, stage)
        survey = survey_stage(make_project(root, stage), stage)
    meant = [] if inside.startswith(".") else [name for name in endings if not name.startswith(".")]
    assert set(found) == {f"{inside}/{name}" for name in meant}
    for key, decision in found.items():
        if is_taken(key):
            assert decision == Decision(State.UNPROCESSED)
        else:
            told = "its name holds a line break" if "\n" in key else "its name is not UTF-8"
            assert (decision.state, decision.reason) == (State.INVALID, told)
    assert [s.unit.key for s in survey.to_do] == [key for key in found if is_taken(key)]
    assert {s.unit.key for s in survey.odd} == {key for key in found if not is_taken(key)}


values = st.lists(st.one_of(TAKEN, st.sampled_from(["1", "2", "1,q=2", "2,q=2"])), min_size=1, max_size=4)


@one_in(2)
@given(names=lists_of(TAKEN, ROOM, most=4), p=values, q=values)
@example(names=["a"], p=["1", "1,q=2"], q=["2", "2,q=2"])  # both 1 and 2,q=2 or 1,q=2 and 2
def test_keys_are_unique(names: list[str], p: list[str], q: list[str]) -> None:
    """No two pieces of work that could be listed share a name, whatever videos and regions are called."""
    stage = make_stage("RawVideos/{name}.avi", {}, each=(ListWildcard("p", tuple(p)), ListWildcard("q", tuple(q))))
    with folder() as root:
        put(root, *(f"RawVideos/{name}.avi" for name in names))
        units = units_of(root, stage)
    fine = [unit.key for unit in units if not unit.problem]
    assert len(set(fine)) == len(fine)
    assert len({unit.values for unit in units}) == len(units)


@given(names=lists_of(TAKEN, most=20))
@example(names=[f"{'x' * 60}{number}" for number in range(60)])
def test_work_folders_differ(names: list[str]) -> None:
    """Two pieces of work never share a folder, though their names differ in case or composition alone."""
    with folder() as root:
        stage = make_stage()
        compiled = compile_stage(make_project(root, stage), stage)
    places = [re.search(r" place=(\S+)", compiled.lines(unit_of("", name))[1]) for name in names]
    said = [place[1] for place in places if place]
    assert len({place.casefold() for place in said}) == len(names)
    assert all(place.isascii() and len(place.rpartition("/")[2]) < 60 for place in said)
