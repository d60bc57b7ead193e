"""The stand-in's answers to what needs no running job: the texts of a real OpenPBS 23.06.06, kept here as well."""

from __future__ import annotations

import json
import os

import pytest

from pbs.clients.jobs_text import wrap
from pbs.clients.qsub import USAGE
from pbs.names import Range, write_indices
from pbs.stand import ADMIN, Stand

SPEAK = '#!/bin/bash\necho "idx=$PBS_ARRAY_INDEX id=$PBS_JOBID"\necho err >&2\n'
LONG = "a" * 230


@pytest.fixture
def ready(stand: Stand) -> Stand:
    """A stand-in with a script to submit."""
    stand.script("s.sh", SPEAK)
    return stand


REFUSED_BY_CLIENT = {
    **{f"-J '{r}'": "illegal -J value" for r in ("1-1", "1-0", "5-1", "3", "1,3,5", "1-20:0", "-1-5", "1-5,7-9", "")},
    "-t 1-3": "invalid option -- 't'",
    "-J 1-2 -r n": " cannot submit non-rerunable Array Job",
    **{
        f"-N '{n}'": "illegal -N value"
        for n in ("a b", "a/b", "a(b", "a:b", "a[1]", "a@b", "a,b", "a=b", "a#b", "naïve", "")
    },
    "-m xyz": "illegal -m value",
    "-j x": "illegal -j value",
    "-p 5000": "illegal -p value",
    "-W 'depend=afterok:94[2]'": "illegal -W value",
}


@pytest.mark.parametrize("words", REFUSED_BY_CLIENT)
@pytest.mark.drawn(8)
def test_what_qsub_refuses_by_itself(ready: Stand, words: str) -> None:
    """A bad option gets one line, the usage and exit code 2, all on stderr."""
    ran = ready.bash(f"qsub -h {words} s.sh")
    assert ran == (2, "", f"qsub: {REFUSED_BY_CLIENT[words]}\n{USAGE}\n")


