"""Why a workflow failed, found in what real Snakemakes printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lab import TEMPLATE

sys.path.insert(0, str(TEMPLATE / "remote_tracker" / "trackers" / "snakemake"))

from find_reason import Failure, describe, find_failure, find_failures, find_reason

PRINTED = Path(__file__).parent / "snakemake"
LOG_OF_B = "start\nModuleNotFoundError: No module named dynvision\n"
NO_MODULE = "ModuleNotFoundError: No module named 'nothere'"
NO_FILE = "FileNotFoundError: [Errno 2] No such file or directory: '/nonexist/x'"
NOT_WRITTEN = "d.txt was not written; it said: never writes d"
NO_DYNVISION = "ModuleNotFoundError: No module named dynvision"
OF_RULE = {"b": NO_DYNVISION, "c": NO_MODULE, "d": NOT_WRITTEN, "e": "ValueError: e is bad"}
HEAD = "[Sun Nov 29 17:19:05 2026]\n"
SMK = 'TypeError in file "/lab/a.smk", line 71:\n'
LAST = "WorkflowError:\nAt least one job did not complete successfully.\n"


def load(version: str) -> list[str]:
    """Return the lines that a Snakemake of this version printed while each of five rules failed twice."""
    return (PRINTED / f"failed_{version}.txt").read_text().splitlines()


def load_logs(failure: Failure) -> list[str]:
    """Return the logs of a failed job: rule b wrote one."""
    return [LOG_OF_B] if failure.logs == ("logs/b.log",) else []


def begun(rule: str, job: int, command: str = "") -> str:
    """Return what is printed when a job begins."""
    return f"{HEAD}localrule {rule}:\n    output: x\n    jobid: {job}\n    reason: y\nShell command: {command}\n"


def failed(rule: str, job: int, *more: str) -> str:
    """Return what is printed when a job failed."""
    raised = 'RuleException:\nCalledProcessError in file "/lab/Snakefile", line 9:\n'
    raised += "Command 'set -euo pipefail;  false' returned non-zero exit status 3.\n"
    fields = "".join(f"    {line}\n" for line in (f"jobid: {job}", *more))
    return f"{raised}{HEAD}Error in rule {rule}:\n    message: None\n{fields}"


def reason(text: str, *logs: str) -> str:
    """Return the reason in a text, where the failed job has these logs."""
    return find_reason(text.splitlines(), lambda _: logs)


@pytest.mark.parametrize("version", ["9.1", "9.27"])
def test_each_rule_in_its_own_words(version: str) -> None:
    """A rule's log, its program, its exception or the file that it did not write tells why; each is told of twice."""
    lines = load(version)
    told = {(f.rule, describe(f, lines, load_logs)) for f in find_failures(lines)}
    assert told >= {*OF_RULE.items(), ("f", NO_FILE)}
    assert sorted(f.rule for f in find_failures(lines)) == sorted("bcdef" * 2)


@pytest.mark.parametrize(("version", "expected"), [("9.1", f"f: {NO_FILE}"), ("9.27", "e: ValueError: e is bad")])
def test_the_last_failure(version: str, expected: str) -> None:
    """The reason is the failure that came last, not what Snakemake says again at its end."""
    assert find_reason(load(version), load_logs) == f"Error in rule {expected}"


def test_a_rule_that_did_well_when_tried_again() -> None:
    """A job that failed at first and did well then is not the reason."""
    text = begun("a", 1) + "the cause\n" + failed("a", 1)
    text += begun("b", 2) + "no cause\n" + failed("b", 2) + "Trying to restart job 2.\n" + begun("b", 2) + LAST
    assert reason(text) == "Error in rule a: the cause"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("it broke\n", "it broke"),
        ("", "exit status 3"),
        ("it broke\nSelect jobs to execute...\nWaiting for more resources.\n", "it broke"),
        ("it broke\nINFO:snakemake.logging:Finished jobid: 7 (Rule: z)\n", "it broke"),
        ("rule x:\nit broke\n3 of 4 steps (75%) done\n", "it broke"),
        ("Traceback (most recent call last):\n  File x\n    y\nKeyError: 'z'\nlog uploader: bye\n", "KeyError: 'z'"),
        ("10%\r50%\rno space left\n", "no space left"),
    ],
)
def test_the_last_line_of_a_program(printed: str, expected: str) -> None:
    """What Snakemake itself prints, and what others print behind a Python error, is not the reason."""
    shell = ("shell:", "    python x.py", "    (command exited with non-zero exit code)")
    text = begun("a", 1, "python x.py\n        python x.py") + printed + failed("a", 1, *shell) + LAST
    assert reason(text) == f"Error in rule a: {expected}"


def test_a_log_that_is_a_snakemake() -> None:
    """In the log of a cluster's job its own Snakemake tells of the failure, in the same words."""
    inner = begun("a", 0) + "CUDA error\n" + failed("a", 0) + LAST
    assert reason(begun("a", 1) + failed("a", 1, "external_jobid: a/1@7.server") + LAST, "", inner) == (
        "Error in rule a: CUDA error"
    )


def test_what_is_read_of_a_failure() -> None:
    """The logs, the cluster's name of the job and the lines of its command are read, however many lines it has."""
    more = ("log: a.log, b/c.log (check log file(s) for error details)", "shell:", "    x", "y: z", "")
    text = failed("a", 4, *more, "    (command exited with non-zero exit code)", "external_jobid: a/4@9") + "after\n"
    found = find_failure(text.splitlines())
    assert found is not None
    assert (found.rule, found.job, found.logs, found.queued) == ("a", "4", ("a.log", "b/c.log"), "a/4@9")
    assert found.command == {"x", "y: z"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (f"{SMK}can only join\n  File x\n", 'TypeError in file "/lab/a.smk", line 71: can only join'),
        (f"ERROR:snakemake.logging:{SMK}can only join\n", 'TypeError in file "/lab/a.smk", line 71: can only join'),
        (
            'MissingInputException in rule all in file "/lab/s", line 1:\nMissing input files for rule all:\n'
            "    affected files:\n        a.txt\n\nbye\n",
            'MissingInputException in rule all in file "/lab/s", line 1: Missing input files for rule all: a.txt',
        ),
        ("MissingRuleException:\nNo rule to produce a\n", "MissingRuleException: No rule to produce a"),
        ("ValueError: Invalid config definition: a\n", ""),
        (LAST, "A rule failed; Snakemake does not say which."),
        ("MissingOutputException in rule a\n", ""),
        ("Error in rule a:", "Error in rule a: it failed without a word"),
    ],
)
def test_no_rule(text: str, expected: str) -> None:
    """Where no job failed, Snakemake's own error is the reason; its last words alone are none."""
    assert reason(text) == expected
