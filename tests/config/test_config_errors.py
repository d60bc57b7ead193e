"""What a person wrote wrongly in a YAML file: one line that names the file, the line and the valid words."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config import load_project, load_tracker
from remote_tracker.errors import ConfigError
from remote_tracker.model import Project
from remote_tracker.render import compile_stage, render_settings

HEAD = "description: a tracker\n"
STAGE = """\
stages:
  - name: track
    input: {video: "RawVideos/{subdir}/{name}.avi"}
    output: {tracks: "Results/{subdir}/{name}.csv"}
    command: track
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a tracker of its own that is right."""
    (tmp_path / "project.yml").write_text("name: lab\ntracker: own\ncluster: local\n", encoding="utf-8")
    write_tracker(tmp_path, HEAD + STAGE)
    return tmp_path


def write_tracker(root: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write the tracker.yml of the project's own tracker."""
    path = root / "site/trackers/own/tracker.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def refusal(root: Path, start: Path) -> str:
    """Return the message without the file's name; it must be one line, and begin with it."""
    with pytest.raises(ConfigError) as caught:
        load_project(root)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(start))
    assert message.endswith("Nothing was changed.")
    return message[len(str(start)) :].removesuffix(" Nothing was changed.").strip()


def test_a_right_project_is_read(root: Path) -> None:
    """The file that the tests below spoil is right."""
    assert [s.name for s in load_project(root).tracker.stages] == ["track"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: lab\ntraker: own\n", 'line 2: unknown key "traker". Did you mean tracker? Known: attempts, cluster,'),
        ("name: lab\ntracker: own\ntracker: own\n", 'line 3: the key "tracker" stands here twice.'),
        ("tracker: own\ncluster: local\n\tname: x\n", "line 3: this is not YAML: "),
        ("tracker: own\nname: 'lab\n", "line 3: this is not YAML: "),
        ("tracker: [own\n", "line 2: this is not YAML: "),
        ("- tracker\n", "line 1: the file must hold keys and values (key: value)."),
        ("just words\n", "line 1: the file must hold keys and values (key: value)."),
        ("", 'line 1: the key "tracker" is missing.'),
        ("tracker:\n", 'line 1: the key "tracker" is missing.'),
        ("name: lab\ntracker: owl\n", 'line 2: unknown tracker "owl". Did you mean own? Known: '),
        ("tracker: ../own\n", 'line 1: unknown tracker "../own". '),
        (
            "tracker: own\ncluster: slrum\n",
            'line 2: unknown cluster "slrum". Did you mean slurm? Known: krypton, local, lsf, maestro, ',
        ),
        ("tracker: [own]\n", 'line 1: "tracker" must be one piece of text, not a list.'),
        ("tracker: {own: 1}\n", 'line 1: "tracker" must be one piece of text, not a mapping.'),
        ("tracker: true\n", 'line 1: "tracker" must be one piece of text, not true or false.'),
        ("tracker: own\nattempts: many\n", "line 2: \"attempts\" must be a whole number from 0 up, not 'many'."),
        ("tracker: own\nattempts: -1\n", 'line 2: "attempts" must be a whole number from 0 up, not -1.'),
        ("tracker: own\nattempts: true\n", 'line 2: "attempts" must be a whole number from 0 up, not True.'),
        ("tracker: own\nparams: [a]\n", 'line 2: "params" must be a mapping (key: value), not a list.'),
        ("tracker: own\nparams:\n  size: 3\n", 'line 3: unknown key "size". Known: none.'),
        ("tracker: own\n? [a, b]\n: 1\n", "line 2: a key must be one word (key: value)."),
        ("tracker: own\nparams: &p {a: *p}\n", "line 2: a value cannot be read: it unfolds"),
        ("tracker: own\nname: 2026-99-99\n", 'line 2: "2026-99-99": a value cannot be read: month must be in 1..12.'),
        ("tracker: own\nname: !!python/object:os.system x\n", "line 2: this is not YAML: could not determine"),
    ],
)
def test_project_yml(root: Path, text: str, message: str) -> None:
    """A mistake in project.yml is told with its line and what would be right."""
    (root / "project.yml").write_text(text, encoding="utf-8")
    assert refusal(root, root / "project.yml").startswith(message)


