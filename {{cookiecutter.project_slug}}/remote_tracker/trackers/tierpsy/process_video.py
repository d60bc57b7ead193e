"""Take one video through Tierpsy's checkpoints that are left, and prove that they were made.

    python process_video.py VIDEO --work FOLDER --project FOLDER --sub DAY/SET --json_file FILE

Runs in Tierpsy's own environment (Python 3.7 or later) and calls its ProcessLocal.py once. Which points are left is
read from /provenance_tracking, as Tierpsy does. Before that it clears what a rerun of Tierpsy never heals, and brings
along what an earlier run of this very video left: in another temporary folder, or in the project itself.
The parameter file is handed on under a name that holds a digest of it, of the files that it names and of the video;
Tierpsy writes that name down with each point, so that nothing is taken up that was made of another video or with other
parameters.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import NamedTuple

from checkpoints import FILE_OF, KINDS, OURS, Place, bring, find_lost_frames, find_made, is_of, tidy

NAMED = ("path_to_custom_pytorch_model", "MWP_path_to_custom_mapping")  # keys of the parameter file that name files
TMP_NOTE = "tmp_dir.txt"  # in the work folder: where the last attempt worked


class Stop(Exception):
    """The video cannot be processed; the message is the last line of the log."""


class Job(NamedTuple):
    """A video, and what is asked for."""

    video: str
    json_file: str  # the copy of the parameter file that Tierpsy gets
    mark: str  # the digest of parameters and video in the copy's name
    whole: list[str]  # all checkpoints, in order
    wanted: list[str]  # the checkpoints asked for, in order
    kinds: tuple[str, ...]  # the kinds of files that we write


def read_checkpoints(text: bytes, typed: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Return all checkpoints of a parameter file in order, and the part from the start to the end asked for."""
    try:
        named = json.loads(text.decode("utf-8")).get("analysis_checkpoints") or list(FILE_OF)
    except (ValueError, AttributeError, RecursionError, MemoryError):
        raise Stop(f"{typed.json_file} is no JSON of keys and values") from None
    whole = [point for point in named if not (typed.masks_dir and point == "COMPRESS")]
    for point in whole:
        if point not in FILE_OF:
            raise Stop(f"{typed.json_file}: analysis_checkpoints has {point}; known here: {' '.join(FILE_OF)}")
    last = typed.end or "FEAT_TIERPSY"
    if last not in whole:
        raise Stop(f"{typed.json_file}: analysis_checkpoints lacks {last}, the last one asked for; set end_point")
    start = whole.index(typed.start) if typed.start in whole else 0
    wanted = whole[start : whole.index(last) + 1]
    if not wanted:
        raise Stop(f"no checkpoint lies between force_start_point {typed.start} and end_point {last}")
    return whole, wanted


def read_named(text: bytes, project: str) -> bytes:
    """Return the digests of the files that a parameter file names, nothing where it names none. Raises Stop."""
    told, digests = json.loads(text.decode("utf-8")), b""
    for key in NAMED:
        if told.get(key):
            try:
                with open(os.path.join(project, told[key]), "rb") as file:
                    digests += hashlib.sha256(file.read()).digest()
            except OSError as error:
                raise Stop(f"{key}: {told[key]} cannot be read: {error.strerror}") from None
    return digests


def read_job(typed: argparse.Namespace) -> Job:
    """Return the job of the command line, and write the copy of its parameter file into the work folder."""
    path = os.path.join(typed.project, typed.json_file)
    with open(path, "rb") as file:
        text = file.read()
    whole, wanted = read_checkpoints(text, typed)
    seen = os.stat(typed.video)
    shaping = text + f"{seen.st_size} {seen.st_mtime_ns}".encode() + read_named(text, typed.project)
    shaped = hashlib.sha256(shaping).hexdigest()[:16]
    mark = OURS + shaped
    copy = os.path.join(typed.work, os.path.basename(path).rpartition(".")[0] + mark + ".json")
    with open(copy + ".part", "wb") as file:
        file.write(text)
    os.replace(copy + ".part", copy)
    return Job(typed.video, copy, mark, whole, wanted, KINDS[1:] if typed.masks_dir else KINDS)


def place_in(folder: str, typed: argparse.Namespace) -> Place:
    """Return the place of the video's files below ``folder``, which is laid out as a project."""
    base = os.path.basename(typed.video).rpartition(".")[0]
    masks = typed.masks_dir or os.path.join(folder, "MaskedVideos", typed.sub)
    return Place(masks, os.path.join(folder, "Results", typed.sub), base)


def tmp_folder(typed: argparse.Namespace) -> str:
    """Return the video's own folder below tmp_dir, which no other project uses; "" without tmp_dir."""
    if not typed.tmp_dir:
        return ""
    project = os.path.realpath(typed.project)
    owner = f"{os.path.basename(project)}-{hashlib.sha256(project.encode()).hexdigest()[:8]}"
    named = os.path.expanduser(os.path.expandvars(typed.tmp_dir))
    return os.path.join(typed.project, named, owner, os.path.basename(typed.work))


