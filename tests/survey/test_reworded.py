"""No sentence is data: with every sentence that people read in other words, all decisions and choices stay the same."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker import checks
from remote_tracker.batches import submit
from remote_tracker.batches.prepare import Prepared, prepare
from remote_tracker.batches.submit import NotNoted, ResourceRequest, submit_batch
from remote_tracker.batches.verify import verify_project
from remote_tracker.disk import files
from remote_tracker.errors import NotWritten, RemoteTrackerError
from remote_tracker.model import Cause, Check, Project, Record, Resources, State
from remote_tracker.parameters.fingerprint import fingerprint
from remote_tracker.partial_copies import describe_copy
from remote_tracker.records import History, causes, read_record
from remote_tracker.report import why, words
from remote_tracker.report.scan import scan_text
from remote_tracker.run.retry import enlarge
from remote_tracker.scan.candidates import problem_of
from remote_tracker.survey import Examined, Survey, examine_stage, sentences
from remote_tracker.survey.decision import Decision, Evidence, decide, end_of
from remote_tracker.survey.named import choose_to_redo
from remote_tracker.survey.states import describe_decision, describe_state, is_bad, is_gone, is_stale
from remote_tracker.survey.triage import is_of_cause, triage
from remote_tracker.survey.verdict import Verdict
from scan.trees import end_line, make_record, make_stage, put, start_line
from schedulers.fakes import MEASURE, Programs, make_programs, make_slurm, pin_all

from survey.test_decision import ATTEMPTS, BLOCKS, NOW, OUTPUTS, PASTS, decided

GOOD, CUT = "RIFF\4\0\0\0AVI ", "RIFF\x7f\0\0\0AVI "
TRACK = make_stage(
    name="track",
    command="cp {{ input.video }} {{ output.tracks }}",
    ready=(Check("video", "video"),),
    resources=Resources(memory="2G", walltime="4:00:00"),
)
MEMORY = "slurmstepd-n2: error: Detected 1 oom-kill event(s) in StepId=73.batch.\n"
TIME = "slurmstepd-n1: error: *** JOB 49 ON n1 CANCELLED AT 2026-01-01T15:34:29 DUE TO TIME LIMIT ***\n"
# What each video's task wrote last; sentences of our own stand behind a cause.
ENDS = {
    "memory": (MEMORY,),
    "time": (TIME,),
    "vanished": ("at work\n",),
    "bad": ("bad", 65, "v_tracks.csv was not written"),
    "failed": ("failed", 3, "no animals"),
    "gpu": ("failed", 1, "CUDA out of memory"),
    "allocation": ("failed", 1, "MemoryError"),
    "disk": ("failed", 1, "OSError: [Errno 28] No space left on device"),
    "missing": ("failed", 66, "the input is missing or may not be read: a.avi", "input-missing"),
    "refused": ("failed", 66, "the input cannot be started with: a.avi: is cut short", "input-refused"),
    "copying": ("failed", 66, "the input cannot be started with: not ready: a.avi", "input-not-ready"),
    "stopped": ("cancelled", 143, "it was stopped", "stopped"),
    "gone": ("finished",),
    "stale": ("finished",),
    "fine": ("finished",),
    "despite": ("failed", 3, "no animals"),
    "empty": ("finished",),
}
VIDEOS = (*ENDS, "new", "elsewhere", "cut", "arriving", "broken", "holed")
RESULTS = ("stale", "fine", "despite", "elsewhere")


def reword(text: str) -> str:
    """Return other words of the same length, of which nothing begins or ends as before."""
    return f"~{text[::-1]}~" if text else ""


def rewording(told: Callable[..., str]) -> Callable[..., str]:
    """Return a function whose sentences are in other words."""
    return lambda *given, **keys: reword(told(*given, **keys))


def set_everywhere(patcher: pytest.MonkeyPatch, old: object, new: object) -> None:
    """Put something in the place of what stands under any name in any module of ours."""
    for module in [m for name, m in sys.modules.items() if name.startswith("remote_tracker")]:
        for name in [name for name, value in vars(module).items() if value is old]:
            patcher.setattr(module, name, new)


def reword_all(patcher: pytest.MonkeyPatch) -> None:
    """Reword every sentence that decisions, records, copies, checks, scans and errors are told in."""
    for table in (sentences.SENTENCES, causes.WORDS, words.REMARKS, words.REMARKS_OF_ONE):
        for cause, sentence in [*table.items()]:
            patcher.setitem(table, cause, reword(sentence).replace("}{", "{}").replace("}niaga{", "{again}"))  # type: ignore[arg-type]

    def describe(record: Record, times: int = 1) -> str:
        return f"~{times}~{record.why}~{record.host}~"  # a tracker's own last word is no word of ours

    set_everywhere(patcher, sentences.describe_failure, describe)
    set_everywhere(patcher, describe_copy, lambda copy: reword(copy.path))
    set_everywhere(patcher, sentences.STATE_WORDS, tuple((s, reword(word)) for s, word in sentences.STATE_WORDS))
    set_everywhere(patcher, problem_of, rewording(problem_of))
    set_everywhere(patcher, why.IN_JOB, reword(why.IN_JOB))
    for name in ("verify", "judge_inputs"):
        patcher.setattr(checks, name, rewording(getattr(checks, name)))
    patcher.setattr(RemoteTrackerError, "__str__", lambda error: reword(" ".join(map(str, error.args))))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A Slurm whose queue is empty."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def reworded() -> Iterator[pytest.MonkeyPatch]:
    """Other words for everything."""
    with pytest.MonkeyPatch.context() as patcher:
        reword_all(patcher)
        yield patcher


def log_of(name: str, task: int, params: str, other_words: bool) -> str:
    """Return the log of a video's task; a sentence of run_task.sh stands in it, or other words."""
    start = start_line(f"d/{name}.avi", task, size=len(GOOD)).replace("local.1", "slurm.39")
    told = ENDS[name]
    if len(told) == 1 and told[0] != "finished":
        return f"{start}{told[0]}"
    end = end_line(*told)  # type: ignore[arg-type]
    if len(told) == 4 and other_words:
        end = end_line(told[0], told[1], reword(str(told[2])), str(told[3]))  # type: ignore[arg-type]
    return (start if name == "stale" else start.replace("params=abcd", f"params={params}")) + end


