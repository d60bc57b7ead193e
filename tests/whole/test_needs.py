"""What a tracker needs of a machine and of its parameter files: missed at the first scan, not by the hundredth task."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from lab import Lab

NEEDS = [{"command": "echo asked >> {{ project }}/asked; frobnicate --version", "help": "module load frobnicate"}]
FROBNICATE = "frobnicate() { echo 1.0; }\n"
MODELS = {"model": {"default": "", "folder": "AuxiliaryFiles/models", "help": "the trained model"}}
USES_MODEL = "cat {{ project }}/AuxiliaryFiles/models/{{ params.model }}/net {{ input.video }} >{{ output.copy }}"


def asked(lab: Lab) -> int:
    """Return how often the machine was asked."""
    path = lab.root / "asked"
    return len(path.read_text().splitlines()) if path.exists() else 0


def put_model(lab: Lab, name: str, age: int) -> None:
    """Put a trained model in its place."""
    net = lab.root / "AuxiliaryFiles/models" / name / "net"
    net.parent.mkdir(parents=True)
    net.write_text(name)
    os.utime(net, (1_700_000_000 + age, 1_700_000_000 + age))


def test_a_missing_program_fails_the_first_scan(lab: Lab) -> None:
    """Where a program is not found nothing is listed, and one line says which, what it said and what to do."""
    lab.tracker(needs=NEEDS)
    lab.videos(3)
    ran = lab.scan()
    assert (ran.code, ran.out) == (1, "")
    assert "tiny cannot run on " in ran.err
    assert 'It says: "' in ran.err
    assert "frobnicate: command not found" in ran.err
    assert "module load frobnicate." in ran.err
    assert "./rt doctor shows all that it needs." in ran.err
    assert ran.err.endswith("Nothing was listed.\n")
    assert ran.err.count("\n") == 1
    assert lab.batches() == []


def test_what_activate_brings_counts(lab: Lab) -> None:
    """The machine is asked as a task finds it, once, and again when activate.sh changes."""
    lab.tracker(needs=NEEDS)
    lab.activate(FROBNICATE)
    lab.videos(1)
    assert lab.counts() == {"unprocessed": 1}
    assert lab.counts() == {"unprocessed": 1}
    assert asked(lab) == 1
    lab.activate(f"{FROBNICATE}# edited\n")
    lab.scan()
    assert asked(lab) == 2
    lab.activate("")
    assert lab.scan().code == 1


def test_nothing_to_list_asks_nothing(lab: Lab) -> None:
    """Where all is finished a machine without the programs may look: the results are there."""
    lab.tracker(needs=NEEDS)
    lab.activate(FROBNICATE)
    lab.videos(1)
    lab.go()
    lab.activate("")
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("if true; then\n", "syntax error"),
        ("exit 0\n", "it must not call exit"),
    ],
)
def test_a_broken_activate(lab: Lab, text: str, said: str) -> None:
    """A workspace/activate.sh that cannot be read, or ends the shell, is named."""
    lab.tracker(needs=NEEDS)
    lab.activate(text)
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert ran.err.startswith("workspace/activate.sh: ")
    assert said in ran.err


PRINTS = [
    ("conda activate mine\n", "line 1: conda: command not found"),
    ("\nmodule load mine\n", "line 2: module: command not found"),
    ("echo 'CondaError: Run conda init' >&2\n", "CondaError: Run conda init"),
    ("printed=/; line=x; cd /; exec 3>&1\nconda activate mine\n", "line 2: conda: command not found"),
]


@pytest.mark.parametrize(("text", "said"), PRINTS)
def test_what_activate_prints_is_shown(lab: Lab, text: str, said: str) -> None:
    """What activate.sh prints as errors stands in the scan's refusal and in the doctor, bash's own with the line."""
    lab.tracker(needs=NEEDS)
    lab.activate(text)
    lab.videos(1)
    ran = lab.scan()
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert f" workspace/activate.sh printed: {said}. module load frobnicate." in ran.err
    told = lab.rt("doctor").out
    assert f"  workspace/activate.sh printed: {said}\n" in told
    assert ("workspace/activate.sh did not do all that it says" in told) is said.startswith("line ")


def test_what_activate_prints_where_all_is_there(lab: Lab) -> None:
    """Where nothing is missing the scan lists, and shows once what activate.sh printed; a quiet one says nothing."""
    lab.tracker(needs=NEEDS)
    lab.activate(f"conda activate mine\n{FROBNICATE}")
    lab.videos(1)
    assert "workspace/activate.sh printed: line 1: conda: command not found\n" in lab.scan().out
    lab.activate(FROBNICATE)
    assert "printed" not in lab.scan().out
    assert "printed" not in lab.rt("doctor").out


@pytest.mark.parametrize("needs", [NEEDS, []])
def test_lines_of_windows(lab: Lab, needs: list[dict[str, str]]) -> None:
    """An activate.sh whose lines end as on Windows is refused with the line to type, also where nothing is needed."""
    lab.tracker(needs=needs)
    lab.activate(FROBNICATE.replace("\n", "\r\n"))
    lab.videos(1)
    ran = lab.scan()
    told = "workspace/activate.sh: its lines end as on Windows (CR LF): sed -i 's/\\r$//' workspace/activate.sh"
    assert (ran.code, ran.err, lab.batches()) == (1, f"{told}   Nothing was listed.\n", [])
    assert f"{told}\n" in lab.rt("doctor").out
    lab.run("sed", "-i", r"s/\r$//", "workspace/activate.sh", folder="")
    assert lab.counts() == {"unprocessed": 1}


def test_the_doctor_says_it_all(lab: Lab) -> None:
    """The doctor shows the machine and all that is wrong, each in a line; what it found fine is not asked again."""
    params = {"settings": {"default": "AuxiliaryFiles/my.json", "file": True, "keys": "known.txt", "help": "settings"}}
    command = "cat {{ project }}/{{ params.settings }} {{ input.video }} >{{ output.copy }}"
    lab.tracker(needs=NEEDS, params=params, version="echo 7.1", command=command)
    known = lab.root / "site/trackers/tiny/known.txt"
    known.write_text("# of version 7\nspeed\nshape\n")
    settings = lab.root / "AuxiliaryFiles/my.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('{"spede": 1}')
    ran = lab.rt("doctor")
    assert ran.code == 1
    assert "  version  7.1  (echo 7.1)\n" in ran.out
    assert "  space    Results: " in ran.out
    assert "has NOT  echo asked" in ran.out
    assert "module load frobnicate\n" in ran.out
    assert 'AuxiliaryFiles/my.json: unknown key "spede". Did you mean speed? Known: shape, speed.\n' in ran.out
    settings.write_text('{"speed": 1}')
    lab.activate(FROBNICATE)
    ran = lab.rt("doctor")
    assert ran.code == 0, ran
    assert ran.out.endswith("Nothing is wrong that can be seen from here.\n")
    before = asked(lab)
    lab.videos(1)
    assert lab.counts() == {"unprocessed": 1}
    assert asked(lab) == before


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("my.json", '{"speed": 1, "shpae": 2}', 'unknown key "shpae". Did you mean shape?'),
        ("my.yml", "speed: 1\n7: 2\n", 'unknown key "7".'),
        ("my.json", '{"speed": ', "cannot be read: "),
        ("my.yml", "- speed\n", "it holds no keys with values"),
        ("my.json", "\xff", "cannot be read: "),
    ],
)
def test_a_parameter_file_with_a_slip(lab: Lab, name: str, text: str, said: str) -> None:
    """A key that the tracker does not know, or a file that cannot be read, is refused by name before a task starts."""
    params = {"settings": {"default": f"AuxiliaryFiles/{name}", "file": True, "keys": "known.txt", "help": "settings"}}
    lab.tracker(params=params, command="cp {{ input.video }} {{ output.copy }} # {{ params.settings }}")
    (lab.root / "site/trackers/tiny/known.txt").write_text("speed\nshape\n")
    path = lab.root / "AuxiliaryFiles" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("latin-1"))
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert lab.batches() == []
    assert name in ran.err
    assert said in ran.err
    assert ran.err.endswith("Nothing was listed.\n")


def test_a_model_is_named(lab: Lab) -> None:
    """A model that is not chosen, or is not there, is refused with the names that there are."""
    lab.tracker(params=MODELS, command=USES_MODEL)
    lab.videos(1)
    assert "AuxiliaryFiles/models is empty: model names something in it (the trained model)." in lab.scan().err
    put_model(lab, "230509.centroid", 1)
    put_model(lab, "240101.centroid", 2)
    said = (
        "AuxiliaryFiles/models has: 240101.centroid, 230509.centroid. Write one of them below params, as model: 240101"
    )
    assert said in lab.scan().err
    lab.settings(params={"model": "230509"})
    assert "model is 230509, and there is no such thing in AuxiliaryFiles/models" in lab.scan().err
    assert lab.batches() == []


def test_a_newer_model_is_announced(lab: Lab) -> None:
    """The model that project.yml names stays in use; a scan says that there is a newer one, and what to write."""
    lab.tracker(params=MODELS, command=USES_MODEL)
    put_model(lab, "first", 1)
    lab.settings(params={"model": "first"})
    lab.videos(1)
    lab.go()
    assert "newer" not in lab.scan().out
    put_model(lab, "second", 2)
    said = "second is newer than first. To use it from now on, write into project.yml:  model: second\n"
    assert said in lab.scan().out
    assert "second is newer than first" in lab.rt("doctor").out
    assert lab.result("d1/v1.txt").read_text().startswith("first")
    assert lab.counts() == {"finished": 1}


def test_a_retrained_model_is_another(lab: Lab) -> None:
    """A model of the same name with other content made other results."""
    lab.tracker(params=MODELS, command=USES_MODEL)
    put_model(lab, "first", 1)
    lab.settings(params={"model": "first"})
    lab.videos(1)
    lab.go()
    (lab.root / "AuxiliaryFiles/models/first/net").write_text("trained again")
    assert "1 of 1 finished was made with other parameters" in lab.scan().out


def test_a_parameter_of_another_step_does_not_count(lab: Lab) -> None:
    """Results are made with the parameters that their stage names, and no others."""
    other = {
        "name": "second",
        "input": {"copy": "Results/{subdir}/{name}.txt"},
        "output": {"end": "Results/{subdir}/{name}.end"},
        "command": "echo {{ params.speed }} >{{ output.end }}",
    }
    lab.tracker(other, params={"speed": {"default": 1, "help": "how fast"}})
    lab.videos(1)
    for _ in range(2):
        lab.run("./rt", "submit", folder="")
    lab.settings(params={"speed": 2})
    assert "other parameters" not in lab.scan("copy").out
    assert "1 of 1 finished was made with other parameters" in lab.scan("second").out


def test_the_file_of_a_scan(lab: Lab) -> None:
    """A scan is kept as the ancestor kept it: the commands between rules, each a line, and the summary at the end."""
    lab.video("d1/a b'.avi")
    lab.video("d1/c.avi")
    lab.scan()
    path: Path = lab.workspace / "tiny_output.txt"
    rule = "*" * 45 + "\n"
    parts = path.read_text().split(rule)
    assert parts[1] == "Finished to check files.\n"
    commands = parts[parts.index("Commands to be executed.\n") + 1]
    assert commands == (lab.workspace / "files2process.txt").read_text()
    assert commands.count("\n") == 2
    assert parts[-2] == "2\tTotal files to be processed.\n"
    assert parts[-1] == ""
    lab.process()
    lab.scan()
    assert "0\tTotal files to be processed.\n" in path.read_text()
    assert "Commands to be executed.\n" + rule + rule in path.read_text()


def test_trackers(lab: Lab) -> None:
    """All trackers with a line each, the project's own marked; one with all that it declares; a wrong name is told."""
    lab.tracker(
        needs=NEEDS,
        params={"speed": {"default": 1, "help": "how fast", "choices": [1, 2]}},
        check=[{"exists": "copy"}],
        resources={"cpus": 2, "memory": "4G", "walltime": "1:00:00", "gpus": 1},
    )
    lab.settings(params={"speed": 2})
    ran = lab.rt("trackers")
    assert re.search(r"^\* tiny +copies$", ran.out, re.MULTILINE), ran
    assert re.search(r"^  opencv +animals", ran.out, re.MULTILINE), ran
    ran = lab.rt("trackers", "tiny")
    for line in (
        "tiny: copies",
        "  tried on: not said",
        "  speed: 1, now 2; one of 1, 2",
        "      how fast",
        "copy: copy the video",
        "  reads  video: RawVideos/{subdir}/{name}.{ext,avi|mp4}",
        "  makes  copy: Results/{subdir}/{name}.txt",
        "  check  exists: copy",
        "  asks   cpus 2, memory 4G, walltime 1:00:00, gpus 1",
    ):
        assert f"{line}\n" in ran.out, ran.out
    wrong = lab.rt("trackers", "tyny")
    assert wrong.code == 2
    assert 'unknown tracker "tyny". Did you mean tiny?' in wrong.err
