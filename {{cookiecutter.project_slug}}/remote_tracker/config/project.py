"""Read project.yml as a Project, with its tracker and cluster."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ConfigError, WrongUse, unknown_word
from ..model import Cluster, Project, Tracker
from ..model.quantities import read_walltime
from .cluster import load_cluster
from .container import read_container
from .day import read_day, set_day
from .document import Section, load_document
from .layout import read_layout, set_layout
from .left_out import leave_out, read_exclude
from .notify import read_notify
from .own_files import why_no_videos
from .people import read_licence, read_people
from .places import find_entries, find_entry
from .remote import read_remote
from .tracker import load_tracker

KEYS = {
    "name": "what the project is called; job names begin with it",
    "tracker": "which tracker processes the videos",
    "cluster": "where it runs",
    "email": "who gets mail about jobs",
    "people": "who is credited with the data: a list of name, orcid, affiliation; exports name them",
    "licence": "what others may do with the data, as CC-BY-4.0; exports name it",
    "videos": "another place than RawVideos, where the videos lie",
    "exclude": 'a list of files and folders among the videos that are not meant, as [calibration/*, "*_test.*"]',
    "day": 'which folders of the videos make a day, as "{sub}/{ses}" (default: the first folder)',
    "layout": "neuroblueprint: the videos lie in rawdata/sub-*/ses-*/behav, and Results is a link to derivatives",
    "attempts": "how often a video may fail in the same way before it is set aside",
    "per_gpu": "on a cluster, how many tasks that ask for a GPU run side by side on one (default: 1)",
    "stalled_after": "how long a task may run without a word or a byte before status names it, as 2:00:00 (0: never)",
    "content": "how much of its files a task reads for the record of what they hold: full, or sampled (a few pieces)",
    "container": "the image in which the tracker's commands run, with runtime, options, binds",
    "remote": "the cluster where the videos of this project are processed, with login, data, folder, cluster",
    "notify": "who is told when a batch is done or has halted: by mail, ntfy, slack, or a command",
    "params": "the tracker's parameters that differ from its defaults",
}


def load_project(root: Path) -> Project:
    """Return the project whose folder is ``root``; raises ConfigError."""
    path = root / "project.yml"
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file. Go to a project's folder, or make one with cookiecutter.")
    top = load_document(path, is_kept=True).only(KEYS)
    tracker = top.text("tracker")
    cluster = top.text("cluster", "local")
    tracker_file = find_entry(root, "trackers", tracker, f"{path} line {top.lines.get(('tracker',), 1)}")
    cluster_file = find_entry(root, "clusters", cluster, f"{path} line {top.lines.get(('cluster',), 1)}")
    top.require_lines("name", "email")
    videos = _read_videos(top, root)
    chosen = load_tracker(tracker_file, top.section("params"), videos)
    _require_videos_here(top, root, chosen)
    layout = read_layout(top, root, videos)
    there, day = load_cluster(cluster_file), read_day(top, layout.day)
    return Project(
        root=root,
        name=top.text("name", "".join(c if c.isprintable() else "_" for c in root.name)),
        tracker=set_day(set_layout(leave_out(chosen, read_exclude(top, chosen.sources)), layout), day),
        cluster=there,
        email=top.text("email", ""),
        videos=videos,
        attempts=top.number("attempts", 3),
        per_gpu=max(1, top.number("per_gpu", 1)),
        stalled_after=_read_time(top, "stalled_after", "2:00:00"),
        content=_read_content(top),
        container=read_container(top, there.container),
        rule_clusters=_load_rule_clusters(root, chosen, f"{path} line {top.lines.get(('params',), 1)}"),
        remote=read_remote(top),
        people=read_people(top),
        licence=read_licence(top),
        day=day,
        notify=read_notify(top),
    )


def _load_rule_clusters(root: Path, tracker: Tracker, asked_in: str) -> dict[str, Cluster]:
    """Return the clusters that workflows name for their rules; raises ConfigError for an unknown cluster."""
    names = {stage.workflow.cluster for stage in tracker.stages if stage.workflow and stage.workflow.cluster}
    return {name: load_cluster(find_entry(root, "clusters", name, asked_in)) for name in sorted(names)}


def load_trackers(project: Project, name: str | None = None) -> dict[str, Tracker]:
    """Return name -> tracker for all known trackers or only ``name``; the project's own has the project's parameters.

    Raises WrongUse for an unknown name.
    """
    entries = find_entries(project.root, "trackers")
    if name is not None and name not in entries:
        raise WrongUse(unknown_word("tracker", name, entries))
    names = [name] if name is not None else sorted(entries)
    return {n: project.tracker if n == project.tracker.name else load_tracker(entries[n]) for n in names}


def _read_time(top: Section, key: str, default: str) -> int:
    """Return the time at ``key`` in seconds; YAML reads 2:00:00 without quotes as the number 7200."""
    value = top.data.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    try:
        return read_walltime(str(value))
    except WrongUse:
        top.fail(key, f'"{key}" must be a time as 2:00:00, or 0, not {value!r}.')


def _read_content(top: Section) -> str:
    value = top.text("content", "full")
    if value not in ("full", "sampled"):
        top.fail("content", f'"content" must be full or sampled, not {value!r}.')
    return value


def _read_videos(top: Section, root: Path) -> str:
    """Return the place that ``videos`` names, "" where it names none; absolute unless it lies in the project.

    A task starts in a folder of its own, from where ../rawdata is another folder.
    """
    videos = os.path.expanduser(top.text("videos", ""))
    return os.path.realpath(root / videos) if os.path.normpath(videos).startswith("..") else videos


def _require_videos_here(top: Section, root: Path, tracker: Tracker) -> None:
    videos = os.path.expanduser(top.text("videos", ""))
    if videos and (why := why_no_videos(root, videos)):
        top.fail("videos", f'"{videos}" {why}. Name the folder of the {tracker.sources}, or take "videos" out.')
    beside = [o.pattern.text for s in tracker.stages for o in s.outputs if o.pattern.root == "RawVideos"]
    if videos and beside:
        message = f"{tracker.name} writes beside its {tracker.sources} ({beside[0]}), so they cannot be elsewhere."
        top.fail("videos", f'{message} Take "videos" out, and make RawVideos a link to them: ln -s.')