def make_lab(root: Path, other_words: bool = False) -> Project:
    """Return a project with a video of each kind: what failed and how, what is whole, what cannot be started."""
    project = replace(make_slurm(root, TRACK, MEASURE), attempts=ATTEMPTS)
    (root / "site/trackers/own").mkdir(parents=True, exist_ok=True)
    put(root, *(f"RawVideos/d/{name}.avi" for name in VIDEOS), content=GOOD)
    batch = pin_all(project)
    (batch / "owner").write_text("slurm.39\n")
    for task, name in enumerate((batch / "names.txt").read_text().split(), 1):
        stem = name.removeprefix("d/").removesuffix(".avi")
        if stem in ENDS:
            log = batch / f"output.{task}"
            log.write_text(log_of(stem, task, fingerprint(project, TRACK, []), other_words))
            os.utime(log, (1_700_000_000, 1_700_000_000))
    put(root, *(f"Results/d/{name}_tracks.csv" for name in RESULTS))
    put(root, "Results/d/empty_tracks.csv", "RawVideos/d/holed.avi", content="")
    put(root, "RawVideos/d/cut.avi", content=CUT)
    for name, age in (("arriving", 90), ("broken", 90_000)):
        put(root, f"RawVideos/d/.{name}.avi.RZxPvV")
        os.utime(root / f"RawVideos/d/.{name}.avi.RZxPvV", (time.time() - age,) * 2)
    return project


def essence(decision: Decision) -> tuple[Any, ...]:
    """Return all of a decision that anything goes by."""
    d = decision
    kinds = is_bad(d), is_gone(d), is_stale(d), end_of(d)
    alone = describe_decision(d) == d.reason, describe_state(d) == d.reason  # without the word for what it is
    return (d.state, d.cause, d.outdated, d.failed, d.hopeless, d.times, *kinds, *alone)


def decide_all(project: Project) -> dict[str, Any]:
    """Return all that is decided about a lab, and all that is chosen by it: no sentence."""
    track, measure = project.tracker.stages
    prepared = prepare(project, [track])
    survey = prepared.survey
    seen = {s.unit.key: s for s in [*survey.to_do, *survey.odd, *examine_stage(project, track, Survey(track))]}
    seen |= {s.unit.key: s for s in survey.odd}  # the gate's word goes before the scan's
    later = {s.unit.key: s for s in examine_stage(project, measure, Survey(measure))}
    groups = triage(project, track, seen.values())
    text = scan_text(project, prepared)
    hints = ("being copied, or a copy was broken off", "ran out of memory or time")
    kinds = {"stale": is_stale, "gone": is_gone}
    return {
        "decisions": {key: essence(s.decision) for key, s in seen.items()},
        "later": {key: (essence(s.decision), s.unit.lost) for key, s in later.items()},
        "set aside": {
            s.unit.key: essence(s.decision) for s in examine_stage(replace(project, attempts=1), track, Survey(track))
        },
        "remarks": survey.remarks,
        "listed": [s.unit.key for s in prepared.listed],
        "retry": {key: dict(larger(project, prepared, s).words) for key, s in seen.items() if s.decision.failed},
        "hints": [hint in text for hint in hints],
        "redo": {word: [s.unit.key for s in choose_to_redo(project, (), None, [kinds[word]])[1]] for word in kinds},
        "causes": {(g.cause if g.advice else "", g.again, *sorted(s.unit.key for s in g.seen)) for g in groups},
        "verify": {one.unit.key: one.verdict for stage in verify_project(project).stages for one in stage.odd},
        "of memory": [key for key, s in seen.items() if is_of_cause(project, track, s, "out of memory")],
    }


