"""Jobs of the stand-in really run: arrays, their output, their limits, their ends."""

from __future__ import annotations

import re
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from pbs.scripts import ANCESTOR, SCRIPTS
from pbs.server.session import find_strays
from pbs.stand import ADMIN, HERE, Stand

pytestmark = pytest.mark.drawn(8, of="whole runs")  # of those without a mark of their own

SLEEP = "#!/bin/bash\necho $BASHPID\nsleep 300\n"
ENVIRONMENT = """HOME LOGNAME NCPUS OMP_NUM_THREADS PATH PBS_ARRAY_ID PBS_ARRAY_INDEX PBS_ENVIRONMENT PBS_JOBCOOKIE
PBS_JOBDIR PBS_JOBID PBS_JOBNAME PBS_MOMPORT PBS_NODEFILE PBS_NODENUM PBS_O_HOME PBS_O_HOST PBS_O_LOGNAME PBS_O_MAIL
PBS_O_PATH PBS_O_QUEUE PBS_O_SHELL PBS_O_SYSTEM PBS_O_WORKDIR PBS_QUEUE PBS_TASKNUM SHELL TMPDIR USER"""


def running(stand: Stand, job: str) -> list[str]:
    """Return the subjobs that run."""
    return [name for name, state in stand.states(job).items() if state == "R"]


def test_twenty_subjobs_run_once_each(stand: Stand) -> None:
    """Each writes into its own file, with the id and index that PBS gives, and all of them end as F."""
    stand.script("s.sh", SCRIPTS["s.sh"])
    found = stand.finish(stand.qsub("-J", "1-20", "-j", "oe", "s.sh"))
    assert {job["job_state"] for job in found.values()} == {"F"}
    assert len(found) == 21
    for index in range(1, 21):
        assert stand.text(f"s.sh.o0.{index}") == f"idx={index} id=0[{index}].pbs1\nerr\n"
    assert {str(found[f"0[{i}].pbs1"]["exec_host"])[:2] for i in range(1, 13)} == {"n1", "n2", "n3"}


def test_what_a_subjob_sees(stand: Stand) -> None:
    """PBS's variables, the home as working folder, a spool copy as $0, umask 0077, nothing of the submitter's own."""
    stand.script("e.sh", '#!/bin/bash\nenv\necho "at $PWD as $0"\numask\n[ -d "$TMPDIR" ] && echo tmp\n')
    stand.finish(stand.qsub("-J", "1-2", "e.sh", MINE="x"))
    text = stand.text("e.sh.o0.2")
    assert {line.partition("=")[0] for line in text.split("\n")} >= set(ENVIRONMENT.split())
    assert "MINE" not in text
    assert f"at {stand.home} as {stand.folder}/mom_priv/jobs/0[2].pbs1.SC\n0077\ntmp\n" in text
    assert stat.S_IMODE((stand.work / "e.sh.o0.2").stat().st_mode) == 0o600
    assert not list((stand.folder / "tmp").iterdir())


OUTPUTS = {
    "-o out -e out": ["out/0[1].pbs1.ER", "out/0[1].pbs1.OU", "out/0[2].pbs1.ER", "out/0[2].pbs1.OU"],
    "-j oe -o 'out/x_^array_index^.log'": ["out/x_1.log", "out/x_2.log"],
    "-j oe -o 'out/$PBS_ARRAY_INDEX.log'": ["out/$PBS_ARRAY_INDEX.log"],
    "-j oe -o 'out/sp ace/'": ["out/sp ace/0[1].pbs1.OU", "out/sp ace/0[2].pbs1.OU"],
    "-j oe -k oed -o 'out/sp ace/y.^array_index^'": ["out/sp ace/y.1", "out/sp ace/y.2"],
    "-j oe -o nodir/x.log": [],
}