def test_no_project_at_all(tmp_path: Path) -> None:
    """Outside of a project the message says where to go."""
    with pytest.raises(ConfigError, match="Go to a project"):
        load_project(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"), [(b"tracker: \xff\xfe\n", "it is not UTF-8 text."), (b"a: \x00b\n", "this is not YAML")]
)
def test_bytes_that_are_no_text(root: Path, content: bytes, message: str) -> None:
    """A binary file in the place of project.yml is named."""
    (root / "project.yml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_project(root)
    assert message in str(caught.value)


PARAMS = HEAD + STAGE + "params:\n  size: {default: 5, help: h}\n  dark: {default: true, help: h}\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("sise: 1", 'unknown key "sise". Did you mean size? Known: dark, size.'),
        ("size: big", "\"size\" must be like its default 5, not 'big'. h"),
        ("size: true", '"size" must be like its default 5, not True. h'),
        ("size: [5]", '"size" must be like its default 5, not [5]. h'),
        ("dark: 1", '"dark" must be like its default True, not 1. h'),
    ],
)
def test_parameters(root: Path, given: str, message: str) -> None:
    """A parameter that the tracker does not know, or of another kind, is refused at its line."""
    write_tracker(root, PARAMS)
    (root / "project.yml").write_text(f"tracker: own\nparams:\n  {given}\n", encoding="utf-8")
    assert refusal(root, root / "project.yml") == f"line 3: {message}"


@pytest.mark.parametrize("given", ["size: 5.5", "size: 7", "size:", "dark: false"])
def test_parameters_that_fit(root: Path, given: str) -> None:
    """A whole number may be a decimal one, and nothing is no value."""
    write_tracker(root, PARAMS)
    (root / "project.yml").write_text(f"tracker: own\nparams:\n  {given}\n", encoding="utf-8")
    assert load_project(root).tracker.params