def gather(job: Job, site: Place, home: Place, others: list[Place], project: Place) -> None:
    """Leave in ``site`` the furthest state of this very video that any place holds, and no file of another video."""
    for place in (site, home, *others):
        why = "" if is_of(place, job.kinds, job.mark) else "it was made of another video or with other parameters"
        if not why and is_made(place, job):  # made but not published: the last attempt's checks refused it
            why = find_lost_frames(place, job.kinds, job.video)
        if why:
            print(f"# what was left here is not taken up: {why}", flush=True)
            for kind in job.kinds:
                if os.path.exists(place.path(kind)):
                    os.remove(place.path(kind))
        tidy(place, job.whole, job.kinds)
    best = max((site, home, *others), key=lambda place: len(find_made(place, job.whole, job.kinds)))
    made = len(find_made(best, job.whole, job.kinds))
    if len(find_made(project, job.whole, job.kinds)) > made and is_of(project, job.kinds, job.mark, job.video):
        best = project
        print("# going on from what an earlier run left in the project", flush=True)
    if best is not site:
        bring(best, site, job.kinds)
        tidy(site, job.whole, job.kinds)


def is_made(place: Place, job: Job) -> bool:
    """Return whether all checkpoints that are asked for were made."""
    return not set(job.wanted) - set(find_made(place, job.whole, job.kinds))


def find_program() -> str:
    """Return the path of ProcessLocal.py in this environment, without importing Tierpsy. Raises Stop."""
    found = find_spec("tierpsy")
    for folder in (found and found.submodule_search_locations) or ():
        path = os.path.join(folder, "processing", "ProcessLocal.py")
        if os.path.exists(path):
            return path
    raise Stop(f"{sys.executable} has no tierpsy: workspace/activate.sh must bring the environment in which it is")


def run_tierpsy(job: Job, site: Place, project: str, is_copy_video: bool) -> None:
    """Run Tierpsy on the remaining checkpoints. Raises SystemExit where it fails, Stop where it ends without them."""
    made = find_made(site, job.whole, job.kinds)
    left = [point for point in job.wanted if point not in made]
    if not left:
        print(f"# all of {job.wanted[0]} to {job.wanted[-1]} was made before", flush=True)
        return
    words = ["--masks_dir", site.masks, "--results_dir", site.results, "--tmp_mask_dir", "", "--tmp_results_dir", ""]
    words += ["--json_file", job.json_file, *(["--is_copy_video"] if is_copy_video else [])]
    argv = [sys.executable, find_program(), job.video, *words, "--analysis_checkpoints", *left]
    ran = subprocess.call(argv, cwd=project)  # from there a path in the parameter file begins
    if ran:
        raise SystemExit(ran if ran > 0 else 128 - ran)
    made = find_made(site, job.whole, job.kinds)
    missing = [point for point in job.wanted if point not in made]
    if missing[:1] == ["COMPRESS"]:
        raise Stop("Tierpsy could not read the video (it ended with exit code 0 before COMPRESS was made)")
    if missing:
        why = f"; {job.wanted[0]} needs what comes before it" if missing[0] == job.wanted[0] else ""
        raise Stop(f"Tierpsy ended with exit code 0, but {missing[0]} was not made{why}")


def clear(folder: str, stop: str) -> None:
    """Remove a folder of ours, then each empty folder above it, below ``stop``."""
    shutil.rmtree(folder, ignore_errors=True)
    while os.path.dirname(folder) not in (folder, stop):
        folder = os.path.dirname(folder)
        try:
            os.rmdir(folder)
        except OSError:
            return


def process(typed: argparse.Namespace) -> None:
    """Process the video; its files then lie below the work folder. Raises Stop."""
    note, tmp = os.path.join(typed.work, TMP_NOTE), tmp_folder(typed)
    noted = open(note, encoding="utf-8").read() if os.path.exists(note) else ""  # noqa: SIM115
    old = noted if noted != tmp and os.path.isdir(noted) else ""
    job, home = read_job(typed), place_in(typed.work, typed)
    site = place_in(tmp, typed) if tmp else home
    os.makedirs(site.results, exist_ok=True)
    gather(job, site, home, [place_in(old, typed)] if old else [], place_in(typed.project, typed))
    with open(note, "w", encoding="utf-8") as file:
        file.write(tmp)
    if old:
        clear(old, os.path.dirname(os.path.dirname(old)))
    try:
        run_tierpsy(job, site, typed.project, typed.is_copy_video)
    except BaseException:
        if tmp and typed.copy_unfinished:
            bring(site, home, job.kinds)
        raise
    if tmp:
        bring(site, home, job.kinds)
        clear(tmp, os.path.dirname(os.path.dirname(tmp)))
    lost = find_lost_frames(home, job.kinds, job.video) if job.video.endswith(".yaml") else ""
    if lost:  # for other videos the check of the stage counts the frames
        raise Stop(lost)


def read_arguments() -> argparse.Namespace:
    """Return the typed arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", help="a video, the metadata.yaml of an imgstore, or a masked video; absolute")
    parser.add_argument("--work", required=True, help="the folder to work in, kept between attempts")
    parser.add_argument("--project", required=True, help="the project's folder")
    parser.add_argument("--sub", default="", help="the folders between RawVideos and the video")
    parser.add_argument("--json_file", required=True, help="Tierpsy's parameters, below the project or absolute")
    parser.add_argument("--masks_dir", default="", help="the video is a masked one that lies there: it is only read")
    parser.add_argument("--start", default="", help="force_start_point")
    parser.add_argument("--end", default="", help="end_point")
    parser.add_argument("--tmp_dir", default="", help="a faster disk; each project and video gets a folder there")
    parser.add_argument("--is_copy_video", action="store_true", help="the video is copied there first")
    parser.add_argument("--copy_unfinished", action="store_true", help="what a failed run made is brought back")
    return parser.parse_args()


def main() -> int:
    """Process the video that the command line names; return the exit code."""
    try:
        process(read_arguments())
    except Stop as stop:
        sys.stdout.flush()
        print(stop, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
