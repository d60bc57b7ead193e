"""qsub: reads its words and the script's directives, refuses what the real client refuses, asks for the rest."""

from __future__ import annotations

import os
import sys
import time

from pbs.clients.directives import read_directives, split_words
from pbs.clients.options import Options, OptionsError, UnsetError, read_options
from pbs.wire import SERVER, Reply, ask, settings, tell, user

USAGE = """usage: qsub [-a date_time] [-A account_string] [-c interval]
\t[-C directive_prefix] [-e path] [-f ] [-h ] [-I [-X]] [-j oe|eo] [-J X-Y[:Z]]
\t[-k keep] [-l resource_list] [-m mail_options] [-M user_list]
\t[-N jobname] [-o path] [-p priority] [-P project] [-q queue] [-r y|n]
\t[-R o|e|oe] [-S path] [-u user_list] [-W otherattributes=value...]
\t[-v variable_list] [-V ] [-z] [script | -- command [arg1 ...]]
       qsub --version"""


def script_name(operands: list[str], command: bool) -> str:
    """Return the script's path, "" for stdin. OptionsError where more words follow it."""
    if command or not operands or operands == ["-"]:
        return ""
    if len(operands) > 1:
        raise OptionsError("")
    return operands[0]


def load_script(path: str, crlf: bool) -> str:
    """Return the script's text; OptionsError (exit code 1) as qsub says it."""
    try:
        with open(path or 0, encoding="utf-8", errors="surrogateescape", newline="") as file:
            script = file.read()
    except OSError as error:
        raise OptionsError(f"qsub: script file:: {error.strerror}", 1) from None
    if "\r\n" in script and not crlf:
        raise OptionsError("qsub: script contains cr, lf", 1)
    return script


def read_script(options: Options, script: str, percent: bool) -> None:
    """Take the directives in; the command line wins."""
    found = options.start()
    for line in read_directives(script, options.prefix):
        words = split_words(line)
        try:
            if read_options(found, words, percent)[0]:
                raise OptionsError("")
        except OptionsError as error:
            text = f"qsub: directive error: {' '.join(words)} "
            first = f"{error.text}\n" if error.text.startswith(("qsub: illegal", "qsub: multiple")) else ""
            raise OptionsError(first + text, 1) from None
    options.under(found)


def place_output(path: str | None, default: str, workdir: str) -> str:
    """Return where output goes, as host:path; an existing folder gets its slash."""
    if path is None:
        return f"{SERVER}:{workdir}/{default}"
    host, colon, rest = path.partition(":")
    if not colon or "/" in host:
        host, rest = "localhost", path
    place = os.path.join(workdir, rest)
    return f"{host}:{place}/" if os.path.isdir(place) and not place.endswith("/") else f"{host}:{place}"


def make_variables(options: Options, workdir: str) -> dict[str, str]:
    """Return the job's Variable_List, but for PBS_O_QUEUE. UnsetError for a name that has no value."""
    env = os.environ
    mine = {
        "PBS_O_HOME": env.get("HOME", "/"),
        "PBS_O_LOGNAME": env.get("LOGNAME", user()),
        "PBS_O_PATH": env.get("PATH", ""),
        "PBS_O_MAIL": env.get("MAIL", f"/var/mail/{user()}"),
        "PBS_O_SHELL": env.get("SHELL", "/bin/bash"),
        "PBS_O_INTERACTIVE_AUTH_METHOD": "resvport",
        "PBS_O_INTERACTIVE_ENCRYPT_METHOD": "",
        "PBS_O_WORKDIR": workdir,
        "PBS_O_SYSTEM": "Linux",
    }
    given = dict(env) if options.all_variables else {}
    for name, value in options.variables:
        if value is None and name not in env:
            raise UnsetError
        given[name] = env[name] if value is None else value
    return {**mine, **given}


def make_request(options: Options, words: list[str], operands: list[str], script: str, command: bool) -> Reply:
    """Return what is asked of the server."""
    workdir = os.environ["PWD"] if os.path.samefile(os.environ.get("PWD") or "/", ".") else os.getcwd()
    stem = options.name
    return {
        "root": os.getuid() == 0,
        "name": stem,
        "array": options.array and [*options.array[0]],
        "max_run": options.max_run,
        "hold": options.hold,
        "output": place_output(options.output, f"{stem}.oSEQ", workdir),
        "error": place_output(options.error, f"{stem}.eSEQ", workdir),
        "variables": make_variables(options, workdir),
        "arguments": " ".join(words),
        "script": script,
        "command": operands if command else None,
        **options.kept(),
    }


def wait_for_end(job: str) -> int:
    """Return a job's exit status once it is over (-W block=true)."""
    while (found := ask("exit", id=job))["state"] not in ("F", "gone"):
        time.sleep(0.05)
    return int(found["exit"] or 0) & 0xFF


def submit(words: list[str]) -> int:
    """Submit one job and print its id."""
    known = settings()
    percent = not known["percent_refused"]
    options = Options()
    operands, command = read_options(options, words, percent)
    path = script_name(operands, command)
    script = "" if command else load_script(path, known["crlf_accepted"])
    read_script(options, script, percent)
    options.check(os.path.basename(path) or "STDIN")
    answer = ask("submit", **make_request(options, words, operands, script, command))
    if "error" in answer:
        tell(f"qsub: {answer['text']}")
        return int(answer["error"])
    if not options.silent:
        print(answer["id"])
    sys.stdout.flush()
    return wait_for_end(answer["id"]) if options.block else 0


def main(words: list[str]) -> int:
    """Return qsub's exit code."""
    try:
        return submit(words)
    except OptionsError as error:
        tell(*filter(None, [error.text]), *([USAGE] if error.code == 2 and error.usage else []))
        return error.code
    except UnsetError:
        tell("qsub: cannot send environment with the job")
        return 3
