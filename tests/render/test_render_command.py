"""Commands: every value arrives in bash as it is, and what cannot be said is refused in one line."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from examples import one_in
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.errors import ConfigError
from remote_tracker.model import Stage, Unit
from remote_tracker.model.pattern import read_pattern
from remote_tracker.render import compile_command, compile_stage, render_settings
from remote_tracker.render.command import render_value
from remote_tracker.render.files import Names
from remote_tracker.render.quotes import quote, quoting_of
from scan.trees import VIDEO, make_project, make_stage

ROOT = Path("/lab/my project")
DATA = {"name": "a", "subdir": "d/e", "ext": "avi"}
TIDY = Unit("d/e/a.avi", ("d/e", "a", "avi"), (("RawVideos/d/e/a.avi",),), "1 2", 2)


def names_of(stage: Stage | None = None, params: dict[str, Any] | None = None, videos: str = "") -> Names:
    """Return what the words of a command stand for."""
    made = stage or make_stage()
    return Names(made, make_project_of(made, params).tracker, videos)


def make_project_of(stage: Stage, params: dict[str, Any] | None = None) -> Any:
    """Return a project that needs no folder."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return make_project(Path(folder), stage, params=params)


def line(template: str, unit: Unit = TIDY, **params: Any) -> str:
    """Return the command line of one video."""
    return compile_command(template, names_of(params=params), "tracker.yml").line(unit)


def words(command: str) -> list[str]:
    """Return what a program gets when bash runs it with these words, after a first one that is always there."""
    script = f"""project={str(ROOT)!r} out='/o u t' work=/w tracker=/t; printf '%s\\0' - {command}"""
    argv = [b"bash", b"-c", script.encode("utf-8", "surrogateescape")]
    printed = subprocess.run(argv, capture_output=True, check=True).stdout
    return [word.decode("utf-8", "surrogateescape") for word in printed.split(b"\0")[1:-1]]