def test_a_choice_that_is_none(root: Path) -> None:
    """A value that is not among a parameter's choices is refused with the choices."""
    write_tracker(root, HEAD + STAGE + "params:\n  mode: {default: raw, choices: [raw, masked], help: h}\n")
    (root / "project.yml").write_text("tracker: own\nparams: {mode: maskd}\n", encoding="utf-8")
    assert (
        refusal(root, root / "project.yml") == 'line 2: unknown mode "maskd". Did you mean masked? Known: masked, raw.'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("description: a tracker\n", "", 'line 1: the key "description" is missing.'),
        ("stages:", "stagez:", 'line 2: unknown key "stagez". Did you mean stages?'),
        ("stages:\n", "stages: track\nx:\n", 'line 3: unknown key "x".'),
        ("    command: track", "    comand: track", 'line 6: unknown key "comand". Did you mean command?'),
        ("    command: track\n", "", 'line 3: the key "command" is missing.'),
        ("name: track", "name: Track!", 'line 3: "Track!": a stage\'s name is lower-case letters, digits and _'),
        ("name: track", "name: ../x", 'line 3: "../x": a stage\'s name is lower-case letters'),
        ("{name}.avi", "{name.avi", 'line 4: "RawVideos/{subdir}/{name.avi": a brace stands alone'),
        ("{name}.avi", "{name,(}.avi", 'line 4: {name,(}: "(" is no regular expression'),
        ("RawVideos/{subdir}", "/RawVideos/{subdir}", 'line 4: "/RawVideos/{subdir}/{name}.avi": a pattern starts at'),
        ("RawVideos/{subdir}", "../{subdir}", 'line 4: "../{subdir}/{name}.avi": a pattern starts at'),
        (
            '{video: "RawVideos/{subdir}/{name}.avi"}',
            "[a]",
            'line 4: "input" must be a mapping (key: value), not a list.',
        ),
        (
            '    input: {video: "RawVideos/{subdir}/{name}.avi"}\n',
            "",
            'line 3: stage "track" has neither input nor each',
        ),
        ("{name}.csv", "{nmae}.csv", 'line 5: unknown wildcard "nmae". Did you mean name? Known: name, subdir.'),
        (
            "Results/{subdir}/{name}.csv",
            "RawVideos/{subdir}/{name}.avi",
            'line 5: "tracks" would be written over "video"',
        ),
        ("{video:", "{my-video:", 'line 4: "my-video": such a name is letters, digits and _'),
        ("{video:", "{on:", 'line 4: "True": such a name is letters, digits and _'),
        ("{video:", "{'v; rm -rf ~':", 'line 4: "v; rm -rf ~": such a name is letters, digits and _'),
    ],
)
def test_tracker_yml(root: Path, old: str, new: str, message: str) -> None:
    """A mistake in tracker.yml is told with its line and the valid words."""
    assert old in HEAD + STAGE
    path = write_tracker(root, (HEAD + STAGE).replace(old, new, 1))
    assert refusal(root, path).startswith(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "work: in_place",
            'line 7: unknown work "in_place". Did you mean in-place?',
        ),
        (
            "folder: /tmp",
            'line 7: unknown folder "/tmp". Known: summarizer, workspace.',
        ),
        ("per: [dya]", 'line 7: unknown wildcard "dya".'),
        (
            "after: [tarck]",
            'line 7: unknown stage above this one "tarck". Known: none.',
        ),
        (
            "after: [track]",
            'line 7: unknown stage above this one "track". Known: none.',
        ),
        (
            "start: {track: video}",
            'line 7: unknown key "track". Did you mean tracks?',
        ),
        (
            "start: {tracks: vid}",
            'line 7: unknown input "vid". Did you mean video?',
        ),
        ("exit_ok: good", 'line 7: "exit_ok" must be a list of exit codes'),
        ("resources: {walltime: -1}", 'line 7: "walltime" must be a time as "4:00:00", not -1.'),
        ("exit_ok: []", 'line 7: "exit_ok" must be a list of exit codes'),
        ("resources: {cpu: 4}", 'line 7: unknown key "cpu". Did you mean cpus?'),
        ("resources: {cpus: four}", 'line 7: "cpus" must be a whole number'),
        ("env: {A-B: x}", 'line 7: "A-B": such a name is letters, digits and _'),
        ("env: {A: True}", 'line 7: "A": put the value in quotes, as A: "True".'),
        ("each: {name: [1]}", 'line 7: "name" is a wildcard of an input'),
        ("each: {day: [1]}", 'line 7: "day" stands for folders'),
        (
            "each: {roi: {fiel: x}}",
            'line 7: unknown key "fiel". Did you mean file?',
        ),
        (
            'each: {roi: {file: "x/{nme}.txt"}}',
            'line 7: unknown wildcard "nme". Did you mean name?',
        ),
        ("when: param.x", "line 7: \"param.x\": 'param' is undefined."),
        ("when: params.x ==", 'line 7: "params.x ==": '),
        (
            "check: {json: x}",
            'line 7: "check" must be a list (lines that start with "- ")',
        ),
        ("check: [json]", 'line 7: each entry of "check" must be a mapping'),
        (
            "check: [{jsno: x}]",
            "line 7: each check needs exactly one of: command, csv,",
        ),
        ("check: [{csv: x, json: x}]", "line 7: each check needs exactly one of"),
        (
            "check: [{csv: trakcs}]",
            'line 7: unknown output "trakcs". Did you mean tracks?',
        ),
        (
            "check: [{csv: tracks, rows: x}]",
            'line 7: "rows" must be a whole number',
        ),
        (
            "check: [{csv: tracks, row: 1}]",
            'line 7: unknown option of csv "row".',
        ),
        (
            "check: [{video: video}]",
            'line 7: "video" looks at an input before its task starts: write it below ready, not',
        ),
        ("ready: {video: video}", 'line 7: "ready" must be a list (lines that start with "- ")'),
        (
            "ready: [{vdieo: video}]",
            "line 7: each entry of ready needs exactly one of: imgstore, video; as {video: video}.",
        ),
        (
            "ready: [{video: video, imgstore: video}]",
            "line 7: each entry of ready needs exactly one of: imgstore, video",
        ),
        (
            "ready: [{csv: tracks}]",
            'line 7: "csv" looks at a result: before the task starts there is none. Write it below',
        ),
        ("ready: [{frames: video, output: tracks, rows: true}]", 'line 7: "frames" looks at a result'),
        ("ready: [{video: vdieo}]", 'line 7: unknown input "vdieo". Did you mean video?'),
        ("ready: [{video: tracks}]", 'line 7: unknown input "tracks". Known: video.'),
        ("ready: [{video: video, frame: true}]", 'line 7: unknown option of video "frame". Did you mean frames?'),
        ("ready: [{video: video, tolerance: -1}]", 'line 7: "tolerance" must be a whole number, 0 or more, not -1.'),
        (
            "ready: [{imgstore: video, tolerance: 1}]",
            'line 7: unknown option of imgstore "tolerance". Known: frames, full_end.',
        ),
        ('ready: [{video: ""}]', 'line 7: "video" must be the name of an input.'),
    ],
)
def test_a_key_of_a_stage(root: Path, line: str, message: str) -> None:
    """A mistake in any key of a stage is told with its line and the valid words."""
    path = write_tracker(root, f"{HEAD}{STAGE}    {line}\n")
    assert refusal(root, path).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "line 1: no stage is left: a tracker needs at least one."),
        (HEAD + STAGE + STAGE.removeprefix("stages:\n"), 'line 2: two stages are called "track" at once'),
        (HEAD + "stages:\n  - {name: a, command: b}\n", 'line 3: stage "a" has neither input nor each'),
        (HEAD + STAGE + "params: {my-size: {help: h}}\n", 'line 7: "my-size": a parameter\'s name is letters'),
        (HEAD + STAGE + "params: {size: {default: 1}}\n", 'line 7: the key "help" is missing.'),
        (HEAD + STAGE + "params: {size: 1}\n", 'line 7: "size" must be a mapping (key: value), not 1.'),
        (HEAD + STAGE + "params: {a: {default: x, choices: [y], help: h}}\n", 'line 7: unknown a "x". Known: y.'),
    ],
)
def test_the_whole_of_tracker_yml(root: Path, text: str, message: str) -> None:
    """A file in which something as a whole is missing or there twice is told as such."""
    assert refusal(root, write_tracker(root, text)).startswith(message)