@pytest.mark.parametrize("words", OUTPUTS)
def test_where_output_goes(stand: Stand, words: str) -> None:
    """By -o, -e, -j and -k; into a missing folder it is lost, and the job is fine all the same."""
    stand.script("s.sh", SCRIPTS["s.sh"])
    (stand.work / "out" / "sp ace").mkdir(parents=True)
    job = stand.bash(f"qsub -J 1-2 {words} s.sh").out.strip()
    found = stand.finish(job)
    files = sorted(str(p.relative_to(stand.work)) for p in stand.work.rglob("*") if p.is_file() and p.name != "s.sh")
    assert files == OUTPUTS[words]
    assert found[job]["Exit_status"] == 0
    lost = sorted(path.name for path in (stand.folder / "undelivered").iterdir())
    assert lost == ([] if files else ["0[1].pbs1.OU", "0[2].pbs1.OU"])


def test_a_kept_log_is_live_and_missing_folders_hold_the_array(stand: Stand) -> None:
    """With -k oed output is there while the job runs; a missing folder means 20 failed starts, then state H."""
    stand.settings(start_retry=0.01)
    stand.script("s.sh", SLEEP)
    live = stand.qsub("-J", "1-2", "-j", "oe", "-k", "oed", "-o", f"{stand.work}/log.^array_index^", "s.sh")
    stand.wait(lambda: (stand.work / "log.1").exists() and stand.text("log.1"), "a live log")
    stand.run("qdel", live)
    held = stand.qsub("-J", "1-2", "-j", "oe", "-k", "oed", "-o", f"{stand.work}/no/log.^array_index^", "s.sh")
    stand.wait(lambda: stand.states(held)[held] == "H", "the hold")
    comments = [str(job.get("comment")) for job in stand.jobs(held).values()]
    assert any("job held, too many failed attempts to run" in comment for comment in comments)
    stand.run("qrls", held)
    assert stand.states(held)[held] == "H"
    assert stand.run("qdel", held).code == 0


def test_a_bad_node_holds_what_it_gets(stand: Stand) -> None:
    """A node on which nothing starts gets the same array again and again, until it is held."""
    stand.settings(start_retry=0.01, bad_nodes=["n1"])
    stand.script("s.sh", SCRIPTS["s.sh"])
    job = stand.qsub("-J", "1-2", "s.sh")
    stand.wait(lambda: stand.states(job)[job] == "H", "the hold")


def test_walltime_ends_a_job_with_sigterm_first(stand: Stand) -> None:
    """The trap has its say, what ignores it is killed after the delay; the log has PBS's line; the code is -29."""
    stand.settings(speed=10)
    stand.script("w.sh", "#!/bin/bash\ntrap 'echo trapped' TERM\n(trap '' TERM; sleep 301) & wait\nwait\n")
    job = stand.qsub("-j", "oe", "-l", "walltime=5", "w.sh")
    found = stand.finish(job)[job]
    assert found["Exit_status"] == -29
    assert str(found["comment"]).endswith("and exceeded resource walltime")
    assert "trapped" in stand.text("w.sh.o0")
    assert re.search(r"^=>> PBS: job killed: walltime \d+ exceeded limit 5$", stand.text("w.sh.o0"), re.MULTILINE)


def test_memory_is_enforced_only_where_the_site_says_so(stand: Stand) -> None:
    """Without $enforce mem a job may take what it wants; with it, it is killed with -27 and PBS's line."""
    stand.script("m.sh", SCRIPTS["mem.sh"])
    stand.script("m2.sh", SCRIPTS["mem2.sh"])
    job = stand.qsub("m2.sh")
    assert stand.finish(job)[job]["Exit_status"] == 0
    stand.settings(enforce_mem=True)
    job = stand.qsub("m.sh")
    assert stand.finish(job)[job]["Exit_status"] == -27
    assert re.fullmatch(r"=>> PBS: job killed: mem \d+kb exceeded limit 51200kb\n", stand.text("m.sh.e1"))


def test_qdel_of_one_subjob_and_of_all(stand: Stand) -> None:
    """One is X while the array is B; with the array its record is lost, and those that ran have 271."""
    stand.script("s.sh", SLEEP)
    job = stand.qsub("-J", "1-3", "s.sh")
    stand.wait(lambda: len(running(stand, job)) == 3, "three subjobs")
    stand.run("qdel", "0[2]")
    stand.wait(lambda: stand.states(job)["0[2].pbs1"] == "X", "state X")
    assert stand.states(job)[job] == "B"
    stand.run("qdel", job)
    found = stand.finish(job)
    ends = [(found[f"0[{i}].pbs1"]["Exit_status"], "run_count" in found[f"0[{i}].pbs1"]) for i in (1, 2, 3)]
    assert ends == [(271, True), (1, False), (271, True)]
    assert found[job]["Exit_status"] == 1
    assert found[job]["array_state_count"] == "Queued:0 Running:0 Exiting:0 Expired:1"


