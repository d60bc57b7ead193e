"""What --json prints is what its schema says: each verb, in projects of several states; no key is unknown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from lab import LIST_DAY, REPOSITORY, TEMPLATE, Lab, wait_for
from remote_tracker import __version__
from remote_tracker.cli.main import EVERY_DAY, NOW_AND_THEN, rt
from remote_tracker.schemas.table import FORMS
from rewinding import rewound

SCHEMAS = TEMPLATE / "remote_tracker" / "schemas"
CHECKED: dict[str, Any] = {
    "output": {"copy": "Results/{subdir}/{name}.txt", "info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "frames", "equals": 7}, {"command": "true"}],
    "command": "grep -q bad {{ input.video }} && echo no animals && exit 3; cp {{ input.video }} {{ output.copy }};"
    " echo '{\"frames\": 7}' > {{ output.info }}",
    "resources": {"cpus": 2, "memory": "1G", "walltime": "1:00:00"},
}
SAYS_YES = ("redo", "undo", "clean", "moved")


def validator(key: str) -> Draft202012Validator:
    """Return what holds a value against the schema of this name, as it is shipped."""
    schema = json.loads((SCHEMAS / f"{key}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def told(lab: Lab, key: str, *words: str, code: int = 0) -> Any:
    """Return what a verb prints for programs, which its schema must say."""
    ran = lab.rt(*words, "--json", *(["--yes"] if words[0] in SAYS_YES and "--list" not in words else []))
    assert ran.code == code, ran
    value = json.loads(ran.out)
    validator(key).validate(value)
    return value


def look_at_all(lab: Lab, name: str, verified: int = 0) -> None:
    """Hold what each verb that only shows something prints against its schema."""
    told(lab, "scan", "scan")
    told(lab, "scan", "scan", "summarizer")
    told(lab, "status", "status")
    told(lab, "status", "status", name)
    told(lab, "failures", "status", "--failures")
    told(lab, "ignored", "status", "--ignored")
    told(lab, "usage", "status", "--usage")
    told(lab, "why", "why", name)
    told(lab, "redos", "undo", "--list")
    told(lab, "report", "report")
    told(lab, "methods", "methods")
    told(lab, "trackers", "trackers")
    told(lab, "verify", "verify", code=verified)


@rewound
def busy(lab: Lab) -> None:
    """A project with a bit of everything: finished, failed, set aside, damaged, invalid, new, three days."""
    lab.tracker(LIST_DAY, params={"threshold": {"default": 3, "help": "how dark"}}, version="echo 1.0",
                needs=[{"command": "true", "help": "install it"}], **CHECKED)  # fmt: skip
    lab.settings(attempts=2)
    for name, content in (("day1/bad.avi", "bad"), ("day1/damaged.avi", "x"), ("day2/fine.avi", "x"), ("top.avi", "x")):
        lab.video(name, content)
    lab.go()
    lab.go()
    lab.result("day1/damaged.json").write_text('{"frames": 6}')
    lab.video("day2/empty.avi", "")
    lab.video("day2/new 1.avi", "x")
    lab.video("day3/$(bad) 'too.avi", "bad")


def test_an_empty_project(lab: Lab) -> None:
    """A project without videos."""
    lab.tracker(LIST_DAY)
    for key, *words in (["scan", "scan"], ["status", "status"], ["failures", "status", "--failures"],
                        ["usage", "status", "--usage"], ["redos", "undo", "--list"], ["clean", "clean"],
                        ["moved", "moved"], ["methods", "methods"],
                        ["trackers", "trackers", "tiny"], ["verify", "verify"]):  # fmt: skip
        told(lab, key, *words)
    told(lab, "doctor", "doctor")


def test_a_busy_project(busy: Lab) -> None:
    """A project with what is finished, failed, set aside, damaged, invalid, new."""
    look_at_all(busy, "day1", verified=1)
    told(busy, "why", "why", "day3")
    assert {one["state"] for one in told(busy, "status", "status")["stages"][0]["odd"]} == {
        "incomplete", "set aside", "invalid", "unprocessed"}  # fmt: skip
    (busy.workspace / "activate.sh").write_text("exit 3\n")
    assert told(busy, "doctor", "doctor", code=1)["wrong"]


def test_who_speaks_when(busy: Lab) -> None:
    """The status, by day and by cause, names the project, the time with its zone, and the version."""
    for key, *words in (["status"], ["failures", "--failures"], ["usage", "--usage"], ["status", "day1"]):
        value = told(busy, key, "status", *words)
        assert (value["project"], value["version"]) == (busy.root.name, __version__)
        age = datetime.now().astimezone() - datetime.fromisoformat(value["time"])
        assert 0 <= age.total_seconds() < 60


def test_what_redo_undo_and_clean_tell(busy: Lab) -> None:
    """Results are moved aside, brought back and freed, also where nothing is to be moved, or a file is in the way."""
    moved = told(busy, "redo", "redo", "day2/fine.avi", "day1")
    assert len(moved["moved"]) == 4
    told(busy, "redos", "undo", "--list")
    busy.result("day2/fine.txt").write_text("younger")
    assert told(busy, "undo", "undo")["left"]
    told(busy, "undo", "undo", code=1)
    told(busy, "redo", "redo", "top.avi")
    busy.go()
    assert told(busy, "clean", "clean")["freed"]
    told(busy, "redo", "redo", "day3")


def test_what_the_lab_says(busy: Lab) -> None:
    """The story of a video with the lab's word on it, and a redo of what is bad; what cannot be moved is told."""
    words = busy.root / "AuxiliaryFiles/reviewed.csv"
    words.parent.mkdir(exist_ok=True)
    words.write_text("video,word\nday2/fine.avi,bad\ntop.avi,look again\nday1/bad.avi,bad\ngone.avi,bad\n")
    assert told(busy, "why", "why", "day2/fine.avi")[0]["word"] == "bad"
    moved = told(busy, "redo", "redo", "--from", str(words))
    assert moved["names"] == ["day2/fine.avi"]
    assert moved["not_moved"] == ["day1/bad.avi (set aside)", "gone.avi"]
    told(busy, "redo", "redo", "--from", str(words))
    told(busy, "redos", "undo", "--list")


