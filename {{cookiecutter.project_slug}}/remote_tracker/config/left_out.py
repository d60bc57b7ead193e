"""Read ``exclude`` of project.yml: which files and folders of the videos' folder are no videos of the project."""

from __future__ import annotations

from ..model import Tracker
from ..quick_dataclass import replace
from .document import Section

VIDEOS = "RawVideos"
AS = 'Write it as "*_test.*" or calibration/*'


def read_exclude(top: Section, sources: str) -> tuple[str, ...]:
    """Return the globs at ``exclude``, relative to the folder of the ``sources``, as "videos".

    Raises ConfigError for an impossible glob.
    """
    return tuple(_read_glob(top, glob, sources) for glob in top.texts("exclude"))


def _read_glob(top: Section, glob: str, sources: str) -> str:
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    if glob.startswith(("/", "~")) or ".." in parts or parts[:1] == [VIDEOS]:
        top.fail("exclude", f'"exclude": "{glob}" must be relative to the folder of the {sources}. {AS}.')
    if not set("".join(parts)) - {"*", " "}:
        one = sources.removesuffix("s")
        top.fail("exclude", f'"exclude": "{glob}" would leave out every {one}. {AS}.')
    if glob.startswith("!") or {"{", "}", "\\"} & set(glob):
        top.fail("exclude", f'"exclude": "{glob}": only * ? and [abc] stand for something there. {AS}.')
    while parts[0] == "**":  # at any depth: as a glob without a slash
        parts = parts[1:]
    return "/".join(parts)


def leave_out(tracker: Tracker, globs: tuple[str, ...]) -> Tracker:
    """Return the tracker; its inputs among the videos leave out what the globs match."""
    if not globs:
        return tracker
    stages = [
        replace(
            stage, inputs=tuple(i._replace(left_out=globs) if i.pattern.root == VIDEOS else i for i in stage.inputs)
        )
        for stage in tracker.stages
    ]
    return replace(tracker, stages=tuple(stages))
