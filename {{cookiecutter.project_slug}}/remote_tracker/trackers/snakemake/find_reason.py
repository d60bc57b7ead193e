"""Find in what Snakemake printed which rule failed at last, and what that rule's program said last.

Snakemake ends each failed workflow with the same words. Why a job failed stands further up: in the rule's own log file,
in the log of the job that a cluster ran, or among what other jobs printed. Written from what 9.1 and 9.27 print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

FAILED = re.compile(r"\s*Error in (?:rule|checkpoint) (?P<rule>\w+):$")
NOT_WRITTEN = re.compile(r"MissingOutputException in (?:rule|checkpoint) (?P<rule>\w+)\b.*:$")
JOB_OF_MISSING = re.compile(r"Job (?P<job>\d+) +completed successfully, but some output files are missing")
MISSING = re.compile(r"(?:.*/)?(?P<name>[^/]+)/* \(missing locally.*\)$")
BEGUN = re.compile(r"(?:local)?(?:rule|checkpoint) (?P<rule>\w+):$")
FIELD = re.compile(r"\s+(?P<name>[a-z_-]+): (?P<value>.*)$")
COMMAND_ENDS = "(command exited with non-zero exit code"
LOGS_END = " (check log file(s) for error details)"
AGAIN = "Trying to restart job {}."
RAISED = "RuleException:"
RAISED_IN = re.compile(r"(?P<kind>\w+) in file \".*\"(?:, line \d+)?:$")
EXIT_STATUS = re.compile(r"returned non-zero (?P<status>exit status \d+)\.$")
REFUSED = re.compile(r"(?:[A-Z]+:snakemake[\w.]*:)?(?P<error>\w+(?:Error|Exception)(?: in .+)?:)$")
IN_SNAKEFILE = re.compile(r"  File \"")
TRACEBACK = "Traceback (most recent call last):"
LOST = "A rule failed; Snakemake does not say which."
LAST_WORDS = "At least one job did not complete successfully."
# What Snakemake itself prints between the lines of the programs.
OWN = re.compile(
    r"\[\w{3} \w{3} +\d+ [\d:]+ \d{4}\]$"
    r"|(?:local)?(?:rule|checkpoint|group) \S+:$"
    r"|\s+(?:input|output|log|jobid|benchmark|reason|wildcards|threads|resources|priority|message|conda-env|group|shell"
    r"|external_jobid):"
    r"|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):snakemake[\w.]*:"
    r"|Shell command:|Select jobs to execute|Execute \d+ jobs?|Finished job|\d+ of \d+ steps|Trying to restart job"
    r"|Waiting (?:at most|for more)|(?:Removing|Touching) output file|Exiting because a job execution failed"
    r"|(?:Complete|See) log|Elapsed time|WorkflowError:$|At least one job did not|Building DAG|Using shell|Provided "
    r"|Rules claiming|Assuming unrestricted|Will exit after finishing|Job stats:|Shutting down, this might take"
    r"|(?:\s*\(missing locally)|.+ \(missing locally|MissingOutputException|Job \d+ +completed successfully, but"
)


class Failure(NamedTuple):
    """A failed job, as Snakemake tells of it."""

    rule: str
    job: str  # its number in Snakemake
    place: int  # the line at which Snakemake begins to tell of it
    logs: tuple[str, ...] = ()  # the rule's own log files, then the log of the cluster's job
    queued: str = ""  # what the submitted job is called, where Snakemake says it
    command: frozenset[str] = frozenset()  # the lines of the rule's command
    missing: str = ""  # the name of the output that the job did not write; "": it failed otherwise


def find_reason(lines: Sequence[str], load: Callable[[Failure], Iterable[str]]) -> str:
    """Return which job failed last, and not only at first, with its own last line; "" where nothing tells.

    Where no job failed, the error by which Snakemake refused the workflow is returned.
    ``load`` returns the texts of a failed job's logs, the log that tells most first, without logs that are not there.
    """
    if failure := find_failure(lines):
        return f"Error in rule {failure.rule}: {describe(failure, lines, load)}"
    return LOST if any(line.strip() == LAST_WORDS for line in lines) else find_refusal(lines)


def find_refusal(lines: Sequence[str]) -> str:
    """Return Snakemake's last error that is about no job, with what it is about; "" where there is none."""
    errors = [place for place, line in enumerate(lines) if REFUSED.match(line)]
    if not errors:
        return ""
    told = [line for line in takewhile(str.strip, lines[errors[-1] + 1 :]) if not IN_SNAKEFILE.match(line)]
    about = " ".join([told[0], *told[-1:]]) if told and told[0].endswith(":") and told[1:] else "".join(told[:1])
    error = REFUSED.sub(r"\g<error>", lines[errors[-1]])
    return " ".join(f"{error} {about}".split())