def test_qrerun_is_for_managers_and_its_log_goes_on(stand: Stand) -> None:
    """A user may not; a manager's makes the subjob run a second time, and -k oed appends to the first log."""
    stand.script("s.sh", SLEEP)
    job = stand.qsub("-J", "1-2", "-j", "oe", "-k", "oed", "-o", f"{stand.work}/log.^array_index^", "s.sh")
    stand.wait(lambda: len(running(stand, job)) == 2, "two subjobs")
    assert stand.run("qrerun", "0[1]") == (159, "", "qrerun: Unauthorized Request  0[1].pbs1\n")
    assert stand.run("qrerun", "0[1]", PBS_STANDIN_USER=ADMIN).code == 0
    stand.wait(lambda: stand.jobs(job)["0[1].pbs1"].get("run_count") == 2, "the second run")
    stand.wait(lambda: len(stand.text("log.1").splitlines()) == 2, "two lines")
    assert len(stand.text("log.2").splitlines()) == 1


def test_throttles(stand: Stand) -> None:
    """%N, max_run_subjobs, max_run of a user and a node's slots each keep the rest waiting."""
    stand.script("s.sh", SLEEP)
    stand.settings(max_run=5)
    first, second = stand.qsub("-J", "1-20%3", "s.sh"), stand.qsub("-J", "1-20", "s.sh")
    stand.wait(lambda: (len(running(stand, first)), len(running(stand, second))) == (3, 2), "three and two")
    other = stand.qsub("-J", "1-20", "s.sh", PBS_STANDIN_USER="other")
    stand.wait(lambda: len(running(stand, other)) == 5, "five of another user")
    stand.run("qalter", "-W", "max_run_subjobs=4", first)
    stand.settings(max_run=None)
    stand.wait(lambda: [len(running(stand, job)) for job in (first, second, other)] == [4, 3, 5], "all twelve slots")
    selected = stand.run("qselect", "-T", "-s", "RESU").out.split()
    assert len(selected) == 12
    assert "0[].pbs1" not in selected
    assert len(stand.run("qselect", "-T", "-s", "QHWT", "-u", "pbsuser").out.split()) == 33


@pytest.mark.parametrize(("last_to_fail", "runs"), [(1, "afterok"), (3, "afternotok")])
def test_dependencies_follow_the_last_subjob(stand: Stand, last_to_fail: int, runs: str) -> None:
    """An early failure still releases afterok; what cannot be met any more ends without a word."""
    go = stand.home / "go"
    wait = f'until [ -e "{go}.$PBS_ARRAY_INDEX" ]; do sleep 0.05; done'
    stand.script("p.sh", f"#!/bin/bash\n{wait}\n[ $PBS_ARRAY_INDEX != {last_to_fail} ]\n")
    stand.script("s.sh", SCRIPTS["s.sh"])
    parent = stand.qsub("-J", "1-3", "p.sh")
    kinds = ("afterok", "afternotok", "afterany")
    jobs = {kind: stand.qsub("-W", f"depend={kind}:{parent}", "s.sh") for kind in kinds}
    assert stand.jobs(jobs["afterok"])[jobs["afterok"]]["job_state"] == "H"
    for subjob in ("0[1].pbs1", "0[2].pbs1"):
        go.with_name(f"go.{subjob[2]}").touch()
        stand.wait(lambda subjob=subjob: stand.states(parent)[subjob] == "X", "its end")
    go.with_name("go.3").touch()
    ran = {kind: "Exit_status" in stand.finish(job)[job] for kind, job in jobs.items()}
    assert ran == {"afterok": runs == "afterok", "afternotok": runs == "afternotok", "afterany": True}
    silent = next(job for kind, job in jobs.items() if not ran[kind])
    assert "comment" not in stand.jobs(silent)[silent]


