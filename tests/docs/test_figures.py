"""The figures that pages quote are measured again by one command, which fails where a limit is broken."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from lab import REPOSITORY
from programs import load_program

APART = {"figures", "against"}  # the command itself; what compares two versions of one's own, and is quoted nowhere
PAGE = (REPOSITORY / "docs" / "figures.md").read_text(encoding="utf-8")


@pytest.fixture
def figures() -> ModuleType:
    """benchmarks/figures, as a module of its own for each test."""
    return load_program("benchmarks/figures")


def test_each_row_of_the_page_is_run(figures: ModuleType) -> None:
    """Each row of docs/figures.md is read, and its benchmark is run; nothing is run that the page does not show."""
    rows = figures.read_rows(PAGE)
    assert len(rows) == len([line for line in PAGE.splitlines() if line.startswith("| ")]) - 2
    assert {row.name for row in rows} == set(figures.RUNS)


def test_each_benchmark_stands_on_the_page(figures: ModuleType) -> None:
    """Whoever writes a benchmark writes its figures on the page."""
    programs = {path.name for path in (REPOSITORY / "benchmarks").iterdir() if path.is_file()}
    assert programs - APART == set(figures.RUNS) - {"test_kills"}


def test_options_are_those_that_a_benchmark_takes(figures: ModuleType) -> None:
    """Each option that the table gives a benchmark stands in the help of that benchmark."""
    for name, run in figures.RUNS.items():
        for option in (word for turn in run.turns for word in turn if word.startswith("--")):
            assert f'"{option}"' in (REPOSITORY / "benchmarks" / name).read_text(encoding="utf-8"), (name, option)


def test_all_other_pages_name_benchmarks_that_are_there() -> None:
    """A benchmark that any page names is on the page of figures, or compares two versions."""
    for page in (REPOSITORY / "docs").rglob("*.md"):
        for name in re.findall(r"`benchmarks/(\w+)", page.read_text(encoding="utf-8")):
            assert name in APART or f"`benchmarks/{name}`" in PAGE, (page, name)


@pytest.mark.parametrize(
    ("code", "word", "exit_code"), [(0, "held", 0), (1, "BROKEN", 1), (2, "not measured", 0), (-9, "BROKEN", 1)]
)
def test_a_broken_limit_fails(
    figures: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    word: str,
    exit_code: int,
) -> None:
    """A benchmark that ends with 1, or is killed, fails the whole; 2 says that it could not run, and is named."""
    end = f"import os; os.kill(os.getpid(), {-code})" if code < 0 else f"raise SystemExit({code})"
    argv = [sys.executable, "-c", f"print('0.2 of its time', flush=True); {end}"]
    monkeypatch.setattr(figures, "commands_of", lambda name, against: [argv])
    monkeypatch.setattr(figures, "RUNS", {"join": figures.Run()})
    assert figures.main(["--only", "join", "--folder", str(tmp_path)]) == exit_code
    shown = capsys.readouterr().out
    assert f"{word}: 1  join" in shown
    assert "    0.2 of its time\n" in shown
    assert (tmp_path / "join.txt").read_text(encoding="utf-8") == "0.2 of its time\n"


def test_a_broken_turn_breaks_its_benchmark(figures: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a benchmark that is run several times the worst turn counts, and what all of them printed is shown."""
    turns = [[sys.executable, "-c", f"print('turn {code}'); raise SystemExit({code})"] for code in (0, 1, 2)]
    monkeypatch.setattr(figures, "commands_of", lambda name, against: turns)
    today = figures.measure("report", "HEAD")
    assert (today.word, today.reason) == ("BROKEN", "exit code 1: turn 1")
    assert today.printed.split() == ["turn", "0", "turn", "1", "turn", "2"]


def test_what_the_machine_lacks_is_named(
    figures: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A benchmark whose programs are not here is not started, and is named with what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert figures.main(["--only", "dispatch", "--folder", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "not measured (parallel is not installed)" in shown
    assert "not measured: 1  dispatch" in shown


def test_an_unknown_name_is_wrong_use(figures: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark that there is not is answered with those that there are."""
    with pytest.raises(SystemExit) as ended:
        figures.main(["--only", "jion"])
    assert ended.value.code == 2
    assert 'unknown benchmark "jion". Known: scan, slow_disk' in capsys.readouterr().err