def describe(failure: Failure, lines: Sequence[str], load: Callable[[Failure], Iterable[str]]) -> str:
    """Return why a job failed, in its program's own words where there are any."""
    said = next(filter(None, map(find_last_line, load(failure))), "") or find_own_words(failure, lines)
    if failure.missing:
        return f"{failure.missing} was not written{said and f'; it said: {said}'}"
    return said or "it failed without a word"


def find_failure(lines: Sequence[str]) -> Failure | None:
    """Return the failure that Snakemake told of last, where the job was not tried again after it."""
    last: Failure | None = None
    for failure in find_failures(lines):
        later = lines[failure.place :]
        if AGAIN.format(failure.job) not in map(str.strip, later):
            last = failure
    return last


def find_failures(lines: Sequence[str]) -> Iterator[Failure]:
    """Yield the failed jobs in the order in which Snakemake tells of them; at its end it may tell them once more."""
    told: dict[str, int] = {}
    for place, line in enumerate(lines):
        failure = read_missing(place, lines) if NOT_WRITTEN.match(line) else None
        if found := FAILED.match(line):
            failure = read_failure(found["rule"], place, lines)
        if failure and (failure.job not in told or find_begin(failure, lines) > told[failure.job]):
            told[failure.job] = place
            yield failure


def read_missing(place: int, lines: Sequence[str]) -> Failure | None:
    """Return the failure of a job that ended well and did not write its output, as told from the line ``place`` on."""
    rule, job, path = NOT_WRITTEN.match(lines[place]), None, None
    for line in lines[place + 1 : place + 3]:
        job, path = job or JOB_OF_MISSING.match(line), path or MISSING.match(line)
    if not rule or not job:
        return None
    return Failure(rule["rule"], job["job"], place, missing=path["name"] if path else "an output")


def read_failure(rule: str, place: int, lines: Sequence[str]) -> Failure:
    """Return what Snakemake says of a failed job in the indented lines behind ``place``."""
    fields: dict[str, str] = {}
    command: list[str] | None = None
    indent = len(lines[place]) - len(lines[place].lstrip())
    for line in lines[place + 1 :]:
        if command is not None and not line.strip().startswith(COMMAND_ENDS):
            command.append(line.strip())
        elif line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        elif line.strip() == "shell:":
            command = []
        elif command is not None:
            fields["shell"], command = "\n".join(command), None
        elif found := FIELD.match(line):
            fields.setdefault(found["name"], found["value"])
    logs = fields.get("log", "").removesuffix(LOGS_END)
    said = frozenset(filter(None, fields.get("shell", "").split("\n")))
    job, queued = fields.get("jobid", ""), fields.get("external_jobid", "")
    return Failure(rule, job, place, tuple(filter(None, logs.split(", "))), queued, said)


def find_own_words(failure: Failure, lines: Sequence[str]) -> str:
    """Return the last line that a job printed among the lines of all; where it printed none, how it ended."""
    since = lines[max(find_begin(failure, lines), 0) : failure.place]
    raised = [place for place, line in enumerate(since) if line.strip() == RAISED]
    if not raised:
        return last_word(since, failure.command)
    printed, error = since[: raised[-1]], since[raised[-1] + 1 :]
    kind = RAISED_IN.match(error[0].strip()) if error else None
    if kind and kind["kind"] != "CalledProcessError":  # the rule is Python in the Snakefile
        return f"{kind['kind']}: {first_word(error[1:])}"
    status = next((found["status"] for line in error if (found := EXIT_STATUS.search(line))), "")
    return last_word(printed, failure.command) or status


def find_begin(failure: Failure, lines: Sequence[str]) -> int:
    """Return the line at which Snakemake told that the failed job began, for the last time; -1 where it did not."""
    for place in range(failure.place - 1, -1, -1):
        found = BEGUN.match(lines[place])
        about = map(str.strip, lines[place + 1 : place + 8])
        if found and found["rule"] == failure.rule and f"jobid: {failure.job}" in about:
            return place
    return -1


def find_last_line(text: str) -> str:
    """Return the last line of a job's log; where the log is a Snakemake's, of the job that failed in it."""
    lines = text.splitlines()
    if inner := find_failure(lines):
        return describe(inner, lines, lambda _: ())
    return last_word(lines)


def last_word(lines: Sequence[str], command: frozenset[str] = frozenset()) -> str:
    """Return the last line that is a program's: the error of the last Python traceback, if any."""
    words = [line for line in lines if line.strip() and line.strip() not in command and not OWN.match(line)]
    traces = [place for place, line in enumerate(words) if line.strip() == TRACEBACK]
    if traces and (error := first_word([line for line in words[traces[-1] + 1 :] if not line[0].isspace()])):
        return error
    return words[-1].strip() if words else ""


def first_word(lines: Iterable[str]) -> str:
    """Return the first line that is not blank, "" where there is none."""
    return next((line.strip() for line in lines if line.strip()), "")
