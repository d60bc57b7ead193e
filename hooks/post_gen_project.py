"""After the files are there: lay out what depends on the tracker and the cluster, and print the next step.

Cookiecutter renders this file; see pre_gen_project.py for the one literal that brings in the answers.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

ANSWERS = json.loads(r'''{{ cookiecutter | tojson }}''')  # fmt: skip
ROOT = Path.cwd()
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT))

ACTIVATE = """\
# shellcheck shell=bash
# YOURS. Every task reads this file on the machine where it runs, before its program starts: say here how the
# tracker's programs are found (module load, conda activate, PATH). A failing line does not end a task.
"""
OWN_PYTHON = """\
# The tracker {tracker} runs with the Python that made this project. Change this line if you move that Python.
export PATH={folder}:"$PATH"
"""
OTHER_PYTHON = """\
# The tracker's own environment, for example:
# source activate {tracker}
"""

BY_PIPX = "pipx install cookiecutter && pipx inject cookiecutter h5py opencv-python-headless scipy"
SUMMARIES = "calculate_feat_summaries.py"
KEPT: list[Path] = []  # files of YOURS that were there before and differ: cookiecutter was told to use this folder (-f)


def clear_caches() -> None:
    """Take away what Python and its checkers left in the template and cookiecutter copied along."""
    for cache in [*ROOT.glob(".*_cache"), *ROOT.glob("remote_tracker/**/__pycache__")]:
        shutil.rmtree(cache)


def put(target: Path, content: bytes) -> None:
    """Write a file of YOURS where there is none yet; what is there stays, and is named at the end where it differs."""
    if not os.path.lexists(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    elif not target.is_file() or target.read_bytes() != content:
        KEPT.append(target)


def place_tracker_files() -> None:
    """Copy the tracker's parameter files, summarizer and what it has for site/ to where the user edits them."""
    tracker = ROOT / "remote_tracker" / "trackers" / ANSWERS["tracker"]
    clear_other_summaries()
    files = [path for folder in ("AuxiliaryFiles", "site") for path in sorted((tracker / folder).rglob("*"))]
    for path in filter(Path.is_file, files):
        put(ROOT / path.relative_to(tracker), path.read_bytes())
    if (tracker / SUMMARIES).is_file():
        put(ROOT / "summarizer" / SUMMARIES, (tracker / SUMMARIES).read_bytes())


def clear_other_summaries() -> None:
    """Take away another tracker's summarizer that nobody edited, where project.yml was made anew for this tracker."""
    import yaml

    here = ROOT / "summarizer" / SUMMARIES
    told = yaml.safe_load((ROOT / "project.yml").read_text(encoding="utf-8"))
    if not here.is_file() or not isinstance(told, dict) or told.get("tracker") != ANSWERS["tracker"]:
        return
    others = (ROOT / "remote_tracker" / "trackers").glob(f"*/{SUMMARIES}")
    if any(path.read_bytes() == here.read_bytes() for path in others if path.parent.name != ANSWERS["tracker"]):
        here.unlink()


def write_activate() -> None:
    """Write workspace/activate.sh from the cluster's modules; the embedded tracker takes this very Python."""
    import yaml

    tracker = ANSWERS["tracker"]
    cluster = ROOT / "remote_tracker" / "clusters" / f"{ANSWERS['cluster']}.yml"
    told = yaml.safe_load(cluster.read_text(encoding="utf-8"))
    lines = [f"module load {shlex.quote(str(module))}\n" for module in told.get("modules") or []]
    lines += [f"{line}\n" for line in told.get("activate") or []]
    own = OWN_PYTHON.format(tracker=tracker, folder=shlex.quote(os.path.dirname(sys.executable)))
    last = own if tracker == "opencv" else OTHER_PYTHON.format(tracker=tracker)
    put(ROOT / "workspace" / "activate.sh", (ACTIVATE + "".join(lines) + last).encode())


def make_links() -> None:
    """Make ./rt and run_task.sh work in both folders; the links are relative, so that a project may move."""
    from remote_tracker.update import link_scripts

    for folder in ("workspace", "summarizer"):
        link = ROOT / folder / "rt"
        link.unlink(missing_ok=True)
        link.symlink_to("../rt")
    link_scripts(ROOT)


def find_template() -> str:
    """Return where the template came from: an address as it was given, a folder or zip as a whole path."""
    template = str(ANSWERS["_template"])
    for place in (os.environ.get("PWD", ""), str(ANSWERS.get("_output_dir", ""))):
        path = Path(place, os.path.expanduser(template))
        if (path / "cookiecutter.json").is_file() or (path.suffix == ".zip" and path.is_file()):
            return str(path.resolve())
    return template


def make_scripts() -> None:
    """Let the project make its job scripts; raises OSError with the reason that ./rt gave."""
    if not (ROOT / "rt").is_file():
        return
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([ROOT / "rt", "scripts"], capture_output=True, text=True, env=quiet)
    if ran.returncode:
        raise OSError((ran.stderr.strip().splitlines() or [f"./rt scripts ended with {ran.returncode}"])[-1])


def find_install() -> str:
    """Return the line that brings what the embedded tracker needs into this Python, or beside it where pip may not."""
    system = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file() and sys.prefix == sys.base_prefix
    if system:
        return f"{BY_PIPX}  (pip may not change the system's Python); then make the project anew"
    return f"{shlex.quote(sys.executable)} -m pip install opencv-python-headless scipy"


def print_next_step() -> None:
    """Say what was made and the three things to do now."""
    here = Path(os.environ.get("PWD", "/"))
    name = shlex.quote(str(ROOT.relative_to(here) if ROOT.is_relative_to(here) else ROOT))
    print(f"Made {name} (tracker {ANSWERS['tracker']}, cluster {ANSWERS['cluster']}). Next:")
    known = ANSWERS["_words"][0]
    words = known.get(ANSWERS["tracker"], known[""])
    if ANSWERS["tracker"] in ANSWERS["_without_tables"]:
        print(f"  name your {words['many']} in {name}/project.yml")
    else:
        print(f"  copy your {words['sources']} into {name}/RawVideos, a folder a day")
    print(f"  cd {name}/workspace")
    print("  bash get_files2process.sh")
    if KEPT:
        print(f"Kept as it was there: {', '.join(str(path.relative_to(ROOT)) for path in KEPT)}")
    if ANSWERS["tracker"] == "opencv" and not (find_spec("cv2") and find_spec("scipy")):
        print(f"Before that, the tracker needs: {find_install()}")
    if any((parent / "cookiecutter.json").is_file() for parent in ROOT.parents):
        print("Note: it lies inside the template's own folder, which cookiecutter copies whole each time it is used.")
        print("      Move it elsewhere before you add videos: mv " + name + " ~/")


def main() -> None:
    from remote_tracker import __version__
    from remote_tracker.errors import RemoteTrackerError
    from remote_tracker.update import make_executable, write_origin
    from remote_tracker.update.pages import FOLDER, copy_pages

    try:
        clear_caches()
        copy_pages(Path(ANSWERS["_repo_dir"], FOLDER), ROOT / "remote_tracker" / FOLDER)
        place_tracker_files()
        write_activate()
        make_links()
        make_executable(ROOT)
        write_origin(ROOT, {"template": find_template(), "version": __version__, "python": sys.executable})
        make_scripts()
    except (RemoteTrackerError, OSError) as error:
        sys.exit(f"The project was not made: {error}")
    try:
        print_next_step()
        print(end="", flush=True)
    except OSError:  # nobody can see it, and the project is made
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


main()