REFUSED = {
    "-q nosuch": (170, "Unknown queue"),
    "-l select=1:ncpus=1:ngpus=1": (187, "Unknown resource: ngpus"),
    "-l foo=1": (187, "Unknown resource Resource_List.foo"),
    "-l select=1:ncpus=1:mem=2xb": (166, "Illegal attribute or resource value select.mem"),
    "-l walltime=2d": (166, "Illegal attribute or resource value Resource_List.walltime"),
    "-l walltime=1-00:00:00": (166, "Illegal attribute or resource value Resource_List.walltime"),
    "-l select=1:ncpus=1 -l mem=2gb": (5, '"-lresource=" cannot be used with "select" or "place", resource is: mem'),
    "-l nodes=1:ppn=1:mem=2gb": (241, "node(s) specification error"),
    "-J 1-10001": (3, "Array job exceeds server or queue size limit"),
    "-P a/b": (166, "Illegal attribute or resource value project"),
    "-W foo=1": (154, "Error (15002) submitting job"),
    f"-N {LONG}a": (2, "Job name is too long "),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused_in_one_line(ready: Stand, words: str) -> None:
    """A refusal is one line on stderr and PBS's own exit code."""
    code, text = REFUSED[words]
    assert ready.bash(f"qsub -h {words} s.sh") == (code, "", f"qsub: {text}\n")


ACCEPTED = ("-J 0-5", "-J 20000-20005", "-J 1-20:2", "-J 1-2:2", "-J 1-20%5", "-J 1-10000", f"-N {LONG}", "-N -ab",
            "-l walltime=90", "-l walltime=00:90:00", "-l nodes=1:ppn=2", "-l select=100:ncpus=64",
            "-W depend=afterok:999999", "-A 'ac ct'", "-k oed", "-j eo", "-m jabe", "-v A=1,B='x y'", "-V")  # fmt: skip


@pytest.mark.parametrize("words", ACCEPTED)
@pytest.mark.drawn(6)
def test_what_is_accepted(ready: Stand, words: str) -> None:
    """Odd as some are, the real qsub takes them and prints an id."""
    shown = "0[].pbs1" if "-J" in words else "0.pbs1"
    assert ready.bash(f"qsub -h {words} s.sh") == (0, f"{shown}\n", "")


SCRIPTS = {
    "#PBS -N ok1 # a comment\n": (1, "qsub: directive error: -N ok1 # a comment "),
    "#!/bin/bash\r\n#PBS -J 1-2\r\n": (1, "qsub: script contains cr, lf"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_that_are_refused(ready: Stand, script: str) -> None:
    """A comment behind a directive and Windows line ends are refused, with exit code 1."""
    ready.script("bad.sh", script)
    code, text = SCRIPTS[script]
    assert ready.bash("qsub bad.sh") == (code, "", f"{text}\n")
    assert ready.bash("qsub nosuch.sh") == (1, "", "qsub: script file:: No such file or directory\n")


def test_older_versions_refuse_percent(ready: Stand) -> None:
    """A setting makes -J 1-20%5 illegal, as versions before max_run_subjobs have it; a plain range stays legal."""
    ready.settings(percent_refused=True)
    assert ready.bash("qsub -J 1-20%5 s.sh").err.startswith("qsub: illegal -J value\n")
    assert ready.bash("qsub -h -J 1-20 s.sh").code == 0


def test_the_release_accepts_windows_line_ends(ready: Stand) -> None:
    """As the release 23.06.06 does: the job is taken and exits with 127 (126 where the shell says so)."""
    ready.settings(crlf_accepted=True)
    ready.script("crlf.sh", "#!/bin/bash\r\necho hello\r\n")
    job = ready.qsub("crlf.sh")
    assert ready.finish(job)[job]["Exit_status"] in (126, 127)


@pytest.mark.skipif(os.getuid() != 0, reason="only root is refused")
def test_root_may_be_refused(ready: Stand) -> None:
    """A setting makes the server refuse root's jobs, as the real one always does."""
    ready.settings(root_refused=True)
    assert ready.bash("qsub s.sh") == (175, "", "qsub: Bad UID for job execution\n")


def test_the_command_line_wins_over_directives(ready: Stand) -> None:
    """Of -N, -J and -l on both, the command line's count; a directive after the first command does not."""
    ready.script("d.sh", "#!/bin/bash\n# why\n\n#PBS -N inside\n#PBS -J 1-9\n#PBS -l mem=1gb\necho\n#PBS -q nosuch\n")
    job = ready.qsub("-h", "-J", "1-3", "-l", "walltime=5", "d.sh")
    found = ready.jobs(job)[job]
    assert (found["Job_Name"], found["array_indices_submitted"]) == ("inside", "1-3")
    assert found["Resource_List"]["mem"] == "1gb"
    assert found["Resource_List"]["walltime"] == "00:00:05"


def test_a_job_that_waits_has_its_index_as_a_number(ready: Stand) -> None:
    """array_indices_remaining is a text for a range and a number for a single index."""
    ready.qsub("-h", "-J", "1-2:2", "s.sh")
    ready.qsub("-h", "-J", "1-3", "s.sh")
    found = [job["array_indices_remaining"] for name, job in ready.jobs().items() if "[]" in name]
    assert found == [1, "1-3"]


DOWN = {
    "qsub s.sh": (162, "", "Connection refused\nqsub: cannot connect to server pbs1 (errno=15010)\n"),
    "qstat": (255, "", "Connection refused\nqstat: cannot connect to server pbs1 (errno=15010)\n"),
    "qdel 1": (162, "", "Connection refused\nCouldn't connect to cluster: pbs1\n"),
    "qselect": (162, "", "Connection refused\nqselect: cannot connect to server pbs1 (errno=15010)\n"),
}


@pytest.mark.parametrize("command", DOWN)
def test_a_server_that_is_down(ready: Stand, command: str) -> None:
    """Each program says it with its own code; jobs go on, and a server that is up again answers."""
    ready.settings(server_down=True)
    assert ready.bash(command) == DOWN[command]
    ready.settings(server_down=False)
    assert ready.bash("qstat") == (0, "", "")


def test_a_server_that_is_down_still_gets_json(ready: Stand) -> None:
    """qstat -F json prints its head without Jobs, and exits with 255."""
    ready.settings(server_down=True)
    ran = ready.bash("qstat -f -F json")
    assert (ran.code, json.loads(ran.out).keys()) == (255, {"timestamp", "pbs_version", "pbs_server"})


def test_no_configuration(ready: Stand) -> None:
    """Where pbs.conf is missing, qsub and qstat say so and exit with 255."""
    said = "pbsconf error: pbs conf variables not found: PBS_HOME PBS_EXEC PBS_SERVER\nNo such file or directory\n"
    for program in ("qsub s.sh", "qstat"):
        ran = ready.bash(program, PBS_CONF_FILE="/nonexistent")
        assert ran == (255, "", f"{said}{program[:5].strip()}: cannot connect to server  (errno=0)\n")


def test_a_slow_server_has_taken_the_job(ready: Stand) -> None:
    """A client that gives up on a slow server has submitted all the same."""
    ready.settings(slow=30)
    assert ready.bash("timeout 0.5 qsub -h s.sh").code == 124
    ready.settings(slow=0)
    assert ready.bash("qselect").out == "0.pbs1\n"


def test_history_off(ready: Stand) -> None:
    """Without history a finished job is unknown, and asking with -x is told, with exit code 0."""
    ready.bash("qmgr -c 'set server job_history_enable = False'", PBS_STANDIN_USER=ADMIN)
    job = ready.qsub("-W", "block=true", "s.sh")
    assert ready.bash(f"qstat {job}") == (153, "", f"qstat: Unknown Job Id {job}\n")
    assert ready.bash(f"qstat -x {job}") == (0, "", f"qstat: PBS is not configured to maintain job history {job}\n")
    assert ready.bash(f"qdel {job}") == (153, "", f"qdel: Unknown Job Id {job}\n")


def test_qmgr_is_for_managers(ready: Stand) -> None:
    """Anybody may print the configuration, managers alone change it."""
    assert ready.bash("qmgr -c 'set server max_array_size = 5'").code != 0
    assert "set server max_array_size = 10000\n" in ready.bash("qmgr -c 'print server'").out
    ready.bash("qmgr -c 'set server max_array_size = 5'", PBS_STANDIN_USER=ADMIN)
    assert ready.bash("qsub -J 1-6 s.sh").code == 3


def test_json_holds_bytes_as_they_came(ready: Stand) -> None:
    """A variable's bytes pass through raw, so a reader must expect no UTF-8; the rest stays readable."""
    ready.bash("qsub -h -v $'A=\\xff,B=7' s.sh")
    ran = ready.bash("qstat -f -F json")
    assert "\udcff" in ran.out
    assert json.loads(ran.out)["Jobs"]["0.pbs1"]["Variable_List"]["B"] == 7


def test_json_of_two_ids_has_the_first(ready: Stand) -> None:
    """qstat -f -F json ID1 ID2 shows only the first."""
    ready.qsub("-h", "s.sh")
    ready.qsub("-h", "s.sh")
    ran = ready.bash("qstat -f -F json 0 1")
    assert list(json.loads(ran.out)["Jobs"]) == ["0.pbs1"]


LEFT: tuple[tuple[object, Range, str], ...] = (
    ([], Range(1, 9, 1), "-"),
    ([9], Range(1, 9, 1), "9"),
    (range(6, 21), Range(1, 20, 1), "6-20"),
    (range(1, 20, 2), Range(1, 20, 2), "1-20:2"),
    ([1], Range(1, 20, 30), "1"),
)


@pytest.mark.parametrize(("left", "whole", "shown"), LEFT)
def test_indices_remaining(left: list[int], whole: Range, shown: str) -> None:
    """The indices not yet started are shown as PBS shows them."""
    assert write_indices(left, whole) == shown


def test_lines_wrap_as_measured() -> None:
    """A comment longer than a line goes on after a tab."""
    comment = "Can Never Run: Insufficient amount of resource: ncpus (R: 64 A: 8 T: 8)"
    assert wrap("comment", comment) == f"    comment = {comment[:65]}\n\t{comment[65:]}"


def test_limits_are_shown(stand: Stand) -> None:
    """What the server and a queue allow stands in qstat -B -f and qstat -Q -f."""
    short = {"enabled": True, "started": True, "max_array_size": 7, "resources_max": {"walltime": "00:10:00"}}
    stand.settings(max_array_size=9, max_queued=3, queues={"short": short})
    server, queue = (stand.run("qstat", word, "-f").out for word in ("-B", "-Q"))
    assert "    max_array_size = 9\n" in server
    assert "    max_queued = [u:PBS_GENERIC=3]\n" in server
    assert "    max_array_size = 7\n    resources_max.walltime = 00:10:00\n" in queue
