"""qselect: the ids of jobs, one a line."""

from __future__ import annotations

import getopt

from pbs.wire import ask, tell

USAGE = """usage: qselect [-a [op]date_time] [-A account_string] [-c [op]interval]
\t[-h hold_list] [-H] [-J] [-l resource_list] [-N name] [-p [op]priority]
\t[-q destination] [-r y|n] [-s states] [-t subopt[op]date_time] [-T] [-P project_name]
\t[-x] [-u user_name]"""


def main(words: list[str]) -> int:
    """Print the ids; returns qselect's exit code."""
    try:
        options, operands = getopt.getopt(words, "a:A:c:h:HJl:N:p:q:r:s:t:TP:xu:")
    except getopt.GetoptError as error:
        tell(f"qselect: invalid option -- '{error.opt}'", USAGE)
        return 2
    given = dict(options)
    if set(given.get("-s", "")) - set("BEFHMQRSTUWX"):
        tell("qselect: illegal -s value", USAGE)
        return 2
    if operands:
        tell(USAGE)
        return 2
    answer = ask(
        "select",
        name=given.get("-N"),
        queue=given.get("-q"),
        users=given["-u"].split(",") if "-u" in given else None,
        states=given.get("-s"),
        subjobs="-T" in given,
        arrays="-J" in given,
        history="-x" in given or "-H" in given,
        only_history="-H" in given,
    )
    if "error" in answer:
        tell(f"qselect: {answer['text']}")
        return int(answer["error"])
    for job in answer["ids"]:
        print(job)
    return 0