def test_what_cannot_be_moved(busy: Lab) -> None:
    """A redo that a file stands in the way of says so to programs."""
    (busy.root / "Results" / ".aside").write_text("in the way")
    assert told(busy, "redo", "redo", "day2/fine.avi", code=1)["stuck"]
    assert told(busy, "scan", "scan")["stuck"]


def test_what_changed_and_what_is_gone(busy: Lab) -> None:
    """Results that changed or are gone, and inputs that changed, are told by verify, why and status."""
    busy.result("top.txt").write_text("by hand")
    busy.video("day2/fine.avi", "another video", age=60)
    for path in busy.result("day1").glob("damaged.*"):
        path.unlink()
    value = told(busy, "verify", "verify", code=1)
    verdicts = {odd["verdict"] for stage in value["stages"] for odd in stage["odd"]}
    assert {"changed", "gone"} <= verdicts
    assert told(busy, "why", "why", "top.avi")[0]["changed"]
    look_at_all(busy, "top.avi", verified=1)


def test_what_was_moved(busy: Lab) -> None:
    """Videos with new names are told before and after their results are taken along."""
    (busy.root / "RawVideos/day2/fine.avi").rename(busy.root / "RawVideos/day2/finer.avi")
    told(busy, "scan", "scan")
    told(busy, "status", "status")
    assert told(busy, "moved", "moved")["moved"]
    told(busy, "moved", "moved")
    told(busy, "why", "why", "finer")


def test_videos_that_were_taken_away(lab: Lab) -> None:
    """Results whose videos were taken away are counted by the status and by verify."""
    lab.videos(2)
    lab.go()
    (lab.root / "RawVideos/d1/v1.avi").unlink()
    assert told(lab, "verify", "verify")["stages"][0]["archived"] == 1
    assert told(lab, "status", "status")["stages"][0]["archived"] == 1
    told(lab, "scan", "scan")


def test_what_is_left_out(lab: Lab) -> None:
    """What a tracker does not mean, imgstores, and folders that cannot be looked into, are told by a scan."""
    lab.tracker(input={"video": {"pattern": "RawVideos/{subdir}/{name}.{ext,avi|mp4}", "exclude": ["*_background.*"]}})
    for name in ("d1/v1.avi", "d1/v1_background.avi", "s/000000.avi"):
        lab.video(name)
    lab.video("s/metadata.yaml", "__store:\n  class: VideoImgStore\n  format: mjpeg/avi\n")
    lab.video("d1/v2.MTS")
    value = told(lab, "scan", "scan")
    assert value["excluded"]
    assert value["imgstores"] == ["RawVideos/s"]
    assert value["not_read"]
    assert told(lab, "ignored", "status", "--ignored")["ignored"]
    assert told(lab, "why", "why", "v2.MTS")[0]["state"] == "not read"