def test_unknown_dependencies_are_accepted(stand: Stand) -> None:
    """Of an id that does not exist, or an array's without brackets, nothing is said; the job is over at once."""
    stand.script("s.sh", SCRIPTS["s.sh"])
    stand.qsub("-h", "-J", "1-2", "s.sh")
    for parent in ("0", "999999"):
        job = stand.qsub("-W", f"depend=afterok:{parent}", "s.sh")
        assert stand.run("qstat", job).code == 35


def test_states_of_an_array_under_way(stand: Stand) -> None:
    """What is over is X; what was never started shows the array's own Exit_status."""
    stand.settings(nodes={"n1": {"ncpus": 2, "mem": "1gb"}})
    stand.script("s.sh", "#!/bin/bash\n[ $PBS_ARRAY_INDEX = 1 ] && exit 7\nsleep 300\n")
    job = stand.qsub("-J", "1-5", "s.sh")
    stand.run("qdel", "0[5]")
    stand.wait(lambda: "".join(stand.states(job).values()) == "BXRRQX", "one over, two running")
    found = stand.jobs(job)
    assert [found[f"0[{i}].pbs1"].get("Exit_status") for i in range(1, 6)] == [7, None, None, 1, 1]
    assert found[job]["array_indices_remaining"] == 4


def test_mail_is_written_down(stand: Stand) -> None:
    """-m abe speaks of the array, -m jabe of each subjob too."""
    stand.script("s.sh", SCRIPTS["s.sh"])
    for points in ("abe", "jabe"):
        stand.finish(stand.qsub("-J", "1-2", "-m", points, "-M", "a@b.c", "s.sh"))
    subjects = re.findall(r"Subject: PBS JOB (\S+)", (stand.folder / "mail").read_text())
    assert sorted(subjects) == sorted(["0[].pbs1"] * 2 + ["1[].pbs1"] * 2 + ["1[1].pbs1"] * 2 + ["1[2].pbs1"] * 2)


def test_the_ancestors_script_fails_as_on_the_real_one(stand: Stand) -> None:
    """Without its pbs_output nothing runs, and every one of 20 subjobs exits with 0."""
    stand.script("name.pbs", ANCESTOR)
    stand.script("files2process.txt", "touch done\n")
    found = stand.finish(stand.qsub("name.pbs"))
    assert {job["Exit_status"] for job in found.values()} == {0}
    assert not (stand.work / "done").exists()


def test_clients_at_once_get_different_ids(stand: Stand) -> None:
    """Thirty qsub at once give thirty numbers."""
    stand.script("s.sh", SCRIPTS["s.sh"])
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: stand.qsub("-h", "s.sh"), range(30)))
    assert sorted(jobs) == sorted(f"{number}.pbs1" for number in range(30))


def test_down_leaves_no_process_and_forgets_nothing(stand: Stand) -> None:
    """Not even one that left its session; what ran waits again at the next up, what was held is still held."""
    stand.script("s.sh", "#!/bin/bash\nsetsid sleep 303 &\nsleep 302\n")
    job, held = stand.qsub("-J", "1-3", "s.sh"), stand.qsub("-h", "s.sh")
    stand.wait(lambda: len(running(stand, job)) == 3, "three subjobs")
    stand.wait(lambda: len(find_strays(str(stand.folder))) >= 12, "their processes")
    assert stand.sh("status").code == 0
    assert stand.sh("down").code == 0
    assert find_strays(str(stand.folder)) == []
    assert stand.sh("status").code == 1
    assert stand.bash("qstat").code == 255
    stand.up()
    assert stand.states(held) == {held: "H"}
    stand.wait(lambda: stand.jobs(job)["0[1].pbs1"].get("run_count") == 2, "the second run")


def test_the_shell_gets_what_it_needs(stand: Stand) -> None:
    """After eval "$(pbs.sh env FOLDER)" the programs are on the PATH and know their server; pbs.sh set changes it."""
    script = HERE / "pbs.sh"
    line = f'eval "$(bash {script} env {stand.folder})" && bash {script} set {stand.folder} slow 0 && qstat --version'
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=20)
    assert (ran.returncode, ran.stdout) == (0, "pbs_version = 23.06.06\n")
