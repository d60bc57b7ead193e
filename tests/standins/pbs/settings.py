"""Settings of one stand-in: a JSON file in its folder, read anew by client and server at each request.

A test changes them at any time: ``bash pbs.sh set FOLDER KEY VALUE`` (VALUE is JSON), or `write_settings`.
"""

from __future__ import annotations

import json
import os
from typing import Any

Settings = dict[str, Any]

NODE: Settings = {"ncpus": 4, "mem": "8gb"}
QUEUE: Settings = {"enabled": True, "started": True}
DEFAULTS: Settings = {
    "nodes": {"n1": NODE, "n2": NODE, "n3": NODE},
    # A queue may also have: max_queued, max_run (jobs and subjobs of one user), max_array_size, acl_users (names),
    # resources_max ({"ncpus": 4, "walltime": "24:00:00"}).
    "queues": {"workq": QUEUE},
    "default_queue": "workq",
    "max_array_size": 10000,
    "max_queued": None,
    "max_run": None,
    "job_history_enable": True,
    # Resources that the site made, beyond those that PBS has: ["ngpus"].
    "resources": [],
    # Seconds: between SIGTERM and SIGKILL; that it still shows R where it was ended (the real one: up to 10), and where
    # it ended by itself; in state E; between two failed starts; between two looks at memory, and before the first.
    "kill_delay": 10,
    "dying": 0.3,
    "epilogue": 0.05,
    "exiting": 0.05,
    "start_retry": 0.2,
    "sample": 0.2,
    # How fast a job's walltime passes: at 10, a minute's limit is over in six seconds.
    "speed": 1,
    # Who may qrerun, set with qmgr and act on others' jobs. PBS_STANDIN_USER names who a client is.
    "managers": ["pbsadmin"],
    # Faults, all off: nobody answers; answers come N seconds late; a node where nothing starts.
    "server_down": False,
    "slow": 0,
    "bad_nodes": [],
    # $enforce mem of a site; -J 1-9%3 as older versions take it; root's jobs and CR LF as the release takes them.
    "enforce_mem": False,
    "percent_refused": False,
    "root_refused": False,
    "crlf_accepted": False,
}


def load_settings(folder: str) -> Settings:
    """Return the settings of the stand-in in ``folder``; what was not set has its default."""
    try:
        with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
            return {**DEFAULTS, **json.load(file)}
    except FileNotFoundError:
        return dict(DEFAULTS)


def write_settings(folder: str, **changed: Any) -> None:
    """Change some settings; whoever reads sees all the old or all the new. KeyError for one that does not exist."""
    if unknown := changed.keys() - DEFAULTS.keys():
        raise KeyError(f"no such setting: {', '.join(sorted(unknown))}; there are {', '.join(DEFAULTS)}")
    path = os.path.join(folder, "settings.json")
    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
    except FileNotFoundError:
        kept = {}
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump({**kept, **changed}, file, indent=1)
    os.replace(temporary, path)
