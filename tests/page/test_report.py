"""./rt report in a small project: the page, the files of its days, what stays, and what a run says at its end."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from baking import make_once
from lab import Lab, copy_tree, wait_for
from remote_tracker.page.assemble import pack
from remote_tracker.page.packed import unpack

BAD = 'b "<script>alert(1)</script>&.avi'
COMMAND = "grep -q bad {{ input.video }} && exit 3; echo said; cp {{ input.video }} {{ output.copy }}"


@pytest.fixture(scope="session")
def ran(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of three videos in two days, one of which failed as often as it may; not to be changed."""
    return make_ran(blank, tmp_path_factory)


def make_ran(blank: Path, factory: pytest.TempPathFactory) -> Path:
    """Return that project, made once for all who ask."""

    def make(place: Path) -> Path:
        lab = Lab(copy_tree(blank, place / "project"), place)
        lab.settings()
        lab.tracker(command=COMMAND)
        lab.video("d1/v1.avi")
        lab.video("d1/v2.avi")
        lab.video(f"d2/{BAD.replace('/', '_')}", "bad")
        assert lab.rt("run").code == 1
        return lab.root

    return make_once(factory, "page", make)


@pytest.fixture
def seen(ran: Path, tmp_path: Path) -> Iterator[Lab]:
    """That project, with its page."""
    (tmp_path / "home").mkdir()
    lab = Lab(copy_tree(ran, tmp_path / "tiny_project"), tmp_path / "home")
    assert lab.rt("report").code == 0
    yield lab
    lab.clear()


def data_of(page: Path) -> dict[str, Any]:
    """Return the data in a page."""
    found = re.search(r'id="data">([^<]*)</script>', page.read_text())
    assert found
    told: dict[str, Any] = unpack(found[1].strip())
    return told


def day_of(script: Path) -> dict[str, Any]:
    """Return what a day's script holds."""
    found = re.search(r'window\.remoteTracker\.day\("[^"]*", "([^"]*)"\);', script.read_text())
    assert found
    told: dict[str, Any] = unpack(found[1])
    return told


def texts_of(data: dict[str, Any], name: str) -> list[Any]:
    """Return the values of a column."""
    column = next(one for one in data["columns"] if one["name"] == name)
    values: list[Any] = column["values"] if "values" in column else [column["words"][at] for at in column["at"]]
    return values


def test_a_run_ends_with_the_page(seen: Lab) -> None:
    """./rt run says in the line before the last where the page is, and how many videos need a person."""
    last = seen.rt("run").out.splitlines()[-2:]
    assert last == ["Results/report.html shows it: 3 videos, 1 needs a person.", "Next:  ./rt status --failures"]


def test_a_run_without_a_report(seen: Lab) -> None:
    """--no-report leaves the page as it is."""
    page = seen.root / "Results/report.html"
    page.unlink()
    assert "report.html" not in seen.rt("run", "--no-report").out
    assert not page.exists()


def test_the_page_says_what_status_says(seen: Lab) -> None:
    """States, reasons, failures and what to type are those of ./rt status, for the project's folder."""
    assert seen.run("../rt", "report", folder="workspace").code == 0
    data = data_of(seen.root / "Results/report.html")
    assert data["days"] == [
        {"day": "d1", "counts": [2, 0, 0], "file": "report/d1.html"},
        {"day": "d2", "counts": [0, 0, 1], "file": "report/d2.html"},
    ]
    assert data["states"] == ["finished", "to do", "set aside"]
    assert data["next"] == ["./rt status --failures"]
    (failure,) = data["failures"]
    assert failure["count"] == 1
    assert failure["command"] == "./rt retry --cause 'failed (exit code 3)'"
    assert failure["command"] in seen.rt("status", "--failures").out
    assert data["needs"] == [{"text": "1 video: failed (exit code 3)", "command": failure["command"]}]
    assert texts_of(data, "state") == ["finished", "finished", "set aside"]
    assert seen.rt("report", "--json").out.startswith('{\n "format": 1')


def test_a_story_is_that_of_why(seen: Lab) -> None:
    """A click shows what ./rt why says of the video, and how its log ends."""
    told = day_of(seen.root / "Results/report/d1.js")
    said = seen.rt("why", "d1/v1.avi").out
    assert told["stories"]["d1/v1.avi"] in said
    assert "\nsaid\n" in told["logs"]["d1/v1.avi"]
    failed = day_of(seen.root / "Results/report/d2.js")["stories"]
    assert "failed (exit code 3)" in next(iter(failed.values()))


def test_only_days_that_changed_are_written(seen: Lab) -> None:
    """The files of a day in which nothing changed stay; a new video, or another state, has its day written anew."""
    folder = seen.root / "Results/report"
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    seen.rt("report")
    assert before == {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    seen.video("d2/new.avi")
    seen.rt("report")
    after = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"d2.js", "d2.html"}