def larger(project: Project, prepared: Prepared, seen: Examined) -> ResourceRequest:
    """Return what is asked for where just this is tried again."""
    return enlarge(project, prepared._replace(listed=(seen,)), ResourceRequest(), lambda _: None)


def test_everything_stays(programs: Programs, tmp_path: Path) -> None:
    """States, causes, what is retried with what, verify's exit code, hints and choices go by values alone."""
    plain = decide_all(make_lab(tmp_path / "plain"))
    with pytest.MonkeyPatch.context() as patcher:
        reword_all(patcher)
        other = decide_all(make_lab(tmp_path / "other", other_words=True))
    for what, found in plain.items():
        assert other[what] == found, what


def test_the_lab_holds_everything(programs: Programs, tmp_path: Path) -> None:
    """What is compared is not empty: each kind of failure, choice and hint is there."""
    found = decide_all(make_lab(tmp_path / "lab"))
    decisions = found["decisions"]
    assert decisions["d/memory.avi"][1] is Cause.OUT_OF_MEMORY
    assert decisions["d/refused.avi"][:2] == (State.SET_ASIDE, Cause.INPUT_REFUSED)
    assert decisions["d/broken.avi"][:2] == (State.NOT_READY, Cause.COPY_BROKEN_OFF)
    assert decisions["d/cut.avi"][:2] == (State.INVALID, Cause.INPUT_REFUSED)
    assert found["redo"] == {"stale": ["d/stale.avi"], "gone": ["d/gone.avi"]}
    bad = dict.fromkeys(("d/bad.avi", "d/empty.avi"), Verdict.BAD)
    assert found["verify"] == {**bad, "d/gone.avi": Verdict.GONE}
    more = {key: [*asked] for key, asked in found["retry"].items() if asked}
    assert more == {"d/allocation.avi": ["memory"], "d/memory.avi": ["memory"], "d/time.avi": ["walltime"]}
    assert found["hints"] == [True, True]
    assert found["of memory"] == ["d/allocation.avi", "d/memory.avi"]


def table() -> dict[tuple[str, ...], tuple[Any, ...]]:
    """Return the whole table of decisions, with results that a failed task left in place."""
    cells = {(b, p, o): essence(decided(b, p, o)) for b in BLOCKS for p in PASTS for o in OUTPUTS}
    for cause in (None, *Cause):
        failure = make_record(inputs=NOW, result="failed", exit=1, why="it broke", cause=cause)
        for left_by in (None, failure):
            facts = Evidence(NOW, "", "", None, "whole", "", None, [failure], left_by=left_by)
            cells[str(cause), str(bool(left_by))] = essence(decide(facts, ATTEMPTS))
    return cells


def test_the_table_stays() -> None:
    """Each cell of the table of decisions is the same in other words."""
    plain = table()
    with pytest.MonkeyPatch.context() as patcher:
        reword_all(patcher)
        assert table() == plain


@pytest.mark.usefixtures("reworded")
@pytest.mark.parametrize("past", PASTS)
def test_other_words_are_told(past: str) -> None:
    """People do read the other words: nothing that is told of a failure is as it was."""
    told = decided("nothing in the way", past, "none").reason
    assert not told or told.startswith("~")


def test_what_made_nothing() -> None:
    """A task that found its result there made nothing, whatever words it says that in."""
    log = start_line().replace("params=abcd", "params=now")
    for words_ in ("finished already, by another batch", "", "it was there"):
        record = read_record(log + end_line("finished", 0, words_, "already-finished"), "0002", 1)
        assert record
        history = History()
        history.add("0001", [make_record(params="old"), make_record("d/b.avi", params="now")])
        history.add("0002", [record])
        assert history.find_others("now") == {"d/a.avi": Cause.OTHER_PARAMETERS}


def test_a_job_that_could_not_be_noted(programs: Programs, tmp_path: Path) -> None:
    """What was submitted is told with the reason alone: that nothing was changed is not so, however it is worded."""
    project = make_slurm(tmp_path / "lab", TRACK, videos=1)
    put(project.root, "RawVideos/d/v001.avi", content=GOOD)
    prepared = prepare(project, [TRACK])
    assert prepared.pinned

    def fail(*_: object) -> None:
        error = files.cannot_write(Path("submitted"), PermissionError(13, "Permission denied"))
        raise NotWritten(error.reason, ": all is as it was.")

    with patch.object(submit, "write_file", fail), pytest.raises(NotNoted) as raised:
        submit_batch(project, TRACK, prepared.script, prepared.pinned, ResourceRequest())
    told = "submitted: cannot be written: Permission denied. Batch 0001 was submitted all the same, as job 39: do not"
    assert str(raised.value).startswith(told)
    assert "as it was" not in str(raised.value)
