"""The commands to type next, written so that they work in the current folder; ``advice.py`` decides which."""

from __future__ import annotations

import os
from shlex import quote

from ..model import Project
from ..text.tones import STRONG, toned
from .advice import Advice, Do, advise
from .standing import Did, Situation

JOINED = "Results/joined"
SCANNERS = {"workspace": "get_files2process.sh", "summarizer": "get_cmd2process.sh"}


def script_line(project: Project, folder: str, script: str, before: str = "bash", here: str = "") -> str:
    """Return the command that runs a script of the project with the program ``before``, for the folder ``here``."""
    return f"{before} {quote(os.path.relpath(project.root / folder / script, here or os.curdir))}"


def folder_line(project: Project, folder: str, line: str) -> str:
    """Return a command that must be typed in a folder of the project, with a ``cd`` where the user stands elsewhere."""
    there = os.path.relpath(project.root / folder)
    return line if there == "." else f"cd {quote(there)} && {line}"


def scan_line(project: Project, folder: str, here: str = "") -> str:
    """Return the command that scans a folder (workspace or summarizer), for the folder ``here`` ("": the current)."""
    return script_line(project, folder, SCANNERS[folder], here=here)


def rt_line(project: Project, words: str, here: str = "") -> str:
    """Return the command that calls ./rt with ``words``, for the folder ``here`` ("": the current).

    The project's folder, workspace and summarizer hold ./rt or a link to it.
    """
    here = here or os.getcwd()
    beside = os.path.join(here, "rt")
    if os.path.exists(beside) and os.path.samefile(beside, project.root / "rt"):
        return f"./rt {words}"
    return f"{quote(os.path.relpath(project.root / 'rt', here))} {words}"


def next_word() -> str:
    """Return the word before what is typed next."""
    return toned("Next:", STRONG)


def next_text(project: Project, now: Situation, command: str = "", here: str = "") -> str:
    """Return what stands behind ``Next:`` on a screen; ``command`` is what runs the list, shows the log or the like.

    It is typed in the folder ``here`` ("": the current).
    """
    return _text_of(project, advise(now), command, here)


def after(project: Project, did: Did, folder: str = "workspace", command: str = "", here: str = "") -> str:
    """Return what stands behind ``Next:`` where it follows from what a command did alone; typed in ``here``."""
    return _text_of(project, advise(Situation(did, folder)), command, here)


def _text_of(project: Project, advice: Advice, command: str, here: str = "") -> str:
    """Return an advice as a person reads it: a command for the folder ``here``, or what a person does by hand."""
    scan = scan_line(project, advice.folder or "workspace", here)
    retry = f"retry {advice.stage}" if len(project.tracker.stages) > 1 else "retry"
    if project.remote and advice.do in (Do.SUBMIT, Do.RETRY):
        return rt_line(project, "push", here)
    if advice.do in WORDS:
        return rt_line(project, WORDS[advice.do], here)
    texts = {
        Do.SCAN: scan,
        Do.SCAN_THEN_STATUS: f"{scan}, then ./rt status",
        Do.RETRY: rt_line(project, retry, here),
        Do.WAIT: f"{rt_line(project, 'status', here)}   (again, in a while)",
        Do.WAIT_FOR_COPY: f"{scan}   (again, in 2 min)",
        Do.BRING: f"{bring_text(project)}, then scan again",
        Do.BRING_THEN_PUSH: f"copy them into RawVideos, then {rt_line(project, 'push', here)}",
        Do.WRITE_SETUP: "write both, then ./rt remote login, then ./rt remote setup",
        Do.READ_STORES: f"write  {how_to_read_stores(project)}  into project.yml, then scan again",
        Do.CONVERT: f"write them anew as named above, or copy {project.tracker.sources}; then  {scan}",
        Do.COPY_AGAIN: f"copy again what is named above, or take it out of RawVideos; then  {scan}",
        Do.MEND_THEN_RETRY: f"mend what is named above; then  {rt_line(project, retry, here)}",
        Do.MEND_THEN_SCAN: f"mend what is named above; then  {scan}",
        Do.CANCEL: rt_line(project, f"cancel {advice.batch}", here),
        Do.LOOK: f"look at {_results_of(project)}",
        Do.LOOK_AT_MISSING: f"look at {JOINED}/missing.csv",
    }
    return texts.get(advice.do, command)


WORDS = {
    Do.SCAN_AS_NEW: "scan --as-new",
    Do.SUBMIT: "submit",
    Do.MOVED: "moved",
    Do.REDO_GONE: "redo --gone",
    Do.JOIN: "join",
    Do.STATUS: "status",
    Do.FAILURES: "status --failures",
    Do.IGNORED: "status --ignored",
    Do.PUSH: "push",
    Do.SCAN_THERE: "remote scan",
    Do.PULL: "pull",
    Do.FREE: "free --yes",
}


def bring_text(project: Project) -> str:
    """Return what a person does so that there is something to do."""
    stage = (project.tracker.stages_in("workspace") or project.tracker.stages)[-1]
    if any(not each.file and not each.values for each in stage.each):
        return "name them in project.yml"
    where = " or ".join(sorted({i.pattern.root for i in stage.inputs}))
    return f"copy {stage.sources} into {where}"


def how_to_read_stores(project: Project) -> str:
    """Return what makes imgstores be read, written into project.yml; "" where the tracker reads none."""
    inputs = (wanted for stage in project.tracker.stages for wanted in stage.inputs)
    return next((wanted.imgstores for wanted in inputs if wanted.imgstores), "")


def _results_of(project: Project) -> str:
    """Return what a person looks at in the end: the joined table, or the folders with results; never an empty text."""
    for table in ("animals.csv", "features_summary.csv"):  # an older version joined no table of animals
        if (project.root / JOINED / table).exists():
            return f"{JOINED}/{table}"
    roots = {o.pattern.root for stage in project.tracker.stages_in("workspace") for o in stage.outputs}
    return " and ".join(sorted(root for root in roots if root not in ("", "MaskedVideos"))) or "what was made"