piece = st.one_of(
    st.text(st.characters(exclude_characters="\0/\n", exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text(st.sampled_from(" '\"$`\\!*?[]{}()<>|&;#~=-%@+,.:^\t\r\udcffax"), min_size=1, max_size=12),
    st.sampled_from(["$(touch x)", "`id`", "-rf", "--", "~", "a'b\"c", "{a,b}", "$project", "%s", "\\n", "a=b", "-n"]),
)


@one_in(2)  # a bash starts for each example
@given(subdir=piece, name=piece, param=piece)
def test_values_arrive(subdir: str, name: str, param: str) -> None:
    """Whatever videos, folders and parameters are called, a program gets these very words."""
    path = f"RawVideos/{subdir}/{name}.avi"
    unit = Unit(f"{subdir}/{name}.avi", (subdir, name, "avi"), ((path,),), "", 0)
    template = (
        "{{ input.video }} {{ output.tracks }} {{ parent.tracks }} {{ parent.video }} {{ wildcards.name }}"
        " x={{ params.x }} {{ project }}/{{ params.x }} {{ work }}{{ tracker }} {{ params.xs }}"
    )
    assert words(line(template, unit, x=param, xs=[param, name])) == [
        f"{ROOT}/{path}",
        f"/o u t/Results/{subdir}/{name}_tracks.csv",
        f"/o u t/Results/{subdir}",
        f"{ROOT}/RawVideos/{subdir}",
        name,
        f"x={param}",
        f"{ROOT}/{param}",
        "/w/t",
        param,
        name,
    ]


@one_in(2)  # a bash starts for each example
@given(subdir=piece, name=piece)
def test_task_lines_arrive(subdir: str, name: str) -> None:
    """The line that run_task.sh reads gives back the very names, inputs and outputs; a glob matches only its own."""
    stage = make_stage(outputs={"t": "Results/{subdir}/{name}_{ext}.csv", "g": "Results/{subdir}/{name}.*"})
    compiled = compile_stage(make_project_of(stage), stage)
    unit = Unit(f"{subdir}/{name}.avi", (subdir, name, "avi"), ((f"RawVideos/{subdir}/{name}.avi",),), "", 0)
    command, task = compiled.lines(unit, old_ns=1_700_000_000_000_000_042)
    assert command == "true"
    assert "\n" not in task
    script = f"""{task}; printf '%s\\0' "$unit" "${{inputs[@]}}" "${{outputs[@]}}" "$stale" "${{globs[@]//\\\\/}}" """
    argv = [b"bash", b"-c", script.encode("utf-8", "surrogateescape")]
    printed = subprocess.run(argv, capture_output=True, check=True).stdout.decode("utf-8", "surrogateescape")
    assert printed.split("\0")[:-1] == [
        unit.key,
        f"video={unit.inputs[0][0]}",
        f"t=Results/{subdir}/{name}_avi.csv",
        "1700000000.000000042",
        f"g=Results/{subdir}/{name}.*".replace("\\", ""),
    ]


@one_in(2)  # a bash starts for each example
@given(subdir=piece, name=piece)
def test_lines_of_a_tame_stage(subdir: str, name: str) -> None:
    """Where the tracker's own words need no quotes, those of a video get them as soon as one of them does."""
    stage = make_stage(command="{{ input.video }} {{ output.tracks }}")
    unit = Unit(f"{subdir}/{name}.avi", (subdir, name, "avi"), ((f"RawVideos/{subdir}/{name}.avi",),), "", 0)
    command, _ = compile_stage(make_project_of(stage), stage).lines(unit)
    assert words(command) == [f"{ROOT}/{unit.inputs[0][0]}", f"/o u t/Results/{subdir}/{name}_tracks.csv"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ([], []),
        (["a b", None, "c"], ["a b", "c"]),
        (("x", ["y", "z"]), ["x", "y", "z"]),
        (True, ["true"]),
        (False, ["false"]),
        (0, ["0"]),
        (1.5, ["1.5"]),
        ("", [""]),
        ("a\nb", ["a\nb"]),
    ],
)
def test_kinds_of_values(value: Any, expected: list[str]) -> None:
    """A list is several words, nothing is no word, empty text is an empty word, true and false are words."""
    assert words(line("{{ params.x }}", x=value)) == expected


def test_params_may_be_tested() -> None:
    """What is the same for all tasks can be tested, looped over and changed."""
    template = "{% if params.dark %}--dark{% endif %}{% for x in params.xs %} -x {{ x | upper }}{% endfor %}"
    assert words(line(template, dark=True, xs=["a b", "c"])) == ["--dark", "-x", "A B", "-x", "C"]


@pytest.mark.parametrize(
    "template",
    [
        "{% if wildcards.name %}x{% endif %}",
        "{{ 'x' if wildcards.name else 'y' }}",
        "{% if wildcards.name == 'a' %}x{% endif %}",
        "{% if wildcards.name != 'a' %}x{% endif %}",
        "{% if wildcards.name in ['a'] %}x{% endif %}",
        "{% if 'a' in wildcards.name %}x{% endif %}",
        "{% if wildcards.name < 'a' %}x{% endif %}",
        "{% if not input.video %}x{% endif %}",
        "{% for v in input.video %}{{ v }}{% endfor %}",
        "{{ wildcards.name | upper }}",
        "{{ wildcards.name ~ '.txt' }}",
        "{{ wildcards.name + '.txt' }}",
        "{{ wildcards.name[0] }}",
        "{{ wildcards.name[:3] }}",
        "{{ wildcards.name.upper() }}",
        "{{ wildcards.name.fill }}",
        "{{ input.video | replace('avi', 'mp4') }}",
        "{{ output.tracks | length }}",
        "{{ '%s' | format(wildcards.name) }}",
        "{{ [wildcards.name] | join(',') }}",
        "{{ [input.video] }}",
        "{{ input }}",
        "{{ params }}",
        "{{ wildcards }}",
        "{{ params.mapping }}",
    ],
)
def test_only_printed(template: str) -> None:
    """What differs from task to task can be printed and nothing else: one clear line, never a wrong command."""
    with pytest.raises(ConfigError, match=r"^tracker\.yml: ") as error:
        line(template, mapping={"a": 1})
    assert "\n" not in str(error.value)
    assert "object at 0x" not in str(error.value)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ input.vido }}", 'unknown input "vido". Did you mean video? Known: video'),
        ("{{ output.x }}", 'unknown output "x". Known: tracks'),
        ("{{ wildcards.nam }}", 'unknown wildcards "nam". Did you mean name? Known: ext, name, subdir'),
        ("{{ params.y }}", 'unknown params "y". Known: mode, x'),
        ("{% if params.y %}a{% endif %}", 'unknown params "y". Known: mode, x'),
        ("{{ resources.cpu }}", "Did you mean cpus?"),
        ("{{ inputs.video }}", "'inputs' is undefined. A command may use: input, output, parent"),
        ("{{ input.video", "unexpected end of template"),
        ("{% if %}", "tracker.yml: "),
        ("{{ params.x / 0 }}", "tracker.yml: "),
    ],
)
def test_unknown_words(template: str, says: str) -> None:
    """A wrong word is named with those that there are, in one line."""
    with pytest.raises(ConfigError) as error:
        line(template, x=1, mode="a")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "template",
    ['--in "{{ input.video }}"', "--in '{{ input.video }}'", 'x="a {{ params.x }} b"', "bash -c 'f {{ work }}'"],
)
def test_no_quotes_round_values(template: str) -> None:
    """Quotes round a value, which would undo its own, are refused."""
    with pytest.raises(ConfigError, match="take away the quotes"):
        line(template, x="p")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("'a b' {{ wildcards.name }} \"c\"", ["a b", "a", "c"]),
        ("it\\'s {{ wildcards.name }} it\\'s", ["it's", "a", "it's"]),
        ('"$(printf %s {{ wildcards.name }})"', ["a"]),
        ('"x\\"y" {{ wildcards.name }}', ['x"y', "a"]),
    ],
)
def test_other_quotes_are_fine(template: str, expected: list[str]) -> None:
    """What is quoted beside a value, and a value in a command in quotes, stay as they are written."""
    assert words(line(template)) == expected


