"""Scenes of disks and kills: what is cut off in the middle, and what goes on after it."""

from __future__ import annotations

import subprocess

from .ours import Ours
from .program import find_session
from .stage import NotHere, Scene, Stage
from .tools import Setup, wait_until

ONE = Setup(("d1/a",), made="table", checks=False)


def full_disk(stage: Stage) -> None:
    """A day's results lie on another disk, which becomes full in the middle of a result."""
    disk = stage.other_disk(1)
    stage.program.put("rows", "60000")
    stage.run()
    stage.program.note("cut", "d1/a")  # made, and not to be stored: it is made again
    subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)


def killed_between_disks(stage: Stage) -> None:
    """A job is killed while its result comes to another disk, half of its bytes there."""
    stage.other_disk(64)
    stage.program.put("rows", "60000")
    if isinstance(stage.tool, Ours):
        for program in ("cp", "mv"):
            stage.program.wrap(program)
        stage.program.put("cut")
        begun = stage.begin(stage.tool.begin)
    else:
        stage.program.tell("d1/a", "half")
        begun = stage.begin(stage.tool.begin, "d1/a")
    stage.tool.kill(begun)
    stage.program.take("cut")
    stage.program.note("cut", "d1/a")
    stage.judge()


def redo_over_disks(stage: Stage) -> None:
    """A person asks for a day anew whose results lie on another disk."""
    stage.other_disk(16)
    stage.run()
    for name in ("d1/a", "d1/b"):
        stage.asked(name)
        stage.tool.redo(name)
    stage.judge()


def redo_killed(stage: Stage) -> None:
    """New videos came, a person asked for the day anew and was killed half way, then what was listed is run."""
    stage.run()
    for name in stage.names:
        stage.put_video(name)
    stage.tool.list()
    stage.asked(*stage.names)
    if not stage.tool.redo_killed(stage.names):
        raise NotHere("strace is missing")
    stage.tool.process()
    stage.judge()


def half_a_pair(stage: Stage) -> None:
    """A job is killed when the first of its two results has come to its place, where an old, bad pair lay."""
    table, info = stage.tool.results("d1/a")
    table.write_text("")
    info.write_text("of another video")
    stage.program.wrap("mv")
    stage.tool.list()
    if stage.tool.name == "snakemake":
        stage.program.tell("d1/a", "between")
        begun = stage.begin(stage.tool.begin, "d1/a")
    else:
        stage.program.put("between")
        begun = stage.begin(stage.tool.begin)
    stage.tool.kill(begun)
    stage.program.take("between")
    stage.program.note("cut", "d1/a")
    stage.judge()


def number_reused(stage: Stage) -> None:
    """A machine died with a job; after its new start another process has the number that the job had."""
    stage.program.tell("d1/a", "wait")
    stage.tool.kill(stage.begin(stage.tool.begin, "d1/a"))
    decoy = subprocess.Popen(["bash", "-c", 'exec -a "less run_task.sh" sleep 600'], start_new_session=True)
    stage.sessions.append(decoy)
    if isinstance(stage.tool, Ours):
        stage.tool.set_pid(decoy.pid)
    stage.program.put("go")


def forged_end(stage: Stage) -> None:
    """A program prints what looks like the end of a log, and its machine dies."""
    stage.program.tell("d1/a", "forge")
    stage.tool.kill(stage.begin(stage.tool.begin, "d1/a"))
    stage.judge()


def killed_half(stage: Stage) -> None:
    """A machine dies with a job in the middle of its result."""
    stage.program.tell("d1/a", "half")
    stage.tool.kill(stage.begin(stage.tool.begin, "d1/a"))
    stage.judge()


def endless_line(stage: Stage) -> None:
    """A program prints 30 million letters without an end of line."""
    stage.program.tell("d1/a", "endless")
    stage.run()


def no_hard_links(stage: Stage) -> None:
    """The storage knows no hard links, and a job of a scheduler runs there."""
    stage.program.wrap("ln")
    stage.tool.list()
    if isinstance(stage.tool, Ours):
        for number in range(1, len(stage.names) + 1):
            stage.tool.more = {"RT_JOB": "slurm.4711"}
            stage.tool.ask("bash", "workspace/run_task.sh", "1", str(number))
        stage.tool.more = {}
    else:
        stage.tool.process()
    stage.judge()
    for name in stage.names:  # a queue would give each task one start, and would not come back by itself
        if not stage.is_whole(name):
            stage.wrong["lost"].add(name)


