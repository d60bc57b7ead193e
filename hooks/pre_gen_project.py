"""Before the project is made: refuse, in one line, what cannot work.

Must parse and run on Python 3.6 with cookiecutter 1.7: there it prints what to install.
Cookiecutter renders this file. The answers come in as ONE literal: tojson leaves no quote and nothing but
ASCII, and a raw string takes its backslashes as they are, so that no answer can become code.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

ANSWERS = json.loads(r'''{{ cookiecutter | tojson }}''')  # fmt: skip
INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EMAIL = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9_+%.-]*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
LONGEST = {"project_name": 64, "project_slug": 100}


def find_old_tools():
    """Return the line about a Python or cookiecutter that is too old, or nothing."""
    import cookiecutter

    version = tuple(int(n) for n in re.findall(r"\d+", cookiecutter.__version__)[:2])
    if sys.version_info >= (3, 10) and version >= (2, 4):
        return ""
    return (
        "remote-tracker needs Python 3.10 and cookiecutter 2.4 or newer; this is {}.{} with {}. "
        "Nothing was made. Install: {}"
    ).format(sys.version_info[0], sys.version_info[1], cookiecutter.__version__, INSTALL)


def show(text):
    """Return an answer as it may stand in one line: quoted, cut at 40 letters, nothing that moves a cursor."""
    return json.dumps(text if len(text) <= 40 else text[:37] + "...", ensure_ascii=not text.isprintable())


def find_bad_name(key):
    """Return the line about a name that cannot be a folder and a job name, or nothing."""
    name = ANSWERS[key]
    if len(name) > LONGEST[key]:
        return "{} {} has {} letters; at most {} fit. Choose a shorter one. Nothing was made.".format(
            key, show(name), len(name), LONGEST[key]
        )
    if NAME.fullmatch(name):
        return ""
    return (
        "{} {} cannot name a folder and a job: use letters (a-z), digits, . _ -, a letter or digit first. "
        "Nothing was made."
    ).format(key, show(name))


def find_bad_email():
    """Return the line about an e-mail address that is none, or nothing; an empty one is fine."""
    email = ANSWERS["email"]
    if not email or (len(email) <= 254 and ".." not in email and ".@" not in email and EMAIL.fullmatch(email)):
        return ""
    return "email {} is no e-mail address: write name@lab.org, or leave it empty. Nothing was made.".format(show(email))


def is_cookiecutter(process):
    """Tell whether a process is cookiecutter's own command (not a test or a program that calls it)."""
    try:
        words = subprocess.check_output(["ps", "-o", "args=", "-p", str(process)]).decode("utf-8", "replace").split()
    except (OSError, subprocess.CalledProcessError):
        return False
    return "cookiecutter" in [os.path.basename(word) for word in words[:2]] or words[1:3] == ["-m", "cookiecutter"]


def leave_quietly():
    """End cookiecutter as Ctrl-C does: it would print a page of traceback under a refusal. Return if it stays."""
    parent = os.getppid()
    here = os.getcwd()
    if os.listdir(here) or not is_cookiecutter(parent):
        return
    os.rmdir(here)
    os.kill(parent, signal.SIGINT)
    for _ in range(20):
        time.sleep(0.1)
        if os.getppid() != parent:
            sys.exit(1)
    os.mkdir(here)  # it ignores Ctrl-C, and will look for the folder to take it away


def main():
    problem = find_old_tools() or find_bad_name("project_name") or find_bad_name("project_slug") or find_bad_email()
    if problem:
        sys.stderr.write(problem + "\n")
        sys.stderr.flush()
        leave_quietly()
        sys.exit(1)


main()