def test_json_is_one_word() -> None:
    """A value as JSON is a word of bash like any, and what stands around it is bash, not HTML."""
    command = line("a 'b' {{ params.x | tojson }} && c <d", x={"k": [1, "y"]})
    assert command == """a 'b' '{"k": [1, "y"]}' && c <d"""


@pytest.mark.parametrize(
    ("template", "command"),
    [
        ("a\nb", "a && b"),
        ("\n  a\n\n  b  \n", "a && b"),
        ("a \\\n  --x \\\n  --y\nb", "a    --x    --y && b"),
        ("# first\na\n  # second\nb", "a && b"),
        ("a {{ params.x }}\nb", "a $'two\\nlines' && b"),
        ("a # not a comment line", "a # not a comment line"),
    ],
)
def test_several_lines(template: str, command: str) -> None:
    """Lines are joined so that each must succeed; a backslash goes on, a comment line is left out."""
    assert line(template, x="two\nlines") == command


def test_group_of_files() -> None:
    """Of a group each file is a word, and each folder once."""
    stage = make_stage("Results/{day}/{subdir}/{name}.csv", {"t": "Results/{day}/t.csv"}, per=("day",))
    unit = Unit("d", ("d",), (("Results/d/a b.csv", "Results/d/c.csv", "Results/d/e/f.csv"),), "", 0)
    command = compile_command("{{ input.video }} {{ parent.video }} {{ wildcards.day }}", names_of(stage), "x")
    expected = [f"{ROOT}/Results/d/{n}" for n in ("a b.csv", "c.csv", "e/f.csv")]
    assert words(command.line(unit)) == [*expected, f"{ROOT}/Results/d", f"{ROOT}/Results/d/e", "d"]


def naming(**keys: Any) -> Names:
    """Return the words of a stage with an input that only names what there is."""
    session = {"pattern": "RawVideos/{subdir}/{session}/of a/Trck.mat", "affects_results": False, **keys}
    return names_of(make_stage({"video": VIDEO, "session": session}, outputs={}))


@pytest.mark.parametrize("session", ["s", "a $(x) 's"])
def test_a_file_that_only_names(session: str) -> None:
    """An input with `affects_results: false` stands in a command as any other does, and so does its folder."""
    unit = Unit("d/e/a.avi", ("d/e", "a", "avi", session), (("RawVideos/d/e/a.avi",), ()), "1 2", 2)
    command = compile_command("x {{ input.session }} {{ parent.session }}", naming(), "tracker.yml")
    folder = f"{ROOT}/RawVideos/d/e/{session}/of a"
    assert words(command.line(unit, quoting_of(unit)))[1:] == [f"{folder}/Trck.mat", folder]


def test_a_file_that_only_names_and_may_be_missing() -> None:
    """Where such an input may not be there, or is not one file a task, no command can name it."""
    with pytest.raises(ConfigError, match="`affects_results: false` and may not be there, so a command cannot name it"):
        compile_command("x {{ input.session }}", naming(optional=True), "tracker.yml")
    names = naming()
    grouped = Names(replace(names.stage, per=("subdir",)), names.tracker)
    with pytest.raises(ConfigError, match="is not one file for each task"):
        compile_command("x {{ parent.session }}", grouped, "tracker.yml")


