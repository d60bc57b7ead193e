"""The stand-in answers as the real OpenPBS 23.06.06 did: its transcripts are played again, answer by answer."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

import pytest

from pbs.scripts import SCRIPTS
from pbs.stand import ADMIN, Stand
from pbs.transcripts import FOLDER, HOME, Call, load_transcript, normal

CHANGES = re.compile(r"\b(qsub|qdel|qalter|qhold|qrls|qrerun|qsig|rm|cp)\b")
QUEUES = {
    "workq": {"enabled": True, "started": True},
    "short": {"resources_max": {"ncpus": 4, "walltime": "24:00:00"}},
    "off": {"enabled": False},
    "stopd": {"started": False},
    "acl": {"acl_users": ["nobody"]},
    "lim": {"max_queued": 5},
    "arr": {"max_array_size": 10},
}
NODES = {"pbs1": {"ncpus": 8, "mem": "24105mb"}}

ARR_ENDS = "touch gate; until qstat -x | grep -q 'F workq'; do sleep 0.05; done; rm gate*"


class Play(NamedTuple):
    """Transcripts played in one go: the first job's number, what is left out, what a test does before a command."""

    names: tuple[str, ...]
    first: int = 0
    left_out: str = r"^(ls|cat|pwd|cp)\b"
    before: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, object], ...] = ()


PLAYS = (
    # The listings and the printed environment of 03 are held by test_running.py.
    Play(
        ("01_array_running", "02_array_running_full", "03_finished"),
        before=(("qstat -Jt", "touch gate.1 gate.2 gate.3"), ("qsub arr2.sh", ARR_ENDS)),
        settings=(("sample", 1000),),
    ),
    Play(("04_J_syntax", "05_submit_errors", "06_attrs"), 2, left_out=r"^qstat -xf '1\[\]'|cat -A"),
    Play(("07_runtime_submit", "10_exit"), 56, left_out=r"^ls", settings=(("enforce_mem", True), ("speed", 20))),
    Play(("09_outfiles_submit", "12_outfiles_result"), 65, left_out=r"^ls|^cat (noshe|file)"),
    Play(
        ("13_qdel_qrerun",),
        78,
        settings=(("exiting", 4.0), ("sample", 4.0)),  # what is shown before must last, on a busy machine too
    ),
    Play(
        ("19_misc",),
        104,
        left_out=r"^(pwd|sleep 2; ls|rm|sleep 3)|\(root\)|-J 1-2 -j oe \.\./",
        before=(("qsub -W block=true -J 1-3 ex.sh", "touch gate late"),),
    ),
    Play(
        ("23_partial_array",),
        135,
        left_out="-F json",
        before=(
            (
                "qdel '135[12]'",
                "qsub stag.sh; until (($(qstat -t | grep -c '00:00:00 R') == 8)); do sleep 0.05; done; touch gate.1",
            ),
            ("qstat -f '135[]'", "touch gate.2"),
        ),
        settings=(("sample", 1.5),),
    ),
    Play(
        ("24_more",),
        136,
        left_out=r"^sleep|ls -la",
        before=(("qsub -l walltime=00:00:05 -W block", "qsub -W umask=022 s.sh"),),
        settings=(("speed", 20),),
    ),
)  # fmt: skip


def tell(call: Call, expected: tuple[str, int], answer: tuple[str, int]) -> str:
    """Return how an answer differs from PBS's."""
    lines = difflib.unified_diff(expected[0].split("\n"), answer[0].split("\n"), "PBS", "stand-in", n=0, lineterm="")
    return "\n".join([f"$ {call.command}", *lines, f"exit codes {expected[1]} and {answer[1]}"])


