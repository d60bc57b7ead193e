"""One message for each batch that is over or has halted, and none twice: not by two scans, not after a failure."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.model import Project
from remote_tracker.model.notify import Notify
from remote_tracker.model.scheduling import Queue
from remote_tracker.notify import tell_news
from remote_tracker.notify.tell import IN_A_JOB
from remote_tracker.records import Batch
from scan.trees import end_line, start_line
from schedulers.fakes import make_slurm, pin_all

from notify.servers import Web, web

DEAD = Queue()
ENDED = ("finished", "finished", "failed")


@pytest.fixture(autouse=True)
def _not_in_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may themselves run in a job."""
    for name in IN_A_JOB:
        monkeypatch.delenv(name, raising=False)


def lab(root: Path, url: str, *results: str, why: str = "no animals", age_s: float = 200) -> Project:
    """Return a project on a queue, told by Slack's hook at ``url``; a batch of four with so many ends."""
    project = make_slurm(root / "flies", videos=4)
    folder = pin_all(project)
    (folder / "submitted").write_text("slurm.7\n")
    for task, result in enumerate(results, 1):
        log = folder / f"output.{task}"
        end = end_line(result, int(result == "failed"), why if result == "failed" else "")
        log.write_text(start_line(f"d/v{task:03d}.avi", task) + end.replace("2026-01-01T00:00:09+0000", now()))
        os.utime(log, (log.stat().st_mtime - age_s,) * 2)
    path = root / "notify.yml"
    path.write_text(f"slack: {url}/hook\n")
    path.chmod(0o600)
    return replace(project, notify=Notify(("slack",), file=str(path)))


def now() -> str:
    """Return this time as a task writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def tell(project: Project, queue: Queue = DEAD) -> None:
    """Do what a scan does behind its screen."""
    tell_news(project, project.tracker.stages[0], queue)


def texts(server: Web) -> list[str]:
    """Return what was posted."""
    return [got.told["text"] for got in server.got]


def test_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A batch that has left the queue is told of once, with counts, causes and what to type; nothing is said here."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED, "finished")
        for _ in range(3):
            tell(project)
    (text,) = texts(server)
    assert text.splitlines()[0] == "flies: batch 0001 (track) is done: 3 finished, 1 failed"
    assert "  1 x no animals" in text
    assert "./rt status --failures" in text
    assert capsys.readouterr() == ("", "")


def test_still_running(tmp_path: Path) -> None:
    """A batch that the queue holds, or of which the queue does not tell, is no news."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        tell(project, Queue({"0001": frozenset({4})}))
        tell(project, Queue(asked=False))
    assert texts(server) == []


def test_halted(tmp_path: Path) -> None:
    """A batch that halted itself is told of at once, and not again when it is over."""
    with web() as server:
        project = lab(tmp_path, server.url, "failed", "failed")
        (project.root / "workspace/batches/0001/halted").write_text("node=node5 why=no <animals>\n")
        tell(project, Queue({"0001": frozenset({3})}))
        tell(project)
    (text,) = texts(server)
    assert text.startswith("flies: batch 0001 (track) halted itself on node5: 2 failed, 2 not run")
    assert "no &lt;animals&gt;" in text


@pytest.mark.parametrize("name", IN_A_JOB)
def test_never_from_a_node(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a scheduler started this process nothing is sent: a node may not, and many jobs would send many."""
    monkeypatch.setenv(name, "7")
    with web() as server:
        tell(lab(tmp_path, server.url, *ENDED))
    assert texts(server) == []


def test_what_failed_is_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A message that was refused is a line, is tried again by the next scans, three times at most."""
    with web(500, 500, 500, 200) as server:
        project = lab(tmp_path, server.url, *ENDED)
        for _ in range(5):
            tell(project)
    assert len(server.got) == 3
    said = capsys.readouterr().err.splitlines()
    assert [line.split(". Tried ")[1] for line in said] == [
        "1 of 3 times; the next scan tries again.",
        "2 of 3 times; the next scan tries again.",
        "3 of 3 times; it is not tried again.",
    ]
    assert not any("hook" in line for line in said)


def test_the_second_try_arrives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once it arrived it is not sent again; a way that had it already gets it once."""
    with web(500, 200) as server:
        project = lab(tmp_path, server.url, *ENDED)
        assert project.notify is not None
        project = replace(project, notify=project.notify._replace(command="cat >> told.txt"))
        for _ in range(3):
            tell(project)
    assert len(server.got) == 2
    assert (project.root / "told.txt").read_text().count("batch 0001") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_two_at_once(tmp_path: Path) -> None:
    """Of several scans at once one sends the message."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        threads = [threading.Thread(target=tell, args=(project,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.got) == 1


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"tries": "x"}', '{"tries": 1e400}', "\xff"])
def test_a_spoilt_note(spoilt: str, tmp_path: Path) -> None:
    """A note that cannot be read breaks nothing: it counts as a try."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        (project.root / "workspace/batches/0001/told").write_text(spoilt, "latin-1")
        tell(project)
        tell(project)
    assert len(server.got) == 1


def test_old_batches_are_no_news(tmp_path: Path) -> None:
    """Who begins to be told is not told of what ended days ago."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        for log in (project.root / "workspace/batches/0001").glob("output.*"):
            log.write_text(log.read_text().replace(now()[:4], "2020", 9).replace("# start 2020", "# start 2026"))
        tell(project)
    assert texts(server) == []


def test_by_hand(tmp_path: Path) -> None:
    """A task that a person ran by hand is no batch that is done."""
    with web() as server:
        project = lab(tmp_path, server.url, "finished")
        (project.root / "workspace/batches/0001/submitted").unlink()
        tell(project)
    assert texts(server) == []


def test_another_persons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who listed a batch is told of it, not whoever scans the project next."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        tell(project)
    assert texts(server) == []


def test_a_file_that_others_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent by a hook that others can read; it is a line, and the batch stays news until it is mended."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        (tmp_path / "notify.yml").chmod(0o644)
        tell(project)
        assert texts(server) == []
        assert "chmod 600" in capsys.readouterr().err
        (tmp_path / "notify.yml").chmod(0o600)
        tell(project)
        assert len(texts(server)) == 1


@pytest.mark.parametrize("why", ["\x1b[31mred", "a\u202eb", "x" * 5000, "<!channel> & co", "\udcff"])
def test_hostile_words(why: str, tmp_path: Path) -> None:
    """What a tracker said reaches nobody's terminal as a control character, and no channel as a call."""
    with web() as server:
        project = lab(tmp_path, server.url, *ENDED, why=why.encode("utf-8", "surrogateescape").decode("latin-1"))
        tell(project)
    (text,) = texts(server)
    assert text.replace("\n", "").isprintable()
    assert "<!channel>" not in text


def test_a_read_only_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it cannot be remembered that people were told, nobody is: it would be sent by each scan."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    with web() as server:
        project = lab(tmp_path, server.url, *ENDED)
        monkeypatch.setattr(os, "pwrite", refuse)
        tell(project)
    assert texts(server) == []
    assert "Permission denied" in capsys.readouterr().err
    assert Batch(str(project.root / "workspace/batches/0001")).is_listed
