"""The words of ./rt: a verb for each act, help wherever it is asked for, the nearest word where one is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest
from lab import TEMPLATE, Lab
from remote_tracker.cli.completion import NAMING
from remote_tracker.cli.main import EVERY_DAY, HIDDEN, NOW_AND_THEN, rt, run_verb
from remote_tracker.cli.wrong_use import SEVERAL, SYNONYMS, nearest_verbs

LISTED = [*EVERY_DAY, *NOW_AND_THEN]
HELP_WORDS = ("help", "--help", "-h")


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Type words behind ./rt, in this process; returns the exit code."""
    monkeypatch.setattr(sys, "argv", ["rt", *words])
    return run_verb()


def test_the_short_list_has_what_is_needed_when_something_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """./rt lists retry, verify and doctor; a verb that only scripts call, and an old word, stand in no list."""
    assert typed(monkeypatch) == 0
    short = capsys.readouterr().out
    assert typed(monkeypatch, "--all") == 0
    whole = capsys.readouterr().out
    listed = [line.split()[0] for line in short.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert {"run", "status", "retry", "verify", "doctor"} <= set(listed)
    assert not {*HIDDEN} & {line.split()[0] for line in whole.splitlines() if line.strip()}


def test_each_line_of_the_list_is_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal of 80 columns no verb's line in the list breaks off."""
    for words in (["--all"], ["help", "export"]):
        typed(monkeypatch, *words)
        assert "..." not in capsys.readouterr().out.partition("Commands:\n")[2]


@pytest.mark.parametrize("verb", [*LISTED, *HIDDEN])
def test_help_is_the_same_however_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    """./rt help VERB, ./rt VERB help, --help and -h print a verb's help, and end with 0."""
    said = set()
    for words in (("help", verb), *((verb, word) for word in HELP_WORDS)):
        assert typed(monkeypatch, *words) == 0
        said.add(capsys.readouterr().out)
    (text,) = said
    assert text.startswith(f"Usage: ./rt {verb} ")


def test_the_list_is_the_same_however_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """./rt help and ./rt print the same; so do ./rt help --all and ./rt --all."""
    for first, second in (([], ["help"]), (["--all"], ["help", "--all"])):
        assert typed(monkeypatch, *first) == 0
        said = capsys.readouterr().out
        assert typed(monkeypatch, *second) == 0
        assert capsys.readouterr().out == said


@pytest.mark.parametrize("word", HELP_WORDS)
@pytest.mark.parametrize(
    "script", ["workspace/get_files2process.sh", "summarizer/get_cmd2process.sh", "workspace/run_task.sh"]
)
def test_scripts_help(plain_lab: Lab, script: str, word: str) -> None:
    """Each script says what it takes, and does nothing."""
    ran = plain_lab.run("bash", script, word, folder="")
    assert (ran.code, ran.err) == (0, "")
    assert f"bash {Path(script).name} " in ran.out
    assert plain_lab.batches() == []


@pytest.mark.parametrize("word", HELP_WORDS)
def test_the_job_script_helps(lab: Lab, word: str) -> None:
    """process_all.sh says what it takes instead of running its list."""
    lab.videos(1)
    lab.scan()
    ran = lab.process(word)
    assert (ran.code, ran.err) == (0, "")
    assert "--jobs" in ran.out
    assert "--batch" not in ran.out
    assert lab.counts() == {"unprocessed": 1}


@pytest.mark.parametrize(("word", "meant"), [
    ("start", "run"), ("stat", "status"), ("stats", "status"), ("stauts", "status"), ("check", "verify or ./rt doctor"),
    ("summarise", "submit summarizer or ./rt join"), ("Summary", "submit summarizer or ./rt join"),
    ("sbatch", "submit"), ("qstat", "status"), ("squeue", "status"), ("stop", "cancel"), ("kill", "cancel"),
    ("log", "logs"), ("merge", "join"), ("list", "scan"), ("resubmit", "retry"), ("restart", "run"), ("resume", "run"),
    ("re", "redo or ./rt retry or ./rt report"),
    ("rename", "moved"), ("rm", "clean"), ("revert", "undo"), ("upgrade", "update"),
    ("explain", "why"), ("diagnose", "doctor"), ("version", "--version"), ("failures", "status --failures or ./rt why"),
    ("upload", "push"), ("download", "pull"),
])  # fmt: skip
def test_a_near_word_names_the_verb(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str, meant: str
) -> None:
    """A mistyped verb, and another program's word for it, is answered in a line with the verb that is meant."""
    for words in ((word,), ("help", word)):
        assert typed(monkeypatch, *words) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err == f'./rt: no verb is called "{word}". Did you mean ./rt {meant}? All of them:  ./rt --all\n'


@pytest.mark.parametrize("word", ["", "xyzzy", "день", "a'; rm -rf ~", "two\nlines", "-", "caf\udce9"])
def test_a_word_near_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str) -> None:
    """A word that is near no verb is one line, too, whatever it holds, with exit code 2."""
    assert typed(monkeypatch, word) == 2
    said = capsys.readouterr().err
    assert "Did you mean" not in said
    assert len(said.splitlines()) == 1