class Player:
    """Plays commands and holds the answers against those of the transcript."""

    def __init__(self, stand: Stand, play: Play) -> None:
        self.stand, self.play = stand, play
        self.seen: set[str] = set()
        self.places = ((str(stand.work), "WORK"), (str(stand.home), "HOME"), (str(stand.folder), "SPOOL"))

    def expected(self, call: Call) -> str:
        """Return the answer, made comparable."""
        places = ((f"{HOME}/t", "WORK"), (HOME, "HOME"), ("/var/spool/pbs", "SPOOL"))
        return normal(call.out, *places)

    def answer(self, call: Call) -> tuple[str, int]:
        """Return what the stand-in says."""
        command = re.sub(r"sleep [\d.]+; ?", "", call.command).replace(HOME, str(self.stand.home))
        again = command == "qrerun '78[2]'" and command in self.seen
        ran = self.stand.bash(command, **({"PBS_STANDIN_USER": ADMIN} if again else {}))
        self.seen.add(command)
        return normal(ran.err + ran.out, *self.places), ran.code

    def listen(self, call: Call, answers: list[tuple[str, int]]) -> tuple[str, int]:
        """Return the answer of now, noted with those before."""
        answers.append(self.answer(call))
        return answers[-1]

    def play_call(self, call: Call) -> None:
        """Hold one answer: at once where the command changes something, else when it comes."""
        for start, action in self.play.before:
            if call.command.startswith(start) and start not in self.seen:
                self.stand.bash(action)
        expected = self.expected(call), call.code
        if CHANGES.search(call.command):
            if (answer := self.answer(call)) != expected:
                pytest.fail(tell(call, expected, answer), pytrace=False)
            return
        answers: list[tuple[str, int]] = []
        try:
            self.stand.wait(lambda: self.listen(call, answers) == expected, call.command)
        except AssertionError:
            pytest.fail(tell(call, expected, answers[-1]), pytrace=False)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the transcripts of a real OpenPBS are not here")
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: "-".join(name[:2] for name in play.names))
@pytest.mark.drawn(2)
def test_answers_are_those_of_a_real_pbs(prepared: Stand, play: Play) -> None:
    """Each command of a transcript gets the same text, on the same streams' sum, and the same exit code."""
    for name, text in SCRIPTS.items():
        prepared.script(name, text)
    for folder in ("out", "sp ace"):
        (prepared.work / folder).mkdir()
    prepared.settings(nodes=NODES, queues=QUEUES, **dict(play.settings))
    stand = prepared.up(play.first)
    if play.names[0].startswith("13"):
        stand.qsub("-J", "1-4", "sl.sh")
        stand.wait(lambda: list(stand.states("78[].pbs1").values()).count("R") == 4, "four subjobs")
    player = Player(stand, play)
    for name in play.names:
        for call in load_transcript(name):
            if not re.search(play.left_out, call.command):
                player.play_call(call)


DEPENDENT = ("afterok", "afternotok", "afterany", "after")
SHOWN = "Job Id|^    (Job_Name|job_state|depend|substate|comment|Exit_status) ="


def submit_chain(stand: Stand) -> None:
    """Submit what transcript 14 submitted: three arrays, of which one fails early and one late, and what waits."""
    for name in ("firstfail", "lastfail", "okarr"):
        parent = stand.qsub("-J", "1-3", f"{name}.sh")
        for kind in DEPENDENT:
            stand.qsub("-N", f"{name}_{kind}", "-W", f"depend={kind}:{parent}", "s.sh")
    stand.qsub("-J", "1-3", "okarr.sh")
    stand.qsub("-J", "1-2", "-W", "depend=afterok:94[].pbs1", "s.sh")
    assert stand.run("qsub", "-W", "depend=afterok:94[2]", "s.sh").code == 2
    stand.qsub("-W", "depend=beforeok:94[].pbs1", "s.sh")
    stand.qsub("-W", "depend=afterok:94", "s.sh")
    stand.qsub("pct.sh")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the transcripts of a real OpenPBS are not here")
def test_dependencies_are_those_of_a_real_pbs(prepared: Stand) -> None:
    """Who is held, released or silently ended, and what each shows of it (transcripts 14, 15 and 16)."""
    for name, text in SCRIPTS.items():
        prepared.script(name, text.replace("gate.$PBS_ARRAY_INDEX", "gate.$PBS_JOBNAME.$PBS_ARRAY_INDEX"))
    prepared.settings(nodes=NODES)
    stand = prepared.up(79)
    submit_chain(stand)
    stand.wait(lambda: stand.bash("qstat -t | grep -c '00:00:00 R'").out == "8\n", "eight subjobs")
    stand.bash("touch gate.firstfail.sh.1 gate.lastfail.sh.1 gate.lastfail.sh.2")
    times = ("00:00:00 R", "       0 R")
    queue = next(call for call in load_transcript("14_depend_t0") if call.command == "qstat -t")
    stand.wait(lambda: stand.bash("qstat -t").out.replace(*times) == queue.out, "the queue of transcript 14")
    stand.bash("for n in firstfail lastfail okarr; do for i in 1 2 3; do touch gate.$n.sh.$i; done; done")
    stand.wait(lambda: stand.states("98[].pbs1")["98[5].pbs1"] == "R", "room for the last array")
    player = Player(stand, PLAYS[0])
    for call in load_transcript("15_max_run_subjobs"):
        player.play_call(call)
    stand.wait(lambda: {"F"} == {j["job_state"] for n, j in stand.jobs().items() if not n.startswith("98")}, "the end")
    ids = " ".join(f"'{n}{'[]' if n in (79, 84, 89, 94, 95) else ''}'" for n in range(79, 98))
    ran = stand.bash(f"for j in {ids}; do qstat -w -xf $j | grep -E '{SHOWN}'; done")
    expected = (FOLDER / "16_depend_result.txt").read_text()
    assert normal(ran.out) == normal(expected[expected.index("Job Id") :])