def test_what_a_merge_brings_along_has_the_line_of_its_place(root: Path) -> None:
    """A mistake in keys that YAML's << brings along is told at the line where they were brought."""
    stages = "stages:\n  - &a {name: a, input: {v: x}, comand: b}\n"
    path = write_tracker(root, HEAD + stages.replace("comand", "command") + "  - <<: *a\n    name: b\n    per: [q]\n")
    assert refusal(root, path).startswith('line 6: unknown wildcard "q"')


@pytest.mark.parametrize("work", ["fresh", "resume", "in-place"])
@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("workspace/activate.sh", "lies in workspace, which is remote-tracker's own or yours."),
        ("workspace/batches/{name}.txt", "lies in workspace, "),
        ("./workspace//{name}.txt", "lies in workspace, "),
        ("Workspace/{name}.txt", "lies in Workspace, "),
        ("summarizer/{name}.txt", "lies in summarizer, "),
        ("remote_tracker/{name}.py", "lies in remote_tracker, "),
        ("site/trackers/{name}/tracker.yml", "lies in site, "),
        ("snakemake/{name}", "lies in snakemake, "),
        ("project.yml", "lies in project.yml, "),
        ("rt", "lies in rt, "),
        ("README.md", "lies in README.md, "),
        (".backups/{name}", "lies in .backups, "),
        (".remote-tracker.yml", "lies in .remote-tracker.yml, "),
        ("{name}.yml", "begins with a wildcard, so it could be any file of the project."),
        ("{subdir}/{name}.txt", "begins with a wildcard, "),
        ("./{subdir}/{name}.txt", "begins with a wildcard, "),
        ("*/{name}.txt", "begins with a wildcard, "),
        ("work*/{name}.txt", "begins with a wildcard, "),
        ("work[s]pace/{name}*", "begins with a wildcard, "),
        ("Results/.work/{name}.txt", "is hidden: "),
        ("Results/joined/{name}.csv", 'lies in Results/joined, where "./rt join" writes.'),
        ("Results/report/{name}.png", 'lies in Results/report, where "./rt report" writes.'),
        ("Results/Report.html", 'lies in Results/report.html, where "./rt report" writes.'),
    ],
)
def test_results_never_lie_where_our_files_are(root: Path, output: str, message: str, work: str) -> None:
    """An output that could be written over a file of ours is refused by name, whatever the step's way of working."""
    text = STAGE.replace("Results/{subdir}/{name}.csv", output) + f"    work: {work}\n"
    told = refusal(root, write_tracker(root, HEAD + text))
    assert told.startswith(f'line 5: "tracks" {message}')
    assert "place below Results" in told