def links_planted(stage: Stage) -> None:
    """Another member of the group put links to a file of this person's under names that are used for a moment."""
    victim = stage.folder / "victim"
    victim.write_text("precious")
    if isinstance(stage.tool, Ours):
        stage.tool.plant(victim)
    else:
        for name in stage.names:
            for path in stage.tool.results(name):
                place = path if stage.tool.name == "snakemake" else path.with_name(f"new.{path.name}")
                place.symlink_to(victim)
    stage.run()
    if victim.read_text() != "precious":
        stage.wrong["lost"].add("victim")


def twice_at_once(stage: Stage) -> None:
    """The same work is started once more in a second terminal while it runs."""
    stage.program.tell("d1/a", "fail")
    stage.tool.list()
    stage.tool.process()
    stage.program.tell("d1/a", "wait!")
    begun = stage.begin(stage.tool.begin, "d1/a")
    second = stage.tool.at_once()
    stage.sessions.append(second)
    wait_until(lambda: second.poll() is not None or any(did.word == "again" for did in stage.program.read_ledger()), 6)
    stage.program.untell("d1/a")
    stage.program.put("go")
    for process in (begun, second):
        process.wait(60)
    stage.judge()


def no_result(stage: Stage) -> None:
    """The environment file sets nullglob, and a program ends well without having made anything."""
    stage.program.tell("d1/a", "nothing")
    stage.run()


def little_memory(stage: Stage) -> None:
    """The environment file allows little memory, too little for what looks at results; a person then allows more.

    Not to prove a result then is right; to call it bad is not.
    """
    stage.run()
    for name in stage.names:
        if not stage.is_whole(name):
            stage.program.note("cut", name)
        if isinstance(stage.tool, Ours) and "bad result" in stage.tool.ask("./rt", "why", f"{name}.avi").stdout:
            stage.wrong["refused good"].add(name)
    stage.tool.set_environment("")
    stage.judge()


def part_of_a_folder(stage: Stage) -> None:
    """A program ends well, with a folder that holds its log and no result."""
    stage.program.tell("d1/a", "log")
    stage.run()


def late_task(stage: Stage) -> None:
    """A machine is lost with a job; the video is replaced and made anew; then the old job goes on and ends."""
    stage.program.tell("d1/a", "wait")
    late = stage.begin(stage.tool.begin_late, "d1/a")
    stage.tool.lose(late)
    stage.put_video("d1/a")
    stage.run()
    stage.program.put("go")
    stage.played = wait_until(lambda: not find_session(late.pid), 20) and stage.played
    stage.judge()


SCENES = [
    Scene("disk full in a result, on a disk of its own", full_disk, ONE),
    Scene("killed half way to another disk", killed_between_disks, ONE),
    Scene("redo of what lies on another disk", redo_over_disks, Setup()),
    Scene("redo killed, then the list is run", redo_killed, Setup(("d1/a", "d1/b", "d1/c", "d1/d", "d1/e", "d1/f"))),
    Scene("killed between two results of a pair", half_a_pair, Setup(("d1/a",), checks=False)),
    Scene("killed in the middle of a result", killed_half, ONE),
    Scene("a dead job's number is another's now", number_reused, ONE),
    Scene("what a program prints looks like an end", forged_end, ONE),
    Scene("an endless line is printed", endless_line, Setup()),
    Scene("storage without hard links", no_hard_links, Setup()),
    Scene("links planted under temporary names", links_planted, Setup()),
    Scene("started twice at once", twice_at_once, Setup(("d1/a",), made="table", work="resume")),
    Scene("nullglob set, no result made", no_result, Setup(made="glob", before="shopt -s nullglob")),
    Scene("little memory for the checks", little_memory, Setup(made="table", before="ulimit -v 12000")),
    Scene("a folder without its result", part_of_a_folder, Setup(made="folder")),
    Scene("a lost node's job ends late", late_task, Setup(("d1/a",))),
]
