"""The scan as people type it most, without click: starting click takes a fifth of a small scan's time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence

from ..batches.prepare import Prepared, choose_stage, prepare_or_tell
from ..disk.derived import write_derived
from ..model import Project
from ..named_tuple import NamedTuple
from ..notify import tell_news
from ..report.scan import scan_data, scan_output, scan_text
from ..survey import ScanOptions


class ScanWords(NamedTuple):
    """The words that were typed behind ``scan``."""

    folder: str = "workspace"  # --folder
    stage: str | None = None  # None: the first stage that has work
    as_json: bool = False  # --json
    include_set_aside: bool = False  # --all
    deep: bool = False  # --deep
    as_new: bool = False  # --as-new


def read_scan_words(words: Sequence[str]) -> ScanWords | None:
    """Return the words behind ``scan``; None where they belong to another verb, ask for help, or are wrong."""
    rest, found = list(words[1:]), ScanWords()
    if list(words[:1]) != ["scan"] or "help" in rest:
        return None
    while rest:
        word = rest.pop(0)
        if word == "--folder" and rest and rest[0] in ("workspace", "summarizer"):
            found = found._replace(folder=rest.pop(0))
        elif word == "--json":
            found = found._replace(as_json=True)
        elif word == "--all":
            found = found._replace(include_set_aside=True)
        elif word == "--deep":
            found = found._replace(deep=True)
        elif word == "--as-new":
            found = found._replace(as_new=True)
        elif not word.startswith("-") and found.stage is None:
            found = found._replace(stage=word)
        else:
            return None
    return found


def show_scan(project: Project, words: ScanWords, say: Callable[[str], None]) -> None:
    """Scan, and say the screen, or the JSON; raises NotWritten behind it where the list could not be written."""
    stages = choose_stage(project, words.folder, words.stage)
    options = ScanOptions(include_set_aside=words.include_set_aside, deep=words.deep, as_new=words.as_new)
    if words.deep:
        from ..run.progress import Reading  # 4 modules, 4 ms: a scan that only looks does without

        with Reading() as reading:
            prepared = prepare_or_tell(project, stages, options._replace(tell=reading.tell))
    elif sys.stderr.isatty():
        from .looking import Looking  # 0.5 ms: nobody watches a pipe

        with Looking() as looking:
            prepared = prepare_or_tell(project, stages, options._replace(looked=looking.tell))
    else:
        prepared = prepare_or_tell(project, stages, options)
    _write_output(project, prepared)
    text = json.dumps(scan_data(project, prepared), indent=1) if words.as_json else scan_text(project, prepared)
    if project.remote or "RT_TOLD" in os.environ:
        from ..remote.seen import tell_home, with_seen  # 1 ms: most projects have one side

        say(text if words.as_json else with_seen(project, text))
        tell_home({prepared.survey.stage.name: prepared.survey.counts})
    else:
        say(text)
    tell_news(project, prepared.survey.stage, prepared.survey.queue)
    if prepared.unwritten:
        raise prepared.unwritten


def _write_output(project: Project, prepared: Prepared) -> None:
    """Write the scan beside its script, under the name and in the form of the ancestor's output file."""
    folder, pinned = project.root / prepared.survey.stage.folder, prepared.pinned
    commands = pinned.batch.commands if pinned else b""
    path = folder / f"{project.tracker.name}_output.txt"
    text = scan_output(commands.decode("utf-8", "surrogateescape"), prepared).encode("utf-8", "surrogateescape")
    if not path.exists() or path.read_bytes() != text:
        write_derived(path, text)