@pytest.mark.parametrize("output", ["Results/{name}.csv", "MaskedVideos/{name}.avi", "Other/{name}", "out.txt"])
def test_results_may_lie_elsewhere(root: Path, output: str) -> None:
    """Every other place of the project is a tracker's to choose."""
    write_tracker(root, HEAD + STAGE.replace("Results/{subdir}/{name}.csv", output))
    assert load_project(root).tracker.stages[0].outputs[0].pattern.text == output


@pytest.mark.parametrize(
    ("videos", "message"),
    [
        (".", "holds this project: its results would be taken for videos."),
        ("..", "holds this project: "),
        ("/", "holds this project: "),
        ("Results", "lies in Results, where no videos are."),
        ("MaskedVideos/d1", "lies in MaskedVideos, "),
        ("workspace", "lies in workspace, "),
        ("RawVideos/../remote_tracker", "lies in remote_tracker, "),
        ("link", "holds this project: "),
    ],
)
def test_videos_are_not_taken_from_our_folders(root: Path, videos: str, message: str) -> None:
    """A place of videos that holds the project, or lies among its results and scripts, is refused."""
    (root / "link").symlink_to(root.parent)
    text = f"name: lab\ntracker: own\nvideos: {videos}\n"
    (root / "project.yml").write_text(text, encoding="utf-8")
    assert refusal(root, root / "project.yml").startswith(f'line 3: "{videos}" {message}')


@pytest.mark.parametrize("videos", ["RawVideos", "RawVideos/deeper", "Films", "../films"])
def test_videos_may_lie_in_other_folders(root: Path, videos: str) -> None:
    """A folder beside our folders, or outside of the project, may hold the videos."""
    (root / "project.yml").write_text(f"name: lab\ntracker: own\nvideos: {videos}\n", encoding="utf-8")
    read = load_project(root).videos
    assert (root / read).resolve() == (root / videos).resolve()
    assert (read == videos) is not videos.startswith("..")  # a task starts elsewhere, where ../films is another folder


@pytest.mark.parametrize(
    ("exclude", "message"),
    [
        ("[/data/x]", '"exclude": "/data/x" must be relative to the folder of the videos.'),
        ("[ok, ~/x]", '"exclude": "~/x" must be relative '),
        ("../x", '"exclude": "../x" must be relative '),
        ("RawVideos/x/*", '"exclude": "RawVideos/x/*" must be relative '),
        ('["*"]', '"exclude": "*" would leave out every video.'),
        ('["**/*"]', '"exclude": "**/*" would leave out every video.'),
        ('[""]', '"exclude": "" would leave out every video.'),
        ("[/]", '"exclude": "/" must be relative '),
        ('["!x"]', '"exclude": "!x": only * ? and [abc] stand for something there.'),
        ('["{a,b}/*"]', '"exclude": "{a,b}/*": only '),
        ("{a: b}", '"exclude" must be a list of words.'),
        ("[[a]]", '"exclude" must be a list of words.'),
        ("[null]", '"exclude" must be a list of words.'),
    ],
)
def test_what_cannot_be_left_out(root: Path, exclude: str, message: str) -> None:
    """A glob that could match nothing, or everything, is refused by name."""
    (root / "project.yml").write_text(f"name: lab\ntracker: own\nexclude: {exclude}\n", encoding="utf-8")
    assert refusal(root, root / "project.yml").startswith(f"line 3: {message}")


