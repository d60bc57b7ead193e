"""The program that all tasks of a process ask: what it does at once, and what it says of what it could not do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.content.answer import MOST

SCRIPT = TEMPLATE / "remote_tracker" / "content" / "answer.py"
NAMES = ["a b", "é", "back\\slash", "$(x)", "-rf", os.fsdecode(b"\xff"), "*", " x "]


def message(name: str, *words: str) -> bytes:
    """Return a message as a task writes it."""
    return b"".join(os.fsencode(word) + b"\0" for word in [str(len(words) + 1), name, *words])


def answers(root: Path, *messages: bytes) -> list[list[str]]:
    """Return the lines of each answer to messages that come at once."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", SCRIPT, "--root", root],
        input=b"".join(messages),
        capture_output=True,
        check=True,
    )
    told, found = ran.stdout, []
    while told:
        end = 8 + int(told[:8].removeprefix(b"b"))
        assert told.startswith(b"b") != told[8:end].isascii()
        found.append(os.fsdecode(told[8:end]).split("\n"))
        told = told[end:]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_several_questions_are_one_message(tmp_path: Path, name: str) -> None:
    """The questions of a message are done in their order, whatever the files are called."""
    made, place, target = tmp_path / "made" / name, tmp_path / "made" / name / "x", tmp_path / name
    questions = ["make", "1", str(made), "stat", "2", str(made), str(tmp_path / "nowhere")]
    assert len(answers(tmp_path, message("1.2.3", *questions))[0]) == 3
    place.write_text("text\n")
    questions = ["move", "2", str(place), str(target), "remove", "1", str(made), "note", "1", f"out={target}"]
    [[told, undone, line]] = answers(tmp_path, message("1.2.3", *questions))
    assert (told, undone) == ("1.2.3", "0")
    assert line.startswith("out 5 ")
    assert line.endswith(" -1 " + name.replace("\\", "\\\\"))
    assert target.read_text() == "text\n"
    assert not made.exists()


def test_the_first_that_cannot_be_done_ends_a_message(tmp_path: Path) -> None:
    """Nothing behind a question that cannot be done is done; the answer says how many were not; the next is heard."""
    (tmp_path / "a").write_text("x")
    moves = [word for name in "ab" for word in ("move", "2", str(tmp_path / name), str(tmp_path / f"{name}2"))]
    found = answers(tmp_path, message("n", *moves, "remove", "1", str(tmp_path / "a2")), message("m", "stat", "0"))
    assert found == [["n", "2"], ["m", "0"]]
    assert os.listdir(tmp_path) == ["a2"]


def test_messages_and_answers_longer_than_a_pipe(tmp_path: Path) -> None:
    """Messages that come in pieces and answers that no pipe holds at once are whole."""
    paths = [f"{tmp_path}/{'.' * 100}/../{number}" for number in range(MOST // 20)]
    found = answers(tmp_path, *(message(str(n), "stat", str(1 + n), *[str(tmp_path)] * (n + 1)) for n in range(300)))
    assert [(lines[0], len(lines)) for lines in found] == [(str(n), n + 3) for n in range(300)]
    assert answers(tmp_path, message("long", "stat", str(len(paths)), *paths)) == [["long", "0"]]


@pytest.mark.parametrize("text", ["token=1-a unit=x", "", "token=1-ab unit=x"])
def test_forgets_no_note_of_another_task(tmp_path: Path, text: str) -> None:
    """A note goes only where it holds what its task wrote."""
    note = tmp_path / "publish.x"
    note.write_text(f"stage=s {text}\n")
    assert answers(tmp_path, message("n", "forget", "2", str(note), " token=1-a unit=")) == [["n", "0"]]
    assert note.exists() is (text != "token=1-a unit=x")


def test_removes_what_a_link_is_and_not_what_it_names(tmp_path: Path) -> None:
    """Of links the names go, at the top and below; what they lead to stays. What is not there is no fault."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    work = tmp_path / "work"
    (work / "inner").mkdir(parents=True)
    (work / "inner" / "link").symlink_to(kept)
    (tmp_path / "link").symlink_to(kept)
    (work / "dangling").symlink_to("nowhere")
    paths = [str(tmp_path / "nowhere"), str(tmp_path / "link"), str(work)]
    assert answers(tmp_path, message("n", "remove", "3", *paths)) == [["n", "0"]]
    assert [*tmp_path.iterdir()] == [kept]
    assert (kept / "file").exists()
