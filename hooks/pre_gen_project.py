"""Before the project is made: refuse, in one line, what cannot work.

Must parse and run on Python 3.6 with cookiecutter 1.7: there it prints what to install.
Cookiecutter renders this file. The answers come in as ONE literal: tojson leaves no quote and nothing but
ASCII, and a raw string takes its backslashes as they are, so that no answer can become code.
What an answer must be stands in questions.py.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

ANSWERS = json.loads(r'''{{ cookiecutter | tojson }}''')  # fmt: skip
INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py opencv scipy"
BY_PIPX = "pipx install cookiecutter && pipx inject cookiecutter h5py opencv-python-headless scipy"


def find_old_tools():
    """Return the line about a Python or cookiecutter that is too old, or nothing."""
    import cookiecutter

    version = tuple(int(n) for n in re.findall(r"\d+", cookiecutter.__version__)[:2])
    if sys.version_info >= (3, 10) and version >= (2, 4):
        return ""
    install = INSTALL if sys.version_info < (3, 10) else "{} (on Debian and Ubuntu: {})".format(INSTALL, BY_PIPX)
    return (
        "remote-tracker needs Python 3.10 and cookiecutter 2.4 or newer; this is {}.{} with {}. "
        "Nothing was made. Install: {}"
    ).format(sys.version_info[0], sys.version_info[1], cookiecutter.__version__, install)


def find_bad_answer():
    """Return the line about the first answer that cannot be, or nothing."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.join(ANSWERS["_repo_dir"], "hooks"))
    from questions import find_problem

    found = (find_problem(key, ANSWERS[key]) for key in ("project_name", "project_slug", "email"))
    return next((problem + " Nothing was made." for problem in found if problem), "")


def is_cookiecutter(process):
    """Tell whether a process is cookiecutter's own command (not a test or a program that calls it)."""
    try:
        words = subprocess.check_output(["ps", "-o", "args=", "-p", str(process)]).decode("utf-8", "replace").split()
    except (OSError, subprocess.CalledProcessError):
        return False
    return "cookiecutter" in [os.path.basename(word) for word in words[:2]] or words[1:3] == ["-m", "cookiecutter"]


def ignores_interrupt(process):
    """Tell whether a process ignores Ctrl-C, as one does that a shell started in the background."""
    try:
        with open("/proc/{}/status".format(process)) as file:
            ignored = [line.split()[1] for line in file if line.startswith("SigIgn:")]
    except OSError:
        return False
    return bool(ignored and int(ignored[0], 16) >> (signal.SIGINT - 1) & 1)


def leave_quietly():
    """End cookiecutter as Ctrl-C does: it would print a page of traceback under a refusal. Return if it stays."""
    parent = os.getppid()
    here = os.getcwd()
    if os.listdir(here) or not is_cookiecutter(parent) or ignores_interrupt(parent):
        return
    os.rmdir(here)
    os.kill(parent, signal.SIGINT)
    for _ in range(300):  # on a busy machine it takes a while to end
        time.sleep(0.1)
        if os.getppid() != parent:
            sys.exit(1)
    os.mkdir(here)  # it stays, and will look for the folder to take it away


def main():
    problem = find_old_tools() or find_bad_answer()
    if problem:
        sys.stderr.write(problem + "\n")
        sys.stderr.flush()
        leave_quietly()
        sys.exit(1)


main()
