"""One mail for a list on GridEngine: asked for with the list, taken back with it, and never for each task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.cancel import Cancelled, ProjectJob, cancel
from remote_tracker.batches.job_script import array_of, load_script, make_script
from remote_tracker.batches.submit import ResourceRequest, send_array
from remote_tracker.model import Project
from remote_tracker.model.scheduling import LOOK, Job
from remote_tracker.run.submit import send
from schedulers.fakes import COPY, Programs, make_programs, make_slurm

ANN, BOB = "ann@lab.org", "bob@lab.org"
DENIED = "Unable to run job: job rejected: only 1 jobs are allowed per user (current job count: 1)\nExiting.\n"
WARNED = 'Unable to run job: warning: no queue\nYour job 13 ("over.12") has been submitted\nExiting.\n'
ALLOWED = 'Unable to run job: warning: no queue\nYour job-array 12.1-3:1 ("rt") has been submitted\nExiting.\n'
QSUB = """#!/bin/bash
case " $* " in
  *" -help "*) echo "SGE 8.1.9"; exit ;;
  *" -hold_jid "*) name=mail ;;
  *) name=list ;;
esac
printf '%s\\0' "$@" >"${{0%/*}}/$name.words"
cat "${{0%/*}}/$name.said" >&2
[[ -s ${{0%/*}}/$name.said ]] && exit 1
[[ $name == mail ]] && echo 13 || echo 12.1-3:1
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for GridEngine's: an empty queue, a qsub that gives job 12, and 13 to the mail's."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    programs.say("qstat", "<job_info/>\n")
    programs.say("qconf")
    programs.say("qdel")
    (programs.folder / "qsub").write_text(QSUB.replace("{{", "{").replace("}}", "}"))
    (programs.folder / "qsub").chmod(0o755)
    for name in ("list.said", "mail.said"):
        (programs.folder / name).touch()
    return programs


def make(tmp_path: Path, email: str = ANN, scheduler: str = "sge", mail: bool = True) -> Project:
    """Return a project with three videos and an e-mail address."""
    return replace(make_slurm(tmp_path / "lab", COPY, scheduler=scheduler, videos=3, mail=mail), email=email)


def words_of(programs: Programs, name: str) -> list[str]:
    """Return the words of the qsub that submitted the list or its mail; none where there was no such qsub."""
    path = programs.folder / f"{name}.words"
    return path.read_text().split("\0")[:-1] if path.exists() else []


def submit(project: Project, **asked: object) -> list[str]:
    """Submit what is to do, and return what was said behind the scan."""
    said: list[str] = []
    assert send(project, "workspace", None, None, ResourceRequest(**asked), said.append) == 0  # type: ignore[arg-type]
    return said[1:]


def test_a_mail_is_asked_for_with_the_list(tmp_path: Path, programs: Programs) -> None:
    """Behind the list comes a job that waits for it and mails; the list's own first task asks for none then."""
    said = submit(make(tmp_path))
    assert said[:2] == [
        "Submitted batch 0001 (track, 3 tasks) as job 12.",
        "One mail goes to ann@lab.org when job 12 is over.",
    ]
    assert words_of(programs, "list") == ["-terse", "-v", "RT_MAIL=asked", "process_all.sge"]
    waits = "-terse -hold_jid 12 -b y -N over.12.rt0001.track.flies -wd / -o /dev/null -j y -l h_rt=00:01:00"
    assert words_of(programs, "mail") == [*waits.split(), "-m", "e", "-M", ANN, "true"]


@pytest.mark.parametrize(
    ("email", "mail", "words", "address"),
    [
        ("", True, {}, ""),
        (ANN, False, {}, ""),
        (ANN, True, {"email": BOB}, BOB),
        ("", True, {"email": BOB}, BOB),
        (ANN, False, {"email": BOB}, BOB),
    ],
)
def test_who_gets_the_mail(
    tmp_path: Path, programs: Programs, email: str, mail: bool, words: dict[str, str], address: str
) -> None:
    """--email goes before the project's address, and before a cluster's file that says that no mail is sent."""
    said = submit(make(tmp_path, email, mail=mail), words=words)
    assert words_of(programs, "mail")[-2:-1] == ([address] if address else [])
    asks = "RT_MAIL" in (tmp_path / "lab/workspace/process_all.sge").read_text()
    assert asks is bool(email and mail)
    assert ("RT_MAIL=asked" in words_of(programs, "list")) is asks
    assert len(said) == (3 if address else 2)


def test_a_script_with_a_line_about_mail(tmp_path: Path, programs: Programs) -> None:
    """Where the job script says itself who gets mail, no other is asked for."""
    project = make(tmp_path)
    script = make_script(project, COPY)
    script.write_text(script.read_text().replace("#$ -r y\n", f"#$ -r y\n#$ -m a -M {BOB}\n"))
    assert len(submit(project)) == 2
    assert words_of(programs, "mail") == []


@pytest.mark.parametrize(("line", "typed", "account"), [("#$ -P lab\n", {}, "lab"), ("", {"account": "mice"}, "mice")])
def test_who_pays_for_the_mail(
    tmp_path: Path, programs: Programs, line: str, typed: dict[str, str], account: str
) -> None:
    """The job that mails is of the list's own account, which some clusters ask for."""
    project = make(tmp_path)
    script = make_script(project, COPY)
    script.write_text(script.read_text().replace("#$ -r y\n", f"#$ -r y\n{line}"))
    submit(project, words=typed)
    words = words_of(programs, "mail")
    assert words[words.index("-P") + 1] == account


def test_a_mail_that_is_refused(tmp_path: Path, programs: Programs) -> None:
    """The list is submitted all the same, and it is said that no mail will come, and why."""
    (programs.folder / "mail.said").write_text(DENIED)
    assert submit(make(tmp_path))[:2] == [
        "Submitted batch 0001 (track, 3 tasks) as job 12.",
        f'No mail will come: qsub refused the job that sends it: "{DENIED.splitlines()[0]}".',
    ]


def test_a_mail_with_a_warning(tmp_path: Path, programs: Programs) -> None:
    """A qsub that warns ends with 1, and has taken the job."""
    (programs.folder / "mail.said").write_text(WARNED)
    assert submit(make(tmp_path))[1] == "One mail goes to ann@lab.org when job 12 is over."


def test_a_list_with_a_warning(tmp_path: Path, programs: Programs) -> None:
    """A list that qsub took with a warning was submitted: its job is known, and its mail is asked for."""
    (programs.folder / "list.said").write_text(ALLOWED)
    project = make(tmp_path)
    assert submit(project)[0] == "Submitted batch 0001 (track, 3 tasks) as job 12."
    assert (project.root / "workspace" / "batches" / "0001" / "submitted").read_text() == "sge.12\n"
    assert "12" in words_of(programs, "mail")


def test_a_look_around_on_a_node(tmp_path: Path, programs: Programs) -> None:
    """What is sent besides lists, as the look that ./rt doctor sends, gets no mail: its script asks for none either."""
    project = make(tmp_path)
    script = load_script(project, COPY)
    array = array_of(project, COPY, LOOK, 1)
    assert send_array(project.cluster.scheduler, array, script, ResourceRequest()).job == "12"
    assert words_of(programs, "list") == ["-terse", "-v", "RT_MAIL=asked", "process_all.sge"]
    assert words_of(programs, "mail") == []


def test_a_dry_run(tmp_path: Path, programs: Programs) -> None:
    """--dry says that a mail would be asked for, and asks for none."""
    said = submit(make(tmp_path), dry=True)
    assert said[0].endswith("qsub -terse -v RT_MAIL=asked process_all.sge")
    assert said[1] == "One mail goes to ann@lab.org when it is over."
    assert words_of(programs, "mail") == []


@pytest.mark.parametrize("scheduler", ["slurm", "pbs", "lsf"])
def test_other_schedulers(tmp_path: Path, programs: Programs, scheduler: str) -> None:
    """A scheduler that mails for the whole list, or never, is asked for no job that mails."""
    programs.say("qsub", "12[].pbs1\n", "pbs_version = 23.06.06\n")
    programs.say("qselect")
    programs.say("bsub", "Job <12> is submitted to default queue <normal>.\n")
    programs.say("bjobs", '{"RECORDS": []}')
    programs.say("qstat", "{}")
    said = submit(make(tmp_path, scheduler=scheduler))
    assert [line for line in said if "mail" in line] == []
    submits = {"slurm": "sbatch", "pbs": "qsub", "lsf": "bsub"}[scheduler]
    assert len([words for words in programs.calls(submits) if words not in (["-V"], ["--version"])]) == 1


def job(number: str) -> Job:
    """Return a job of batch 0001 with three tasks."""
    return Job("0001", number, "ann", frozenset({1, 2, 3}), running=True)


def test_cancelled_with_the_list(tmp_path: Path, programs: Programs) -> None:
    """The mail of a list that is cancelled is taken back first: it would go out as soon as the list has left."""
    assert cancel(make(tmp_path), [ProjectJob(COPY, job("12"))]) == Cancelled(3)
    assert programs.calls("qdel") == [["over.12.*"], ["12"]]


def test_a_list_without_a_mail_is_cancelled(tmp_path: Path, programs: Programs) -> None:
    """Where there is no mail to take back, the list is cancelled as ever, and nothing is said of the mail."""
    text = (programs.folder / "qdel").read_text()
    refuses = '[[ $1 != over.* ]] || { echo "The job $1 of user(s) ann does not exist"; exit 1; }\ncat '
    (programs.folder / "qdel").write_text(text.replace("cat ", refuses, 1))
    assert cancel(make(tmp_path), [ProjectJob(COPY, job("12"))]) == Cancelled(3)


def test_a_part_of_a_list_is_cancelled(tmp_path: Path, programs: Programs) -> None:
    """The list goes on, and its mail comes."""
    assert cancel(make(tmp_path), [ProjectJob(COPY, job("12"), (2,))]) == Cancelled(1)
    assert programs.calls("qdel") == [["12.2"]]