@pytest.mark.parametrize(
    ("exclude", "meant"),
    [
        ("[calibration/*, '*_test.*']", ("calibration/*", "*_test.*")),
        ("20260101", ("20260101",)),
        ("[./calibration/, '**/x.avi', a//b]", ("calibration", "x.avi", "a/b")),
        ("[]", ()),
    ],
)
def test_what_is_left_out(root: Path, exclude: str, meant: tuple[str, ...]) -> None:
    """The globs are those of every input among the videos, and of no other."""
    (root / "project.yml").write_text(f"name: lab\ntracker: own\nexclude: {exclude}\n", encoding="utf-8")
    assert [i.left_out for s in load_project(root).tracker.stages for i in s.inputs] == [meant]
    write_tracker(root, (HEAD + STAGE).replace("RawVideos/{subdir}", "Results/{subdir}"))
    assert [i.left_out for s in load_project(root).tracker.stages for i in s.inputs] == [()]


def test_videos_elsewhere_and_results_beside_them(root: Path) -> None:
    """A tracker that writes beside its videos cannot have them in another place: the way out is said."""
    write_tracker(root, HEAD + STAGE.replace("Results/", "RawVideos/") + "    work: in-place\n")
    (root / "project.yml").write_text("tracker: own\nvideos: /data/videos\n", encoding="utf-8")
    message = refusal(root, root / "project.yml")
    assert message.startswith("line 2: own writes beside its videos (RawVideos/{subdir}/{name}.csv)")
    assert message.endswith("make RawVideos a link to them: ln -s.")


def compiled(root: Path, command: str, env: str = "{}") -> str:
    """Return the command's literal text for a command written so."""
    stage = STAGE.replace("command: track", f"env: {env}\n    command: >-\n      {command}")
    write_tracker(root, HEAD + "params: {n: {default: 3, help: h}, s: {default: a b, help: h}}\n" + stage)
    project: Project = load_project(root)
    compiled = compile_stage(project, project.tracker.stages[0])
    render_settings(project, compiled, {})
    return compiled.command.text


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "track {{ inputs.video }}",
            "'inputs' is undefined. A command may use: input, output, parent, wildcards, each, params,",
        ),
        (
            "track {{ input.vidoe }}",
            'unknown input "vidoe". Did you mean video? Known: video. A command may use: input,',
        ),
        ("track {{ output.video }}", 'unknown output "video". Known: tracks. A command may use'),
        ("track {{ wildcards.nmae }}", 'unknown wildcards "nmae". Did you mean name? Known: name, subdir.'),
        ("track {{ params.x }}", 'unknown params "x". Known: n, s.'),
        ("track {{ resources.cpu }}", 'unknown resources "cpu". Did you mean cpus?'),
        ("track {{ input.video", "unexpected end of template"),
        ("track {% if wildcards.name == 'a' %}x{% endif %}", "wildcards.name is another one for each task"),
        ("track {% if input.video %}x{% endif %}", "input.video is another one for each task"),
        ("track {{ input.video | upper }}", "input.video is another one for each task"),
        ("track {{ input.video + '.x' }}", "input.video is another one for each task"),
        ("track {{ input.video ~ '.x' }}", "input.video is another one for each task"),
        ("track {{ input.video[0] }}", "input.video is another one for each task"),
        ("{% for v in input.video %}{{ v }}{% endfor %}", "input.video is another one for each task"),
    ],
)
def test_a_wrong_word_in_a_command(root: Path, command: str, message: str) -> None:
    """A word that a command cannot use is told with those it can; what differs by task can be printed only."""
    with pytest.raises(ConfigError) as caught:
        compiled(root, command)
    text = str(caught.value)
    assert f"{root}/site/trackers/own/tracker.yml, stage track, command: {message}" in text
    assert "\n" not in text


