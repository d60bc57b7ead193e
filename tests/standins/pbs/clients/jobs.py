"""qdel, qhold, qrls, qrerun, qsig and qalter: programs that ask one thing of each job they are given."""

from __future__ import annotations

import getopt
from typing import Any

from pbs.clients.options import OptionsError, read_others
from pbs.resources import ResourceError, read_list
from pbs.wire import ask, tell

SPELLINGS = {"qdel": "xW:", "qhold": "h:", "qrls": "h:", "qrerun": "W:", "qsig": "s:", "qalter": "l:W:N:o:e:p:h:m:M:r:"}
USAGES = {
    "qdel": "usage:\n\tqdel [-W force|suppress_email=X] [-x] job_identifier...\n\tqdel --version",
    "qhold": "usage: qhold [-h hold_list] job_identifier...\n       qhold --version",
    "qrls": "usage: qrls [-h hold_list] job_identifier...\n       qrls --version",
    "qrerun": "usage: qrerun [-W force] job_identifier...\n       qrerun --version",
    "qsig": "usage: qsig [-s signal] job_identifier...\n       qsig --version",
    "qalter": "usage: qalter [-l resource_list] [-W dependency_list] ... job_identifier...\n       qalter --version",
}
OPERATIONS = {"qdel": "delete", "qhold": "hold", "qrls": "release", "qrerun": "rerun", "qsig": "signal"}


def read_changes(given: dict[str, str]) -> dict[str, Any]:
    """Return what qalter changes. OptionsError and ResourceError as qsub refuses."""
    changes: dict[str, Any] = {}
    if "-l" in given:
        changes["resources"] = read_list(given["-l"])
    others = read_others(given.get("-W", ""))
    if "max_run_subjobs" in others:
        changes["max_run"] = int(others["max_run_subjobs"])
    if "-N" in given:
        changes["name"] = given["-N"]
    if "-p" in given:
        changes["priority"] = int(given["-p"])
    return changes


def read_words(program: str, words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what goes with each request, and the jobs."""
    options, jobs = getopt.gnu_getopt(words, SPELLINGS[program])
    given = dict(options)
    if not jobs:
        raise getopt.GetoptError("no job")
    if program == "qalter":
        return {"changes": read_changes(given)}, jobs
    return {
        "history": "-x" in given,
        "force": "force" in given.get("-W", ""),
        "signal": given.get("-s", "SIGTERM"),
        "kinds": given.get("-h", "u"),
    }, jobs


def main(program: str, words: list[str]) -> int:
    """Return the exit code of one of these programs: that of the last job refused."""
    try:
        more, jobs = read_words(program, words)
    except getopt.GetoptError:
        tell(USAGES[program])
        return 2
    except (OptionsError, ResourceError) as error:
        tell(error.text.replace("qsub:", f"{program}:"))
        return error.code
    code = 0
    for job in jobs:
        answer = ask(OPERATIONS.get(program, "alter"), id=job, **more)
        if "error" in answer:
            tell(f"{program}: {answer['text']} {answer.get('id', job)}")
            code = int(answer["error"])
    return code
