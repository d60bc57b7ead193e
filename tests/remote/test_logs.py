"""Logs come home with the results that their tasks made: ./rt logs and ./rt why work here, without the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from remote_tracker.config import load_project
from remote_tracker.model import Project
from remote_tracker.records import find_batches
from remote_tracker.records.brought import brought_log
from remote_tracker.remote import bring_logs, far_logs
from remote_tracker.report.log_text import END, HEAD, log_extract
from two_sides import Home

LOUD = "printf '\\033[31mred\\033[0m half\\rwhole\\n'; echo 'says something'; cp {{ input.video }} {{ output.copy }}"


def test_the_log_of_what_is_pulled_comes_along(home: Home) -> None:
    """Here ./rt logs shows what ./rt remote logs shows, after the connection is closed; --path names a file here."""
    for lab in (home, home.far):
        lab.tracker(command=LOUD)
    for number in (1, 2):
        home.far.video(f"d1/v{number}.avi", f"video {number}")
    home.far.go()
    home.login()
    assert home.rt("pull").code == 0
    there = home.rt("remote", "logs", "v1.avi")
    home.sshds.close()
    here = home.rt("logs", "v1.avi")
    assert (here.code, here.out) == (0, there.out)
    assert "says something" in here.out
    assert home.root in Path(home.rt("logs", "--path", "v1.avi").out).parents
    assert home.rt("logs", "--tail", "1", "v2.avi").out.startswith("# end ")
    assert "from batch 0001 on swc" in home.rt("why", "v1.avi").out


def test_a_log_that_a_redo_wrote_comes_with_its_result(home: Home) -> None:
    """After a redo there the next pull brings the new result and the new log."""
    home.far.video("d1/v1.avi")
    home.far.go()
    home.login()
    assert home.rt("pull").code == 0
    home.far.tracker(command="echo anew; tr a-z A-Z <{{ input.video }} >{{ output.copy }}")
    home.far.rt("redo", "--yes", "d1/v1.avi")
    home.far.go()
    assert home.rt("pull").code == 0
    assert "anew\n" in home.rt("logs", "v1.avi").out


def test_where_there_is_no_log_here_the_line_says_where_it_is(home: Home) -> None:
    """A video that did not run here, and a log that did not come: one line with what to type."""
    home.video("d 1/v1.avi")
    ran = home.rt("logs", "v1.avi")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert ran.err.endswith("If it ran on swc, its log is there. Type: ./rt remote logs 'd 1/v1.avi'\n")


def test_more_logs_than_an_answer_holds_come_in_several(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer has no room for is asked for again; a unit without a log is left out, and not waited for."""
    for number in range(4):
        home.far.video(f"d1/v{number}.avi")
    home.far.go()
    (home.far.batch(1) / "output.2").unlink()
    project = load_project(home.far.root)
    monkeypatch.setattr(far_logs, "MOST", 10)
    asked = [f"d1/v{number}.avi" for number in range(4)]
    answer = far_logs.tell_logs(project, {"units": {"copy": asked}})
    assert list(answer["logs"]["copy"]) == ["d1/v0.avi"]
    assert answer["left"] == [["copy", "d1/v2.avi"], ["copy", "d1/v3.avi"]]
    told: list[list[str]] = []

    def ask(project: Project, what: str, question: dict[str, Any]) -> dict[str, Any]:
        told.append(question["units"]["copy"])
        return far_logs.tell_logs(project, question)

    monkeypatch.setattr(bring_logs, "ask", ask)
    batch = find_batches(project, project.tracker.stages[0])[0]
    bring_logs.bring_logs(project, [batch])
    assert told == [asked, ["d1/v2.avi", "d1/v3.avi"], ["d1/v3.avi"]]
    assert [brought_log(batch, task).exists() for task in (1, 2, 3, 4)] == [True, False, True, True]


def test_of_a_long_log_its_beginning_and_its_end_come(tmp_path: Path) -> None:
    """The rest stays there, and a line says so; lines for programs and colours are left out of both."""
    log = tmp_path / "output.1"
    lines = [f"{number:07d} \x1b[1mline\x1b[0m\n# content x {number}\n" for number in range(20_000)]
    log.write_text("".join(lines) + "the end\n")
    text = log_extract(log)
    assert text.startswith("0000000 line\n0000001 line\n")
    assert text.endswith("0019999 line\nthe end\n")
    assert text.count("bytes were left out here: ./rt remote logs shows the whole log") == 1
    assert len(text) < HEAD + END
    assert "content" not in text
    log.write_text("short\r50 %\r100 %\n# content x\nend")
    assert log_extract(log) == "short\n50 %\n100 %\nend"
