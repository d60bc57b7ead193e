"""qstat: the states of jobs and queues, as a table, attribute by attribute, or as JSON."""

from __future__ import annotations

import getopt
import time

from pbs.clients.jobs_json import write_json
from pbs.clients.jobs_text import Shown, write_full, write_screen, write_table
from pbs.names import read_id
from pbs.wire import SERVER, DownError, Reply, ask, tell

USAGE = """usage:\x20
qstat [-f] [-J] [-p] [-t] [-x] [-E] [-F format | -w] [-D delim] [ job_identifier... | destination... ]
qstat [-a|-i|-r|-H|-T] [-J] [-t] [-u user] [-n] [-s] [-G|-M] [-1] [-w]
\t[ job_identifier... | destination... ]
qstat -Q [-f] [-F format] [-D delim] [ destination... ]
qstat -q [-G|-M] [ destination... ]
qstat -B [-f] [-F format] [-D delim] [ server_name... ]
qstat --version"""
SCREENS = set("airHusnT1")
STATES = {"r": "RS", "i": "EHQTW", "H": "MF"}
HISTORY_OFF = 171
COUNTED = ("Queued", "Running", "Held", "Waiting", "Transit", "Exiting")


class UsageError(Exception):
    """Words that qstat does not take; the text is what it says before its usage."""


class Words:
    """qstat's words."""

    def __init__(self, words: list[str]) -> None:
        try:
            found, self.operands = getopt.getopt(words, "ainpqrstwxu:fGHJMQEBW:T1F:D:")
        except getopt.GetoptError as error:
            raise UsageError(f"qstat: invalid option -- '{error.opt}'") from None
        self.given = {option[1:]: value for option, value in found}
        self.format = self.given.get("F", "default").lower()
        self.full, self.wide = "f" in self.given, "w" in self.given
        self.screen = bool(SCREENS & self.given.keys())
        if self.format not in ("default", "json", "dsv"):
            raise UsageError("")
        if (self.format != "default" and (self.screen or not self.full)) or (self.full and STATES.keys() & self.given):
            raise UsageError("qstat: conflicting options.")
        if self.wide and self.format != "default":
            raise UsageError("qstat: option w cannot be used with -F")

    def request(self) -> Reply:
        """Return what is asked of the server, but for the job."""
        states = [STATES[letter] for letter in STATES if letter in self.given]
        return {
            "full": self.full or self.screen,
            "subjobs": "t" in self.given,
            "arrays": "J" in self.given,
            "history": "x" in self.given or "H" in self.given,
            "users": self.given["u"].split(",") if "u" in self.given else None,
            "states": states[0] if states else None,
        }


class Screen:
    """What qstat prints in one call."""

    def __init__(self, words: Words) -> None:
        self.words, self.code = words, 0
        self.begun = False
        self.jobs: list[Shown] | None = None

    def refuse(self, operand: str, answer: Reply) -> None:
        """Tell why a job is not shown; history that is off is told, and no failure."""
        self.code = int(answer["error"])
        name = answer.get("id") or operand
        if answer.get("finished"):
            tell(f"qstat: {name} {answer['text']}, use -x or -H to obtain historical job information")
        else:
            tell(f"qstat: {answer['text']} {name}".rstrip(" ") if name else f"qstat: {answer['text']}")
        if self.code == HISTORY_OFF:
            self.code = 0

    def show(self, jobs: list[Shown]) -> None:
        """Print jobs; JSON has those of the first answer only."""
        if self.words.format == "json":
            self.jobs = jobs if self.jobs is None else self.jobs
        elif self.words.full:
            write_full(jobs, self.words.wide, self.words.given.get("D", "|") if self.words.format == "dsv" else "")
        elif self.words.screen:
            write_screen(jobs, self.words.given, not self.begun)
        else:
            write_table(jobs, self.words.wide, not self.begun)
        self.begun = True

    def ask(self, operand: str) -> None:
        """Ask for one job, one queue or (an empty operand) everything, and show it."""
        request = self.words.request()
        job = read_id(operand) if operand else None
        if operand and not job and not operand[0].isdigit():
            request["queue"] = operand.partition("@")[0]
        try:
            answer = ask("status", id=operand if operand and "queue" not in request else None, **request)
        except DownError as down:
            self.code = down.tell("qstat")
            return
        if "error" in answer:
            self.refuse(str(job) if job else operand, answer)
        elif answer["jobs"]:
            self.show(answer["jobs"])


def show_server(words: Words) -> int:
    """Print the server with its limits (qstat -B -f): from the manual, not measured. Without -f nothing."""
    if words.full:
        about = ask("server")["server"]
        print(f"Server: {SERVER}", *(f"    {key} = {value}" for key, value in about), "", sep="\n")
    return 0


def show_queues(words: Words) -> int:
    """Print the queues (qstat -Q, -Qf): from the manual, not measured."""
    answer = ask("queues")
    known = dict(answer["queues"])
    code = 0
    for name in words.operands:
        if name.partition("@")[0] not in known:
            tell(f"qstat: Unknown queue {name}")
            code = 170
    if words.operands:
        answer["queues"] = [(name, known[name]) for name in words.operands if name in known]
    if words.format == "json":
        listed = {name: dict(attributes) for name, attributes in answer["queues"]}
        write_json({"timestamp": int(time.time()), "pbs_version": "23.06.06", "pbs_server": SERVER, "Queue": listed})
    elif words.full:
        for name, attributes in answer["queues"]:
            print(f"Queue: {name}", *(f"    {key} = {value}" for key, value in attributes), "", sep="\n")
    else:
        print("Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type")
        print("---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- ----")
        for name, attributes in answer["queues"]:
            found = dict(attributes)
            counts = dict(pair.split(":") for pair in found["state_count"].split())
            numbers = "".join(
                f" {counts[k]:>5}" for k in ("Queued", "Running", "Held", "Waiting", "Transit", "Exiting")
            )
            flags = ("yes" if found[key] == "True" else " no" for key in ("enabled", "started"))
            print(f"{name:16} {0:5} {found['total_jobs']:>5} {' '.join(flags)}{numbers} Exec")
    return code


def main(words: list[str]) -> int:
    """Return qstat's exit code: 0, or that of the last job refused."""
    try:
        read = Words(words)
    except UsageError as error:
        tell(*filter(None, [str(error)]), USAGE)
        return 2
    if read.given.keys() & {"Q", "q"}:
        return show_queues(read)
    if "B" in read.given:
        return show_server(read)
    screen = Screen(read)
    for operand in read.operands or [""]:
        screen.ask(operand)
    if read.format == "json":
        head = {"timestamp": int(time.time()), "pbs_version": "23.06.06", "pbs_server": SERVER}
        write_json({**head, **({} if screen.jobs is None else {"Jobs": screen.jobs})})
    return screen.code
