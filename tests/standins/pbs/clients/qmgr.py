"""qmgr -c: prints the settings as qmgr prints them, and changes those that the stand-in has."""

from __future__ import annotations

import sys
from typing import Any

from pbs.settings import QUEUE, Settings, write_settings
from pbs.wire import SERVER, ask, find_folder, settings, tell, user

SERVER_KEYS = ("default_queue", "max_array_size", "job_history_enable", "max_queued", "max_run", "managers")
SHORT = {"p": "print", "l": "list", "s": "set", "c": "create", "d": "delete", "u": "unset"}
KINDS = {"s": "server", "q": "queue", "n": "node", "r": "resource"}


def write_value(key: str, value: Any) -> str:
    """Return a value in qmgr's words."""
    if key in ("max_queued", "max_run"):
        return f"[u:PBS_GENERIC={value}]"
    return ",".join(value) if isinstance(value, list) else str(value)


def read_value(key: str, text: str) -> Any:
    """Return a value of qmgr's words."""
    text = text.strip().strip('"')
    if key in ("max_queued", "max_run"):
        return int(text.strip("[]").rpartition("=")[2])
    if key in ("managers", "acl_users"):
        return text.split(",")
    return text == "True" if text in ("True", "False") else int(text) if text.isdigit() else text


def write_queue(name: str, queue: Settings) -> list[str]:
    """Return the lines that make a queue."""
    pairs: list[tuple[str, Any]] = [("queue_type", "Execution")]
    for key, value in queue.items():
        if isinstance(value, dict):
            pairs += [(f"{key}.{inner}", limit) for inner, limit in value.items()]
        elif value is not None:
            pairs.append((key, value))
    return [
        *("#", f"# Create and define queue {name}", "#", f"create queue {name}"),
        *(f"set queue {name} {key} = {write_value(key, value)}" for key, value in pairs),
    ]


def write_server(known: Settings) -> list[str]:
    """Return the lines of ``print server``."""
    lines = ["#", "# Create resources and set their properties.", "#"]
    for name in known["resources"]:
        lines += ["#", f"# Create and define resource {name}", "#", f"create resource {name}"]
        lines += [f"set resource {name} type = long", f"set resource {name} flag = hn"]
    lines += ["#", "# Create queues and set their attributes.", "#"]
    for name, queue in known["queues"].items():
        lines += write_queue(name, queue)
    lines += ["#", "# Set server attributes.", "#", "set server scheduling = True"]
    lines += [f"set server {key} = {write_value(key, known[key])}" for key in SERVER_KEYS if known[key] is not None]
    return lines


def change(known: Settings, verb: str, kind: str, name: str, key: str, text: str) -> Settings:
    """Return the settings that a directive changes. KeyError where the stand-in has no such thing."""
    if kind == "server":
        if key not in SERVER_KEYS:
            raise KeyError(key)
        return {key: None if verb == "unset" else read_value(key, text)}
    queues = known["queues"]
    if kind != "queue":
        raise KeyError(kind)
    if verb == "create":
        return {"queues": {**queues, name: {**QUEUE, "enabled": False, "started": False}}}
    if verb == "delete":
        return {"queues": {other: queue for other, queue in queues.items() if other != name}}
    part, dot, inner = key.partition(".")
    value = None if verb == "unset" else read_value(key, text)
    changed = {part: {**queues[name].get(part, {}), inner: text.strip()} if dot else value}
    return {"queues": {**queues, name: {**queues[name], **changed}}}


def run(directive: str) -> int:
    """Carry one directive out; returns qmgr's exit code."""
    known = settings()
    ask("ping")
    left, _, text = directive.partition("=")
    words = left.split()
    verb, kind = SHORT.get(words[0], words[0]), KINDS.get(words[1], words[1])
    rest = words[2:]
    name = rest.pop(0) if kind != "server" and rest else SERVER
    if verb in ("print", "list"):
        lines = write_server(known) if kind == "server" else write_queue(name, known["queues"][name])
        print(*lines, sep="\n")
        return 0
    if user() not in known["managers"]:
        tell(f"qmgr obj={name if kind != 'server' else ''} svr=default: Unauthorized Request  ")
        tell("qmgr: Error (15007) returned from server")
        return 15007 & 0xFF
    try:
        write_settings(find_folder(), **change(known, verb, kind, name, rest[0] if rest else "", text))
    except KeyError as error:
        tell(f"qmgr obj={name} svr=default: Undefined attribute  {error}")
        return 15002 & 0xFF
    return 0


def main(words: list[str]) -> int:
    """Return the exit code of the last directive."""
    directives = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "-c"] or sys.stdin.read().splitlines()
    code = 0
    for directive in filter(str.strip, directives):
        code = run(directive)
    return code