def test_missing_optional_is_no_word() -> None:
    """An optional input that is not there is no word at all; the day of videos in no folder is an empty one."""
    unit = Unit("x", ("", "a", "avi"), ((),), "", 0)
    assert words(line("{{ input.video }} {{ wildcards.subdir }}", unit)) == [""]


def test_folder_without_slash() -> None:
    """A folder is said without its last slash, a glob only by the folder it lies in."""
    stage = make_stage(outputs={"f": "Results/{subdir}/{name}/", "g": "Results/{subdir}/{name}/*.csv"})
    command = compile_command("{{ output.f }} {{ parent.g }} {{ parent.f }}", names_of(stage), "x")
    assert words(command.line(TIDY)) == ["/o u t/Results/d/e/a", "/o u t/Results/d/e/a", "/o u t/Results/d/e"]
    with pytest.raises(ConfigError, match='unknown output "g"'):
        compile_command("{{ output.g }}", names_of(stage), "x")


@pytest.mark.parametrize("text", ["", "a b", "it's", "a\nb", "\n", "\\n\n'\\''$(x)`x`", "a\r\n\tb", "-\n"])
def test_a_word_is_one_line(text: str) -> None:
    """A value of any text is one word of bash on one line."""
    assert "\n" not in quote(text)
    assert words(quote(text)) == [text]


@pytest.mark.parametrize("videos", ["/raid 5/it's", "/raid 5/it's/", "/"])
def test_videos_elsewhere(videos: str) -> None:
    """Videos that lie in another place are said where they are, their folder too; nothing else is."""
    stage = make_stage({"video": make_stage().inputs[0].pattern.text, "no": "RawVideosX/{name}.txt"})
    unit = TIDY._replace(inputs=(*TIDY.inputs, ("RawVideosX/a.txt",)))
    command = compile_command(
        "{{ input.video }} {{ parent.video }} {{ input.no }}", names_of(stage, videos=videos), "x"
    )
    top = videos.rstrip("/")
    assert words(command.line(unit)) == [f"{top}/d/e/a.avi", f"{top}/d/e", f"{ROOT}/RawVideosX/a.txt"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [("", ""), ("a b", "a b"), ("{{ work }}/m c", "/w/m c"), ("$HOME `id`", "$HOME `id`"), ("{{ params.x }}", "p q")],
)
def test_environment_values(template: str, expected: str) -> None:
    """A variable of the environment is set to the text as written, values filled in."""
    assert words(render_value(template, names_of(params={"x": "p q"}), "x")) == [expected]


@pytest.mark.parametrize("word", ["input.video", "wildcards.name", "output.tracks", "parent.tracks"])
def test_environment_is_shared(word: str) -> None:
    """A variable cannot hold what differs from task to task."""
    with pytest.raises(ConfigError, match="set once for all tasks"):
        render_value(f"a {{{{ {word} }}}}", names_of(), "x")


def test_settings_are_bash() -> None:
    """What all tasks share arrives in bash as it was said."""
    stage = make_stage(env={"A": "it's {{ params.x }}"}, exit_ok=(), work="resume", start={"tracks": "video"})
    project = make_project_of(stage, {"x": "p"})
    text = render_settings(project, compile_stage(project, stage), {"tracker": "/a b", "scratch": ""})
    script = f'{text}\nset_environment; printf "%s|" "$stage" "$mode" "$exit_ok" "$tracker" "${{start[@]}}" "$A"'
    printed = subprocess.run(["bash", "-euc", script], capture_output=True, check=True, text=True).stdout
    assert printed == "track|resume|any|/a b|tracks|video|it's p|"


@given(keys=st.lists(piece, min_size=2, max_size=6, unique=True))
def test_work_folders_differ(keys: list[str]) -> None:
    """Two pieces of work never share a work folder, whatever they are called; its name needs no quotes."""
    stage = make_stage()
    compiled = compile_stage(make_project_of(stage), stage)
    units = [Unit(key, ("", key, "avi"), ((f"RawVideos/{key}",),), "", 0) for key in keys]
    places = [next(word for word in compiled.lines(u)[1].split(" ") if word.startswith("place=")) for u in units]
    assert len(set(places)) == len(keys)
    assert all(read_pattern(place[6:]).text == place[6:] and place.isascii() for place in places)