def test_a_kept_story_is_not_told_again(seen: Lab) -> None:
    """In a day that changed, a video's story is told again where something it tells of changed; else it is kept."""
    script = seen.root / "Results/report/d1.js"
    before = day_of(script)
    stories = {name: f"{name} as it was told" for name in before["stories"]}
    script.write_text(script.read_text().replace(pack(before), pack({**before, "stories": stories})))
    seen.video("d1/v3.avi")
    seen.result("d1/v2.txt").write_text("another result")
    seen.rt("report")
    after = day_of(script)
    assert after["stories"]["d1/v1.avi"] == "d1/v1.avi as it was told"
    assert "differs from what was noted" in after["stories"]["d1/v2.avi"]
    assert "no batch yet" in after["stories"]["d1/v3.avi"]


def test_a_running_task_is_told_each_time(seen: Lab) -> None:
    """While a task of a day runs its story has no mark, and the day is written at each report."""
    seen.tracker(command="sleep 60")
    seen.video("d3/v1.avi")
    seen.scan()
    seen.start("bash", "process_all.sh")
    wait_for(lambda: seen.started_tasks(max(seen.batches())) == 2, "both tasks")
    seen.rt("report")
    script = seen.root / "Results/report/d3.js"
    first = script.stat().st_ino
    assert day_of(script)["marks"] == {"d3/v1.avi": ""}
    assert "running on" in day_of(script)["stories"]["d3/v1.avi"]
    seen.rt("report")
    assert script.stat().st_ino != first


def test_a_story_tells_of_each_step(seen: Lab) -> None:
    """Of a tracker of two steps the story holds both, the step that makes the results last."""
    second = {
        "name": "count",
        "help": "count",
        "input": {"copy": "Results/{subdir}/{name}.txt"},
        "output": {"count": "Results/{subdir}/{name}.count"},
        "command": "wc -c <{{ input.copy }} >{{ output.count }}",
    }
    seen.tracker(second, command=COMMAND)
    seen.rt("report")
    story = day_of(seen.root / "Results/report/d1.js")["stories"]["d1/v1.txt"]
    assert story.startswith("d1/v1.avi (copy): finished\n")
    assert "\n\nd1/v1.txt (count): to do\n" in story


def test_a_page_holds_no_colours(seen: Lab) -> None:
    """Typed on a terminal, where screens have colours, the page holds the same text."""
    script = seen.root / "Results/report/d2.js"
    whole = script.read_text()
    script.unlink()
    assert seen.rt("report", FORCE_COLOR="1").code == 0
    assert script.read_text() == whole


@pytest.mark.parametrize("content", ["", "// remote-tracker: stories of a day x\n", "no script of ours", "\n\n\n"])
def test_a_spoilt_script_is_written_anew(seen: Lab, content: str) -> None:
    """A day's script that a person or a full disk spoilt is told anew."""
    script = seen.root / "Results/report/d1.js"
    whole = script.read_text()
    script.write_text(content)
    assert seen.rt("report").code == 0
    assert script.read_text() == whole


def test_a_day_that_is_gone_leaves_no_file(seen: Lab) -> None:
    """The files of a day without videos are removed, and nothing else."""
    folder = seen.root / "Results/report"
    (folder / "mine.js").write_text("a person's")
    (folder / "mine.html").write_text("a person's")
    for path in (seen.root / "RawVideos/d2").iterdir():
        path.unlink()
    seen.rt("report")
    assert {path.name for path in folder.iterdir()} == {"d1.js", "d1.html", "mine.js", "mine.html"}


def test_a_name_is_no_mark(seen: Lab) -> None:
    """No name stands as it is in a page: it is packed, or escaped."""
    for path in (seen.root / "Results/report.html", *(seen.root / "Results/report").iterdir()):
        assert "<script>alert" not in path.read_text()
    assert "&lt;script&gt;alert" in (seen.root / "Results/report/d2.html").read_text()
    assert texts_of(data_of(seen.root / "Results/report.html"), "video")[2].startswith('d2/b "<script>')


def test_a_page_into_another_file_comes_alone(seen: Lab, tmp_path: Path) -> None:
    """--into writes the page alone, and leaves the project's own as it is."""
    own = (seen.root / "Results/report.html").stat().st_mtime_ns
    ran = seen.rt("report", "--into", str(tmp_path / "to mail.html"))
    assert f"{tmp_path}/to mail.html shows it: 3 videos, 1 needs a person.\nNext:  ./rt status --failures\n" == ran.out
    assert data_of(tmp_path / "to mail.html")["states"]
    assert (seen.root / "Results/report.html").stat().st_mtime_ns == own
    assert not (tmp_path / "report").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_report_that_fails_breaks_no_run_without_rights(seen: Lab) -> None:
    """Where the page cannot be written, the run says so in a line on stderr, and ends as it would have."""
    (seen.root / "Results").chmod(0o500)
    ran = seen.rt("run")
    (seen.root / "Results").chmod(0o700)
    assert ran.code == 1
    assert ran.err.startswith("No report: ")


def test_a_report_that_fails_breaks_no_run(seen: Lab) -> None:
    """Where the page cannot be written, the run says so in a line on stderr, and ends as it would have."""
    page = seen.root / "Results/report.html"
    page.unlink()
    page.mkdir()
    (page / "in the way").touch()
    ran = seen.rt("run")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "Next:  ./rt status --failures"
    assert re.fullmatch(r"No report: .*report\.html: cannot be written: Is a directory.*\n", ran.err)
    report = seen.rt("report")
    assert (report.code, report.out) == (1, "")
    assert json.dumps(report.err).count("\\n") == 1
