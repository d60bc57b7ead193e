"""Before the questions: say what this machine has, and offer the scheduler that was found first.

Cookiecutter runs this in a copy of the template that it throws away, so the copy may be changed.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py opencv scipy"
PROGRAMS = ("rsync", "ssh", "sbatch", "qsub", "bsub", "ffmpeg")
EXTENSION = "remote_tracker_questions"  # questions.py under a name that no other module has
WITHOUT = {
    "h5py": "not found (only for trackers that write HDF5)",
    "rsync": "not found (only to move data between machines)",
    "ssh": "not found (only to reach another machine)",
    "ffmpeg": "not found (only for some trackers)",
}


def answer(*command):
    """Return what a program prints, or nothing when it cannot be asked within 10 seconds."""
    try:
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace")


def find_scheduler():
    """Return the name of the cluster's file that fits this machine: slurm, pbs, sge, lsf or local.

    PBS and GridEngine both have a qsub: PBS's alone answers --version, GridEngine's qstat -help names itself.
    """
    if shutil.which("sbatch"):
        return "slurm"
    if shutil.which("bsub"):
        return "lsf"
    if not shutil.which("qsub"):
        return "local"
    if any(word in answer("qsub", "--version").lower() for word in ("pbs", "torque", "version:")):
        return "pbs"
    help_text = answer("qstat", "-help").lower()
    known = any(word in help_text.split("\n")[0] for word in ("ge ", "sge", "grid", "uge", "ocs"))
    return "sge" if known or os.environ.get("SGE_ROOT") else "pbs"


def describe_machine(scheduler):
    """Return (what, what was found) for each thing that a project may need."""
    import cookiecutter

    yield "cookiecutter", cookiecutter.__version__
    yield "Python", "{}.{}.{}  {}".format(*sys.version_info[:3], sys.executable)
    yield "h5py", "found" if find_spec("h5py") else WITHOUT["h5py"]
    for name in PROGRAMS:
        path = shutil.which(name)
        kind = {"pbs": " (PBS)", "sge": " (GridEngine)"}.get(scheduler, "") if name == "qsub" else ""
        yield name, path + kind if path else WITHOUT.get(name, "not found")


def prepare_questions(questions, scheduler):
    """Put the scheduler's cluster first among the choices, if there is such a choice, and unwrap the help.

    The help stands in a list of one: a bare mapping is a question to cookiecutter 1.7, which with click 8
    takes no answer to it, so that its user would never reach the line that says what to install. Nor does that
    cookiecutter find an extension that lies in the template.
    """
    clusters = questions["cluster"]
    questions["cluster"] = [c for c in clusters if c == scheduler] + [c for c in clusters if c != scheduler]
    questions["__prompts__"] = questions["__prompts__"][0]
    shutil.copy("hooks/questions.py", EXTENSION + ".py")
    questions["_extensions"] = [EXTENSION + ".AskAgain"]
    with open("cookiecutter.json", "w", encoding="utf-8") as file:
        json.dump(questions, file, indent=2)


def main():
    sys.dont_write_bytecode = True
    if sys.version_info < (3, 10):
        sys.exit(
            "remote-tracker needs Python 3.10 or newer; this is {}.{}. Nothing was made. Install: {}".format(
                sys.version_info[0], sys.version_info[1], INSTALL
            )
        )
    from questions import find_typed, find_wrong_choice

    with open("cookiecutter.json", encoding="utf-8") as file:
        questions = json.load(file)
    wrong = find_wrong_choice(find_typed(os.getppid()), questions)
    if wrong:
        sys.exit(wrong + " Nothing was made.")
    scheduler = find_scheduler()
    lines = ["\nThis machine has"] + ["  {:<13} {}".format(*line) for line in describe_machine(scheduler)]
    try:
        print("\n".join(lines) + "\n", flush=True)
    except OSError:  # nobody can see it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    prepare_questions(questions, scheduler)
    # A folder's name is checked after cookiecutter has made the folder. From here on it makes one that is
    # harmless whatever was answered (no /, not too long); pre_gen_project then refuses and it is taken away.
    os.rename("{{cookiecutter.project_slug}}", "{{cookiecutter.__folder}}")


main()