def test_the_synonyms_lead_to_verbs() -> None:
    """Each synonym leads to verbs that there are, and hides none; each verb that is typed in part means itself."""
    means = {verb for verbs in SEVERAL.values() for verb in verbs} | SYNONYMS.keys()
    assert {verb.split()[0] for verb in means} <= {*LISTED, "--version"}
    words = [word for names in SYNONYMS.values() for word in names.split()]
    assert len(words) == len(set(words))
    assert not {*LISTED, *HIDDEN} & {*words, *SEVERAL}
    assert all(nearest_verbs(verb, LISTED)[0] == verb for verb in LISTED)


@pytest.mark.parametrize(("words", "says"), [
    (("status", "--jsno"), "./rt status: no option is called --jsno. Did you mean --json? "
                           "All that it takes:  ./rt help status"),
    (("scan", "--jason"), "./rt scan: no option is called --jason. Did you mean --json? "
                          "All that it takes:  ./rt help scan"),
    (("logs", "--tial", "3", "v1"), "./rt logs: no option is called --tial. Did you mean --tail? "
                                    "All that it takes:  ./rt help logs"),
    (("scan", "--foldr", "x"), "./rt scan: no option is called --foldr. All that it takes:  ./rt help scan"),
    (("--al",), "./rt: no option is called --al. Did you mean --all? All that it takes:  ./rt help"),
    (("--qqq",), "./rt: no option is called --qqq. All that it takes:  ./rt help"),
    (("why",), "./rt why: Missing argument 'NAME'. All that it takes:  ./rt help why"),
    (("join", "x"), "./rt join: Got unexpected extra argument (x). All that it takes:  ./rt help join"),
])  # fmt: skip
def test_wrong_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """An unknown option names the near one, what is missing or too much is said in a line; the exit code is 2."""
    assert typed(monkeypatch, *words) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{says}\n")


def test_scripts_name_the_near_option(plain_lab: Lab) -> None:
    """The ancestor's script answers a mistyped option as ./rt does."""
    ran = plain_lab.scan("--depe")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "./rt scan: no option is called --depe. Did you mean --deep? All that it takes:  ./rt help scan\n"


def test_an_old_word_says_the_new(lab: Lab) -> None:
    """summarize does what submit summarizer does, and says so; a folder's name means its stages to scan, too."""
    lab.tracker({"name": "listing", "help": "list", "folder": "summarizer", "per": ["day"], "counts": "days",
                 "input": {"copy": "Results/{day}/{subdir}/{name}.txt"},
                 "output": {"list": "Results/{day}/list.csv"},
                 "command": "wc -c {{ input.copy }} > {{ output.list }}"})  # fmt: skip
    lab.videos(2)
    lab.go()
    scanned, old, new = lab.rt("scan", "summarizer"), lab.rt("summarize"), lab.rt("submit", "summarizer")
    assert "1 day found." in scanned.out
    assert old.code == 0
    assert "The one task finished." in old.out
    assert old.err == "./rt summarize is called ./rt submit summarizer now.\n"
    assert (new.code, new.err) == (0, "")
    assert "All 1 days are finished." in new.out or "1 day is finished" in new.out, new.out


def test_what_scripts_call_is_not_for_people(plain_lab: Lab) -> None:
    """process without its list says what to type instead."""
    ran = plain_lab.rt("process")
    assert ran.code == 2
    assert ran.err.startswith("./rt process: process_all.sh alone calls this. Did you mean ./rt submit?")


def test_the_verbs_that_take_names_are_completed() -> None:
    """Every verb behind which a video or a day may stand has its names completed."""
    takes = {
        name
        for name in LISTED
        for one in rt.commands[name].params
        if isinstance(one, click.Argument)
        and one.name in ("name", "names", "days")
        and name not in ("docs", "trackers")
    }
    assert takes == NAMING


def test_scripts_keep_their_names() -> None:
    """The scripts of the three lines are called as they always were."""
    names = {path.name for folder in ("workspace", "summarizer") for path in (TEMPLATE / folder).glob("*.sh")}
    assert {"get_files2process.sh", "get_cmd2process.sh", "run_task.sh"} <= names