def test_a_right_command_with_parameters(root: Path) -> None:
    """Parameters can be tested, changed and listed; every value is quoted."""
    text = compiled(
        root, "track {% if params.n > 2 %}--n {{ params.n + 1 }}{% endif %} {{ params.s }} {{ params.s | upper }}"
    )
    assert text == "track --n 4 'a b' 'A B'"


@pytest.mark.parametrize("word", ["input.video", "wildcards.name", "output.tracks"])
def test_the_environment_is_the_same_for_all(root: Path, word: str) -> None:
    """A variable of the environment is set once for all tasks: it cannot hold what differs from task to task."""
    with pytest.raises(ConfigError, match="env A: it is set once for all tasks"):
        compiled(root, "track", env=f'{{A: "{{{{ {word} }}}}"}}')


@pytest.mark.parametrize(
    ("value", "bash"),
    [
        ("a b", "'a b'"),
        ("$(rm -rf ~)", "'$(rm -rf ~)'"),
        ("it's", "'it'\"'\"'s'"),
        ("", "''"),
        ("{{ work }}/c d", "\"$work\"'/c d'"),
        ("{{ params.s }}", "'a b'"),
    ],
)
def test_an_environment_variable_holds_what_is_written(root: Path, value: str, bash: str) -> None:
    """The text of a variable is taken as it is written, whatever bash would make of it."""
    write_tracker(root, HEAD + "params: {s: {default: a b, help: h}}\n" + STAGE + f'    env: {{A: "{value}"}}\n')
    project = load_project(root)
    assert (
        f"  export A={bash}"
        in render_settings(project, compile_stage(project, project.tracker.stages[0]), {}).splitlines()
    )


def test_a_pattern_with_a_space_is_quoted(root: Path) -> None:
    """What a pattern itself says is quoted as names are: a space or a $ in it does no harm."""
    write_tracker(
        root,
        HEAD + STAGE.replace("Results/", "Results/my $x/").replace("command: track", "command: t {{ output.tracks }}"),
    )
    project = load_project(root)
    from remote_tracker.model import Unit

    line, task = compile_stage(project, project.tracker.stages[0]).lines(
        Unit("a", ("", "a"), (("RawVideos/a.avi",),), "", 0)
    )
    assert line == "t \"$out\"/'Results/my $x/a.csv'"
    assert "outputs=(tracks='Results/my $x/a.csv')" in task


@pytest.mark.parametrize(
    ("params", "line", "told"),
    [
        ("{pieces: -3}", 4, '"pieces" must be a whole number from 0 up, not -3.'),
        ("\n  parameters: AuxiliaryFiles/other.yml\n  piece_frames: 2.5", 6, '"piece_frames" must be'),
        ("\n  pieces: 3\n  piece_frames: 20", 5, 'say either "pieces", how many, or "piece_frames"'),
    ],
)
def test_a_value_that_a_step_cannot_take_is_blamed_where_it_stands(
    tmp_path: Path, params: str, line: int, told: str
) -> None:
    """What a person wrote into project.yml is named there, not in the tracker.yml that it does not fit."""
    file = tmp_path / "project.yml"
    file.write_text(f"name: x\ntracker: opencv\ncluster: local\nparams: {params}\n")
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path)
    assert str(caught.value).startswith(f"{file} line {line}: {told}")
    assert str(caught.value).endswith(" Nothing was changed.")


def test_a_bad_tracker_elsewhere_names_its_own_file(tmp_path: Path) -> None:
    """load_tracker names the file that it was given."""
    path = tmp_path / "tracker.yml"
    path.write_text("descripton: x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown key") as caught:
        load_tracker(path)
    assert str(caught.value).startswith(f"{path} line 1: ")