def test_what_runs(lab: Lab) -> None:
    """What is running is told, with its log."""
    lab.tracker(command="until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}")
    lab.videos(2)
    lab.scan()
    run = lab.start("bash", "process_all.sh", "-j", "1")
    wait_for(lambda: "# start" in lab.log(1, 1), "it began")
    assert told(lab, "status", "status")["stages"][0]["counts"]["running"]
    told(lab, "why", "why", "d1")
    told(lab, "scan", "scan")
    (lab.root / "go").touch()
    run.wait(20)


@pytest.mark.parametrize("tracker", sorted(path.parent.name for path in TEMPLATE.glob("remote_tracker/trackers/*/*.yml")
                                           if path.name == "tracker.yml"))  # fmt: skip
def test_each_built_in_tracker(plain_lab: Lab, tracker: str) -> None:
    """All that each tracker declares is told in the form."""
    told(plain_lab, "trackers", "trackers", tracker)


def test_a_refusal(busy: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a question was answered with no, what is printed has the same form."""
    script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    argv = [sys.executable, "-c", script, "bash", "-c", "./rt redo top.avi --json 2>/dev/tty >refused.json"]
    done = subprocess.run(argv, cwd=busy.root, env=busy.environment(), input=b"n\n", capture_output=True, timeout=60)
    assert done.returncode in (0, 1), done
    value = json.loads((busy.root / "refused.json").read_text())
    validator("redo").validate(value)
    assert value == {"moved": []}


@pytest.mark.parametrize("key", FORMS)
def test_no_key_is_unknown(key: str) -> None:
    """Each object of a schema that is a class lists its keys and takes no other; each key says what it is."""
    schema = json.loads((SCHEMAS / f"{key}.json").read_text(encoding="utf-8"))
    classes = [one for one in (schema, *schema.get("$defs", {}).values()) if "properties" in one]
    assert classes
    for one in classes:
        assert one["additionalProperties"] is False
        assert set(one["required"]) <= set(one["properties"])
        assert all(told["description"] for told in one["properties"].values())


def test_a_wrong_value_is_refused(busy: Lab) -> None:
    """A key more, a key less or a word that is none is seen."""
    good = told(busy, "status", "status")
    stage = good["stages"][0]
    for wrong in (
        {**good, "more": 1},
        {key: value for key, value in good.items() if key != "version"},
        {**good, "stages": [{**stage, "counts": {"finshed": 1}}]},
        {**good, "stages": [{**stage, "odd": [{**stage["odd"][0], "state": "odd"}]}]},
    ):
        with pytest.raises(ValidationError):
            validator("status").validate(wrong)


def test_every_verb_with_json_has_a_schema() -> None:
    """Each verb that takes --json has a form, and each form a verb that takes it."""
    verbs = {v for v in (*EVERY_DAY, *NOW_AND_THEN) if any("--json" in o.opts for o in rt.commands[v].params)}
    assert {form.command.split()[1] for form in FORMS.values()} == verbs
    for form in FORMS.values():
        known = {word for one in rt.commands[form.command.split()[1]].params for word in one.opts}
        assert {word for word in form.command.split() if word.startswith("--")} <= known


def test_schemas_and_page_are_those_of_the_classes(tmp_path: Path) -> None:
    """What is shipped, and the reference page, are what docs/make_json.py makes of the classes; an edit is named."""
    make = [sys.executable, "docs/make_json.py", "--check"]
    done = subprocess.run(make, cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    shutil.copytree(REPOSITORY / "docs", tmp_path / "docs")
    package = tmp_path / TEMPLATE.name / "remote_tracker"
    shutil.copytree(TEMPLATE / "remote_tracker", package, ignore=shutil.ignore_patterns("__pycache__"))
    edited = package / "schemas" / "why.json"
    edited.write_text(edited.read_text().replace("batches", "lists"))
    (package / "schemas" / "nobody.json").write_text("{}")
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert [os.path.basename(line.split()[0]) for line in done.stdout.splitlines()] == ["why.json", "nobody.json"]
