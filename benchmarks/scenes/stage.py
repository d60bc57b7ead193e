"""A scene on the way: its videos, what an enemy does to them, and what is counted against the tool."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .program import Program, digest_of, find_session, is_info, is_table
from .tools import Setup, Tool, wait_until

KINDS = ("accepted bad", "refused good", "done twice", "lost")
ROUNDS = 4


class NotHere(Exception):
    """A scene that cannot be played on this machine, and why."""


class Scene(NamedTuple):
    """What goes wrong, in words, and how it is played."""

    name: str
    play: Callable[[Stage], None]
    setup: Setup


class Stage:
    """One scene played by one tool."""

    def __init__(self, folder: Path, kind: type[Tool], setup: Setup) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.program = Program(folder / "control")
        self.setup, self.chance = setup, random.Random(1)
        self.tool = kind(folder / "project", setup, self.program)
        self.tool.make()
        self.wrong: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.seen: set[str] = set()  # videos whose whole result was in its place
        self.reference: dict[str, list[bytes]] = {}
        self.mounts: list[Path] = []
        self.sessions: list[subprocess.Popen[bytes]] = []
        self.played = True  # False where what the scene is about did not come about
        self.old = time.time() - 7200
        for name in setup.videos:
            self.put_video(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its videos."""
        return self.setup.videos

    def put_video(self, name: str, same_time: bool = False) -> None:
        """Put a video in its place; one that lies there is replaced now, by other content of the same size."""
        path = self.tool.video(name)
        stamp = path.stat().st_mtime if path.exists() else self.old
        later = time.time() if path.exists() else self.old
        if self.setup.made == "opencv":
            draw(path, self.chance)
        else:
            path.write_text(f"{name} {self.chance.randrange(10**12):012}\n")
        os.utime(path, (stamp, stamp) if same_time else (later, later))

    def is_whole(self, name: str) -> bool:
        """Return whether the result is what the tracker makes of the video that lies there now."""
        results, video, rows = self.tool.results(name), self.tool.video(name), self.program.rows()
        if self.setup.made == "opencv":
            with suppress(OSError):
                return [path.read_bytes() for path in (results[0], results[2])] == self.reference.get(name)
            return False
        table = results[0] / "poses.h5" if self.setup.made == "folder" else results[0]
        whole = is_table(table, digest_of(video), rows)
        return whole and (self.setup.made != "pair" or is_info(results[1], video, rows))

    def remember(self) -> None:
        """Take the results that lie there for what the tracker makes of these videos."""
        for name in self.names:
            results = self.tool.results(name)
            with suppress(OSError):
                self.reference[name] = [results[0].read_bytes(), results[2].read_bytes()]

    def run(self) -> None:
        """List, do what is listed, and judge."""
        self.tool.list()
        self.tool.process()
        self.judge()

    def judge(self, examined: bool = False) -> None:
        """Compare what the tool takes for finished with what lies there."""
        self.seen |= {name for name in self.names if self.is_whole(name)}
        if examined:
            self.tool.examine()
        finished = self.tool.finished()
        for name in self.names:
            whole = self.is_whole(name)
            if name in finished and not whole:
                self.wrong["accepted bad"].add(name)
            if whole and name not in finished:
                self.wrong["refused good"].add(name)

    def asked(self, *names: str) -> None:
        """Note that these are to be made again: a person asked for it, or their results are gone."""
        for name in names:
            self.program.note("asked", name)
            self.seen.discard(name)

    def end(self) -> None:
        """Let the tool go on until nothing is to be done; count what was done twice, refused and lost."""
        rounds = 0
        while rounds < ROUNDS and self.tool.finished() != {*self.names}:
            self.run()
            rounds += 1
        self.judge()
        self.count_twice()
        self.count_unheard()
        bad = [name for name in self.names if not self.is_whole(name)]
        for name in bad:
            if name in self.wrong["accepted bad"]:
                continue
            ended = {(did.name, did.digest) for did in self.program.read_ledger() if did.word == "end"}
            made = (f"{name[3:]}.avi", digest_of(self.tool.video(name))) in ended
            self.wrong["refused good" if made and name not in self.seen else "lost"].add(name)

    def count_twice(self) -> None:
        """Count the videos that were begun once more after a whole result, or while they ran."""
        ended: set[tuple[str, str]] = set()
        running: set[str] = set()
        for word, file, digest, _ in self.program.read_ledger():
            name = next(one for one in self.names if one[3:] == file.removesuffix(".avi"))
            if word in ("begin", "again"):
                if (name, digest) in ended or (word == "again" and name in running):
                    self.wrong["done twice"].add(name)
                running.add(name)
                continue
            running.discard(name)
            if word == "end":
                ended.add((name, digest))
            else:
                ended = {one for one in ended if one[0] != name}

    def count_unheard(self) -> None:
        """Count the videos that were to be made again and were not, by those that the ledger knows."""
        waiting: set[str] = set()
        for word, file, *_ in self.program.read_ledger():
            waiting = waiting | {file} if word == "asked" else waiting - {file} if word == "end" else waiting
        names = {name for name in self.names if f"{name[3:]}.avi" in waiting and self.setup.made != "opencv"}
        self.wrong["lost"] |= names - self.wrong["accepted bad"]

    def begin(self, start: Callable[[], subprocess.Popen[bytes]], name: str = "") -> subprocess.Popen[bytes]:
        """Start something and wait until the program, or a wrapper, has come to where it waits."""
        begun = start()
        self.sessions.append(begun)
        self.played = wait_until(lambda: self.program.has_begun(name) or begun.poll() is not None, 20)
        self.played = self.played and self.program.has_begun(name)
        return begun

    def other_disk(self, megabytes: int, day: str = "d1") -> Path:
        """Put a day's results on another disk; raises NotHere where none can be mounted."""
        disk, place = self.folder / "disk", self.tool.root / f"Results/{day}"
        disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk], capture_output=True)
        if done.returncode:
            raise NotHere("a disk of its own needs root")
        self.mounts.append(disk)
        place.rmdir()
        place.symlink_to(disk)
        return disk

    def close(self) -> None:
        """End what the scene left running and unmount its disks."""
        for name in ("go", "never"):
            self.program.put(name)
        for begun in self.sessions:
            for pid in find_session(begun.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, 9)
            with suppress(subprocess.TimeoutExpired):
                begun.wait(5)
        for disk in self.mounts:
            subprocess.run(["umount", "-l", disk], check=True)

    def comma_locale(self) -> dict[str, str]:
        """Return an environment in which numbers are written 1,5; raises NotHere where it cannot be made."""
        folder = self.folder / "locales"
        folder.mkdir()
        made = folder / "de_DE.UTF-8"
        if not shutil.which("localedef"):
            raise NotHere("localedef is missing")
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", made], capture_output=True)
        if not made.is_dir():
            raise NotHere("no locale with a comma can be made (Debian: apt-get install locales)")
        return {"LANG": "de_DE.UTF-8", "LOCPATH": f"{folder}:/usr/lib/locale"}


def draw(path: Path, chance: random.Random) -> None:
    """Draw a short video of a dark box that walks over a bright ground."""
    try:
        import cv2  # only the scenes of the built-in tracker need it
        import numpy
    except ImportError:
        raise NotHere("opencv-python-headless is missing") from None
    step, top = chance.randrange(2, 5), chance.randrange(40, 160)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (320, 240))
    for frame in range(30):
        picture = numpy.full((240, 320, 3), 220, numpy.uint8)
        for number, left in enumerate((20 + step * frame, 200 - step * frame, 150)):
            row = (top + 70 * number) % 220
            picture[row : row + 14, left : left + 20] = 30
        writer.write(picture)
    writer.release()


def play(scene: Scene, kind: type[Tool], folder: Path) -> dict[str, set[str]] | str:
    """Play a scene with a tool; returns what went wrong by kind, or why it was not measured."""
    try:
        stage = Stage(folder, kind, scene.setup)
    except NotHere as error:
        return str(error)
    try:
        scene.play(stage)
        stage.end()
    except NotHere as error:
        return str(error)
    finally:
        stage.close()
    return stage.wrong if stage.played or any(stage.wrong.values()) else "it did not come about"
